"""Administrative units as a tree in time: what lies below, above, before and after a unit."""

from dataclasses import dataclass, field
from datetime import date

import frappe
from frappe.utils import getdate


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit in the days it bore its code and name."""

    name: str
    code: str
    unit_name: str
    level: str
    parent: str | None
    valid_from: date
    valid_to: date | None
    succeeded_by: str | None
    difficult_area: bool


@dataclass(slots=True)
class UnitTree:
    """All units of the site; a province has some thousands, so the whole tree is read at once."""

    units: dict[str, Unit]
    children: dict[str, list[str]] = field(default_factory=dict)
    predecessors: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self):
        for unit in self.units.values():
            if unit.parent:
                self.children.setdefault(unit.parent, []).append(unit.name)
            if unit.succeeded_by:
                self.predecessors.setdefault(unit.succeeded_by, []).append(unit.name)

    def above(self, name: str) -> tuple[str, ...]:
        """The unit and everything above it, nearest first."""
        found: list[str] = []
        unit = self.units.get(name)
        while unit and unit.name not in found:
            found.append(unit.name)
            unit = self.units.get(unit.parent) if unit.parent else None
        return tuple(found)

    def lineage(self, name: str) -> tuple[str, ...]:
        """The unit, what lies above it, and what those were before and became after: whose levels apply."""
        found = dict.fromkeys(self.above(name))
        for above in list(found):
            found.update(dict.fromkeys(self._chain([above], self._after)))
            found.update(dict.fromkeys(self._chain([above], self._before)))
        return tuple(found)

    def area(self, names) -> frozenset[str]:
        """The units with what lies below them, followed to their successors and back to their predecessors.

        The two directions stay apart: who works for one of three merged wards sees the new ward,
        not the other two of before.
        """
        below = self._below(names)
        after = self._below(self._chain(below, self._after))
        before = self._below(self._chain(below, self._before))
        return frozenset(below | after | before)

    def successors(self, name: str) -> frozenset[str]:
        """What the unit became, step by step; empty while it stands."""
        return frozenset(self._chain([name], self._after) - {name})

    def _below(self, names) -> set[str]:
        return self._chain(names, lambda name: self.children.get(name, ()))

    def _after(self, name: str):
        successor = self.units[name].succeeded_by if name in self.units else None
        return (successor,) if successor else ()

    def _before(self, name: str):
        return self.predecessors.get(name, ())

    @staticmethod
    def _chain(names, step) -> set[str]:
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(step(name))
        return found


# The last tree read, per site: (stamp of the documents, tree).
_read: dict[str, tuple[tuple, UnitTree]] = {}


def unit_tree() -> UnitTree:
    """The tree of this site, read anew when a unit has changed."""
    row = frappe.get_all("Administrative Unit", fields=["count(name) as number", "max(modified) as stamp"])[0]
    stamp = (row.number, str(row.stamp))
    known = _read.get(frappe.local.site)
    if known and known[0] == stamp:
        return known[1]
    rows = frappe.get_all(
        "Administrative Unit",
        fields=[
            "name",
            "code",
            "unit_name",
            "level",
            "parent_administrative_unit",
            "valid_from",
            "valid_to",
            "succeeded_by",
            "difficult_area",
        ],
    )
    tree = UnitTree({row.name: _unit(row) for row in rows})
    _read[frappe.local.site] = (stamp, tree)
    return tree


def _unit(row) -> Unit:
    return Unit(
        name=row.name,
        code=row.code,
        unit_name=row.unit_name,
        level=row.level,
        parent=row.parent_administrative_unit or None,
        valid_from=getdate(row.valid_from),
        valid_to=getdate(row.valid_to) if row.valid_to else None,
        succeeded_by=row.succeeded_by or None,
        difficult_area=bool(row.difficult_area),
    )
