"""Whose book is read: an office's people of a month, in all or in parts, one person, or the people named."""

from dataclasses import dataclass

import frappe
from frappe.query_builder.functions import Count

from ansinh_app.core.months import Month


@dataclass(frozen=True, slots=True)
class Who:
    """Whose book is read: an office's people of a month, in all or of some units, one person, or the people named.

    Who moves is paid by the old office through the month of its decision, by the new one from the month after
    (NĐ 20/2021 Đ8.4): `leaving` live elsewhere already and are still paid here, `arriving` not yet.
    """

    office: str | None = None
    beneficiary: str | None = None
    leaving: tuple[str, ...] = ()
    arriving: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    units: tuple[str | None, ...] = ()


def put_back_before_reform(moves: dict[str, list[dict]], month: Month) -> dict[str, str]:
    """Whom a reform after the month has moved, with the unit of then."""
    ahead = {
        beneficiary: next((move for move in moved if move.reform and move.pays_from > month), None)
        for beneficiary, moved in moves.items()
    }
    return {beneficiary: move.old_unit for beneficiary, move in ahead.items() if move}


def moving(
    transfers: dict[str, list[dict]], office: str, month: Month
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who still belongs to the office in the month although gone, and who not yet although come."""
    leaving, arriving = [], []
    for beneficiary, moves in transfers.items():
        ahead = [
            move
            for move in moves
            if move.new_office and move.old_office != move.new_office and move.pays_from > month
        ]
        if not ahead:
            continue
        payer, home = ahead[0].old_office, ahead[-1].new_office
        if payer == office != home:
            leaving.append(beneficiary)
        elif home == office != payer:
            arriving.append(beneficiary)
    return tuple(leaving), tuple(arriving)


def scoped(query, beneficiary_table, who: Who):
    if who.office:
        here = beneficiary_table.office == who.office
        if who.units:
            here &= _in_units(beneficiary_table.administrative_unit, who.units)
        query = query.where(here | beneficiary_table.name.isin(who.leaving) if who.leaving else here)
    if who.arriving:
        query = query.where(beneficiary_table.name.notin(who.arriving))
    if who.beneficiary:
        query = query.where(beneficiary_table.name == who.beneficiary)
    if who.names:
        query = query.where(beneficiary_table.name.isin(who.names))
    return query


def _in_units(column, units: tuple[str | None, ...]):
    """Nobody without a unit is forgotten: a database finds what is missing only when asked for it."""
    named = [unit for unit in units if unit]
    found = column.isin(named) if named else None
    if len(named) < len(units):
        missing = column.isnull() | (column == "")
        found = missing if found is None else found | missing
    return found


def units_of(who: Who) -> list[tuple[str | None, int]]:
    """The units the office's people live in, with how many; without those who leave."""
    person = frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(person)
        .select(person.administrative_unit, Count("*"))
        .where(person.office == who.office)
        .groupby(person.administrative_unit)
    )
    return [(unit or None, number) for unit, number in query.run()]


def places_of(who: Who) -> list[tuple]:
    """Name, unit, village and name to sort by of the people of a scope: what a list is sorted by."""
    person = frappe.qb.DocType("Beneficiary")
    query = frappe.qb.from_(person).select(
        person.name, person.administrative_unit, person.village, person.search_name, person.full_name
    )
    return list(scoped(query, person, who).run())
