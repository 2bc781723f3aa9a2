"""A stranger's sheet as records: where the table is, what each column means, what each row is.

Every row that holds anything comes out: as a person's record, or as a row left out with the reason why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from . import cells, fonts, names
from .errors import BadTable
from .headers import LEVELS, confidence, field_of, weigh_columns
from .identity import cccd
from .person_row import Habits, Note, RowValues, read_row

Grid = Iterable[Sequence[object]]  # rows that can be gone through more than once

_LOOK_AT_ROWS = 60
_HEADER_ROWS = 3
_SURVEYED_ROWS = 2000
_VILLAGE = re.compile(
    r"(?:(?:[ivx\d]+|[a-z*+-])[.)\-/:\s]+)?(?:thôn|bản|khối|xóm|tổ dân phố|tổ dp|tdp|tổ|khu phố|khu|ấp"
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
# Fields whose column is what the heading of a group of rows says when the column is empty.
_OLD_FONT = "old_font"


@dataclass(frozen=True, slots=True)
class Table:
    """Where a table stands in a grid (rows from 0) and which column holds which field.

    `confidence`: field -> Sure, Likely or Guess.
    """

    header_row: int
    header_rows: int
    headers: tuple[str, ...]
    columns: dict[str, int]
    confidence: dict[str, str] = field(default_factory=dict)

    @property
    def first_row(self) -> int:
        return self.header_row + self.header_rows


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


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is no person's: its kind (title, header, numbering, sum, signature, heading, no_person)."""

    sheet: str
    row: int
    kind: str
    text: str


@dataclass(slots=True)
class _State:
    """What earlier rows say of those below them."""

    village: str = ""
    group: str = ""
    unit: str = ""
    signed: bool = False


def find_table(grid: Grid) -> Table:
    """The header of the table in the grid: after any title block, one to three rows high. Raises BadTable.

    Merged header cells may be filled in every cell, or in their first one only.
    """
    head = list(islice(iter(grid), _LOOK_AT_ROWS + _HEADER_ROWS))
    best: Table | None = None
    for start in range(min(len(head), _LOOK_AT_ROWS)):
        for height in range(1, min(_HEADER_ROWS, len(head) - start) + 1):
            headers = _joined_headers(head[start : start + height])
            weighed = weigh_columns(headers)
            columns = {name: column for name, (column, _weight) in weighed.items()}
            if not has_name(columns) or len(columns) < 2:
                continue
            if height > 1 and _looks_like_data(head[start + height - 1], columns):
                break
            # A single text above a header adds nothing to it: "ĐVT: đồng".
            shorter = (
                best is not None
                and start > best.header_row
                and start + height == best.first_row
                and all(_is_one_text(row) for row in head[best.header_row : start])
            )
            if best is None or len(columns) > len(best.columns) - shorter:
                sure = {name: confidence(weight) for name, (_column, weight) in weighed.items()}
                best = Table(start, height, headers, columns, sure)
    if best is None:
        raise BadTable(problem="no header row with a name column and at least one more known column")
    return best


def _is_one_text(row: Sequence[object]) -> bool:
    return len({text for value in row if (text := cells.text(value))}) <= 1


def has_name(columns: dict[str, int]) -> bool:
    """Whether the columns hold people's names, in one column or in two."""
    return "full_name" in columns or {"family_name", "given_name"} <= columns.keys()


def read_records(
    grid: Grid,
    sheet: str = "",
    provinces: Set[str] | None = None,
    columns: dict[str, int] | None = None,
    latest_year: int | None = None,
) -> list[Record]:
    """Every person's row of the grid, in order; village headings fill the village, sums are left out.

    `provinces`: known CCCD prefixes, without which no leading zero is put back. `columns`: a saved mapping
    (field -> column) that overrides what the headers say. `latest_year`: no date lies after it. Raises BadTable.
    """
    reader = SheetReader(grid, sheet, provinces, columns, latest_year)
    return [row for row in reader if isinstance(row, Record)]


class SheetReader:
    """Goes through a sheet row by row, in bounded memory; each round gives Records and LeftOuts in order.

    `table` is what was found, with the columns that the cells below the header speak for; `font` the old
    one-byte font of the whole sheet, if it is typed in one. Raises BadTable.
    """

    def __init__(
        self,
        grid: Grid,
        sheet: str = "",
        provinces: Set[str] | None = None,
        columns: dict[str, int] | None = None,
        latest_year: int | None = None,
    ) -> None:
        self.grid, self.sheet = grid, sheet
        self.font = fonts.font_of(_suspects(grid))
        head = [_decoded(row, self.font)[0] for row in islice(iter(grid), _LOOK_AT_ROWS + _HEADER_ROWS)]
        self.table = find_table(head)
        below = islice(iter(grid), self.table.first_row, _SURVEYED_ROWS)
        self._sample = [_decoded(row, self.font)[0] for row in below]
        self._learn_from_cells(self._sample, provinces)
        self.fields = self.table.columns
        self.habits = Habits(provinces, latest_year)
        self.use(self.table.columns if columns is None else columns)

    def __iter__(self) -> Iterator[Record | LeftOut]:
        state, fields = _State(), self.fields
        for index, raw in enumerate(self.grid):
            row, converted = _decoded(raw, self.font)
            texts = [cells.text(value) for value in row]
            if not any(texts):
                continue
            if index < self.table.first_row:
                kind = "header" if index >= self.table.header_row else "title"
            else:
                kind = _kind(texts, fields, state)
                if kind == "header":
                    fields = self._columns_below(row) or fields
            if kind is not None:
                yield LeftOut(self.sheet, index + 1, kind, " ".join(dict.fromkeys(filter(None, texts)))[:140])
                continue
            read = read_row(row, texts, fields, self.habits)
            _note_fonts(read, converted, fields, texts)
            _fill_from_above(read, state)
            yield Record(
                sheet=self.sheet,
                row=index + 1,
                values=read.values,
                repairs=tuple(read.repairs),
                errors=tuple(read.errors),
                raw=tuple(raw),
                warnings=tuple(read.warnings),
            )

    def _columns_below(self, row: Sequence[object]) -> dict[str, int] | None:
        """The columns of a second table under the first one, when its header is another one."""
        headers = _joined_headers([row])
        again = [text for text in headers if text]
        first = {part for header in self.table.headers for part in header.split(LEVELS)}
        if all(text in first for text in again):
            return None
        columns = {name: column for name, (column, _weight) in weigh_columns(headers).items()}
        return columns if has_name(columns) and len(columns) >= 3 else None

    @property
    def row_count(self) -> int:
        """How many rows the sheet has, blank ones too."""
        return len(self.grid) if hasattr(self.grid, "__len__") else sum(1 for _row in self.grid)

    def people(self) -> Iterator[tuple[object, ...]]:
        """The cells of people's rows, one after another, old fonts in Unicode."""
        return (tuple(_decoded(row.raw, self.font)[0]) for row in self if isinstance(row, Record))

    def use(self, columns: dict[str, int]) -> None:
        """Read by other columns than the ones found (field -> column)."""
        self.fields = columns
        self.habits = Habits(
            self.habits.provinces, self.habits.latest_year, _swapped_columns(self._sample, columns)
        )

    def _learn_from_cells(self, sample: list, provinces: Set[str] | None) -> None:
        """Columns without a telling header: identity numbers, and the second half of a divided name."""
        columns, sure = self.table.columns, self.table.confidence
        taken = set(columns.values())
        for column in range(max((len(row) for row in sample), default=0)):
            if column in taken or not sample:
                continue
            header = self.table.headers[column] if column < len(self.table.headers) else ""
            filled = [row[column] for row in sample if column < len(row) and cells.text(row[column])]
            beside = columns.get("full_name")
            if beside is not None and column == beside + 1 and "given_name" not in columns:
                same = not header or field_of(header) and field_of(header)[0] == "full_name"
                if same and _are_given_names(sample, beside, column):
                    columns["given_name"], sure["given_name"] = column, "Likely"
                    continue
            known = field_of(header) if header else None
            if known is None and "personal_id" not in columns and _are_ids(filled, provinces):
                columns["personal_id"], sure["personal_id"] = column, "Guess"


def _suspects(grid: Grid) -> Iterator[str]:
    """The texts by which an old font would show."""
    for row in islice(iter(grid), _SURVEYED_ROWS):
        for value in row:
            if isinstance(value, str) and not value.isascii():
                yield value


def _decoded(row: Sequence[object], font: str | None) -> tuple[Sequence[object], dict[int, str]]:
    """The row with texts of old fonts in Unicode, and which columns were converted or cannot be read."""
    found: dict[int, str] = {}
    result = row
    for column, value in enumerate(row):
        if isinstance(value, str) and not value.isascii() and fonts.is_suspect(value):
            text, source = fonts.decode(value, font)
            if source is not None:
                if result is row:
                    result = list(row)
                result[column] = text
                found[column] = source
    return result, found


def _note_fonts(
    read: RowValues, converted: dict[int, str], fields: dict[str, int], texts: Sequence[str]
) -> None:
    for name, column in fields.items():
        source = converted.get(column)
        if source == fonts.BROKEN:
            read.errors.append(Note(name, "legacy_font", texts[column], column))
        elif source:
            read.repairs.append(Note(name, _OLD_FONT, f"{source}: {texts[column]}", column))


def _are_given_names(sample: list, names_at: int, column: int) -> bool:
    """Whether single words stand beside names without their last word."""
    both = [cells.text(row[column]) for row in sample if column < len(row) and cells.text(row[names_at])]
    filled = [text for text in both if text]
    single = [text for text in filled if " " not in text and text.replace("'", "").isalpha()]
    return len(filled) >= 2 and len(filled) >= 0.8 * len(both) and len(single) >= 0.9 * len(filled)


def _are_ids(filled: list, provinces: Set[str] | None) -> bool:
    """Whether nearly all cells are identity numbers of known provinces."""
    valid = [value for value in filled if cccd.is_valid(value)]
    good = [value for value in valid if not provinces or cccd.compact(value)[:3] in provinces]
    return len(good) >= 2 and len(good) >= 0.8 * len(filled)


def _swapped_columns(sample: list, fields: dict[str, int]) -> frozenset[int]:
    """Date columns in which an American Excel has turned 5/8 into 8 May: only days above 12 stayed text."""
    found = set()
    for name in ("date_of_birth", "birth_male", "birth_female"):
        column = fields.get(name)
        if column is None:
            continue
        values = [row[column] for row in sample if column < len(row)]
        dated = [value for value in values if isinstance(value, (date, datetime))]
        if len(dated) < 5 or any(one.day > 12 for one in dated):
            continue
        written = [
            read.value
            for value in values
            if isinstance(value, str) and "/" in value and (read := cells.parse_date(value))
            if read.precision == "Day"
        ]
        if len(written) >= 3 and all(one.day > 12 for one in written):
            found.add(column)
    return frozenset(found)


def _kind(texts: Sequence[str], fields: dict[str, int], state: _State) -> str | None:
    """What the row is when it is no person's; a heading says what holds below it."""
    if _is_numbering(texts):
        return "numbering"
    if _is_header_again(texts, fields):
        return "header"
    known = {name for name, column in fields.items() if column < len(texts) and texts[column]}
    evidence = any(name in known and _is_number_like(texts[fields[name]]) for name in _EVIDENCE)
    if not evidence:
        filled = [text for text in texts if text]
        label = next((text for text in filled if not _ROMAN.fullmatch(text) and not text.isdigit()), "")
        if _SUM.match(names.search_key(label)) and not _has_running_number(texts, fields):
            return "sum"
        if any(_SIGNATURE.search(names.search_key(text)) for text in filled):
            state.signed = True
            return "signature"
        heading = _heading(texts, fields, known)
        if heading is not None:
            if not state.signed:
                _take_heading(heading, state)
            return "signature" if state.signed else "heading"
        if state.signed:
            return "signature"
    if not known & {"full_name", "family_name", "given_name"} and not evidence:
        return "no_person"
    return None


def _fill_from_above(read: RowValues, state: _State) -> None:
    if state.village:
        read.values.setdefault("village", state.village)
    if state.unit:
        read.values.setdefault("unit", state.unit)
    if state.group and "category" not in read.values:
        read.values["category"] = state.group
        read.repairs.append(Note("category", "from_heading", state.group))


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
    """A header repeated on a new page, or that of another table: the word for names stands in it."""
    for column, text in enumerate(texts):
        if "tên" not in text.lower() and "ten" not in text.lower():
            continue
        found = field_of(text)
        if found is None or found[0] not in ("full_name", "family_name"):
            continue
        if column == fields.get("full_name", fields.get("family_name")) or len(weigh_columns(texts)) >= 3:
            return True
    return False


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


def _take_heading(heading: str, state: _State) -> None:
    """Set the village, group or unit that hold below the heading."""
    bare = re.sub(r"^(?:[IVXivx]+|\d+|[A-Za-z*+-])[.)/\-:\s]+", "", heading).strip(" :.-")
    bare = re.sub(r"\s*[:(]\s*\d+\s*(?:người|đối tượng|hộ)?\s*\)?$", "", bare)
    key = names.search_key(bare)
    if _VILLAGE.match(bare) or (key == bare.lower() and _VILLAGE_PLAIN.match(key)):
        state.village = names.proper_case(bare)
    elif _UNIT.match(key):
        state.village, state.unit = "", names.proper_case(bare)
    else:
        state.group = bare
