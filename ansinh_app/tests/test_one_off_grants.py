"""One-off grants through documents: amount by law, paid once on the rails of the month, carried when returned."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period
from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import GrantError
from ansinh_app.payouts import sealing
from ansinh_app.tests import payout_world as world

OFFICE = "OOG-A"


def office(code: str) -> str:
    """An office of its own, so that the months of one test are not another's."""
    world.make_office(code)
    world.make_contracts(code)
    return code


def organiser(person, name: str = "Lý Văn Con", account: bool = True):
    """Who organised the funeral, with an account of their own."""
    holder = frappe.get_doc({"doctype": "Representative", "full_name": name}).insert()
    if account:
        number = frappe.db.count("Payment Account") + 1
        holder.account = (
            frappe.get_doc(
                {
                    "doctype": "Payment Account",
                    "provider": "STB",
                    "account_no": f"0702{number:08d}",
                    "account_name": name,
                    "holder_type": "Authorised",
                    "representative": holder.name,
                }
            )
            .insert()
            .name
        )
    return holder


def grant(person, grant_type: str = "MT-BTXH", submit: bool = True, **values):
    holder = None if values.get("payee_type") == "Self" else organiser(person)
    document = frappe.get_doc(
        {
            "doctype": "One-off Grant",
            "beneficiary": person.name,
            "grant_type": grant_type,
            "decision_no": "15/QĐ-UBND",
            "decision_date": "2024-07-15",
            "representative": holder and holder.name,
            "payment_account": holder and holder.account,
            **values,
        }
    ).insert()
    return document.submit() if submit else document


class TestOneOffGrants(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        office(OFFICE)

    def dead(self, category: str = "BTXH-06B1", died: str = "2024-07-10", of: str = OFFICE, **values):
        person = world.make_person(of, **values)
        world.make_entitlement(person, category)
        world.change(person, "Death", "2024-07-12", occurred_on=died)
        return person

    def line_of(self, document, period: str) -> dict | None:
        return next(iter(world.lines_of(period, one_off_grant=document.name)), None)

    def test_the_law_says_the_amount_and_why(self):
        document = grant(self.dead(), amount=1)
        self.assertEqual(as_dong(document.amount), 10_000_000)
        self.assertEqual(document.status, "Granted")
        self.assertEqual(document.law_article, "NĐ 20/2021 Đ11")
        self.assertIn("Mức chuẩn 500.000 đ × hệ số 20 = 10.000.000 đ", document.explanation)
        self.assertEqual(str(document.occurred_on), "2024-07-10")

    def test_paid_once_and_carried_over_when_it_comes_back(self):
        code = office("OOG-B")
        document = grant(self.dead(of=code))
        paid = []
        for month, as_of, outcome in (
            ("2024-07", "2024-07-10", None),
            ("2024-08", "2024-07-24", "Không thành công"),
            ("2024-09", "2024-08-23", None),
            ("2024-10", "2024-09-24", None),
        ):
            period = world.make_period(code, month, as_of).name
            prepare_period(period)
            again = prepare_period(period)
            self.assertEqual((again["created"], again["changed"], again["removed"]), (0, 0, 0))
            line = self.line_of(document, period)
            if line:
                paid.append((month, line.monthly_amount, line.carried_over, line.total))
                self.assertEqual(line.line_key, f"{document.beneficiary}|MT-BTXH|{month}|One-off")
                self.assertEqual(
                    (line.kind, line.payee_name, line.programme), ("One-off", "LY VAN CON", "BTXH")
                )
            world.pay(period, {line.name: (outcome, "sai tên")} if line and outcome else None)
            for batch in frappe.get_all("Payout Batch", {"period": period, "docstatus": 1}, pluck="name"):
                self.assertTrue(sealing.verify(batch)["valid"])
        amount = 10_000_000
        self.assertEqual(paid, [("2024-08", amount, 0, amount), ("2024-09", 0, amount, amount)])
        self.assertEqual(frappe.db.get_value("One-off Grant", document.name, "status"), "Paid")

    def test_it_does_not_touch_the_monthly_ledger(self):
        code = office("OOG-C")
        person = self.dead(of=code)
        grant(person)
        for month, as_of in (("2026-01", "2025-12-24"), ("2026-02", "2026-01-24")):
            period = world.make_period(code, month, as_of).name
            summary = prepare_period(period)
            regular = world.lines_of(period, beneficiary=person.name, kind="Regular")
            # May to July 2024, and nothing after the month of death.
            self.assertEqual(
                [as_dong(line.total) for line in regular], [1_830_000] if month == "2026-01" else []
            )
            self.assertFalse(frappe.get_all("Recovery Case", {"beneficiary": person.name}))
            self.assertEqual(summary["recovery_cases"]["proposed"], 0)
            world.pay(period)

    def test_one_funeral_grant_to_a_person(self):
        person = self.dead()
        grant(person)
        with self.assertRaises(GrantError):
            grant(person, "MT-TAI")

    def test_three_months_of_the_allowance_at_death(self):
        person = self.dead("NCC-03A", provider="BID")
        document = grant(person, "TC3T-NCC")
        self.assertEqual(as_dong(document.amount), 3 * 2_789_000)

    def test_what_cannot_be_granted_is_said(self):
        alive = world.make_person(OFFICE)
        world.make_entitlement(alive)
        died = self.dead()
        cases = {
            "no death": (alive, {}),
            "monthly category": (died, {"grant_type": "BTXH-06B1"}),
            "to the dead": (died, {"payee_type": "Self"}),
            "no rate": (died, {"grant_type": "MT-HTXH"}),
            "before the event": (died, {"decision_date": "2024-07-01"}),
            "no payee": (died, {"representative": None}),
            "no account": (died, {"payment_account": None}),
            "somebody else's account": (died, {"payment_account": died.payment_account}),
            "not by number": (died, {"quantity": 2}),
            "no allowance": (died, {"grant_type": "TC3T-NCC"}),
        }
        for name, (person, values) in cases.items():
            with self.subTest(name), self.assertRaises(GrantError):
                grant(person, **({"submit": False} | values))

    def test_paid_grants_stay(self):
        code = office("OOG-D")
        document = grant(self.dead(of=code))
        period = world.make_period(code, "2027-01", "2026-12-24").name
        prepare_period(period)
        with self.assertRaises(GrantError):
            document.cancel()
        # Cancelled before it was on any list: it is paid by none.
        other = grant(self.dead(of=code))
        other.cancel()
        prepare_period(period)
        self.assertIsNone(self.line_of(other, period))
        self.assertEqual(frappe.db.get_value("One-off Grant", other.name, "status"), "Cancelled")

    def test_a_submitted_grant_never_changes_its_amount(self):
        document = grant(self.dead())
        document.amount = 99
        with self.assertRaises(frappe.ValidationError):
            document.save()
