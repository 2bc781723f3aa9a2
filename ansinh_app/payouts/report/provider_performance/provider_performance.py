"""Provider performance against contract: accounts opened in time, results in time, what failed, promises, fee."""

from collections import Counter, defaultdict
from datetime import timedelta

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Max
from frappe.utils import getdate, today

from ansinh_app.core.money import as_dong, percent_of
from ansinh_app.core.months import Month
from ansinh_app.outreach import breaches
from ansinh_app.payee_accounts import working_days
from ansinh_app.payouts import held_money
from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import admits_office, filter_month

MONTHS_SHOWN = 3
RATES = {"in_time_rate": 2, "days": 1, "results_rate": 2, "failure_rate": 2}  # digits after the comma
COUNTS = (
    "asked", "opened", "in_time", "waiting_late", "refused",
    "batches", "results_in_time", "results_late", "results_waiting",
    "lines", "paid", "failed", "uncollected", "paid_amount", "fee",
    "inquiries", "inquiries_late", "promises", "broken",
)  # fmt: skip


def execute(filters=None):
    """Columns, rows, message, chart, summary. One row for each office and provider; the last row is the total.

    Filters: `from_month`, `to_month` (default: the last three months with periods), `office`, `provider`.
    A bank and the Post see their own rows only; an account counts in the month in which it was asked for.
    """
    filters = frappe._dict(filters or {})
    last = filter_month(filters.to_month or filters.month, filters.office)
    first = Month.of(getdate(filters.from_month)) if filters.from_month else last - (MONTHS_SHOWN - 1)
    found: dict[tuple, Counter] = defaultdict(Counter)
    admits = admits_office()
    for read in (_requests, _batches, _lines, _inquiries, _promises):
        for key, counts in read(filters, first, last):
            if admits(*key) and (not filters.provider or key[1] == filters.provider):
                found[key].update(counts)
    contracts, names = _contracts(filters), frame.provider_names()
    rows = []
    for key in sorted(found):
        office, provider = key
        stated = {"office": office, "provider": names.get(provider) or provider, "contract": contracts.get(key, "")}
        rows.append(stated | _shown(found[key]))
    message = _("{0} to {1}; against the contracts' working days and the day results are due").format(
        first.label, last.label
    )
    if not rows:
        return frame.answer(_columns(), [], message)
    total = {"office": _("Total"), "provider": "", "contract": "", "bold": 1} | _shown(sum(found.values(), Counter()))
    chart = frame.bars(
        [row["provider"] for row in rows],
        {
            _("Accounts in Time (%)"): [row["in_time_rate"] or 0 for row in rows],
            _("Results in Time (%)"): [row["results_rate"] or 0 for row in rows],
            _("Lines Paid (%)"): [row["paid_rate"] or 0 for row in rows],
        },
        "Float",
    )
    summary = _summary(total)
    for row in (*rows, total):
        row.update({name: frame.said(row[name], digits) for name, digits in RATES.items()})
    return frame.answer(_columns(), [*rows, total], message, chart, summary)


def _shown(counts: Counter) -> dict:
    """The row of one provider: counts, and rates of what could be judged."""
    judged = counts["opened"] + counts["waiting_late"]
    answered = counts["results_in_time"] + counts["results_late"]
    settled = counts["paid"] + counts["failed"] + counts["uncollected"]

    def of(part: int, whole: int):
        return frame.percent(part, whole) if whole else None

    return {name: counts[name] for name in COUNTS} | {
        "in_time_rate": of(counts["in_time"], judged),
        "days": round(counts["days"] / counts["opened"], 1) if counts["opened"] else None,
        "results_rate": of(counts["results_in_time"], answered),
        "paid_rate": of(counts["paid"], settled),
        "failure_rate": of(counts["failed"] + counts["uncollected"], settled),
    }


def _requests(filters, first: Month, last: Month):
    """Accounts asked for in the months: opened by the contract's working day, late, refused. Grouped by days."""
    request = frappe.qb.DocType("Account Request")
    parts = (request.office, request.provider, request.status, request.sent_on, request.due_on, request.opened_on)
    query = (
        frappe.qb.from_(request)
        .select(*parts, Count(request.name).as_("people"))
        .where(request.sent_on >= first.first_day)
        .where(request.sent_on <= last.last_day)
        .groupby(*parts)
    )
    now = getdate(today())
    for row in _of_office(query, request, filters).run(as_dict=True):
        people, due = int(row.people), getdate(row.due_on) if row.due_on else None
        counts = Counter(asked=people)
        if row.opened_on and row.status in ("Opened", "Handed Over"):
            opened, sent = getdate(row.opened_on), getdate(row.sent_on)
            counts.update(opened=people, in_time=people * (due is None or opened <= due))
            counts["days"] = people * working_days.between(sent, opened)
        elif row.status == "Rejected":
            counts["refused"] = people
        elif row.status == "Sent" and due and due < now:
            counts["waiting_late"] = people
        yield (row.office, row.provider), counts


def _batches(filters, first: Month, last: Month):
    """Results and fee. They are due on the period's day, or the contract's days after a list that went out later."""
    batch, period = frappe.qb.DocType("Payout Batch"), frappe.qb.DocType("Payout Period")
    contract = frappe.qb.DocType("Bank Contract")
    query = (
        frappe.qb.from_(batch)
        .join(period)
        .on(batch.period == period.name)
        .left_join(contract)
        .on(batch.contract == contract.name)
        .select(
            batch.name, batch.office, batch.provider, batch.period, batch.programme, batch.contract, batch.status,
            batch.sent_on, batch.paid_amount, period.results_due, contract.pay_within_days, contract.fee_percent,
        )
        .where(batch.docstatus == 1)
        .where(period.month >= first.first_day)
        .where(period.month <= last.first_day)
    )  # fmt: skip
    rows = _of_office(query, batch, filters).run(as_dict=True)
    answered = _answered(first, last)
    paid: dict[tuple, int] = defaultdict(int)
    for row in rows:
        counts = Counter(batches=1)
        due = getdate(row.results_due) if row.results_due else None
        if row.sent_on:
            late = getdate(row.sent_on) + timedelta(days=int(row.pay_within_days or 0))
            due = max(due, late) if due else late
        if row.status == "Completed" and row.name in answered:
            in_time = due is None or getdate(answered[row.name]) <= due
            counts["results_in_time" if in_time else "results_late"] = 1
        elif due and due < getdate(today()):
            counts["results_late"] = 1
        else:
            counts["results_waiting"] = 1
        percent = row.fee_percent or 0
        paid[row.office, row.provider, row.period, row.contract, row.programme, str(percent)] += as_dong(
            row.paid_amount or 0
        )
        yield (row.office, row.provider), counts
    # Rounded as the settlement rounds it: by contract, programme and month (TT 76/2021 Đ3.7).
    for (office, provider, *_rest, percent), amount in paid.items():
        yield (office, provider), Counter(fee=percent_of(amount, percent))


def _answered(first: Month, last: Month) -> dict[str, object]:
    """Batch -> when its last result file came in."""
    result, period = frappe.qb.DocType("Provider Result"), frappe.qb.DocType("Payout Period")
    rows = (
        frappe.qb.from_(result)
        .join(period)
        .on(result.period == period.name)
        .select(result.batch, Max(result.creation))
        .where(result.docstatus == 1)
        .where(period.month >= first.first_day)
        .where(period.month <= last.first_day)
        .groupby(result.batch)
        .run()
    )
    return dict(rows)


def _lines(filters, first: Month, last: Month):
    """What was sent and what came back; office and provider of a batch are those of its lines."""
    batch, period = frappe.qb.DocType("Payout Batch"), frappe.qb.DocType("Payout Period")
    query = (
        frappe.qb.from_(batch)
        .join(period)
        .on(batch.period == period.name)
        .select(batch.name, batch.office, batch.provider)
        .where(period.month >= first.first_day)
        .where(period.month <= last.first_day)
    )
    whose = {name: (office, provider) for name, office, provider in _of_office(query, batch, filters).run()}
    for name, status, amount, number in held_money.line_sums(list(whose)):
        if status not in ("Sent", "Paid", "Failed", "Uncollected"):
            continue
        counts = Counter(lines=int(number))
        if status == "Paid":
            counts.update(paid=int(number), paid_amount=as_dong(amount or 0))
        elif status != "Sent":
            counts[status.lower()] = int(number)
        yield whose[name], counts


def _inquiries(filters, first: Month, last: Month):
    """Questions put to the provider, and those answered late or not at all."""
    inquiry = frappe.qb.DocType("Provider Inquiry")
    parts = (inquiry.office, inquiry.asked_provider, inquiry.due_on, inquiry.answered_on)
    query = (
        frappe.qb.from_(inquiry)
        .select(*parts, Count(inquiry.name).as_("asked"))
        .where(inquiry.asked_on >= first.first_day)
        .where(inquiry.asked_on <= last.last_day)
        .groupby(*parts)
    )
    for row in _of_office(query, inquiry, filters).run(as_dict=True):
        late = row.due_on and getdate(row.answered_on or today()) > getdate(row.due_on)
        counts = Counter(inquiries=int(row.asked), inquiries_late=int(row.asked) * bool(late))
        yield (row.office, row.asked_provider), counts


def _promises(filters, first: Month, last: Month):
    """Support Cases that say a promise of the contract was not kept, and those where that was found true."""
    wanted = {"office": filters.office} if filters.office else {}
    contracts = frappe.get_all("Bank Contract", wanted, ["name", "office", "provider"], limit_page_length=0)
    key_of = {row.name: (row.office, row.provider) for row in contracts}
    for (contract, _commitment), counts in breaches.count(key_of, first.first_day, last.last_day).items():
        if contract in key_of:  # another office's, where one is asked for
            yield key_of[contract], Counter(promises=counts["reported"], broken=counts["confirmed"])


def _of_office(query, table, filters):
    return query.where(table.office == filters.office) if filters.office else query


def _contracts(filters) -> dict[tuple[str, str], str]:
    """(office, provider) -> the numbers of its signed contracts."""
    wanted = {"docstatus": 1} | ({"office": filters.office} if filters.office else {})
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in frappe.get_all(
        "Bank Contract", wanted, ["office", "provider", "contract_no"], order_by="valid_from", limit_page_length=0
    ):
        found[row.office, row.provider].append(row.contract_no)
    return {key: ", ".join(filter(None, numbers)) for key, numbers in found.items()}


def _columns() -> list[dict]:
    return [
        frame.text("office", _("Paying Office"), 110),
        frame.text("provider", _("Provider"), 130),
        frame.text("contract", _("Contract"), 190),
        frame.whole("asked", _("Accounts Asked For")),
        frame.whole("opened", _("Opened"), 90),
        frame.whole("in_time", _("Opened in Time")),
        frame.known("in_time_rate", _("Accounts in Time (%)"), 110, RATES["in_time_rate"]),
        frame.known("days", _("Working Days on Average"), 110, RATES["days"]),
        frame.whole("waiting_late", _("Past the Deadline")),
        frame.whole("refused", _("Refused by the Provider")),
        frame.whole("batches", _("Batches"), 90),
        frame.whole("results_in_time", _("Results in Time")),
        frame.whole("results_late", _("Results Late")),
        frame.whole("results_waiting", _("Results Awaited")),
        frame.known("results_rate", _("Results in Time (%)"), 110, RATES["results_rate"]),
        frame.whole("lines", _("Lines"), 90),
        frame.whole("paid", _("Paid"), 90),
        frame.whole("failed", _("Failed"), 90),
        frame.whole("uncollected", _("Uncollected"), 100),
        frame.known("failure_rate", _("Not Paid (%)"), 100, RATES["failure_rate"]),
        frame.money("paid_amount", _("Paid (đồng)")),
        frame.money("fee", _("Fee (đồng)"), 130),
        frame.whole("inquiries", _("Inquiries")),
        frame.whole("inquiries_late", _("Answered Late")),
        frame.whole("promises", _("Promises Complained Of"), 120),
        frame.whole("broken", _("Promises Broken"), 120),
    ]


def _summary(total: dict) -> list[dict]:
    figures = [
        frame.figure(_("Accounts in Time (%)"), total["in_time_rate"], "Green", "Float"),
        frame.figure(_("Results in Time (%)"), total["results_rate"], "Green", "Float"),
        frame.figure(_("Not Paid (%)"), total["failure_rate"], "Red", "Float"),
        frame.figure(_("Fee (đồng)"), total["fee"]),
        frame.figure(_("Promises Broken"), total["broken"], "Red" if total["broken"] else "Green"),
    ]
    return [one for one in figures if one["value"] is not None]
