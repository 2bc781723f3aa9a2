"""The notice of a recovery: what was paid too much for which months, what is still owed, how it is paid back.

Layout by design; the amounts are those of the Recovery Case (TT 02/2021/TT-BLĐTBXH: thu hồi). The reason is worded so
that no illness shows.
"""

import json

import frappe
from frappe.utils import getdate

from ansinh_app.core.months import Month
from ansinh_app.registry.decisions import said_reason
from ansinh_app.utils.printing import (
    day,
    dong,
    may_print,
    numbered,
    office_paper,
    say,
    sign_of,
    signatory,
    words,
)


def recovery_notice_paper(doc) -> dict:
    """What the print format Recovery Notice needs of a Recovery Case; amounts in đồng."""
    may_print(doc)
    office = frappe.get_cached_doc("Paying Office", doc.office)
    paper = office_paper(office, getdate(doc.decision_date) if doc.decision_date else None)
    # The months and the benefit are kept from most readers; the paper says the months, and of the benefit nothing.
    stored = frappe.get_doc("Recovery Case", doc.name)
    sensitive = frappe.get_all(
        "Benefit Category", filters={"sensitive": 1}, fields=["name", "band_group"], limit_page_length=0
    )
    tells = stored.benefit in {value for row in sensitive for value in (row.name, row.band_group) if value}
    person = frappe.db.get_value(
        "Beneficiary", doc.beneficiary, ["administrative_unit", "village"], as_dict=True
    )
    unit = frappe.db.get_value("Administrative Unit", person.administrative_unit, "unit_name") or ""
    months = sorted(json.loads(stored.months or "{}").items())
    head = signatory(office, "Head")
    paper.update(
        number=numbered("", sign_of(office, "TB")),
        months=[(Month.parse(month).label, dong(amount)) for month, amount in months],
        amount=dong(stored.amount),
        amount_words=words(stored.amount),
        recovered=dong((stored.recovered or 0) + (stored.repaid or 0)),
        outstanding=dong(stored.outstanding),
        instalment=dong(stored.instalment) if stored.instalment else "",
        decision=", ".join(filter(None, (doc.decision_no, day(doc.decision_date)))),
        reason=said_reason(stored.reason, tells),
        place=", ".join(filter(None, (person.village, unit))),
        recipients=["Như trên", f"UBND {unit}"],
        signature=(head or paper["signatures"][-1]) | {"hint": say("(Signature, seal)")},
        mark="" if doc.docstatus == 1 else say("CANCELLED PAPER" if doc.docstatus == 2 else "DRAFT PAPER"),
    )
    return paper
