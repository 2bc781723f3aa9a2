"""Commune Reports: made for every commune of an office each month, with the system's figures; who is late is told."""

from collections import Counter, defaultdict
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.desk.doctype.notification_log.notification_log import enqueue_create_notification
from frappe.query_builder.functions import Count, Sum
from frappe.utils import get_url_to_form, getdate, now, nowdate

from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.payee_accounts import working_days
from ansinh_app.permissions import scope
from ansinh_app.registry.offices import pays_on
from ansinh_app.utils.reports import Communes, claims_in_force

DUE_DAY = 5
# Days before the due day at which a commune is told; it is told once more when the day has passed.
_AHEAD = 2
_TOLD_BEFORE, _TOLD_AFTER = 1, 2
FIGURES = (
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
    "with_account",
    "without_account",
    "accounts_opened",
    "requests_open",
    "waiting_id",
    "paid_in_cash",
    "uncollected",
    "uncollected_amount",
)
_KINDS = {
    "New": "increases",
    "Adjust": "adjustments",
    "Stop": "decreases",
    "Death": "deaths",
    "Suspend": "suspensions",
    "Resume": "suspensions",
    "Correct": "corrections",
}


def due_day(office: str, month: Month) -> date:
    """Until when the month is to be reported: the office's day of the month after, or the next working day."""
    wanted = frappe.db.get_value("Paying Office", office, "communes_due_day") or DUE_DAY
    after = month + 1
    day = after.first_day.replace(day=min(wanted, after.last_day.day))
    return working_days.after(day - timedelta(days=1), 1)


def report_name(office: str, unit: str, month: Month) -> str:
    """One report a commune and month: its name says so."""
    return f"CR-{office}-{unit}-{month}"


def communes_of(office: str, month: Month) -> list[str]:
    """The communes that report to the office for the month; an office that is itself the commune has none."""
    unit = frappe.db.get_value("Paying Office", office, "administrative_unit")
    if not unit:
        return []
    return [name for name in Communes(month.last_day).below(unit) if name != unit]


def create(office: str, month: Month) -> list[str]:
    """Make the month's reports that are missing, each with its figures; returns the new ones."""
    wanted = {report_name(office, unit, month): unit for unit in communes_of(office, month)}
    there = set(
        frappe.get_all("Commune Report", filters={"name": ["in", list(wanted) or [""]]}, pluck="name")
    )
    missing = {name: unit for name, unit in wanted.items() if name not in there}
    if not missing:
        return []
    found = figures(office, month)
    for unit in missing.values():
        doc = frappe.get_doc(
            {
                "doctype": "Commune Report",
                "office": office,
                "administrative_unit": unit,
                "month": month.first_day,
                **found[unit],
            }
        )
        doc.flags.update({"ignore_permissions": True, "figures_known": True})
        doc.insert()
    return sorted(missing)


def figures(office: str, month: Month) -> dict[str, dict]:
    """What the system knows of the month, by commune; a handful of queries whatever their number."""
    day = min(month.last_day, getdate(nowdate()))
    communes = Communes(month.last_day)
    found: dict[str, dict] = defaultdict(lambda: {**dict.fromkeys(FIGURES, 0), "cash_reasons": ""})

    def add(field: str, rows) -> None:
        for unit, number in rows:
            found[communes.of(unit)][field] += number

    _count_people(office, day, communes, found)
    for kind, unit, number in _changes(office, month):
        if kind in _KINDS:
            found[communes.of(unit)][_KINDS[kind]] += number
    add("moved_in", _transfers(office, month, "new"))
    add("moved_out", _transfers(office, month, "old"))
    add(
        "changes_waiting",
        _of_people("Registry Change", office, {"docstatus": 0, "status": ["Draft", "Proposed"]}),
    )
    add("accounts_opened", _accounts_opened(office, month))
    person = frappe.qb.DocType("Beneficiary")
    unverified = (
        frappe.qb.from_(person)
        .select(person.administrative_unit, Count(person.name))
        .where(person.office == office)
        .where(person.status.isin(["Active", "Suspended"]))
        .where(person.verification_status.isin(["Unverified", "Mismatch"]))
        .groupby(person.administrative_unit)
    )
    add("not_verified", unverified.run())
    add("requests_open", _of_unit("Account Request", office, ["Draft", "Confirmed", "Sent", "Opened"]))
    add("waiting_id", _of_unit("ID Card Request", office, ["Draft", "Requested", "Appointment"]))
    for unit, number, amount in _unpaid(office, month):
        found[communes.of(unit)]["uncollected"] += number
        found[communes.of(unit)]["uncollected_amount"] += as_dong(amount or 0)
    return found


def _count_people(office: str, day: date, communes: Communes, found: dict) -> None:
    """People, not benefits: one who draws two counts once, and with an account when one of them is paid so."""
    people: dict[str, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for claim in claims_in_force(day, office):
        people[communes.of(claim.unit)][claim.beneficiary].append(claim)
    for unit, each in people.items():
        values = found[unit]
        paid = [claims for claims in each.values() if any(claim.has_account for claim in claims)]
        others = [claims for claims in each.values() if not any(claim.has_account for claim in claims)]
        in_cash = [claims for claims in others if any(claim.in_cash for claim in claims)]
        reasons = Counter(
            next((claim.cash_reason for claim in one if claim.cash_reason), "") for one in in_cash
        )
        values["people"], values["with_account"] = len(each), len(paid)
        values["paid_in_cash"] = len(in_cash)
        values["without_account"] = len(others) - len(in_cash)
        shown = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        values["cash_reasons"] = "; ".join(
            f"{_(reason, lang='vi') if reason else _('without a reason', lang='vi')}: {number}"
            for reason, number in shown
        )


def _changes(office: str, month: Month):
    """Changes known in the month, by kind and commune of the person."""
    change, person = frappe.qb.DocType("Registry Change"), frappe.qb.DocType("Beneficiary")
    return (
        frappe.qb.from_(change)
        .join(person)
        .on(change.beneficiary == person.name)
        .select(change.change_type, person.administrative_unit, Count(change.name))
        .where(person.office == office)
        .where(change.docstatus == 1)
        .where(change.change_type != "Transfer")
        .where(change.decision_date >= month.first_day)
        .where(change.decision_date <= month.last_day)
        .groupby(change.change_type, person.administrative_unit)
        .run()
    )


def _transfers(office: str, month: Month, side: str):
    change = frappe.qb.DocType("Registry Change")
    return (
        frappe.qb.from_(change)
        .select(change[f"{side}_unit"], Count(change.name))
        .where(change.docstatus == 1)
        .where(change.change_type == "Transfer")
        .where(change[f"{side}_office"] == office)
        .where(change.decision_date >= month.first_day)
        .where(change.decision_date <= month.last_day)
        .groupby(change[f"{side}_unit"])
        .run()
    )


def _of_people(doctype: str, office: str, wanted: dict):
    """Papers of the office's people in certain states, by the commune of the person."""
    table, person = frappe.qb.DocType(doctype), frappe.qb.DocType("Beneficiary")
    return (
        frappe.qb.from_(table)
        .join(person)
        .on(table.beneficiary == person.name)
        .select(person.administrative_unit, Count(table.name))
        .where(person.office == office)
        .where(table.docstatus == wanted["docstatus"])
        .where(table.status.isin(wanted["status"]))
        .groupby(person.administrative_unit)
        .run()
    )


def _of_unit(doctype: str, office: str, states: list[str]):
    table = frappe.qb.DocType(doctype)
    return (
        frappe.qb.from_(table)
        .select(table.administrative_unit, Count(table.name))
        .where(table.office == office)
        .where(table.status.isin(states))
        .groupby(table.administrative_unit)
        .run()
    )


def _accounts_opened(office: str, month: Month):
    account, person = frappe.qb.DocType("Payment Account"), frappe.qb.DocType("Beneficiary")
    return (
        frappe.qb.from_(account)
        .join(person)
        .on(account.beneficiary == person.name)
        .select(person.administrative_unit, Count(account.name))
        .where(person.office == office)
        .where(account.opened_on >= month.first_day)
        .where(account.opened_on <= month.last_day)
        .groupby(person.administrative_unit)
        .run()
    )


def _unpaid(office: str, month: Month):
    line, period = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Payout Period")
    return (
        frappe.qb.from_(line)
        .join(period)
        .on(line.period == period.name)
        .select(line.administrative_unit, Count(line.name), Sum(line.total))
        .where(period.office == office)
        .where(period.month == month.first_day)
        .where(line.status.isin(["Failed", "Uncollected"]))
        .groupby(line.administrative_unit)
        .run()
    )


def daily(today: str | None = None) -> list[str]:
    """The app's daily event: last month's reports are made, communes reminded, and the late ones marked.

    Run again on the same day it makes and tells nothing twice. Returns the reports made or told of.
    """
    on = getdate(today or nowdate())
    month = Month.of(on) - 1
    touched = []
    for office in frappe.get_all("Paying Office", fields=["name", "starts_on", "ends_on"], order_by="name"):
        if pays_on(office, month.last_day):
            touched += create(office.name, month)
    return touched + remind(on)


def remind(on: date) -> list[str]:
    """Tell the communes whose report is due in two days, and once more when it is late."""
    told = []
    for row in frappe.get_all(
        "Commune Report",
        filters={"status": "Draft", "due_on": ["<=", on + timedelta(days=_AHEAD)]},
        fields=["name", "title", "administrative_unit", "due_on", "reminded", "late"],
        order_by="name",
    ):
        due = getdate(row.due_on)
        stage = _TOLD_AFTER if on > due else _TOLD_BEFORE
        if on > due and not row.late:
            frappe.db.set_value("Commune Report", row.name, "late", 1)
        if row.reminded >= stage:
            continue
        frappe.db.set_value("Commune Report", row.name, "reminded", stage, update_modified=False)
        _tell(row, due, late=on > due)
        told.append(row.name)
    return told


def _tell(row, due: date, late: bool) -> None:
    """On the desk of the commune's people, and by mail where the site sends mail."""
    text = (
        _("{0} was due on {1} and is late. Confirm it today.", lang="vi")
        if late
        else _("{0} is due on {1}. Look at the figures, add what stands in the way, and confirm.", lang="vi")
    ).format(row.title, due.strftime("%d/%m/%Y"))
    users = _users_of(row.administrative_unit)
    if not users:
        return
    values = {
        "type": "Alert",
        "subject": text,
        "document_type": "Commune Report",
        "document_name": row.name,
    }
    enqueue_create_notification(users, values)
    try:
        frappe.sendmail(
            recipients=users,
            sender=frappe.db.get_single_value("An Sinh Settings", "mail_sender") or "",
            subject=row.title,
            message=f"<p>{frappe.utils.escape_html(text)}</p><p>{get_url_to_form('Commune Report', row.name)}</p>",
            reference_doctype="Commune Report",
            reference_name=row.name,
        )
    except Exception:  # a site that sends no mail has told them on the desk
        frappe.clear_last_message()
        frappe.log_error(title=f"Commune Report {row.name}: nobody could be told by mail")


def _users_of(unit: str) -> list[str]:
    """The commune's own officers, not those of a whole district."""
    holders = frappe.get_all(
        "Has Role", filters={"role": "Commune Officer", "parenttype": "User"}, pluck="parent"
    )
    enabled = frappe.get_all(
        "User", filters={"name": ["in", holders or [""]], "enabled": 1}, pluck="name", order_by="name"
    )
    return [user for user in enabled if unit in (scope(user).only("commune").units or ())]


def refreshed(doc) -> None:
    """Put today's figures on a draft."""
    month = Month.of(getdate(doc.month))
    doc.update(figures(doc.office, month)[doc.administrative_unit])
    doc.figures_on = now()
