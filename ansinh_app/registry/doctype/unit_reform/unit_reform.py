"""Unit Reform: communes merged, divided or renamed from a day on, and everybody who lives there follows."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, get_datetime, getdate, now_datetime

from ansinh_app.core import cells
from ansinh_app.core.names import search_key
from ansinh_app.exceptions import ReformError
from ansinh_app.registry.reforms import carrying_out
from ansinh_app.registry.reforms.offices import propose_offices
from ansinh_app.registry.reforms.plan import make_plan
from ansinh_app.registry.reforms.undo import undo
from ansinh_app.registry.units import unit_tree
from ansinh_app.utils import actions
from ansinh_app.utils.workbooks import open_workbook

RUN_SECONDS = 3600
# Reforms of up to this many people are carried out while the user waits.
_AT_ONCE = 2000
_HEADERS = {
    "old_code": ("old code", "old_code", "ma cu", "ma xa cu", "ma don vi cu"),
    "village": ("village", "thon", "khoi", "thon khoi", "thon ban"),
    "new_code": ("new code", "new_code", "ma moi", "ma xa moi", "ma don vi moi"),
    "new_name": ("new name", "new_name", "ten moi", "ten xa moi", "don vi moi", "ten don vi moi"),
}


class UnitReform(Document):
    def validate(self):
        for row in self.rows:
            row.village = " ".join((row.village or "").split()) or None
            row.new_code = cells.text(row.new_code)
            row.new_name = " ".join((row.new_name or "").split())
        if self.file and not self.rows and self.effective_on:
            self.read_file()
        before = self.get_doc_before_save()
        if not before or self.flags.by_preview:
            return
        if before.status in ("Running", "Completed") and _said(before) != _said(self):
            frappe.throw(
                _("{0} was carried out: undo it, or make another reform").format(frappe.bold(self.name)),
                ReformError,
            )
        if before.status == "Checked" and _said(before) != _said(self):
            self.status = "Draft"

    def on_trash(self):
        if self.status in ("Running", "Completed"):
            frappe.throw(_("{0} was carried out: undo it first").format(frappe.bold(self.name)), ReformError)

    def read_file(self):
        """The rows of the attached table, by its header. Raises ReformError naming the row."""
        names = frappe.get_all(
            "File",
            filters={"file_url": self.file},
            fields=["name", "attached_to_name"],
            order_by="creation desc",
        )
        if not names:
            frappe.throw(_("Attach the table as a file first"), ReformError)
        own = [row.name for row in names if row.attached_to_name == self.name]
        file = frappe.get_doc("File", (own or [names[0].name])[0])
        if not own:
            file.check_permission("read")
        content = file.get_content()
        book = open_workbook(content.encode() if isinstance(content, str) else content, file.file_name)
        grid = [[cells.text(value) for value in row] for _name, rows in book.sheets[:1] for row in rows]
        head, columns = _header(grid)
        old = {unit.code: unit for unit in unit_tree().units.values() if self._stood(unit)}
        for number, row in enumerate(grid[head + 1 :], start=head + 2):
            found = {field: row[place] if place < len(row) else "" for field, place in columns.items()}
            if not found["old_code"]:
                continue
            unit = old.get(found["old_code"]) or old.get(found["old_code"].zfill(5))
            if unit is None or not found["new_code"] or not found["new_name"]:
                frappe.throw(
                    _(
                        "Row {0}: old code “{1}”, new code “{2}”, new name “{3}”: one is missing or unknown"
                    ).format(number, found["old_code"], found["new_code"], found["new_name"]),
                    ReformError,
                )
            self.append(
                "rows",
                {
                    "old_unit": unit.name,
                    "old_name": unit.unit_name,
                    "village": found.get("village") or None,
                    "new_code": found["new_code"].zfill(len(unit.code)),
                    "new_name": found["new_name"],
                },
            )

    def _stood(self, unit) -> bool:
        first = getdate(self.effective_on)
        return unit.valid_from < first and (not unit.valid_to or (first - unit.valid_to).days <= 1)


def _header(grid: list[list[str]]) -> tuple[int, dict[str, int]]:
    for number, row in enumerate(grid[:20]):
        keys = [search_key(text).replace("_", " ") for text in row]
        places = {
            field: place
            for field, names in _HEADERS.items()
            for place, key in enumerate(keys)
            if key in names
        }
        if {"old_code", "new_code", "new_name"} <= places.keys():
            return number, places
    frappe.throw(
        _("The file needs the columns {0}").format("old_code, village, new_code, new_name"), ReformError
    )


def _said(doc) -> tuple:
    rows = tuple((row.old_unit, row.village or "", row.new_code, row.new_name) for row in doc.rows)
    offices = tuple((row.what, row.office or row.office_code, row.unit_code or "") for row in doc.offices)
    return str(doc.effective_on), str(doc.signed_on or ""), doc.new_parent or "", rows, offices


@frappe.whitelist(methods=["POST"])
def preview(doc: str | dict) -> dict:
    """Action: what would move, what stands in the way, which codes bear other names. `doc`: as JSON."""
    doc = _open(doc)
    if doc.status == "Completed":
        frappe.throw(_("{0} was carried out already").format(frappe.bold(doc.name)), ReformError)
    if not doc.rows:
        frappe.throw(_("Fill the table of old and new units, or attach it as a file"), ReformError)
    plan = make_plan(doc)
    if doc.make_offices and not doc.offices:
        for row in propose_offices(plan):
            doc.append("offices", row)
        plan = make_plan(doc)
    for row in doc.rows:
        ways = plan.targets.get(row.old_unit, {})
        alone = len(set(ways.values())) == 1 or not row.village
        row.people = plan.people.get((row.old_unit, row.new_code), 0) if alone or row.village else 0
        known = plan.new.get(row.new_code)
        row.new_unit = known.name if known else None
    doc.update(plan.counts)
    doc.blocks, doc.findings = "\n".join(plan.blocks), "\n".join(plan.findings)
    doc.status = "Checked"
    doc.flags.by_preview = True
    doc.save()
    text = carrying_out.shown(plan)
    if plan.blocks:
        text += "<br>" + _("{0} things stand in the way.").format(len(plan.blocks))
    return _answer(doc, text)


@frappe.whitelist(methods=["POST"])
def run_reform(doc: str | dict) -> dict:
    """Action: carry out what was previewed; large ones in the background. `doc`: the document as JSON."""
    doc = _open(doc)
    if doc.status not in ("Checked", "Completed"):
        frappe.throw(
            _("Press Preview first: nothing moves before you have seen what would happen."), ReformError
        )
    if doc.people > _AT_ONCE:
        doc.db_set("status", "Running")
        actions.later("ansinh_app.registry.reforms.carrying_out.in_background", RUN_SECONDS, reform=doc.name)
        return _answer(doc, _("The reform has started. You can leave this page."))
    moved = carrying_out.run(doc)
    return _answer(doc, _("{0} people have moved.").format(moved.get("Beneficiary", 0)))


@frappe.whitelist(methods=["POST"])
def undo_reform(doc: str | dict) -> dict:
    """Action: put everybody back, while nothing later rests on it. `doc`: the document as JSON."""
    doc = _open(doc)
    if doc.status != "Completed":
        frappe.throw(_("{0} has not been carried out").format(frappe.bold(doc.name)), ReformError)
    back = undo(doc)
    return _answer(doc, _("{0} people are back in their old units.").format(back.get("Beneficiary", 0)))


def _open(doc):
    """The stored reform, locked; a run that died long ago no longer counts as running."""
    doc = actions.stored(doc, "Unit Reform")
    status = frappe.db.get_value("Unit Reform", doc.name, "status", for_update=True)
    alive = add_to_date(now_datetime(), seconds=-RUN_SECONDS)
    if status == "Running" and get_datetime(doc.modified) > alive:
        frappe.throw(
            _("{0} is running already. Wait for its result.").format(frappe.bold(doc.name)), ReformError
        )
    return doc


def _answer(doc, message: str) -> dict:
    doc.reload()
    frappe.msgprint(message, alert=True)
    return doc.as_dict()
