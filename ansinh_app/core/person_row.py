"""One row of a list as typed values: what was repaired, what is wrong, what is doubtful, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from . import cells, names
from .category_words import code_in_words
from .errors import BadIdentifier
from .identity import account, cccd, cmnd, phone

_TEXT_FIELDS = (
    "village",
    "address",
    "unit",
    "category",
    "decision_no",
    "bank",
    "account_name",
    "representative_name",
    "relation",
    "cash_reason",
    "note",
    "ethnicity",
    "birth_certificate_no",
)
_CERTIFICATE = re.compile(
    r"(?:(?:số )?(?:gks|giấy khai sinh|khai sinh|ks)\s*(?:số)?\s*:?\s*)?(\d{1,4}\s*/\s*(?:19|20)\d\d)",
    re.IGNORECASE,
)
# "chết 5/2024", "đã mất ngày 3/6"; not "chết chồng", "bố mẹ chết", "mất sức", "cắt cụt chân", "giảm thị lực".
_WHEN = r"(?: (?:ngay|thang|nam|t|hoi|tu|vao|do|vi|luc|dau|cuoi)\b.*|(?: ?\d)+.*)?"
_DIED = re.compile(
    rf"(?:doi tuong )?(?:da |bi )*(?:chet|tu vong|qua doi|tu tran){_WHEN}|khong con song"
    rf"|(?:doi tuong )?da mat{_WHEN}|mat (?:(?:ngay|thang|nam|hoi|t) ?)?\d[\d ]*"
)
_LEFT = re.compile(
    r"(?:da |xin )?(?:chuyen (?:di|khau|noi khac|xa khac|huyen khac|tinh khac)|thoi huong|cat (?:tro cap|che do)"
    rf"|dung (?:huong|tro cap))\b.*|(?:cat )?giam{_WHEN}"
)
_NUMBER_AND_BANK = re.compile(
    r"([\d][\d .]{4,24}\d)\s*[-–,;:/(\s]\s*(?:mở )?(?:tại )?([^\d\s][^\d]{1,}?)\)?", re.IGNORECASE
)
_BANK_AND_NUMBER = re.compile(r"([^\d\s][^\d]{1,}?)\s*[-–,;:/(\s]\s*(\d[\d .]{4,24}\d)\)?")
_ACCOUNT_LABEL = re.compile(r"(?:stk|tk|số tk|số tài khoản|tài khoản)\s*[.:]*\s*(?=\d)", re.IGNORECASE)
# "CCCD: 020190001234", "020190001234 cấp ngày 10/5/2021"
_ID_LABEL = re.compile(
    r"(?:(?:số|so|thẻ|mã|no|cccd|cmnd|cmt|đdcn|ddcn|cc|căn cước(?: công dân)?|định danh(?: cá nhân)?)[\s:.\-]*)+"
    r"(?=[\dOo])",
    re.IGNORECASE,
)
_ID_TAIL = re.compile(
    r"(?<=\d)[\s,;(\-]+(?:(?:ngày |nơi )?cấp|do\b|cục\b|ca\b|công an|cccd|cmnd|cmt|đdcn|ngày).*$",
    re.IGNORECASE,
)
_ID_IN_NAME = re.compile(
    r"[\s,;(\-]*(?:số )?(?:cccd|cmnd|cmt|đdcn|ddcn|căn cước)[\s:.số]*(\d{12}|\d{9}|\d{3}(?: \d{3}){2,3})\s*\)?",
    re.IGNORECASE,
)
_QUOTES = "'\"`´‘’“”*"
_MISTYPED = str.maketrans("OoQlI|", "000111")
_DAY_IN_DECISION = re.compile(
    r"(?<!\d)(?:\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}|\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4})(?![\d/])",
    re.IGNORECASE,
)
_DECISION_LABEL = re.compile(
    r"(?:(?:quyết định|qđ)\s*)?số\s*[:.]?\s*(?=\d)|(?:quyết định|qđ)\s*[:.]?\s*(?=\d+/)", re.I
)
_BEFORE_DAY = re.compile(r"[\s,;(\-–]*(?:(?:ký\s+)?ngày\s*:?\s*)?$", re.IGNORECASE)
_BORN = re.compile(
    r"(?:sinh(?: năm| ngày)?|sn|ns)?\s*:?\s*((?:\d{1,2}/){0,2}(?:18|19|20)\d\d)", re.IGNORECASE
)
_RELATIONS = (
    "con trai|con gái|con dâu|con rể|con đẻ|con|vợ|chồng|cháu nội|cháu ngoại|cháu|anh trai|anh|chị gái|chị|em trai|em gái|em"
    "|bố đẻ|mẹ đẻ|bố|mẹ|cha|ông nội|bà nội|ông ngoại|bà ngoại|ông|bà|cô|dì|chú|bác|cậu|mợ"
)
_RELATION = rf"(?P<relation{{}}>{_RELATIONS})"
_NAME = r"(?P<name>[^\W\d_]+(?: [^\W\d_]+){1,5})"
_CALLED = r"(?:người\s+)?(?:ủy quyền|uỷ quyền|uq|giám hộ|gh|nhận thay|lĩnh thay|đại diện|nhận tiền)"
# Who receives, said in a note: "con: Nguyễn Văn A nhận thay", "Ủy quyền cho con là Nguyễn Văn A (con)".
_RECEIVERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:{_RELATION.format(1)}\s*(?:là|:|-)?\s*)?{_NAME}\s*(?:[(-]\s*{_RELATION.format(2)}\s*\)?)?\s*"
        r"(?:nhận thay|lĩnh thay|nhận hộ|lĩnh hộ)",
        rf"{_CALLED}\s*(?:cho|là|:|-)*\s*(?:{_RELATION.format(1)}\s*(?:là|:|-)?\s*)?{_NAME}"
        rf"\s*(?:[(,-]\s*{_RELATION.format(2)}\s*\)?)?",
        rf"(?:tk|tài khoản|stk)\s+(?:của|mang tên)\s*(?:{_RELATION.format(1)}\s*(?:là|:|-)?\s*)?{_NAME}"
        rf"\s*(?:[(,-]\s*{_RELATION.format(2)}\s*\)?)?",
    )
)
# Below this no benefit is paid: the list counts in thousands.
_SMALL = 100_000
# What no cell of a person's row needs; over more the patterns above would take very long.
_LONGEST, _SHOWN = 500, 60
# Without these a row says too little, whatever else stands in it; a formula's error there sends it back.
_LEFT_BLANK = frozenset(
    "stt village address unit ethnicity phone amount note relation cash_reason degree quantity".split()
)


@dataclass(frozen=True, slots=True)
class Note:
    """Something about one field of a row: a repair, a doubt or an error, by code, with the value at hand.

    `column` counts from 0, where the value stood in one column.
    """

    field: str
    code: str
    value: str
    column: int | None = None


@dataclass(slots=True)
class RowValues:
    """The values and notes of a row while it is read."""

    values: dict[str, object] = field(default_factory=dict)
    repairs: list[Note] = field(default_factory=list)
    errors: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)

    def text(self, name: str) -> str | None:
        """The value read so far, where it is a text."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def day(self, name: str) -> date | None:
        """The value read so far, where it is a day."""
        value = self.values.get(name)
        return value if isinstance(value, date) else None


@dataclass(frozen=True, slots=True)
class Habits:
    """What is known of the whole sheet.

    CCCD prefixes, this year, columns whose day and month may be swapped or are written month first, whether
    days count from 1904, amounts are in thousands, and which numbers stand for which sex.
    """

    provinces: Set[str] | None = None
    latest_year: int | None = None
    swapped: frozenset[int] = frozenset()
    month_first: frozenset[int] = frozenset()
    late_epoch: bool = False
    thousands: bool = False
    sex_codes: tuple[tuple[str, str], ...] = ()


Cell = Callable[[str], object]


def read_row(
    row: Sequence[object], texts: Sequence[str], fields: dict[str, int], habits: Habits
) -> RowValues:
    """The typed values of one person's row; `texts` are its cells as text, `fields` field -> column."""
    read = RowValues()
    filled = {
        name: _tight(row[column], texts[column])
        for name, column in fields.items()
        if column < len(row) and texts[column]
    }
    for name in [
        name for name in filled if texts[fields[name]][0] == "#" and cells.is_error(texts[fields[name]])
    ]:
        notes = read.warnings if name in _LEFT_BLANK else read.errors
        notes.append(Note(name, "excel_error", texts[fields[name]]))
        del filled[name]
    for name in [name for name in filled if len(texts[fields[name]]) > _LONGEST]:
        read.errors.append(Note(name, "too_long", texts[fields[name]][:_SHOWN] + "…"))
        del filled[name]
    cell = filled.get

    if cell("stt") is not None:
        read.values["stt"] = cells.text(cell("stt"))
    for name in _TEXT_FIELDS:
        if name in filled:
            _read_text(read, name, filled[name])
    _read_name(read, cell)
    _read_sex(read, cell, habits)
    _read_birth(read, cell, _stated_year(cell("personal_id")), habits, fields)
    _read_ids(read, cell, habits.provinces)
    _birth_of_id(read, habits.provinces)
    _read_phone(read, cell("phone"))
    _read_account(read, cell("account_no"))
    _read_decision(read, cell, habits, fields)
    _read_choices(read, cell)
    _read_numbers(read, cell, habits)
    _join_degree(read, cell("degree"))
    _find_receiver(read)
    _doubt_confused(read)
    return read


def _tight(value: object, text: str) -> object:
    """A cell's value; where it is mostly blanks, without these."""
    return names.tight(value) if isinstance(value, str) and len(value) > len(text) + 20 else value


def _read_name(read: RowValues, cell: Cell) -> None:
    value = cell("full_name")
    parts = [cell("family_name"), cell("middle_name"), cell("given_name")]
    if value is None and any(part is not None for part in parts):
        value = " ".join(cells.text(part) for part in parts if part is not None)
    elif value is not None and parts[0] is None and parts[2] is not None:
        value = f"{cells.text(value)} {cells.text(parts[2])}"
    if value is None:
        if not any(note.field in ("full_name", "family_name", "given_name") for note in read.errors):
            read.errors.append(Note("full_name", "missing", ""))
        return
    if isinstance(value, str) and names.are_several(value):
        # Kept for whoever looks for the row; the error lets nothing of it be written.
        read.values["full_name"] = cells.text(value)
        read.errors.append(Note("full_name", "several_people", cells.text(value)))
        return
    if isinstance(value, str) and any(map(str.isdigit, value)):
        number = _ID_IN_NAME.search(value)
        if number:
            value = value.replace(number[0], " ")
            read.values["personal_id"] = re.sub(r"\D", "", number[1])
            read.repairs.append(Note("personal_id", "taken_from_name", number[1]))
    _read_text(read, "full_name", value)
    found = str(read.values["full_name"])
    name, note = names.split_notes(found)
    if name != found:
        read.repairs.append(Note("full_name", "note_taken_out", note or found))
        if note:
            read.values["note"] = "; ".join(filter(None, (str(read.values.get("note") or ""), note)))
    proper = names.proper_case(name)
    if proper != name:
        read.repairs.append(Note("full_name", "capitals", proper))
    read.values["full_name"] = proper
    if not any(map(str.isalpha, proper)) or sum(map(str.isdigit, proper)) > 3:
        read.errors.append(Note("full_name", "no_name", found))
    _read_fate(read, note, str(read.values.get("note") or ""))


def _read_fate(read: RowValues, in_name: str, in_note: str) -> None:
    """A row that says its person has died or left grants nothing: it goes back, for a change to be decided."""
    for text in {part.strip() for part in (*in_name.split(";"), *in_note.split(";"))}:
        key = names.search_key(text)
        if _DIED.fullmatch(key):
            read.errors.append(Note("note", "says_died", text))
        elif _LEFT.fullmatch(key):
            read.errors.append(Note("note", "says_left", text))


def _read_text(read: RowValues, name: str, value: object) -> None:
    found = cells.text(value)
    read.values[name] = found
    if isinstance(value, str) and found != " ".join(value.split()):
        read.repairs.append(Note(name, "unicode", found))


def _read_sex(read: RowValues, cell: Cell, habits: Habits) -> None:
    value = cell("sex")
    if value is not None:
        sex = dict(habits.sex_codes).get(cells.text(value)) or cells.parse_sex(value)
        if sex is None and names.search_key(cells.text(value)) and cells.says_none(value):
            return
        if sex is None:
            read.errors.append(Note("sex", "unreadable", cells.text(value)))
        else:
            read.values["sex"] = sex
        return
    marked = [
        sex
        for sex, columns in (("Male", ("sex_male", "birth_male")), ("Female", ("sex_female", "birth_female")))
        if any(cell(column) is not None and cells.text(cell(column)) not in ("0", "-") for column in columns)
    ]
    if len(marked) == 1:
        read.values["sex"] = marked[0]
    elif marked:
        read.errors.append(Note("sex", "both_marked", ""))


def _stated_year(value: object) -> int | None:
    """The birth year the row's CCCD states, to read a two-digit year by."""
    try:
        return cccd.birth_year(cccd.compact(value)) if value is not None and cccd.is_valid(value) else None
    except BadIdentifier:
        return None


def _read_birth(
    read: RowValues, cell: Cell, hint: int | None, habits: Habits, fields: dict[str, int]
) -> None:
    found: cells.CellDate | None = None
    apart = _birth_apart(cell)
    for name in ("date_of_birth", "birth_male", "birth_female", "sex_male", "sex_female"):
        value = apart if name == "date_of_birth" and apart else cell(name)
        if value is None or (name in ("sex_male", "sex_female") and not _is_year(value)):
            continue
        first = fields.get(name) in habits.month_first
        found = cells.parse_date(value, hint, habits.latest_year, first, habits.late_epoch)
        if found is None:
            read.errors.append(Note("date_of_birth", "unreadable", cells.text(value), fields.get(name)))
            return
        # A date cell of a sheet whose text dates never have a day below 13: Excel may have read 5/8 as 8/5.
        if fields.get(name) in habits.swapped and isinstance(value, (date, datetime)):
            read.warnings.append(Note("date_of_birth", "may_be_swapped", f"{found.value:%d/%m/%Y}"))
        break
    value = cell("birth_year") if not apart else None
    if value is not None:
        # Lists put a full date under "Năm sinh" as well.
        by_year = cells.parse_date(value, hint, habits.latest_year, late_epoch=habits.late_epoch)
        if by_year is None:
            read.errors.append(Note("birth_year", "unreadable", cells.text(value)))
            return
        read.values["birth_year"] = by_year.value.year
        if found is not None and found.value.year != by_year.value.year:
            read.errors.append(Note("birth_year", "differs_from_date_of_birth", cells.text(value)))
        found = found or by_year
    if found is None:
        found = _born_in_note(read)
    if found is None:
        return
    read.values["date_of_birth"] = found.value
    read.values["dob_precision"] = found.precision
    if found.repair:
        read.repairs.append(Note("date_of_birth", found.repair, found.value.isoformat()))


def _is_year(value: object) -> bool:
    """Whether a cell under Nam or Nữ holds the year of birth itself, not a mark."""
    return bool(re.fullmatch(r"(?:\d{1,2}/){0,2}(?:18|19|20)\d\d", cells.text(value)))


def _born_in_note(read: RowValues) -> cells.CellDate | None:
    """The birth written behind the name: "Nguyễn Văn A (1950)", "Nguyễn Văn A - SN 1950"."""
    if any(note.field in ("date_of_birth", "birth_year") for note in read.errors):
        return None
    for text in str(read.values.get("note") or "").split("; "):
        said = _BORN.fullmatch(text.strip(" ,.-"))
        found = cells.parse_date(said[1]) if said else None
        if found:
            return cells.CellDate(found.value, found.precision, "birth_in_name")
    return None


def _birth_apart(cell: Cell) -> str | None:
    """Day, month and year of three columns as one date; blanks stand for what is not known."""
    year = cell("birth_year")
    if year is None or (cell("birth_day") is None and cell("birth_month") is None):
        return None
    return f"{cells.text(cell('birth_day')) or 0}/{cells.text(cell('birth_month')) or 0}/{cells.text(year)}"


def _read_ids(read: RowValues, cell: Cell, provinces: Set[str] | None) -> None:
    born, sex = read.day("date_of_birth"), read.text("sex")
    beside_name = read.values.pop("personal_id", None)
    if beside_name:
        _read_id(read, "personal_id", beside_name, sex, born, provinces)
    for name in ("personal_id", "old_id"):
        value = cell(name)
        if value is None or _nothing(read, name, value):
            continue
        if name == "personal_id" and _is_certificate(read, value, born):
            continue
        for part in _several_numbers(read, name, value):
            _read_id(read, name, part, sex, born, provinces)
    value = cell("representative_id")
    if value is not None and not _nothing(read, "representative_id", value):
        _read_id(read, "representative_id", value, None, None, provinces)
        if "representative_name" not in read.values and read.values.get("personal_id") == read.values.get(
            "representative_id", ""
        ):
            # "Số CCCD chủ TK" repeats the person's own number where the account is his.
            own = str(read.values.pop("representative_id"))
            read.repairs.append(Note("representative_id", "own_number", own))


def _birth_of_id(read: RowValues, provinces: Set[str] | None) -> None:
    """Where no birth is written, the identity number states the year."""
    number = read.values.get("personal_id")
    if "date_of_birth" in read.values or not number or str(number)[:3] not in (provinces or ()):
        return
    if any(note.field in ("date_of_birth", "birth_year", "personal_id") for note in read.errors):
        return
    year = cccd.birth_year(str(number))
    read.values["date_of_birth"], read.values["dob_precision"] = date(year, 1, 1), "Year"
    read.repairs.append(Note("date_of_birth", "year_of_id", str(year)))


def _nothing(read: RowValues, name: str, value: object) -> bool:
    """Whether the cell only says that there is no number; what it said is kept among the repairs."""
    if not cells.says_none(value):
        return False
    if any(letter.isalpha() for letter in cells.text(value)):
        read.repairs.append(Note(name, "says_none", cells.text(value)))
    return True


def _is_certificate(read: RowValues, value: object, born: date | None) -> bool:
    """A child's birth certificate ("45/2019") in the column of identity numbers."""
    found = _CERTIFICATE.fullmatch(cells.text(value)) if isinstance(value, str) else None
    if not found or born is None or int(found[1][-4:]) < born.year:
        return False
    number = re.sub(r"\s", "", found[1])
    read.values.setdefault("birth_certificate_no", number)
    read.repairs.append(Note("birth_certificate_no", "birth_certificate", number))
    return True


def _several_numbers(read: RowValues, name: str, value: object) -> list[object]:
    """A new and an old number in one cell: "020080001234 (CMND 080123456)"."""
    if not isinstance(value, str) or value.isdigit():
        return [value]
    found = re.findall(r"\d+", cells.text(value))
    if sorted(map(len, found)) == [9, 12]:
        read.repairs.append(Note(name, "two_in_one_cell", cells.text(value)))
        return list(found)
    text = cells.text(value).strip(_QUOTES + " .,;")
    bare = _ID_TAIL.sub("", _ID_LABEL.sub("", text, count=1))
    if bare != text and re.fullmatch(r"[\d\s.\-]{8,20}", bare):
        read.repairs.append(Note(name, "text_taken_off", text))
    elif bare != text:
        bare = text
    return [bare]


def _read_id(
    read: RowValues,
    name: str,
    value: object,
    sex: str | None,
    born: date | None,
    provinces: Set[str] | None,
) -> None:
    try:
        compact = cccd.compact(value)
        repaired = None if cccd.is_valid(compact) else cccd.repair(compact, sex, born, provinces)
        if repaired:
            read.repairs.append(Note(name, "leading_zero", repaired))
            compact = repaired
        elif not compact.isdigit() and born is not None and provinces:
            typed = str(value).strip().translate(_MISTYPED)
            # An O for a zero: only where province, sex and year of birth all speak for the number.
            if cccd.is_valid(typed) and not cccd.validate(typed, sex, born, provinces):
                read.repairs.append(Note(name, "letter_for_digit", cells.text(value)))
                compact = cccd.compact(typed)
        nine = (cmnd.repair(value) if not isinstance(value, str) else None) or compact
        if cmnd.is_valid(nine):
            _keep_old_id(read, name, nine)
            return
        findings = cccd.validate(compact, sex, born, provinces)
    except BadIdentifier as error:
        read.errors.append(Note(name, "bad_number", f"{cells.text(value)}: {error.data['problem']}"))
        return
    target = "personal_id" if name == "old_id" else name
    if target in read.values and read.values[target] != compact:
        read.errors.append(Note(name, "two_numbers", compact))
        return
    read.values[target] = compact
    for finding in findings:
        read.warnings.append(Note(target, finding.code, compact))


def _keep_old_id(read: RowValues, name: str, number: str) -> None:
    target = "representative_id" if name == "representative_id" else "old_id"
    read.values.setdefault(target, number)
    if name == "personal_id":
        read.repairs.append(Note("old_id", "nine_digits_are_cmnd", number))


def _read_phone(read: RowValues, value: object) -> None:
    if value is None or _nothing(read, "phone", value):
        return
    value = _first_phone(read, value)
    try:
        for finding in phone.validate(value):
            read.warnings.append(Note("phone", finding.code, cells.text(value)))
    except BadIdentifier:
        # A wrong phone number stops no payment; it is left out and said.
        read.warnings.append(Note("phone", "bad_number", cells.text(value)))
        return
    number = phone.compact(value)
    read.values["phone"] = number
    if number != re.sub(r"\D", "", cells.text(value)):
        read.repairs.append(Note("phone", "renumbered", number))


def _first_phone(read: RowValues, value: object) -> object:
    """The first of several numbers in one cell: "0912345678 - 0362345678 (con)"."""
    if not isinstance(value, str):
        return value
    several = [part for part in re.split(r"[/;,\n(]|\s-\s|\s+hoặc\s+", value) if phone.is_valid(part.strip())]
    if several and several[0].strip() != value.strip():
        read.repairs.append(Note("phone", "first_of_several", cells.text(value)))
        return several[0].strip()
    return value


def _read_account(read: RowValues, value: object) -> None:
    if value is None or _nothing(read, "account_no", value):
        return
    if isinstance(value, str):
        if cells.parse_method(value) == "Cash" and not re.search(r"\d", value):
            read.values.setdefault("payment_method", "Cash")
            read.repairs.append(Note("account_no", "says_cash", cells.text(value)))
            return
        value = _split_bank(read, value)
    try:
        findings = account.validate(value)
    except BadIdentifier as error:
        read.errors.append(Note("account_no", "bad_number", f"{cells.text(value)}: {error.data['problem']}"))
        return
    number = account.compact(value)
    read.values["account_no"] = number
    for finding in findings:
        read.warnings.append(Note("account_no", finding.code, number))


def _split_bank(read: RowValues, value: str) -> str:
    """Number and bank in one cell, where no column names the bank."""
    if value.isdigit():
        return value
    found = _ACCOUNT_LABEL.sub("", cells.text(value), count=1).strip(_QUOTES)
    for pattern, number, bank in ((_NUMBER_AND_BANK, 1, 2), (_BANK_AND_NUMBER, 2, 1)):
        both = pattern.fullmatch(found)
        if not both or re.fullmatch(r"(?:stk|tk|số|so|tài khoản|số tk|số tài khoản)[ .:]*", both[bank], re.I):
            continue
        if "bank" not in read.values:
            read.values["bank"] = both[bank].strip(" -–,;:()")
            read.repairs.append(Note("bank", "taken_from_account", found))
        return both[number]
    return found


def _read_decision(read: RowValues, cell: Cell, habits: Habits, fields: dict[str, int]) -> None:
    value = cell("decision_date")
    if value is not None:
        first = fields.get("decision_date") in habits.month_first
        hint = _this_century(value, habits.latest_year)
        found = cells.parse_date(value, hint, habits.latest_year, first, habits.late_epoch)
        if found is None or found.precision != "Day":
            read.errors.append(Note("decision_date", "unreadable", cells.text(value)))
        else:
            read.values["decision_date"] = found.value
    number = read.values.get("decision_no")
    if number:
        _divide_decision(read, str(number))
    value = cell("effective_from")
    if value is not None:
        month = cells.parse_month(value)
        if month is None:
            read.errors.append(Note("effective_from", "unreadable", cells.text(value)))
        else:
            read.values["effective_from"] = month


def _divide_decision(read: RowValues, text: str) -> None:
    """Number and day of a decision written in one cell: "Số 12/QĐ-UBND ngày 15/4/2024"."""
    number, day = _decision(text)
    read.values["decision_no"] = number
    if day and "decision_date" not in read.values:
        read.values["decision_date"] = day


def _this_century(value: object, latest_year: int | None) -> int | None:
    """The year that two digits at the end of a decision's date mean: no decision here is a hundred years old."""
    if not isinstance(value, str) or not latest_year:
        return None
    digits = re.search(r"\D(\d{2})$", cells.text(value))
    return 2000 + int(digits[1]) if digits and 2000 + int(digits[1]) <= latest_year else None


@lru_cache(maxsize=4096)
def _decision(text: str) -> tuple[str, date | None]:
    place = _DAY_IN_DECISION.search(text)
    day = cells.parse_date(place[0]) if place else None
    before = _BEFORE_DAY.sub("", text[: place.start()]) if place and day else text
    if day and not re.search(r"\d", before):
        before, day = text, None
    number = _DECISION_LABEL.sub("", before, count=1) if _DECISION_LABEL.match(before) else before
    return number.strip(" ,;-("), day.value if day and day.precision == "Day" else None


def _read_choices(read: RowValues, cell: Cell) -> None:
    for name, parse in (("payment_method", cells.parse_method), ("payee_type", cells.parse_payee)):
        value = cell(name)
        if value is None:
            continue
        choice = parse(value)
        if choice is None and cells.says_none(value):
            continue
        if choice is None:
            read.errors.append(Note(name, "unknown_choice", cells.text(value)))
        else:
            read.values[name] = choice


def _read_numbers(read: RowValues, cell: Cell, habits: Habits) -> None:
    for name in ("amount", "quantity"):
        value = cell(name)
        if value is None:
            continue
        number = cells.parse_amount(value)
        if number is None or number < 0:
            # What is due follows from the law: an amount nobody can read is only said.
            if name == "quantity":
                read.errors.append(Note(name, "unreadable", cells.text(value)))
            elif not cells.says_none(value):
                read.warnings.append(Note(name, "unreadable", cells.text(value)))
        elif name == "amount" and 0 < number < _SMALL:
            if habits.thousands:
                read.values[name] = number * 1000
                read.repairs.append(Note(name, "in_thousands", cells.text(value)))
            else:
                read.warnings.append(Note(name, "too_small", cells.text(value)))
        else:
            read.values[name] = number


def _join_degree(read: RowValues, degree: object) -> None:
    """The degree of a disability in a column of its own completes the category: "Người khuyết tật" | "Nặng"."""
    if degree is None:
        return
    category = str(read.values.get("category") or "")
    both = f"{category or 'Khuyết tật'} {cells.text(degree)}"
    if not code_in_words(category) and code_in_words(both):
        read.values["category"] = both
        read.repairs.append(Note("category", "degree_joined", both))


def _find_receiver(read: RowValues) -> None:
    """Who receives for the person, where only the note says so."""
    if "representative_name" in read.values:
        return
    note = read.values.get("note")
    if not note:
        return
    for text in str(note).split("; "):
        found = next(
            (match for pattern in _RECEIVERS if (match := pattern.fullmatch(text.strip(" .,;")))), None
        )
        if found and names.is_whole_name(found["name"]):
            read.values["representative_name"] = names.proper_case(found["name"])
            read.repairs.append(Note("representative_name", "taken_from_note", text))
            relation = found["relation1"] or found["relation2"]
            if relation:
                read.values.setdefault("relation", relation.lower())
            return


def _doubt_confused(read: RowValues) -> None:
    """A phone number among the accounts and an account among the phone numbers: the columns are confused."""
    number = read.values.get("account_no")
    wrong = next(
        (note.value for note in read.warnings if (note.field, note.code) == ("phone", "bad_number")), ""
    )
    if number and wrong and phone.is_valid(number) and account.is_valid(wrong):
        read.errors.append(Note("account_no", "phone_and_account", f"{number}, {wrong}"))
        del read.values["account_no"]
