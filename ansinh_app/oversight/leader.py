"""The leader's page: how a month stands, in six numbers, by commune, and what holds it up. Sums only, nobody's name."""

from collections import defaultdict
from dataclasses import dataclass, field

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Sum
from frappe.utils import flt, getdate, now_datetime, nowdate
from frappe.utils.pdf import get_pdf

from ansinh_app.core.coverage import percent
from ansinh_app.core.money import as_dong, format_dong
from ansinh_app.core.months import Month
from ansinh_app.exceptions import AreaError
from ansinh_app.payouts import drawdowns
from ansinh_app.utils.reports import Communes, admits_office, counted_for, filter_month

ROLES = ("Social Affairs Manager", "Social Affairs Officer", "Province Viewer", "Finance Officer", "Auditor")
TARGET = 60.0  # percent, where the settings say none
_MONTHS, _UNPAID = 12, ("Failed", "Uncollected")


@dataclass
class _Sums:
    """A commune's month: people and money on the lists; đồng."""

    people: int = 0
    by_account: int = 0
    total: int = 0
    paid: int = 0
    unpaid: int = 0
    unpaid_lines: int = 0
    unverified: int = 0


@dataclass
class _Period:
    """What the papers of the month's periods say, over the offices that may be seen."""

    names: list = field(default_factory=list)
    offices: set = field(default_factory=set)


def check_reader() -> None:
    """Raise PermissionError unless the session's user leads, oversees or finances payouts."""
    roles = set(frappe.get_roles())
    if frappe.session.user != "Administrator" and not roles & {*ROLES, "System Manager"}:
        frappe.throw(_("This page is for the office, the province, finance and auditors."), frappe.PermissionError)


def page(month: str | None = None, office: str | None = None) -> dict:
    """Everything the page says. `month`: any day of it, default the last one with a period; `office`: one, or all.

    Raises PermissionError for a role that has no part in it, AreaError for an office outside the reader's area.
    """
    check_reader()
    offices = _offices()
    if office and office not in offices:
        frappe.throw(_("Paying office {0} is not yours.").format(frappe.bold(frappe.utils.escape_html(office))), AreaError)
    wanted = [office] if office else sorted(offices)
    day = getdate(month) if month else None  # None for 0000-00-00 too
    month = Month.of(day) if day else filter_month(None, office)
    period = _periods(month, wanted)
    lines = _line_sums(month, wanted)
    communes = _by_commune(month, wanted, lines)
    whole = _summed(communes)
    target = flt(frappe.db.get_single_value("An Sinh Settings", "account_target")) or TARGET
    return {
        "title": _("The Month at a Glance"),
        "month": month,
        "office": office or "",
        "offices": [{"name": name, "title": offices[name]} for name in sorted(offices)],
        "office_title": offices.get(office) or (next(iter(offices.values())) if len(offices) == 1 else _("All offices")),
        "months": _months(offices),
        "as_of": now_datetime().strftime("%H:%M %d/%m/%Y"),
        "steps": _steps(period, lines),
        "numbers": _numbers(whole, len(communes), period, month, wanted, target),
        "communes": _bars(communes, target),
        "target": _percent(target),
        "target_left": min(100, target),
        "blocks": _blocks(period, office),
        "nothing": not period.names,
    }


def _offices() -> dict[str, str]:
    """Name -> title of the offices whose sums the reader may see."""
    admits = admits_office()
    rows = frappe.get_all("Paying Office", fields=["name", "office_name"], order_by="name", limit_page_length=0)
    return {row.name: row.office_name or row.name for row in rows if admits(row.name)}


def _months(offices: dict) -> list[dict]:
    rows = frappe.get_all(
        "Payout Period",
        filters={"office": ["in", list(offices) or [""]]},
        fields=["month"],
        group_by="month",
        order_by="month desc",
        limit_page_length=_MONTHS,
    )
    return [{"value": str(row.month), "label": Month.of(getdate(row.month)).label} for row in rows]


def _periods(month: Month, offices: list[str]) -> _Period:
    rows = frappe.get_all(
        "Payout Period",
        filters={"month": month.first_day, "office": ["in", offices or [""]]},
        fields=["name", "office"],
        limit_page_length=0,
    )
    return _Period([row.name for row in rows], {row.office for row in rows})


def _by_commune(month: Month, offices: list[str], lines: list[dict]) -> dict[str, _Sums]:
    """Sums of the month's lines by commune of the reader's area; cancelled lines do not count."""
    communes, admits = Communes(month.last_day), counted_for()
    found: dict[str, _Sums] = defaultdict(_Sums)
    for row in lines:
        if admits(row.office, row.administrative_unit):
            sums = found[communes.of(row.administrative_unit) or ""]
            sums.people += row.people
            sums.by_account += int(row.by_account or 0)
            sums.total += as_dong(row.total or 0)
            sums.paid += as_dong(row.paid or 0)
            sums.unpaid += as_dong(row.unpaid or 0)
            sums.unpaid_lines += int(row.unpaid_lines or 0)
    for row in _unverified(offices):
        if admits(row.office, row.administrative_unit):
            found[communes.of(row.administrative_unit) or ""].unverified += row.people
    return found


def _line_sums(month: Month, offices: list[str]) -> list[dict]:
    """All the page says of the month's lines, in one reading of them."""
    line, period = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Payout Period")
    account = Case().when(line.channel == "Bank Transfer", line.beneficiary)
    return (
        frappe.qb.from_(line)
        .join(period)
        .on(line.period == period.name)
        .select(
            line.office,
            line.administrative_unit,
            Count(line.beneficiary).distinct().as_("people"),
            Count(account).distinct().as_("by_account"),
            Sum(line.total).as_("total"),
            Sum(Case().when(line.status == "Paid", line.total).else_(0)).as_("paid"),
            Sum(Case().when(line.status.isin(_UNPAID), line.total).else_(0)).as_("unpaid"),
            Sum(Case().when(line.status.isin(_UNPAID), 1).else_(0)).as_("unpaid_lines"),
            Sum(Case().when(line.status.isin(["Paid", *_UNPAID]), 1).else_(0)).as_("answered"),
            Count(line.name).as_("lines"),
        )
        .where(period.month == month.first_day)
        .where(period.office.isin(offices or [""]))
        .where(line.status != "Cancelled")
        .groupby(line.office, line.administrative_unit)
        .run(as_dict=True)
    )


def _unverified(offices: list[str]) -> list[dict]:
    person = frappe.qb.DocType("Beneficiary")
    return (
        frappe.qb.from_(person)
        .select(person.office, person.administrative_unit, Count(person.name).as_("people"))
        .where(person.office.isin(offices or [""]))
        .where(person.status == "Active")
        .where(person.verification_status.isin(["Unverified", "Mismatch"]))
        .groupby(person.office, person.administrative_unit)
        .run(as_dict=True)
    )


def _summed(communes: dict[str, _Sums]) -> _Sums:
    whole = _Sums()
    for sums in communes.values():
        for name, value in vars(sums).items():
            setattr(whole, name, getattr(whole, name) + value)
    return whole


def _numbers(whole: _Sums, communes: int, period: _Period, month: Month, offices: list[str], target: float) -> list[dict]:
    """The six numbers: what, how much, what it is measured by, and how it stands (good, warn, bad, plain)."""
    share = float(percent(whole.by_account, whole.people))
    held, left, allotted = _money(period, month, offices, whole)
    return [
        _number(_("People on the month's lists"), format_dong(whole.people), _("in {0} communes"), (communes,)),
        _number(
            _("Paid out"),
            f"{format_dong(whole.paid)} đ",
            _("of {0} đ, {1}"),
            (format_dong(whole.total), _percent(float(percent(whole.paid, whole.total)))),
            "good" if whole.total and whole.paid == whole.total else "plain",
        ),
        _number(
            _("Paid into an account"),
            _percent(share),
            _("target {0}; {1} people in cash"),
            (_percent(target), format_dong(whole.people - whole.by_account)),
            ("good" if share >= target else "warn") if whole.people else "plain",
        ),
        _number(
            _("Came back or not collected"),
            format_dong(whole.unpaid_lines),
            _("lines, {0} đ"),
            (format_dong(whole.unpaid),),
            "bad" if whole.unpaid_lines else "good",
        ),
        _number(
            _("Identities not verified"),
            format_dong(whole.unverified),
            _("of the people who draw benefits today"),
            (),
            "warn" if whole.unverified else "good",
        ),
        _number(
            _("Left of the year's budget"),
            f"{format_dong(left)} đ",
            _("of {0} đ; banks and Post hold {1} đ of the month"),
            (format_dong(allotted), format_dong(held)),
            "bad" if left < 0 else "plain",
        ),
    ]


def _number(label: str, value: str, text: str, values: tuple = (), state: str = "plain") -> dict:
    return {"label": label, "value": value, "note": text.format(*values), "state": state}


def _money(period: _Period, month: Month, offices: list[str], whole: _Sums) -> tuple[int, int, int]:
    """Held by banks and Post of the month, left of the year's budget, allotted; in đồng, of offices with budgets."""
    drawdown = frappe.qb.DocType("Treasury Drawdown")
    rows = (
        frappe.qb.from_(drawdown)
        .select(Sum(drawdown.amount), Sum(drawdown.held_by_provider))
        .where(drawdown.period.isin(period.names or [""]))
        .where(drawdown.docstatus == 1)
        .where((drawdown.purpose != drawdowns.FEE) | drawdown.purpose.isnull())
        .run()
    )
    came = sum(as_dong(value or 0) for value in rows[0])
    year = month.first_day.year
    allotments = frappe.get_all(
        "Budget Allotment",
        filters={"office": ["in", offices or [""]], "year": year, "docstatus": 1, "purpose": ["!=", drawdowns.FEE]},
        fields=["office", "programme", "sum(amount) as amount"],
        group_by="office, programme",
        limit_page_length=0,
    )
    left = sum(drawdowns.allotment_left(row.office, row.programme, year) for row in allotments)
    return max(0, came - whole.paid), left, sum(as_dong(row.amount or 0) for row in allotments)


def _steps(period: _Period, lines: list[dict]) -> list[dict]:
    """The month's way, each step with how much of it is done."""
    names = period.names or [""]
    states = _counted("Payout Period", {"name": ["in", names]})
    batches = _counted("Payout Batch", {"period": ["in", names], "status": ["!=", "Cancelled"]})
    all_periods, all_batches = (sum(count.values()) for count in (states, batches))
    all_lines, answered = (sum(int(row[key] or 0) for row in lines) for key in ("lines", "answered"))
    unsealed = sum(batches.get(state, 0) for state in ("Draft", "Pending Approval", "Checked"))
    drawn = _drafts_and_done("Treasury Drawdown", {"period": ["in", names], "purpose": ["!=", drawdowns.FEE]})
    settled = _drafts_and_done("Settlement", {"period": ["in", names]})
    rows = (
        (_("Lines prepared"), all_periods - states.get("Open", 0), all_periods),
        (_("Lists approved"), all_batches - unsealed, all_batches),
        (_("Money drawn"), *drawn),
        (_("Lists sent"), batches.get("Sent", 0) + batches.get("Completed", 0), all_batches),
        (_("Results in"), answered, all_lines),
        (_("Settled with providers"), *settled),
        (_("Closed"), states.get("Closed", 0), all_periods),
    )
    return [
        {
            "label": label,
            "text": f"{format_dong(done)}/{format_dong(total)}" if total else "–",
            "state": "done" if total and done == total else "begun" if done else "open",
        }
        for label, done, total in rows
    ]


def _counted(doctype: str, filters: dict) -> dict[str, int]:
    rows = frappe.get_all(
        doctype, filters, ["status", "count(name) as total"], group_by="status", order_by=None, limit_page_length=0
    )
    return {row.status: row.total for row in rows}


def _drafts_and_done(doctype: str, filters: dict) -> tuple[int, int]:
    done = frappe.db.count(doctype, {**filters, "docstatus": 1})
    return done, done + frappe.db.count(doctype, {**filters, "docstatus": 0})


def _bars(communes: dict[str, _Sums], target: float) -> list[dict]:
    """A row a commune, the highest share of payment into accounts first."""
    names = Communes(getdate(nowdate()))
    rows = []
    for unit, sums in communes.items():
        if not sums.people:
            continue
        share = float(percent(sums.by_account, sums.people))
        rows.append(
            {
                "title": names.title(unit),
                "people": format_dong(sums.people),
                "share": share,
                "share_text": _percent(share),
                "reached": share >= target,
                "paid": _percent(float(percent(sums.paid, sums.total))),
                "unpaid": format_dong(sums.unpaid_lines) if sums.unpaid_lines else "",
                "unverified": format_dong(sums.unverified) if sums.unverified else "",
            }
        )
    return sorted(rows, key=lambda row: (-row["share"], row["title"]))


def _blocks(period: _Period, office: str | None) -> list[dict]:
    """What holds the month up and waits for somebody, of what the reader may list; each with whose task it is."""
    names = ["in", period.names or [""]]
    own = {"office": office} if office else {}
    officer, manager, payers = _("Social Affairs Officer"), _("Social Affairs Manager"), _("Bank and Post")
    asked, open_cases = {"status": "Asked", "overdue": 1}, {"overdue": 1, "status": ["in", ["New", "In Hand", "Reopened"]]}
    checks = ["in", ["Pending Approval", "Checked"]]
    with_police = ["in", ["Sent", "Partly Answered"]]
    found = []
    for label, doctype, filters, whose in (
        (_("Lists not submitted"), "Payout Batch", {"period": names, "status": "Draft"}, officer),
        (_("Lists to approve"), "Payout Batch", {"period": names, "status": checks}, manager),
        (_("Drawdowns not submitted"), "Treasury Drawdown", {"period": names, "docstatus": 0}, manager),
        (_("Lists approved, not sent"), "Payout Batch", {"period": names, "status": "Approved"}, officer),
        (_("Lists without a full result"), "Payout Batch", {"period": names, "status": "Sent"}, payers),
        (_("Changes to approve"), "Registry Change", {"status": "Proposed"}, manager),
        (_("Commune reports late"), "Commune Report", {**own, "status": "Draft", "late": 1}, _("Communes")),
        (_("Identity lists with the police"), "Identity Verification List", {**own, "status": with_police}, _("Police")),
        (_("Questions a provider has not answered in time"), "Provider Inquiry", {**own, **asked}, payers),
        (_("Support cases overdue"), "Support Case", {**own, **open_cases}, _("Whom the case is with")),
        (_("Recoveries to decide"), "Recovery Case", {"status": "Proposed"}, manager),
    ):
        many = _listed(doctype, filters)
        if many:
            found.append(
                {
                    "label": label,
                    "count": format_dong(many),
                    "whose": whose,
                    "link": f"/app/{frappe.scrub(doctype).replace('_', '-')}",
                }
            )
    return found


def _listed(doctype: str, filters: dict) -> int:
    """How many the reader may list; none of a DocType that is not his."""
    if not frappe.has_permission(doctype, "read"):
        return 0
    rows = frappe.get_list(doctype, filters, ["count(name) as total"], order_by=None, limit_page_length=1)
    return rows[0].total if rows else 0


def _percent(value: float) -> str:
    return f"{value:.1f} %".replace(".", ",").replace(",0 %", " %")


@frappe.whitelist()
def as_pdf(month: str | None = None, office: str | None = None) -> None:
    """The page as a PDF, A4, for the leader's folder."""
    content = page(month, office)
    html = frappe.render_template("ansinh_app/templates/leader/paper.html", {"page": content})
    frappe.response["filename"] = f"tinh_hinh_thang_{content['month']}.pdf"
    frappe.response["filecontent"] = get_pdf(html)
    frappe.response["type"] = "pdf"
