"""Open cases: how many of each kind wait for an answer, how many are late, and since when; no person is named."""

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.utils.report_frame import answer, day, figure, text, whole


@dataclass(frozen=True)
class _Kind:
    """A DocType, its states that wait, the field that says until when, and what says whose office it is."""

    doctype: str
    open: tuple[str, ...]
    due: str = ""
    of_person: bool = False


_KINDS = (
    _Kind("Support Case", ("New", "In Hand", "Reopened"), "due_on"),
    _Kind("Provider Inquiry", ("Asked",), "due_on"),
    _Kind("Data Subject Request", ("Received", "In Progress"), "due_on"),
    _Kind("Data Incident", ("Open",), "due_at"),
    _Kind("Identity Verification", ("To Decide",)),
    _Kind("Recovery Case", ("Proposed",), of_person=True),
)


def execute(filters=None):
    """Columns, rows, message, chart, summary: cases the reader may list. Filters: `office`, `as_of` (default today)."""
    filters = frappe._dict(filters or {})
    as_of = getdate(filters.as_of or nowdate())
    rows = []
    for kind in _KINDS:
        if not frappe.has_permission(kind.doctype, "read"):
            continue
        found = [case for case in _cases(kind, filters.office) if getdate(case.creation) <= as_of]
        if not found:
            continue
        late = [case for case in found if kind.due and case[kind.due] and getdate(case[kind.due]) < as_of]
        oldest = min(getdate(case.creation) for case in found)
        rows.append(
            {
                "kind": _(kind.doctype),
                "open": len(found),
                "late": len(late),
                "oldest": oldest,
                "days": (as_of - oldest).days,
            }
        )
    summary = [
        figure(_("Open"), sum(row["open"] for row in rows), "Orange"),
        figure(_("Late"), sum(row["late"] for row in rows), "Red"),
    ]
    message = _("Cases that wait for an answer on {0}").format(as_of.strftime("%d/%m/%Y"))
    return answer(_columns(), rows, message, None, summary, _("Nothing waits."))


def _cases(kind: _Kind, office: str | None) -> list:
    fields = ["name", "creation", *([kind.due] if kind.due else []), *(["beneficiary"] if kind.of_person else [])]
    filters = {"status": ["in", list(kind.open)]}
    if office and not kind.of_person:
        filters["office"] = office
    cases = frappe.get_list(kind.doctype, filters, fields, limit_page_length=0)
    if not (office and kind.of_person):
        return cases
    people = {case.beneficiary for case in cases if case.beneficiary}
    own = set(
        frappe.get_all(
            "Beneficiary",
            {"name": ["in", sorted(people) or [""]], "office": office},
            pluck="name",
            limit_page_length=0,
        )
    )
    return [case for case in cases if case.beneficiary in own]


def _columns() -> list[dict]:
    return [
        text("kind", _("Kind"), 260),
        whole("open", _("Open")),
        whole("late", _("Late")),
        day("oldest", _("Oldest Since"), 130),
        whole("days", _("Days")),
    ]
