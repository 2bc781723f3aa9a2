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
        rows=_rows(doc),
        cash_reasons=doc.cash_reasons or "",
        changes_waiting=doc.changes_waiting or 0,
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


def _rows(doc) -> list[tuple[str, str, str, str]]:
    """The figures side by side as the form has them: people on the left, accounts and cash on the right."""

    def told(*fields: str) -> list[tuple[str, str]]:
        return [(say(doc.meta.get_label(field)), dong(doc.get(field) or 0)) for field in fields]

    people = told(
        "people",
        "increases",
        "adjustments",
        "decreases",
        "deaths",
        "suspensions",
        "moved_in",
        "moved_out",
        "corrections",
    )
    accounts = told(
        "with_account",
        "without_account",
        "accounts_opened",
        "requests_open",
        "waiting_id",
        "not_verified",
        "paid_in_cash",
        "uncollected",
    )
    accounts.append((say("Amount not paid (đồng)"), dong(doc.uncollected_amount)))
    return [(*left, *right) for left, right in zip(people, accounts, strict=True)]
