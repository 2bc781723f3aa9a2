"""Cash lists in heaps by commune, village and Pay Point, called out in order; the codes on them; the check of a seal."""

import re
from urllib.parse import parse_qs, urlsplit

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period
from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import PeriodStateError
from ansinh_app.payouts import cash_lists
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.test_papers import paper
from ansinh_app.utils import paper_codes, printing
from ansinh_app.www import seal_check

OFFICE = "HEAP-T"
CLERK, STRANGER, POLICE = "heap.post@example.com", "heap.bank@example.com", "heap.police@example.com"
NOWHERE = "heap.nowhere@example.com"  # a clerk whom nobody has given a provider


def make_clerk(user: str, role: str, provider: str | None = None) -> None:
    world.make_user(user, role)
    values = {"user": user, "allow": "Payment Service Provider", "for_value": provider}
    if provider and not frappe.db.exists("User Permission", values):
        frappe.get_doc({"doctype": "User Permission", **values}).insert(ignore_permissions=True)


class CashCase(FrappeTestCase):
    """Five people of two villages paid in cash by the Post; one village has a Pay Point of its own."""

    office = OFFICE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        make_clerk(CLERK, "Post Office Clerk", "VNPOST")
        make_clerk(STRANGER, "Bank Officer", "BID")
        world.make_user(POLICE, "Police Officer")
        make_clerk(NOWHERE, "Post Office Clerk")
        cls.unit = world.make_office(cls.office).administrative_unit
        world.make_contracts(cls.office)
        cls.people = {}
        for name, village in (
            ("Lý Văn Đạt", "Thôn 10"), ("Lý Văn Dũng", "Thôn 2"), ("Bế Thị Ân", "Thôn 2"), ("Bế Văn An", "Thôn 2"),
            ("Vi Thị Xa", ""),
        ):  # fmt: skip
            cls.people[name] = world.make_person(cls.office, name, cash=True, village=village)
            world.make_entitlement(cls.people[name])
        cls.period = world.make_period(cls.office, "2024-05", "2024-04-24").name
        prepare_period(cls.period)
        (cls.batch,) = world.batches_of(cls.period)
        world.approve(cls.batch)

    def setUp(self):
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")
        self.addCleanup(frappe.set_user, "Administrator")
        self.doc = frappe.get_doc("Payout Batch", self.batch)

    def point(self, name: str, **values):
        return frappe.get_doc(
            {
                "doctype": "Pay Point", "point_name": name, "kind": "Post Counter", "provider": "VNPOST",
                "administrative_unit": self.unit, **values,
            }
        ).insert()  # fmt: skip

    def heaps(self, by: str) -> dict[str, list[str]]:
        lines = printing.batch_lines(self.batch)
        return {title: [one.full_name for one in heap] for title, heap in cash_lists.heaps(self.doc, lines, by)}


class TestHeaps(CashCase):
    def test_villages_are_called_in_order_and_names_by_the_given_name(self):
        commune = frappe.db.get_value("Administrative Unit", self.unit, "unit_name")
        self.assertEqual(
            list(self.heaps("Village").items()),
            [
                (f"{commune} (không ghi thôn)", ["Vi Thị Xa"]),
                (f"Thôn 2, {commune}", ["Bế Văn An", "Bế Thị Ân", "Lý Văn Dũng"]),
                (f"Thôn 10, {commune}", ["Lý Văn Đạt"]),
            ],
        )
        frappe.db.set_single_value("An Sinh Settings", "cash_list_order", "List Number")
        (names,) = self.heaps("Commune").values()
        listed = [one.full_name for one in printing.batch_lines(self.batch) if one.village == "Thôn 2"]
        self.assertEqual(names[1:4], listed)
        self.assertNotEqual(listed, ["Bế Văn An", "Bế Thị Ân", "Lý Văn Dũng"])

    def test_the_nearest_pay_point_and_who_has_none(self):
        none = self.heaps("Pay Point")
        self.assertEqual(len(none), 1)
        self.assertIn("chưa có điểm chi trả", next(iter(none)))
        self.point("Điểm thôn 2", villages="Thôn 2\nThôn 3")
        self.point("Máy", kind="ATM")
        self.point("Điểm của ngân hàng", provider="STB")
        self.point("Đóng rồi", status="Closed")
        found = self.heaps("Pay Point")
        self.assertEqual(found["Điểm thôn 2"], ["Bế Văn An", "Bế Thị Ân", "Lý Văn Dũng"])
        self.assertEqual(sum(map(len, found.values())), 5)
        post = self.point("Bưu cục xã")
        self.assertEqual(self.heaps("Pay Point")["Bưu cục xã"], ["Vi Thị Xa", "Lý Văn Đạt"])
        # Whoever chose a point goes there.
        frappe.db.set_value("Beneficiary", self.people["Lý Văn Dũng"].name, "pay_point", post.name)
        self.assertIn("Lý Văn Dũng", self.heaps("Pay Point")["Bưu cục xã"])

    def test_each_heap_is_a_paper_with_sums_signatures_and_codes_of_its_lines(self):
        self.point("Điểm thôn 2", villages="Thôn 2")
        sheets = cash_lists.cash_list_paper(self.doc, "Pay Point")["sheets"]
        self.assertEqual([sheet["line_count"] for sheet in sheets], [3, 2])
        self.assertEqual(sum(sheet["totals"]["total"] for sheet in sheets), as_dong(self.doc.total_amount))
        self.assertEqual([len(sheet["codes"]) for sheet in sheets], [len(sheet["pages"]) for sheet in sheets])
        text = paper("Payout Batch", self.batch, "Cash List by Pay Point")
        for part in ("Điểm thôn 2", "NGƯỜI CHI TRẢ", self.doc.seal[:20], "chưa có điểm chi trả"):
            self.assertIn(part, text)
        cash_lists.write_by_pay_point(self.doc.as_dict())
        files = {"attached_to_doctype": "Payout Batch", "attached_to_name": self.batch, "file_name": ["like", "danh-sach%"]}
        self.assertEqual(frappe.db.count("File", files), 2)
        cash_lists.write_by_pay_point(self.doc.as_dict())
        self.assertEqual(frappe.db.count("File", files), 2)

    def test_transfers_and_other_providers_get_no_cash_list(self):
        self.doc.channel = "Bank Transfer"
        self.assertEqual(cash_lists.cash_list_paper(self.doc, "Village")["sheets"], [])
        frappe.db.set_value("Payout Batch", self.batch, "channel", "Bank Transfer")
        with self.assertRaises(PeriodStateError):
            cash_lists.write_by_pay_point(self.doc.as_dict())
        frappe.db.set_value("Payout Batch", self.batch, "channel", "Cash")
        with world.as_user(STRANGER), self.assertRaises(frappe.PermissionError):
            cash_lists.cash_list_paper(self.doc, "Village")

    def test_a_code_names_lines_and_no_person(self):
        self.assertEqual(paper_codes.unpack(paper_codes.pack([7, 3, 4, 5])), [7, 3, 4, 5])
        for wrong in ("", "1-", "a", "9-3", "1-99999", "1..2"):
            with self.assertRaises(ValueError):
                paper_codes.unpack(wrong)
        query = parse_qs(urlsplit(paper_codes.list_address(self.batch, [1, 2, 5])).query)
        self.assertEqual(query, {"b": [self.batch], "n": ["1-2.5"]})


class TestSealCheck(CashCase):
    """What a paper's code leads to."""

    office = "SEALP-T"

    def asked(self, **values) -> dict:
        address = paper_codes.seal_address(
            self.batch, self.doc.line_count, as_dong(self.doc.total_amount), self.doc.seal
        )
        said = {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}
        return {**dict.fromkeys("bntsp", ""), **said, **values}

    def test_a_genuine_paper_is_told_with_its_numbers_and_nobody_on_it(self):
        with world.as_user(CLERK):
            found = seal_check.check(self.asked())
        self.assertEqual(found["kind"], "good")
        told = " ".join(value for _label, value in found["rows"])
        for part in (self.batch, "Phòng Mẫu", "05/2024", "2.700.000 đồng", self.doc.seal):
            self.assertIn(part, told)
        self.assertRegex(told, r"\d\d/\d\d/20\d\d")
        for name in self.people:
            self.assertNotIn(name, told + found["text"])

    def test_another_paper_a_changed_line_and_a_cancelled_list_are_bad(self):
        self.assertEqual(seal_check.check(self.asked(t="2700001"))["kind"], "bad")
        self.assertEqual(seal_check.check(self.asked(s="0" * 20))["kind"], "bad")
        self.assertEqual(seal_check.check(self.asked(s=self.doc.seal[:5]))["kind"], "bad")
        line = world.lines_of(self.period)[0]
        frappe.db.set_value("Payout Line", line.name, "payee_name", "Ai Khác")
        self.assertEqual(seal_check.check(self.asked())["kind"], "bad")
        frappe.db.set_value("Payout Line", line.name, "payee_name", line.payee_name)
        world.cancel_batch(self.batch)
        found = seal_check.check(self.asked())
        self.assertEqual(found["kind"], "bad")
        self.assertNotIn("good", found["kind"])

    def test_who_may_not_read_the_list_learns_nothing_of_it(self):
        answers = []
        for user in (STRANGER, POLICE, NOWHERE):
            with world.as_user(user):
                answers += [seal_check.check(self.asked()), seal_check.check(self.asked(b="PB-KHONG-CO"))]
        self.assertEqual({str(one) for one in answers}, {str(answers[0])})
        self.assertEqual((answers[0]["kind"], answers[0]["rows"]), ("bad", []))

    def test_a_guest_signs_in_first_and_comes_back(self):
        frappe.set_user("Guest")
        frappe.form_dict.update(self.asked())
        with self.assertRaises(frappe.Redirect):
            seal_check.get_context(frappe._dict())
        self.assertTrue(frappe.flags.redirect_location.startswith("/login?redirect-to=%2Fseal-check%3Fb%3D"))
        self.assertIsNone(re.search(r"[<>\"]", frappe.flags.redirect_location))
