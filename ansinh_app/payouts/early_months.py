"""Months paid early together with a period: before Tết, after a disaster, in an epidemic (TT 44/2022/TT-BTC Đ8.3).

Which programmes may be paid so, and how far, stands on the Benefit Programme with its basis and certainty; which are,
stands on the Payout Period. The ledger does the rest: the later month finds itself settled.
"""

import frappe
from frappe import _
from frappe.utils import cint, getdate

from ansinh_app.core.months import Month
from ansinh_app.exceptions import PeriodStateError


def paid_early(period) -> dict[str, Month]:
    """Programme -> the last month paid together with the period (a Payout Period or its row)."""
    rows = frappe.get_all(
        "Period Advance",
        filters={"parent": period.name, "parenttype": "Payout Period"},
        fields=["programme", "pays_through"],
    )
    return {row.programme: Month.of(getdate(row.pays_through)) for row in rows if row.pays_through}


def check(period) -> None:
    """The rows of a period as it is saved: one a programme, no further than the programme admits, with a basis."""
    month = Month.of(getdate(period.month))
    seen = set()
    for row in period.get("advances") or []:
        rule = frappe.db.get_value(
            "Benefit Programme",
            row.programme,
            ["title", "months_early", "early_basis", "early_certainty"],
            as_dict=True,
        )
        if not rule or not row.pays_through:
            continue  # what is missing is said by the form itself
        last = Month.of(getdate(row.pays_through))
        row.pays_through = last.first_day
        _check_row(row, rule, month, last, seen)
        seen.add(row.programme)
        row.basis = row.basis or rule.early_basis
        row.certainty = rule.early_certainty
    _refuse_after_sealing(period)


def _check_row(row, rule, month: Month, last: Month, seen: set[str]) -> None:
    most = cint(rule.months_early)
    if row.programme in seen:
        problem = _("{0} stands twice among the months paid early.").format(frappe.bold(rule.title))
    elif not most:
        problem = _(
            "{0} may not be paid early. If a decision allows it, a manager enters it on the programme "
            "(Most Months Paid Early) with its basis."
        ).format(frappe.bold(rule.title))
    elif not 0 < last.index - month.index <= most:
        problem = _("{0} may be paid early through {1} at most, and from {2} on.").format(
            frappe.bold(rule.title), (month + most).label, (month + 1).label
        )
    else:
        return
    frappe.throw(problem, PeriodStateError, title=_("Months Paid Early"))


def _refuse_after_sealing(period) -> None:
    """A sealed list pays what it says: a month paid early comes before the approval or not at all."""
    before = period.get_doc_before_save()
    if not before:
        return
    was, now = ({row.programme: str(row.pays_through) for row in doc.get("advances") or []} for doc in (before, period))
    changed = {name for name in was.keys() | now.keys() if was.get(name) != now.get(name)}
    sealed = changed and frappe.get_all(
        "Payout Batch",
        filters={"period": period.name, "docstatus": 1, "programme": ["in", sorted(changed)]},
        pluck="name",
        order_by="name",
    )
    if sealed:
        frappe.throw(
            _("{0} is approved already: what is paid early cannot change any more.").format(", ".join(sealed)),
            PeriodStateError,
            title=_("Months Paid Early"),
        )
