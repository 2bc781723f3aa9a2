"""The papers say what was sealed: header block, subtotals, words, seal; drafts say so; HIV never shows."""

import re
from unittest.mock import patch

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period
from ansinh_app.registry.people import birth
from ansinh_app.tests import payout_world as world
from ansinh_app.utils import printing
from ansinh_app.utils.printing import payment_list_paper, place_and_day, signatures

OFFICE, CODE = "PAPER-T", "PAPER-T"


def text_of(html: str) -> str:
    """The visible text of a paper, blanks collapsed."""
    html = re.sub(r"<(style|svg).*?</\1>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def paper(doctype: str, name: str, print_format: str) -> str:
    return text_of(frappe.get_print(doctype, name, print_format=print_format))


class TestPapers(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        cls.office = world.make_office(
            OFFICE,
            office_name="Phòng Mẫu Giấy",
            parent_body="UBND thành phố Mẫu",
            place_name="Mẫu Sơn",
            document_sign="PMG",
            treasury_name="KBNN Mẫu",
            treasury_account="9523.2.1000000",
            budget_unit_code="1000000",
            signatories=[
                {
                    "signing_role": "Head",
                    "authority": "KT. Trưởng phòng",
                    "job_title": "Phó trưởng phòng",
                    "full_name": "Lê Mẫu Ký",
                },
                {
                    "signing_role": "Chief Accountant",
                    "job_title": "Kế toán trưởng",
                    "full_name": "Vi Mẫu Toán",
                },
            ],
            programmes=[
                {
                    "programme": "BTXH",
                    "budget_chapter": "624",
                    "budget_sector": "398",
                    "budget_item": "7150",
                    "budget_source": "12",
                }
            ],
        )
        world.make_contracts(OFFICE)
        frappe.get_doc(
            {
                "doctype": "Budget Allotment",
                "office": OFFICE,
                "programme": "BTXH",
                "year": 2024,
                "amount": 900_000_000,
            }
        ).insert().submit()
        cls.people = {
            "open": world.make_person(OFFICE, "Nông Thị Mẫu Giấy"),
            "hiv": world.make_person(
                OFFICE, "Vi Văn Mẫu Kín", date_of_birth="1980-03-05", dob_precision="Year"
            ),
            "cash": world.make_person(OFFICE, "Hứa Thị <Mẫu> Tiền", cash=True),
        }
        world.make_entitlement(cls.people["open"])
        world.make_entitlement(cls.people["hiv"], "BTXH-08")
        world.make_entitlement(cls.people["cash"])
        cls.period = world.make_period(OFFICE, "2024-06", "2024-05-20").name
        with world.as_user(world.OFFICER):
            prepare_period(cls.period, "2024-05-20")

    def batch(self, channel: str) -> str:
        return frappe.db.get_value("Payout Batch", {"period": self.period, "channel": channel}, "name")

    def test_draft_says_so_and_sealed_carries_the_seal(self):
        name = self.batch("Bank Transfer")
        if frappe.db.get_value("Payout Batch", name, "docstatus") == 0:
            draft = paper("Payout Batch", name, "Payment List")
            self.assertIn("DỰ THẢO", draft)
            self.assertIn("không dùng để chi trả", draft)
            world.approve(name)
        sealed = paper("Payout Batch", name, "Payment List")
        document = frappe.get_doc("Payout Batch", name)
        self.assertNotIn("DỰ THẢO", sealed)
        self.assertIn(document.seal, sealed)
        self.assertIn("<svg", frappe.get_print("Payout Batch", name, print_format="Payment List"))

    def test_list_has_header_subtotals_words_and_signatures(self):
        text = paper("Payout Batch", self.batch("Bank Transfer"), "Payment List")
        for part in (
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "UBND THÀNH PHỐ MẪU",
            "PHÒNG MẪU GIẤY",
            "DANH SÁCH CHI TRẢ TRỢ CẤP HÀNG THÁNG",
            "Tháng 06/2024",
            "Nông Thị Mẫu Giấy",
            "KT. TRƯỞNG PHÒNG",
            "PHÓ TRƯỞNG PHÒNG",
            "Lê Mẫu Ký",
        ):
            self.assertIn(part, text)
        lines = world.lines_of(self.period, channel="Bank Transfer")
        total = sum(int(line.total) for line in lines)
        self.assertEqual(len(lines), 2)
        self.assertIn(f"Cộng Xã Mẫu {CODE}: 2 người", text)
        self.assertIn(f"{total:,}".replace(",", "."), text)
        self.assertRegex(text, r"Bằng chữ: [A-Z]\S+ .*đồng\.")
        for line in lines:
            self.assertIn(line.account_no, text)
        document = frappe.get_doc("Payout Batch", self.batch("Bank Transfer"))
        shown = [line for group in payment_list_paper(document)["groups"] for line in group.lines]
        self.assertEqual({line.coefficient for line in shown}, {"1,5"})

    def test_hiv_is_on_no_paper_and_every_row_says_the_same(self):
        rendered = frappe.get_print("Payout Batch", self.batch("Bank Transfer"), print_format="Payment List")
        self.assertNotIn("HIV", rendered)
        self.assertNotIn("BTXH-08", rendered)
        self.assertNotIn(frappe.db.get_value("Benefit Category", "BTXH-08", "title"), rendered)
        document = frappe.get_doc("Payout Batch", self.batch("Bank Transfer"))
        shown = {
            line.category_shown for group in payment_list_paper(document)["groups"] for line in group.lines
        }
        self.assertEqual(len(shown), 1)

    def test_year_only_birth_is_printed_as_the_year(self):
        document = frappe.get_doc("Payout Batch", self.batch("Bank Transfer"))
        births = {
            line.full_name: line.birth
            for group in payment_list_paper(document)["groups"]
            for line in group.lines
        }
        self.assertEqual(births, {"Nông Thị Mẫu Giấy": "30/06/1970", "Vi Văn Mẫu Kín": "1980"})
        self.assertEqual(birth("1980-03-05", "Month"), "03/1980")

    def test_list_leaves_out_what_nobody_has_and_says_once_what_all_share(self):
        paper = payment_list_paper(frappe.get_doc("Payout Batch", self.batch("Bank Transfer")))
        columns = paper["table"]["columns"]
        keys = [column.key for column in columns]
        self.assertNotIn("recovery", keys)
        self.assertNotIn("category_shown", keys)
        self.assertEqual(paper["group"], "Đối tượng bảo trợ xã hội")
        # F5b's own columns: the person's code, the number of the identity and of the account.
        self.assertLessEqual({"beneficiary", "personal_id", "account_no", "coefficient"}, set(keys))
        self.assertEqual(keys[paper["table"]["before"]], "monthly_amount")
        self.assertAlmostEqual(sum(column.percent for column in columns), 100, delta=0.2)

    def test_a_list_of_several_pages_sums_each_and_carries_forward(self):
        name = self.batch("Bank Transfer")
        with patch.object(printing, "_LIST_HEIGHT", 66), patch.object(printing, "_SIGN_HEIGHT", 60):
            pages = payment_list_paper(frappe.get_doc("Payout Batch", name))["pages"]
            text = paper("Payout Batch", name, "Payment List")
        self.assertEqual([(page.count, page.running_count) for page in pages], [(1, 1), (1, 2)])
        self.assertEqual(pages[1].running["total"], sum(page.sums["total"] for page in pages))
        self.assertEqual(text.count("Cộng trang: 1 người"), 2)
        self.assertEqual(text.count("Cộng chuyển sang trang sau: 1 người"), 1)
        self.assertIn("Tổng cộng: 2 người", text)

    def test_cash_list_has_a_signature_column_and_no_account(self):
        html = frappe.get_print("Payout Batch", self.batch("Cash"), print_format="Payment List")
        text = text_of(html)
        self.assertIn("Ký, ghi rõ họ tên", text)
        self.assertIn("Tiền mặt", text)
        self.assertNotIn("Chủ tài khoản", text)
        self.assertNotIn("None", text)
        # A name is text on the page, whatever characters are in it.
        self.assertNotIn("<Mẫu>", html)

    def test_drawdown_and_settlement(self):
        for batch in world.batches_of(self.period):
            world.approve(batch)
        batch = frappe.get_doc("Payout Batch", self.batch("Bank Transfer"))
        with world.as_user(world.OFFICER):
            drawdown = frappe.get_doc(
                {
                    "doctype": "Treasury Drawdown",
                    "office": OFFICE,
                    "period": self.period,
                    "programme": "BTXH",
                    "receiver": batch.receiver or batch.provider,
                    "drawn_on": "2024-05-24",
                    "batches": [{"batch": batch.name}],
                }
            ).insert()
        text = paper("Treasury Drawdown", drawdown.name, "Treasury Drawdown C2-02a")
        amount = f"{int(batch.total_amount):,}".replace(",", ".")
        for part in (
            "C2-02a/NS",
            "DỰ THẢO",
            "9523.2.1000000",
            "7150",
            "398",
            "624",
            "KHO BẠC NHÀ NƯỚC",
            amount,
        ):
            self.assertIn(part, text)
        with world.as_user(world.MANAGER):
            frappe.get_doc("Treasury Drawdown", drawdown.name).submit()
        self.assertNotIn("DỰ THẢO", paper("Treasury Drawdown", drawdown.name, "Treasury Drawdown C2-02a"))
        world.send(batch.name)
        failed = world.lines_of(self.period, channel="Bank Transfer")[0]
        world.import_result(
            batch.name, world.answer(batch.name, {failed.name: ("Không thành công", "Tài khoản đóng")})
        )
        with world.as_user(world.OFFICER):
            settlement = frappe.get_doc(
                {
                    "doctype": "Settlement",
                    "office": OFFICE,
                    "period": self.period,
                    "provider": batch.receiver or batch.provider,
                }
            ).insert()
        text = paper("Settlement", settlement.name, "Settlement Sheet")
        for part in (
            "BẢNG ĐỐI SOÁT",
            "A + B - D - F",
            failed.full_name,
            f"{int(failed.total):,}".replace(",", "."),
        ):
            self.assertIn(part, text)
        self.assertNotIn("HIV", text)

    def test_dates_and_signatures_follow_the_rules_of_papers(self):
        self.assertEqual(place_and_day("Mẫu Sơn", "2026-02-05"), "Mẫu Sơn, ngày 05 tháng 02 năm 2026")
        self.assertEqual(place_and_day("Mẫu Sơn", "2026-03-15"), "Mẫu Sơn, ngày 15 tháng 3 năm 2026")
        self.assertEqual([block.name for block in signatures(self.office)], ["", "Vi Mẫu Toán", "Lê Mẫu Ký"])

    def test_another_provider_gets_no_paper(self):
        user = "paper.bank@example.com"
        if not frappe.db.exists("User", user):
            frappe.get_doc(
                {
                    "doctype": "User",
                    "email": user,
                    "first_name": "Bank",
                    "send_welcome_email": 0,
                    "roles": [{"role": "Bank Officer"}],
                }
            ).insert(ignore_permissions=True)
            frappe.get_doc(
                {
                    "doctype": "User Permission",
                    "user": user,
                    "allow": "Payment Service Provider",
                    "for_value": "CTG",
                }
            ).insert(ignore_permissions=True)
        document = frappe.get_doc("Payout Batch", self.batch("Bank Transfer"))
        with world.as_user(user):
            self.assertRaises(frappe.PermissionError, payment_list_paper, document)
