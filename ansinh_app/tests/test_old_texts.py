"""What was written before texts were kept plain: made plain by the patch, but for what stands under a seal."""

import contextlib
import io

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period, provider_file, verify_seal
from ansinh_app.oversight import personal_data
from ansinh_app.patches import make_old_texts_plain
from ansinh_app.tests import payout_world as world

MARK, PLAIN = "<img src=x>", "‹img src=x>"


class TestOldTexts(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        cls.office = world.make_office("OLD-" + frappe.generate_hash(length=6).upper())
        world.make_contracts(cls.office.name)
        cls.person = world.make_person(cls.office.name, "Lý Thị Cũ")
        cls.decision = world.make_entitlement(cls.person)
        cls.as_an_old_release_left_it("Beneficiary", cls.person.name, full_name=f"Lý {MARK}", note="a < b")
        cls.as_an_old_release_left_it(
            "Payment Account", cls.person.payment_account, account_name=f"LY {MARK}"
        )
        cls.as_an_old_release_left_it(
            "Entitlement", cls.decision.name, note=MARK, full_name=f"<b>Lý</b> {MARK}"
        )
        cls.as_an_old_release_left_it("Office Programme", cls.office.programmes[0].name, budget_chapter=MARK)
        cls.settings = frappe.db.get_single_value("An Sinh Settings", "data_officer")
        cls.sealed = cls.line_of("2024-05", approved=True)
        cls.open = cls.line_of("2024-06")
        for line in (cls.sealed, cls.open):
            cls.as_an_old_release_left_it("Payout Line", line.name, failure_reason=MARK)

    @staticmethod
    def as_an_old_release_left_it(doctype: str, name: str, **values) -> None:
        frappe.db.set_value(doctype, name, values, update_modified=False)

    @classmethod
    def line_of(cls, month: str, approved: bool = False):
        period = world.make_period(cls.office.name, month, f"{month[:6]}{int(month[6:]) - 1}-24").name
        with world.as_user(world.OFFICER):
            prepare_period(period)
        if approved:
            world.approve(world.batches_of(period)[0])
        return world.lines_of(period)[0]

    def run_patch(self) -> tuple[dict, str]:
        with contextlib.redirect_stdout(io.StringIO()) as told:
            changed = make_old_texts_plain.execute()
        return changed, told.getvalue()

    def stored(self, doctype: str, name: str, *fields: str) -> tuple:
        return tuple(frappe.db.get_value(doctype, name, list(fields) or "*", as_dict=True).values())

    def test_texts_become_plain_and_what_is_sealed_stays(self):
        line = self.sealed
        self.assertEqual((line.full_name, line.payee_name), (f"Lý {MARK}", f"LY {MARK}"))
        frappe.db.set_single_value("An Sinh Settings", "data_officer", f"{self.settings} {MARK}")
        self.addCleanup(frappe.db.set_single_value, "An Sinh Settings", "data_officer", self.settings)
        file = provider_file(line.batch)["file_url"]
        content = world.file_bytes(file)
        changed, told = self.run_patch()
        self.assertEqual(
            self.stored("Beneficiary", self.person.name, "full_name", "note"), (f"Lý {PLAIN}", "a < b")
        )
        account = self.person.payment_account
        self.assertEqual(self.stored("Payment Account", account, "account_name"), (f"LY {PLAIN}",))
        decision = self.stored("Entitlement", self.decision.name, "full_name", "note", "docstatus")
        self.assertEqual(decision, (f"<b>Lý</b> {PLAIN}", PLAIN, 1))
        programme = self.office.programmes[0].name
        self.assertEqual(self.stored("Office Programme", programme, "budget_chapter"), (PLAIN,))
        memo = frappe.db.get_single_value("An Sinh Settings", "data_officer", cache=False)
        self.assertEqual(memo, f"{self.settings} {PLAIN}")
        for kind in ("Beneficiary", "Payment Account", "Entitlement", "Office Programme", "An Sinh Settings"):
            self.assertIn(kind, changed)
            self.assertIn(f"{kind}: ", told)
        # A line that waits for approval is made plain, a sealed one but for what is sealed or goes to the provider.
        texts = ("full_name", "payee_name", "failure_reason")
        plain = (f"Lý {PLAIN}", f"LY {PLAIN}", PLAIN)
        self.assertEqual(self.stored("Payout Line", self.open.name, *texts), plain)
        self.assertEqual(self.stored("Payout Line", line.name, *texts), (f"Lý {MARK}", f"LY {MARK}", PLAIN))
        self.assertIn(f"{line.batch}: 2 texts", told)
        self.assertNotIn(self.open.batch, told)
        self.assertTrue(verify_seal(line.batch)["valid"])
        self.assertEqual(provider_file(line.batch)["file_url"], file)
        self.assertEqual(world.file_bytes(file), content)
        before = self.stored("Payout Line", line.name), self.stored("Beneficiary", self.person.name)
        self.assertEqual(self.run_patch()[0], {})
        after = self.stored("Payout Line", line.name), self.stored("Beneficiary", self.person.name)
        self.assertEqual(after, before)
        world.approve(self.open.batch)

    def test_what_is_sealed_is_shown_plain(self):
        shown = frappe.get_doc("Payout Line", self.sealed.name)
        shown.run_method("onload")
        self.assertEqual((shown.full_name, shown.payee_name), (f"Lý {PLAIN}", f"LY {PLAIN}"))
        page = frappe.get_print("Payout Line", self.sealed.name)
        self.assertIn(f"LY {PLAIN.replace('>', '')}", page)
        self.assertNotIn(MARK, page)
        kept = self.stored("Payout Line", self.sealed.name, "full_name", "payee_name")
        self.assertEqual(kept, (f"Lý {MARK}", f"LY {MARK}"))

    def test_what_somebody_typed_is_plain_in_the_log_of_who_saw_whom(self):
        personal_data.record("Export", "Beneficiary", what=MARK, detail=MARK, office=self.office.name)
        found = frappe.get_all("Personal Data Log", {"office": self.office.name}, ["what", "detail"])
        self.assertIn({"what": PLAIN, "detail": PLAIN}, found)
