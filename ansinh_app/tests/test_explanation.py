"""Why this amount, on the form, on paper and in the API: in Vietnamese, with articles, and never telling HIV."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import explain, prepare_period
from ansinh_app.payouts.explanation import explain_beneficiary, explain_line
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.factories import as_user, make_user
from ansinh_app.tests.test_papers import paper

OFFICE = "EXPL-A"
TELLING = ("HIV", "AIDS", "BTXH-08", "Đ5.8", "Đ6.1.g", "nhiễm")


class TestExplanation(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        world.make_office(OFFICE)
        world.make_contracts(OFFICE)
        cls.people = {
            "late": world.make_person(OFFICE, "Lộc Thị Muộn"),
            "hiv": world.make_person(OFFICE, "Hoàng Thị Kín"),
            "merit": world.make_person(OFFICE, "Triệu Văn Công", provider="BID"),
        }
        world.make_entitlement(
            cls.people["late"], start="2024-06", known_on="2024-07-20", decision_no="88/QĐ-UBND"
        )
        world.make_entitlement(cls.people["hiv"], "BTXH-08", start="2024-08", known_on="2024-07-20")
        world.make_entitlement(cls.people["merit"], "NCC-07A", start="2024-08", known_on="2024-07-20")
        cls.period = world.make_period(OFFICE, "2024-08", "2024-07-24").name
        prepare_period(cls.period)

    def line(self, who: str):
        name = frappe.db.get_value("Payout Line", {"beneficiary": self.people[who].name}, "name")
        return frappe.get_doc("Payout Line", name)

    def test_the_account_of_a_line_reads_as_a_clerk_would_write_it(self):
        expected = [
            "Hưởng theo quyết định 88/QĐ-UBND (ký ngày 20/07/2024), từ tháng 06/2024: BTXH-06B1 – "
            "Người khuyết tật nặng, từ đủ 16 đến dưới 60 tuổi (NĐ 20/2021 Đ5.6).",
            "Tuổi tại ngày 31/08/2024: 54 (sinh ngày 30/06/1970).",
            "Mức chuẩn 500.000 đ × hệ số 1,5 = 750.000 đ (NĐ 20/2021 Đ6.1.e; 76/2024/NĐ-CP).",
            "Tháng 06/2024: được hưởng 540.000 đ, đã tính chi trả 0 đ, còn lại 540.000 đ.",
            "Tháng 07/2024: được hưởng 750.000 đ, đã tính chi trả 0 đ, còn lại 750.000 đ.",
        ]
        self.assertEqual(explain_line(self.line("late").as_json()), expected)
        answer = explain(self.people["late"].name, "2024-08")
        self.assertEqual([step["text"] for step in answer["lines"][0]["steps"]], expected)
        shown = explain_beneficiary({"name": self.people["late"].name})
        self.assertEqual((shown["month"], shown["lines"][0]["total"]), ("2024-08", 2_040_000))

    def test_what_is_stored_on_the_line_tells_nothing(self):
        stored = self.line("hiv").explanation + (self.line("hiv").months or "")
        for word in TELLING:
            self.assertNotIn(word, stored)

    def test_paper_is_worded_alike_for_all_social_assistance(self):
        texts = {who: paper("Payout Line", self.line(who).name, "Amount Explanation") for who in self.people}
        for word in TELLING:
            self.assertNotIn(word, texts["hiv"])
        self.assertIn("Mức chuẩn 500.000 đ × hệ số 1,5 = 750.000 đ (76/2024/NĐ-CP).", texts["hiv"])
        self.assertIn("Mức chuẩn 500.000 đ × hệ số 1,5 = 750.000 đ (76/2024/NĐ-CP).", texts["late"])
        self.assertIn("Điều 5 Nghị định 20/2021/NĐ-CP", texts["late"])
        self.assertIn("Hai triệu không trăm bốn mươi nghìn đồng.", texts["late"])
        self.assertIn("Tháng 06/2024: được hưởng 540.000 đ", texts["late"])
        self.assertIn("NĐ 77/2024 PL I", texts["merit"])

    def test_who_may_know_gets_articles_and_who_may_not_gets_none(self):
        unit = frappe.db.get_value("Paying Office", OFFICE, "administrative_unit")
        with world.as_user(world.OFFICER):
            self.assertIn("BTXH-08", " ".join(explain_line(self.line("hiv").as_json())))
        # A commune reads its people's decisions, but not why a line is what it is.
        commune = make_user("expl.commune@example.com", "Commune Officer", units=[unit])
        line = self.line("hiv").as_json()
        with as_user(commune):
            text = " ".join(explain_line(line))
        self.assertIn("750.000 đ", text)
        for word in TELLING:
            self.assertNotIn(word, text)
        bank = make_user("expl.bank@example.com", "Bank Officer", providers=["STB"])
        with as_user(bank):
            with self.assertRaises(frappe.PermissionError):
                explain_line(line)
            # Frappe wraps whatever a print format raises in a validation error of its own.
            with self.assertRaises((frappe.PermissionError, frappe.ValidationError)):
                frappe.get_print("Payout Line", self.line("late").name, print_format="Amount Explanation")

    def test_without_the_right_to_decisions_the_account_is_neutral(self):
        """A role that may read people and not their decisions, as an office may set one up."""
        role = "Expl Counter"
        if not frappe.db.exists("Role", role):
            frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": 1}).insert()
        user = make_user("expl.counter@example.com", role)
        original = frappe.has_permission

        def no_decisions(doctype, *args, **kwargs):
            return False if doctype == "Entitlement" else original(doctype, *args, **kwargs)

        frappe.has_permission = no_decisions
        try:
            answer = explain(self.people["hiv"].name, "2024-08")
        finally:
            frappe.has_permission = original
        self.assertEqual(answer["lines"][0]["total"], 750_000)
        for word in (*TELLING, "BTXH"):
            self.assertNotIn(word, frappe.as_json(answer))
        with as_user(user), self.assertRaises(frappe.PermissionError):
            explain(self.people["hiv"].name, "2024-08")
