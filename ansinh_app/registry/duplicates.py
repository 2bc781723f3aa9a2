"""Looking for people registered twice: everybody, an office's people, or one person as he is entered."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import now_datetime

from ansinh_app.core import duplicates as core
from ansinh_app.core.names import search_key
from ansinh_app.permissions import check_office, scope
from ansinh_app.registry import duplicates_keeping as keeping
from ansinh_app.registry import duplicates_reading as reading
from ansinh_app.utils import actions

# Read and compared at once; whole birth years, so that a single year of a whole province may be more.
_SLICE = 30_000
# From this many people on the search runs in the background.
_IN_BACKGROUND_FROM = 3_000
# Few people are looked up one by one; for more it is quicker to read the registry through.
_FEW = 100
# Entering one person shows this many likenesses at most; the search shows all.
_MOST_AT_ONCE = 5
_IDENTITY = (
    "full_name", "date_of_birth", "dob_precision", "sex", "personal_id", "old_id", "birth_certificate_no",
)  # fmt: skip


def find(office: str | None = None, progress=None) -> dict[str, int]:
    """Look through the whole registry and keep what concerns the office's people, or everybody.

    Time grows with the people, memory with the largest slice of birth years. `progress(done, total)` is told now
    and then. Returns counts: people, new, reopened, known, closed.
    """
    within = set(_names_of(office=office)) if office else None
    pairs, people, total = _search(within, progress)
    counts, _waiting = keeping.keep(pairs.values(), people)
    closed = keeping.close_stale({keeping.key_of(*pair) for pair in pairs}, within)
    return {"people": total, **counts, "closed": closed}


def _search(within: set[str] | None, progress=None) -> tuple[dict, dict, int]:
    """Pairs of the whole registry with a side in `within`, the rows of both sides, and how many were looked at."""
    namesakes, people = reading.namesakes(), {}
    parts = reading.slices(_SLICE)
    total, done = sum(many for _first, _last, many in parts), 0
    pairs: dict[tuple[str, str], core.Pair] = {}
    for first, last, many in parts:
        rows = {row.name: row for row in reading.read(date_of_birth=(first, last))}
        known = [reading.known_of(row) for row in rows.values()]
        for pair in core.alike(known, namesakes):
            if within is None or pair.first in within or pair.second in within:
                pairs[pair.first, pair.second] = pair
                people.update({name: rows[name] for name in (pair.first, pair.second)})
        done += many
        if progress:
            progress(done, total)
    _weigh_shared(
        pairs, people, namesakes, reading.sharing_numbers(), reading.sharing_accounts(), within
    )
    return pairs, people, total


def _names_of(**filters) -> list[str]:
    return frappe.get_all("Beneficiary", filters=filters, pluck="name", limit_page_length=0)


def look_at(names: Iterable[str]) -> list[str]:
    """Compare some people, new ones say, with everybody; returns the open findings about them.

    Only indexed columns are asked, so one person costs a few milliseconds.
    """
    names = sorted(set(names))
    mine = {row.name: row for row in reading.read_in("name", names)}
    people = dict(mine)
    numbers = {number for row in mine.values() for number in (row.personal_id, row.old_id)}
    for rows in (
        reading.read_in("date_of_birth", _days(mine.values())),
        reading.read_in("search_name", (search_key(row.full_name) for row in mine.values())),
        reading.read_in("old_id", numbers),
        reading.read_in("personal_id", numbers),
    ):
        people.update({row.name: row for row in rows})
    namesakes = reading.namesakes_of(row.full_name for row in people.values())
    known = [reading.known_of(row) for row in people.values()]
    pairs = {
        (pair.first, pair.second): pair
        for pair in core.alike(known, namesakes)
        if pair.first in mine or pair.second in mine
    }
    shared = {tuple(sorted(one.record.key for one in pair)) for pair in core.sharing_numbers(known)}
    _weigh_shared(pairs, people, namesakes, shared, reading.sharing_accounts(names), set(names))
    best = sorted(pairs.values(), key=lambda pair: -pair.score)
    _counts, waiting = keeping.keep(best[: _MOST_AT_ONCE * len(names)], people)
    return waiting


def after_save(person) -> None:
    """Warn who enters or corrects a person that he may be registered already; the save stands."""
    if person.flags.checked_by_import or frappe.flags.in_install:
        return
    before = person.get_doc_before_save()
    if before and all(str(before.get(field) or "") == str(person.get(field) or "") for field in _IDENTITY):
        return
    waiting = look_at([person.name])
    if waiting:
        frappe.msgprint(
            _("May be registered already. The record is saved; the office decides:") + _listed(waiting),
            title=_("Possible Duplicate"),
            indicator="orange",
        )


def after_import(registry_import: str) -> int:
    """Look at everybody an import has brought; returns how many findings wait."""
    names = _names_of(source_import=registry_import)
    if len(names) <= _FEW:
        return len(look_at(names))
    pairs, people, _total = _search(set(names))
    return len(keeping.keep(pairs.values(), people)[1])


def forget(beneficiary: str) -> None:
    """A person leaves the registry, and the findings about him with him."""
    for field in ("beneficiary", "other_beneficiary"):
        for name in frappe.get_all("Duplicate Finding", filters={field: beneficiary}, pluck="name"):
            frappe.delete_doc("Duplicate Finding", name, ignore_permissions=True, force=True)


@frappe.whitelist(methods=["POST"])
def check_person(doc: str | dict) -> dict:
    """Action on a Beneficiary: look now, and list what waits."""
    person = actions.stored(doc, "Beneficiary", "read")
    waiting = look_at([person.name])
    if waiting:
        frappe.msgprint(_("May be one person with:") + _listed(waiting), title=_("Possible Duplicate"))
    else:
        frappe.msgprint(_("Nobody like this person is in the registry."), title=_("Check for Duplicates"))
    return {"findings": waiting}


@frappe.whitelist(methods=["POST"])
def find_for_office(doc: str | dict) -> dict:
    """Action on a Paying Office: look for duplicates among its people, in the background where they are many."""
    office = str(actions.sent(doc).name)
    check_office(office)
    return start(office)


@frappe.whitelist(methods=["POST"])
def find_for_all(doc: str | dict) -> dict:
    """Action on An Sinh Settings: look through the whole registry; for who works for all offices."""
    who = scope()
    if not who.unrestricted and not ("office" in who.kinds and who.offices is None):
        frappe.throw(
            _("You work for some offices: look for duplicates from the office's own page."),
            frappe.PermissionError,
        )
    return start(None)


def start(office: str | None) -> dict:
    """Begin a search for whoever may decide its findings; returns its counts, or nothing while it runs."""
    frappe.has_permission("Duplicate Finding", "write", throw=True)
    if frappe.db.count("Beneficiary") > _IN_BACKGROUND_FROM:
        frappe.enqueue(
            "ansinh_app.registry.duplicates.in_background",
            queue="long",
            timeout=3600,
            office=office,
        )
        frappe.msgprint(_("The search has started. You can leave this page."), title=_("Find Duplicates"))
        return {}
    counts = find(office, _progress(office))
    frappe.msgprint(_tell(office, counts), title=_("Find Duplicates"))
    return counts


def in_background(office: str | None) -> None:
    """The queued search; the office's page says how it ended."""
    try:
        said = _tell(office, find(office, _progress(office)))
        frappe.db.commit()
    except Exception:
        frappe.db.rollback()
        frappe.log_error(title=f"Find Duplicates {office or ''}")
        said = _("It stopped by an error of the system; it has been recorded.")
        _note(office, said)
        frappe.db.commit()
    frappe.publish_realtime("msgprint", {"message": said, "title": _("Find Duplicates")}, user=frappe.session.user)


def _weigh_shared(pairs: dict, people, namesakes, numbers: set, accounts: set, within: set[str] | None) -> None:
    """Put in the pairs that share a number or an account, whatever their names."""
    shared = numbers | accounts
    missing = {name for pair in shared for name in pair} - set(people)
    people.update({row.name: row for row in reading.read_in("name", missing)})
    for one, other in sorted(shared):
        if one not in people or other not in people:
            continue
        if within is not None and one not in within and other not in within:
            continue
        found = core.weigh(
            *(reading.known_of(people[name]) for name in (one, other)), namesakes, (one, other) in accounts
        )
        if found:
            pairs[found.first, found.second] = found


def _days(rows) -> set:
    """Birth dates as entered, and with day and month the other way round."""
    days = set()
    for row in rows:
        known = reading.known_of(row)
        if not known.is_to_the_day:
            continue  # a year alone is shared by too many: only namesakes count
        _year, month, day = known.day
        days.add(known.record.born)
        if day <= 12:
            days.add(known.record.born.replace(month=day, day=month))
    return days


def _listed(waiting: list[str]) -> str:
    """Findings as the reader may know them: initials, year, the communes, the likelihood."""
    rows = frappe.get_all(
        "Duplicate Finding",
        filters={"name": ["in", waiting[:_MOST_AT_ONCE]]},
        fields=["name", "title", "score", "administrative_unit", "other_unit"],
        order_by="score desc",
    )
    titles = _unit_titles({unit for row in rows for unit in (row.administrative_unit, row.other_unit)})
    items = "".join(
        f'<li><a href="/app/duplicate-finding/{row.name}">{row.name}</a>: '
        + frappe.utils.escape_html(
            f"{row.title} ({titles.get(row.administrative_unit, '-')} / {titles.get(row.other_unit, '-')}), {row.score}%"
        )
        + "</li>"
        for row in rows
    )
    return f"<ul>{items}</ul>"


def _unit_titles(units: set) -> dict[str, str]:
    names = [unit for unit in units if unit]
    rows = frappe.get_all(
        "Administrative Unit", filters={"name": ["in", names or [""]]}, fields=["name", "unit_name"]
    )
    return {row.name: row.unit_name for row in rows}


def _progress(office: str | None):
    doctype, name = ("Paying Office", office) if office else ("An Sinh Settings", "An Sinh Settings")

    def tell(done: int, total: int) -> None:
        frappe.publish_progress(
            95 * done // max(total, 1), title=_("Find Duplicates"), doctype=doctype, docname=name
        )

    return tell


def _tell(office: str | None, counts: dict[str, int]) -> str:
    said = _("{0} people looked through: {1} new findings, {2} found again, {3} no longer found.").format(
        counts["people"], counts["new"], counts["reopened"], counts["closed"]
    )
    _note(office, said)
    return said


def _note(office: str | None, said: str) -> None:
    """On the pages of the offices it was about: when somebody looked last, and what came of it."""
    filters = {"name": office} if office else {}
    for name in frappe.get_all("Paying Office", filters=filters, pluck="name", limit_page_length=0):
        frappe.db.set_value(
            "Paying Office",
            name,
            {"duplicates_looked_on": now_datetime(), "duplicates_result": said[:140]},
            update_modified=False,
        )
