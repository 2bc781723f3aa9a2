"""What the retention rules would let go on a day, rule by rule; nothing is changed by looking."""

import frappe
from frappe import _
from frappe.utils import getdate, today

from ansinh_app.oversight import retention
from ansinh_app.permissions import check_office

SHOWN = 200


def execute(filters=None):
    """Filters: `office` (required), `as_of` (default: today). Codes only, no names: they are on the records."""
    filters = frappe._dict(filters or {})
    if not filters.office:
        frappe.throw(_("Choose the paying office."), title=_("Retention Due"))
    check_office(filters.office)
    rules = {row.name: row for row in frappe.get_all("Retention Rule", fields=["*"])}
    rows, counts = [], dict.fromkeys(rules, 0)
    for item in retention.due(filters.office, getdate(filters.as_of or today())):
        counts[item.rule] += 1
        if counts[item.rule] <= SHOWN:
            rule = rules[item.rule]
            rows.append(
                {
                    "title": rule.title,
                    "action": _(rule.action),
                    "document": f"{_(item.doctype)} {item.name}",
                    "counted_from": item.counted_from,
                    "due_since": item.due_since,
                    "basis": rule.basis,
                }
            )
    summary = [
        {"value": count, "label": rules[rule].title, "datatype": "Int", "indicator": "Orange"}
        for rule, count in counts.items()
        if count
    ]
    message = _("Nothing is erased by this report: a Retention Run proposes it, somebody else confirms.")
    return _columns(), rows, message, None, summary


def _columns() -> list[dict]:
    return [
        {"fieldname": "title", "label": _("What"), "fieldtype": "Data", "width": 330},
        {"fieldname": "action", "label": _("Then"), "fieldtype": "Data", "width": 110},
        {"fieldname": "document", "label": _("Document"), "fieldtype": "Data", "width": 220},
        {"fieldname": "counted_from", "label": _("Counted From"), "fieldtype": "Date", "width": 120},
        {"fieldname": "due_since", "label": _("Due Since"), "fieldtype": "Date", "width": 120},
        {"fieldname": "basis", "label": _("Basis"), "fieldtype": "Data", "width": 300},
    ]
