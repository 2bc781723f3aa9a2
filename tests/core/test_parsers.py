"""Every function of the rules that takes a stranger's text or cells: a right value or its own error, nothing else.

A new one is to be added to OF_TEXT, OF_CELL, OF_GRID or OF_MORE (or to ELSEWHERE, with the test that tries it), or a
test here fails.
`make fuzz SECONDS=…` looks further than these examples.
"""

import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import ansinh_app.core
from ansinh_app.core import (
    account_answers,
    answer_tables,
    bankfile,
    calling,
    category_words,
    cells,
    control_totals,
    duplicates,
    explain,
    failures,
    fonts,
    headers,
    masking,
    money,
    name_differences,
    names,
    payout,
    sealed_numbers,
    sheets,
    sms,
    syllables,
    vietqr,
)
from ansinh_app.core.errors import (
    BadCell,
    BadFile,
    BadIdentifier,
    BadMonth,
    BadTable,
    NotWholeDong,
    RuleError,
)
from ansinh_app.core.identity import account, answers, cccd, certificate, cmnd, common, phone, verification
from ansinh_app.core.months import Month
from ansinh_app.core.sealed_numbers import WrongKey

TESTS = Path(__file__).parents[1]

# What has broken parsers before: other scripts' digits, endless numbers, half letters, words of the patterns.
_WORDS = st.sampled_from(
    "định danh|số|CCCD|căn cước|ngày|tháng|năm|chết|đã mất|giám hộ|con|Nguyễn Văn An|thôn|tổ|cộng|tổng cộng|tk|"
    "ngân hàng|nghìn|triệu|đồng|/tháng|(1950)|sinh|cấp|QĐ-UBND|thương binh|61%|khuyết tật|nặng|=1+1|+|@|-|"
    "NguyÔn V¨n|Nguyeãn Vaên|Nguyá»…n|☺|٣|²|Ⅳ|½|\u0301|\u200b|\xa0|\ufeff|\x00|\ud800|{|}|{0}|{line_ref!r:>99}".split("|")
)
_NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.decimals(),
    st.sampled_from([Decimal("1e999999999"), Decimal("sNaN"), 10**300, 1e308, True, 2**63]),
)
TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789/.-,:eE ()+đ%NCTX", max_size=24),
    st.lists(_WORDS, max_size=6).map(" ".join),
    st.sampled_from(["1e999999999", "9" * 5000, "٣" * 5000, "0" * 300 + "1", "1." * 5000, "-" * 9000, "\ud800"]),
    st.tuples(_WORDS, st.integers(30, 300)).map(lambda both: both[0] * both[1]),
)
CELLS = st.one_of(st.none(), TEXTS, _NUMBERS, st.dates(), st.datetimes(), st.binary(max_size=4))
GRIDS = st.lists(st.lists(CELLS, max_size=7), max_size=7)

PROVINCES = {"001", "020", "079"}
PROFILE = bankfile.Profile(
    (bankfile.Column("account_no", "Số TK"), bankfile.Column("total", "Số tiền", bankfile.AMOUNT)),
    good_words=("00",), bad_words=("25",),
)  # fmt: skip
LAYOUT = (("name", re.compile("ho ten|^ten")), ("amount", re.compile("so tien")))

# By what is handed in: the function, and the errors that are its own.
OF_TEXT = {
    account_answers.status_of: (),
    bankfile.placeholders: (BadCell,),
    bankfile.status_of: (),
    calling.name_key: (),
    calling.place_key: (),
    category_words.code_in_title: (),
    category_words.code_in_words: (),
    cells.date_in: (),
    cells.is_error: (),
    duplicates.loose_name: (),
    failures.kind_of: (),
    fonts.decode: (),
    fonts.from_misread: (),
    fonts.from_tcvn3: (),
    fonts.from_vni: (),
    fonts.is_suspect: (),
    fonts.is_syllable: (),
    fonts.kind_of: (),
    headers.field_of: (),
    headers.search: (),
    answers.result_of: (),
    masking.kind_of_field: (),
    money.parse_dong: (NotWholeDong,),
    names.are_several: (),
    names.ascii_upper: (),
    names.is_legacy_font: (),
    names.is_whole_name: (),
    names.normalise: (),
    names.proper_case: (),
    names.search_key: (),
    names.split_notes: (),
    names.tight: (),
    names.without_marks: (),
    sealed_numbers.fitting: (),
    sealed_numbers.read_key: (WrongKey,),
    sealed_numbers.version_of: (),
    sms.measure: (),
    sms.plain: (),
    syllables.fold: (),
    syllables.is_syllable: (),
    syllables.plain: (),
    syllables.words_of: (),
}
OF_CELL = {
    bankfile.safe_text: (),
    cells.parse_amount: (),
    cells.parse_date: (),
    cells.parse_method: (),
    cells.parse_month: (),
    cells.parse_payee: (),
    cells.parse_sex: (),
    cells.says_none: (),
    cells.text: (),
    account.compact: (BadIdentifier,),
    account.format: (BadIdentifier,),
    account.is_valid: (),
    account.mask: (),
    account.validate: (BadIdentifier,),
    cccd.compact: (BadIdentifier,),
    cccd.format: (BadIdentifier,),
    cccd.is_valid: (),
    cccd.mask: (),
    cccd.repair: (BadIdentifier,),
    cccd.validate: (BadIdentifier,),
    certificate.compact: (),
    certificate.validate: (),
    cmnd.compact: (BadIdentifier,),
    cmnd.format: (BadIdentifier,),
    cmnd.is_valid: (),
    cmnd.mask: (),
    cmnd.repair: (BadIdentifier,),
    cmnd.validate: (BadIdentifier,),
    phone.compact: (BadIdentifier,),
    phone.format: (BadIdentifier,),
    phone.is_valid: (),
    phone.mask: (),
    phone.validate: (BadIdentifier,),
    money.as_dong: (NotWholeDong,),
    Month.parse: (BadMonth,),
    sealed_numbers.is_sealed: (),
}
OF_GRID = {
    account_answers.parse: (BadTable,),
    bankfile.parse_result: (BadTable,),
    answers.parse: (BadTable,),
    sheets.find_table: (BadTable,),
    sheets.read_records: (BadTable,),
}
# Those that take something more; tried one by one below.
OF_MORE = {
    answer_tables.header, answer_tables.rows, bankfile.amount_column, bankfile.memo, common.bare,
    control_totals.stated, explain.render, failures.code_in, headers.map_columns, headers.weigh_columns, fonts.font_of,
    masking.mask, name_differences.differences, names.compare, payout.line_key, payout.seal_in_order, sms.first_that_fits,
    syllables.hoi_for_nga, verification.same_name, vietqr.payload,
}  # fmt: skip
# Tried as part of what calls them, or in a file of its own.
ELSEWHERE = {
    "person_row.read_row": "core/test_torture.py::test_every_row_comes_out_once_as_a_person_or_left_out_with_a_reason",
}
# Their text is the program's own or has been through one of the others: a kind, a key of the law, a valid number.
OWN_TEXT = {
    "data_deadlines.answer_due", "duplicates.kind_with_schemes", "identity.cccd.birth_year",
    "identity.cccd.stated_sex", "mandates.default_end", "masking.full_roles", "masking.reveal_roles",
}  # fmt: skip


def every_function():
    """(name, function) of the rules' public functions, a class's own constructors among them."""
    for module in pkgutil.walk_packages(ansinh_app.core.__path__, "ansinh_app.core."):
        short, members = module.name.removeprefix("ansinh_app.core."), importlib.import_module(module.name)
        for name, member in vars(members).items():
            if name.startswith("_") or getattr(member, "__module__", "") != module.name:
                continue
            if inspect.isfunction(inspect.unwrap(member)):
                yield f"{short}.{name}", member
            elif inspect.isclass(member):
                for inner, made in vars(member).items():
                    if isinstance(made, classmethod):
                        yield f"{short}.{name}.{inner}", getattr(member, inner)


def takes_a_strangers(function) -> bool:
    """Whether the first argument is a text, a cell or a grid."""
    first = next(iter(inspect.signature(inspect.unwrap(function)).parameters.values()), None)
    said = getattr(first.annotation, "__name__", first.annotation) if first else ""
    raw = ("str", "object", "Grid", "Sequence[Sequence[object]]", "Sequence[object]", "Sequence[str]", "Iterable[str]")
    return said in raw or "Iterable[Sequence[object]]" in str(said) or str(said).startswith(("str |", "Step | StepData"))


def test_every_parser_of_the_rules_is_tried():
    tried = {*OF_TEXT, *OF_CELL, *OF_GRID, *OF_MORE}
    known = {name for name, function in every_function()}
    asked = {name for name, function in every_function() if takes_a_strangers(function) and function not in tried}
    assert len(tried) > 90
    assert asked == set(ELSEWHERE) | OWN_TEXT, "not tried yet"
    assert set(ELSEWHERE) | OWN_TEXT <= known
    for place in ELSEWHERE.values():
        file, test = place.split("::")
        assert f"def {test}(" in (TESTS / file).read_text()


def answer(function, errors, *arguments):
    """What the function says; None for one of its own errors, which can be printed and kept."""
    try:
        return function(*arguments)
    except errors as error:
        assert str(error) and (len(str(error)) < 3000 or not isinstance(error, RuleError))
        return None


@given(TEXTS)
@example("định danhsố " * 2000)  # each of these once took more than an hour
@example("no." * 9000)
def test_any_text_is_read_or_refused(text):
    for function, errors in OF_TEXT.items():
        answer(function, errors, text)


@given(CELLS)
@example(" " * 32_000)
@example("1 " * 16_000)
@example(float("inf"))
@example(float("nan"))
def test_any_cell_is_read_or_refused(cell):
    for function, errors in OF_CELL.items():
        answer(function, errors, cell)
    cells.parse_date(cell, 1950, 2026, True, True)
    answer(cccd.validate, BadIdentifier, cell, "Male", date(1950, 1, 1), PROVINCES)
    answer(cccd.repair, BadIdentifier, cell, "Male", date(1950, 1, 1), PROVINCES)
    answer(common.bare, BadIdentifier, cell, "account")
    answer(explain.render, (), {"code": "entitled", "params": dict.fromkeys(ENTITLED, cells.text(cell)) | DATES})


ENTITLED = ("entitlement", "decision_no", "category", "title", "article", "reason")
DATES = {"start": "2024-05", "decided_on": "2024-05-01"}
HEADS = (
    ["STT", "Họ và tên", "Ngày sinh", "Số CCCD", "Số tài khoản", "Số tiền", "Ghi chú"],
    ["Mã", "Họ và tên", "Số định danh", "Kết quả", "Ngày chết", "Ngày sinh đúng", "Nơi chuyển đến"],
    ["Tham chiếu", "Tên người nhận", "Số TK", "Số tiền", "Trạng thái", "Lý do", "Nội dung"],
)


@given(st.sampled_from(HEADS), GRIDS, GRIDS)
def test_any_grid_is_read_or_refused(head, above, below):
    for grid in (above, [*above[:2], head, *below]):
        for function, errors in OF_GRID.items():
            answer(function, errors, grid)
        rows = answer(bankfile.parse_result, BadTable, grid, PROFILE, "Paid") or []
        control_totals.stated(grid, bankfile.amount_column(grid, [PROFILE]), rows)
        assert all(row.amount is None or type(row.amount) is int for row in rows)
        start, columns = answer_tables.header(grid, LAYOUT, {"so tk": "account"})
        assert all(set(row.cells) == set(columns) for row in answer_tables.rows(grid, start, columns))


@given(st.lists(TEXTS, max_size=8), TEXTS)
def test_any_texts_together_are_read(texts, text):
    found = headers.weigh_columns(texts)
    assert headers.map_columns(texts) == {field: column for field, (column, _weight) in found.items()}
    assert all(0 <= column < len(texts) for column, _weight in found.values())
    assert fonts.font_of(texts) in (None, fonts.TCVN3, fonts.VNI)
    assert failures.code_in(names.search_key(text), texts) in (*texts, "")
    assert failures.kind_of(text, dict.fromkeys(texts, "OTHER")) in (*failures.KINDS, "OTHER")
    bankfile.outcome([PROFILE], text)
    sms.first_that_fits(texts)
    for other in texts:
        name_differences.differences(text, other), verification.same_name(text, other)
        names.compare(text, other), syllables.hoi_for_nga(text, other)
        assert masking.mask("account", other) in (None, account.mask(other.strip()))
        answer(payout.line_key, ValueError, text, other, Month(2026, 11))


@given(TEXTS, TEXTS, st.one_of(st.none(), st.integers()), TEXTS)
def test_what_goes_out_is_made_or_refused(template, number, amount, text):
    facts = {"line_ref": text, "month": "11", "programme": "BTXH"}
    said = answer(bankfile.memo, BadCell, template, facts)
    assert said is None or said.isascii()
    answer(vietqr.payload, BadCell, number, text, amount, template)
    profile = bankfile.Profile(
        (bankfile.Column("memo", template), bankfile.Column("total", "Số tiền", bankfile.AMOUNT)),
        memo_template=template, title_rows=(text,), header_row=2,
    )  # fmt: skip
    rows = answer(bankfile.build, (BadFile, BadCell), profile, [{"line_ref": text, "total": amount}], facts)
    written = [cell for row in rows or [] for cell in row if isinstance(cell, str)]
    assert not [cell for cell in written if cell.lstrip()[:1] in ("=", "+", "-", "@") and cell]


# What is read once stays as it is when it is read again.


@example("a0ß")
@given(TEXTS)
def test_bringing_text_to_one_form_twice_changes_nothing(text):
    for function in (names.normalise, names.ascii_upper, names.search_key, names.without_marks, names.proper_case,
                     sms.plain, syllables.plain, cells.text, certificate.compact, bankfile.safe_text):  # fmt: skip
        once = function(text)
        assert function(once) == once, function.__name__
    assert names.search_key(text) == names.search_key(names.normalise(text))


@example("9.99999000E-7")
@example("12 3456E7")
@given(CELLS)
def test_a_number_brought_to_its_form_stays_so(cell):
    for kind in (account, cccd, cmnd, phone):
        if kind.is_valid(cell):
            assert kind.compact(kind.compact(cell)) == kind.compact(cell) == kind.compact(kind.format(cell))


# What we write is what we read.


@given(st.dates(date(1880, 1, 1), date(2100, 12, 31)), st.integers(-(10**15), 10**15))
def test_what_we_write_is_what_we_read(day, amount):
    for text in (day.isoformat(), f"{day:%d/%m/%Y}", f"ngày {day.day} tháng {day.month} năm {day.year}", day):
        assert cells.parse_date(text).value == day
    assert cells.parse_date(datetime(day.year, day.month, day.day)).value == day
    month = Month.of(day)
    assert Month.parse(str(month)) == month == cells.parse_month(month.label) == cells.parse_month(str(month))
    assert cells.parse_amount(money.format_dong(amount)) == amount == cells.parse_amount(f"{amount} đồng")


@given(st.lists(st.tuples(st.text("0123456789", min_size=6, max_size=19), st.integers(0, 10**13)), max_size=8))
def test_a_list_sent_out_comes_back_as_it_was(lines):
    profile = bankfile.Profile(
        (
            bankfile.Column("stt", "STT", bankfile.AMOUNT),
            bankfile.Column("account_no", "Số tài khoản"),
            bankfile.Column("total", "Số tiền", bankfile.AMOUNT),
            bankfile.Column("memo", "Nội dung"),
        ),
        memo_template="TC {line_ref}",
    )
    sent = [{"line_ref": f"LS{i:06}", "account_no": number, "total": amount} for i, (number, amount) in enumerate(lines)]
    read = bankfile.parse_result(bankfile.build(profile, sent, {}), profile, "Paid")
    assert [(row.account_no, row.amount, row.line_ref) for row in read] == [
        (line["account_no"], line["total"], f"TC {line['line_ref']}") for line in sent
    ]


@given(st.lists(st.tuples(TEXTS.filter(lambda text: "\ud800" not in text), st.integers(0, 10**12)), max_size=6))
def test_the_seal_is_the_same_in_whatever_order_and_form(lines):
    rows = [{"line_key": f"{i}", "payee_name": text, "total": amount} for i, (text, amount) in enumerate(lines)]
    other = [row | {"total": float(row["total"]), "advance": None} for row in reversed(rows)]
    assert payout.seal(rows) == payout.seal(other)
    in_order = [[row.get(column) for column in payout.SEALED] for row in rows]
    assert payout.seal_in_order(in_order) == payout.seal(rows)
    assert not lines or payout.seal(rows) != payout.seal([rows[0] | {"total": lines[0][1] + 1}, *rows[1:]])


# A pattern that goes back and forth over a long cell never ends: each is given its own words, over and over.

_LONG = """
import faulthandler, json, sys
faulthandler.dump_traceback_later(100, exit=True)
from tests.core import test_parsers as here
for text in json.load(sys.stdin):
    for function, errors in (here.OF_TEXT | here.OF_CELL).items():
        here.answer(function, errors, text)
    for grid in ([[text] * 7], *([head, [text] * 7] for head in here.HEADS)):
        for function, errors in here.OF_GRID.items():
            here.answer(function, errors, grid)
"""


def test_a_cell_of_a_whole_page_ends():
    units = ("định danhsố ", "no.", " ", "-", "(1", "ngày tháng ", "chết ", "con là ", "NguyÔn V¨n ", "số:", "1,", "tk đóng ",
             "Nguyễn Văn An, ", "thôn ", "µ¸", "a\u0301", "- - ", "tại ", "9", "A" + " " * 999)  # fmt: skip
    given = json.dumps([unit * (8_000 // len(unit)) for unit in units])
    child = [sys.executable, "-c", _LONG]
    done = subprocess.run(child, input=given, capture_output=True, text=True, cwd=TESTS.parent)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("text", ["1e999999999", Decimal("1e999999999"), "9" * 5000, 10**300, "-1e400", "٣" * 30])
def test_no_number_is_too_large_to_be_refused(text):
    assert cells.parse_amount(text) is None
    assert answer(money.as_dong, NotWholeDong, text) is None or abs(money.as_dong(text)) > 10**15
