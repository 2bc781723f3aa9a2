"""The other side of the counter: banks and the Post of the sample city that read our file and answer with theirs."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from ansinh_app.core.names import ascii_upper

RESULT_HEADERS = ("STT", "Số tài khoản", "Tên người thụ hưởng", "Ngân hàng thụ hưởng", "Số tiền", "Nội dung", "Phí",
                  "Trạng thái", "FT / Ghi chú")  # fmt: skip
BANK_REASONS = ("Tài khoản đã đóng", "Sai tên người thụ hưởng", "Tài khoản không tồn tại")


@dataclass(frozen=True)
class Answer:
    """What a provider sent back: its file, how many payments went through and how many did not."""

    path: Path
    paid: int
    failed: int


def answer(payment_file: str | Path, folder: str | Path, *, cash: bool, fail_every: int, fail_first: int = 7) -> Answer:
    """Read the office's payment file and write the provider's result file.

    Every `fail_every`-th row from row `fail_first` on comes back unpaid (0: all are paid); which rows
    depends on their place only, so that the story is the same each time.
    """
    payment_file = Path(payment_file)
    rows = CalamineWorkbook.from_path(str(payment_file)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    at = next(index for index, row in enumerate(rows) if str(row[0]).strip().upper() in ("STT", "TT"))
    header = [str(cell).strip() for cell in rows[at]]
    body = [row for row in rows[at + 1 :] if str(row[0]).strip().replace(".0", "").isdigit()]

    def cell(row, *names):
        return next((row[header.index(name)] for name in names if name in header), "")

    path = Path(folder) / f"KQ {payment_file.stem}.xlsx"
    failed = 0
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": datetime(2024, 6, 1)})
        sheet = book.add_worksheet("data")
        sheet.write_string(0, 0, "KẾT QUẢ CHI TRẢ")
        sheet.write_row(3, 0, RESULT_HEADERS)
        for number, row in enumerate(body, start=1):
            unpaid = bool(fail_every) and number % fail_every == fail_first % fail_every
            failed += unpaid
            reason = ("Vắng nhà, chưa nhận" if cash else BANK_REASONS[number % len(BANK_REASONS)]) if unpaid else ""
            status = ("Chưa nhận" if cash else "Không thành công") if unpaid else ("Đã trả" if cash else "Thành công")
            line = number + 3
            sheet.write_number(line, 0, number)
            sheet.write_string(line, 1, str(cell(row, "Số tài khoản", "Số TK")))
            sheet.write_string(line, 2, str(cell(row, "Tên người thụ hưởng", "Tên người hưởng", "Người nhận", "Họ và tên", "Họ tên", "Tên")))
            sheet.write_string(line, 3, str(cell(row, "Ngân hàng thụ hưởng", "Ngân hàng")))
            sheet.write_number(line, 4, int(float(cell(row, "Số tiền", "Tổng số tiền"))))
            sheet.write_string(line, 5, str(cell(row, "Nội dung", "Diễn giải", "Mã tham chiếu")))
            sheet.write_number(line, 6, 0)
            sheet.write_string(line, 7, status)
            sheet.write_string(line, 8, reason or f"FT{number:08d}")
    return Answer(path, len(body) - failed, failed)


REQUEST_REASONS = ("CCCD hết hạn sử dụng", "Thông tin không khớp CSDLQG về dân cư", "Thiếu giấy khai sinh hoặc giấy giám hộ")


def answer_requests(
    list_file: str | Path, folder: str | Path, *, prefix: str, start: int, reject_every: int, wait_every: int
) -> Path:
    """Read the office's list of account requests and send it back with the bank's columns filled in.

    Every `reject_every`-th is refused with a reason, every `wait_every`-th has no outcome yet (0: none). The
    bank's clerk types: one name lacks a letter, another is somebody else's. Numbers go on from `start`.
    """
    list_file, folder = Path(list_file), Path(folder)
    rows = CalamineWorkbook.from_path(str(list_file)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    at = next(index for index, row in enumerate(rows) if str(row[0]).strip() == "STT")
    header = [str(cell).strip() for cell in rows[at]]
    number_at, name_at, result_at, reason_at = (
        next(index for index, text in enumerate(header) if text.startswith(start_of))
        for start_of in ("Số tài khoản", "Tên chủ tài khoản", "Kết quả", "Lý do")
    )
    holder_at = next(index for index, text in enumerate(header) if text.startswith("Họ tên"))
    body = [list(row) for row in rows[at + 1 :] if str(row[0]).strip().replace(".0", "").isdigit()]
    for number, row in enumerate(body, start=1):
        row[0] = number
        if wait_every and number % wait_every == 0:
            row[result_at] = "Đang xử lý"
        elif reject_every and number % reject_every == 0:
            row[result_at], row[reason_at] = "Từ chối", REQUEST_REASONS[number // reject_every % len(REQUEST_REASONS)]
        else:
            row[result_at] = "Đã mở"
            row[number_at] = f"{prefix}{(start + number) % 10**8:08d}"
            name = ascii_upper(str(row[holder_at]))
            row[name_at] = {2: name[:-1], 7: "HOANG VAN NHAM LAN"}.get(number, name)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"KQ {list_file.stem}.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False}) as book:
        book.set_properties({"created": datetime(2024, 6, 1)})
        sheet = book.add_worksheet("data")
        for index, row in enumerate([*rows[: at + 1], *body]):
            for column, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(index, column, value)
                elif value not in ("", None):
                    sheet.write_string(index, column, str(value))
    return path
