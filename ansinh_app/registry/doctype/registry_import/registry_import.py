"""Registry Import: a commune's workbook, what was taken from it and what went back."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, get_datetime, getdate, now_datetime

from ansinh_app.exceptions import ImportStateError
from ansinh_app.permissions import check_office
from ansinh_app.registry.imports import job, undo
from ansinh_app.registry.offices import office_of
from ansinh_app.registry.people import first_of_month
from ansinh_app.utils import actions

# How long one run may take before the queue ends it.
RUN_SECONDS = 3600
# Workbooks up to this size are checked while the user waits.
SMALL_BYTES = 400_000


class RegistryImport(Document):
    def validate(self):
        self.effective_month = first_of_month(self.effective_month)
        self.keep_file_private()
        self.set_title()
        self.validate_unit()
        self.set_office()
        self.validate_unchanged()
        self.ask_for_a_new_check()

    def keep_file_private(self):
        """A list of people is nobody's business but the office's, however it was uploaded."""
        for name in frappe.get_all("File", filters={"file_url": self.file, "is_private": 0}, pluck="name"):
            file = frappe.get_doc("File", name)
            file.check_permission("write")
            file.is_private = 1
            file.save(ignore_permissions=True)
            self.file = file.file_url

    def set_title(self):
        unit = frappe.db.get_value("Administrative Unit", self.administrative_unit, "unit_name") or ""
        file_name = frappe.db.get_value("File", {"file_url": self.file}, "file_name") or ""
        self.title = f"{unit} - {file_name}".strip(" -")[:140]

    def validate_unit(self):
        level = frappe.db.get_value("Administrative Unit", self.administrative_unit, "level")
        if level not in ("Commune", "Village"):
            frappe.throw(_("A list comes from one commune: choose it"), ImportStateError)

    def set_office(self):
        """Left empty, it is the office that pays the commune's people."""
        self.office = self.office or office_of(self.administrative_unit, self.effective_month)
        if not self.office:
            frappe.throw(_("Choose the paying office: several could pay this commune"), ImportStateError)

    def validate_unchanged(self):
        """What was imported stays with its result; another file is another import."""
        before = self.get_doc_before_save()
        if not before or before.status not in ("Running", "Completed", "Completed with Errors"):
            return
        for field in ("file", "administrative_unit", "office", "effective_month"):
            old, new = before.get(field), self.get(field)
            if field == "effective_month":
                old, new = getdate(old or None), getdate(new or None)
            if old != new:
                frappe.throw(
                    _("{0} has been run: make a new import for another file or commune").format(
                        frappe.bold(self.name)
                    ),
                    ImportStateError,
                )

    def ask_for_a_new_check(self):
        """What was previewed no longer holds when file, month or the meaning of a column has changed."""
        before = self.get_doc_before_save()
        if self.flags.by_import or not before or before.status not in ("Checked", "Undone", "Failed"):
            return
        if _understood_from(before) != _understood_from(self):
            self.status = "Draft"

    def on_trash(self):
        if self.status == "Running":
            frappe.throw(_("{0} is running").format(frappe.bold(self.name)), ImportStateError)
        if frappe.db.exists("Beneficiary", {"source_import": self.name}):
            frappe.throw(
                _("People of the registry came from {0}. Undo the import first.").format(
                    frappe.bold(self.name)
                ),
                ImportStateError,
            )
        frappe.db.delete("Registry Import Row", {"registry_import": self.name})
        frappe.db.set_value(
            "Registry Import Layout", {"last_import": self.name}, "last_import", None, update_modified=False
        )


def _understood_from(doc) -> tuple:
    """Everything a preview rests on."""
    terms = [
        str(doc.get(field) or "")
        for field in (
            "file",
            "administrative_unit",
            "office",
            "programme",
            "effective_month",
            "decision_date",
        )
    ]
    return (*terms, *((row.sheet, row.place, row.meaning or "") for row in doc.columns))


def check_may_run(doc) -> None:
    """The office grants what a list says; a commune only sends it."""
    doc.check_permission("write")
    if not frappe.has_permission("Entitlement", "submit"):
        frappe.throw(
            _(
                "The paying office runs the import. Your workbook is with them; "
                "they return what cannot be taken."
            ),
            frappe.PermissionError,
            title=_("Sent to the Office"),
        )
    check_office(doc.office)


def run_import(name: str) -> dict:
    """Read the workbook, write what can be taken, attach the error workbook; returns the counts.

    The call is the confirmation; `check_import` tells beforehand what would happen. All rows are written in
    one transaction. Raises WorkbookError when nothing can be read, ImportStateError while another run is at
    it. A second run over the same file changes nothing.
    """
    doc = frappe.get_doc("Registry Import", name)
    check_may_run(doc)
    _refuse_while_running(doc)
    return job.run(doc)


def check_import(name: str) -> dict:
    """Read the workbook and tell what would become of each row; the registry stays as it is. Returns counts."""
    doc = frappe.get_doc("Registry Import", name)
    doc.check_permission("write")
    _refuse_after_run(doc)
    _refuse_while_running(doc)
    return job.check(doc)


@frappe.whitelist(methods=["POST"])
def check_workbook(doc: str) -> dict:
    """DocType Action: show what would be understood and done. `doc`: the document as JSON."""
    doc = actions.stored(doc, "Registry Import")
    _refuse_after_run(doc)
    _refuse_while_running(doc)
    size = frappe.db.get_value("File", {"file_url": doc.file}, "file_size") or 0
    if size > SMALL_BYTES:
        return _queue(doc, "check", _("The check of {0} has started. You can leave this page."))
    job.check(doc)
    doc.reload()
    message = _("{0} rows were understood, {1} would be returned. Look at the rows, then run the import.")
    return _answer(doc, message.format(doc.rows_total - doc.rows_rejected, doc.rows_rejected))


@frappe.whitelist(methods=["POST"])
def start_import(doc: str) -> dict:
    """DocType Action: run the checked import in the background with progress. `doc`: the document as JSON."""
    doc = actions.stored(doc, "Registry Import", "read")
    check_may_run(doc)
    _refuse_while_running(doc)
    if doc.status in ("Draft", "Failed", "Undone"):
        frappe.throw(
            _("Check the workbook first: nothing is written before you have seen what it says."),
            ImportStateError,
            title=_("Not Checked Yet"),
        )
    doc.db_set({"confirmed_by": frappe.session.user, "confirmed_on": now_datetime()})
    return _queue(doc, "run", _("The import of {0} has started. You can leave this page."))


@frappe.whitelist(methods=["POST"])
def undo_import(doc: str) -> dict:
    """DocType Action: take back what the import wrote, while nothing depends on it. `doc`: as JSON."""
    doc = actions.stored(doc, "Registry Import", "read")
    check_may_run(doc)
    _refuse_while_running(doc)
    taken = undo.take_back(doc)
    doc.reload()
    message = _("The import was undone: {0} documents removed, {1} put back as they were.")
    return _answer(doc, message.format(taken["removed"], taken["restored"]))


def _queue(doc, work: str, message: str) -> dict:
    doc.db_set("status", "Running")
    actions.later("ansinh_app.registry.imports.job.in_background", RUN_SECONDS, registry_import=doc.name, work=work)
    return _answer(doc, message.format(frappe.bold(doc.title)))


def _answer(doc, message: str) -> dict:
    frappe.msgprint(message, alert=True)
    return {**doc.as_dict(), "message": message}  # the desk shows the document it gets back


def _refuse_after_run(doc) -> None:
    if doc.status in ("Completed", "Completed with Errors"):
        frappe.throw(
            _("{0} has been run: make a new import for another file or commune").format(
                frappe.bold(doc.name)
            ),
            ImportStateError,
        )


def _refuse_while_running(doc) -> None:
    """Lock the commune's imports; who comes second is told, for what he has read is no longer so."""
    seen = {row.name: row for row in _imports_of(doc.administrative_unit)}
    seen[doc.name] = doc
    try:
        latest = _imports_of(doc.administrative_unit, for_update=True)
    except (frappe.QueryTimeoutError, frappe.QueryDeadlockError):
        _refuse_now(_("{0} is running already. Wait for its result."), doc.name)
    # A run that has not ended after its time limit has died with its worker.
    alive = add_to_date(now_datetime(), seconds=-RUN_SECONDS)
    for row in latest:
        if row.status == "Running" and get_datetime(row.modified) > alive:
            _refuse_now(_("{0} is running already. Wait for its result."), row.name)
    for row in latest:
        if row.name not in seen or get_datetime(row.modified) != get_datetime(seen[row.name].modified):
            _refuse_now(_("{0} has just been run or changed by somebody else. Open it again."), row.name)


def _imports_of(unit: str, for_update: bool = False) -> list:
    table = frappe.qb.DocType("Registry Import")
    query = (
        frappe.qb.from_(table)
        .select(table.name, table.status, table.modified)
        .where(table.administrative_unit == unit)
        .orderby(table.name)
    )
    return (query.for_update() if for_update else query).run(as_dict=True)


def _refuse_now(message: str, name: str) -> None:
    frappe.throw(message.format(frappe.bold(name)), ImportStateError, title=_("Import Running"))
