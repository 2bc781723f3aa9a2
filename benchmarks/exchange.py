"""The provider's file beside a bare xlsxwriter, and its result beside a bare calamine, of one batch."""

import io
import tempfile

import python_calamine
import xlsxwriter

from benchmarks import office
from benchmarks.clock import forget_peak, measure, peak_memory

SIZES = (10_000, 100_000)
_HEADERS = (
    "STT",
    "Số tài khoản",
    "Tên người thụ hưởng",
    "Ngân hàng thụ hưởng",
    "Số tiền",
    "Nội dung",
    "Phí",
    "Trạng thái",
    "FT / Ghi chú",
)


def run(*sizes: str) -> list[str]:
    """Lines of the report for offices of these sizes, each in a site of its own."""
    report = []
    for size in [int(size) for size in sizes] or SIZES:
        report += _measure(size)
    return report


def _measure(people: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        frappe = office.new_site(folder)
        office.make_people(frappe, people)
        batch = _sealed_batch(frappe)
        from ansinh_app.payouts import files, results

        forget_peak()
        written = measure(lambda: files.write_provider_files(batch))
        contents = [file.get_content() for file in written.result]
        bare = measure(lambda: [_copy(content) for content in contents])
        answer = _answer(frappe, batch)
        bare_read = measure(lambda: _read(answer))
        document = _result(frappe, batch, answer)
        applied = measure(lambda: (results.apply(document), frappe.db.commit()))
        again = measure(lambda: (results.apply(document), frappe.db.commit()))
        lines = frappe.db.count("Payout Line", {"batch": batch})
        assert document.matched == document.already_applied == lines and not document.unmatched
        peak = peak_memory()
        frappe.destroy()

    def row(taken, what: str) -> str:
        return f"  {taken.seconds:8.2f} s {taken.seconds / lines * 1e6:8.1f} µs a line   {what}"

    return [
        f"exchange: a batch of {lines:,} lines",
        row(bare, "the same cells by xlsxwriter alone"),
        row(
            written,
            f"the provider's file, seal checked and attached: {written.seconds / bare.seconds:.1f} times",
        ),
        row(bare_read, "the result file read by calamine alone"),
        row(
            applied,
            f"the result matched and written to every line: {applied.seconds / bare_read.seconds:.1f} times",
        ),
        row(again, "the same file again, nothing changed"),
        f"  memory: peak of the process {peak:,.0f} MiB",
    ]


def _sealed_batch(frappe) -> str:
    """The month's largest batch, as approval leaves it."""
    from ansinh_app.payouts import sealing
    from ansinh_app.payouts.run import prepare

    period = office.make_period(frappe, office.WHOLE)
    prepare(period, f"{office.WHOLE}-05")
    (batch,) = frappe.get_all(
        "Payout Batch", filters={"period": period}, pluck="name", order_by="line_count desc", limit=1
    )
    values = {"docstatus": 1, "status": "Sent", "approved_on": "2025-07-06 08:00:00"}
    frappe.db.set_value("Payout Batch", batch, values | {"seal": sealing.sum_up(batch).seal})
    frappe.db.set_value("Payout Line", {"batch": batch}, "status", "Sent")
    frappe.db.commit()
    return batch


def _copy(content: bytes) -> bytes:
    """The cells of a workbook written once more and nothing else."""
    sheets = _read(content)
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        text, number = book.add_format({"num_format": "@"}), book.add_format({"num_format": "#,##0"})
        for rows in sheets:
            page = book.add_worksheet()
            for index, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        page.write_string(index, column, value, text)
                    else:
                        page.write_number(index, column, value, number)
    return target.getvalue()


def _read(content: bytes) -> list[list[list]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def _answer(frappe, batch: str) -> bytes:
    """What a bank sends back: one in fifty did not go through, one in a thousand has no account any more."""
    rows = frappe.get_all(
        "Payout Line",
        filters={"batch": batch},
        fields=["name", "line_no", "account_no", "payee_name", "total"],
        order_by="line_no",
    )
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet("data")
        page.write_string(0, 0, "KẾT QUẢ CHI TRẢ")
        for column, header in enumerate(_HEADERS):
            page.write_string(3, column, header)
        for index, row in enumerate(rows):
            bad = row.line_no % 50 == 0
            page.write_row(
                index + 4,
                0,
                (index + 1, row.account_no, row.payee_name.upper(), "Sacombank", int(row.total))
                + (f"TC {row.name}", 0, "Không thành công" if bad else "Thành công")
                + (_said(row.line_no) if bad else f"FT{row.line_no:010d}",),
            )
    return target.getvalue()


def _said(number: int) -> str:
    return "Tài khoản đã đóng" if number % 1000 == 0 else "Sai tên người thụ hưởng"


def _result(frappe, batch: str, content: bytes):
    file = frappe.get_doc(
        {"doctype": "File", "file_name": "ket-qua.xlsx", "is_private": 1, "content": content}
    ).insert()
    return frappe.get_doc({"doctype": "Provider Result", "batch": batch, "file": file.file_url})
