"""The eight commune workbooks of the sample city, written as communes really send them."""

import random
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from ansinh_app.demo.city import City, Resident

BANK_NAMES = {
    "STB": ("Sacombank", "Sacombank Lạng Sơn", "NH Sài Gòn Thương Tín"),
    "CTG": ("VietinBank", "Viettinbank", "Vietinbank"),
    "BID": ("BIDV", "BIDV", "BIDV"),
}
HEADERS = (
    {  # single header row
        "stt": "STT", "name": "Họ và tên", "born": "Ngày, tháng, năm sinh", "sex": "Giới tính", "id": "Số CCCD/CMND",
        "phone": "Số điện thoại", "ethnicity": "Dân tộc", "category": "Đối tượng", "children": "Số con",
        "decision": "Số QĐ", "decided": "Ngày QĐ", "from": "Hưởng từ tháng", "method": "Hình thức nhận",
        "account": "Số TK", "bank": "Ngân hàng", "holder": "Chủ tài khoản", "carer": "Người giám hộ/ủy quyền",
        "carer_id": "CCCD người giám hộ/ủy quyền", "relation": "Quan hệ", "reason": "Lý do nhận tiền mặt",
        "note": "Ghi chú",
    },
    {  # the same idea in capitals and abbreviations
        "stt": "TT", "name": "HỌ TÊN ĐỐI TƯỢNG", "born": "NGÀY SINH", "sex": "GIỚI TÍNH", "id": "SỐ CCCD",
        "phone": "SĐT", "ethnicity": "DÂN TỘC", "category": "MÃ ĐỐI TƯỢNG", "children": "SỐ CON",
        "decision": "SỐ QUYẾT ĐỊNH", "decided": "NGÀY QUYẾT ĐỊNH", "from": "HƯỞNG TỪ", "method": "HÌNH THỨC CHI TRẢ",
        "account": "SỐ TÀI KHOẢN", "bank": "TÊN NGÂN HÀNG", "holder": "TÊN CHỦ TÀI KHOẢN", "carer": "NGƯỜI NHẬN THAY",
        "carer_id": "SỐ CCCD NGƯỜI NHẬN THAY", "relation": "QUAN HỆ VỚI ĐỐI TƯỢNG", "reason": "LÝ DO TIỀN MẶT",
        "note": "GHI CHÚ",
    },
)  # fmt: skip
COLUMNS = (
    "stt name born sex id phone ethnicity category children decision decided from method account bank holder "
    "carer carer_id relation reason note"
).split()
GROUPS = {  # the upper header row of the two-row layouts
    "Thông tin đối tượng": ("name", "ethnicity"),
    "Chế độ đang hưởng": ("category", "from"),
    "Thông tin chi trả": ("method", "reason"),
}


@dataclass(frozen=True)
class Layout:
    """The habits of one commune's clerk."""

    code: str
    commune: str
    file_name: str
    villages: tuple[str, ...]
    btxh: int
    ncc: int
    headers: int = 0
    title_rows: int = 5
    ids_as_numbers: bool = False  # the leading zero is lost
    dates_as_text: bool = False
    decomposed: bool = False  # Unicode as a Mac writes it
    village_rows: bool = True
    wrong_d: bool = False  # "Ð" (U+00D0) typed for "Đ"
    subtotals: bool = False
    mistakes: tuple[str, ...] = field(default=("unknown_category", "short_id", "duplicate"))


LAYOUTS = (
    Layout("05971", "Phường Hoàng Văn Thụ", "01 Hoang Van Thu - DS chi tra thang 6.2024.xlsx", ("Khối 1", "Khối 2", "Khối 3", "Khối 4", "Khối 5"), 330, 70),
    Layout("05974", "Phường Tam Thanh", "02 Tam Thanh T6-2024.xlsx", ("Khối 1", "Khối 3", "Khối 6", "Khối 9"), 300, 60, headers=1, ids_as_numbers=True, mistakes=("unknown_category", "broken_account", "duplicate")),
    Layout("05977", "Phường Vĩnh Trại", "03_VinhTrai_BTXH_NCC.xlsx", ("Khối 2", "Khối 5", "Khối 7", "Khối 10"), 320, 65, dates_as_text=True, subtotals=True, mistakes=("future_birth", "unknown_bank", "duplicate")),
    Layout("05980", "Phường Đông Kinh", "04 DONG KINH danh sach.xlsx", ("Khối 1", "Khối 4", "Khối 8"), 290, 55, headers=1, decomposed=True, mistakes=("broken_account", "short_id")),
    Layout("05983", "Phường Chi Lăng", "05 Chi Lang.xlsx", ("Khối Chi Lăng 1", "Khối Chi Lăng 2", "Khối Trần Hưng Đạo"), 280, 50, wrong_d=True, title_rows=3),
    Layout("05986", "Xã Hoàng Đồng", "06. xa Hoang Dong.xlsx", ("Thôn Hoàng Tân", "Thôn Đồi Chè", "Thôn Nà Sèn", "Thôn Chi Mạc"), 220, 35, ids_as_numbers=True, subtotals=True, mistakes=("no_name", "unknown_category")),
    Layout("05989", "Xã Quảng Lạc", "07 Quang Lac.xlsx", ("Thôn Quảng Tiến", "Thôn Quảng Trung", "Thôn Quảng Liên"), 140, 20, dates_as_text=True, title_rows=7),
    Layout("05992", "Xã Mai Pha", "08 Mai Pha (sua lan 2).xlsx", ("Thôn Mai Thành", "Thôn Khòn Khuyên", "Thôn Pò Đứa", "Thôn Tân Lập"), 150, 25, headers=1, village_rows=False, mistakes=("future_birth", "duplicate")),
)  # fmt: skip


def write_city(folder: str | Path, share: float = 1.0, communes: int | None = None) -> list[dict]:
    """Write the workbooks into `folder`; returns per file its commune, path, rows and how many rows are mistakes.

    `share` makes a smaller city (of each commune that part of its people), `communes` only the first ones.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    city = City()
    written = []
    for layout in LAYOUTS[:communes]:
        btxh, ncc = (max(12, round(number * share)) for number in (layout.btxh, layout.ncc))
        residents = city.residents(layout.code, list(layout.villages), btxh, ncc)
        path = folder / layout.file_name
        CommuneWorkbook(layout, residents).write(path)
        written.append(
            {
                "unit_code": layout.code,
                "commune": layout.commune,
                "path": str(path),
                "people": len(residents),
                "mistakes": len(layout.mistakes),
            }
        )
    return written


class CommuneWorkbook:
    """Writes one commune's list with its title block, headers, village rows, totals and signatures."""

    def __init__(self, layout: Layout, residents: list[Resident]):
        self.layout = layout
        self.residents = residents
        self.random = random.Random(int(layout.code))
        self.headers = HEADERS[layout.headers]
        # A clerk either groups people under village rows or gives the village a column.
        self.columns = list(COLUMNS) if layout.village_rows else ["stt", "name", "village", *COLUMNS[2:]]

    def write(self, path: Path) -> None:
        with xlsxwriter.Workbook(str(path)) as book:
            book.set_properties({"created": datetime(2024, 5, 20), "author": "UBND phường, xã"})
            self.bold = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True})
            self.day = book.add_format({"num_format": "dd/mm/yyyy"})
            self.sheet = book.add_worksheet("Danh sách")
            row = self._titles()
            row = self._header(row)
            row = self._body(row)
            self._signatures(row)

    def _text(self, value: str) -> str:
        if self.layout.decomposed:
            return unicodedata.normalize("NFD", value)
        if self.layout.wrong_d:
            return value.replace("Đ", "Ð")
        return value

    def _titles(self) -> int:
        last = len(self.columns) - 1
        lines = [
            "ỦY BAN NHÂN DÂN " + self.layout.commune.upper(),
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "DANH SÁCH ĐỐI TƯỢNG BẢO TRỢ XÃ HỘI VÀ NGƯỜI CÓ CÔNG HƯỞNG TRỢ CẤP HẰNG THÁNG",
            "Tháng 6 năm 2024",
            "(Kèm theo Công văn của UBND " + self.layout.commune.lower() + ")",
        ]
        for row, line in enumerate(lines[: self.layout.title_rows]):
            self.sheet.merge_range(row, 0, row, last, self._text(line), self.bold)
        return self.layout.title_rows + 1

    def _label(self, column: str) -> str:
        if column == "village":
            return "Khối/Thôn" if self.layout.headers == 0 else "KHỐI/THÔN"
        return self.headers[column]

    def _header(self, row: int) -> int:
        """Two header rows: groups above, single columns merged over both."""
        grouped = set()
        for title, (first, last) in GROUPS.items():
            start, end = self.columns.index(first), self.columns.index(last)
            self.sheet.merge_range(row, start, row, end, self._text(title), self.bold)
            grouped.update(range(start, end + 1))
        for index, column in enumerate(self.columns):
            label = self._text(self._label(column))
            if index in grouped:
                self.sheet.write_string(row + 1, index, label, self.bold)
            else:
                self.sheet.merge_range(row, index, row + 1, index, label, self.bold)
        return row + 2

    def _body(self, row: int) -> int:
        number, village, in_village = 0, None, 0
        mistakes = dict(zip(self._mistake_places(), self.layout.mistakes, strict=False))
        for index, one in enumerate(self.residents):
            if self.layout.village_rows and one.village != village:
                if village and self.layout.subtotals:
                    self.sheet.write_string(row, 1, self._text(f"Cộng {village}: {in_village} người"), self.bold)
                    row += 1
                village, in_village = one.village, 0
                self.sheet.merge_range(row, 0, row, len(self.columns) - 1, self._text(village), self.bold)
                row += 1
            number += 1
            in_village += 1
            self._resident(row, number, one, {})
            row += 1
            if index in mistakes:
                number += 1
                self._resident(row, number, one, self._mistake(mistakes[index]))
                row += 1
        self.sheet.write_string(row, 1, self._text(f"Tổng cộng: {number} người"), self.bold)
        return row + 1

    def _mistake_places(self) -> list[int]:
        return sorted(self.random.sample(range(5, len(self.residents) - 5), len(self.layout.mistakes)))

    def _mistake(self, kind: str) -> dict:
        """What the clerk got wrong in a further row; a row of its own, so that the right rows stay right."""
        fresh = {"name": "Nguyễn Văn Mẫu " + "ABCDEFGH"[self.random.randrange(8)], "id": "", "account": "", "bank": "",
                 "method": "Tiền mặt", "reason": "Chưa đồng ý mở tài khoản", "holder": ""}  # fmt: skip
        changes = {
            "unknown_category": fresh | {"category": "BTXH-99"},
            "short_id": fresh | {"id": "0201234567"},
            "duplicate": {},
            "future_birth": fresh | {"born": date(2031, 5, 12)},
            "unknown_bank": fresh | {"method": "Tài khoản", "account": "123456789012", "bank": "Ngân hàng Sao Hỏa",
                                     "holder": "NGUYEN VAN MAU", "reason": ""},  # fmt: skip
            "broken_account": fresh | {"method": "Tài khoản", "account": "1.23457E+14", "bank": "Sacombank",
                                       "holder": "NGUYEN VAN MAU", "reason": ""},  # fmt: skip
            "no_name": fresh | {"name": ""},
        }
        return changes[kind]

    def _resident(self, row: int, number: int, one: Resident, changed: dict) -> None:
        carer = one.carer
        values = {
            "stt": number,
            "name": one.full_name,
            "village": one.village,
            "born": one.born.year if one.year_only else one.born,
            "sex": "Nam" if one.sex == "Male" else "Nữ",
            "id": one.personal_id,
            "phone": one.phone,
            "ethnicity": one.ethnicity,
            "category": one.category,
            "children": one.children if one.category == "BTXH-04" else "",
            "decision": one.decision_no,
            "decided": one.decision_date,
            "from": f"{one.entitled_from:%m/%Y}",
            "method": "Tài khoản" if one.bank else "Tiền mặt",
            "account": one.account_no,
            "bank": BANK_NAMES[one.bank][number % 3] if one.bank else "",
            "holder": _ascii(carer.full_name if carer else one.full_name) if one.bank else "",
            "carer": carer.full_name if carer else "",
            "carer_id": carer.personal_id if carer else "",
            "relation": carer.relation if carer else "",
            "reason": one.cash_reason,
            "note": ("Giám hộ" if carer.payee_type == "Guardian" else "Ủy quyền") if carer else "",
        } | changed
        for index, column in enumerate(self.columns):
            self._cell(row, index, column, values[column])

    def _cell(self, row: int, index: int, column: str, value) -> None:
        if value in ("", None):
            return
        if isinstance(value, date):
            if self.layout.dates_as_text:
                self.sheet.write_string(row, index, f"{value:%d/%m/%Y}")
            else:
                self.sheet.write_datetime(row, index, value, self.day)
        elif isinstance(value, int):
            self.sheet.write_number(row, index, value)
        elif column in ("id", "carer_id", "phone") and self.layout.ids_as_numbers and value.isdigit():
            self.sheet.write_number(row, index, int(value))
        else:
            self.sheet.write_string(row, index, self._text(value))

    def _signatures(self, row: int) -> None:
        self.sheet.write_string(row + 2, 1, self._text("NGƯỜI LẬP BIỂU"), self.bold)
        self.sheet.write_string(row + 2, len(self.columns) - 4, self._text("TM. ỦY BAN NHÂN DÂN"), self.bold)
        self.sheet.write_string(row + 3, len(self.columns) - 4, self._text("CHỦ TỊCH"), self.bold)


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return "".join(mark for mark in plain if not unicodedata.combining(mark)).upper()
