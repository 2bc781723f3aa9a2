"""A person's whole story: every list, change, decision, account and payment in the order of time.

What a reader may not list is not told: each kind of document is asked for with the reader's own rights.
"""

from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.utils import escape_html, get_datetime, getdate

from ansinh_app.core.money import as_dong, format_dong
from ansinh_app.core.months import Month
from ansinh_app.oversight.sending import vietnamese
from ansinh_app.payouts.plan import category_shown
from ansinh_app.policy.law import load_law
from ansinh_app.registry.people import birth, day
from ansinh_app.registry.units import unit_tree
from ansinh_app.utils import actions
from ansinh_app.utils.printing import may_print, office_paper, say

_CORRECTED = "Correct"
_WRAPPED = "table-layout: fixed; width: 100%; white-space: normal; overflow-wrap: anywhere"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: on a day, of a kind, in words, with the document that says so and who did it."""

    on: date
    kind: str
    text: str
    doctype: str = ""
    name: str = ""
    by: str = ""


def history(beneficiary: str, neutral: bool = False) -> list[Event]:
    """The events of a person in the order of time, as far as the reader may know them.

    `neutral`: without categories, reasons and corrected values, for what leaves the office. Whoever may not
    read entitlements gets it so in any case.
    """
    neutral = neutral or not frappe.has_permission("Entitlement", "read")
    found: list[Event] = []
    for tell in (
        _arrival,
        _moves,
        _changes,
        _entitlements,
        _requests,
        _accounts,
        _grants,
        _recoveries,
        _payments,
    ):
        found += tell(beneficiary, neutral)
    # Of one day, in the order things follow from one another.
    return [event for _place, event in sorted(enumerate(found), key=lambda item: (item[1].on, item[0]))]


def _listed(doctype: str, beneficiary: str, fields: list[str], **filters) -> list:
    """What the reader may list of the person's documents."""
    if not frappe.has_permission(doctype, "read"):
        return []
    return frappe.get_list(
        doctype,
        filters={"beneficiary": beneficiary, **filters},
        fields=["name", *fields],
        order_by="creation, name",
        limit_page_length=0,
    )


def _arrival(beneficiary: str, neutral: bool) -> list[Event]:
    person = frappe.db.get_value(
        "Beneficiary",
        beneficiary,
        ["creation", "owner", "source_import", "deceased_on", "death_known_on"],
        as_dict=True,
    )
    if person.source_import:
        text = _("Came into the registry with list {0}").format(person.source_import)
    else:
        text = _("Was entered into the registry")
    found = [
        Event(
            _day(person.creation),
            _("Registry"),
            text,
            "Registry Import",
            person.source_import or "",
            person.owner,
        )
    ]
    if not frappe.has_permission("Registry Import Row", "read"):
        return found
    rows = _listed(
        "Registry Import Row",
        beneficiary,
        ["creation", "registry_import", "verdict", "sheet", "row_no", "owner"],
        verdict="Changed",
    )
    return found + [
        Event(
            _day(row.creation),
            _("Registry"),
            _("Was changed by list {0} ({1}, row {2})").format(row.registry_import, row.sheet, row.row_no),
            "Registry Import",
            row.registry_import,
            row.owner,
        )
        for row in rows
    ]


def _moves(beneficiary: str, neutral: bool) -> list[Event]:
    rows = _listed("Unit Move", beneficiary, ["effective_on", "old_unit", "new_unit", "new_office", "reform"])
    return [
        Event(
            getdate(row.effective_on),
            _("Units"),
            _("{0} became {1}; {2} pays from then on").format(
                _unit(row.old_unit), _unit(row.new_unit), row.new_office
            ),
            "Unit Reform",
            row.reform,
        )
        for row in rows
    ]


def _changes(beneficiary: str, neutral: bool) -> list[Event]:
    fields = ["creation", "change_type", "status", "effective_month", "occurred_on", "decision_no"]
    fields += ["decision_date", "reason", "proposed_by", "approved_by", "category", "entitlement"]
    fields += ["old_unit", "new_unit", "corrected_field", "owner"]
    found = []
    for row in _listed("Registry Change", beneficiary, fields):
        parts = [_(row.change_type)]
        if row.effective_month:
            parts.append(_("from {0}").format(Month.of(getdate(row.effective_month)).label))
        if row.occurred_on:
            parts.append(_("occurred on {0}").format(day(row.occurred_on)))
        if row.change_type == "Transfer":
            parts.append(_("from {0} to {1}").format(_unit(row.old_unit), _unit(row.new_unit)))
        if row.change_type == _CORRECTED and row.corrected_field:
            label = frappe.get_meta("Beneficiary").get_label(row.corrected_field)
            parts.append(_(label))
        if row.decision_no:
            parts.append(_("decision {0} of {1}").format(row.decision_no, _shown(row.decision_date)))
        if row.reason and not neutral:
            parts.append(row.reason)
        parts.append(_(row.status))
        by = row.approved_by or row.proposed_by or row.owner
        on = row.decision_date or row.creation
        found.append(Event(_day(on), _("Registry Change"), ", ".join(parts), "Registry Change", row.name, by))
    return found


def _entitlements(beneficiary: str, neutral: bool) -> list[Event]:
    fields = ["category", "programme", "decision_no", "decision_date", "effective_from", "effective_to"]
    fields += ["stop_reason", "stop_decision_date", "docstatus", "payment_method", "payee_type", "owner"]
    law = load_law()
    titles = dict(frappe.get_all("Benefit Programme", fields=["name", "title"], as_list=True))
    found = []
    for row in _listed("Entitlement", beneficiary, fields, docstatus=["!=", 0]):
        title = category_shown(law, row.category, titles) if neutral else law.category(row.category).title
        text = _("{0}: decision {1} of {2}, entitled from {3}, {4}").format(
            title,
            row.decision_no,
            day(row.decision_date),
            Month.of(getdate(row.effective_from)).label,
            _(row.payment_method or "Cash"),
        )
        if row.docstatus == 2:
            text += ", " + _("cancelled")
        found.append(
            Event(getdate(row.decision_date), _("Benefit"), text, "Entitlement", row.name, row.owner)
        )
        if row.effective_to and row.docstatus == 1:
            ended = _("{0}: paid for the last time for {1}").format(
                title, Month.of(getdate(row.effective_to)).label
            )
            ended += f", {row.stop_reason}" if row.stop_reason and not neutral else ""
            on = getdate(row.stop_decision_date or row.effective_to)
            found.append(Event(on, _("Benefit"), ended, "Entitlement", row.name))
    return found


def _requests(beneficiary: str, neutral: bool) -> list[Event]:
    rows = _listed("Account Request", beneficiary, ["creation", "provider", "status", "opened_on", "owner"])
    return [
        Event(
            _day(row.creation),
            _("Account"),
            _("Account asked for at {0}: {1}").format(row.provider or "-", _(row.status)),
            "Account Request",
            row.name,
            row.owner,
        )
        for row in rows
    ]


def _accounts(beneficiary: str, neutral: bool) -> list[Event]:
    rows = _listed(
        "Payment Account", beneficiary, ["creation", "provider", "account_no_shown", "opened_on", "status"]
    )
    return [
        Event(
            _day(row.opened_on or row.creation),
            _("Account"),
            _("Account {0} at {1}: {2}").format(row.account_no_shown or "-", row.provider, _(row.status)),
            "Payment Account",
            row.name,
        )
        for row in rows
    ]


def _grants(beneficiary: str, neutral: bool) -> list[Event]:
    fields = [
        "grant_type",
        "amount",
        "decision_no",
        "decision_date",
        "status",
        "docstatus",
        "creation",
        "owner",
    ]
    return [
        Event(
            _day(row.decision_date or row.creation),
            _("One-off Grant"),
            _("{0} đ, decision {1} of {2}: {3}").format(
                _money(row.amount), row.decision_no or "-", _shown(row.decision_date), _(row.status)
            ),
            "One-off Grant",
            row.name,
            row.owner,
        )
        for row in _listed("One-off Grant", beneficiary, fields, docstatus=["!=", 0])
    ]


def _recoveries(beneficiary: str, neutral: bool) -> list[Event]:
    fields = ["amount", "recovered", "repaid", "status", "decision_no", "decision_date", "creation", "owner"]
    return [
        Event(
            _day(row.decision_date or row.creation),
            _("Recovery"),
            _("{0} đ paid too much, {1} đ back: {2}").format(
                _money(row.amount),
                _money(as_dong(row.recovered or 0) + as_dong(row.repaid or 0)),
                _(row.status),
            ),
            "Recovery Case",
            row.name,
            row.owner,
        )
        for row in _listed("Recovery Case", beneficiary, fields)
    ]


def _payments(beneficiary: str, neutral: bool) -> list[Event]:
    fields = ["period", "total", "arrears", "recovery", "carried_over", "advance", "status", "provider", "channel"]
    fields += ["paid_on", "failure_reason", "batch"]
    rows = _listed("Payout Line", beneficiary, fields, status=["!=", "Cancelled"])
    months = dict(
        frappe.get_all(
            "Payout Period",
            filters={"name": ["in", sorted({row.period for row in rows}) or [""]]},
            fields=["name", "month"],
            as_list=True,
        )
    )
    found = []
    for row in rows:
        month = Month.of(getdate(months[row.period]))
        parts = [
            _("{0}: {1} đ by {2}, {3}").format(
                month.label, _money(row.total), row.provider or "-", _(row.channel or "Cash")
            )
        ]
        shares = (
            (_("arrears"), row.arrears), (_("carried over"), row.carried_over), (_("paid early"), row.advance),
        )  # fmt: skip
        for label, amount in shares:
            if amount:
                parts.append(f"{label} {_money(amount)} đ")
        if row.recovery:
            parts.append(_("less recovery {0} đ").format(_money(row.recovery)))
        parts.append(_(row.status))
        if row.failure_reason:
            parts.append(row.failure_reason)
        on = getdate(row.paid_on) if row.paid_on else month.first_day
        found.append(Event(on, _("Paid Out"), ", ".join(parts), "Payout Line", row.name))
    return found


def _unit(name: str | None) -> str:
    unit = unit_tree().units.get(name or "")
    return unit.unit_name if unit else name or "-"


def _money(amount) -> str:
    return format_dong(as_dong(amount or 0))


def _shown(value) -> str:
    return day(value) if value else "-"


def _day(value) -> date:
    return get_datetime(value).date()


def as_html(person, events: list[Event]) -> str:
    """The story for a form: one row a day and document."""
    rows = "".join(
        f'<tr><td style="white-space: nowrap">{day(event.on)}</td>'
        f"<td>{escape_html(event.kind)}</td><td>{escape_html(event.text)}</td>"
        f"<td>{'<br>'.join(escape_html(part) for part in (event.name, event.by) if part)}</td></tr>"
        for event in events
    )
    heads = ((_("Day"), 18), (_("Kind"), 16), (_("What Happened"), 43), (_("Document"), 23))
    head = "".join(f'<th style="width: {width}%">{text}</th>' for text, width in heads)
    born = birth(person.date_of_birth, person.dob_precision)
    return (
        f"<p><b>{escape_html(person.full_name)}</b>, {born}, {escape_html(_unit(person.administrative_unit))}</p>"
        f'<table class="table table-bordered" style="{_WRAPPED}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    )


@frappe.whitelist(methods=["POST"])
def show_history(doc: str | dict) -> list[dict]:
    """Action of Beneficiary: the whole story on one page; print the format Person History for the paper."""
    person = actions.stored(doc, "Beneficiary", "read")
    events = history(person.name)
    frappe.msgprint(as_html(person, events), title=_("Whole Story"), wide=True)
    return [
        {"on": str(event.on), "kind": event.kind, "text": event.text, "document": event.name, "by": event.by}
        for event in events
    ]


def history_paper(doc) -> dict:
    """What the print format Person History needs: the story without what tells an illness, on the office's paper."""
    may_print(doc)
    with vietnamese():
        paper = office_paper(frappe.get_cached_doc("Paying Office", doc.office), getdate())
        events = history(doc.name, neutral=True)
    paper.update(
        full_name=doc.full_name,
        birth=birth(doc.date_of_birth, doc.dob_precision),
        commune=_unit(doc.administrative_unit),
        village=doc.village or "",
        status=say(doc.status),
        events=[{"day": day(event.on), "kind": event.kind, "text": event.text} for event in events],
    )
    return paper
