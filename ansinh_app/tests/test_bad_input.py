"""Bad input of every kind has a clear error in Vietnamese or the right outcome; nothing is paid twice."""

import io
import zipfile

import frappe
from frappe.model.workflow import apply_workflow
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import explain, import_registry, preflight, prepare_period, verify_seal
from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import (
    ImportStateError,
    PeriodStateError,
    ResultFileError,
    SealedError,
    SelfApprovalError,
    WorkbookError,
)
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.factories import HEADERS, attach, commune_row, commune_workbook

_VIETNAMESE = set("ăâđêôơưạảãáàằắặẳẵầấậẩẫẹẻẽéèềếệểễịỉĩíìọỏõóòồốộổỗờớợởỡụủũúùừứựửữỵỷỹýỳ")


def told(action, error: type | tuple) -> str:
    """What the refusal says to somebody who reads Vietnamese."""
    before, frappe.local.lang = frappe.local.lang, "vi"
    try:
        action()
    except error as refusal:
        return frappe.utils.strip_html(str(refusal))
    finally:
        frappe.local.lang = before
        frappe.clear_messages()
    raise AssertionError(f"{error} was not raised")


class Office(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()

    def setUp(self):
        self.doc = world.make_office("BAD-" + frappe.generate_hash(length=6).upper())
        self.office, self.unit = self.doc.name, self.doc.administrative_unit

    def assertSaysInVietnamese(self, text: str, *words: str):
        self.assertTrue(_VIETNAMESE & set(text.lower()), text)
        for word in words:
            self.assertIn(word, text)

    def period(self, month: str = "2024-05", as_of: str = "2024-04-24") -> str:
        return world.make_period(self.office, month, as_of).name

    def prepare(self, period: str) -> dict:
        with world.as_user(world.OFFICER):
            return prepare_period(period)


class TestWorkbooks(Office):
    def make(self, content: bytes, file_name: str, **values):
        return frappe.get_doc(
            {
                "doctype": "Registry Import",
                "file": attach(content, file_name),
                "administrative_unit": self.unit,
                **values,
            }
        ).insert()

    def grid(self, rows: list) -> bytes:
        return world.workbook(rows)

    def packed(self, change) -> bytes:
        """A good workbook packed anew, with `change(name, bytes)` applied to each part."""
        target = io.BytesIO()
        source = zipfile.ZipFile(io.BytesIO(commune_workbook([commune_row()])))
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
            for name in source.namelist():
                package.writestr(name, change(name, source.read(name)))
        return target.getvalue()

    def test_what_is_no_list_is_refused_in_words_and_leaves_nothing(self):
        good = commune_workbook([commune_row()])
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        bomb = self.packed(lambda name, part: b" " * 210_000_000 if "sheet1" in name else part)
        people = frappe.db.count("Beneficiary")
        for name, content, word in (
            ("words.xlsx", b"PK words and no package" * 50, "hỏng"),
            ("noise.xlsx", bytes(range(256)) * 40, "hỏng"),
            ("cut.xlsx", good[: len(good) // 2], "hỏng"),
            ("password.xlsx", ole + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
            ("old.xls", ole + b"\0" * 5000, "hỏng"),
            ("page.xls", "<html><table><tr><td>Họ và tên</td></tr></table>".encode(), "trang web"),
            ("bomb.xlsx", bomb, "200 MB"),
            ("letter.xlsx", _package({"word/document.xml": b"<a/>"}), "Excel"),
            ("macro.xlsm", _with_macro(good), "macro"),
            ("paper.xlsx", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "XLSX"),
            ("blank.xlsx", self.grid([]), "danh sách"),
            ("heads.xlsx", self.grid([list(HEADERS)]), "danh sách"),
            ("headless.xlsx", self.grid([["Lý Văn A", "10/03/1980", "Nam"]] * 3), "danh sách"),
        ):
            with self.subTest(name):
                doc = self.make(content, name)
                text = told(lambda doc=doc: import_registry(doc.name), WorkbookError)
                self.assertSaysInVietnamese(text, name, word)
                self.assertEqual(frappe.db.get_value("Registry Import", doc.name, "status"), "Draft")
        self.assertEqual(frappe.db.count("Beneficiary"), people)

    def test_odd_but_readable_workbooks_are_taken(self):
        wide = [*HEADERS, *(f"Cột {number}" for number in range(200))]
        row = commune_row()
        csv = ";".join(HEADERS) + "\n" + ";".join(str(row.get(header, "")) for header in HEADERS)
        for name, content in (
            ("wide.xlsx", commune_workbook([row], headers=wide)),
            ("list.xlsx", csv.encode()),
        ):
            with self.subTest(name):
                counts = import_registry(self.make(content, name).name)
                self.assertEqual((counts["rows_total"], counts["rows_rejected"]), (1, 0))
        self.assertEqual(frappe.db.count("Beneficiary", {"administrative_unit": self.unit}), 1)

    def test_wrong_identity_numbers_and_categories_come_back_with_their_reason(self):
        rows = [
            commune_row(**{"STT": number, "Họ và tên": f"Hoàng Văn {name}", **values})
            for number, (name, values) in enumerate(
                (
                    ("Chữ", {"Số CCCD": "02008A001234"}),
                    ("Mười", {"Số CCCD": "0200800012"}),
                    ("Ba", {"Số CCCD": "0200800012345"}),
                    ("Lạ", {"Đối tượng": "BTXH-99"}),
                    ("Không", {"Đối tượng": ""}),
                    ("Tỉnh", {"Số CCCD": "999080001234"}),
                    ("Nữ", {"Số CCCD": "020180001235"}),
                    ("Kỷ", {"Số CCCD": "020280001236"}),
                ),
                start=1,
            )
        ]
        doc = self.make(commune_workbook(rows), "sai.xlsx")
        before, frappe.local.lang = frappe.local.lang, "vi"
        try:
            counts = import_registry(doc.name)
        finally:
            frappe.local.lang = before
        # A number of the right shape that contradicts sex or birth is told and kept: the entry may be the mistake.
        self.assertEqual((counts["rows_rejected"], counts["rows_created"]), (5, 3))
        text = frappe.db.get_value("Registry Import", doc.name, "error_message")
        self.assertSaysInVietnamese(text, "BTXH-99", "0200800012345")
        self.assertTrue(counts["error_file"])

    def test_one_person_in_two_communes_lists_is_registered_once(self):
        other = world.make_unit(f"{self.office}-Y", "Xã Bên Cạnh").name
        row = commune_row(**{"Số CCCD": "020080004321"})
        self.assertEqual(import_registry(self.make(commune_workbook([row]), "a.xlsx").name)["rows_created"], 1)
        doc = self.make(commune_workbook([row]), "b.xlsx", administrative_unit=other, office=self.office)
        self.assertEqual(import_registry(doc.name)["rows_rejected"], 1)
        self.assertEqual(frappe.db.count("Beneficiary", {"personal_id": "020080004321"}), 1)

    def test_a_commune_that_bears_a_new_code_sends_the_same_people(self):
        """July 2025: the ward became another one; its people, with a personal ID or without, are not doubled."""
        rows = [
            commune_row(),
            commune_row(**{"STT": 2, "Họ và tên": "Hoàng Thị Hai", "Số CCCD": "020180001234", "Giới tính": "Nữ"}),
        ]
        import_registry(self.make(commune_workbook(rows), "cu.xlsx").name)
        new = world.make_unit(f"{self.office}-N", "Phường Mới", valid_from="2025-07-01").name
        old = frappe.get_doc("Administrative Unit", self.unit)
        old.valid_to, old.succeeded_by = "2025-06-30", new
        old.save()
        doc = self.make(commune_workbook(rows), "moi.xlsx", administrative_unit=new, office=self.office)
        counts = import_registry(doc.name)
        self.assertEqual((counts["rows_created"], counts["rows_updated"], counts["rows_rejected"]), (0, 2, 0))
        people = frappe.get_all("Beneficiary", filters={"office": self.office}, pluck="administrative_unit")
        self.assertEqual(people, [new, new])
        self.assertEqual(frappe.db.count("Entitlement", {"office": self.office, "docstatus": 1}), 2)

    def test_office_and_first_month_follow_from_commune_and_title(self):
        doc = self.make(_titled("Tháng 6 năm 2024"), "t6.xlsx")
        self.assertEqual(doc.office, self.office)
        import_registry(doc.name)
        first = frappe.db.get_value("Registry Import", doc.name, "effective_month")
        self.assertEqual(str(first), "2024-06-01")
        self.assertEqual(import_registry(doc.name)["rows_unchanged"], 1)

    def test_an_old_title_does_not_pay_months_anew(self):
        world.make_contract(self.office, "VNPOST", pays_accounts=0, pays_cash=1)
        world.make_entitlement(world.make_person(self.office, cash=True))
        self.prepare(self.period("2024-08", "2024-07-24"))
        doc = self.make(_titled("Tháng 6 năm 2024"), "t6.xlsx")
        import_registry(doc.name)
        first = frappe.db.get_value("Registry Import", doc.name, "effective_month")
        self.assertEqual(str(first), "2024-09-01")

    def test_a_list_of_a_commune_nobody_pays_asks_for_the_office(self):
        far = world.make_unit(f"{self.office}-Z", "Xã Xa", level="Commune", parent=None).name
        world.make_office("BAD-" + frappe.generate_hash(length=6).upper())
        text = told(
            lambda: self.make(commune_workbook([commune_row()]), "xa.xlsx", administrative_unit=far),
            ImportStateError,
        )
        self.assertSaysInVietnamese(text)


def _package(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def _with_macro(content: bytes) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(content))
    parts = {name: source.read(name) for name in source.namelist()}
    return _package({**parts, "xl/vbaProject.bin": b"\0" * 100})


def _titled(title: str) -> bytes:
    row = commune_row()
    return world.workbook([[title], [], list(HEADERS), [row.get(header, "") for header in HEADERS]])


class TestMonth(Office):
    def setUp(self):
        super().setUp()
        self.contract = world.make_contract(self.office, "STB")
        self.people = [world.make_person(self.office, f"Lý Thị {name}") for name in ("Một", "Hai")]
        self.entitlements = [world.make_entitlement(person) for person in self.people]
        self.may = self.period()

    def total(self, period: str) -> int:
        return sum(as_dong(line.total) for line in world.lines_of(period) if line.status != "Cancelled")

    def test_the_maker_is_told_so_in_vietnamese_whichever_way_he_tries(self):
        with world.as_user(world.MANAGER):
            prepare_period(self.may)
            batch = world.batches_of(self.may)[0]
            self.assertSaysInVietnamese(
                told(lambda: frappe.get_doc("Payout Batch", batch).submit(), SelfApprovalError), batch
            )
            pending = apply_workflow(frappe.get_doc("Payout Batch", batch), "Submit for Approval")
            told(lambda: apply_workflow(pending, "Approve"), SelfApprovalError)
            document = frappe.get_doc("Payout Batch", batch)
            document.docstatus = 1
            told(document.save, SelfApprovalError)
        self.assertEqual(frappe.db.get_value("Payout Batch", batch, ["docstatus", "seal"]), (0, None))

    def test_an_account_closed_after_the_run_is_not_sealed(self):
        self.prepare(self.may)
        batch = world.batches_of(self.may)[0]
        account = frappe.get_doc("Payment Account", self.people[0].payment_account)
        account.status = "Closed"
        account.save()
        text = told(lambda: world.approve(batch), PeriodStateError)
        self.assertSaysInVietnamese(text, "Lý Thị Một")
        frappe.db.set_value("Payout Batch", batch, "status", "Draft")
        self.assertEqual(self.prepare(self.may)["removed"], 1)
        world.approve(batch)
        self.assertTrue(verify_seal(batch)["valid"])
        self.assertEqual([line.full_name for line in world.lines_of(self.may)], ["Lý Thị Hai"])

    def test_an_account_closed_after_approval_leaves_the_seal_alone(self):
        self.prepare(self.may)
        batch = world.batches_of(self.may)[0]
        world.approve(batch)
        before = world.lines_of(self.may)
        account = frappe.get_doc("Payment Account", self.people[0].payment_account)
        account.status = "Closed"
        account.save()
        self.prepare(self.may)
        self.assertTrue(verify_seal(batch)["valid"])
        self.assertEqual(world.lines_of(self.may), before)

    def test_a_decision_cancelled_after_the_run_is_not_sealed(self):
        self.prepare(self.may)
        batch = world.batches_of(self.may)[0]
        self.entitlements[0].reload()
        self.entitlements[0].cancel()
        told(lambda: world.approve(batch), PeriodStateError)
        frappe.db.set_value("Payout Batch", batch, "status", "Draft")
        self.prepare(self.may)
        self.assertEqual(self.total(self.may), 540_000)

    def amend(self, entitlement, **values):
        entitlement.reload()
        entitlement.cancel()
        amended = frappe.copy_doc(entitlement)
        amended.amended_from, amended.docstatus = entitlement.name, 0
        amended.update(values)
        amended.insert()
        amended.submit()
        return amended

    def test_an_amended_entitlement_is_not_paid_twice(self):
        self.prepare(self.may)
        self.amend(self.entitlements[0])
        again = self.prepare(self.may)
        self.assertEqual((again["created"], again["changed"], self.total(self.may)), (0, 1, 1_080_000))
        world.pay(self.may)
        self.amend(self.entitlements[1])
        again = self.prepare(self.may)
        self.assertEqual((again["created"], self.total(self.may)), (0, 1_080_000))
        june = self.period("2024-06", "2024-05-24")
        self.prepare(june)
        self.assertEqual([as_dong(line.arrears) for line in world.lines_of(june)], [0, 0])
        self.assertEqual(self.total(june), 1_080_000)
        self.assertFalse(frappe.get_all("Recovery Case", filters={"office": self.office}))

    def test_a_paid_entitlement_cancelled_for_good_is_proposed_for_recovery(self):
        self.prepare(self.may)
        world.pay(self.may)
        self.entitlements[0].reload()
        self.entitlements[0].cancel()
        june = self.period("2024-06", "2024-05-24")
        self.prepare(june)
        self.assertEqual(self.total(june), 540_000)
        case = frappe.get_all("Recovery Case", filters={"office": self.office}, fields=["amount", "docstatus"])
        self.assertEqual([(as_dong(row.amount), row.docstatus) for row in case], [(540_000, 0)])

    def test_a_cancelled_batch_is_paid_once_by_the_next_run(self):
        self.prepare(self.may)
        batch = world.batches_of(self.may)[0]
        world.approve(batch)
        world.cancel_batch(batch)
        for _turn in range(2):
            self.prepare(self.may)
        self.assertEqual(self.total(self.may), 1_080_000)
        keys = [line.line_key for line in world.lines_of(self.may)]
        self.assertEqual(len(keys), len(set(keys)))
        self.assertEqual(frappe.db.get_value("Payout Batch", batch, "status"), "Cancelled")

    def test_a_result_for_a_cancelled_batch_is_refused(self):
        self.prepare(self.may)
        batch = world.batches_of(self.may)[0]
        world.approve(batch)
        content = world.answer(batch)
        world.cancel_batch(batch)
        refusal = (ResultFileError, frappe.CancelledLinkError)
        self.assertSaysInVietnamese(told(lambda: world.import_result(batch, content), refusal), batch)
        self.assertEqual({line.status for line in world.lines_of(self.may)}, {"Cancelled"})

    def test_a_result_of_another_batch_pays_nobody(self):
        world.make_contract(self.office, "BID")
        world.make_entitlement(world.make_person(self.office, "Lý Thị Ba", provider="BID"))
        self.prepare(self.may)
        first, second = world.batches_of(self.may)
        for batch in (first, second):
            world.approve(batch)
        result = world.import_result(second, world.answer(first))
        self.assertEqual((result.matched, result.paid), (0, 0))
        self.assertEqual(result.unmatched, len(result.rows))
        self.assertNotIn("Paid", {line.status for line in world.lines_of(self.may)})

    def test_a_month_before_the_office_pays_is_refused(self):
        frappe.db.set_value("Paying Office", self.office, {"starts_on": "2024-04-01", "ends_on": "2025-06-30"})
        self.assertSaysInVietnamese(told(lambda: self.period("2024-03"), PeriodStateError), "04/2024")
        self.assertSaysInVietnamese(told(lambda: self.period("2025-07"), PeriodStateError), "06/2025")
        self.period("2025-06")

    def test_an_office_without_any_contract_here_may_pay_and_is_told(self):
        other = world.make_office("BAD-" + frappe.generate_hash(length=6).upper())
        world.make_entitlement(world.make_person(other.name))
        period = world.make_period(other.name, "2024-05", "2024-04-24").name
        codes = {row["code"]: row["severity"] for row in preflight(period)["warnings"]}
        self.assertIn("contracts_not_kept", codes)
        self.prepare(period)
        batch = world.approve(world.batches_of(period)[0])
        self.assertEqual((batch.docstatus, batch.receiver, batch.contract), (1, "STB", None))

    def test_two_benefits_of_which_the_law_grants_the_higher_make_one_line(self):
        old = world.make_person(self.office, "Lý Thị Cao", date_of_birth="1950-06-30")
        for category in ("BTXH-05A1", "BTXH-06B3"):
            world.make_entitlement(old, category)
        self.prepare(self.may)
        lines = [line for line in world.lines_of(self.may) if line.beneficiary == old.name]
        self.assertEqual(len(lines), 1)
        answer = explain(old.name, "2024-05")["lines"]
        self.assertEqual([line["total"] for line in answer], [as_dong(lines[0].total)])

    def test_people_with_lines_stay_and_providers_keep_their_code(self):
        self.prepare(self.may)
        world.pay(self.may)
        self.entitlements[0].reload()
        self.entitlements[0].cancel()
        frappe.delete_doc("Entitlement", self.entitlements[0].name, force=True)
        with self.assertRaises(frappe.LinkExistsError):
            frappe.delete_doc("Beneficiary", self.people[0].name)
        with self.assertRaises(frappe.ValidationError):
            frappe.rename_doc("Payment Service Provider", "STB", "SACOM")
        batch = world.batches_of(self.may, docstatus=1)[0]
        self.assertTrue(verify_seal(batch)["valid"])

    def test_a_sealed_line_is_not_deleted_with_its_person_or_batch(self):
        self.prepare(self.may)
        batch = world.batches_of(self.may)[0]
        world.approve(batch)
        for doctype, name in (("Payout Line", world.lines_of(self.may)[0].name), ("Payout Batch", batch)):
            with self.assertRaises((SealedError, frappe.ValidationError)):
                frappe.delete_doc(doctype, name)
        self.assertEqual(len(world.lines_of(self.may)), 2)
