"""Lists that were sealed after the database was saved: an old backup brought back must not pay anybody again.

The seal book beside the database knows them. Each is accounted for by the same list, prepared and approved once
more; where it cannot be made the same, a manager says with reason whether the provider has it.
"""

from collections.abc import Iterator

import frappe
from frappe import _
from frappe.utils import format_datetime, getdate

from ansinh_app.core.money import format_dong
from ansinh_app.core.months import Month
from ansinh_app.exceptions import LostListError
from ansinh_app.oversight.personal_data import tell_managers
from ansinh_app.payouts import seal_book
from ansinh_app.payouts.overrides import DATABASE_MOVED, LOST_LIST_SENT, LOST_LIST_UNSENT
from ansinh_app.payouts.seal_book import CANCELLED, DRAWN, SEALED, SENT, WRITTEN, Entry


def unaccounted(office: str) -> list[Entry]:
    """The office's lists that were approved, stand in no database, and nobody has answered for; by month."""
    standing = frappe.get_all(
        "Payout Batch",
        filters={"office": office, "docstatus": 1},
        fields=["period", "programme", "provider", "channel", "seal"],
        limit_page_length=0,
    )
    seals = {(row.period, row.seal) for row in standing}
    groups = {(row.period, row.programme, row.provider, row.channel) for row in standing}
    never_sent, stood_in_for = said(office, LOST_LIST_UNSENT), said(office, LOST_LIST_SENT)
    return [
        entry
        for entry in seal_book.read().of(office)
        if entry.state != CANCELLED
        and (entry.period, entry.seal) not in seals
        and entry.seal not in never_sent
        and not (entry.seal in stood_in_for and entry.group in groups)
    ]


def said(office: str, code: str) -> set[str]:
    """What the managers' overrides of this kind name: seals of lists, or when the book was begun again."""
    rows = frappe.get_all(
        "Preflight Override",
        filters={"office": office, "code": code, "status": "Active"},
        pluck="detail",
        limit_page_length=0,
    )
    return {word for detail in rows for word in (detail or "").split("\n")}


def moved(office: str) -> str:
    """When this database was found without its book, where no manager of the office has answered since; else ""."""
    book = seal_book.begin()
    if not book.again:
        return ""
    token = str(book.begun)
    known_before = frappe.db.exists("Payout Period", {"office": office, "creation": ["<", book.begun]})
    return token if known_before and token not in said(office, DATABASE_MOVED) else ""


def check_prepare(office: str, month) -> None:
    """Refuses a month that would pay again what lists the database does not know have paid. Raises LostListError."""
    _check_moved(office)
    month = str(Month.of(getdate(month)))
    lost = unaccounted(office)
    in_the_way = [entry for entry in lost if entry.month < month]
    if not in_the_way and not any(entry.month == month for entry in seal_book.read().of(office)):
        # The later list has paid what stood open of this month.
        in_the_way = [entry for entry in lost if entry.month > month]
    if in_the_way:
        frappe.throw(
            _(
                "This database is an older one, brought back: it does not know lists that were approved since. "
                "Prepare their months again first and have them approved: {0}"
            ).format(_listed(in_the_way)),
            LostListError,
            title=_("Lists Are Missing"),
        )


def check_approve(batch, seal: str) -> Entry | None:
    """The lost list that this one is, or stands in for by a manager's word; None where nothing is lost.

    Raises LostListError where it is another list than the one that was approved.
    """
    _check_moved(batch.office)
    month = str(Month.of(getdate(frappe.db.get_value("Payout Period", batch.period, "month"))))
    lost = [entry for entry in unaccounted(batch.office) if entry.month <= month]
    group = (batch.period, batch.programme, batch.provider, batch.channel)
    stood_in_for = said(batch.office, LOST_LIST_SENT)
    for entry in lost:
        if entry.group == group and (entry.seal == seal or entry.seal in stood_in_for):
            return entry
    if lost:
        frappe.throw(
            _(
                "This database is an older one, brought back, and does not know a list that was approved since: "
                "{0} What you approve is not that list. Enter again what is missing and prepare the month again, "
                "until the seal is the same. Where that cannot be done a manager says under Preflight Override, "
                "with a reason, whether the provider has the list."
            ).format(_listed(lost)),
            LostListError,
            title=_("Lists Are Missing"),
        )
    return None


def check_cancel(batch) -> None:
    """What was sent after the database was saved is not cancelled. Raises LostListError."""
    entry = entry_of(batch)
    if entry and entry.state == SENT:
        frappe.throw(
            _(
                "{0} was sent on {1}, after this database was saved: mark it as sent, it cannot be cancelled."
            ).format(frappe.bold(batch.name), _shown(entry.times[SENT])),
            LostListError,
        )


def check_send(batch) -> None:
    """What was cancelled after the database was saved does not go out. Raises LostListError."""
    entry = entry_of(batch)
    if entry and entry.state == CANCELLED:
        frappe.throw(
            _("{0} was cancelled on {1}, after this database was saved: cancel it again.").format(
                frappe.bold(batch.name), _shown(entry.times[CANCELLED])
            ),
            LostListError,
        )


def entry_of(batch) -> Entry | None:
    """What the book has of a sealed batch."""
    entries = seal_book.read().of(batch.office)
    return next((one for one in entries if (one.batch, one.seal) == (batch.name, batch.seal)), None)


def told_of(batch, entry: Entry) -> str:
    """What a batch says of the lost list in whose place it stands."""
    if entry.state == SENT:
        text = _(
            "It was sent on {0} already, after this database was saved: do not send it again. Import its results."
        )
        text = text.format(_shown(entry.times[SENT]))
    elif entry.seal != batch.seal:
        text = _(
            "It stands in for a list the provider has, so nothing is sent: {0} Import the results."
        ).format(describe(entry))
    else:
        text = _(
            "It was approved before, after this database was saved: {0} Ask the provider before you send it."
        )
        text = text.format(describe(entry))
    if DRAWN in entry.times:
        text += " " + _("The treasury has its drawdown {0}: hand in no second one.").format(entry.drawdown)
    return text


def _check_moved(office: str) -> None:
    since = moved(office)
    if since:
        frappe.throw(
            _(
                "This database was brought back or moved here ({0}), and the book of sealed lists was not beside it. "
                "A manager finds out what was approved since it was saved, and says so under Preflight Override."
            ).format(_shown(since)),
            LostListError,
            title=_("An Older Database?"),
        )


def findings_of(office: str) -> Iterator[tuple[str, str]]:
    """(code, detail) of everything that is missing, for the check before paying."""
    if since := moved(office):
        yield DATABASE_MOVED, _shown(since)
    for entry in unaccounted(office):
        yield (LOST_LIST_SENT if entry.state == SENT else LOST_LIST_UNSENT), describe(entry)


def describe(entry: Entry) -> str:
    """A lost list in one line: what stands on its paper, and how far it had come."""
    states = {
        SEALED: _("not marked as sent"),
        WRITTEN: _("its file was written"),
        SENT: _("sent"),
        CANCELLED: _("cancelled"),
    }
    return _("{0}: {1} lines, {2} đồng, {3} {4}, seal {5}, approved on {6}, {7}.").format(
        entry.batch,
        format_dong(entry.lines),
        format_dong(entry.total),
        entry.provider,
        _(entry.channel),
        entry.seal[:20],
        _shown(entry.approved_on),
        states[entry.state],
    )


def _listed(entries: list[Entry]) -> str:
    return "".join(f"<br>{frappe.utils.escape_html(describe(entry))}" for entry in entries) + "<br>"


def _shown(time) -> str:
    return format_datetime(time, "dd-MM-yyyy HH:mm")


def problems() -> Iterator[str]:
    """What whoever runs the site should know: offices with lists that the database does not know, a book that
    cannot be written."""
    try:
        seal_book.catch_up()
    except OSError as error:
        yield _("The seal book cannot be written: {0}").format(error)
    for office in frappe.get_all("Paying Office", pluck="name", order_by="name", limit_page_length=0):
        for _code, detail in findings_of(office):
            yield _("{0}: this database is older than what was approved. {1}").format(office, detail)


def findings() -> list[str]:
    """The same as a list, for who asks by `bench execute`."""
    return list(problems())


def watch() -> int:
    """Daily: tells the managers of an office whose lists are missing; returns how many offices were told."""
    told = 0
    for office in frappe.get_all("Paying Office", pluck="name", order_by="name", limit_page_length=0):
        missing = [detail for _code, detail in findings_of(office)]
        if missing:
            subject = _("{0}: this database is older than what was approved. {1}").format(office, missing[0])
            tell_managers(subject, "Paying Office", office, office)
            told += 1
    return told
