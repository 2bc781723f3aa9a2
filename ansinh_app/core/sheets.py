"""A stranger's sheet as records: where the table is, what each column means, what each row holds."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import date

from . import cells, names
from .errors import BadIdentifier, BadTable
from .headers import LEVELS, field_of, map_columns
from .identity import account, cccd, cmnd, phone

Grid = Sequence[Sequence[object]]

_LOOK_AT_ROWS = 60
_HEADER_ROWS = 3
_VILLAGE = re.compile(
    r"(?:[ivx\d]+[.)\-/\s]+)?(?:thôn|bản|khối|xóm|tổ dân phố|tổ dp|tdp|tổ|khu phố|khu|ấp"
    r"|làng|khóm|buôn|phum|sóc)\b",
    re.IGNORECASE,
)
_VILLAGE_PLAIN = re.compile(
    r"(?:[ivx\d]+ )?(?:thon|khoi|xom|to dan pho|to dp|to \d+|khu pho|khu \d+|ap|khom|buon)\b"
)
_UNIT = re.compile(r"(?:[ivx\d]+ )?(?:xa|phuong|thi tran|huyen|thanh pho|tinh)\b")
_SUM = re.compile(
    r"(?:[ivx\d]+ )?(?:tong(?: cong| so| tien| toan)?|cong(?: don| trang| thon| khoi| xa)?"
    r"|mang sang|chuyen trang|luy ke|bang chu|so tien bang chu|so tien viet bang chu)\b"
)
_SIGNATURE = re.compile(
    r"nguoi lap|lap bieu|thu truong|chu tich|ke toan|noi nhan|xac nhan|ky ten|ky ghi ro|dong dau|giam doc"
    r"|truong phong|can bo|\bngay\b.*\bthang\b.*\bnam\b|^t m |^tm "
)
_ROMAN = re.compile(r"[ivx]+", re.IGNORECASE)
# What only a person's row carries, never a subtotal, a village heading or a signature.
_EVIDENCE = (
    "personal_id",
    "old_id",
    "date_of_birth",
    "birth_year",
    "birth_male",
    "birth_female",
    "account_no",
)
_TEXT_FIELDS = (
    "full_name",
    "village",
    "address",
    "category",
    "decision_no",
    "bank",
    "account_name",
    "representative_name",
    "relation",
    "cash_reason",
    "note",
    "ethnicity",
)


@dataclass(frozen=True, slots=True)
class Table:
    """Where a table stands in a grid (rows from 0) and which column holds which field."""

    header_row: int
    header_rows: int
    headers: tuple[str, ...]
    columns: dict[str, int]

    @property
    def first_row(self) -> int:
        return self.header_row + self.header_rows


@dataclass(frozen=True, slots=True)
class Note:
    """Something about one field of a row: a repair, a doubt or an error, by code, with the value at hand."""

    field: str
    code: str
    value: str


@dataclass(frozen=True, slots=True)
class Record:
    """One row: typed values by field, what was repaired, what is wrong, what is doubtful, and the raw cells.

    `row` counts from 1 as the reader of the sheet sees it. Values: dates, core Months (effective_from),
    integers (stt stays text, amount in đồng, quantity, birth_year), text for all else; dob_precision is set
    with date_of_birth. A field the sheet does not fill is not in `values`.
    """

    sheet: str
    row: int
    values: dict[str, object]
    repairs: tuple[Note, ...] = ()
    errors: tuple[Note, ...] = ()
    raw: tuple[object, ...] = ()
    warnings: tuple[Note, ...] = ()


@dataclass(slots=True)
class _Row:
    """The notes of a row while it is read."""

    values: dict[str, object] = field(default_factory=dict)
    repairs: list[Note] = field(default_factory=list)
    errors: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)


def find_table(grid: Grid) -> Table:
    """The header of the table in the grid: after any title block, one to three rows high. Raises BadTable.

    Merged header cells may be filled in every cell, or in their first one only.
    """
    best: Table | None = None
    for start in range(min(len(grid), _LOOK_AT_ROWS)):
        for height in range(1, min(_HEADER_ROWS, len(grid) - start) + 1):
            headers = _joined_headers(grid[start : start + height])
            columns = map_columns(headers)
            if "full_name" not in columns or len(columns) < 2:
                continue
            if height > 1 and _looks_like_data(grid[start + height - 1], columns):
                break
            if best is None or len(columns) > len(best.columns):
                best = Table(start, height, headers, columns)
    if best is None:
        raise BadTable(problem="no header row with a name column and at least one more known column")
    return best


def read_records(
    grid: Grid,
    sheet: str = "",
    provinces: Set[str] | None = None,
    columns: dict[str, int] | None = None,
) -> list[Record]:
    """Every person's row of the grid, in order; village headings fill the village, sums are left out.

    `provinces`: known CCCD prefixes, without which no leading zero is put back. `columns`: a saved mapping
    (field -> column) that overrides what the headers say. Raises BadTable.
    """
    table = find_table(grid)
    fields = table.columns if columns is None else columns
    records: list[Record] = []
    village = group = ""
    signed = False
    for index in range(table.first_row, len(grid)):
        row = grid[index]
        texts = [cells.text(value) for value in row]
        filled = [text for text in texts if text]
        if not filled or _is_numbering(texts) or _is_header_again(texts, fields):
            continue
        known = {name for name, column in fields.items() if column < len(texts) and texts[column]}
        evidence = any(name in known and _is_number_like(texts[fields[name]]) for name in _EVIDENCE)
        if not evidence:
            label = next((text for text in filled if not _ROMAN.fullmatch(text) and not text.isdigit()), "")
            if _SUM.match(names.search_key(label)) and not _has_running_number(texts, fields):
                continue
            if any(_SIGNATURE.search(names.search_key(text)) for text in filled):
                signed = True
                continue
            heading = _heading(texts, fields, known)
            if heading is not None:
                village, group = _after_heading(heading, village, group)
                continue
            if signed:
                continue
        if "full_name" not in known and not evidence:
            continue
        read = _read_row(row, fields, provinces)
        if village:
            read.values.setdefault("village", village)
        if group and "category" not in read.values:
            read.values["category"] = group
            read.repairs.append(Note("category", "from_heading", group))
        records.append(
            Record(
                sheet=sheet,
                row=index + 1,
                values=read.values,
                repairs=tuple(read.repairs),
                errors=tuple(read.errors),
                raw=tuple(row),
                warnings=tuple(read.warnings),
            )
        )
    return records


def _joined_headers(header_rows: Sequence[Sequence[object]]) -> tuple[str, ...]:
    """One text per column from one to three header rows, upper texts first, repeated texts once."""
    width = max((len(row) for row in header_rows), default=0)
    levels = [[cells.text(row[i]) if i < len(row) else "" for i in range(width)] for row in header_rows]
    for level, below in zip(levels, levels[1:], strict=False):
        # A cell merged over several columns keeps its text in the first; what stands below belongs to it.
        for column in range(1, width):
            if not level[column] and below[column] and below[column - 1]:
                level[column] = level[column - 1]
    joined = []
    for column in range(width):
        parts: list[str] = []
        for level in levels:
            if level[column] and level[column] not in parts:
                parts.append(level[column])
        joined.append(LEVELS.join(parts))
    return tuple(joined)


def _looks_like_data(row: Sequence[object], columns: dict[str, int]) -> bool:
    """Whether a would-be header row is a person's row or the row of column numbers."""
    texts = [cells.text(value) for value in row]
    if _is_numbering(texts):
        return True
    return any(_is_number_like(text) for text in texts)


def _is_number_like(text: str) -> bool:
    """Digits, with fewer letters than digits: a date or number, not a sentence with a date in it."""
    digits = sum(letter.isdigit() for letter in text)
    return digits >= 4 and digits > sum(letter.isalpha() for letter in text)


def _is_numbering(texts: Sequence[str]) -> bool:
    """The row (1) (2) (3) or A B 1 2 under a header."""
    filled = [text.strip("()[] .") for text in texts if text]
    if len(filled) < 3 or not all(re.fullmatch(r"\d{1,2}|[A-Za-zĐđ]|\d{1,2}\s*=.*", text) for text in filled):
        return False
    numbers = [int(text) for text in filled if text.isdigit()]
    return numbers == sorted(numbers) and len(set(numbers)) == len(numbers)


def _is_header_again(texts: Sequence[str], fields: dict[str, int]) -> bool:
    """A header repeated on a new page: what stands in the name column is the word for names."""
    column = fields.get("full_name")
    if column is None or column >= len(texts):
        return False
    found = field_of(texts[column])
    return found is not None and found[0] == "full_name"


def _has_running_number(texts: Sequence[str], fields: dict[str, int]) -> bool:
    column = fields.get("stt")
    return column is not None and column < len(texts) and texts[column].rstrip(".").isdigit()


def _heading(texts: Sequence[str], fields: dict[str, int], known: set[str]) -> str | None:
    """The text of a heading row: one text (perhaps repeated by a merge), beside a numeral or sums only."""
    words = {text for text in texts if text and not _ROMAN.fullmatch(text) and not _is_sum_cell(text)}
    if len(words) != 1:
        return None
    (heading,) = words
    if _VILLAGE.match(heading) or _VILLAGE_PLAIN.match(names.search_key(heading)):
        return heading
    # A name alone with its running number is a person with nothing else filled in.
    if _has_running_number(texts, fields):
        return None
    return heading if known <= {"full_name", "stt"} or len(set(filter(None, texts))) == 1 else None


def _is_sum_cell(text: str) -> bool:
    return bool(re.fullmatch(r"[\d.,\s]+(?:người|đối tượng|đ|đồng)?", text))


def _after_heading(heading: str, village: str, group: str) -> tuple[str, str]:
    """The village and group that hold below the heading."""
    bare = re.sub(r"^(?:[IVXivx]+|\d+)[.)/\-:\s]+", "", heading).strip(" :.-")
    bare = re.sub(r"\s*[:(]\s*\d+\s*(?:người|đối tượng|hộ)?\s*\)?$", "", bare)
    key = names.search_key(bare)
    if _VILLAGE.match(bare) or (key == bare.lower() and _VILLAGE_PLAIN.match(key)):
        return bare, group
    if _UNIT.match(key):
        return "", group
    return village, bare


def _read_row(row: Sequence[object], fields: dict[str, int], provinces: Set[str] | None) -> _Row:
    read = _Row()

    def cell(name: str) -> object:
        column = fields.get(name)
        value = row[column] if column is not None and column < len(row) else None
        return value if cells.text(value) else None

    if cell("stt") is not None:
        read.values["stt"] = cells.text(cell("stt"))
    for name in _TEXT_FIELDS:
        if cell(name) is not None:
            _read_text(read, name, cell(name))
    if "full_name" not in read.values:
        read.errors.append(Note("full_name", "missing", ""))
    _read_sex(read, cell)
    hint = _stated_year(cell("personal_id"))
    _read_birth(read, cell, hint)
    _read_ids(read, cell, provinces)
    _read_phone(read, cell("phone"))
    _read_account(read, cell("account_no"))
    _read_decision(read, cell)
    _read_choices(read, cell)
    _read_numbers(read, cell)
    return read


def _read_text(read: _Row, name: str, value: object) -> None:
    found = cells.text(value)
    read.values[name] = found
    if names.is_legacy_font(found):
        read.errors.append(Note(name, "legacy_font", found))
    elif isinstance(value, str) and found != " ".join(value.split()):
        read.repairs.append(Note(name, "unicode", found))


def _read_sex(read: _Row, cell) -> None:
    value = cell("sex")
    if value is not None:
        sex = cells.parse_sex(value)
        if sex is None:
            read.errors.append(Note("sex", "unreadable", cells.text(value)))
        else:
            read.values["sex"] = sex
        return
    marked = [
        sex
        for sex, columns in (("Male", ("sex_male", "birth_male")), ("Female", ("sex_female", "birth_female")))
        if any(cell(column) is not None for column in columns)
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


def _read_birth(read: _Row, cell, hint: int | None) -> None:
    found: cells.CellDate | None = None
    for name in ("date_of_birth", "birth_male", "birth_female"):
        value = cell(name)
        if value is None:
            continue
        found = cells.parse_date(value, hint)
        if found is None:
            read.errors.append(Note("date_of_birth", "unreadable", cells.text(value)))
            return
        break
    value = cell("birth_year")
    if value is not None:
        # Lists put a full date under "Năm sinh" as well.
        by_year = cells.parse_date(value, hint)
        if by_year is None:
            read.errors.append(Note("birth_year", "unreadable", cells.text(value)))
            return
        read.values["birth_year"] = by_year.value.year
        if found is not None and found.value.year != by_year.value.year:
            read.errors.append(Note("birth_year", "differs_from_date_of_birth", cells.text(value)))
        found = found or by_year
    if found is None:
        return
    read.values["date_of_birth"] = found.value
    read.values["dob_precision"] = found.precision
    if found.repair:
        read.repairs.append(Note("date_of_birth", found.repair, found.value.isoformat()))


def _read_ids(read: _Row, cell, provinces: Set[str] | None) -> None:
    born, sex = read.values.get("date_of_birth"), read.values.get("sex")
    for name in ("personal_id", "old_id"):
        value = cell(name)
        if value is not None:
            _read_id(read, name, value, sex, born, provinces)
    value = cell("representative_id")
    if value is not None:
        _read_id(read, "representative_id", value, None, None, provinces)


def _read_id(
    read: _Row, name: str, value: object, sex: str | None, born: date | None, provinces: Set[str] | None
) -> None:
    try:
        compact = cccd.compact(value)
        repaired = None if cccd.is_valid(compact) else cccd.repair(compact, sex, born, provinces)
        if repaired:
            read.repairs.append(Note(name, "leading_zero", repaired))
            compact = repaired
        nine = cmnd.repair(value) or compact
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


def _keep_old_id(read: _Row, name: str, number: str) -> None:
    target = "representative_id" if name == "representative_id" else "old_id"
    read.values.setdefault(target, number)
    if name == "personal_id":
        read.repairs.append(Note("old_id", "nine_digits_are_cmnd", number))


def _read_phone(read: _Row, value: object) -> None:
    if value is None:
        return
    try:
        for finding in phone.validate(value):
            read.warnings.append(Note("phone", finding.code, cells.text(value)))
    except BadIdentifier:
        # A wrong phone number stops no payment; it is left out and said.
        read.warnings.append(Note("phone", "bad_number", cells.text(value)))
        return
    read.values["phone"] = phone.compact(value)
    if read.values["phone"] != re.sub(r"\D", "", cells.text(value)):
        read.repairs.append(Note("phone", "renumbered", read.values["phone"]))


def _read_account(read: _Row, value: object) -> None:
    if value is None:
        return
    try:
        findings = account.validate(value)
    except BadIdentifier as error:
        read.errors.append(Note("account_no", "bad_number", f"{cells.text(value)}: {error.data['problem']}"))
        return
    read.values["account_no"] = account.compact(value)
    for finding in findings:
        read.warnings.append(Note("account_no", finding.code, read.values["account_no"]))


def _read_decision(read: _Row, cell) -> None:
    value = cell("decision_date")
    if value is not None:
        found = cells.parse_date(value)
        if found is None or found.precision != "Day":
            read.errors.append(Note("decision_date", "unreadable", cells.text(value)))
        else:
            read.values["decision_date"] = found.value
    number = read.values.get("decision_no")
    if number:
        # "12/QĐ-UBND ngày 15/4/2024" in one cell.
        both = re.fullmatch(r"(.+?)[\s,;(]*(?:ngày|ngay)\s*:?\s*(\S.*?)\)?", number, re.IGNORECASE)
        day = cells.date_in(both[2]) if both else None
        if day is not None:
            read.values["decision_no"] = both[1].strip(" ,;-(")
            read.values.setdefault("decision_date", day)
    value = cell("effective_from")
    if value is not None:
        month = cells.parse_month(value)
        if month is None:
            read.errors.append(Note("effective_from", "unreadable", cells.text(value)))
        else:
            read.values["effective_from"] = month


def _read_choices(read: _Row, cell) -> None:
    for name, parse in (("payment_method", cells.parse_method), ("payee_type", cells.parse_payee)):
        value = cell(name)
        if value is None:
            continue
        choice = parse(value)
        if choice is None:
            read.errors.append(Note(name, "unknown_choice", cells.text(value)))
        else:
            read.values[name] = choice


def _read_numbers(read: _Row, cell) -> None:
    for name in ("amount", "quantity"):
        value = cell(name)
        if value is None:
            continue
        number = cells.parse_amount(value)
        if number is None or number < 0:
            read.errors.append(Note(name, "unreadable", cells.text(value)))
        else:
            read.values[name] = number
