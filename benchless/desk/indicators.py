"""The coloured word that says where a document stands: its workflow state, its status, or its docstatus."""

import frappe
from frappe import _
from frappe.utils import cint

from benchless.desk.layout import workflow_state_field

STYLES = {
    "Success": "green", "Danger": "red", "Warning": "orange", "Primary": "blue", "Info": "light-blue", "Inverse": "gray",
}  # fmt: skip

WORDS = {
    "green": ("paid", "approved", "active", "verified", "confirmed", "completed", "closed", "enabled", "opened", "matched",
              "success", "succeeded", "settled", "submitted", "done", "handed over", "resolved", "finished", "sealed"),
    "red": ("failed", "rejected", "error", "mismatch", "overdue", "stopped", "deceased", "cancelled", "expired", "blocked"),
    "orange": ("pending", "open", "requested", "waiting", "suspended", "partially", "partial", "unverified", "uncollected",
               "proposed", "checking", "to"),
    "blue": ("sent", "in progress", "running", "planned", "prepared", "processing", "queued", "new"),
    "gray": ("draft", "inactive", "disabled", "withdrawn", "ended"),
}  # fmt: skip


def status_field(doctype: str) -> str | None:
    """The field that holds the state: the workflow's, else `status`."""
    field = workflow_state_field(doctype)
    if field:
        return field
    return "status" if frappe.get_meta(doctype).has_field("status") else None


def indicator(doctype: str, row) -> dict | None:
    """{"label", "color"} of a document or of a list row that has the needed columns."""
    meta = frappe.get_meta(doctype)
    field = status_field(doctype)
    value = row.get(field) if field else None
    if value:
        return {"label": _(value), "color": color_of(doctype, value)}
    if cint(meta.is_submittable):
        labels = {0: ("Draft", "gray"), 1: ("Submitted", "blue"), 2: ("Cancelled", "red")}
        label, color = labels[cint(row.get("docstatus"))]
        return {"label": _(label), "color": color}
    for fieldname, on, off in (("enabled", "Enabled", "Disabled"), ("disabled", "Disabled", "Enabled")):
        if meta.has_field(fieldname) and row.get(fieldname) is not None:
            label = on if cint(row.get(fieldname)) else off
            return {"label": _(label), "color": "green" if label == "Enabled" else "gray"}
    return None


def color_of(doctype: str, value: str) -> str:
    """The DocType's own state colour, else the Workflow State's style, else a guess by the word."""
    for state in frappe.get_meta(doctype).get("states") or []:
        if state.title == value:
            return (state.color or "gray").lower().replace(" ", "-")
    style = frappe.db.get_value("Workflow State", value, "style", cache=True)
    if style in STYLES:
        return STYLES[style]
    lowered = value.lower()
    for color, words in WORDS.items():
        if lowered in words or lowered.split(" ")[0] in words:
            return color
    return "gray"
