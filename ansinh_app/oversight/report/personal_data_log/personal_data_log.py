"""Who looked at, printed or took away people's data in a time, row by row or summed by user."""

from collections import Counter

import frappe
from frappe import _
from frappe.utils import add_days, cint, getdate, today

from ansinh_app.utils import report_frame as frame

TAKEN = ("Export", "Report", "Print", "File")
MOST_ROWS = 5000


def execute(filters=None):
    """Filters: `from_date` (default: 30 days ago), `to_date`, `looked_by`, `action`, `office`, `by` ("User": sums).

    Read through the log's own permissions: an office's manager sees what concerns his office.
    """
    filters = frappe._dict(filters or {})
    first = getdate(filters.from_date or add_days(today(), -30))
    last = getdate(filters.to_date or today())
    wanted = {"logged_at": ["between", [f"{first} 00:00:00", f"{last} 23:59:59.999999"]]}
    wanted |= {key: filters[key] for key in ("action", "office") if filters.get(key)}
    if filters.looked_by:
        wanted["user"] = ["like", f"%{filters.looked_by}%"]
    sums = frappe.get_list(
        "Personal Data Log",
        filters=wanted,
        fields=["user", "action", "count(name) as times", "sum(people) as people"],
        group_by="user, action",
        order_by="user, action",
        limit_page_length=0,
    )
    message = _("{0} to {1}").format(f"{first:%d/%m/%Y}", f"{last:%d/%m/%Y}")
    if filters.by == "User":
        return frame.answer(_sum_columns(), _by_user(sums), message, _chart(sums), _summary(sums))
    rows = frappe.get_list(
        "Personal Data Log",
        filters=wanted,
        fields="name logged_at action user roles people what reference_doctype reference_name beneficiary office".split()
        + ["ip_address", "reason"],
        order_by="logged_at desc, name",
        limit_page_length=MOST_ROWS,
    )
    for row in rows:
        row.action = _(row.action)
        row.what = _(row.what or "")
        row.roles = ", ".join(_(role) for role in (row.roles or "").split(", ") if role)
        named = _(row.reference_name) if row.reference_doctype == "Report" else row.reference_name
        row.document = " ".join(filter(None, (_(row.reference_doctype or ""), named)))
    if len(rows) == MOST_ROWS:
        message += " · " + _("the newest {0} rows; choose a shorter time for the others").format(MOST_ROWS)
    return frame.answer(_columns(), rows, message, _chart(sums), _summary(sums))


def _chart(sums: list[dict]) -> dict | None:
    """How often each thing was done."""
    times = Counter()
    for row in sums:
        times[_(row.action)] += row.times
    return frame.bars(list(times), {_("Times"): list(times.values())})


def _by_user(sums: list[dict]) -> list[dict]:
    users: dict[str, dict] = {}
    for row in sums:
        found = users.setdefault(row.user, frappe._dict(user=row.user, taken=0))
        found[frappe.scrub(row.action)] = row.times
        if row.action in TAKEN:
            found.taken += cint(row.people)
    return sorted(users.values(), key=lambda row: (-row.taken, row.user))


def _columns() -> list[dict]:
    return [
        {"fieldname": "logged_at", "label": _("At"), "fieldtype": "Datetime", "width": 160},
        {"fieldname": "action", "label": _("Action"), "fieldtype": "Data", "width": 110},
        {"fieldname": "user", "label": _("User"), "fieldtype": "Data", "width": 190},
        {"fieldname": "roles", "label": _("Roles"), "fieldtype": "Data", "width": 150},
        {"fieldname": "people", "label": _("People"), "fieldtype": "Int", "width": 80},
        {"fieldname": "what", "label": _("What"), "fieldtype": "Data", "width": 200},
        {"fieldname": "document", "label": _("Document"), "fieldtype": "Data", "width": 210},
        {"fieldname": "beneficiary", "label": _("Beneficiary"), "fieldtype": "Data", "width": 120},
        {"fieldname": "office", "label": _("Paying Office"), "fieldtype": "Data", "width": 110},
        {"fieldname": "ip_address", "label": _("IP Address"), "fieldtype": "Data", "width": 120},
        {"fieldname": "reason", "label": _("Reason"), "fieldtype": "Data", "width": 200},
    ]


def _sum_columns() -> list[dict]:
    actions = ("View", "Reveal", "Export", "Report", "Print", "File", "Sent List", "Erasure")
    counted = [
        {"fieldname": frappe.scrub(one), "label": _(one), "fieldtype": "Int", "width": 90} for one in actions
    ]
    return [
        {"fieldname": "user", "label": _("User"), "fieldtype": "Data", "width": 240},
        *counted,
        {"fieldname": "taken", "label": _("People Taken Away"), "fieldtype": "Int", "width": 150},
    ]


def _summary(sums: list[dict]) -> list[dict]:
    def times(*actions: str) -> int:
        return sum(row.times for row in sums if row.action in actions)

    taken = sum(cint(row.people) for row in sums if row.action in TAKEN)
    return [
        {"value": times("View"), "label": _("Forms Opened"), "datatype": "Int", "indicator": "Blue"},
        {"value": times("Reveal"), "label": _("Numbers Revealed"), "datatype": "Int", "indicator": "Orange"},
        {"value": times(*TAKEN), "label": _("Times Taken Away"), "datatype": "Int", "indicator": "Orange"},
        {"value": taken, "label": _("People Taken Away"), "datatype": "Int", "indicator": "Red"},
    ]
