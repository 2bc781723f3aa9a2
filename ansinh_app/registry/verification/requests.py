"""Requests to the police: what is copied of a person, whom a list collects, and until when an answer is due."""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.exceptions import VerificationError
from ansinh_app.payee_accounts import working_days
from ansinh_app.registry.imports.store import Store
from ansinh_app.registry.offices import office_of
from ansinh_app.registry.people import birth
from ansinh_app.registry.units import unit_tree
from ansinh_app.registry.verification import standing
from ansinh_app.utils.masking import set_shown
from ansinh_app.utils.sealed_numbers import opened

# The police see these and nothing else of a person: no benefit, no category, no money.
_OF_BOTH = (
    "full_name",
    "date_of_birth",
    "dob_precision",
    "sex",
    "personal_id",
    "old_id",
    "address",
    "administrative_unit",
)
_DUE_DAYS = 10
COPIED = (*_OF_BOTH, "birth_shown", "birth_certificate_no", "doubt", "village", "office")


def copy_of(person) -> dict:
    """The identity on a request, as the person's document or row has it today."""
    values = {field: person.get(field) for field in _OF_BOTH}
    return values | {
        "dob_precision": person.get("dob_precision") or "Day",
        "birth_shown": birth(person.get("date_of_birth"), person.get("dob_precision")),
        "birth_certificate_no": person.get("birth_certificate_no"),
        "doubt": person.get("identity_doubt"),
        "village": person.get("village"),
        "office": person.get("office")
        or (office_of(person.administrative_unit) if person.get("administrative_unit") else None),
    }


def due_on(sent_on):
    """Ten working days after a list goes out."""
    return working_days.after(getdate(sent_on), _DUE_DAYS)


def collect(request_list) -> int:
    """Draft a request for everybody the list's choices name and who has none open; returns how many were added.

    Set-based: 10,000 people in some seconds. Numbers run on by village and name. Raises VerificationError
    once the list was sent.
    """
    if request_list.status != "Draft":
        frappe.throw(
            _("{0} was sent already. Make a new list for other people.").format(
                frappe.bold(request_list.name)
            ),
            VerificationError,
        )
    people = []
    if request_list.with_beneficiaries:
        people += [("beneficiary", row) for row in _beneficiaries(request_list)]
    if request_list.with_representatives:
        people += [("representative", row) for row in _representatives(request_list)]
    people.sort(key=lambda pair: (pair[1].village or "", pair[1].search_name or "", pair[1].name))
    first = _last_number(request_list.name) + 1
    store = Store(keep=True)
    for number, (link, row) in enumerate(people, start=first):
        values = copy_of(row) | {
            link: row.name,
            "verification_list": request_list.name,
            "row_no": number,
            "office": row.get("office") or request_list.office,
            "status": "Draft",
        }
        request = store.new("Identity Verification", values)
        set_shown(request)
        store.add(request)
        if number % 1000 == 0:
            done = (number - first) * 100 / len(people)
            frappe.publish_progress(
                done, title=_("Collect People"), doctype=request_list.doctype, docname=request_list.name
            )
    store.finish()
    request_list.db_set("row_count", frappe.db.count("Identity Verification", _in(request_list.name)))
    return len(people)


def number_of_people(request_list) -> int:
    """How many draw benefits in the list's commune: an upper bound of whom it collects."""
    filters = {
        "administrative_unit": ["in", places(request_list.administrative_unit)],
        "status": ["in", ["Active", "Suspended"]],
    }
    return frappe.db.count("Beneficiary", filters)


def _in(name: str) -> dict:
    return {"verification_list": name, "status": ["!=", "Withdrawn"]}


def _last_number(name: str) -> int:
    rows = frappe.get_all(
        "Identity Verification", filters={"verification_list": name}, fields=["max(row_no) as last"]
    )
    return int(rows[0].last or 0) if rows else 0


def _beneficiaries(request_list) -> list:
    table = frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(table)
        .select(
            table.name,
            table.search_name,
            table.birth_certificate_no,
            table.identity_doubt,
            table.village,
            table.office,
            *(table[field] for field in _OF_BOTH),
        )
        .where(table.administrative_unit.isin(places(request_list.administrative_unit)))
        .where(table.status.isin(["Active", "Suspended"]))
    )
    if request_list.office:
        query = query.where(table.office == request_list.office)
    if request_list.village:
        query = query.where(table.village == request_list.village)
    query = query.where(_chosen(request_list, table)).where(_without_open(table, "beneficiary"))
    return opened(query.run(as_dict=True))


def _representatives(request_list) -> list:
    """Who receives for somebody of these communes, once each; his own place counts where it is known."""
    table, row = frappe.qb.DocType("Representative"), frappe.qb.DocType("Beneficiary Representative")
    person = frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(table)
        .join(row)
        .on((row.representative == table.name) & (row.parenttype == "Beneficiary"))
        .join(person)
        .on(person.name == row.parent)
        .select(
            table.name, table.search_name, table.identity_doubt, person.village.as_("of_village"),
            person.administrative_unit.as_("of_unit"), person.office, *(table[field] for field in _OF_BOTH),
        )
        .where(person.administrative_unit.isin(places(request_list.administrative_unit)))
        .where(person.status.isin(["Active", "Suspended"]))
        .where(row.valid_to.isnull() | (row.valid_to >= nowdate()))
        .orderby(table.name)
        .orderby(person.name)
    )  # fmt: skip
    if request_list.office:
        query = query.where(person.office == request_list.office)
    if request_list.village:
        query = query.where(person.village == request_list.village)
    query = query.where(_chosen(request_list, table)).where(_without_open(table, "representative"))
    found: dict[str, frappe._dict] = {}
    for one in opened(query.run(as_dict=True)):
        # The police of the list's commune are asked, wherever the representative lives.
        one.village, one.administrative_unit = one.of_village, one.of_unit
        found.setdefault(one.name, one)
    return list(found.values())


def _chosen(request_list, table):
    """The condition on a person's standing; nothing chosen chooses nobody."""
    condition = table.name.isnull()
    if request_list.with_unverified:
        status = table.verification_status
        condition = condition | status.isnull() | (status == "") | (status == "Unverified")
    if request_list.with_mismatch:
        condition = condition | (table.verification_status == "Mismatch")
    if request_list.verified_before:
        condition = condition | (
            (table.verification_status == "Verified") & (table.verified_on < request_list.verified_before)
        )
    return condition


def _without_open(table, link: str):
    request = frappe.qb.DocType("Identity Verification")
    under_way = (
        frappe.qb.from_(request)
        .select(request[link])
        .where(request.status.isin(standing.OPEN))
        .where(request[link].isnotnull())
        .where(request[link] != "")
    )
    return table.name.notin(under_way)


def places(unit: str) -> list[str]:
    """The commune with its villages and what it was before or became: people are where they were registered."""
    return sorted(unit_tree().area([unit]))
