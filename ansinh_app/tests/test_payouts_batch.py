"""A batch: approved by someone else, under a contract in force, sealed, and written the same every time."""

import frappe
from frappe.model.workflow import apply_workflow
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period, provider_file, verify_seal
from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import ContractError, PeriodStateError, SealedError, SelfApprovalError
from ansinh_app.tests import payout_world as world


class TestBatch(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()

    def setUp(self):
        self.office = world.make_office("BAT-" + frappe.generate_hash(length=6).upper()).name
        self.contract = world.make_contract(self.office, "STB", valid_to="2024-12-31")
        self.people = [world.make_person(self.office, f"Lý Thị {name}") for name in ("Một", "Hai")]
        for person in self.people:
            world.make_entitlement(person)
        self.period = world.make_period(self.office, "2024-05", "2024-04-24").name

    def batch(self, maker: str = world.OFFICER) -> str:
        with world.as_user(maker):
            prepare_period(self.period)
        return world.batches_of(self.period)[0]

    def test_maker_cannot_approve_whoever_they_are(self):
        for maker in (world.MANAGER, "Administrator"):
            with world.as_user(maker):
                frappe.db.delete("Payout Line", {"period": self.period})
                frappe.db.delete("Payout Batch", {"period": self.period})
                batch = self.batch(maker)
                document = apply_workflow(frappe.get_doc("Payout Batch", batch), "Submit for Approval")
                with self.assertRaises(SelfApprovalError):
                    apply_workflow(document, "Approve")
            self.assertEqual(frappe.db.get_value("Payout Batch", batch, "docstatus"), 0)

    def test_maker_cannot_sign_the_batch_over_to_somebody_else(self):
        batch = self.batch()
        world.make_entitlement(world.make_person(self.office, "Lý Thị Ba"))
        self.batch(world.MANAGER)
        with world.as_user(world.MANAGER):
            document = frappe.get_doc("Payout Batch", batch)
            document.prepared_by = world.OFFICER
            document.save()
            document = apply_workflow(frappe.get_doc("Payout Batch", batch), "Submit for Approval")
            with self.assertRaises(SelfApprovalError):
                apply_workflow(document, "Approve")

    def test_officer_cannot_seal_another_officers_batch_past_the_workflow(self):
        batch = self.batch(world.MANAGER)
        with world.as_user(world.OFFICER), self.assertRaises(frappe.PermissionError):
            frappe.get_doc("Payout Batch", batch).submit()

    def test_approval_needs_a_contract_in_force(self):
        batch = self.batch()
        frappe.db.set_value("Bank Contract", self.contract.name, "valid_to", "2024-04-30")
        with self.assertRaises(ContractError):
            world.approve(batch)
        frappe.db.set_value("Bank Contract", self.contract.name, "valid_to", None)
        with world.as_user(world.MANAGER):
            approved = apply_workflow(frappe.get_doc("Payout Batch", batch), "Approve")
        self.assertEqual(approved.contract, self.contract.name)

    def test_batches_are_not_made_by_hand(self):
        document = frappe.get_doc(
            {
                "doctype": "Payout Batch",
                "office": self.office,
                "period": self.period,
                "programme": "BTXH",
                "provider": "STB",
                "channel": "Bank Transfer",
            }
        )
        self.assertRaises(PeriodStateError, document.insert)

    def test_approval_seals_the_lines(self):
        batch = self.batch()
        document = world.approve(batch)
        self.assertEqual((document.docstatus, document.status), (1, "Approved"))
        self.assertEqual(len(document.seal), 64)
        self.assertEqual(as_dong(document.total_amount), 1_080_000)
        self.assertEqual(frappe.db.get_value("Payout Period", self.period, "status"), "Paying")
        world.send(batch)
        answer = verify_seal(batch)
        self.assertTrue(answer["valid"], "a status is not sealed")

    def test_broken_seal_is_found_and_nothing_is_written(self):
        batch = self.batch()
        world.approve(batch)
        line = world.lines_of(self.period)[0].name
        for fieldname, value in (
            ("account_no", "999999"),
            ("total", 540_001),
            ("payee_name", "NGUYEN VAN A"),
        ):
            before = frappe.db.get_value("Payout Line", line, fieldname)
            frappe.db.set_value("Payout Line", line, fieldname, value)
            self.assertFalse(verify_seal(batch)["valid"], fieldname)
            self.assertRaises(SealedError, provider_file, batch)
            frappe.db.set_value("Payout Line", line, fieldname, before)
        self.assertTrue(verify_seal(batch)["valid"])
        frappe.db.delete("Payout Line", {"name": line})
        self.assertFalse(verify_seal(batch)["valid"])

    def test_cancelled_batch_keeps_its_seal(self):
        batch = self.batch()
        world.approve(batch)
        world.cancel_batch(batch)
        self.assertTrue(verify_seal(batch)["valid"])

    def test_sent_batch_cannot_be_cancelled(self):
        batch = self.batch()
        world.approve(batch)
        world.send(batch)
        document = frappe.get_doc("Payout Batch", batch)
        document.cancel_reason = "Too late"
        self.assertRaises((SealedError, frappe.ValidationError), document.cancel)
        self.assertEqual({line.status for line in world.lines_of(self.period)}, {"Sent"})

    def test_sealed_values_cannot_be_saved_over(self):
        batch = self.batch()
        world.approve(batch)
        document = frappe.get_doc("Payout Batch", batch)
        document.paid_amount = 1
        document.save()
        self.assertEqual(as_dong(frappe.db.get_value("Payout Batch", batch, "paid_amount") or 0), 0)
        document = frappe.get_doc("Payout Batch", batch)
        document.total_amount = 1
        document.seal = "0" * 64
        document.save()
        self.assertTrue(verify_seal(batch)["valid"])
        self.assertEqual(as_dong(frappe.db.get_value("Payout Batch", batch, "total_amount")), 1_080_000)
        document = frappe.get_doc("Payout Batch", batch)
        document.status = "Completed"
        self.assertRaises(frappe.ValidationError, document.save)

    def test_provider_file_is_the_same_bytes_whenever_written(self):
        batch = self.batch()
        world.approve(batch)
        first = provider_file(batch)
        content = world.file_bytes(first["file_url"])
        frappe.delete_doc("File", first["name"])
        frappe.db.set_value("Payout Batch", batch, "provider_file", None)
        second = provider_file(batch)
        self.assertEqual(world.file_bytes(second["file_url"]), content)
        self.assertEqual(provider_file(batch)["name"], second["name"])
        self.assertIn(frappe.db.get_value("Payout Batch", batch, "seal")[:8], second["file_name"])
        file = frappe.get_doc("File", second["name"])
        self.assertEqual((file.is_private, file.attached_to_name), (1, batch))

    def test_provider_file_keeps_digits_as_text_and_names_no_category(self):
        batch = self.batch()
        world.approve(batch)
        grid = world.grid_of(world.file_bytes(provider_file(batch)["file_url"]))
        head = grid[3]
        rows = [dict(zip(head, row, strict=True)) for row in grid[4:]]
        accounts = {
            frappe.db.get_value("Payment Account", p.payment_account, "account_no") for p in self.people
        }
        self.assertEqual({row["Số tài khoản"] for row in rows}, accounts)
        self.assertTrue(all(number.startswith("0") for number in accounts))
        self.assertEqual([row["Số tiền"] for row in rows], [540_000, 540_000])
        self.assertEqual({row["Tên người thụ hưởng"] for row in rows}, {"LY THI MOT", "LY THI HAI"})
        self.assertNotIn("BTXH-06", str(grid))

    def test_only_a_sealed_batch_is_written(self):
        self.assertRaises(PeriodStateError, provider_file, self.batch())

    def test_contract_through_the_post_names_the_post_as_receiver(self):
        world.make_contract(self.office, "CTG", via_provider="VNPOST")
        person = world.make_person(self.office, "Lý Thị Ba", provider="CTG")
        world.make_entitlement(person)
        self.batch()
        batch = frappe.get_doc("Payout Batch", {"period": self.period, "provider": "CTG"})
        self.assertEqual(batch.receiver, "VNPOST")
