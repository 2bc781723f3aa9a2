"""Lines that came back unpaid in a month: why, how often in a row, and the later line that carries the money."""

from collections import Counter, defaultdict

import frappe
from frappe import _
from frappe.utils import cint, getdate

from ansinh_app.core import failures
from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import Communes, filter_month

UNPAID = ("Failed", "Uncollected")
LOOKED_BACK = 6  # months
_AT_ONCE = 500


def execute(filters=None):
    """One row for each failed or uncollected line of a month, or for each `by` (Reason, Provider, Commune).

    Filters: `month`, `office`, `provider`, `kind` of reason, `times` in a row at least, `by`.
    Read through the document's own permissions: a commune sees its people, a provider its own lines.
    """
    filters = frappe._dict(filters or {})
    month = filter_month(filters.month, filters.office)
    communes = Communes(month.last_day)
    rows = _rows(filters, month, communes)
    message = _("Lines of month {0} that came back unpaid").format(month.label)
    reasons = Counter(row["kind"] for row in rows)
    chart = frame.bars(
        [kind for kind, _many in reasons.most_common()],
        {_("Lines Not Paid"): [many for _kind, many in reasons.most_common()]},
        colors=["#CB2929"],
    )
    key = {"Reason": "kind", "Provider": "provider", "Commune": "commune"}.get(filters.by)
    if key:
        return frame.answer(_sum_columns(filters.by), _by(rows, key), message, chart, _summary(rows))
    return frame.answer(_columns(), rows, message, chart, _summary(rows))


def _rows(filters, month: Month, communes: Communes) -> list[dict]:
    lines = _lines(filters, month)
    carried, before = _carried(lines, month), _unpaid_before(lines, month)
    providers, kinds = frame.provider_names(), kind_titles()
    rows = []
    for line in lines:
        reason = line.failure_reason or line.failure_code or ""
        stored = line.failure_code if line.failure_code in failures.KINDS else failures.kind_of(reason)
        kind = failures.NOT_COLLECTED if line.status == "Uncollected" else stored
        times = 1 + before[line.name]
        if filters.kind and filters.kind != kinds_asked()[kind] or times < (cint(filters.times) or 1):
            continue
        rows.append(
            {
                "commune": communes.title(line.administrative_unit),
                "beneficiary": line.beneficiary,
                "full_name": line.full_name,
                "provider": providers.get(line.provider) or line.provider,
                "channel": _(line.channel) if line.channel else "",
                "total": as_dong(line.total or 0),
                "status": _(line.status),
                "kind": kinds[kind],
                "reason": reason,
                "times": times,
                "carried_in": carried.get(line.name, ""),
            }
        )
    return rows


def kind_titles() -> dict[str, str]:
    """What each kind of reason is called."""
    return {kind: _(title) for kind, title in kinds_asked().items()}


def kinds_asked() -> dict[str, str]:
    """Kind of reason -> its choice in the filter."""
    return {
        failures.ACCOUNT_CLOSED: "Account Closed",
        failures.WRONG_ACCOUNT: "Wrong Account",
        failures.WRONG_NAME: "Wrong Name",
        failures.NOT_COLLECTED: "Not Collected",
        failures.OTHER: "Other Reason of the Provider",
    }


def _by(rows: list[dict], key: str) -> list[dict]:
    sums: dict[str, Counter] = defaultdict(Counter)
    for row in rows:
        sums[row[key]].update(
            lines=1, total=row["total"], again=row["times"] > 1, third=row["times"] > 2, waiting=not row["carried_in"]
        )
    shown = [
        {"place": place, **{name: counts[name] for name in ("lines", "total", "again", "third", "waiting")}}
        for place, counts in sorted(sums.items(), key=lambda item: (-item[1]["lines"], item[0]))
    ]
    if not shown:
        return []
    return [*shown, frame.total_row(shown, {"place": _("Total")}, ("lines", "total", "again", "third", "waiting"))]


def _periods(month: Month, office: str | None, later: bool = False, earlier: int = 0) -> dict[str, Month]:
    if earlier:
        filters = {"month": ["between", [(month - earlier).first_day, (month - 1).first_day]]}
    else:
        filters = {"month": [">" if later else "=", month.first_day]}
    if office:
        filters["office"] = office
    rows = frappe.get_all("Payout Period", filters=filters, fields=["name", "month"], limit_page_length=0)
    return {row.name: Month.of(getdate(row.month)) for row in rows}


def _lines(filters, month: Month) -> list[dict]:
    periods = _periods(month, filters.office)
    if not periods:
        return []
    wanted = {"period": ["in", sorted(periods)], "status": ["in", UNPAID]}
    if filters.provider:
        wanted["provider"] = filters.provider
    return frappe.get_list(
        "Payout Line",
        filters=wanted,
        fields=["name", "beneficiary", "full_name", "administrative_unit", "provider", "channel", "total"]
        + ["status", "failure_reason", "failure_code"],
        order_by="administrative_unit, full_name, name",
        limit_page_length=0,
    )


def _benefits(lines: list[dict]) -> dict[str, tuple[str, str]]:
    """Line -> person and benefit. The benefit is not shown to the reader, so it is read here and never returned."""
    found = {}
    for start in range(0, len(lines), _AT_ONCE):
        names = [line.name for line in lines[start : start + _AT_ONCE]]
        for row in frappe.get_all(
            "Payout Line",
            filters={"name": ["in", names]},
            fields=["name", "beneficiary", "benefit"],
            limit_page_length=0,
        ):
            found[row.name] = (row.beneficiary, row.benefit)
    return found


def _of_people(lines: list[dict], wanted: dict):
    """Other lines of the same people, in portions."""
    people = sorted({line.beneficiary for line in lines})
    for start in range(0, len(people), _AT_ONCE):
        yield from frappe.get_all(
            "Payout Line",
            filters={"beneficiary": ["in", people[start : start + _AT_ONCE]], **wanted},
            fields=["beneficiary", "benefit", "period", "status"],
            limit_page_length=0,
        )


def _carried(lines: list[dict], month: Month) -> dict[str, str]:
    """Line -> the first later month whose line of the same benefit pays carried-over money."""
    later = _periods(month, None, later=True)
    if not lines or not later:
        return {}
    found: dict[tuple, Month] = {}
    wanted = {"period": ["in", sorted(later)], "carried_over": [">", 0], "status": ["!=", "Cancelled"]}
    for row in _of_people(lines, wanted):
        key = (row.beneficiary, row.benefit)
        found[key] = min(found.get(key, later[row.period]), later[row.period])
    return {name: found[key].label for name, key in _benefits(lines).items() if key in found}


def _unpaid_before(lines: list[dict], month: Month) -> Counter:
    """Line -> how many months just before it the same benefit came back too."""
    earlier = _periods(month, None, earlier=LOOKED_BACK)
    if not lines or not earlier:
        return Counter()
    failed: dict[tuple, set[Month]] = defaultdict(set)
    for row in _of_people(lines, {"period": ["in", sorted(earlier)], "status": ["in", UNPAID]}):
        failed[row.beneficiary, row.benefit].add(earlier[row.period])
    counts: Counter = Counter()
    for name, key in _benefits(lines).items():
        while month - 1 - counts[name] in failed[key]:
            counts[name] += 1
    return counts


def _columns() -> list[dict]:
    return [
        frame.text("commune", _("Commune"), 170),
        frame.text("beneficiary", _("Code"), 120),
        frame.text("full_name", _("Full Name"), 180),
        frame.text("provider", _("Provider"), 110),
        frame.text("channel", _("Channel"), 120),
        frame.money("total", _("Amount"), 130),
        frame.text("status", _("Status"), 120),
        frame.text("kind", _("Kind of Reason"), 170),
        frame.text("reason", _("Reason"), 220),
        frame.whole("times", _("Times in a Row"), 100),
        frame.text("carried_in", _("Carried In"), 110),
    ]


def _sum_columns(by: str) -> list[dict]:
    label = {"Reason": _("Kind of Reason"), "Provider": _("Provider"), "Commune": _("Commune")}[by]
    return [
        frame.text("place", label, 240),
        frame.whole("lines", _("Lines Not Paid")),
        frame.money("total", _("Amount")),
        frame.whole("again", _("Twice in a Row or More"), 140),
        frame.whole("third", _("Three Times or More"), 140),
        frame.whole("waiting", _("Not Carried Yet"), 130),
    ]


def _summary(rows: list[dict]) -> list[dict]:
    open_rows = [row for row in rows if not row["carried_in"]]
    return [
        frame.figure(_("Lines Not Paid"), len(rows), "Red"),
        frame.figure(_("Amount (đồng)"), sum(row["total"] for row in rows), "Red"),
        frame.figure(_("Twice in a Row or More"), sum(row["times"] > 1 for row in rows), "Orange"),
        frame.figure(_("Not Carried Yet"), len(open_rows), "Orange" if open_rows else "Green"),
    ]
