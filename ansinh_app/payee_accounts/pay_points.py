"""At which Pay Point somebody is paid in cash (NĐ 20/2021 Đ34.2): one rule for lists, papers and screens."""

from dataclasses import dataclass, field

import frappe

from ansinh_app.core.names import search_key

# Who hands out money there; a machine does not. The first of the kinds in a commune comes first.
_HANDS_OUT = ("Post Counter", "Mobile Team", "Agent", "Bank Branch")
_CHUNK = 900


@dataclass(slots=True)
class PayPoints:
    """Open points of one provider, and the people who chose one for themselves."""

    names: dict[str, str] = field(default_factory=dict)
    _by_unit: dict[str, list] = field(default_factory=dict)
    _chosen: dict[str, str] = field(default_factory=dict)

    def of(self, beneficiary: str, unit: str | None, village: str | None) -> str | None:
        """The Pay Point of a person: the one chosen for them, else the one that serves the village, else one of the
        commune that serves it all; None where there is none."""
        chosen = self._chosen.get(beneficiary)
        if chosen in self.names:
            return chosen
        here = self._by_unit.get(unit or "", [])
        key = search_key(village or "")
        mine = (name for name, villages in here if key and key in villages)
        whole = (name for name, villages in here if not villages)
        return next(mine, next(whole, None))


def points_of(provider: str, people: set[str]) -> PayPoints:
    """The provider's points where cash is handed out, ready to be asked for these people."""
    found = PayPoints()
    rows = frappe.get_all(
        "Pay Point",
        filters={"provider": provider, "status": "Open", "kind": ["in", _HANDS_OUT]},
        fields=["name", "point_name", "kind", "administrative_unit", "villages"],
        limit_page_length=0,
    )
    parents = _parents({row.administrative_unit for row in rows})
    for row in sorted(rows, key=lambda row: (_HANDS_OUT.index(row.kind), row.point_name, row.name)):
        found.names[row.name] = row.point_name
        villages = {search_key(part) for part in (row.villages or "").splitlines() if part.strip()}
        unit = row.administrative_unit
        if unit in parents:  # a point that stands in a village serves that village of its commune
            villages.add(search_key(parents[unit].unit_name))
            unit = parents[unit].parent_administrative_unit
        found._by_unit.setdefault(unit, []).append((row.name, villages))
    names = sorted(people)
    for start in range(0, len(names), _CHUNK):
        found._chosen |= dict(
            frappe.get_all(
                "Beneficiary",
                filters={"name": ["in", names[start : start + _CHUNK]], "pay_point": ["is", "set"]},
                fields=["name", "pay_point"],
                as_list=True,
                limit_page_length=0,
            )
        )
    return found


def _parents(units: set[str]) -> dict:
    rows = frappe.get_all(
        "Administrative Unit",
        filters={"name": ["in", sorted(units) or [""]], "level": "Village"},
        fields=["name", "unit_name", "parent_administrative_unit"],
    )
    return {row.name: row for row in rows}
