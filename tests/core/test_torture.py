"""Eighty ugly workbooks as communes send them: nearly every row understood, no value changed into a false one."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansinh_app.core import cells, fonts, names
from ansinh_app.core.category_words import code_in_words
from ansinh_app.core.errors import BadTable
from ansinh_app.core.headers import field_of
from ansinh_app.core.sheets import LeftOut, Record, SheetReader
from ansinh_app.setup.tables import read
from ansinh_app.tests import torture
from ansinh_app.utils.workbooks import open_workbook

PROVINCES = frozenset(row["cccd_prefix"] for row in read("cccd_provinces"))
CASES = {habits.name: (seed, habits) for seed, habits in enumerate(torture.everybody(), start=1)}


def read_case(case) -> list[Record | LeftOut]:
    rows = []
    for name, grid in open_workbook(case.content, case.file_name).sheets:
        try:
            rows += SheetReader(grid, name, PROVINCES, latest_year=2026)
        except BadTable:
            continue
    return rows


def understood(record: Record, expected: dict, refused: str | None) -> bool:
    """Whether a row was read rightly, or refused where a cell has lost what it said."""
    if refused:
        return refused in {note.field for note in record.errors}
    return not record.errors and all(record.values.get(key) == value for key, value in expected.items())


@pytest.mark.parametrize("name", CASES)
def test_a_communes_workbook_is_read_as_a_careful_reader_does(name):
    seed, habits = CASES[name]
    case = torture.write(habits, seed)
    records = [row for row in read_case(case) if isinstance(row, Record)]
    assert len(records) == len(case.expected)
    wrong = [
        (record.row, key, record.values[key], value)
        for record, expected in zip(records, case.expected, strict=True)
        for key, value in expected.items()
        if key in record.values and record.values[key] != value
    ]
    assert wrong == []
    good = [understood(*row) for row in zip(records, case.expected, case.refused, strict=True)]
    assert sum(good) >= 0.97 * len(good)


def test_what_was_changed_is_told():
    for name, code in (
        ("12 identity numbers as numbers", ("personal_id", "leading_zero")),
        ("17 capitals", ("full_name", "capitals")),
        ("19 TCVN3", ("full_name", "old_font")),
        ("22 notes in the name", ("full_name", "note_taken_out")),
        ("29 old phone numbers", ("phone", "renumbered")),
        ("45 two-digit years", ("date_of_birth", "century_from_id")),
        ("61 days of an old Macintosh", ("date_of_birth", "serial_date")),
        ("62 letters for digits", ("personal_id", "letter_for_digit")),
        ("66 small letters", ("full_name", "capitals")),
        ("68 misread UTF-8", ("full_name", "misread_text")),
        ("74 receiver in the note", ("representative_name", "taken_from_note")),
        ("76 category in the title", ("category", "from_heading")),
    ):
        seed, habits = CASES[name]
        for row in read_case(torture.write(habits, seed)):
            if isinstance(row, Record):
                assert code in {(note.field, note.code) for note in row.repairs}, (name, row)


# Whatever stands in a workbook, nothing breaks and no row is lost.

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**16), 10**16),
    st.floats(),
    st.dates(),
    st.text(max_size=30),
    st.text(alphabet="nguyễnvăa 0123456789/.-()µ¸§­Ðð\u0301,;E+", max_size=20),
    st.sampled_from(
        ["Thôn 1", "Cộng", "Tổng cộng", "Họ và tên", "Nguyễn Văn A (chết 5/2024)", "1.23E+14", "NguyÔn V¨n A"]
    ),
)
HEADER = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Đối tượng", "Số TK", "SĐT", "Ghi chú"]


@given(st.lists(st.lists(CELLS, max_size=10), max_size=15))
def test_every_row_comes_out_once_as_a_person_or_left_out_with_a_reason(rows):
    grid = [HEADER, *rows]
    out = [row.row for row in SheetReader(grid, "Sheet", PROVINCES, latest_year=2026)]
    filled = [number for number, row in enumerate(grid, 1) if any(cells.text(value) for value in row)]
    assert out == filled


@given(st.lists(st.lists(CELLS, max_size=6), max_size=12))
def test_a_grid_of_anything_is_read_or_refused(grid):
    try:
        rows = list(SheetReader(grid))
    except BadTable:
        return
    assert len(rows) <= len(grid)


@given(CELLS)
def test_no_cell_breaks_a_parser(value):
    cells.parse_date(value, 1950, 2026), cells.parse_month(value), cells.parse_sex(value)
    cells.parse_amount(value), cells.parse_method(value), cells.parse_payee(value), cells.says_none(value)
    text = cells.text(value)
    field_of(text), fonts.decode(text), code_in_words(text), names.split_notes(text)
    assert names.proper_case(names.proper_case(text)) == names.proper_case(text)


@given(st.text(alphabet="aàáảãạăâbcdđeèéêghiklmnoóôơpqrstuưvxyý ", max_size=25))
@example("óu")  # no syllable, and unreadable in either font: left as it is, and said
def test_vietnamese_in_unicode_is_never_taken_for_another_font(text):
    typed = names.normalise(text).title()
    shown, source = fonts.decode(typed)
    assert source in (fonts.TCVN3, fonts.VNI) or (shown == typed and source in (None, fonts.BROKEN))
    if all(fonts.is_syllable(word) for word in text.split()):
        assert (shown, source) == (typed, None)


@given(
    st.sampled_from([person.full_name for person in torture.people(7, 60)]), st.sampled_from(["TCVN3", "VNI"])
)
def test_an_old_font_comes_back_as_it_was_typed(name, font):
    typed = torture.to_font(name, font)
    shown, source = fonts.decode(typed)
    assert shown == name or source in (None, fonts.BROKEN)
    assert fonts.decode(typed, font)[0] == name
