"""Judging the rows of a list of changes: who is meant, which change, from when; or why a row goes back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate

from ansinh_app import permissions
from ansinh_app.core import cells, fonts, names
from ansinh_app.core.identity import cccd
from ansinh_app.core.months import Month
from ansinh_app.core.sheets import LeftOut, Record
from ansinh_app.registry.change_lists import words as kinds
from ansinh_app.registry.doctype.entitlement.entitlement import benefit_family
from ansinh_app.registry.imports import words
from ansinh_app.registry.imports.lookups import Lookups
from ansinh_app.registry.imports.reading import Reading
from ansinh_app.registry.imports.title import stated_decision, stated_month
from ansinh_app.registry.people import birth
from ansinh_app.registry.units import unit_tree

NEEDS_ENTITLEMENT = ("Stop", "Adjust", "Suspend", "Resume")
_AT_ONCE = 500
# What of a row matters here; a wrong account number says nothing about a death.
_READ = (
    "full_name",
    "personal_id",
    "date_of_birth",
    "birth_year",
    "decision_date",
    "effective_from",
    "quantity",
)


@dataclass(slots=True)
class Row:
    """One row: what its change would be, or the faults that send it back."""

    sheet: str
    row_no: int
    full_name: str
    personal_id: str = ""
    beneficiary: str | None = None
    change_type: str | None = None
    values: dict = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    known_as: str | None = None

    @property
    def verdict(self) -> str:
        return "Returned" if self.errors else "Known" if self.known_as else "Ready"

    def fault(self, label: str, value: object, problem: str, accepted: str) -> None:
        """Send the row back: field, value, what is wrong, what would be accepted."""
        shown = value if value not in (None, "") else "-"
        self.errors.append(_("{0} “{1}”: {2}. Accepted: {3}.").format(label, shown, problem, accepted))


@dataclass(slots=True)
class Once:
    """What the document, and then the title of the list, say for all rows."""

    change_type: str | None
    month: date | None
    occurred_on: date | None
    category: str | None
    new_unit: str | None
    decision_no: str | None
    decision_date: date | None
    reason: str | None


def said_once(doc, reading: Reading | None) -> Once:
    """The document's own word; where it is silent, the list's title."""
    around = reading.texts_around() if reading else []
    decision = stated_decision(around)
    months = (stated_month(grid) for _name, grid in reading.grids) if reading else ()
    month = next(filter(None, months), None)
    return Once(
        change_type=doc.change_type or None,
        month=getdate(doc.effective_month) if doc.effective_month else month and month.first_day,
        occurred_on=getdate(doc.occurred_on) if doc.occurred_on else None,
        category=doc.category or None,
        new_unit=doc.new_unit or None,
        decision_no=doc.decision_no or (decision[0] if decision else None),
        decision_date=getdate(doc.decision_date) if doc.decision_date else decision and decision[1],
        reason=doc.reason or None,
    )


def of_people(people, once: Once, known: Lookups) -> Iterator[Row]:
    """One row for each person chosen on the document."""
    for person in people:
        row = Row("", person.idx, person.full_name or "", beneficiary=person.beneficiary)
        row.change_type = once.change_type
        if not row.change_type:
            row.fault(_("Change"), "", _("is missing"), _("one of the changes, said once for all people"))
        elif _visible(row, known):
            _fill(row, {}, once.reason or "", once, known)
        yield row


def of_workbook(reading: Reading, once: Once, known: Lookups) -> Iterator[Row]:
    """The rows of every list in the workbook, each under the heading that announces it."""
    for reader in reading.readers:
        extra = kinds.extra_columns(reader.table.headers)
        announced = kinds.family(reader.sheet)
        for line in reader:
            if isinstance(line, LeftOut):
                if line.kind == "heading":
                    announced = kinds.family(line.text) or announced
                continue
            yield _of_record(line, extra, reader.font, announced, once, known)


def _of_record(
    record: Record, extra: dict[str, int], font: str | None, announced: str | None, once: Once, known: Lookups
) -> Row:
    values = dict(record.values)
    cell = {name: _text(record.raw, column, font) for name, column in extra.items()}
    number = str(values.get("personal_id") or values.get("old_id") or "")
    row = Row(
        record.sheet, record.row, str(values.get("full_name") or ""), cccd.mask(number) if number else ""
    )
    row.errors = [
        words.error(note)
        for note in record.errors
        if note.field in _READ and note.code not in ("says_died", "says_left")
    ]
    row.doubts = [words.doubt(note) for note in record.warnings if note.field in _READ]
    if any(note.field == "category" and note.code == "from_heading" for note in record.repairs):
        group = str(values.get("category") or "")
        announced = kinds.family(group) or announced
        if known.category(group) is None:
            values.pop("category")
    reason = cell.get("reason") or str(values.get("note") or "")
    announced = kinds.family(cell.get("change", "")) or announced or once.change_type
    row.change_type = kinds.kind_of(announced, reason)
    values.update({name: text for name, text in cell.items() if text and name != "change"})
    _refuse_no_change(row, reason)
    if not row.errors:
        _find_person(row, values, known)
    if not row.errors:
        _fill(row, values, reason or once.reason or "", once, known)
    return row


def _text(raw, column: int, font: str | None) -> str:
    value = raw[column] if column < len(raw) else ""
    if isinstance(value, str) and not value.isascii() and fonts.is_suspect(value):
        value = fonts.decode(value, font)[0]
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else cells.text(value)


def _refuse_no_change(row: Row, reason: str) -> None:
    if row.change_type is None:
        row.fault(
            _("Change"),
            reason,
            _("it is not said what has changed"),
            _("a reason such as chết, hết điều kiện, chuyển đi, tạm dừng, mới hưởng or đổi nhóm"),
        )
    elif row.change_type == kinds.ACCOUNT:
        row.fault(_("Change"), reason, _("an account is no change of the benefit"), _("an account request"))
    elif row.change_type == kinds.AGE:
        row.fault(
            _("Change"),
            reason,
            _("the amount follows the age by itself"),
            _("nothing: the run takes the band of the age"),
        )


def _find_person(row: Row, values: dict, known: Lookups) -> None:
    """The one person meant: by personal ID, by old ID, else by name and birth; never a guess among several."""
    number, old, born = values.get("personal_id"), values.get("old_id"), values.get("date_of_birth")
    search_name = names.search_key(row.full_name)
    if number:
        found = [known.by_id[number]] if number in known.by_id else []
        if not found:
            found = [one for one in _alike(values, search_name, known) if not known.people[one].personal_id]
    elif old:
        found = [one for one in known.by_old_id.get(old, ()) if known.people[one].search_name == search_name]
    elif born:
        found = _alike(values, search_name, known)
    else:
        row.fault(_("Personal ID"), "", _("is missing"), _("the personal ID, or name and date of birth"))
        return
    called = known.units_called(str(values["unit"])) if values.get("unit") else []
    if len(found) > 1 and called:
        found = [one for one in found if known.people[one].administrative_unit in called]
    found = [one for one in found if _in_area(known.people[one])]
    if len(found) > 1:
        several = ", ".join(f"{one} ({known.people[one].village or '-'})" for one in found)
        row.fault(
            _("Full Name"),
            row.full_name,
            _("may be several people: {0}").format(several),
            _("the personal ID"),
        )
    elif not found:
        new = row.change_type == "New"
        hint = _("new people come by a registry import") if new else _("a person of this area's registry")
        row.fault(_("Full Name"), row.full_name, _("was not found in the registry"), hint)
    else:
        _take_person(row, found[0], born, known)


def _alike(values: dict, search_name: str, known: Lookups) -> list[str]:
    born = values.get("date_of_birth")
    if not born:
        return []
    found = list(known.by_birth.get((search_name, born, known.unit), ()))
    if found:
        return found
    return [
        one
        for one in known.by_year.get((search_name, born.year, known.unit), ())
        if "Year" in (known.people[one].dob_precision, values.get("dob_precision"))
    ]


def _take_person(row: Row, found: str, born: date | None, known: Lookups) -> None:
    person = known.people[found]
    match = names.compare(person.full_name, row.full_name)
    shown = birth(person.date_of_birth, person.dob_precision)
    if match is names.Match.DIFFERENT:
        row.fault(
            _("Full Name"),
            row.full_name,
            _("the personal ID belongs to somebody else: {0}, born {1}").format(found, shown),
            _("this person's own number"),
        )
        return
    row.beneficiary = found
    if match is not names.Match.EXACT or (born and born.year != person.date_of_birth.year):
        row.doubts.append(
            _("Name or birth date differs from the registry: {0}, born {1}").format(person.full_name, shown)
        )


def _in_area(person) -> bool:
    """Whether the user may see the person; somebody else's people are as good as not there."""
    place = {field: person.get(field) for field in ("name", "administrative_unit", "office")}
    return permissions.has_permission(frappe._dict({"doctype": "Beneficiary", **place}), "read")


def _visible(row: Row, known: Lookups) -> bool:
    if row.beneficiary in known.people and _in_area(known.people[row.beneficiary]):
        return True
    row.fault(
        _("Beneficiary"), row.beneficiary, _("was not found in the registry"), _("a person of your area")
    )
    return False


def _fill(row: Row, values: dict, reason: str, once: Once, known: Lookups) -> None:
    """The values of the change, checked by the change's own rules."""
    filled = row.values = {
        "doctype": "Registry Change",
        "beneficiary": row.beneficiary,
        "full_name": known.people[row.beneficiary].full_name,
        "change_type": row.change_type,
        "decision_no": values.get("decision_no") or once.decision_no,
        "decision_date": values.get("decision_date") or once.decision_date,
        "reason": reason or None,
    }
    _set_event(row, values, reason, once)
    _set_category(row, values, once, known)
    if row.change_type == "Transfer":
        _set_new_unit(row, values, once, known)
    if not row.errors and row.change_type in NEEDS_ENTITLEMENT:
        _set_entitlement(row, values, once, known)
    if row.errors:
        return
    change = frappe.get_doc(filled)
    try:
        change.validate()
    except frappe.ValidationError as error:
        frappe.clear_last_message()
        row.errors.append(frappe.utils.strip_html(str(error)))
    filled["effective_month"], filled["entitlement"] = change.effective_month, change.entitlement
    if row.change_type in ("New", "Adjust") and not filled["decision_no"]:
        row.doubts.append(_("The number of the decision is missing: it is needed before the approval"))


def _set_event(row: Row, values: dict, reason: str, once: Once) -> None:
    said = values.get("occurred_on")
    found = cells.parse_date(said) if said else None
    if said and (found is None or found.precision != "Day"):
        row.fault(_("Occurred On"), said, _("cannot be read"), _("a day as 03/06/2024"))
        return
    occurred = found.value if found else cells.date_in(reason) or once.occurred_on
    if occurred:
        row.values["occurred_on"] = occurred
    if row.change_type == "Death":
        if not occurred:
            row.fault(_("Day of Death"), reason, _("is missing"), _("a day as 03/06/2024"))
        return
    month = values.get("effective_from")
    if month:
        row.values["effective_month"] = month.first_day
    elif once.month and not (occurred and row.change_type in ("Stop", "Suspend")):
        row.values["effective_month"] = once.month
    elif row.change_type != "Transfer" and not occurred:
        row.fault(_("From Month"), "", _("is missing"), words.accepted("effective_from"))


def _set_category(row: Row, values: dict, once: Once, known: Lookups) -> None:
    """The group a New or Adjust grants."""
    if row.change_type not in ("New", "Adjust"):
        return
    text = str(values.get("category") or once.category or "")
    found = known.category(text) if text else None
    if found is None:
        near = known.nearest_category(text) if text else None
        hint = _("{0}; perhaps {1} is meant").format(words.accepted("category"), near) if near else None
        problem = _("is not a category of the law") if text else _("is missing")
        row.fault(_("Category"), text, problem, hint or words.accepted("category"))
        return
    row.values["category"] = found.code
    if values.get("quantity"):
        row.values["quantity"] = values["quantity"]
    if row.change_type == "New":
        person = known.people[row.beneficiary]
        for name in ("payment_method", "payment_account", "cash_reason"):
            row.values[name] = person.get(name)


def _set_new_unit(row: Row, values: dict, once: Once, known: Lookups) -> None:
    """Where to; a move to a place the list does not name is the end of paying here (NĐ 20/2021 Đ8.4)."""
    text = values.get("new_unit")
    called = known.units_called(str(text)) if text else []
    day_moved = getdate(row.values.get("decision_date") or None)
    units = unit_tree().units
    standing = [one for one in called if one in units and _stands(units[one], day_moved)]
    if len(standing) == 1 or once.new_unit:
        row.values["new_unit"] = standing[0] if len(standing) == 1 else once.new_unit
        return
    if text:
        row.doubts.append(_("{0} “{1}” is not one known commune").format(_("New Commune"), text))
    row.change_type = row.values["change_type"] = "Stop"
    row.doubts.append(_("Moved away without a commune of this registry: paying stops here"))


def _stands(unit, on: date) -> bool:
    return unit.valid_from <= on and (not unit.valid_to or unit.valid_to >= on)


def _set_entitlement(row: Row, values: dict, once: Once, known: Lookups) -> None:
    """The entitlement meant: the only one that runs, or the one of the group named."""
    running = [one for one in known.held.get(row.beneficiary, ()) if not one.effective_to]
    held = running or list(known.held.get(row.beneficiary, ()))
    named = str(values.get("old_category") or "")
    if row.change_type != "Adjust":
        named = named or str(values.get("category") or once.category or "")
    category = known.category(named) if named else None
    if len(held) > 1 and category:
        family = benefit_family(known.law, category.code)
        held = [one for one in held if benefit_family(known.law, one.category) == family]
    if len(held) > 1 and row.change_type == "Adjust":
        wanted = known.law.categories[row.values["category"]].programme
        held = [one for one in held if known.law.categories[one.category].programme == wanted]
    if len(held) != 1:
        shown = ", ".join(f"{one.name} ({one.category})" for one in held)
        problem = _("holds several benefits: {0}").format(shown) if held else _("holds no benefit here")
        row.fault(_("Entitlement"), row.full_name, problem, _("the group of the benefit that is meant"))
        return
    row.values["entitlement"] = held[0].name
    if row.change_type == "Adjust":
        same = held[0].category == row.values["category"]
        if same and (row.values.get("quantity") or 1) == (held[0].quantity or 1):
            row.fault(
                _("Category"),
                row.values["category"],
                _("is the one the person holds: nothing changes"),
                _("the new group, or another number; rates and ages change by themselves"),
            )


def mark_known(rows: list[Row]) -> None:
    """Which rows were proposed or decided before, or say again what an earlier row says.

    A row that is refused only because its change is decided already is known, not wrong.
    """
    people = sorted({row.beneficiary for row in rows if row.beneficiary and row.values})
    before: dict[tuple, str] = {}
    for start in range(0, len(people), _AT_ONCE):
        for change in frappe.get_all(
            "Registry Change",
            filters={
                "beneficiary": ["in", people[start : start + _AT_ONCE]],
                "docstatus": ["<", 2],
                "status": ["!=", "Rejected"],
            },
            fields=[
                "name",
                "beneficiary",
                "change_type",
                "entitlement",
                "category",
                "effective_month",
                "new_unit",
            ],
        ):
            before.setdefault(_key(change), change.name)
    for row in rows:
        if not row.beneficiary or not row.values:
            continue
        key = _key(row.values)
        if key in before:
            row.errors, row.known_as = [], before[key]
        elif not row.errors:
            before[key] = _("{0}, row {1}").format(row.sheet or _("People"), row.row_no)


def _key(change) -> tuple:
    """What makes two changes the same."""
    kind = change.get("change_type")
    month = change.get("effective_month")
    month = str(Month.of(getdate(month))) if month and kind not in ("Death", "Transfer") else ""
    about = {
        "New": change.get("category"),
        "Transfer": change.get("new_unit"),
        "Death": "",
    }.get(kind, change.get("entitlement"))
    return change.get("beneficiary"), kind, about or "", month
