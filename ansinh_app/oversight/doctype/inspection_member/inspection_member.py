"""Someone on the team of an inspection."""

from frappe.model.document import Document


class InspectionMember(Document):
    pass
