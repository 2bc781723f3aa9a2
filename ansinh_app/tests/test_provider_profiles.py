"""Layouts of providers' files: checks, golden files, parts of a long list, and the way out and back of each preset."""

import io
from datetime import date, datetime
from pathlib import Path

import frappe
import openpyxl
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period, provider_file
from ansinh_app.core import account_answers, bankfile, profile_checks
from ansinh_app.core.bankfile import PAID, ResultRow
from ansinh_app.core.money import as_dong
from ansinh_app.core.names import ascii_upper, search_key
from ansinh_app.core.reconcile import SentLine, match
from ansinh_app.exceptions import ResultFileError
from ansinh_app.payee_accounts.doctype.provider_file_profile.provider_file_profile import preview
from ansinh_app.payee_accounts.request_lists import row_of
from ansinh_app.patches import name_profile_purposes
from ansinh_app.payouts import files
from ansinh_app.setup.providers import presets
from ansinh_app.tests import payout_world as world
from ansinh_app.utils import workbooks

CREATED = datetime(2024, 5, 24, 8, 0)
CONTEXT = {
    "office": "Phòng Mẫu", "programme": "BTXH", "month": "06/2024", "year": 2024, "batch": "PB-MAU-2024-06-0001",
    "seal": "0123abcd", "provider_name": "Ngân hàng Mẫu", "source_account": "060200001111", "list": "ACL-2024-001",
    "units": {"X": "Xã Mẫu"},
}  # fmt: skip
# Digits in front, marks, an apostrophe, an account of letters, an amount of nine digits, one guardian's account twice.
PEOPLE = (
    ("Nguyễn Thị Mẫu Đức", "Nguyễn Thị Mẫu Đức", "0060123456789", 540_000),
    ("H'Mẫu Êban", "H'Mẫu Êban", "060100000002", 1_350_000),
    ("Lý Văn Con", "Vi Thị Giám Hộ", "35110000012345", 810_000),
    ("Lý Thị Em", "Vi Thị Giám Hộ", "35110000012345", 810_000),
    ("Đàm Văn Ỷ", "Đàm Văn Ỷ", "MAU0600001", 123_456_000),
)


def folder() -> Path:
    return Path(frappe.get_app_path("ansinh_app")).parent / "tests" / "golden" / "provider_files"


def payment_rows() -> list[dict]:
    return [
        files.line_row(
            {
                "line_no": number, "name": f"ls00{number}abcd", "payee_name": payee, "full_name": person,
                "account_no": account_no, "total": total, "administrative_unit": "X", "village": "Thôn 1",
                "programme": "BTXH",
            },
            CONTEXT,
        )
        for number, (person, payee, account_no, total) in enumerate(PEOPLE, start=1)
    ]  # fmt: skip


def request_rows() -> list[dict]:
    return [
        row_of(
            frappe._dict(
                name=f"ACR-2024-0000{number}", full_name=person, holder_name=payee, holder_birth="01/02/1980",
                holder_sex="Nữ", holder_id=f"02018000000{number}", holder_phone="0912000000",
                holder_address="Thôn 1, Xã Mẫu", holder_type="Self" if person == payee else "Guardian",
                administrative_unit="X", village="Thôn 1",
            ),
            CONTEXT["units"],
        )
        | {"line_no": str(number)}
        for number, (person, payee, _account, _total) in enumerate(PEOPLE, start=1)
    ]  # fmt: skip


def shipped() -> list:
    """The presets as documents, not saved: what a fresh site gets."""
    return [frappe.get_doc({"doctype": "Provider File Profile", **one}) for one in presets()]


def golden_parts(profile) -> list:
    rows = request_rows() if profile.purpose == profile_checks.REQUESTS else payment_rows()
    return files.write_parts(
        profile, rows, CONTEXT, search_key(profile.profile_name).replace(" ", "_"), CREATED
    )


def write_golden() -> list[str]:
    """Write the golden files anew, after looking at what changed (`execute` this function on a site)."""
    folder().mkdir(parents=True, exist_ok=True)
    made = []
    for profile in shipped():
        if profile.purpose in (profile_checks.PAYMENT, profile_checks.REQUESTS):
            (part,) = golden_parts(profile)
            (folder() / part.file_name).write_bytes(part.content)
            made.append(part.file_name)
    return made


def cells_of(content: bytes) -> tuple[str, str | None, list]:
    """Sheet name, frozen pane, and each filled cell with its value, number format, boldness and column width."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return sheet.title, sheet.freeze_panes, [
        (cell.coordinate, cell.value, cell.data_type, cell.number_format, cell.font.b,
         sheet.column_dimensions[cell.column_letter].width)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]  # fmt: skip


def answered(grid: list[list], header_row: int, more_headers: list[str], more: list[list]) -> list[list]:
    """The provider's own file with further columns filled in, its titles above and a sum below."""
    head = header_row - 1
    body = [[*row, *extra] for row, extra in zip(grid[head + 1 :], more, strict=True)]
    return [*grid[:head], [*grid[head], *more_headers], *body, ["Tổng cộng", "", "", len(body)]]


class TestPresets(FrappeTestCase):
    def test_every_bank_of_the_issue_has_a_layout_marked_as_unconfirmed(self):
        by_name = {one.profile_name: one for one in shipped()}
        for bank in ("Sacombank", "VietinBank", "BIDV", "Agribank", "LPBank", "Bưu điện"):
            for name in (bank, f"{bank} - mở tài khoản"):
                self.assertTrue(by_name[name].unconfirmed, name)
                self.assertTrue(by_name[name].source, name)
        self.assertEqual({one.purpose for one in by_name.values()}, set(profile_checks.FIELDS))
        for one in by_name.values():
            self.assertEqual(one.problems(), [], one.profile_name)
        found = frappe.db.get_value(
            "Payment Service Provider", "LPB", ["file_profile", "request_profile"], as_dict=True
        )
        self.assertEqual(dict(found), {"file_profile": "LPBank", "request_profile": "LPBank - mở tài khoản"})
        self.assertEqual(frappe.db.get_value("Payment Service Provider", "ACB", "file_profile"), "Chung")

    def test_files_are_as_they_were(self):
        """A provider's upload breaks on a column moved: any difference must be wanted."""
        made = 0
        for profile in shipped():
            if profile.purpose not in (profile_checks.PAYMENT, profile_checks.REQUESTS):
                continue
            (part,) = golden_parts(profile)
            kept = (folder() / part.file_name).read_bytes()
            if profile.file_type == "CSV":
                self.assertEqual(part.content, kept, part.file_name)
            else:
                self.assertEqual(cells_of(part.content), cells_of(kept), part.file_name)
            self.assertEqual((part.part, part.line_count), ("1/1", len(PEOPLE)))
            made += 1
        self.assertEqual(made, len(list(folder().glob("*.xlsx")) + list(folder().glob("*.csv"))))

    def test_payment_files_come_back_matched_line_by_line(self):
        words = [("Thành công", ""), ("Không thành công", "Tài khoản đã đóng"), ("OK", "FT1"), ("Thành công", ""),
                 ("Chưa nhận", "vắng mặt")]  # fmt: skip
        for profile in shipped():
            if profile.purpose != profile_checks.PAYMENT:
                continue
            rows, core = payment_rows(), files.profile_of(profile)
            (part,) = golden_parts(profile)
            ((_sheet, grid),) = workbooks.read_workbook(part.content, part.file_name)
            back = answered([list(row) for row in grid], core.header_row, ["Trạng thái", "Lý do"], words)
            sent = [
                SentLine(
                    row["line_ref"], row["account_no"], row["payee_name"], row["total"], "Sent",
                    bankfile.memo(core.memo_template, CONTEXT | row, core.ascii_memo),
                )
                for row in rows
            ]  # fmt: skip
            found = bankfile.parse_result(back, core)
            matching = match(sent, found)
            with self.subTest(profile.profile_name):
                self.assertEqual([row.reason for row in found], [reason for _status, reason in words])
                self.assertFalse(matching.unmatched)
                self.assertEqual(
                    {line.ref: row.status for line, row in matching.matched},
                    dict(zip([row["line_ref"] for row in rows], ("Paid", "Failed", "Paid", "Paid", "Uncollected"), strict=True)),
                )  # fmt: skip

    def test_request_lists_come_back_matched_request_by_request(self):
        for profile in shipped():
            if profile.purpose != profile_checks.REQUESTS:
                continue
            core, rows = files.profile_of(profile), request_rows()
            (part,) = golden_parts(profile)
            ((_sheet, grid),) = workbooks.read_workbook(part.content, part.file_name)
            grid = [list(row) for row in grid]
            head = core.header_row - 1
            # The bank fills in the columns we left free; a number of its own with the zero in front.
            places = {column.field: place for place, column in enumerate(core.columns)}
            for number, row in enumerate(grid[head + 1 :], start=1):
                opened = number != 2
                row[places["account_no"]] = f"06019999000{number}" if opened else ""
                row[places["account_name"]] = ascii_upper(rows[number - 1]["holder_name"])
                row[places["answer"]] = "Đã mở" if opened else "Từ chối"
                row[places["reason"]] = "" if opened else "Thiếu giấy khai sinh"
            asked = [
                account_answers.Asked(row["request_ref"], row["holder_id"], row["holder_name"])
                for row in rows
            ]
            matching = account_answers.match(asked, account_answers.parse(grid, [core]))
            with self.subTest(profile.profile_name):
                self.assertFalse(matching.unmatched or matching.missing)
                self.assertEqual(
                    [(one.ref, found.status, found.account_no, found.reason) for one, found in matching.matched],
                    [
                        (row["request_ref"], *(("Rejected", "", "Thiếu giấy khai sinh") if number == 2 else
                                               ("Opened", f"06019999000{number}", "")))
                        for number, row in enumerate(rows, start=1)
                    ],
                )  # fmt: skip

    def test_the_layouts_of_answers_read_what_is_laid_out_so(self):
        by_purpose = {one.purpose: files.profile_of(one) for one in shipped()}
        results = by_purpose[profile_checks.RESULTS]
        headers = [column.header for column in results.columns]
        grid = [
            ["KẾT QUẢ"],
            [],
            [],
            headers,
            [1, "0060123456789", "NGUYEN THI MAU DUC", "", 540_000, "TC BTXH T06/2024 1", 0, "00", "FT9"],
        ]
        self.assertEqual(bankfile.parse_result(grid, results)[0].status, "")
        own = bankfile.Profile(results.columns, good_words=("00",), bad_words=("99",))
        self.assertEqual(
            bankfile.parse_result(grid, own),
            [ResultRow(5, "TC BTXH T06/2024 1", "0060123456789", "NGUYEN THI MAU DUC", 540_000, PAID, "FT9")],
        )
        answers = by_purpose[profile_checks.ANSWERS]
        row = [1, "ACR-1", "020180000001", "Lý Thị Hoà", "060155550001", "LY THI HOA", "E07", "x"]
        grid = [[column.header for column in answers.columns], row]
        own = bankfile.Profile(answers.columns, bad_words=("E07",))
        self.assertEqual(account_answers.parse(grid, [own])[0].status, "Rejected")


class TestProfileForm(FrappeTestCase):
    def profile(self, **values):
        (usual,) = (one for one in presets() if one["profile_name"] == "Sacombank")
        return frappe.get_doc(
            {"doctype": "Provider File Profile", **usual, "profile_name": "Mẫu thử", **values}
        )

    def refused(self, said: str, **values):
        with self.assertRaisesRegex(ResultFileError, said):
            self.profile(**values).insert()

    def columns(self, *changes) -> list[dict]:
        columns = self.profile().as_dict()["columns"]
        return [
            {key: row[key] for key in ("source_field", "header", "kind", "width")} for row in columns
        ] + list(changes)

    def test_what_cannot_be_used_is_said_before_anybody_is_paid_by_it(self):
        frappe.local.lang, usual = "vi", frappe.local.lang
        self.addCleanup(setattr, frappe.local, "lang", usual)
        self.refused(
            "hai lần", columns=self.columns({"source_field": "amount", "header": "Tiền", "kind": "amount"})
        )
        self.refused("cùng tiêu đề", columns=self.columns({"source_field": "village", "header": "SỐ TIỀN"}))
        self.refused("không dùng", columns=self.columns({"source_field": "holder_id", "header": "CCCD"}))
        self.refused(
            "cần thêm cột", columns=[row for row in self.columns() if row["source_field"] != "amount"]
        )
        self.refused("tham chiếu", memo_template="TC {programme}",
                     columns=[row for row in self.columns() if row["source_field"] != "line_ref"])  # fmt: skip
        self.refused("bỏ dấu", memo_template="Trợ cấp {line_no}")
        self.refused(
            "quá dài",
            memo_template="TRO CAP BAO TRO XA HOI {programme} THANG {month} {line_no}",
            memo_length=40,
        )
        self.refused("category", memo_template="TC {category} {line_no}")
        self.refused("ngoặc", memo_template="TC {programme")
        self.refused("31", sheet_name="x" * 32)
        self.refused("Excel", sheet_name="a/b")
        self.refused("dòng 1", header_row=1)
        self.profile(memo_template="Trợ cấp {line_no}", memo_ascii=0, profile_name="Mẫu có dấu").insert()

    def test_the_preview_shows_rows_problems_and_a_sample_and_changes_nothing(self):
        saved = self.profile().insert()
        before = frappe.get_doc("Provider File Profile", saved.name).modified
        # the form as it stands, not saved: one column renamed
        shown = frappe.get_doc("Provider File Profile", saved.name)
        shown.columns[1].header = "Tên sửa"
        preview(shown.as_json())
        said = frappe.get_message_log()[-1]["message"]
        self.assertIn("Tên sửa", said)
        self.assertIn("<td>", said)
        files_of = {"attached_to_doctype": "Provider File Profile", "attached_to_name": saved.name}
        (sample,) = frappe.get_all("File", filters=files_of, fields=["name", "is_private"])
        self.assertTrue(sample.is_private)
        preview(shown.as_json())
        self.assertEqual(frappe.db.count("File", files_of), 1)
        self.assertEqual(frappe.get_doc("Provider File Profile", saved.name).modified, before)
        shown.memo_template = "Trợ cấp {line_no}"
        preview(shown.as_json())
        self.assertEqual(frappe.get_message_log()[-1]["indicator"], "red")
        for user in ("Bank Officer", "Commune Officer"):
            world.make_user(f"{frappe.scrub(user)}.profile@example.com", user)
            with world.as_user(f"{frappe.scrub(user)}.profile@example.com"):
                self.assertRaises(frappe.PermissionError, preview, shown.as_json())


class TestParts(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()

    def setUp(self):
        self.office = world.make_office("PART-" + frappe.generate_hash(length=6).upper()).name
        world.make_contracts(self.office)
        for number in range(5):
            world.make_entitlement(world.make_person(self.office, f"Lý Thị Mẫu {'ABCDE'[number]}"))
        self.period = world.make_period(self.office, "2024-05", "2024-04-24").name
        with world.as_user(world.OFFICER):
            prepare_period(self.period)
        (self.batch,) = world.batches_of(self.period)
        world.approve(self.batch)
        frappe.db.set_value("Provider File Profile", "Sacombank", "row_limit", 2)
        frappe.clear_document_cache("Provider File Profile", "Sacombank")

    def tearDown(self):
        frappe.db.set_value("Provider File Profile", "Sacombank", "row_limit", 0)
        frappe.clear_document_cache("Provider File Profile", "Sacombank")
        super().tearDown()

    def test_a_list_over_the_limit_goes_out_in_parts_that_stay_the_same(self):
        with world.as_user(world.OFFICER):
            made = provider_file(self.batch)
        self.assertEqual(
            [name["file_name"].rsplit("-", 1)[1] for name in made["files"]],
            ["1of3.xlsx", "2of3.xlsx", "3of3.xlsx"],
        )
        batch = frappe.get_doc("Payout Batch", self.batch)
        rows = [
            (row.part, row.line_count, as_dong(row.total_amount), row.first_line, row.last_line)
            for row in batch.provider_files
        ]
        self.assertEqual(
            rows, [("1/3", 2, 1_080_000, 1, 2), ("2/3", 2, 1_080_000, 3, 4), ("3/3", 1, 540_000, 5, 5)]
        )
        self.assertEqual(sum(row[2] for row in rows), as_dong(batch.total_amount))
        contents = [world.file_bytes(one["file_url"]) for one in made["files"]]
        self.assertIn("1/3", str(world.grid_of(contents[0])[0]))
        with world.as_user(world.MANAGER):
            again = provider_file(self.batch)
        self.assertEqual([one["name"] for one in again["files"]], [one["name"] for one in made["files"]])
        fresh = files.build(batch, files.sealing.batch_lines(self.batch))
        self.assertEqual([part.content for part in fresh], contents)
        # the bank answers part by part
        world.send(self.batch)
        for content in contents[::-1]:
            grid = world.grid_of(content)
            head = next(index for index, row in enumerate(grid) if "Mã tham chiếu" in row)
            world.import_result(
                self.batch,
                world.workbook(
                    [[*grid[head], "Trạng thái"], *([*row, "Thành công"] for row in grid[head + 1 :])]
                ),
            )
        self.assertEqual(
            frappe.db.get_value("Payout Batch", self.batch, ["status", "paid_count"]), ("Completed", 5)
        )
        self.assertEqual(
            date(2024, 5, 1), frappe.utils.getdate(frappe.db.get_value("Payout Period", self.period, "month"))
        )


class TestOldSites(FrappeTestCase):
    def test_layouts_of_an_earlier_release_keep_working(self):
        old = {"Sacombank": "Payment", "Đề nghị mở tài khoản": "Account Requests"}
        for name, purpose in old.items():
            frappe.db.set_value("Provider File Profile", name, {"purpose": purpose, "memo_ascii": 0})
        frappe.db.set_value("Payment Service Provider", "STB", "request_profile", None)
        frappe.db.set_value("Payment Service Provider", "CTG", "request_profile", "Đề nghị mở tài khoản")
        for _again in (1, 2):
            name_profile_purposes.execute()
            self.assertEqual(
                [
                    frappe.db.get_value("Provider File Profile", "Sacombank", ["purpose", "memo_ascii"]),
                    frappe.db.get_value("Provider File Profile", "Đề nghị mở tài khoản", "purpose"),
                    frappe.db.get_value("Payment Service Provider", "STB", "request_profile"),
                    frappe.db.get_value("Payment Service Provider", "CTG", "request_profile"),
                ],
                [("Payments", 1), "Account Requests", "Sacombank - mở tài khoản", "Đề nghị mở tài khoản"],
            )
        frappe.db.set_value("Payment Service Provider", "CTG", "request_profile", "VietinBank - mở tài khoản")
        frappe.clear_cache(doctype="Provider File Profile")
