"""Every form of DOMAIN §3.2 in its words, with the office's names, and silent on who is ill."""

import re
import shutil
import subprocess
import tempfile
import unittest
from unittest.mock import patch

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils.pdf import get_pdf

from ansinh_app.api import prepare_period
from ansinh_app.core.money import as_dong, format_dong
from ansinh_app.payouts.period_papers import changes_list_paper, funding_paper
from ansinh_app.registry.decisions import decision_paper, said_reason
from ansinh_app.registry.declarations import declaration_paper
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.test_neutral_outside import telling
from ansinh_app.tests.test_papers import text_of
from ansinh_app.utils import printing
from ansinh_app.utils.printing import lines_of_name, numbered, sign_of

OFFICE = "FORM-T"
SIGNATORIES = [
    {"signing_role": "Prepared By", "job_title": "Chuyên viên", "full_name": "Nông Mẫu Lập"},
    {"signing_role": "Chief Accountant", "job_title": "Kế toán trưởng", "full_name": "Vi Mẫu Toán"},
    {"signing_role": "Head", "job_title": "Trưởng phòng", "full_name": "Hà Mẫu Trưởng"},
    {"signing_role": "Treasury Accountant", "job_title": "Giao dịch viên", "full_name": "Lý Mẫu Kho"},
    {
        "signing_role": "Decision Maker",
        "authority": "KT. Chủ tịch",
        "job_title": "Phó Chủ tịch",
        "full_name": "La Mẫu Quyết",
    },
]


def printed(document, print_format: str) -> str:
    html = frappe.get_print(document.doctype, document.name, print_format=print_format, doc=document)
    return text_of(re.sub(r'<div class="help-line">.*?</div>', " ", html, flags=re.S))


def papers_of(text: str, *parts: str) -> list[str]:
    """What of the words is missing."""
    return [part for part in parts if part not in text]


class TestForms(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        world.make_office(
            OFFICE,
            office_name="Phòng Mẫu Biểu",
            parent_body="UBND huyện Mẫu Biểu",
            place_name="Mẫu Biểu",
            document_sign="DS-PMB",
            report_to="Sở Mẫu tỉnh Biểu",
            budget_unit_code="1077777",
            signatories=SIGNATORIES,
        )
        world.make_contracts(OFFICE)
        year = {"doctype": "Budget Allotment", "office": OFFICE, "programme": "BTXH", "year": 2024}
        frappe.get_doc(year | {"amount": 900_000_000}).insert().submit()
        cls.weak = world.make_person(
            OFFICE, "Hà Thị Biểu Một", personal_id="020170001234", ethnicity="Tày", village="Thôn Mẫu"
        )
        cls.ill = world.make_person(OFFICE, "Hà Văn Biểu Hai")
        cls.cash = world.make_person(OFFICE, "Hà Thị Biểu Ba", cash=True)
        for person, category in ((cls.weak, "BTXH-06B1"), (cls.ill, "BTXH-08"), (cls.cash, "BTXH-06B1")):
            world.make_entitlement(person, category)
        cls.periods = [
            world.make_period(OFFICE, month, day).name for month, day in (("2024-06", "2024-05-20"),)
        ]
        with world.as_user(world.OFFICER):
            prepare_period(cls.periods[0])
        for batch in world.batches_of(cls.periods[0]):
            world.approve(batch)
        with world.as_user(world.OFFICER):
            cls.drawdowns = [cls.draw(batch) for batch in world.batches_of(cls.periods[0], 1)]

    @classmethod
    def draw(cls, batch: str):
        values = frappe.db.get_value("Payout Batch", batch, ["receiver", "provider"], as_dict=True)
        return frappe.get_doc(
            {
                "doctype": "Treasury Drawdown",
                "office": OFFICE,
                "period": cls.periods[0],
                "programme": "BTXH",
                "receiver": values.receiver or values.provider,
                "drawn_on": "2024-05-24",
                "batches": [{"batch": batch}],
            }
        ).insert()

    def application(self, category: str, **values):
        person = values.pop("beneficiary", self.weak.name)
        document = frappe.get_doc(
            {
                "doctype": "Entitlement",
                "beneficiary": person,
                "category": category,
                "office": OFFICE,
                **values,
            }
        )
        document.name = "new"
        return document

    def change(self, change_type: str, person=None, **values):
        person = person or self.weak
        term = frappe.db.get_value("Entitlement", {"beneficiary": person.name}, "name")
        document = frappe.get_doc(
            {
                "doctype": "Registry Change",
                "beneficiary": person.name,
                "office": OFFICE,
                "change_type": change_type,
                "entitlement": term,
                "effective_month": "2024-08-01",
                "decision_no": "5/QĐ-UBND",
                "decision_date": "2024-07-08",
                **values,
            }
        )
        document.name, document.docstatus = "new", 1
        return document

    def test_f1_follows_the_category_and_fills_in_what_is_known(self):
        told = {
            "BTXH-01A": (
                "Mẫu số 1a",
                "khoản 1, khoản 2 và khoản 7",
                "Tình trạng đi học",
                "Chế độ cha, mẹ đang hưởng",
            ),
            "BTXH-08": (
                "Mẫu số 1b",
                "khoản 3 và khoản 8",
                "Thời điểm phát hiện",
                "Khả năng tham gia lao động",
            ),
            "BTXH-04": ("Mẫu số 1c", "khoản 4", "Tình trạng hôn nhân", "Họ và tên con", "16 đến 22 tuổi"),
            "BTXH-05C": ("Mẫu số 1d", "khoản 5", "Lương hưu", "có nghĩa vụ phụng dưỡng", "Nghề nghiệp"),
            "BTXH-06A1": ("Mẫu số 1đ", "khoản 6", "dưới 36 tháng", "Khả năng tự phục vụ", "☒ Có"),
        }
        for category, parts in told.items():
            text = printed(self.application(category), "Declaration of an Entitlement")
            missing = papers_of(
                text, *parts, "TỜ KHAI ĐỀ NGHỊ TRỢ GIÚP XÃ HỘI", "HÀ THỊ BIỂU MỘT", "30/06/1970", "Tày",
                "020170001234", "Thôn Mẫu", "Tôi xin cam đoan", "Thông tin người khai thay", "NGƯỜI KHAI",
                "XÁC NHẬN CỦA ỦY BAN NHÂN DÂN CẤP XÃ", "CÁN BỘ TIẾP NHẬN HỒ SƠ", "CHỦ TỊCH",
            )  # fmt: skip
            self.assertEqual(missing, [], category)
        self.assertNotIn(
            "Khả năng tự phục vụ", printed(self.application("BTXH-01A"), "Declaration of an Entitlement")
        )
        # What they draw already stands there with its month; a form that is not held says which it is.
        self.assertIn("05/2024", printed(self.application("BTXH-01A"), "Declaration of an Entitlement"))
        self.assertIn("2b", printed(self.application("CS-01A"), "Declaration of an Entitlement"))
        change = self.change("New", category="BTXH-04", quantity=4, entitlement=None)
        html = frappe.get_print(change.doctype, "new", print_format="Declaration of a Change", doc=change)
        self.assertEqual(html.count('<tr><td class="mid">'), 4)

    def test_f2_has_the_two_parts_that_are_known(self):
        text = printed(self.application("HTXH-75"), "Declaration of an Entitlement")
        self.assertEqual(
            papers_of(
                text, "Mẫu số 01", "HƯU TRÍ XÃ HỘI", "I. THÔNG TIN NGƯỜI ĐỀ NGHỊ", "Quốc tịch", "KHAI THAY"
            ),
            [],
        )

    def test_the_form_that_tells_is_for_those_inside_only_and_its_printing_is_written_down(self):
        term = frappe.get_doc("Entitlement", {"beneficiary": self.ill.name})
        for role in ("Bank Officer", "Post Office Clerk", "Province Viewer", "Finance Officer", "Auditor"):
            user = f"bieu.{frappe.scrub(role)}@test.example"
            world.make_user(user, role)
            with world.as_user(user):
                self.assertRaises(frappe.PermissionError, declaration_paper, term)
                self.assertRaises(frappe.PermissionError, decision_paper, term)
        with world.as_user(world.OFFICER):
            self.assertIn("Mẫu số 1b", printed(term, "Declaration of an Entitlement"))
        log = {"reference_doctype": "Entitlement", "reference_name": term.name, "action": "Print"}
        self.assertEqual(frappe.get_all("Personal Data Log", log, pluck="user"), [world.OFFICER])

    def test_f12_is_the_committees_with_its_signatory_and_says_what_changes(self):
        whole = ("ỦY BAN NHÂN DÂN HUYỆN MẪU BIỂU", "Số: 05/QĐ-UBND", "ngày 08 tháng 7 năm 2024", "QUYẾT ĐỊNH")
        whole += (
            "Hà Thị Biểu Một",
            "Đối tượng bảo trợ xã hội",
            "KT. CHỦ TỊCH",
            "PHÓ CHỦ TỊCH",
            "La Mẫu Quyết",
        )
        whole += ("Nghị định số 20/2021/NĐ-CP", "Nơi nhận:", "- Lưu: VT.")
        told = {
            "Stop": (
                "thôi hưởng",
                "Mức đang hưởng: 750.000 đồng/tháng",
                "kể từ tháng 08/2024",
                "Lý do: đi tỉnh khác",
            ),
            "Death": ("đã chết ngày 02/07/2024", "Thôi hưởng kể từ tháng 08/2024", "thu hồi"),
            "Adjust": ("điều chỉnh mức", "Mức đang hưởng: 750.000", "Mức mới: 1.000.000 đồng/tháng"),
            "Suspend": ("tạm dừng", "Tạm dừng kể từ tháng 08/2024"),
            "Resume": ("Tiếp tục hưởng", "truy lĩnh"),
            "New": (
                "Trợ cấp hằng tháng cho",
                "bảy trăm năm mươi nghìn đồng".capitalize(),
                "Hình thức chi trả",
            ),
        }
        for kind, parts in told.items():
            more = {"category": "BTXH-06A1"} if kind == "Adjust" else {"payment_method": "Cash"}
            change = self.change(kind, reason="đi tỉnh khác", occurred_on="2024-07-02", **more)
            text = printed(change, "Decision of a Change")
            self.assertEqual(papers_of(text, *whole, *parts), [], kind)
            self.assertNotIn("DỰ THẢO", text)
        self.assertIn("không có quyết định", printed(self.change("Correct"), "Decision of a Change"))
        draft = self.change("Stop")
        draft.docstatus = 0
        self.assertIn("DỰ THẢO", printed(draft, "Decision of a Change"))
        # With another sign the office decided itself, and its head signs where nobody else is named for it.
        own = printed(self.change("Stop", decision_no="12/QĐ-PMB"), "Decision of a Change")
        self.assertEqual(papers_of(own, "PHÒNG MẪU BIỂU", "Số: 12/QĐ-PMB"), [])
        self.assertNotIn("ỦY BAN NHÂN DÂN HUYỆN", own)

    def test_f12_words_everybody_alike_and_keeps_a_telling_reason_back(self):
        papers = {}
        for person in (self.weak, self.ill):
            change = self.change("Stop", person, reason="hết diện HIV theo khoản 8 Điều 5")
            papers[person.name] = printed(change, "Decision of a Change")
            self.assertIsNone(telling().search(papers[person.name]), papers[person.name])
        words = [text.split("thuộc đối tượng:")[1].split(".")[0] for text in papers.values()]
        self.assertEqual(words[0], words[1])
        self.assertEqual(said_reason("chuyển đi", True), said_reason("AIDS", False))

    def test_f6_ties_last_month_to_this_month(self):
        document = frappe.get_doc("Payout Period", self.periods[0])
        paper = changes_list_paper(document)
        before, *steps, after = [amount for _label, amount in paper["ties"]][:5]
        self.assertEqual((before, before + sum(steps)), (0, after))
        text = printed(document, "Increases and Decreases")
        parts = ("DANH SÁCH TĂNG, GIẢM, ĐIỀU CHỈNH", "Mức cũ", "Mức mới", "Chênh lệch", "Số quyết định, ngày")
        self.assertEqual(papers_of(text, *parts, "01/QĐ-UBND", "Hà Văn Biểu Hai", "Hà Mẫu Trưởng"), [])
        logged = {"reference_name": document.name, "action": "Print"}
        self.assertEqual(frappe.get_all("Personal Data Log", logged, pluck="people")[-1], 3)
        viewer = "bieu.tinh@test.example"
        world.make_user(viewer, "Province Viewer")
        with world.as_user(viewer):
            self.assertRaises(frappe.PermissionError, changes_list_paper, document)

    def test_f7_sums_groups_and_channels_to_the_month(self):
        document = frappe.get_doc("Payout Period", self.periods[0])
        paper = funding_paper(document)
        total = sum(as_dong(line.total) for line in world.lines_of(self.periods[0]))
        self.assertEqual((paper["total"], sum(way.amount for way in paper["ways"])), (total, total))
        self.assertEqual(paper["table"]["pages"][-1].running["people"], 3)
        text = printed(document, "Funding Summary")
        self.assertEqual(
            papers_of(
                text, "BẢNG TỔNG HỢP KINH PHÍ", format_dong(total), "tiền mặt", "Mai táng", "Nông Mẫu Lập"
            ),
            [],
        )
        self.assertNotIn("Biểu Một", text)

    def test_f9_lists_who_is_paid_in_the_forms_columns(self):
        bank = next(
            one for one in self.drawdowns if len(world.lines_of(one.period, batch=one.batches[0].batch)) == 2
        )
        text = printed(bank, "Payee Table Form 09")
        lines = world.lines_of(bank.period, batch=bank.batches[0].batch)
        parts = [
            "Mẫu số 09",
            "BẢNG THANH TOÁN CHO ĐỐI TƯỢNG THỤ HƯỞNG",
            "(12)",
            "Tiền phụ cấp và trợ cấp khác",
        ]
        parts += ["1077777", "II. Phần thuyết minh thay đổi", "KHO BẠC NHÀ NƯỚC", "Lý Mẫu Kho", "Vi Mẫu Toán"]
        parts += [line.account_no for line in lines]
        parts += [format_dong(as_dong(bank.batch_total)), "DỰ THẢO"]
        self.assertEqual(papers_of(text, *parts), [])
        form = printed(bank, "Treasury Drawdown C2-02a")
        parts = ("Ứng trước chưa đủ ĐKTT", "Số CKC, HĐK", "Mã CTMT, DA", "Hoặc người lĩnh tiền", "Mã cấp NS")
        self.assertEqual(papers_of(form, *parts), [])

    def test_letters_name_communes_and_percents_and_no_person(self):
        document = frappe.get_doc("Payout Period", self.periods[0])
        unit = f"Xã Mẫu {OFFICE}"
        report = printed(document, "Monthly Report Letter")
        letter = printed(document, "Letter to the Communes")
        self.assertEqual(
            papers_of(
                report,
                "Sở Mẫu tỉnh Biểu",
                "Số: ……/PMB",
                "V/v báo cáo kết quả",
                "66,67%",
                unit,
                "Hà Mẫu Trưởng",
            ),
            [],
        )
        self.assertEqual(papers_of(letter, "Kính gửi:", f"{unit} 66,67%", "trước ngày 05 hằng tháng"), [])
        for person in (self.weak, self.ill, self.cash):
            self.assertNotIn(person.full_name, report + letter)

    def test_names_and_numbers_as_the_decree_writes_them(self):
        self.assertEqual(
            lines_of_name("PHÒNG LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI"),
            ["PHÒNG LAO ĐỘNG -", "THƯƠNG BINH VÀ XÃ HỘI"],
        )
        self.assertEqual(lines_of_name("UBND XÃ MẪU"), ["UBND XÃ MẪU"])
        self.assertEqual(
            [numbered(no) for no in ("5/QĐ-UBND", "12/TB", "15")], ["Số: 05/QĐ-UBND", "Số: 12/TB", "Số: 15"]
        )
        office = frappe.get_doc("Paying Office", OFFICE)
        self.assertEqual((sign_of(office), sign_of(office, "TB")), ("PMB", "TB-PMB"))

    @unittest.skipUnless(shutil.which("pdftotext"), "pdftotext (poppler-utils) reads the pages of the PDF")
    def test_the_sums_of_the_printed_pages_add_up_to_the_total(self):
        document = frappe.get_doc("Payout Batch", {"period": self.periods[0], "channel": "Bank Transfer"})
        line = printing.batch_lines(document.name)[0]
        many = [frappe._dict(line, line_no=number, total=line.total + number) for number in range(1, 61)]
        with patch.object(printing, "batch_lines", lambda _batch: [frappe._dict(one) for one in many]):
            page = frappe.get_print(document.doctype, document.name, print_format="Payment List")
        # A bench's page asks its own server for style sheets, and no server runs here.
        content = get_pdf(re.sub(r"<(link|script)\b.*?>", "", page))
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(content)
            file.flush()
            command = ["pdftotext", "-layout", file.name, "-"]
            text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
        pages = [page for page in text.split("\f") if page.strip()]
        sums = [self.last_amount(found) for found in re.findall(r"Cộng trang: \d+ người.*", text)]
        carried = [
            self.last_amount(found) for found in re.findall(r"Cộng chuyển sang trang sau: \d+ người.*", text)
        ]
        whole = self.last_amount(re.search(r"Tổng cộng: 60 người.*", text)[0])
        self.assertGreater(len(pages), 2)
        self.assertEqual(len(sums), len(pages))
        self.assertEqual(sum(sums), whole)
        self.assertEqual(whole, sum(one.total for one in many))
        self.assertEqual(carried, [sum(sums[: place + 1]) for place in range(len(sums) - 1)])
        for page in pages:
            self.assertIn("Họ và tên", page)

    @staticmethod
    def last_amount(row: str) -> int:
        return int(re.findall(r"\d[\d.]*", row)[-1].replace(".", ""))
