"""The plan of a reform of communes: who goes where, what is touched, what stands in the way."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from frappe import _

from ansinh_app.core.names import search_key
from ansinh_app.registry.units import Unit, unit_tree

_AT_ONCE = 500
_SHOWN = 20
# What lies in a commune beside its people, and follows it: DocType -> column of the unit.
FOLLOWERS = {"Representative": "administrative_unit", "Pay Point": "administrative_unit"}


@dataclass(frozen=True, slots=True)
class Paper:
    """A person's paper that names unit or office; `closed`: in these states it stays where it was."""

    doctype: str
    person: str = "beneficiary"
    unit: str | None = None
    office: str | None = "office"
    closed: tuple[str, ...] = ()


PAPERS = (
    Paper("Entitlement"),
    Paper("Registry Change", closed=("Approved", "Rejected", "Cancelled")),
    Paper("One-off Grant", closed=("Paid", "Cancelled")),
    Paper("Recovery Case", closed=("Closed", "Waived", "Cancelled")),
    Paper("Account Request", unit="administrative_unit", closed=("Handed Over", "Rejected", "Withdrawn")),
    Paper("Identity Verification", unit="administrative_unit", closed=("Verified", "Settled", "Withdrawn")),
    Paper("ID Card Request", unit="administrative_unit", closed=("Issued", "Refused", "Withdrawn")),
    Paper("Duplicate Finding", unit="administrative_unit"),
    Paper("Duplicate Finding", person="other_beneficiary", unit="other_unit", office="other_office"),
    Paper("Data Subject Request", closed=("Done", "Refused")),
)


@dataclass(slots=True)
class NewUnit:
    """A unit of after the reform: one that stands already, or one to be made."""

    code: str
    unit_name: str
    name: str | None
    parent: str | None
    level: str
    difficult_area: bool = False
    # The code of a province that is made by the same reform.
    parent_code: str | None = None


@dataclass(slots=True)
class Plan:
    """Who goes where. `targets`: old unit -> {village key or "": code of the new unit}; counts of what is touched."""

    effective_on: date
    old: dict[str, Unit] = field(default_factory=dict)
    new: dict[str, NewUnit] = field(default_factory=dict)
    targets: dict[str, dict[str, str]] = field(default_factory=dict)
    offices: dict[str, str | None] = field(default_factory=dict)
    ending: list[str] = field(default_factory=list)
    people: dict[tuple[str, str], int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    blocks: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    @property
    def last_day(self) -> date:
        """The last day of the old units."""
        return self.effective_on - timedelta(days=1)

    def sources(self) -> dict[str, str]:
        """Every unit people may live in that ends: itself or its commune -> the old unit of the table."""
        tree = unit_tree()
        found = {name: name for name in self.old}
        for name in self.old:
            found.update({child: name for child in tree.children.get(name, ()) if child not in self.old})
        return {
            name: commune
            for name, commune in found.items()
            if self.old[commune].level in ("Commune", "Village") or name == commune
        }

    def target(self, old: str, village: str | None) -> str | None:
        """The code of the new unit for somebody of a village of the old unit."""
        ways = self.targets.get(old, {})
        return ways.get(search_key(village or ""), ways.get("")) if ways else None


def some(texts: list[str]) -> str:
    more = _("and {0} more").format(len(texts) - _SHOWN) if len(texts) > _SHOWN else ""
    return ", ".join([*texts[:_SHOWN], *filter(None, [more])])


def label(unit: Unit) -> str:
    return f"{unit.unit_name} ({unit.code})"


def title(unit: str | None) -> str:
    found = unit_tree().units.get(unit or "")
    return label(found) if found else unit or "-"


def portions(names: list):
    return (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))
