"""Registry Import: a commune's workbook, what was taken from it and what went back."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, get_datetime, getdate, now_datetime

from ansinh_app.exceptions import ImportStateError
from ansinh_app.permissions import check_office
from ansinh_app.registry.imports import job
from ansinh_app.registry.offices import office_of
from ansinh_app.registry.people import first_of_month

# How long one run may take before the queue ends it.
RUN_SECONDS = 3600


class RegistryImport(Document):
    def validate(self):
        self.effective_month = first_of_month(self.effective_month)
        self.keep_file_private()
        self.set_title()
        self.validate_unit()
        self.set_office()
        self.validate_unchanged()

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
        if not before or before.status in ("Draft", "Failed"):
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

    def on_trash(self):
        if self.status == "Running":
            frappe.throw(_("{0} is running").format(frappe.bold(self.name)), ImportStateError)


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

    All rows are written in one transaction. Raises WorkbookError when nothing can be read, ImportStateError
    while another run is at it. A second run over the same file changes nothing.
    """
    doc = frappe.get_doc("Registry Import", name)
    check_may_run(doc)
    _refuse_while_running(doc)
    return job.run(doc)


@frappe.whitelist(methods=["POST"])
def start_import(doc: str) -> dict:
    """DocType Action: run the import in the background with progress. `doc`: the document as JSON."""
    doc = frappe.get_doc("Registry Import", frappe.parse_json(doc).get("name"))
    check_may_run(doc)
    _refuse_while_running(doc)
    doc.db_set("status", "Running")
    frappe.enqueue(
        "ansinh_app.registry.imports.job.run_in_background",
        queue="long",
        timeout=RUN_SECONDS,
        enqueue_after_commit=True,
        registry_import=doc.name,
    )
    message = _("The import of {0} has started. You can leave this page.").format(frappe.bold(doc.title))
    frappe.msgprint(message, alert=True)
    return {**doc.as_dict(), "message": message}  # the desk shows the document it gets back


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
