"""The host's own classes that see people's data leave: its Access Log and its reports tell the Personal Data Log."""

from frappe.core.doctype.access_log.access_log import AccessLog
from frappe.core.doctype.deleted_document.deleted_document import DeletedDocument
from frappe.core.doctype.report.report import Report

from ansinh_app.gate.plain_values import check_filters
from ansinh_app.oversight import personal_data
from ansinh_app.utils.ours import is_ours
from ansinh_app.utils.sealed_numbers import SealedNumbers, without_numbers


class WatchedAccessLog(AccessLog):
    """Hook `override_doctype_class`: the host writes these rows past the life cycle, by `db_insert`."""

    def db_insert(self, *args, **kwargs):
        asked = self.filters
        self.filters = without_numbers(asked)
        super().db_insert(*args, **kwargs)
        self.filters = asked
        personal_data.on_access(self)


class WatchedReport(Report):
    """Hook `override_doctype_class`: a script report that names people is written down when it is run."""

    def execute_script_report(self, filters):
        """Runs it at once, always: a report of this app is never turned into a prepared one behind its reader.

        A bench does so when a run takes 15 seconds or merely refuses (it leaves its timer running), and would
        then keep people's rows in files.
        """
        if not is_ours(self.module):
            return super().execute_script_report(filters)
        check_filters(filters)
        kept, self.prepared_report = self.prepared_report, 1  # which is how a bench starts no timer
        try:
            return super().execute_script_report(filters)
        finally:
            self.prepared_report = kept

    def execute_module(self, filters):
        answer = super().execute_module(filters)
        if len(answer) > 1:
            personal_data.on_report(self.name, answer[1] or [])
        return answer


class SealedDeletedDocument(SealedNumbers, DeletedDocument):
    """Hook `override_doctype_class`: what is kept of a deleted document is sealed as its numbers were."""
