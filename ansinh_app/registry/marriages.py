"""Husbands and wives: each record names the other, for what a couple draws only once (NĐ 20/2021 Đ20.2.a)."""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.exceptions import ChangeNotAllowedError, InvalidDateError
from ansinh_app.registry.people import day

COUPLE_RULE = "separate_one_per_couple"
_DATES = ("married_on", "known_on", "ended_on", "end_known_on")
_WITHOUT_SPOUSE = "BTXH-04"


def validate(doc) -> None:
    """One marriage at a time, to somebody else, within both lives; who may not write the other one is refused."""
    before = {row.spouse: row for row in (doc.get_doc_before_save() or frappe._dict(spouses=[])).spouses}
    seen: dict[str, object] = {}
    for row in doc.spouses:
        if row.spouse == doc.name:
            _refuse(doc, _("nobody is married to himself or herself"))
        if row.spouse in seen:
            _refuse(doc, _("{0} stands here twice").format(_named(row)))
        row.known_on = row.known_on or nowdate()
        if row.ended_on:
            row.end_known_on = row.end_known_on or nowdate()
        else:
            row.end_known_on = None
        _check_dates(doc, row)
        seen[row.spouse] = row
        if not _same(row, before.get(row.spouse)):
            _check_permission(doc, row.spouse)
    _check_overlap(doc)
    for spouse in before.keys() - seen.keys():
        _check_permission(doc, spouse)
        _check_removal(doc, before[spouse])


def mirror(doc) -> None:
    """Bring the other one's record in line: the same days, or no row where it was removed here."""
    if doc.flags.mirrored:
        return
    before = doc.get_doc_before_save()
    old = {row.spouse: row for row in before.spouses} if before else {}
    new = {row.spouse: row for row in doc.spouses}
    for spouse in sorted(old.keys() | new.keys()):
        if not _same(new.get(spouse), old.get(spouse)):
            _write(spouse, doc.name, new.get(spouse))


def tell_what_it_means(entitlement, category) -> None:
    """Says so when a decision meets a marriage: a couple's share, or the allowance of who has no spouse."""
    if category.stack_rule != COUPLE_RULE and category.code != _WITHOUT_SPOUSE:
        return
    for spouse in _living_spouses(entitlement.person, getdate(entitlement.effective_from)):
        name = frappe.db.get_value("Beneficiary", spouse, "full_name")
        if category.code == _WITHOUT_SPOUSE:
            text = _("{0} is for who has no husband or wife, and {1} is married to {2}: check it").format(
                frappe.bold(category.title), frappe.bold(entitlement.person.full_name), frappe.bold(name)
            )
        elif _holds_a_share(spouse):
            text = _("{0} holds the same benefit: a couple draws the higher one only").format(
                frappe.bold(name)
            )
        else:
            continue
        frappe.msgprint(text, title=_("Husband or Wife"), indicator="orange")


def _living_spouses(person, on) -> list[str]:
    rows = [row for row in person.get("spouses") or [] if not row.ended_on or getdate(row.ended_on) > on]
    return [row.spouse for row in rows if not frappe.db.get_value("Beneficiary", row.spouse, "deceased_on")]


def _holds_a_share(beneficiary: str) -> bool:
    shares = frappe.get_all("Benefit Category", filters={"stack_rule": COUPLE_RULE}, pluck="name")
    filters = {"beneficiary": beneficiary, "docstatus": 1, "category": ["in", shares or [""]]}
    return bool(frappe.db.exists("Entitlement", filters))


def _check_dates(doc, row) -> None:
    spouse = frappe.db.get_value(
        "Beneficiary", row.spouse, ["date_of_birth", "deceased_on", "full_name"], as_dict=True
    )
    if not spouse:
        return
    row.spouse_name = spouse.full_name
    wedding = getdate(row.married_on) if row.married_on else None
    if wedding and wedding > getdate(nowdate()):
        _refuse(doc, _("the wedding on {0} lies in the future").format(day(wedding)))
    if row.ended_on and getdate(row.ended_on) < (wedding or getdate(row.ended_on)):
        _refuse(doc, _("the marriage cannot end on {0}, before it began").format(day(row.ended_on)))
    for who, born, died in (
        (doc.full_name, doc.date_of_birth, doc.deceased_on),
        (spouse.full_name, spouse.date_of_birth, spouse.deceased_on),
    ):
        if wedding and born and wedding < getdate(born):
            _refuse(doc, _("the wedding on {0} lies before the birth of {1}").format(day(wedding), who))
        if wedding and died and wedding > getdate(died):
            _refuse(doc, _("the wedding on {0} lies after the death of {1}").format(day(wedding), who))


def _check_overlap(doc) -> None:
    """Rows in the order of their weddings: each but the last must have ended, by its day or by a death."""
    rows = sorted(doc.spouses, key=lambda row: str(row.married_on or ""))
    for one, other in zip(rows, rows[1:], strict=False):
        ended = one.ended_on or frappe.db.get_value("Beneficiary", one.spouse, "deceased_on")
        if not ended or not other.married_on or getdate(ended) > getdate(other.married_on):
            _refuse(
                doc,
                _("the marriage to {0} must have ended before the one to {1}: enter the days").format(
                    _named(one), _named(other)
                ),
            )


def _check_permission(doc, spouse: str) -> None:
    """Whoever links two people writes both records."""
    if doc.flags.mirrored or doc.flags.ignore_permissions:
        return
    if not frappe.has_permission("Beneficiary", "write", doc=frappe.get_doc("Beneficiary", spouse)):
        frappe.throw(
            _("{0} belongs to another office or commune: ask the office that pays both to link them").format(
                frappe.bold(spouse)
            ),
            frappe.PermissionError,
        )


def _check_removal(doc, row) -> None:
    """What was paid under a marriage stays explained by it."""
    if not doc.flags.mirrored and _holds_a_share(doc.name) and _holds_a_share(row.spouse):
        frappe.throw(
            _(
                "{0} and {1} both hold what a couple draws once: enter the day the marriage ended "
                "instead of removing it"
            ).format(frappe.bold(doc.full_name), _named(row)),
            ChangeNotAllowedError,
        )


def _write(spouse: str, name: str, row) -> None:
    other = frappe.get_doc("Beneficiary", spouse)
    mine = next((one for one in other.spouses if one.spouse == name), None)
    if row is None:
        other.spouses = [one for one in other.spouses if one.spouse != name]
    elif mine:
        mine.update({field: row.get(field) for field in _DATES})
    else:
        other.append("spouses", {"spouse": name, **{field: row.get(field) for field in _DATES}})
    other.flags.mirrored = True
    # The right to write both was checked where the two were linked.
    other.save(ignore_permissions=True)


def _same(one, other) -> bool:
    if not one or not other:
        return one is other
    return all(str(one.get(field) or "") == str(other.get(field) or "") for field in _DATES)


def _named(row) -> str:
    return frappe.bold(row.spouse_name or row.spouse)


def _refuse(doc, problem: str) -> None:
    frappe.throw(
        _("Husband or wife of {0}: {1}").format(frappe.bold(doc.full_name), problem), InvalidDateError
    )
