"""The paper that answers "why this amount": a payout line, its sums and its reasons, for the person paid."""

import frappe
from frappe.utils import getdate

from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.payouts.explanation import check_reader, line_sentences
from ansinh_app.registry.people import birth
from ansinh_app.utils.printing import dong, may_print, office_paper, say, words

# Of these programmes every paper is worded alike, so that no wording tells an illness (NĐ 20/2021 Đ8.1.b).
_WORDED_ALIKE = ("BTXH", "CARE")


def explanation_paper(doc) -> dict:
    """What the print format Amount Explanation needs of a Payout Line."""
    may_print(doc)
    check_reader(doc)
    office = frappe.get_cached_doc("Paying Office", doc.office)
    paper = office_paper(office, getdate(doc.paid_on) if doc.paid_on else None)
    month = Month.parse(getdate(frappe.db.get_value("Payout Period", doc.period, "month")))
    person = frappe.db.get_value(
        "Beneficiary", doc.beneficiary, ["date_of_birth", "dob_precision"], as_dict=True
    )
    # What is on the line but hidden from the reader's form is read here: the sentences themselves are neutral.
    stored = frappe.get_doc("Payout Line", doc.name)
    # A grant such as funeral support tells no illness; neither does a table of merit.
    neutral = (stored.programme in _WORDED_ALIKE and not stored.one_off_grant) or not frappe.has_permission(
        "Entitlement", "read"
    )
    amounts = (
        (say("This month"), stored.monthly_amount),
        (say("Arrears"), stored.arrears),
        (say("Not received before"), stored.carried_over),
        (say("Paid early for later months"), stored.advance),
        (say("Recovery"), stored.recovery),
    )
    paper.update(
        month_text=month.label,
        programme=frappe.db.get_value(
            "Benefit Programme", stored.programme, ["title", "description"], as_dict=True
        ),
        category_shown=stored.category_shown,
        full_name=stored.full_name,
        birth=birth(person.date_of_birth, person.dob_precision),
        payee_name=stored.payee_name,
        amounts=[(label, dong(amount)) for label, amount in amounts if amount],
        total=dong(stored.total),
        words=words(as_dong(stored.total or 0)),
        sentences=line_sentences(stored, neutral),
    )
    return paper
