"""Payment Notices: made for every commune of a period from its lists, pay points and campaign days.

They name days, places and papers, never a person, a category or how many there are.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import add_days, getdate, now_datetime

from ansinh_app.core import sms
from ansinh_app.core.months import Month
from ansinh_app.exceptions import OutreachError
from ansinh_app.payee_accounts import day_lists, working_days
from ansinh_app.payee_accounts.pay_points import points_of
from ansinh_app.permissions import check_office
from ansinh_app.registry.units import unit_tree
from ansinh_app.utils import actions
from ansinh_app.utils.printing import day, say, say_value
from ansinh_app.utils.reports import Communes

ACCOUNT, CASH, HOME, OPENING = "Into the Account", "In Cash", "At Home", "Opening of Accounts"
_PAY_WITHIN = 3  # where no contract says (days)


@dataclass
class _Commune:
    """What happens in one commune: providers that pay into accounts, and points where cash is handed out."""

    into_accounts: dict = field(default_factory=dict)
    cash: dict = field(default_factory=dict)


def create(period: str) -> dict[str, list[str]]:
    """Make the notices of a period that are missing, and write anew those nobody has changed or sent.

    Returns {"made": [...], "refreshed": [...], "kept": [...]}. Run again it changes nothing.
    """
    doc = frappe.get_doc("Payout Period", period)
    schedules = schedules_of(doc)
    known = {
        row.administrative_unit: row.name
        for row in frappe.get_all(
            "Payment Notice",
            filters={"period": period},
            fields=["name", "administrative_unit"],
            limit_page_length=0,
        )
    }
    answer: dict[str, list[str]] = {"made": [], "refreshed": [], "kept": []}
    for unit, rows in schedules.items():
        if unit not in known:
            notice = frappe.get_doc(
                {"doctype": "Payment Notice", "period": period, "administrative_unit": unit, "schedule": rows}
            )
            answer["made"].append(notice.insert().name)
            continue
        notice = frappe.get_doc("Payment Notice", known[unit])
        touched = notice.status == "Sent" or not notice.is_as_made() or notice.says(rows)
        answer["kept" if touched else "refreshed"].append(notice.name)
        if not touched:
            notice.take_schedule(rows)
            notice.save()
    return answer


def schedules_of(period) -> dict[str, list[dict]]:
    """The rows of the schedule by commune, from the period's lists; a commune without a line has no notice."""
    batches = {
        row.name: row
        for row in frappe.get_all(
            "Payout Batch",
            filters={"period": period.name, "docstatus": ["<", 2]},
            fields=["name", "provider", "channel", "receiver", "contract", "sent_on"],
            limit_page_length=0,
        )
    }
    communes = Communes(Month.of(getdate(period.month)).last_day)
    found: dict[str, _Commune] = defaultdict(_Commune)
    points: dict[str, object] = {}
    lines = frappe.get_all(
        "Payout Line",
        filters={"period": period.name, "status": ["!=", "Cancelled"]},
        fields=["batch", "beneficiary", "administrative_unit", "village"],
        limit_page_length=0,
    )
    cash_people: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        batch = batches.get(line.batch)
        if batch and batch.channel == "Cash":
            cash_people[batch.provider].add(line.beneficiary)
    for provider, people in cash_people.items():
        points[provider] = points_of(provider, people)
    for line in lines:
        batch = batches.get(line.batch)
        if not batch:
            continue
        here = found[communes.of(line.administrative_unit)]
        if batch.channel == "Cash":
            point = points[batch.provider].of(line.beneficiary, line.administrative_unit, line.village)
            here.cash.setdefault((batch.provider, point), batch)
        else:
            here.into_accounts.setdefault(batch.provider, batch)
    openings = _openings(period, communes)
    return {
        unit: _rows(period, found[unit]) + openings.get(unit, [])
        for unit in sorted(found, key=lambda unit: (communes.code(unit), unit or ""))
        if unit
    }


def _rows(period, here: _Commune) -> list[dict]:
    rows = []
    for provider, batch in sorted(here.into_accounts.items()):
        first, _last = _days(period, batch)
        rows.append({"what": ACCOUNT, "day_from": first, "provider": provider})
    for (provider, point), batch in sorted(
        here.cash.items(), key=lambda item: (item[0][0], item[0][1] or "~")
    ):
        first, last = _days(period, batch)
        row = {"day_from": first, "day_to": last, "provider": provider}
        if point:
            shown = frappe.get_cached_value(
                "Pay Point", point, ["point_name", "address", "opening_hours"], as_dict=True
            )
            place = ", ".join(filter(None, (shown.point_name, shown.address)))
            rows.append(
                {**row, "what": CASH, "pay_point": point, "place": place[:140], "hours": shown.opening_hours}
            )
        else:
            rows.append({**row, "what": HOME})
    return rows


def _days(period, batch) -> tuple:
    """From when until when a list is paid: begun on the working day after the treasury paid its receiver (else
    after the list was sent, else after the day it is due), until the days of the contract are over."""
    drawn = frappe.db.get_value(
        "Treasury Drawdown",
        {"period": period.name, "receiver": batch.receiver, "docstatus": 1, "drawn_on": ["is", "set"]},
        "drawn_on",
        order_by="drawn_on desc",
    )
    ready = drawn or batch.sent_on or period.list_due or add_days(period.month, -6)
    first = working_days.after(getdate(ready), 1)
    within = batch.contract and frappe.get_cached_value("Bank Contract", batch.contract, "pay_within_days")
    last = working_days.after(first, int(within or _PAY_WITHIN))
    return first, last


def _openings(period, communes: Communes) -> dict[str, list[dict]]:
    """Days in and before the month on which accounts are opened, by commune."""
    month = Month.of(getdate(period.month))
    found: dict[str, list[dict]] = defaultdict(list)
    for campaign in frappe.get_all(
        "Account Campaign",
        filters={"office": period.office, "status": ["in", ["Announced", "Running"]]},
        pluck="name",
        order_by="starts_on, name",
    ):
        doc = frappe.get_doc("Account Campaign", campaign)
        for session in doc.sessions:
            held = getdate(session.held_on)
            if not month.first_day - timedelta(days=31) <= held <= month.last_day:
                continue
            found[communes.of(session.administrative_unit)].append(
                {
                    "what": OPENING,
                    "day_from": held,
                    "hours": day_lists.hours_of(session),
                    "place": day_lists.place_of(session)[:140],
                    "pay_point": session.pay_point,
                    "provider": doc.provider,
                }
            )
    return found


# What it says


def usual_papers() -> str:
    """The papers to bring (plan IV.9): the ID card, for a child the birth certificate, for others the mandate."""
    return "\n".join(
        (
            say("The ID card of who comes;"),
            say("For a child: the child's birth certificate, and the guardian with the own ID card;"),
            say(
                "Who comes for somebody else: the mandate certified by the commune, or the decision on guardianship."
            ),
        )
    )


def shown_rows(notice) -> list:
    """The schedule as people read it: what, when, hours, where."""
    found = []
    for row in notice.schedule:
        provider = row.provider and frappe.get_cached_value(
            "Payment Service Provider", row.provider, ["short_name", "provider_name"], as_dict=True
        )
        days = [day(one) for one in (row.day_from, row.day_to) if one]
        if len(days) == 2 and days[0] != days[1]:
            when = say("from {0} to {1}").format(*days)
        elif row.what == ACCOUNT and days:
            when = say("from {0} on").format(days[0])
        else:
            when = days[0] if days else ""
        place = row.place or {
            ACCOUNT: say("at the account's own bank"),
            HOME: say("at home, by the staff of the provider"),
        }.get(row.what, "")
        found.append(
            frappe._dict(
                what=row.what,
                what_text=say_value(row.what),
                when=when,
                short=" - ".join(one[:5] for one in dict.fromkeys(days)),
                hours=row.hours or "",
                place=place,
                provider=(provider.short_name or provider.provider_name) if provider else "",
            )
        )
    return found


def message(notice) -> str:
    """The short text for phones: one message; the fewer places fit, the fewer are named."""
    unit = _unit(notice)
    month = Month.of(getdate(frappe.db.get_value("Payout Period", notice.period, "month")))
    rows = shown_rows(notice)
    accounts = [row for row in rows if row.what == ACCOUNT]
    cash = [row for row in rows if row.what == CASH]
    home = [row for row in rows if row.what == HOME]
    head = say("{0}: social allowance of month {1}").format(unit, month.label)
    into = say("into accounts from {0}").format(accounts[0].short) if accounts else ""
    where = "; ".join(dict.fromkeys(f"{row.short} {row.place.split(',')[0]}" for row in cash))
    when = " - ".join(dict.fromkeys(row.short for row in cash))
    at_home = say("at home {0}").format(home[0].short) if home else ""
    bring = say("Bring your ID card")
    free = say("No fee")
    ways = []
    for paid in (where, when):
        in_cash = say("cash {0}").format(paid) if paid else ""
        money = [part for part in (into, in_cash, at_home) if part]
        for tail in ((bring, free), (bring,), ()):
            ways.append(". ".join([f"{head}: {'; '.join(money)}", *tail]) + ".")
    # With marks only 70 letters go into a message: the shortest way names days alone.
    short = [say("acct {0}").format(accounts[0].short)] if accounts else []
    short += [say("cash {0}").format(when.replace(" - ", "-"))] if when else [at_home] if at_home else []
    ways.append(say("{0}: aid {1}: {2}").format(_shortened(unit), month.label, "; ".join(short)))
    if notice.sms_plain:
        ways = [sms.plain(text) for text in ways]
    return sms.first_that_fits(ways)


def _shortened(unit: str) -> str:
    """ "P. Vĩnh Trại" for "Phường Vĩnh Trại"."""
    kind, _blank, name = unit.partition(" ")
    short = {"Phường": "P.", "Xã": "X.", "Thị": "TT."}.get(kind)
    return f"{short} {name.removeprefix('trấn ')}" if short and name else unit


def spoken(notice) -> str:
    """The text to be read out over the loudspeaker, in whole sentences."""
    month = Month.of(getdate(frappe.db.get_value("Payout Period", notice.period, "month")))
    office = frappe.get_cached_value("Paying Office", notice.office, "office_name")
    parts = [
        say(
            "The People's Committee of {0} and {1} give notice of the payout of social allowance of month {2}."
        ).format(_unit(notice), office, month.label)
    ]
    for row in shown_rows(notice):
        hours = say(", {0}").format(row.hours) if row.hours else ""
        if row.what == ACCOUNT:
            text = say("Who is paid into an account at {0} has the money {1}.").format(row.provider, row.when)
        elif row.what == CASH:
            text = say("Who is paid in cash comes {0}{1}, to {2}.").format(row.when, hours, row.place)
        elif row.what == HOME:
            text = say("Who cannot come is paid at home {0}.").format(row.when)
        else:
            text = say("On {0}{1}, at {2}, {3} opens accounts free of charge.").format(
                row.when, hours, row.place, row.provider
            )
        parts.append(text)
    papers = " ".join(
        line.strip().rstrip(";.") + ";" for line in (notice.papers or "").splitlines() if line.strip()
    )
    if papers:
        parts.append(say("Please bring: {0}").format(papers.rstrip(";") + "."))
    if notice.advice:
        parts.append(notice.advice.strip())
    parts.append(say("Receiving the allowance costs nothing. Tell nobody your PIN or a one-time code."))
    return "\n".join(parts)


def _unit(notice) -> str:
    unit = unit_tree().units.get(notice.administrative_unit)
    return unit.unit_name if unit else ""


# Actions


@frappe.whitelist(methods=["POST"])
def make_notices(doc: str | dict) -> dict:
    """Action of Payout Period: a notice for each commune that is paid."""
    period = actions.stored(doc, "Payout Period", "read")
    check_office(period.office)
    frappe.has_permission("Payment Notice", "create", throw=True)
    answer = create(period.name)
    if not any(answer.values()):
        frappe.throw(
            _("{0} has no lists yet. Prepare the lines first: the notices follow them.").format(
                frappe.bold(period.name)
            ),
            OutreachError,
        )
    frappe.msgprint(
        _("{0} notices made, {1} brought up to date, {2} left as they are.").format(
            len(answer["made"]), len(answer["refreshed"]), len(answer["kept"])
        )
        + f' <a href="/app/payment-notice?period={period.name}">{_("Look at them")}</a>',
        title=_("Notices to Communes"),
    )
    return {**period.as_dict(), **answer}


@frappe.whitelist(methods=["POST"])
def read_again(doc: str | dict) -> dict:
    """Action: schedule and texts anew from the lists, pay points and campaign days; what was typed goes."""
    notice = _draft(doc)
    rows = schedules_of(frappe.get_doc("Payout Period", notice.period)).get(notice.administrative_unit)
    if not rows:
        frappe.throw(_("The lists of {0} pay nobody here.").format(frappe.bold(notice.period)), OutreachError)
    notice.papers = None
    notice.take_schedule(rows)
    notice.save()
    return notice.as_dict()


@frappe.whitelist(methods=["POST"])
def mark_sent(doc: str | dict) -> dict:
    """Action: the notice is out; from now on it stays as people were told."""
    notice = _draft(doc)
    if not notice.schedule:
        frappe.throw(_("{0} names no day and no place.").format(frappe.bold(notice.title)), OutreachError)
    notice.step(status="Sent", sent_on=now_datetime(), sent_by=frappe.session.user)
    return notice.as_dict()


@frappe.whitelist(methods=["POST"])
def take_back(doc: str | dict) -> dict:
    """Action: the notice was wrong; it is a draft again, and its history says so."""
    notice = actions.stored(doc, "Payment Notice")
    if notice.status != "Sent":
        frappe.throw(_("{0} is not sent yet.").format(frappe.bold(notice.title)), OutreachError)
    notice.step(status="Draft", sent_on=None, sent_by=None)
    notice.add_comment("Info", _("Taken back: tell people of the change."))
    return notice.as_dict()


def _draft(doc):
    notice = actions.stored(doc, "Payment Notice")
    if notice.status == "Sent":
        frappe.throw(
            _("{0} is sent. Take it back first, and tell people of the change.").format(
                frappe.bold(notice.title)
            ),
            OutreachError,
        )
    return notice
