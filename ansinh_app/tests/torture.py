"""Ugly workbooks as communes send them, of made-up people, each with what a careful reader makes of it."""

import csv
import io
import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import xlsxwriter

from ansinh_app.core import fonts
from ansinh_app.core.names import without_marks
from ansinh_app.tests.torture_files import as_html, as_ods, as_spreadsheet_xml

_FAMILY = "Nguyễn Trần Lê Phạm Hoàng Nông Triệu Lý Vi Hứa Đặng Bế Đàm Lương Dương Đỗ".split()
_MIDDLE = {"Male": "Văn Đức Hữu Minh Quốc".split(), "Female": "Thị Thu Ngọc Thúy Diệu".split()}
_GIVEN = (
    "An Bình Chiến Dũng Đạt Giang Hạnh Hùng Khánh Lan Mạnh Nhẫn Oanh Phúc Quân Sơn Tâm Uyên Vân Yến".split()
)
_VILLAGES = ("Thôn Nà Sèn", "Khối 3", "Bản Khuổi Lếch", "Tổ dân phố số 5", "Xóm Đồi Chè")
_BANKS = {"STB": "Sacombank", "CTG": "Viettinbank", "BID": "BIDV", "AGRIBANK": "Agribank chi nhánh huyện"}
HEADERS = {
    "stt": "STT",
    "full_name": "Họ và tên",
    "date_of_birth": "Ngày, tháng, năm sinh",
    "sex": "Giới tính",
    "personal_id": "Số CCCD/CMND",
    "village": "Thôn/Khối",
    "category": "Đối tượng",
    "amount": "Mức hưởng",
    "decision_no": "Số QĐ",
    "decision_date": "Ngày QĐ",
    "effective_from": "Hưởng từ tháng",
    "account_no": "Số TK",
    "bank": "Ngân hàng",
    "phone": "SĐT",
    "note": "Ghi chú",
}
SHORT = {
    "stt": "TT",
    "full_name": "HO TEN",
    "date_of_birth": "NGAY SINH",
    "sex": "GT",
    "personal_id": "SO DDCN",
    "village": "THON",
    "category": "DIEN DT",
    "amount": "MUC TC",
    "decision_no": "SO QD",
    "decision_date": "NGAY QD",
    "effective_from": "TU THANG",
    "account_no": "STK",
    "bank": "NH",
    "phone": "DTDD",
    "note": "GHI CHU",
}


@dataclass(frozen=True)
class Person:
    """One made-up person, as he truly is."""

    full_name: str
    date_of_birth: date
    sex: str
    personal_id: str
    village: str
    category: str
    account_no: str
    bank: str
    phone: str
    decision_no: str = "125/QĐ-UBND"
    decision_date: date = date(2024, 4, 15)


@dataclass
class Case:
    """A workbook and what it says: per person the expected values, or the field whose cell must be refused."""

    name: str
    file_name: str
    content: bytes
    expected: list[dict]
    refused: list[str | None]


@dataclass(frozen=True)
class Habits:
    """How one clerk writes. A function of a column takes the person and gives what stands in the cell."""

    name: str
    headers: dict[str, str] = field(default_factory=lambda: dict(HEADERS))
    columns: tuple[str, ...] = tuple(HEADERS)
    cells: dict[str, Callable[[Person], object]] = field(default_factory=dict)
    # What a reader makes of the cells, where it is less than the truth.
    reads: dict[str, Callable[[Person], object]] = field(default_factory=dict)
    refuses: str | None = None
    titles: int = 3
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    header_rows: int = 1
    numbering: bool = False
    villages: str = "column"  # column, row, roman, merged
    subtotals: bool = False
    blanks: bool = False
    signature: bool = True
    text: Callable[[str], str] = str
    kind: str = "xlsx"  # xlsx, xlsx 1904, xls, html, xml, ods, csv:<encoding>:<separator>
    title: str = "DANH SÁCH ĐỐI TƯỢNG HƯỞNG TRỢ CẤP HẰNG THÁNG"
    sheet: str = "DS chi trả"
    second_sheet: str = ""  # cover, list
    first_row: int = 0
    first_column: int = 0


def people(seed: int, number: int = 12) -> list[Person]:
    """Made-up people of several villages, adults and elders of working documents."""
    chance = random.Random(seed)
    found = []
    for index in range(number):
        sex = chance.choice(("Male", "Female"))
        born = date(chance.randint(1931, 2005), chance.randint(1, 12), chance.randint(1, 28))
        century = (0 if born.year < 2000 else 2) + (sex == "Female")
        bank = chance.choice(list(_BANKS))
        found.append(
            Person(
                full_name=" ".join(
                    (
                        chance.choice(_FAMILY),
                        chance.choice(_MIDDLE[sex]),
                        chance.choice(_GIVEN),
                        chance.choice(_GIVEN),
                    )
                ),
                date_of_birth=born,
                sex=sex,
                personal_id=f"020{century}{born.year % 100:02d}{chance.randint(0, 999999):06d}",
                village=_VILLAGES[index * len(_VILLAGES) // number],
                category="BTXH-06B3" if born.year < 1960 else "BTXH-06B1",
                account_no="06" + "".join(chance.choices("0123456789", k=10)),
                bank=bank,
                phone="09" + "".join(chance.choices("0123456789", k=8)),
            )
        )
    return found


def write(habits: Habits, seed: int) -> Case:
    """The workbook of a clerk with these habits."""
    persons = people(seed)
    grid, merges = _grid(habits, persons)
    content, extension = _file(habits, grid, merges)
    expected = [_expected(habits, person) for person in persons]
    return Case(habits.name, f"{habits.name}.{extension}", content, expected, [habits.refuses] * len(persons))


def _expected(habits: Habits, person: Person) -> dict:
    values = {
        "full_name": person.full_name,
        "date_of_birth": person.date_of_birth,
        "dob_precision": "Day",
        "sex": person.sex,
        "personal_id": person.personal_id,
        "village": person.village,
        "category": person.category,
        "account_no": person.account_no,
        "phone": person.phone,
        "decision_date": person.decision_date,
    }
    known = set(habits.columns) | {"dob_precision", "village"}
    values = {key: value for key, value in values.items() if key in known or key in habits.reads}
    for key, reads in habits.reads.items():
        values[key] = reads(person)
    if habits.refuses:
        values.pop(habits.refuses, None)
    return {key: value for key, value in values.items() if value is not None}


def _cell(habits: Habits, column: str, person: Person, number: int) -> object:
    if column in habits.cells:
        value = habits.cells[column](person)
    else:
        value = {
            "stt": number,
            "date_of_birth": f"{person.date_of_birth:%d/%m/%Y}",
            "sex": "Nam" if person.sex == "Male" else "Nữ",
            "amount": 750000,
            "decision_date": "15/04/2024",
            "effective_from": "05/2024",
            "bank": _BANKS[person.bank],
            "note": "",
        }.get(column, getattr(person, column, ""))
    return habits.text(value) if isinstance(value, str) else value


def _grid(habits: Habits, persons: list[Person]) -> tuple[list[list], list[tuple]]:
    """Rows of cells and merged ranges (first row, first column, last row, last column)."""
    columns = [c for c in habits.columns if c != "village" or habits.villages in ("column", "merged")]
    width, text = len(columns), habits.text
    rows: list[list] = [
        [text(line)] + [""] * (width - 1)
        for line in (
            "ỦY BAN NHÂN DÂN XÃ MẪU SƠN",
            habits.title,
            "(Kèm theo Công văn số 12/UBND ngày 05 tháng 5 năm 2024)",
        )[: habits.titles]
    ]
    merges = [(row, 0, row, width - 1) for row in range(len(rows))]
    if rows:
        rows.append([""] * width)
    merges += _header(habits, columns, rows)
    if habits.numbering:
        rows.append([f"({number})" for number in range(1, width + 1)])
    village, number, start = None, 0, len(rows)
    for person in persons:
        if person.village != village:
            if village and habits.subtotals:
                total = [""] * width
                total[1], total[-2] = text(f"Cộng {village}"), 3000000
                rows.append(total)
            if village and habits.blanks:
                rows.append([""] * width)
            if habits.villages == "merged" and village and len(rows) - start > 1:
                column = columns.index("village")
                merges.append((start, column, len(rows) - 1, column))
            village, start = person.village, len(rows)
            if habits.villages == "row":
                rows.append([text(village)] + [""] * (width - 1))
                merges.append((len(rows) - 1, 0, len(rows) - 1, width - 1))
            elif habits.villages == "roman":
                rows.append(["II", text(village)] + [""] * (width - 2))
        number += 1
        row = [_cell(habits, column, person, number) for column in columns]
        if habits.villages == "merged" and len(rows) > start:
            row[columns.index("village")] = ""
        rows.append(row)
    if habits.villages == "merged" and len(rows) - start > 1:
        column = columns.index("village")
        merges.append((start, column, len(rows) - 1, column))
    if habits.signature:
        rows.append(["", text(f"Tổng cộng: {number} người")] + [""] * (width - 2))
        rows.append(["", text("Số tiền bằng chữ: Chín triệu đồng")] + [""] * (width - 2))
        rows.append([""] * (width - 3) + [text("Mẫu Sơn, ngày 05 tháng 5 năm 2024"), "", ""])
        rows.append(["", text("NGƯỜI LẬP BIỂU")] + [""] * (width - 5) + [text("CHỦ TỊCH"), "", ""])
        rows.append(["", text("Hoàng Văn Lập")] + [""] * (width - 5) + [text("Trần Thị Chủ"), "", ""])
    shifted = [[""] * (habits.first_column + width) for _row in range(habits.first_row)]
    shifted += [[""] * habits.first_column + row for row in rows]
    down, right = habits.first_row, habits.first_column
    return shifted, [(a + down, b + right, c + down, d + right) for a, b, c, d in merges]


def _header(habits: Habits, columns: list[str], rows: list[list]) -> list[tuple]:
    width, text, top = len(columns), habits.text, len(rows)
    labels = [text(habits.headers.get(column, HEADERS.get(column, ""))) for column in columns]
    if habits.header_rows == 1:
        rows.append(labels)
        return []
    merges, grouped = [], set()
    upper = [""] * width
    for title, members in habits.groups:
        places = [columns.index(member) for member in members if member in columns]
        upper[places[0]] = text(title)
        merges.append((top, places[0], top, places[-1]))
        grouped.update(places)
    bottom = top + habits.header_rows - 1
    lower = [label if place in grouped else "" for place, label in enumerate(labels)]
    for place, label in enumerate(labels):
        if place not in grouped:
            upper[place] = label
            merges.append((top, place, bottom, place))
    rows.append(upper)
    rows.extend([[""] * width for _row in range(habits.header_rows - 2)])
    rows.append(lower)
    if habits.header_rows == 3:
        merges += [(top + 1, place, bottom, place) for place in grouped]
        rows[-2], rows[-1] = rows[-1], rows[-2]
    return merges


def _file(habits: Habits, grid: list[list], merges: list[tuple]) -> tuple[bytes, str]:
    if habits.kind.startswith("csv"):
        _csv, encoding, separator = habits.kind.split(":")
        return _as_text(grid, encoding, {"tab": "\t"}.get(separator, separator)), "csv"
    if habits.kind == "broken csv":
        # One quote that nothing closes, before the second person's name.
        text = _as_text(grid, "utf-8", ";").decode().replace("\r\n2;", '\r\n2;"', 1)
        return text.encode(), "csv"
    if habits.kind in _OTHERS:
        return _OTHERS[habits.kind](grid), "ods" if habits.kind == "ods" else "xls"
    if habits.kind == "xls":
        return _as_xls(grid, merges), "xls"
    return _as_xlsx(habits, grid, merges), "xlsx"


_OTHERS = {"html": as_html, "xml": as_spreadsheet_xml, "ods": as_ods}


def _as_xlsx(habits: Habits, grid: list[list], merges: list[tuple]) -> bytes:
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "date_1904": habits.kind == "xlsx 1904"}
    with xlsxwriter.Workbook(target, options) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        if habits.second_sheet == "cover":
            cover = book.add_worksheet("Bìa")
            cover.write_string(0, 0, "CÔNG VĂN"), cover.write_string(2, 0, "Kính gửi: Phòng Nội vụ")
            book.add_worksheet("Trống")
        page = book.add_worksheet(habits.sheet)
        for first, left, last, right in merges:
            if (first, left) != (last, right):
                page.merge_range(first, left, last, right, "")
        for row, values in enumerate(grid):
            for column, value in enumerate(values):
                if isinstance(value, date):
                    page.write_datetime(row, column, datetime(value.year, value.month, value.day), day)
                elif isinstance(value, (int, float)):
                    page.write_number(row, column, value)
                elif value != "":
                    page.write_string(row, column, value)
    return target.getvalue()


def _as_xls(grid: list[list], merges: list[tuple]) -> bytes:
    import xlwt  # only the tests write this old format

    book = xlwt.Workbook(encoding="utf-8")
    page, day = book.add_sheet("Sheet1"), xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for row, values in enumerate(grid):
        for column, value in enumerate(values):
            if isinstance(value, date):
                page.write(row, column, value, day)
            elif value != "":
                page.write(row, column, value)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _as_text(grid: list[list], encoding: str, separator: str) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=separator, lineterminator="\r\n")
    for row in grid:
        writer.writerow([f"{value:%d/%m/%Y}" if isinstance(value, date) else value for value in row])
    text = target.getvalue()
    if encoding == "tcvn3":
        return to_font(text, fonts.TCVN3).encode("latin-1")
    if encoding == "cp1258":
        return b"".join(_cp1258(letter) for letter in text)
    return text.encode(encoding)


def to_font(text: str, font: str) -> str:
    """The text as it was typed in a one-byte font."""
    table = fonts.TCVN3_LETTERS if font == fonts.TCVN3 else fonts.VNI_LETTERS
    back = {}
    for typed, shown in table.items():
        back.setdefault(shown, typed)
    if font == fonts.TCVN3:
        # Capitals with a tone have no letters of their own: a capital font shows the small ones.
        back |= {shown.upper(): typed for shown, typed in list(back.items()) if shown.upper() not in back}
    return "".join(back.get(letter, letter) for letter in text)


def _cp1258(letter: str) -> bytes:
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        apart = unicodedata.normalize("NFD", letter)
        tones = "".join(mark for mark in apart if mark in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", "".join(mark for mark in apart if mark not in tones))
        return (base + tones).encode("cp1258")


def _year(person: Person) -> date:
    return date(person.date_of_birth.year, 1, 1)


def _alternate(*shapes: Callable[[Person], object]) -> Callable[[Person], object]:
    """A clerk who writes now this way, now that: chosen by the person, so that it can be told again."""
    return lambda person: shapes[int(person.phone[-1]) % len(shapes)](person)


_YEAR_ONLY = {"date_of_birth": _year, "dob_precision": lambda person: "Year"}
_TWO_ROWS = (
    ("Thông tin đối tượng", ("full_name", "date_of_birth", "sex")),
    ("Tài khoản", ("account_no", "bank")),
)


def clerks() -> Iterator[Habits]:
    """The habits of communes, one or a few at a time."""
    plain = Habits("01 plain")
    yield plain
    yield Habits("02 no diacritics in headers", headers=SHORT)
    yield Habits("03 two header rows", header_rows=2, groups=_TWO_ROWS, numbering=True)
    yield Habits("04 three header rows", header_rows=3, groups=_TWO_ROWS)
    yield Habits("05 village rows", villages="row", subtotals=True, blanks=True)
    yield Habits("06 roman villages", villages="roman", subtotals=True)
    yield Habits("07 merged village column", villages="merged")
    yield Habits(
        "08 year only",
        headers=HEADERS | {"date_of_birth": "Năm sinh"},
        cells={"date_of_birth": lambda p: p.date_of_birth.year},
        reads=_YEAR_ONLY,
    )
    yield Habits("09 dates of Excel", cells={"date_of_birth": lambda p: p.date_of_birth})
    yield Habits(
        "10 serial numbers",
        cells={"date_of_birth": lambda p: (p.date_of_birth - date(1899, 12, 30)).days},
    )
    yield Habits(
        "11 mixed dates",
        cells={
            "date_of_birth": _alternate(
                lambda p: p.date_of_birth,
                lambda p: f"{p.date_of_birth:%d-%m-%Y}",
                lambda p: f"{p.date_of_birth:%d.%m.%Y}",
                lambda p: f"{p.date_of_birth.day}/{p.date_of_birth.month}/{p.date_of_birth.year}",
                lambda p: f"{p.date_of_birth.day} tháng {p.date_of_birth.month} năm {p.date_of_birth.year}",
            )
        },
    )
    yield Habits("12 identity numbers as numbers", cells={"personal_id": lambda p: int(p.personal_id)})
    yield Habits(
        "13 identity numbers in groups",
        cells={"personal_id": lambda p: f" {p.personal_id[:3]} {p.personal_id[3:6]} {p.personal_id[6:]} "},
    )
    yield Habits(
        "14 accounts lost",
        cells={"account_no": lambda p: f"{float(p.account_no + '99'):.5E}"},
        refuses="account_no",
    )
    yield Habits("15 decomposed", text=lambda text: unicodedata.normalize("NFD", text))
    yield Habits("16 eth for d", text=lambda text: text.replace("Đ", "Ð"))
    yield Habits("17 capitals", cells={"full_name": lambda p: p.full_name.upper()})
    yield Habits(
        "18 capitals without marks",
        cells={"full_name": lambda p: without_marks(p.full_name).upper()},
        reads={"full_name": lambda p: without_marks(p.full_name)},
    )
    yield Habits("19 TCVN3", text=lambda text: to_font(text, fonts.TCVN3))
    yield Habits("20 VNI", text=lambda text: to_font(text, fonts.VNI))
    yield Habits(
        "21 TCVN3 names only",
        cells={"full_name": lambda p: to_font(p.full_name, fonts.TCVN3)},
        reads={"full_name": lambda p: p.full_name},
    )
    yield Habits(
        "22 notes in the name",
        cells={"full_name": lambda p: f"{p.full_name} (con ông Lý Văn B)"},
    )
    yield Habits(
        "23 reported dead", cells={"full_name": lambda p: f"{p.full_name} (chết 5/2024)"}, refuses="note"
    )
    yield Habits(
        "24 name in two columns",
        columns=("stt", "family_name", "given_name", *tuple(HEADERS)[2:]),
        headers=HEADERS | {"family_name": "Họ và tên đệm", "given_name": "Tên"},
        cells={
            "family_name": lambda p: p.full_name.rsplit(" ", 1)[0],
            "given_name": lambda p: p.full_name.rsplit(" ", 1)[1],
        },
        reads={"full_name": lambda p: p.full_name},
    )
    yield Habits(
        "25 birth in three columns",
        columns=("stt", "full_name", "day", "month", "year", *tuple(HEADERS)[3:]),
        headers=HEADERS | {"day": "Ngày", "month": "Tháng", "year": "Năm"},
        groups=(("Ngày tháng năm sinh", ("day", "month", "year")),),
        header_rows=2,
        cells={
            "day": lambda p: p.date_of_birth.day,
            "month": lambda p: p.date_of_birth.month,
            "year": lambda p: p.date_of_birth.year,
        },
        reads={"date_of_birth": lambda p: p.date_of_birth},
    )
    yield Habits(
        "26 year under nam and nữ",
        columns=("stt", "full_name", "male", "female", *tuple(HEADERS)[4:]),
        headers=HEADERS | {"male": "Nam", "female": "Nữ"},
        groups=(("Năm sinh", ("male", "female")),),
        header_rows=2,
        cells={
            "male": lambda p: p.date_of_birth.year if p.sex == "Male" else "",
            "female": lambda p: p.date_of_birth.year if p.sex == "Female" else "",
        },
        reads={**_YEAR_ONLY, "sex": lambda p: p.sex},
    )
    yield Habits(
        "27 x for the sex",
        columns=("stt", "full_name", "date_of_birth", "male", "female", *tuple(HEADERS)[4:]),
        headers=HEADERS | {"male": "Nam", "female": "Nữ"},
        groups=(("Giới tính", ("male", "female")),),
        header_rows=2,
        cells={
            "male": lambda p: "x" if p.sex == "Male" else "",
            "female": lambda p: "x" if p.sex == "Female" else "",
        },
        reads={"sex": lambda p: p.sex},
    )
    yield Habits(
        "28 bank beside the account",
        columns=tuple(column for column in HEADERS if column != "bank"),
        headers=HEADERS | {"account_no": "Số tài khoản"},
        cells={"account_no": lambda p: f"{p.account_no} - {_BANKS[p.bank]}"},
    )
    yield Habits(
        "29 old phone numbers",
        cells={"phone": lambda p: "0168" + p.phone[3:]},
        reads={"phone": lambda p: "038" + p.phone[3:]},
    )
    yield Habits("30 phones as numbers", cells={"phone": lambda p: int(p.phone)})
    yield Habits("31 phones abroad", cells={"phone": lambda p: f"+84 {p.phone[1:4]}.{p.phone[4:]}"})
    yield Habits("32 cover and empty sheets", second_sheet="cover")
    yield Habits("33 far from the corner", first_row=4, first_column=3)
    yield Habits("34 no title, no signature", titles=0, signature=False)
    yield Habits("35 old XLS", kind="xls")
    yield Habits("36 old XLS in TCVN3", kind="xls", text=lambda text: to_font(text, fonts.TCVN3))
    yield Habits("37 CSV of Excel", kind="csv:utf-8-sig:;")
    yield Habits("38 CSV plain", kind="csv:utf-8:,")
    yield Habits("39 Unicode text of Excel", kind="csv:utf-16:tab")
    yield Habits("40 Windows-1258", kind="csv:cp1258:;")
    yield Habits("41 TCVN3 text", kind="csv:tcvn3:tab")
    yield Habits(
        "42 identity number without header",
        headers=HEADERS | {"personal_id": ""},
    )
    yield Habits(
        "43 misspelt headers",
        headers=HEADERS
        | {"full_name": "Họ và tênn", "date_of_birth": "Ngày sinnh", "phone": "Số điện thoai"},
    )
    yield Habits(
        "44 new and old number", cells={"personal_id": lambda p: f"{p.personal_id} (CMND 080123456)"}
    )
    yield Habits(
        "45 two-digit years",
        cells={"date_of_birth": lambda p: f"{p.date_of_birth:%d/%m/%y}"},
    )
    yield Habits(
        "46 short identity numbers",
        cells={"personal_id": lambda p: p.personal_id[:8]},
        refuses="personal_id",
    )
    yield Habits("47 honorifics", cells={"full_name": _alternate(
        lambda p: f"{'Ông' if p.sex == 'Male' else 'Bà'} {p.full_name}", lambda p: p.full_name
    )})  # fmt: skip
    everything = replace(
        plain,
        headers=SHORT,
        header_rows=2,
        groups=_TWO_ROWS,
        numbering=True,
        villages="roman",
        subtotals=True,
        blanks=True,
        cells={
            "personal_id": lambda p: int(p.personal_id),
            "full_name": lambda p: p.full_name.upper(),
            "date_of_birth": _alternate(lambda p: p.date_of_birth, lambda p: f"{p.date_of_birth:%d/%m/%Y}"),
        },
    )
    yield replace(everything, name="48 everything at once")
    yield replace(
        everything, name="49 everything, decomposed", text=lambda text: unicodedata.normalize("NFD", text)
    )
    yield replace(everything, name="50 everything, XLS", kind="xls")


ENGLISH = dict(
    zip(
        HEADERS,
        "No.|Full name|Date of birth|Gender|ID No.|Village|Category|Amount|Decision No.|Decision date|From month"
        "|Account number|Bank name|Phone number|Remarks".split("|"),
        strict=True,
    )
)
WORDY = HEADERS | {
    "full_name": "Họ và tên đối tượng được hưởng trợ cấp xã hội hàng tháng (*)",
    "date_of_birth": "Ngày, tháng, năm sinh (ghi theo giấy khai sinh)",
    "personal_id": "5. Số thẻ Căn cước công dân/Mã số định danh cá nhân",
    "village": "Nơi cư trú (thôn, bản, khối phố)",
    "amount": "Mức trợ cấp hàng tháng (1.000 đồng)",
    "effective_from": "Thời gian bắt đầu được hưởng",
    "bank": "Tên ngân hàng nơi mở tài khoản",
}
DOTTED = HEADERS | {
    "stt": "S.T.T",
    "full_name": "HỌ & TÊN",
    "date_of_birth": "N. SINH",
    "sex": "G.TÍNH",
    "personal_id": "C.C.C.D",
    "account_no": "SỐ T.K",
    "bank": "MỞ TẠI NH",
    "phone": "Đ.THOẠI",
    "note": "G.CHÚ",
}
OF_A_SYSTEM = dict(
    zip(
        HEADERS,
        "Stt HoTen NgaySinh GioiTinh SO_CCCD Thon DoiTuong MUC_HUONG SoQD NgayQD TuThang SoTaiKhoan NganHang "
        "SoDienThoai GhiChu".split(),
        strict=True,
    )
)


def misread(text: str) -> str:
    """Text in UTF-8 as a program shows it that takes it for Windows-1252."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


def _without(*columns: str) -> tuple[str, ...]:
    return tuple(column for column in HEADERS if column not in columns)


def _with(place: int, *columns: str, without: str = "") -> tuple[str, ...]:
    kept = _without(without)
    return (*kept[:place], *columns, *kept[place:])


def strangers() -> Iterator[Habits]:
    """Habits met later: of other offices, other programs, other machines."""
    plain = Habits("51 English headers", headers=ENGLISH)
    yield plain
    yield Habits("52 wordy headers", headers=WORDY, cells={"amount": lambda p: 540})
    yield Habits("53 initials in headers", headers=DOTTED)
    yield Habits("54 headers of a web system", headers=OF_A_SYSTEM, titles=0)
    yield Habits("55 a plan of ninety rows above", first_row=90)
    yield Habits(
        "56 name in three columns",
        columns=_with(1, "family_name", "middle_name", "given_name", without="full_name"),
        headers=HEADERS | {"family_name": "Họ", "middle_name": "Tên đệm", "given_name": "Tên"},
        cells={
            "family_name": lambda p: p.full_name.split()[0],
            "middle_name": lambda p: " ".join(p.full_name.split()[1:-1]),
            "given_name": lambda p: p.full_name.split()[-1],
        },
        reads={"full_name": lambda p: p.full_name},
    )
    sexes = {"male": "Nam", "female": "Nữ"}
    yield Habits(
        "57 one and zero for the sex",
        columns=_with(3, "male", "female", without="sex"),
        headers=HEADERS | sexes,
        cells={"male": lambda p: int(p.sex == "Male"), "female": lambda p: int(p.sex == "Female")},
        reads={"sex": lambda p: p.sex},
    )
    yield Habits(
        "58 years under a bare nam and nữ",
        columns=_with(2, "male", "female", without="date_of_birth"),
        headers=HEADERS | sexes,
        cells={
            "male": lambda p: p.date_of_birth.year if p.sex == "Male" else "",
            "female": lambda p: p.date_of_birth.year if p.sex == "Female" else "",
            "sex": lambda p: "",
        },
        reads={**_YEAR_ONLY, "sex": lambda p: p.sex},
    )
    yield Habits("59 month before day", cells={"date_of_birth": lambda p: f"{p.date_of_birth:%m/%d/%Y}"})
    yield Habits(
        "60 dates as programs write them",
        cells={
            "date_of_birth": _alternate(
                lambda p: f"{p.date_of_birth:%d/%m/%Y} 12:00:00 SA",
                lambda p: f"{p.date_of_birth:%Y/%m/%d}",
                lambda p: f"'{p.date_of_birth:%d-%b-%Y}",
                lambda p: f"{p.date_of_birth.day}-thg {p.date_of_birth.month}-{p.date_of_birth.year}",
                lambda p: f"{p.date_of_birth:%Y%m%d}",
                lambda p: f"{p.date_of_birth:%d/%m/%Y} ({2024 - p.date_of_birth.year} tuổi)",
            )
        },
    )
    yield Habits(
        "61 days of an old Macintosh",
        kind="xlsx 1904",
        cells={"date_of_birth": lambda p: (p.date_of_birth - date(1904, 1, 1)).days},
    )
    yield Habits(
        "62 letters for digits",
        cells={
            "date_of_birth": lambda p: f"{p.date_of_birth:%d/%m/%Y}".replace("0", "O"),
            "personal_id": lambda p: p.personal_id.replace("0", "O", 1),
        },
    )
    yield Habits(
        "63 birth behind the name",
        columns=_without("date_of_birth"),
        cells={
            "full_name": _alternate(
                lambda p: f"{p.full_name} ({p.date_of_birth.year})",
                lambda p: f"{p.full_name} sinh năm {p.date_of_birth.year}",
                lambda p: f"{p.full_name} - SN {p.date_of_birth.year}",
            )
        },
        reads=_YEAR_ONLY,
    )
    yield Habits(
        "64 words beside the number",
        cells={
            "personal_id": _alternate(
                lambda p: f"CCCD: {p.personal_id}",
                lambda p: f"{p.personal_id} cấp ngày 10/05/2021",
                lambda p: f"‘{p.personal_id}.",
                lambda p: f"{float(p.personal_id):.10E}",
            )
        },
    )
    yield Habits(
        "65 several people in a cell",
        cells={
            "full_name": _alternate(
                lambda p: f"{p.full_name}\nTrần Thị Lan Anh",
                lambda p: f"1. {p.full_name} 2. Trần Thị Lan Anh",
                lambda p: f"{p.full_name}, Trần Thị Lan Anh",
                lambda p: f"{p.full_name} và Trần Thị Lan Anh",
            )
        },
        refuses="full_name",
    )
    yield Habits("66 small letters", cells={"full_name": lambda p: p.full_name.lower()})
    yield Habits(
        "67 marks nobody sees",
        cells={"full_name": lambda p: "\u2067" + p.full_name.replace(" ", "\u00a0\u200b") + "\u2069\ufeff"},
    )
    yield Habits("68 misread UTF-8", text=misread)
    yield Habits("69 misread UTF-8 in CSV", kind="csv:utf-8-sig:;", text=misread)
    yield Habits(
        "70 a font per column",
        columns=_with(1, "family_name", "given_name", without="full_name"),
        headers=HEADERS | {"family_name": "Họ đệm", "given_name": "Tên"},
        cells={
            "family_name": lambda p: to_font(p.full_name.rsplit(" ", 1)[0], fonts.TCVN3),
            "given_name": lambda p: to_font(p.full_name.rsplit(" ", 1)[1], fonts.TCVN3),
            "village": lambda p: to_font(p.village, fonts.VNI),
        },
        reads={"full_name": lambda p: p.full_name},
    )
    yield Habits(
        "71 decision in one cell",
        columns=_without("decision_date"),
        headers=HEADERS | {"decision_no": "Quyết định (số, ngày)"},
        cells={
            "decision_no": _alternate(
                lambda p: "Số 125/QĐ-UBND ngày 15/04/2024",
                lambda p: "QĐ số 125/QĐ-UBND, ngày 15 tháng 4 năm 2024 của UBND huyện",
                lambda p: "125/QĐ-UBND (15.4.2024)",
                lambda p: "125/QĐ-UBND - 15/4/2024",
            )
        },
        reads={"decision_no": lambda p: "125/QĐ-UBND", "decision_date": lambda p: p.decision_date},
    )
    yield Habits(
        "72 account in words",
        columns=_without("bank"),
        cells={
            "account_no": _alternate(
                lambda p: f"STK {p.account_no} ({_BANKS[p.bank]})",
                lambda p: f"{p.account_no[:4]} {p.account_no[4:]} mở tại {_BANKS[p.bank]}",
                lambda p: f"{_BANKS[p.bank]}: {p.account_no}",
            )
        },
        reads={"bank": lambda p: _BANKS[p.bank]},
    )
    yield Habits(
        "73 phone and account confused",
        cells={"account_no": lambda p: p.phone, "phone": lambda p: p.account_no},
        reads={"phone": lambda p: None},
        refuses="account_no",
    )
    yield Habits(
        "74 receiver in the note",
        cells={
            "note": _alternate(
                lambda p: "con: Lê Văn Nhận nhận thay",
                lambda p: "Ủy quyền cho con là Lê Văn Nhận",
                lambda p: "Người giám hộ: Lê Văn Nhận (cháu)",
            )
        },
        reads={"representative_name": lambda p: "Lê Văn Nhận"},
    )
    yield Habits(
        "75 errors of formulas",
        cells={"village": lambda p: "#REF!", "phone": lambda p: "#N/A", "amount": lambda p: "#VALUE!"},
        reads={"village": lambda p: None, "phone": lambda p: None},
    )
    yield Habits(
        "76 category in the title",
        columns=_without("category"),
        title="DANH SÁCH NGƯỜI KHUYẾT TẬT NẶNG HƯỞNG TRỢ CẤP",
        reads={"category": lambda p: "Người khuyết tật nặng"},
    )
    yield Habits(
        "77 category in the sheet's name",
        columns=_without("category"),
        sheet="NKT nặng",
        reads={"category": lambda p: "NKT nặng"},
    )
    yield Habits(
        "78 degree in a column of its own",
        columns=_with(7, "degree"),
        headers=HEADERS | {"degree": "Mức độ KT"},
        cells={"category": lambda p: "Người khuyết tật", "degree": lambda p: "Nặng"},
        reads={"category": lambda p: "Người khuyết tật Nặng"},
    )
    yield Habits("79 web page named XLS", kind="html")
    yield Habits("80 XML of Excel 2003", kind="xml")
    yield Habits("81 OpenDocument", kind="ods")
    yield Habits("82 a quote never closed", kind="broken csv")


def everybody() -> Iterator[Habits]:
    """All habits, in the order of their numbers."""
    yield from clerks()
    yield from strangers()
