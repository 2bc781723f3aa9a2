"""Who is expected at a campaign: day, time, village, papers to bring, and how far the request is."""

import frappe
from frappe import _
from frappe.utils import getdate

from ansinh_app.payee_accounts import day_lists


def execute(filters=None):
    """Columns, rows, message, chart, summary. Filters: `campaign` (needed), `held_on`, `pay_point`.

    Rows are the requests that the reader may list, in the order in which names are called.
    """
    filters = frappe._dict(filters or {})
    if not filters.campaign:
        return _columns(), [], _("Choose a campaign."), None, []
    campaign = frappe.get_doc("Account Campaign", filters.campaign)
    campaign.check_permission("read")
    expected = day_lists.expected(campaign)
    people = day_lists.people_of([row for found in expected.values() for row in found])
    rows = []
    for session in campaign.sessions:
        if filters.held_on and getdate(filters.held_on) != getdate(session.held_on):
            continue
        if filters.pay_point and filters.pay_point != session.pay_point:
            continue
        for row in expected[session.name]:
            rows.append(_row(session, row, people[row.beneficiary]))
    waiting = sum(row["status"] == _("Draft") for row in rows)
    summary = [
        {"value": len(rows), "label": _("Expected"), "datatype": "Int", "indicator": "Blue"},
        {"value": len(rows) - waiting, "label": _("Papers Taken"), "datatype": "Int", "indicator": "Green"},
        {"value": waiting, "label": _("Not Seen Yet"), "datatype": "Int", "indicator": "Orange"},
    ]
    return _columns(), rows, campaign.campaign_title, None, summary if rows else []


def _row(session, row, person) -> dict:
    choice = next(one for one in person.choices if one["holder_type"] == row.holder_type)
    return {
        "held_on": session.held_on,
        "slot": row.slot,
        "place": day_lists.place_of(session) or day_lists.commune_of(session),
        "village": row.village,
        "full_name": row.full_name,
        "born": person.born,
        "holder": "" if row.holder_type == "Self" else f"{_(row.holder_type)}: {row.holder_name}",
        "papers": day_lists.say_papers(choice["papers"]),
        "status": _(row.status),
    }


def _columns() -> list[dict]:
    texts = (
        ("slot", _("Time"), 70), ("place", _("Venue"), 180), ("village", _("Village"), 130),
        ("full_name", _("Full Name"), 190), ("born", _("Date of Birth"), 110), ("holder", _("Holder"), 220),
        ("papers", _("Papers to Bring"), 240), ("status", _("Status"), 120),
    )  # fmt: skip
    return [
        {"fieldname": "held_on", "label": _("Day"), "fieldtype": "Date", "width": 110},
        *({"fieldname": name, "label": label, "fieldtype": "Data", "width": width} for name, label, width in texts),
    ]
