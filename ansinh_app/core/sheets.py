"""A stranger's sheet as records: where the table is, what each column means, what each row is.

Every row that holds anything comes out: as a person's record, or as a row left out with the reason why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set, Sized
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice

from . import cells, fonts, names
from .category_words import code_in_title, code_in_words
from .errors import BadTable
from .headers import LEVELS, NAMES, confidence, field_of, search, weigh_columns
from .identity import cccd
from .person_row import Habits, Note, RowValues, read_row

Grid = Iterable[Sequence[object]]  # rows that can be gone through more than once
_Rows = Sequence[Sequence[object]]

_LOOK_AT_ROWS = 250
# Below a header this rich, so many rows on, no better one is looked for.
_ENOUGH_COLUMNS, _FURTHER_ROWS = 5, 12
_HEADER_ROWS = 3
_SURVEYED_ROWS = 2000
# A signature is no longer; its pattern would take very long over a whole paragraph.
_LONGEST = 300
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
_TWO_PLACES = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*\d{2,4}")
_THOUSANDS = re.compile(
    r"\b(?:nghin|ngan) dong\b|\b1 ?000 ?d(?:ong)?\b|\bdvt (?:nghin|ngan)\b|\b(?:nghin|ngan) d\b"
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
_BIRTHS = frozenset(("date_of_birth", "birth_year", "birth_male", "birth_female"))
_SEX_COLUMNS = frozenset(("sex", "sex_male", "sex_female", "birth_male", "birth_female"))
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
        if best and len(best.columns) >= _ENOUGH_COLUMNS and start > best.first_row + _FURTHER_ROWS:
            break
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
        self._fonts: dict[int, str] = {}
        head = [_decoded(row, self.font)[0] for row in islice(iter(grid), _LOOK_AT_ROWS + _HEADER_ROWS)]
        self.table = find_table(head)
        below = list(islice(iter(grid), self.table.first_row, _SURVEYED_ROWS))
        if self.font is None:
            self._fonts = _fonts_of_columns(below)
        self._sample = [self._decode(row)[0] for row in below]
        self._learn_from_cells(self._sample, provinces)
        self.fields = self.table.columns
        titles = [cells.text(value) for row in head[: self.table.header_row] for value in row]
        self._said = _said_around(sheet, [title for title in titles if title])
        self.habits = Habits(
            provinces,
            latest_year,
            late_epoch=getattr(grid, "late_epoch", False),
            thousands=any(_THOUSANDS.search(names.search_key(title)) for title in titles),
        )
        self.use(self.table.columns if columns is None else columns)

    def _decode(self, row: Sequence[object]) -> tuple[Sequence[object], dict[int, str]]:
        return _decoded(row, self.font, self._fonts)

    def __iter__(self) -> Iterator[Record | LeftOut]:
        fields, aside = self.fields, self._second_names()
        state = _State(village=self._said.village, group="" if "category" in fields else self._said.group)
        for index, raw in enumerate(self.grid):
            row, converted = self._decode(raw)
            texts = [cells.text(value) for value in row]
            if not any(texts):
                continue
            if index < self.table.first_row:
                kind: str | None = "header" if index >= self.table.header_row else "title"
            else:
                kind = _kind(texts, fields, state)
                if kind == "header":
                    fields, state.signed = self._columns_below(row, fields), False
            if kind is not None:
                yield LeftOut(self.sheet, index + 1, kind, " ".join(dict.fromkeys(filter(None, texts)))[:140])
                continue
            read = read_row(row, texts, fields, self.habits)
            _note_fonts(read, converted, fields, texts)
            _fill_from_above(read, state)
            if aside is not None and aside < len(texts) and texts[aside]:
                read.errors.append(Note("full_name", "second_list", texts[aside], aside))
            yield Record(
                sheet=self.sheet,
                row=index + 1,
                values=read.values,
                repairs=tuple(read.repairs),
                errors=tuple(read.errors),
                raw=tuple(raw),
                warnings=tuple(read.warnings),
            )

    def _columns_below(self, row: Sequence[object], fields: dict[str, int]) -> dict[str, int]:
        """The columns that hold below a header further down: those of the first one, if it is the same."""
        headers = _joined_headers([row])
        first = [header.split(LEVELS) for header in self.table.headers]
        if all(
            not text or column < len(first) and text in first[column] for column, text in enumerate(headers)
        ):
            return self.fields
        columns = {name: column for name, (column, _weight) in weigh_columns(headers).items()}
        return columns if has_name(columns) and len(columns) >= 3 else fields

    def _second_names(self) -> int | None:
        """The names of a second list beside the first one, which nobody has given a meaning."""
        headers = [search(header) if LEVELS not in header else "" for header in self.table.headers]
        names_at = self.fields.get("full_name", self.fields.get("family_name"))
        if names_at is None or names_at >= len(headers):
            return None
        for column in range(names_at + 2, len(headers)):
            again = [
                i
                for i in range(column - names_at, len(headers))
                if headers[i] == headers[i - column + names_at]
            ]
            same = [i for i in again if headers[i] and field_of(self.table.headers[i])]
            if column in same and len(same) >= 3 and not set(same) & set(self.fields.values()):
                return column
        return None

    @property
    def row_count(self) -> int:
        """How many rows the sheet has, blank ones too."""
        return len(self.grid) if isinstance(self.grid, Sized) else sum(1 for _row in self.grid)

    def people(self) -> Iterator[tuple[object, ...]]:
        """The cells of people's rows, one after another, old fonts in Unicode."""
        return (tuple(self._decode(row.raw)[0]) for row in self if isinstance(row, Record))

    def use(self, columns: dict[str, int]) -> None:
        """Read by other columns than the ones found (field -> column)."""
        self.fields = columns
        self.habits = replace(
            self.habits,
            swapped=_swapped_columns(self._sample, columns),
            month_first=_month_first_columns(self._sample, columns),
            sex_codes=_sex_codes(self._header_of("sex")),
            thousands=self.habits.thousands
            or bool(_THOUSANDS.search(names.search_key(self._header_of("amount")))),
        )

    def _header_of(self, field: str) -> str:
        column = self.fields.get(field)
        return self.table.headers[column] if column is not None and column < len(self.table.headers) else ""

    def _learn_from_cells(self, sample: _Rows, provinces: Set[str] | None) -> None:
        """Columns without a telling header: identity numbers, and the second half of a divided name."""
        columns, sure = self.table.columns, self.table.confidence
        taken = set(columns.values())
        for column in range(max((len(row) for row in sample), default=0)):
            if column in taken or not sample:
                continue
            header = self.table.headers[column] if column < len(self.table.headers) else ""
            filled = [row[column] for row in sample if column < len(row) and cells.text(row[column])]
            known = field_of(header) if header else None
            beside = columns.get("full_name")
            if beside is not None and column == beside + 1 and "given_name" not in columns:
                same = known[0] == "full_name" if known else not header
                if same and _are_given_names(sample, beside, column):
                    columns["given_name"], sure["given_name"] = column, "Likely"
                    continue
            if known is not None:
                continue
            meant = self._meant_by_cells(column, filled, sample, provinces)
            if meant:
                columns[meant], sure[meant] = column, "Guess"

    def _meant_by_cells(
        self, column: int, filled: Sequence[object], sample: _Rows, provinces: Set[str] | None
    ) -> str | None:
        """What a column with no telling header can only be, by its cells."""
        columns = self.table.columns
        if "personal_id" not in columns and _are_ids(filled, provinces):
            return "personal_id"
        if not _BIRTHS & columns.keys() and "personal_id" in columns:
            if _are_births(sample, column, columns["personal_id"]):
                return "date_of_birth"
        texts = [cells.text(value) for value in filled]
        if len(texts) < 3:
            return None
        if not _SEX_COLUMNS & columns.keys() and all(map(cells.parse_sex, texts)):
            return "sex"
        if "category" not in columns and sum(map(_is_category, texts)) >= 0.8 * len(texts):
            return "category"
        return None


def _suspects(grid: Grid) -> Iterator[str]:
    """The texts by which an old font would show."""
    for row in islice(iter(grid), _SURVEYED_ROWS):
        for value in row:
            if isinstance(value, str) and not value.isascii():
                yield value


@dataclass(frozen=True, slots=True)
class _Said:
    """What the sheet's name and title say of everybody on it: the village, the category."""

    village: str = ""
    group: str = ""


def _said_around(sheet: str, titles: Sequence[str]) -> _Said:
    village = next((text for text in [*reversed(titles), sheet] if _is_village(text)), "")
    group = next((said for text in [*reversed(titles), sheet] if (said := code_in_title(text))), "")
    return _Said(
        names.proper_case(" ".join(_bare_heading(village).replace(":", " ").split())) if village else "",
        group,
    )


def _is_village(text: str) -> bool:
    """Whether the whole text is a village's name, not a sentence that begins with one."""
    bare = _bare_heading(text)
    return len(bare) <= 40 and bool(_VILLAGE.match(bare)) and len(bare.split()) in range(2, 7)


def _fonts_of_columns(rows: Sequence[Sequence[object]]) -> dict[int, str]:
    """The old font of each column that is typed in one, in a sheet that is not."""
    width = max(map(len, rows), default=0)
    found = {}
    for column in range(width):
        texts = (row[column] for row in rows if column < len(row))
        # The signatures below may be typed otherwise than the column.
        font = fonts.font_of(
            (text for text in texts if isinstance(text, str) and not text.isascii()), strays=0.25
        )
        if font:
            found[column] = font
    return found


def _sex_codes(header: str) -> tuple[tuple[str, str], ...]:
    """What the header says its numbers mean: "Giới tính (1: Nam; 0: Nữ)"."""
    key = " ".join(re.findall(r"[a-z]+|\d", names.search_key(header)))
    male = re.search(r"\b(\d) (?:la )?nam\b", key) or re.search(r"\bnam (?:la )?(\d)\b", key)
    female = re.search(r"\b(\d) (?:la )?nu\b", key) or re.search(r"\bnu (?:la )?(\d)\b", key)
    if not male or not female or male[1] == female[1]:
        return ()
    return ((male[1], "Male"), (female[1], "Female"))


def _decoded(
    row: Sequence[object], font: str | None, by_column: Mapping[int, str] | None = None
) -> tuple[Sequence[object], dict[int, str]]:
    """The row with texts of old fonts in Unicode, and which columns were converted or cannot be read."""
    found: dict[int, str] = {}
    result: list[object] | None = None
    for column, value in enumerate(row):
        if isinstance(value, str) and not value.isascii() and fonts.is_suspect(value):
            text, source = fonts.decode(value, by_column.get(column, font) if by_column else font)
            if source is not None:
                if result is None:
                    result = list(row)
                result[column] = text
                found[column] = source
    return (row if result is None else result), found


def _note_fonts(
    read: RowValues, converted: dict[int, str], fields: dict[str, int], texts: Sequence[str]
) -> None:
    for name, column in fields.items():
        source = converted.get(column)
        if source == fonts.BROKEN:
            read.errors.append(Note(name, "legacy_font", texts[column], column))
        elif source:
            code = "misread_text" if source == fonts.MISREAD else _OLD_FONT
            read.repairs.append(Note(name, code, f"{source}: {texts[column]}", column))


def _are_given_names(sample: _Rows, names_at: int, column: int) -> bool:
    """Whether single words stand beside names without their last word."""
    both = [cells.text(row[column]) for row in sample if column < len(row) and cells.text(row[names_at])]
    filled = [text for text in both if text]
    single = [text for text in filled if " " not in text and text.replace("'", "").isalpha()]
    return len(filled) >= 2 and len(filled) >= 0.8 * len(both) and len(single) >= 0.9 * len(filled)


def _is_category(text: str) -> bool:
    return bool(re.fullmatch(r"(?:BTXH|NCC|HTXH|CS)-\w+(?:-\w+)*", text) or code_in_words(text))


def _are_births(sample: _Rows, column: int, ids: int) -> bool:
    """Whether the identity numbers of nearly all rows state the years of the dates in the column."""
    both = [
        (row[column], row[ids]) for row in sample if max(column, ids) < len(row) and cells.text(row[column])
    ]
    agreed = valid = 0
    for value, number in both:
        if not cccd.is_valid(number):
            continue
        valid += 1
        read = cells.parse_date(value, cccd.birth_year(cccd.compact(number)))
        agreed += read is not None and read.value.year == cccd.birth_year(cccd.compact(number))
    return agreed >= 3 and agreed >= 0.9 * valid


def _are_ids(filled: Sequence[object], provinces: Set[str] | None) -> bool:
    """Whether nearly all cells are identity numbers of known provinces."""
    valid = [value for value in filled if cccd.is_valid(value)]
    good = [value for value in valid if not provinces or cccd.compact(value)[:3] in provinces]
    return len(good) >= 2 and len(good) >= 0.8 * len(filled)


def _swapped_columns(sample: _Rows, fields: dict[str, int]) -> frozenset[int]:
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


def _month_first_columns(sample: _Rows, fields: dict[str, int]) -> frozenset[int]:
    """Text columns written month first: several dates are none otherwise, and none is one only day first."""
    found = set()
    for name in ("date_of_birth", "birth_male", "birth_female", "decision_date"):
        column = fields.get(name)
        if column is None:
            continue
        texts = [row[column] for row in sample if column < len(row)]
        places = [
            (int(parts[1]), int(parts[2]))
            for text in texts
            if isinstance(text, str) and (parts := _TWO_PLACES.match(text.strip()))
        ]
        american = {place for place in places if place[0] <= 12 < place[1]}
        if len(american) >= 3 and not any(first > 12 for first, _second in places):
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
        if any(_SIGNATURE.search(names.search_key(text[:_LONGEST])) for text in filled):
            state.signed = True
            return "signature"
        heading = _heading(texts, fields, known)
        if heading is not None:
            if not state.signed:
                _take_heading(heading, state)
            return "signature" if state.signed else "heading"
        if state.signed:
            return "signature"
    if not known & NAMES and not evidence:
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
    bare = _bare_heading(heading)
    key = names.search_key(bare)
    if _VILLAGE.match(bare) or (key == bare.lower() and _VILLAGE_PLAIN.match(key)):
        state.village = names.proper_case(bare)
    elif _UNIT.match(key):
        state.village, state.unit = "", names.proper_case(bare)
    elif not (state.group and code_in_words(state.group)) or code_in_words(bare):
        state.group = bare
    else:
        # "I. Người khuyết tật nặng", and below it "1. Trẻ em"
        both = f"{state.group} {bare}"
        state.group = both if code_in_words(both) else bare


def _bare_heading(heading: str) -> str:
    """A heading without its number before and the count of its people behind."""
    bare = re.sub(r"^(?:[IVXivx]+|\d+|[A-Za-z*+-])[.)/\-:\s]+", "", heading).strip(" :.-")
    return re.sub(r"\s*[:(]\s*\d+\s*(?:người|đối tượng|hộ)?\s*\)?$", "", bare)
