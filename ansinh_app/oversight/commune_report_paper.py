"""The paper of a Commune Report: the commune's letter to the office, with the figures of the month."""

import frappe
from frappe.utils import getdate

from ansinh_app.core.months import Month
from ansinh_app.utils.printing import dong, may_print, office_paper, place_and_day, say


def commune_report_paper(doc) -> dict:
    """What the print format Commune Report Paper needs."""
    may_print(doc)
    office = frappe.get_cached_doc("Paying Office", doc.office)
    confirmed = getdate(doc.confirmed_on) if doc.confirmed_on else None
    paper = office_paper(office, confirmed)
    unit = frappe.db.get_value("Administrative Unit", doc.administrative_unit, "unit_name") or ""
    bare = unit.split(" ", 1)[-1]
    paper.update(
        # The commune writes; the body above it is the one the office belongs to.
        office_name=say("PEOPLE'S COMMITTEE OF {0}").format(unit.upper()),
        number=say("No.: ……/BC-UBND"),
        dated=place_and_day(bare, confirmed),
        mark="" if doc.status == "Confirmed" else say("DRAFT PAPER"),
        month_text=Month.of(getdate(doc.month)).label,
        to=office.office_name,
        unit=unit,
        groups=_groups(doc),
        obstacles=[line for line in (doc.obstacles or "").splitlines() if line.strip()],
        proposals=[line for line in (doc.proposals or "").splitlines() if line.strip()],
        signatures=[
            frappe._dict(authority="", title=say("PREPARED BY"), hint=say("(Signature, full name)"), name=""),
            frappe._dict(
                authority=say("ON BEHALF OF THE PEOPLE'S COMMITTEE"),
                title=say("CHAIRPERSON"),
                hint=say("(Signature, seal)"),
                name="",
            ),
        ],
    )
    return paper


def _groups(doc) -> list[tuple[str, list[tuple[str, str]]]]:
    """The figures in the order of the form, under their headings."""

    def rows(*fields: str) -> list[tuple[str, str]]:
        label = doc.meta.get_label
        return [(say(label(field)), dong(doc.get(field) or 0)) for field in fields]

    accounts = rows(
        "with_account", "accounts_opened", "requests_open", "waiting_id", "paid_in_cash", "uncollected"
    )
    accounts.append((say("Amount not paid (đồng)"), dong(doc.uncollected_amount)))
    if doc.cash_reasons:
        accounts.append((say("Cash Reasons"), doc.cash_reasons))
    return [
        (
            say("People"),
            rows(
                "people",
                "increases",
                "adjustments",
                "decreases",
                "deaths",
                "suspensions",
                "moved_in",
                "moved_out",
                "corrections",
                "changes_waiting",
                "not_verified",
            ),
        ),
        (say("Accounts and Cash"), accounts),
    ]
