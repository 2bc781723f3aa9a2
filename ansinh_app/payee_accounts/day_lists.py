"""Who is expected when and where at a campaign: shared out over its days, in the order names are called."""

import frappe
from frappe import _

from ansinh_app.core.names import search_key
from ansinh_app.payee_accounts import holding
from ansinh_app.registry.people import birth
from ansinh_app.registry.units import unit_tree
from ansinh_app.utils.sealed_numbers import opened

SLOT_MINUTES = 30
FIELDS = (
    "name", "beneficiary", "full_name", "status", "administrative_unit", "village", "holder_type",
    "representative", "holder_name", "has_id_card", "has_birth_certificate", "has_mandate", "consent",
)  # fmt: skip


def requests_of(campaign: str) -> list:
    """The campaign's requests that the user may see, but for those withdrawn."""
    return frappe.get_list(
        "Account Request",
        filters={"campaign": campaign, "status": ["!=", "Withdrawn"]},
        fields=list(FIELDS),
        order_by="administrative_unit, village, full_name, name",
        limit_page_length=0,
    )


def expected(campaign) -> dict[str, list]:
    """Requests by session (its row's name), in calling order; each has `slot`, the time to come at ("" if open).

    Who lives in a village that a session names comes there, everybody else to the sessions of the commune that
    name none; several of them share the people village by village. Nobody is left without a day.
    """
    found: dict[str, list] = {session.name: [] for session in campaign.sessions}
    shared: dict[tuple[str, ...], list] = {}
    areas = {
        session.name: unit_tree().area(frozenset([session.administrative_unit]))
        for session in campaign.sessions
    }
    for row in requests_of(campaign.name):
        here = [one for one in campaign.sessions if row.administrative_unit in areas[one.name]]
        village = search_key(row.village or "")
        own = [one for one in here if one.village and search_key(one.village) == village]
        open_ones = own or [one for one in here if not one.village] or here[-1:]
        if open_ones:
            shared.setdefault(tuple(one.name for one in open_ones), []).append(row)
    for names, rows in shared.items():
        for name, part in zip(names, _share(sorted(rows, key=calling_order), len(names)), strict=True):
            found[name] += part
    for session in campaign.sessions:
        found[session.name].sort(key=calling_order)
        _set_slots(found[session.name], session)
    return found


def calling_order(row) -> tuple:
    """By village (Khối 2 before Khối 10), then by given name, as names are called out."""
    village = search_key(row.village or "")
    name = search_key(row.full_name or "")
    numbers = tuple(int(part) if part.isdigit() else 0 for part in village.split())
    words = " ".join(part for part in village.split() if not part.isdigit())
    return (row.administrative_unit or "", words, numbers, name.split()[-1:], name, row.name)


def _share(rows: list, parts: int) -> list[list]:
    """Split into about equal parts; a village is not torn where its people fit."""
    shares: list[list] = [[] for _part in range(parts)]
    villages: dict[tuple, list] = {}
    for row in rows:
        villages.setdefault((row.administrative_unit, search_key(row.village or "")), []).append(row)
    at, left = 0, len(rows)
    for people in villages.values():
        while people:
            room = -(-left // (parts - at)) - len(shares[at])
            if at < parts - 1 and (room <= 0 or (len(people) > room and shares[at])):
                left -= len(shares[at])
                at += 1
                continue
            count = len(people) if at == parts - 1 else max(1, min(len(people), room))
            shares[at] += people[:count]
            people = people[count:]
    return shares


def _set_slots(rows: list, session) -> None:
    start, end = minutes(session.from_time), minutes(session.to_time)
    slots = max(1, (end - start) // SLOT_MINUTES) if start is not None and end is not None else 1
    for index, row in enumerate(rows):
        at = None if start is None else start + index * slots // len(rows) * SLOT_MINUTES
        row.slot = "" if at is None else clock(at)


def minutes(value) -> int | None:
    """Minutes after midnight of a Time value; None where there is none."""
    if value in (None, ""):
        return None
    hours, past = str(value).split(":")[:2]
    return int(hours) * 60 + int(past)


def clock(at: int) -> str:
    """Minutes after midnight as a clock shows them.

    >>> clock(450)
    '7:30'
    """
    return f"{at // 60}:{at % 60:02d}"


def hours_of(session) -> str:
    """From when to when a session lasts, as people read it; "" where nothing is said."""
    times = [minutes(session.from_time), minutes(session.to_time)]
    return " - ".join(clock(at) for at in times if at is not None)


def place_of(session) -> str:
    """Where a session is held."""
    point = session.pay_point and frappe.get_cached_value("Pay Point", session.pay_point, "point_name")
    return ", ".join(filter(None, (session.place, point)))


def commune_of(session) -> str:
    """The name of a session's commune."""
    return frappe.get_cached_value("Administrative Unit", session.administrative_unit, "unit_name") or ""


def label_of(session) -> str:
    """A session in one line: day, hours, place and commune."""
    held = frappe.utils.getdate(session.held_on)
    day = _("Today") if held == frappe.utils.getdate(frappe.utils.nowdate()) else held.strftime("%d/%m/%Y")
    commune = ", ".join(filter(None, (session.village, commune_of(session))))
    return " · ".join(filter(None, (day, hours_of(session), place_of(session), commune)))


def say_papers(papers, lang: str | None = None) -> str:
    """What to bring, in words of the reader, or of the language named."""
    words = {
        "ID Card": _("ID card", lang=lang),
        "Birth Certificate": _("birth certificate", lang=lang),
        "Mandate": _("mandate", lang=lang),
        "Guardianship": _("decision on guardianship", lang=lang),
    }
    return ", ".join(words[paper] for paper in papers)


def people_of(rows: list) -> dict[str, "frappe._dict"]:
    """The persons of requests by beneficiary, with `choices` of who may hold the account: read in two queries.

    Whoever may see a request may see who stands behind it; so the rows must come from a list of the user's own.
    """
    names = sorted({row.beneficiary for row in rows})
    representatives: dict[str, list] = {}
    for start in range(0, len(names), 1000):
        for row in frappe.get_all(
            "Beneficiary Representative",
            filters={"parenttype": "Beneficiary", "parent": ["in", names[start : start + 1000]]},
            fields=["parent", "representative", "representative_name", "capacity", "valid_from", "valid_to"],
            order_by="parent, idx",
            limit_page_length=0,
        ):
            representatives.setdefault(row.parent, []).append(row)
    found = {}
    for start in range(0, len(names), 1000):
        for person in frappe.get_all(
            "Beneficiary",
            filters={"name": ["in", names[start : start + 1000]]},
            fields=[
                "name", "full_name", "date_of_birth", "dob_precision", "sex", "legal_capacity", "personal_id",
                "birth_certificate_no",
            ],
            limit_page_length=0,
        ):  # fmt: skip
            opened(person)
            person.representatives = representatives.get(person.name, [])
            person.born = birth(person.date_of_birth, person.dob_precision)
            person.choices = holding.choices_for(person)
            found[person.name] = person
    return found
