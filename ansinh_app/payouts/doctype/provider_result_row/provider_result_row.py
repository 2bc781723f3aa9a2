"""Provider Result Row: a row of a result file that found no line, and why."""

from frappe.model.document import Document

from ansinh_app.utils.sealed_numbers import SealedNumbers


class ProviderResultRow(SealedNumbers, Document):
    pass
