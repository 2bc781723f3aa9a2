"""Who has no identity card: collected by commune, asked of the police, and the new number as a proposed change."""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.core.masking import PERSONAL_ID
from ansinh_app.exceptions import VerificationError
from ansinh_app.registry.imports.store import Store
from ansinh_app.registry.people import birth
from ansinh_app.registry.verification import proposals
from ansinh_app.registry.verification.requests import places
from ansinh_app.utils import workbooks
from ansinh_app.utils.masking import set_shown
from ansinh_app.utils.printing import say, say_value
from ansinh_app.utils.sealed_numbers import opened, opened_value

UNDER_WAY = ("Draft", "Requested", "Appointment")
# A card of nine digits has been void since this day (Luật Căn cước 2023, Điều 46).
CMND_VOID = "2025-01-01"
_FIELDS = ("full_name", "sex", "old_id", "phone", "address", "administrative_unit")


def copy_of(person) -> dict:
    """What a request shows of a person, as the document or row has it today."""
    values = {field: person.get(field) for field in _FIELDS}
    return values | {
        "birth_shown": birth(person.get("date_of_birth"), person.get("dob_precision")),
        "village": person.get("village"),
        "office": person.get("office"),
    }


def reason_of(person) -> str:
    """Expired CMND for who has nothing but an old number, else No Card."""
    only_old = person.get("old_id") and not person.get("personal_id")
    return "Expired CMND" if only_old and nowdate() >= CMND_VOID else "No Card"


def collect(card_list) -> int:
    """Draft a request for everyone of the list's commune without a personal ID and without one under way.

    Beneficiaries from the list's age on, and who receives for somebody there. Returns how many were added.
    """
    if card_list.status != "Draft":
        frappe.throw(
            _("{0} is with the police already. Make a new list for other people.").format(
                frappe.bold(card_list.name)
            ),
            VerificationError,
        )
    people = [("beneficiary", row) for row in _beneficiaries(card_list)]
    if card_list.with_representatives:
        people += [("representative", row) for row in _representatives(card_list)]
    store = Store(keep=True)
    for link, row in people:
        values = copy_of(row) | {
            link: row.name,
            "card_list": card_list.name,
            "reason": reason_of(row),
            "status": "Draft",
            "office": row.office or card_list.office,
            "cannot_travel": int(row.get("cash_reason") == "Bedridden without a receiver"),
        }
        request = store.new("ID Card Request", values)
        set_shown(request)
        store.add(request)
    store.finish()
    recount(card_list.name)
    return len(people)


def _beneficiaries(card_list) -> list:
    person = frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(person)
        .select(
            person.name, person.date_of_birth, person.dob_precision, person.village, person.office,
            person.cash_reason, person.personal_id, *(person[field] for field in _FIELDS),
        )
        .where(person.status.isin(["Active", "Suspended"]))
        .where(person.date_of_birth <= _born_before(card_list.from_age))
        .where(person.personal_id.isnull() | (person.personal_id == ""))
        .where(person.name.notin(_under_way("beneficiary")))
    )  # fmt: skip
    return opened(_of_place(query, person, card_list).orderby(person.village).orderby(person.name).run(as_dict=True))


def _representatives(card_list) -> list:
    one, row = frappe.qb.DocType("Representative"), frappe.qb.DocType("Beneficiary Representative")
    person = frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(one)
        .join(row)
        .on((row.representative == one.name) & (row.parenttype == "Beneficiary"))
        .join(person)
        .on(person.name == row.parent)
        .select(
            one.name, one.date_of_birth, one.dob_precision, person.village, person.office, one.personal_id,
            person.administrative_unit.as_("of_unit"), *(one[field] for field in _FIELDS),
        )
        .where(person.status.isin(["Active", "Suspended"]))
        .where(row.valid_to.isnull() | (row.valid_to >= nowdate()))
        .where(one.personal_id.isnull() | (one.personal_id == ""))
        .where(one.name.notin(_under_way("representative")))
        .orderby(one.name)
    )  # fmt: skip
    found: dict[str, frappe._dict] = {}
    for person_row in opened(_of_place(query, person, card_list).run(as_dict=True)):
        person_row.administrative_unit = person_row.of_unit
        found.setdefault(person_row.name, person_row)
    return list(found.values())


def _of_place(query, person, card_list):
    query = query.where(person.administrative_unit.isin(places(card_list.administrative_unit)))
    if card_list.office:
        query = query.where(person.office == card_list.office)
    return query.where(person.village == card_list.village) if card_list.village else query


def _under_way(link: str):
    request = frappe.qb.DocType("ID Card Request")
    return (
        frappe.qb.from_(request)
        .select(request[link])
        .where(request.status.isin(UNDER_WAY))
        .where(request[link].isnotnull())
        .where(request[link] != "")
    )


def _born_before(age: int | None):
    today = getdate(nowdate())
    year = today.year - int(age or 0)
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return today.replace(year=year, day=day)


def move(card_list, before: str, after: str, **values) -> int:
    """Take every request of the list from one status to the next; returns how many. Set-based."""
    table = frappe.qb.DocType("ID Card Request")
    waiting = frappe.db.count("ID Card Request", {"card_list": card_list.name, "status": before})
    query = (
        frappe.qb.update(table)
        .set(table.status, after)
        .set(table.modified, frappe.utils.now())
        .set(table.modified_by, frappe.session.user)
        .where(table.card_list == card_list.name)
        .where(table.status == before)
    )
    for field, value in values.items():
        query = query.set(table[field], value)
    query.run()
    return waiting


def recount(name: str) -> None:
    """What a list shows of its requests, past its form."""
    of_list = {"card_list": name, "status": ["!=", "Withdrawn"]}
    frappe.db.set_value(
        "ID Card List",
        name,
        {
            "row_count": frappe.db.count("ID Card Request", of_list),
            "cannot_travel": frappe.db.count("ID Card Request", {**of_list, "cannot_travel": 1}),
        },
        update_modified=False,
    )


def take_number(request) -> None:
    """The number on the new card: a proposed correction, or written on a representative's record.

    Nothing is proposed where the registry has the number. Raises VerificationError where somebody else has it.
    """
    number = request.new_personal_id
    doctype = "Beneficiary" if request.beneficiary else "Representative"
    name = request.beneficiary or request.representative
    if opened_value(PERSONAL_ID, frappe.db.get_value(doctype, name, "personal_id")) == number:
        return
    proposals.refuse_taken_number(doctype, name, number)
    if request.representative:
        person = frappe.get_doc(doctype, name)
        person.personal_id = number
        person.flags.ignore_permissions = True
        person.save()
        return
    request.registry_change = proposals.propose_change(
        name,
        change_type="Correct",
        corrected_field="personal_id",
        corrected_value=number,
        reason=_("Identity card issued: {0}", lang="vi").format(request.name),
    )


def team_list(card_list) -> bytes:
    """The mobile team's workbook: who cannot travel first, then village by village; numbers stay text."""
    rows = frappe.get_all(
        "ID Card Request",
        filters={"card_list": card_list.name, "status": ["not in", ["Withdrawn", "Refused", "Issued"]]},
        fields=[
            "name", "full_name", "birth_shown", "sex", "old_id", "phone", "village", "address", "reason",
            "cannot_travel",
        ],
        limit_page_length=0,
    )  # fmt: skip
    opened(rows).sort(key=lambda row: (not row.cannot_travel, row.village or "", row.full_name, row.name))
    unit = frappe.db.get_value("Administrative Unit", card_list.administrative_unit, "unit_name") or ""
    when = f"{getdate(card_list.held_on):%d/%m/%Y}" if card_list.held_on else "……"
    titles = (
        say("PERSONS FOR THE IDENTITY CARD MOBILE TEAM"),
        say("{0} · {1} · {2}").format(unit, when, card_list.place or "……"),
    )
    headers = (
        "STT", say("Code"), say("Full Name"), say("Date of Birth"), say("Sex"), say("CMND"), say("Phone"),
        say("Village"), say("Address"), say("Cannot Travel"), say("Reason"), say("Result"), say("Note"),
    )  # fmt: skip
    body = [
        (
            number, row.name, row.full_name, row.birth_shown, say_value(row.sex), row.old_id, row.phone, row.village,
            row.address, "x" if row.cannot_travel else "", say_value(row.reason), "", "",
        )
        for number, row in enumerate(rows, start=1)
    ]  # fmt: skip
    widths = (6, 18, 26, 12, 8, 12, 13, 20, 24, 10, 16, 16, 20)
    return workbooks.write_workbook([workbooks.Sheet(say("List"), body, headers, widths, titles)])
