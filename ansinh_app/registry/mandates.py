"""Who may receive for whom: checks of a mandate, its revocation and renewal, and who is told before it ends."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import frappe
from frappe import _
from frappe.utils import add_days, escape_html, get_url, getdate, nowdate

from ansinh_app.core import mandates as core
from ansinh_app.core.mandates import Mandate
from ansinh_app.exceptions import DuplicatePersonError, InvalidDateError, PayeeError
from ansinh_app.permissions import scope
from ansinh_app.registry.duplicates_shown import named
from ansinh_app.registry.people import day
from ansinh_app.utils import actions, terms

# Columns of Beneficiary Representative that say how long and for what it holds.
COLUMNS = (
    "representative", "capacity", "valid_from", "valid_to", "revoked_on", "awaits_paper", "acts", "programme",
)  # fmt: skip
# Further back an end is no news any more.
_LONG_AGO = 400


def mandate_of(row, ended_on=None) -> Mandate:
    """A row of a beneficiary's representatives as the core sees it; `ended_on`: of the representative himself."""
    return Mandate(
        capacity=row.capacity or "",
        valid_from=getdate(row.valid_from) if row.valid_from else None,
        valid_to=getdate(row.valid_to) if row.valid_to else None,
        revoked_on=getdate(row.revoked_on) if row.revoked_on else None,
        awaits_paper=bool(row.awaits_paper),
        receives=row.acts != "Hold Account",
        programme=row.programme or "",
        ended_on=getdate(ended_on) if ended_on else None,
    )


def is_in_force(row, person, on=None) -> bool:
    """Whether a row of the person's representatives holds on a day (default: today), for whatever act."""
    on = getdate(on or nowdate())
    ended_on = frappe.db.get_value("Representative", row.representative, "ended_on")
    born = getdate(person.date_of_birth) if person.date_of_birth else None
    return core.covers(mandate_of(row, ended_on), on, on, born, person.legal_capacity or "Full", on)


def validate(person) -> None:
    """The representatives of a Beneficiary document: terms, papers and revocations that make sense."""
    before = person.get_doc_before_save()
    known = {row.name: row for row in before.representatives} if before else {}
    for row in person.representatives:
        _set_term(row, known.get(row.name), bool(person.flags.checked_by_import))
        _check_days(row)
        _check_revocation(row, known.get(row.name))
        if row.awaits_paper and row.certified_on and (row.certification_no or row.scan):
            row.awaits_paper = 0
    _refuse_twice(person.representatives)


def _set_term(row, before, by_import: bool) -> None:
    if before is None and not by_import:
        end = core.default_end(row.capacity, row.valid_from and getdate(row.valid_from), row.valid_to)
        if end and not row.valid_to:
            row.valid_to = end
            frappe.msgprint(
                _("Row {0}: a mandate without a term holds for one year, until {1} (Civil Code, article 563)").format(
                    row.idx, day(end)
                ),
                alert=True,
            )
    if before is not None and str(before.valid_to or "") != str(row.valid_to or ""):
        row.warned_days = 0


def _check_days(row) -> None:
    if row.valid_from and row.valid_to and getdate(row.valid_to) < getdate(row.valid_from):
        frappe.throw(
            _("Row {0}: the mandate ends on {1}, before it begins").format(row.idx, day(row.valid_to)),
            InvalidDateError,
        )
    if row.certified_on and getdate(row.certified_on) > getdate(nowdate()):
        frappe.throw(
            _("Row {0}: the day of the certification {1} lies in the future").format(row.idx, day(row.certified_on)),
            InvalidDateError,
        )


def _check_revocation(row, before) -> None:
    """A revocation has a day and a reason, is not of the future, and stays: a new mandate is a new row."""
    if before is not None and before.revoked_on and str(before.revoked_on) != str(row.revoked_on or ""):
        frappe.throw(
            _("Row {0}: the revocation of {1} stays. Enter a new mandate in a row of its own.").format(
                row.idx, day(before.revoked_on)
            ),
            PayeeError,
        )
    if not row.revoked_on:
        if row.revocation_reason:
            frappe.throw(_("Row {0}: enter the day of the revocation").format(row.idx), PayeeError)
        return
    if not (row.revocation_reason or "").strip():
        frappe.throw(_("Row {0}: say why the mandate is revoked").format(row.idx), PayeeError)
    if getdate(row.revoked_on) > getdate(nowdate()):
        frappe.throw(
            _("Row {0}: a revocation counts from the day it is made; {1} lies in the future").format(
                row.idx, day(row.revoked_on)
            ),
            InvalidDateError,
        )


def _refuse_twice(rows: list) -> None:
    """One representative stands for the same thing once at a time; an ended mandate is no hindrance."""
    seen: list[tuple[str, Mandate]] = []
    for row in rows:
        mandate = mandate_of(row)
        if any(other == row.representative and core.overlap(mandate, known) for other, known in seen):
            frappe.throw(
                _("Row {0}: {1} stands here twice as {2}").format(
                    row.idx, frappe.bold(row.representative_name or row.representative), _(row.capacity)
                ),
                DuplicatePersonError,
            )
        seen.append((row.representative, mandate))


@frappe.whitelist(methods=["POST"])
def revoke(beneficiary: str, representative: str, reason: str, revoked_on: str | None = None) -> int:
    """Revoke every mandate in force that the representative holds for the person, from a day (default: today).

    Nothing more is paid into these hands or this account by runs made from that day on. Returns how many.
    """
    person = frappe.get_doc("Beneficiary", beneficiary)
    person.check_permission("write")
    running = [
        row
        for row in person.representatives
        if row.representative == representative and not row.revoked_on and is_in_force(row, person)
    ]
    if not running:
        frappe.throw(
            _("{0} holds no mandate in force for {1}").format(
                frappe.bold(representative), frappe.bold(person.full_name)
            ),
            PayeeError,
        )
    for row in running:
        row.revoked_on, row.revocation_reason = revoked_on or nowdate(), reason
    person.save()
    return len(running)


@frappe.whitelist(methods=["POST"])
def renew_ending(doc: str | dict) -> dict:
    """Action on a Beneficiary: copies the mandates that end soon or have ended, to be certified anew.

    The copy begins the day after and lasts as long; nothing is paid on it before its paper is entered.
    """
    person = actions.stored(doc, "Beneficiary")
    soon = add_days(nowdate(), terms.WARNED_BEFORE[0])
    latest: dict[tuple, object] = {}
    for row in person.representatives:
        key = (row.representative, row.capacity, row.programme or "")
        if key not in latest or str(row.valid_to or "9999") > str(latest[key].valid_to or "9999"):
            latest[key] = row
    ending = [
        row
        for row in latest.values()
        if row.valid_to and not row.revoked_on and not row.awaits_paper and getdate(row.valid_to) <= getdate(soon)
    ]
    for row in ending:
        start = max(getdate(add_days(row.valid_to, 1)), getdate(nowdate()))
        days = (getdate(row.valid_to) - getdate(row.valid_from)).days if row.valid_from else None
        person.append(
            "representatives",
            {
                "representative": row.representative,
                "capacity": row.capacity,
                "relation": row.relation,
                "acts": row.acts,
                "programme": row.programme,
                "valid_from": start,
                "valid_to": add_days(start, days) if days else core.one_year(start),
                "awaits_paper": 1,
            },
        )
    if ending:
        person.save()
        message = _(
            "{0} mandates copied. Print the paper, have it signed and certified, then enter its number and day."
        ).format(len(ending))
    else:
        message = _("No mandate of this person ends within {0} days.").format(terms.WARNED_BEFORE[0])
    frappe.msgprint(message, title=_("Renew Ending Mandates"))
    return person.as_dict()


def ending(on=None, days: int = terms.WARNED_BEFORE[0]) -> Iterator[dict]:
    """Mandates of living people that end within so many days of `on` (default: today), or have ended, newest end
    last; of one representative and capacity the one that lasts longest.

    Rows of the registry with `last_day` and `why` (core.mandates), read set-based; the caller checks who may see.
    """
    on = getdate(on or nowdate())
    latest: dict[tuple, dict] = {}
    for row in _read():
        born = getdate(row.date_of_birth) if row.date_of_birth else None
        mandate = mandate_of(row, row.ended_on)
        end = core.end_of(mandate, born, row.legal_capacity or "Full", on)
        age = core.by_age(mandate, born, row.legal_capacity or "Full")
        if age and (end is None or age.last_day < end.last_day):
            end = age
        row.last_day, row.why = (end.last_day, end.why) if end else (None, "")
        key = (row.parent, row.representative, row.capacity)
        if row.awaits_paper:
            continue
        known = latest.get(key)
        if known is None or (known.last_day and (row.last_day is None or row.last_day > known.last_day)):
            latest[key] = row
    soon = [
        row
        for row in latest.values()
        if row.last_day and -_LONG_AGO <= (row.last_day - on).days <= days
    ]
    yield from sorted(soon, key=lambda row: (row.last_day, row.parent))


def _read() -> list[dict]:
    """Every mandate of people who draw benefits, with what its end depends on."""
    row, person = frappe.qb.DocType("Beneficiary Representative"), frappe.qb.DocType("Beneficiary")
    other = frappe.qb.DocType("Representative")
    return (
        frappe.qb.from_(row)
        .join(person)
        .on(row.parent == person.name)
        .join(other)
        .on(row.representative == other.name)
        .select(
            row.name, row.parent, row.basis, row.relation, row.warned_days, *(row[column] for column in COLUMNS),
            other.full_name.as_("representative_name"), other.ended_on, person.full_name, person.date_of_birth,
            person.legal_capacity, person.administrative_unit, person.village, person.office,
        )
        .where(row.parenttype == "Beneficiary")
        .where(person.status.isin(["Active", "Suspended"]))
        .orderby(row.parent)
        .orderby(row.idx)
        .run(as_dict=True)
    )  # fmt: skip


def watch(today=None) -> list[str]:
    """Daily: who has to act is told of mandates that end, 60 and 30 days ahead, once each; a mail has no names.

    Returns the rows it warned of. Run again on the same day it tells nobody twice.
    """
    on, warned = getdate(today or nowdate()), defaultdict(list)
    for row in ending(on):
        left = (row.last_day - on).days
        if left < 0:
            continue
        due = terms.mark(left, row.warned_days)
        if due is None:
            continue
        frappe.db.set_value(
            "Beneficiary Representative", row.name, "warned_days", due, update_modified=False
        )
        warned[row.administrative_unit].append(row)
    if warned:
        _tell(warned)
    return [row.name for rows in warned.values() for row in rows]


def _tell(warned: dict[str, list]) -> None:
    """One mail to each commune officer about his communes, one to each officer of the paying offices."""
    link = get_url("/app/query-report/Mandates Ending")
    counts: dict[str, Counter] = defaultdict(Counter)
    for role in ("Commune Officer", "Social Affairs Officer"):
        for user in terms.users_with(role):
            who = scope(user)
            for unit, rows in warned.items():
                mine = [row for row in rows if _is_for(who, role, unit, row.office)]
                counts[user][unit] = max(counts[user][unit], len(mine))
    subject = _("Mandates to receive allowances are about to end", lang="vi")
    for user, units in counts.items():
        many = sum(units.values())
        if not many:
            continue
        text = _(
            "{0} mandates of your area end within {1} days. After the last day nothing is paid into the "
            "representative's account or hands: have them renewed in time.",
            lang="vi",
        ).format(many, terms.WARNED_BEFORE[0])
        terms.mail([user], subject, f'<p>{escape_html(text)}</p><p><a href="{escape_html(link)}">{escape_html(link)}</a></p>')


def _is_for(who, role: str, unit: str, office: str) -> bool:
    if who.unrestricted:
        return False  # the site's keepers have other things to do
    if role == "Commune Officer":
        units = who.only("commune").units
        return units is not None and unit in units
    own = who.only("office")
    return (own.offices is None or office in own.offices) and (own.units is None or unit in own.units)


def why(code: str) -> str:
    """Why a mandate ends, in words."""
    return {
        core.TERM: _("Its term ends"),
        core.REVOKED: _("Revoked"),
        core.ENDED: _("The representative represents nobody any more"),
        core.TURNS_18: _("The ward turns 18"),
        core.TURNS_16: _("The child turns 16"),
    }[code]


def people_of(representative: str) -> str:
    """HTML: whom a representative stands for, each person as the reader may see him."""
    rows = list(_of(representative))
    if not rows:
        return ""
    head = "".join(
        f"<th>{escape_html(label)}</th>"
        for label in (_("Beneficiary"), _("Commune"), _("Capacity"), _("Until"), _("Status"))
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td>{cell}</td>" for cell in (
            named(row.parent), escape_html(_unit(row.administrative_unit)), escape_html(_(row.capacity)),
            escape_html(day(row.last_day) if row.last_day else ""), escape_html(state_of(row)),
        ))
        + "</tr>"
        for row in rows
    )  # fmt: skip
    return f'<table class="table table-bordered"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def state_of(row) -> str:
    """In force, to be certified, not begun, or why it ended; today. `row` has the columns of `_of`."""
    today = getdate(nowdate())
    if row.awaits_paper:
        return _("Paper Awaited")
    if row.last_day and row.last_day < today:
        return why(row.why) if row.why != core.TERM else _("Expired")
    if row.valid_from and getdate(row.valid_from) > today:
        return _("Not Begun")
    return _("In Force")


def _of(representative: str) -> Iterator[dict]:
    row, person = frappe.qb.DocType("Beneficiary Representative"), frappe.qb.DocType("Beneficiary")
    ended_on = frappe.db.get_value("Representative", representative, "ended_on")
    for found in (
        frappe.qb.from_(row)
        .join(person)
        .on(row.parent == person.name)
        .select(
            row.name, row.parent, *(row[column] for column in COLUMNS), person.date_of_birth, person.legal_capacity,
            person.administrative_unit,
        )
        .where(row.representative == representative)
        .where(row.parenttype == "Beneficiary")
        .orderby(row.parent)
        .orderby(row.idx)
        .run(as_dict=True)
    ):  # fmt: skip
        born = getdate(found.date_of_birth) if found.date_of_birth else None
        end = core.end_of(mandate_of(found, ended_on), born, found.legal_capacity or "Full")
        found.last_day, found.why = (end.last_day, end.why) if end else (None, "")
        yield found


def _unit(name: str | None) -> str:
    return (name and frappe.db.get_value("Administrative Unit", name, "unit_name")) or ""
