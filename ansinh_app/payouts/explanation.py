"""Why this amount: the steps, their articles and the ledger behind one person's month."""

import json
from datetime import date

import frappe
from frappe import _
from frappe.utils import escape_html, getdate

from ansinh_app.core.explain import render
from ansinh_app.core.ledger import COUNTS_AS_SETTLED, Grant, grants_of
from ansinh_app.core.money import as_dong, format_dong
from ansinh_app.core.months import Month
from ansinh_app.core.payout import run_person
from ansinh_app.payouts.book.reader import read_book
from ansinh_app.payouts.book.rows import Book, PersonBook
from ansinh_app.payouts.early_months import paid_early
from ansinh_app.payouts.findings import titles
from ansinh_app.payouts.plan import opening_of
from ansinh_app.policy.law import load_law
from ansinh_app.utils import actions

_TELLING = ("benefit", "category", "title", "article", "entitlement")


def explain(beneficiary: str, month: Month, as_of: date | None = None) -> dict:
    """What the person is owed for the month and how it came about, as known on the day of the month's run.

    Whoever may not read entitlements gets the neutral form: no category, title or clause anywhere.
    """
    neutral = not frappe.has_permission("Entitlement", "read")
    law = load_law()
    book: Book = read_book(law, beneficiary=beneficiary)
    person = book.people[beneficiary]
    known_on = as_of or _as_of(person, month)
    run = run_person(
        person.person,
        person.entitlements,
        month,
        known_on,
        law,
        [settled for settled in person.settled if settled.period < month],
        person.cases,
        opening_of(person, month),
        _early(person, month),
    )
    grants, failures = grants_of(person.person, person.entitlements, month, law, known_on)
    return {
        "beneficiary": beneficiary,
        "full_name": person.row.full_name,
        "month": str(month),
        "as_of": str(known_on),
        "entitled": [_shown(_grant(law, grant, neutral), neutral) for grant in grants],
        "lines": [_shown(_line(law, line, neutral), neutral) for line in run.lines],
        "ledger": [_shown(row, neutral) for row in _ledger(person, law, month, known_on)],
        "paid": [_shown(row, neutral) for row in _paid(beneficiary, month)],
        "overpaid": [
            _shown(
                {"benefit": proposal.benefit, "amount": proposal.amount, "months": _text(proposal.months)},
                neutral,
            )
            for proposal in run.proposals
        ],
        "problems": [
            {"code": problem.code, "blocking": problem.blocking, "message": _said(problem, neutral)}
            for problem in run.problems
        ],
        "failures": {}
        if neutral
        else {benefit: _said(error, neutral) for benefit, error in failures.items()},
    }


def _said(problem, neutral: bool) -> str:
    """A problem of the rules in the reader's language; the category only where it may be read."""
    known = titles().get(problem.code)
    text = known[2] if known else problem.code
    named = "" if neutral else problem.data.get("category", "")
    month = problem.data.get("month")
    facts = ", ".join(part for part in (named, Month.parse(month).label if month else "") if part)
    return f"{text} ({facts})" if facts else text


def _shown(item: dict, neutral: bool) -> dict:
    """The item as the reader may have it."""
    return {name: value for name, value in item.items() if name not in _TELLING} if neutral else item


def as_html(answer: dict) -> str:
    """The account of `explain` for a form: each line with its sum and its sentences, then what is open."""
    month = Month.parse(answer["month"]).label
    known_on = getdate(answer["as_of"]).strftime("%d/%m/%Y")
    parts = [f"<p>{_('Month {0}, as known on {1}').format(month, known_on)}</p>"]
    for line in answer["lines"]:
        title = escape_html(line.get("title") or _("Monthly allowance"))
        parts.append(f"<h5>{title}: {format_dong(line['total'])} đ</h5>")
        parts.append(_list(step["text"] for step in line["steps"]))
    if not answer["lines"]:
        parts.append(f"<p>{_('Nothing is payable in this month.')}</p>")
    parts += [
        f"<p>{_('Paid too much: {0} đ').format(format_dong(item['amount']))}</p>"
        for item in answer["overpaid"]
    ]
    parts.append(_list(problem["message"] for problem in answer["problems"]))
    return "".join(parts)


def _list(sentences) -> str:
    rows = "".join(f"<li>{escape_html(sentence)}</li>" for sentence in sentences)
    return f"<ul>{rows}</ul>" if rows else ""


@frappe.whitelist(methods=["POST"])
def explain_beneficiary(doc: str | dict) -> dict:
    """Action of Beneficiary: why this amount, in the last month prepared for the person's office."""
    person = actions.stored(doc, "Beneficiary", "read")
    months = frappe.get_all(
        "Payout Period",
        filters={"office": person.office, "prepared_on": ["is", "set"]},
        pluck="month",
        order_by="month desc",
        limit=1,
    )
    answer = explain(person.name, Month.of(getdate(months[0] if months else None)))
    frappe.msgprint(as_html(answer), title=_("Why This Amount"), wide=True)
    return answer


@frappe.whitelist(methods=["POST"])
def explain_line(doc: str | dict) -> list[str]:
    """Action of Payout Line: the sentences of the line as it was made; banks and the Post do not get them."""
    line = actions.stored(doc, "Payout Line", "read")
    check_reader(line)
    sentences = line_sentences(line, neutral=not _sees_category())
    frappe.msgprint(_list(sentences), title=_("Why This Amount"), wide=True)
    return sentences


def check_reader(line) -> None:
    """Age, decisions and recoveries are for those who may read the person, not for whoever pays the line."""
    frappe.get_doc("Beneficiary", line.beneficiary).check_permission("read")


def _sees_category() -> bool:
    """Whether the reader sees why people are paid: the hidden fields of lines, and the decisions."""
    levels = frappe.get_meta("Payout Line").get_permlevel_access("read")
    return 1 in levels and bool(frappe.has_permission("Entitlement", "read"))


def line_sentences(line, neutral: bool) -> list[str]:
    """A line's stored steps as sentences. They hold no category; unless `neutral` it is looked up again."""
    steps = json.loads(line.explanation or "[]")
    facts = {} if neutral else _facts(line)
    return [_sentence(step, facts) for step in steps]


def _sentence(step: dict, facts: dict) -> str:
    if not facts or step["code"] not in facts:
        return render(step, neutral=True)
    return render({"code": step["code"], "params": facts[step["code"]] | step["params"]})


def _facts(line) -> dict[str, dict]:
    """What the stored steps leave out, by step: category, title and article of the band that was paid."""
    law = load_law()
    if line.one_off_grant:
        kind = law.grant_type(line.benefit)
        article = frappe.db.get_value("One-off Grant", line.one_off_grant, "law_article") or kind.article
        named = {"article": article}
        return {
            "one_off": {"title": kind.title, "article": kind.article},
            **dict.fromkeys(("coefficient", "fixed_amount", "allowance_months"), named),
        }
    decided = frappe.db.get_value("Entitlement", line.entitlement, "category")
    born = frappe.db.get_value("Beneficiary", line.beneficiary, "date_of_birth")
    month = Month.parse(getdate(frappe.db.get_value("Payout Period", line.period, "month")))
    category = law.band(decided, getdate(born) if born else None, month) or law.category(decided)
    version = next(
        (
            step["params"]["version"]
            for step in json.loads(line.explanation or "[]")
            if step["code"] in ("coefficient", "fixed_amount")
        ),
        None,
    )
    article = frappe.db.get_value(
        "Rate Version Line", {"parent": version, "category": category.code}, "law_article"
    )
    rate = {"article": article or category.article}
    return {
        "entitled": {"category": category.code, "title": category.title, "article": category.article},
        "band": {"category": category.code, "decided": decided},
        "coefficient": rate,
        "fixed_amount": rate,
        "resumed": {"reason": ""},
    }


def _early(person: PersonBook, month: Month) -> dict[str, Month]:
    """What the office's period of the month pays early, if there is one."""
    filters = {"office": person.row.office, "month": month.first_day}
    period = frappe.db.get_value("Payout Period", filters, ["name"], as_dict=True)
    return paid_early(period) if period else {}


def _as_of(person: PersonBook, month: Month) -> date:
    filters = {"office": person.row.office, "month": month.first_day}
    return getdate(frappe.db.get_value("Payout Period", filters, "as_of") or None)


def _grant(law, grant: Grant, neutral: bool) -> dict:
    return {
        "benefit": grant.benefit,
        "category": grant.category,
        "title": law.category(grant.category).title,
        "article": law.category(grant.category).article,
        "entitlement": grant.entitlement,
        "amount": grant.amount,
        "steps": _steps(grant.steps, neutral),
    }


def _line(law, line, neutral: bool) -> dict:
    return {
        "benefit": line.benefit,
        "category": line.category,
        "title": law.category(line.category).title,
        "entitlement": line.entitlement,
        "monthly_amount": line.monthly_amount,
        "arrears": line.arrears,
        "carried_over": line.carried_over,
        "advance": line.advance,
        "recovery": line.recovery,
        "total": line.total,
        "months": _text(line.months),
        "steps": _steps(line.steps, neutral),
    }


def _steps(steps, neutral: bool) -> list[dict]:
    if neutral:
        return [{"code": step.code, "text": render(step, neutral=True)} for step in steps]
    return [{"code": step.code, "text": render(step), **step.params} for step in steps]


def _ledger(person: PersonBook, law, until: Month, as_of: date) -> list[dict]:
    """Entitled and settled by month and benefit, from the first month anything is known of."""
    settled: dict[tuple[Month, str], int] = {}
    for line in person.settled:
        if line.status in COUNTS_AS_SETTLED:
            for month, amount in line.months.items():
                settled[(month, line.benefit)] = settled.get((month, line.benefit), 0) + amount
    rows = []
    for month in Month.range(opening_of(person, until), until):
        grants, _failures = grants_of(person.person, person.entitlements, month, law, as_of, explain=False)
        entitled = {grant.benefit: grant.owed for grant in grants}
        benefits = sorted(set(entitled) | {benefit for paid, benefit in settled if paid == month})
        for benefit in benefits:
            due, paid = entitled.get(benefit, 0), settled.get((month, benefit), 0)
            rows.append(
                {
                    "month": str(month),
                    "benefit": benefit,
                    "entitled": due,
                    "settled": paid,
                    "balance": due - paid,
                }
            )
    return rows


def _paid(beneficiary: str, month: Month) -> list[dict]:
    line, period = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Payout Period")
    rows = (
        frappe.qb.from_(line)
        .join(period)
        .on(line.period == period.name)
        .select(line.batch, line.benefit, line.total, line.status, line.failure_reason)
        .where(line.beneficiary == beneficiary)
        .where(period.month == month.first_day)
        .orderby(line.line_key)
        .run(as_dict=True)
    )
    return [row | {"total": as_dong(row.total or 0)} for row in rows]


def _text(months: dict[Month, int]) -> dict[str, int]:
    return {str(month): amount for month, amount in months.items()}
