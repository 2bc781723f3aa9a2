"""The host's Access Log, which also tells the Personal Data Log."""

from frappe.core.doctype.access_log.access_log import AccessLog

from ansinh_app.oversight import personal_data


class WatchedAccessLog(AccessLog):
    """Hook `override_doctype_class`: the host writes these rows past the life cycle, by `db_insert`."""

    def db_insert(self, *args, **kwargs):
        super().db_insert(*args, **kwargs)
        personal_data.on_access(self)
