"""Judging one row of a commune's list: what it says about whom, or why it goes back."""

import re
from dataclasses import dataclass, field
from datetime import date

from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.core import cells, names
from ansinh_app.core.errors import RuleError
from ansinh_app.core.identity import cccd
from ansinh_app.core.law import Category
from ansinh_app.core.money import format_dong
from ansinh_app.core.months import Month
from ansinh_app.core.sheets import Note, Record
from ansinh_app.registry.imports import words
from ansinh_app.registry.imports.lookups import Lookups
from ansinh_app.registry.people import OLDEST, birth, day, known_provinces

_CASH_REASONS = (
    (re.compile(r"chua (co|mo)|dang (mo|lam)|cho (mo|cap)"), "Account not open yet"),
    (re.compile(r"khong (mo|dong y|muon|co nhu cau)|chua dong y|tu choi"), "Refused an account"),
    (re.compile(r"giay to|cccd|can cuoc|cmnd|khai sinh"), "No identity papers"),
    (
        re.compile(r"xa (ngan hang|trung tam|atm)|o xa|khong co (atm|ngan hang|diem)|vung sau"),
        "No service nearby",
    ),
    (
        re.compile(r"nam lie?t|nam mot cho|khong di lai|khong (the )?di|om|benh|gia yeu|khuyet tat|tai nha"),
        "Bedridden without a receiver",
    ),
)
_REFUSED_FIRST = re.compile(r"chua dong y|khong dong y")


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for the whole workbook."""

    unit: str
    unit_title: str
    office: str
    programme: str | None
    effective_month: Month
    decision_date: date | None
    reference: str
    # What the list says of itself: its decision, and the day it was made.
    list_decision: tuple[str, date] | None = None
    list_day: date | None = None
    today: date = field(default_factory=lambda: getdate(nowdate()))
    # (sheet, row) -> what somebody decided about a row that may be several people, and who it is.
    choices: dict[tuple[str, int], tuple[str, str | None]] = field(default_factory=dict)


@dataclass(slots=True)
class Payee:
    """Who is paid, and where to."""

    payee_type: str = "Self"
    method: str = "Bank Account"
    provider: str | None = None
    account_no: str | None = None
    account_name: str = ""
    held_by_representative: bool = False
    cash_reason: str | None = None


def place_of(sheet: str, row: int) -> str:
    """A row as its sender calls it."""
    return _("{0}, row {1}").format(sheet, row)


@dataclass(slots=True)
class Row:
    """One row with its verdict: errors send it back, doubts are told, the rest is ready to be written."""

    record: Record
    errors: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    # What stands in for something the list does not say.
    assumed: list[str] = field(default_factory=list)
    beneficiary: str | None = None
    # The date of birth, once it is known to be possible.
    born: date | None = None
    category: Category | None = None
    quantity: int = 1
    start: Month | None = None
    decision_no: str = ""
    decision_date: date | None = None
    settled_through: Month | None = None
    payee: Payee = field(default_factory=Payee)
    entitlement: str | None = None
    # The people this may be, where somebody has to say.
    undecided: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Sheet and row as the sender sees them."""
        return place_of(self.record.sheet, self.record.row)

    def get(self, name: str):
        return self.record.values.get(name)


def judge(record: Record, terms: Terms, known: Lookups) -> Row:
    """Everything a row says, checked against the law and the registry; all faults are collected."""
    row = Row(record)
    row.errors = [words.error(note) for note in record.errors if not _repair_representative_id(row, note)]
    row.repairs += [words.repair(note) for note in record.repairs]
    row.doubts += [words.doubt(note) for note in record.warnings]
    _judge_birth(row, terms)
    _judge_unit(row, terms, known)
    _judge_category(row, terms, known)
    _judge_decision(row, terms)
    if row.category and row.start and row.born:
        _judge_age(row, known)
    _judge_payee(row, known)
    if not row.errors:
        _find_person(row, terms, known)
    if not row.errors:
        _find_entitlement(row, known)
    if not row.errors:
        _judge_account(row, known)
        _judge_amount(row, terms, known)
    return row


def _repair_representative_id(row: Row, note: Note) -> bool:
    """Put back the zero Excel dropped: nothing but the province and a sensible age can be checked here."""
    number = note.value.partition(": ")[0]
    if (note.field, note.code) != ("representative_id", "bad_number") or not re.fullmatch(r"\d{11}", number):
        return False
    padded = "0" + number
    age = getdate(nowdate()).year - cccd.birth_year(padded)
    if padded[:3] not in known_provinces() or not 15 <= age <= OLDEST:
        return False
    row.record.values["representative_id"] = padded
    row.repairs.append(words.repair(Note("representative_id", "leading_zero", padded)))
    return True


def _judge_birth(row: Row, terms: Terms) -> None:
    born = row.get("date_of_birth")
    if born is None:
        if not any(note.field in ("date_of_birth", "birth_year") for note in row.record.errors):
            row.errors.append(words.missing("date_of_birth"))
        return
    last = min(terms.today, terms.effective_month.last_day)
    if born > last:
        row.errors.append(words.fault("date_of_birth", day(born), _("lies after {0}").format(day(last))))
        return
    row.born = born


def _judge_unit(row: Row, terms: Terms, known: Lookups) -> None:
    """A commune named in the row must be the list's own, under its name of today or of before."""
    text = row.get("unit")
    if not text:
        return
    called = known.units_called(text)
    if not called:
        row.doubts.append(_("{0} “{1}” is not a known commune").format(words.label("unit"), text))
    elif not known.area.intersection(called):
        row.errors.append(words.fault("unit", text, _("is another commune"), terms.unit_title))
    elif terms.unit not in called:
        row.repairs.append(
            _("{0}: {1} is {2} in this list").format(words.label("unit"), text, terms.unit_title)
        )


def _judge_category(row: Row, terms: Terms, known: Lookups) -> None:
    text = row.get("category")
    if not text:
        row.errors.append(words.missing("category"))
        return
    row.category = known.category(text)
    if row.category is None:
        near = known.nearest_category(text)
        hint = _("{0}; perhaps {1} is meant").format(words.accepted("category"), near) if near else None
        row.errors.append(words.fault("category", text, _("is not a category of the law"), hint))
        return
    if terms.programme and row.category.programme != terms.programme:
        row.errors.append(
            words.fault("category", text, _("belongs to {0}").format(row.category.programme), terms.programme)
        )
    quantity = row.get("quantity")
    counted = (
        row.category.per_child
        or row.category.code == "NCC-01A-PC"
        or (row.category.stack_rule == "ncc_survivor_max2")
    )
    if quantity is not None and counted:
        row.quantity = quantity
        if quantity < 1:
            row.errors.append(words.fault("quantity", quantity))
    elif quantity not in (None, 0, 1):
        row.doubts.append(
            _("{0} {1} does not count for {2}").format(words.label("quantity"), quantity, row.category.code)
        )


def _judge_decision(row: Row, terms: Terms) -> None:
    """Decision and first month. A list rarely says all of it: what stands in for the rest is told."""
    start = row.get("effective_from")
    row.decision_date = row.get("decision_date") or terms.decision_date
    row.decision_no = str(row.get("decision_no") or "")
    unreadable = any(note.field == "decision_date" for note in row.record.errors)
    if row.decision_date is None and not unreadable:
        _decision_of_list(row, terms, start)
    if row.decision_date is None and not unreadable:
        row.errors.append(
            words.fault(
                "decision_date",
                "",
                _("is missing"),
                _("a date, or the one for rows without one in the import's form"),
            )
        )
    elif row.decision_date and row.decision_date > terms.today:
        row.errors.append(words.fault("decision_date", day(row.decision_date), _("lies in the future")))
    if not row.decision_no:
        row.decision_no = terms.list_decision[0] if terms.list_decision else terms.reference
        row.repairs.append(
            _("{0}: taken from the list ({1})").format(words.label("decision_no"), row.decision_no)
        )
    row.start = start or (Month.of(row.decision_date) if row.decision_date else None)
    if row.start and row.born and row.start < Month.of(row.born):
        row.errors.append(words.fault("effective_from", row.start.label, _("lies before the birth")))
    if row.start and row.start < terms.effective_month:
        row.settled_through = terms.effective_month - 1


def _decision_of_list(row: Row, terms: Terms, start: Month | None) -> None:
    """The decision's date where the row has none: the list's decision, the first month, the list's own day."""
    if terms.list_decision:
        row.decision_date, source = terms.list_decision[1], _("the decision named on the list")
    elif start and start.first_day <= terms.today:
        # A benefit counts from the month of its decision (NĐ 20/2021 Đ8.1.đ).
        row.decision_date, source = start.first_day, _("the first month of the benefit")
    elif terms.list_day:
        row.decision_date, source = terms.list_day, _("the day of the list")
    if row.decision_date:
        row.assumed.append(
            _("{0} {1} is assumed, from {2}: the row has none").format(
                words.label("decision_date"), day(row.decision_date), source
            )
        )


def _judge_age(row: Row, known: Lookups) -> None:
    born = row.born
    month = max(row.start, (row.settled_through + 1) if row.settled_through else row.start)
    if known.law.band(row.category.code, born, month) is None:
        row.errors.append(
            words.fault(
                "category",
                f"{row.category.code} {row.category.title}",
                _("does not fit somebody born {0} in {1}").format(day(born), month.label),
                _("a category for this age"),
            )
        )
    elif known.law.band(row.category.code, born, row.start) is None:
        # He came of the right age only while paid elsewhere: here the months before do not count.
        row.start = month


def _judge_payee(row: Row, known: Lookups) -> None:
    payee = row.payee
    _judge_payee_type(row)
    number, text = row.get("account_no"), row.get("bank")
    broken = any(note.field == "account_no" for note in row.record.errors)
    method = row.get("payment_method")
    payee.method = method or ("Bank Account" if number or broken else "Cash")
    if payee.method == "Cash":
        _judge_cash(row, said=method is not None)
        return
    if broken:
        return
    if not number:
        row.errors.append(words.missing("account_no"))
        return
    if not text:
        row.errors.append(words.fault("bank", "", _("is missing"), _provider_hint(known)))
        return
    payee.account_no = number
    payee.provider = known.provider(text)
    if payee.provider is None:
        row.errors.append(words.fault("bank", text, _("is not a known provider"), _provider_hint(known)))
    elif payee.provider in known.inactive:
        row.errors.append(words.fault("bank", text, _("opens no accounts any more"), _provider_hint(known)))
    _judge_holder(row)


def _provider_hint(known: Lookups) -> str:
    names_shown = [known.provider_names.get(code, code) for code in ("STB", "CTG", "BID", "AGRIBANK", "LPB")]
    return _("the bank's name, such as {0}").format(", ".join(names_shown))


def _judge_payee_type(row: Row) -> None:
    stated = row.get("payee_type")
    if row.get("representative_name"):
        for text in (row.get("note"), row.get("relation")):
            stated = stated if stated and stated != "Self" else cells.parse_payee(text) if text else stated
        carer = row.category and row.category.payee in ("carer", "household")
        row.payee.payee_type = (
            "Carer" if carer else (stated if stated and stated != "Self" else _capacity_by_age(row))
        )
    elif row.get("representative_id") or (stated and stated != "Self"):
        row.errors.append(words.missing("representative_name"))
    elif row.category and row.category.payee in ("carer", "household"):
        row.errors.append(
            words.fault("representative_name", "", _("is missing: this benefit is paid to the carer"))
        )
    number = row.get("representative_id")
    if number and number == row.get("personal_id"):
        row.errors.append(words.fault("representative_id", number, _("is the beneficiary's own number")))


def _capacity_by_age(row: Row) -> str:
    born = row.get("date_of_birth")
    grown_up = born is None or (getdate(nowdate()).year - born.year) >= 18
    return "Authorised" if grown_up else "Guardian"


def _judge_cash(row: Row, said: bool) -> None:
    text = row.get("cash_reason")
    if text:
        key = names.search_key(text)
        if _REFUSED_FIRST.search(key):
            row.payee.cash_reason = "Refused an account"
        else:
            row.payee.cash_reason = next(
                (reason for pattern, reason in _CASH_REASONS if pattern.search(key)), None
            )
        if row.payee.cash_reason is None:
            row.doubts.append(
                _("{0} “{1}” is none of the reasons: choose one").format(words.label("cash_reason"), text)
            )
    elif said:
        row.doubts.append(_("Cash without a reason: the next run will stop here"))
    else:
        row.payee.cash_reason = "Account not open yet"
        row.repairs.append(_("No account given: paid in cash until one is open"))


def _judge_holder(row: Row) -> None:
    """Whose account it is: the holder's name must be the person's or the representative's."""
    payee, person, other = row.payee, row.get("full_name") or "", row.get("representative_name") or ""
    holder = row.get("account_name") or other or person
    payee.account_name = names.ascii_upper(holder)
    own, others = (
        names.compare(person, holder),
        names.compare(other, holder) if other else names.Match.DIFFERENT,
    )
    if others is not names.Match.DIFFERENT and (own is names.Match.DIFFERENT or others is names.Match.EXACT):
        payee.held_by_representative = True
    elif own is names.Match.DIFFERENT and person:
        row.errors.append(
            words.fault(
                "account_name",
                holder,
                _("is neither the beneficiary nor the representative"),
                _("the holder's name, or the representative with a mandate"),
            )
        )
    match = others if payee.held_by_representative else own
    if match in (names.Match.ORDER, names.Match.MISSING_MIDDLE, names.Match.ONE_LETTER):
        row.doubts.append(
            _("{0} {1} is written differently from {2}").format(
                words.label("account_name"), holder, other if payee.held_by_representative else person
            )
        )


def _find_person(row: Row, terms: Terms, known: Lookups) -> None:
    """The person by personal ID, by old ID, else by name, birth and commune; where several fit, it is asked."""
    number, born = row.get("personal_id"), row.get("date_of_birth")
    choice, candidate = terms.choices.get((row.record.sheet, row.record.row), ("", None))
    if choice == "Leave Out":
        row.errors.append(_("Left out by decision."))
        return
    search_name = names.search_key(row.get("full_name"))
    found = known.by_id.get(number) if number else None
    if found is None and choice != "Another Person":
        alike = _alike(row, search_name, terms, known)
        found = candidate if choice == "Same Person" and candidate in alike else None
        if found is None and len(alike) == 1 and _sure(row, alike[0], known):
            found = alike[0]
        if found is None and alike:
            _ask(row, alike, known)
            return
    if found is None:
        return
    person = known.people[found]
    row.beneficiary = found
    if person.deceased_on:
        row.errors.append(
            words.fault(
                "full_name",
                row.get("full_name"),
                _("died on {0}").format(day(person.deceased_on)),
                _("living people"),
            )
        )
    if person.administrative_unit not in known.area:
        row.errors.append(
            words.fault(
                "personal_id",
                number,
                _("is registered in another commune ({0})").format(found),
                _("a transfer, decided as a registry change"),
            )
        )
    match = names.compare(person.full_name, row.get("full_name"))
    if choice != "Same Person" and (match is names.Match.DIFFERENT or person.date_of_birth.year != born.year):
        row.errors.append(
            words.fault(
                "personal_id",
                cccd.mask(number),
                _("belongs to somebody else: {0}, born {1}").format(
                    found, birth(person.date_of_birth, person.dob_precision)
                ),
                _("this person's own number"),
            )
        )
    elif match is not names.Match.EXACT or person.date_of_birth != born:
        row.doubts.append(
            _("Name or birth date differs from the registry ({0}): correct it there by a change").format(
                found
            )
        )


def _alike(row: Row, search_name: str, terms: Terms, known: Lookups) -> list[str]:
    """The people of this commune that the row may speak of, those born on the same day first."""
    number, born, old = row.get("personal_id"), row.get("date_of_birth"), row.get("old_id")

    def free(name: str) -> bool:
        return not (number and known.people[name].personal_id)

    by_card = [
        name
        for name in known.by_old_id.get(old or "", ())
        if free(name)
        and known.people[name].administrative_unit in known.area
        and known.people[name].search_name == search_name
        and known.people[name].date_of_birth.year == born.year
    ]
    if len(by_card) == 1:
        return by_card
    same_day = [name for name in known.by_birth.get((search_name, born, terms.unit), ()) if free(name)]
    if same_day or number:
        return same_day
    return [
        name
        for name in known.by_year.get((search_name, born.year, terms.unit), ())
        if "Year" in (known.people[name].dob_precision, row.get("dob_precision"))
    ]


def _sure(row: Row, name: str, known: Lookups) -> bool:
    """Whether the only one who fits is certainly meant: the same birth date, or the same old card."""
    person = known.people[name]
    same_card = bool(row.get("old_id")) and person.old_id == row.get("old_id")
    return same_card or person.date_of_birth == row.get("date_of_birth")


def _ask(row: Row, alike: list[str], known: Lookups) -> None:
    row.undecided = alike
    if len(alike) > 1:
        problem = _("fits several people")
    else:
        twin = known.people[alike[0]]
        born = birth(twin.date_of_birth, twin.dob_precision)
        problem = _("may be {0}, born {1}").format(alike[0], born)
    row.errors.append(
        words.fault(
            "full_name",
            row.get("full_name"),
            problem,
            _("the personal ID, to tell them apart, or a decision"),
        )
    )


def _find_entitlement(row: Row, known: Lookups) -> None:
    if not row.beneficiary:
        return
    held = known.holding(row.beneficiary, row.category.code, row.start.first_day)
    if held is None:
        return
    row.entitlement = held.name
    if held.place:
        row.errors.append(
            _("The same person with the same benefit stands in {0} already. Accepted: one row.").format(
                place_of(*held.place)
            )
        )
    elif row.quantity != (held.quantity or 1):
        row.errors.append(
            words.fault(
                "quantity",
                row.quantity,
                _("the decision says {0}").format(held.quantity),
                _("an adjustment, decided as a registry change"),
            )
        )


def _judge_account(row: Row, known: Lookups) -> None:
    """An account serves its holder: another person's own account is not this person's."""
    payee = row.payee
    account = known.accounts.get((payee.provider, payee.account_no)) if payee.account_no else None
    if account is None:
        return
    if account.status != "Active":
        row.errors.append(
            words.fault("account_no", payee.account_no, _("is closed or blocked"), _("an open account"))
        )
    elif payee.held_by_representative:
        holder = known.representatives.get(account.representative or "")
        # The holder may be a representative met in another commune: then his name on the account must agree.
        title = holder.full_name if holder else account.account_name
        if (
            account.beneficiary
            or names.compare(title, row.get("representative_name")) is names.Match.DIFFERENT
        ):
            row.errors.append(_taken(row, account))
    elif account.beneficiary != row.beneficiary or not row.beneficiary:
        row.errors.append(_taken(row, account))


def _taken(row: Row, account) -> str:
    return words.fault(
        "account_no",
        row.payee.account_no,
        _("belongs to somebody else ({0})").format(account.beneficiary or account.representative),
        _("the payee's own account"),
    )


def _judge_amount(row: Row, terms: Terms, known: Lookups) -> None:
    stated = row.get("amount")
    if not stated:
        return
    month = max(row.start, terms.effective_month)
    try:
        band = known.law.band(row.category.code, row.get("date_of_birth"), month)
        due = known.law.rate(band.code, month, month.first_day).amount_per_unit * row.quantity
    except RuleError:
        return
    if due != stated:
        row.doubts.append(
            _("{0} {1} is not what the law grants in {2}: {3}").format(
                words.label("amount"), format_dong(stated), month.label, format_dong(due)
            )
        )
