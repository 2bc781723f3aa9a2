"""Cash or account, by the beneficiary's choice: one step, with history; cash only for a reason; money carried home."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.exceptions import PayeeError
from ansinh_app.payee_accounts import home_delivery
from ansinh_app.payee_accounts.doctype.payment_move import payment_move
from ansinh_app.payee_accounts.payment_method import move_entitlement, move_person, person_in_cash
from ansinh_app.payee_accounts.report.home_delivery import home_delivery as home_report
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.factories import (
    MAI_PHA,
    VINH_TRAI,
    as_user,
    grant,
    make_account,
    make_office,
    make_person,
    make_representative,
    make_user,
)
from ansinh_app.tests.office_case import OfficeCase
from ansinh_app.tests.test_account_requests import make_contract

CASH = {"payment_method": "Cash", "cash_reason": "Account not open yet"}


class MethodCase(FrappeTestCase):
    def setUp(self):
        frappe.set_user("Administrator")
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")

    def paid_in_cash(self, name, **values):
        """A person paid in cash, and the entitlement."""
        person = make_person(name, **{**CASH, **values})
        return person, grant(person, **CASH)


class TestMoving(MethodCase):
    def test_one_step_into_the_own_account(self):
        person, held = self.paid_in_cash("Lý Thị Chuyển")
        account = make_account(person, account_no="060155550101")
        self.assertEqual(move_person(person.as_dict())["done"], "Moved")
        held.reload()
        self.assertEqual(
            (held.payment_method, held.payment_account, held.cash_reason),
            ("Bank Account", account.name, None),
        )
        self.assertEqual(person.reload().payment_account, account.name)
        self.assertTrue(frappe.get_meta("Entitlement").track_changes)  # the history of each step
        self.assertEqual(move_person(person.as_dict())["done"], "Nothing to Move")

    def test_an_account_of_another_name_or_closed_is_not_taken(self):
        person, held = self.paid_in_cash("Lý Thị Khác")
        account = make_account(person, account_no="060155550102")
        make_contract()
        for field, value in (("status", "Closed"), ("name_match", "Different")):
            frappe.db.set_value("Payment Account", account.name, {"status": "Active", "name_match": "Exact"})
            frappe.db.set_value("Payment Account", account.name, field, value)
            self.assertNotEqual(move_entitlement(held.as_dict())["done"], "Moved")
        self.assertEqual(held.reload().payment_method, "Cash")

    def test_a_representative_the_law_admits(self):
        guardian = make_representative("Lý Văn Giám Hộ")
        child = make_person("Lý Văn Con", date_of_birth="2018-05-01", **CASH)
        child.append("representatives", {"representative": guardian.name, "capacity": "Guardian"})
        child.save()
        held = grant(child, "BTXH-01B", **CASH)
        account = make_account(representative=guardian, account_no="060155550103")
        move_entitlement(held.as_dict())
        held.reload()
        self.assertEqual(
            (held.payee_type, held.representative, held.payment_account),
            ("Guardian", guardian.name, account.name),
        )

    def test_without_an_account_a_request_is_drafted_once(self):
        person, _held = self.paid_in_cash("Lý Thị Chưa")
        with self.assertRaises(PayeeError):
            move_person(person.as_dict())
        make_contract()
        self.assertEqual(move_person(person.as_dict())["done"], "Request Drafted")
        self.assertEqual(move_person(person.as_dict())["done"], "Nothing to Move")
        self.assertEqual(frappe.db.count("Account Request", {"beneficiary": person.name}), 1)

    def test_back_to_cash_needs_a_reason(self):
        person, held = self.paid_in_cash("Lý Thị Về")
        make_account(person, account_no="060155550104")
        move_person(person.as_dict())
        held.reload()
        held.payment_method = "Cash"
        self.assertRaises(PayeeError, held.save)
        with self.assertRaises(PayeeError):
            person_in_cash(person.reload().as_dict())
        person.update({"payment_method": "Cash", "cash_reason": "Bedridden without a receiver"})
        person.save()
        person_in_cash(person.as_dict())
        held.reload()
        self.assertEqual(
            (held.payment_method, held.cash_reason, held.payment_account),
            ("Cash", "Bedridden without a receiver", None),
        )

    def test_who_may_not_decide_may_not_move(self):
        person, held = self.paid_in_cash("Lý Thị Quyền")
        make_account(person, account_no="060155550105")
        commune = make_user("move-commune@example.com", "Commune Officer", units=[VINH_TRAI])
        bank = make_user("move-bank@example.com", "Bank Officer", providers=["STB"])
        for user in (commune, bank):
            with as_user(user):
                self.assertRaises(frappe.PermissionError, move_person, person.as_dict())
                self.assertRaises(frappe.PermissionError, move_entitlement, held.as_dict())
        self.assertEqual(held.reload().payment_method, "Cash")


class TestManyAtOnce(MethodCase):
    def move(self, **values):
        return frappe.get_doc(
            {
                "doctype": "Payment Move",
                "office": make_office(),
                "administrative_unit": VINH_TRAI,
                **values,
            }
        ).insert()

    def test_a_village_moves_and_each_row_says_what_became_of_it(self):
        ready, held = self.paid_in_cash("Lý Thị Sẵn", village="Khối 3")
        make_account(ready, account_no="060155550106")
        waits, _held = self.paid_in_cash("Lý Thị Đợi", village="Khối 3")
        self.paid_in_cash("Lý Thị Xa", village="Khối 4")
        self.paid_in_cash("Lý Thị Khác Xã", administrative_unit=MAI_PHA, village="Khối 3")
        move = self.move(village="khoi 3")
        payment_move.fill(move.as_dict())
        self.assertEqual({row.beneficiary for row in move.reload().rows}, {ready.name, waits.name})
        payment_move.carry_out(move.as_dict())
        results = {row.beneficiary: row.result for row in move.reload().rows}
        self.assertEqual(results, {ready.name: "Moved", waits.name: "Not Possible"})
        self.assertEqual((move.status, move.moved, move.done_by), ("Done", 1, "Administrator"))
        self.assertEqual(held.reload().payment_method, "Bank Account")
        self.assertRaises(PayeeError, payment_move.carry_out, move.as_dict())

    def test_back_to_cash_with_one_reason(self):
        person, held = self.paid_in_cash("Lý Thị Nhiều")
        make_account(person, account_no="060155550107")
        move_person(person.as_dict())
        self.assertRaises(PayeeError, self.move, direction="To Cash")
        move = self.move(
            direction="To Cash", cash_reason="No service nearby", rows=[{"beneficiary": person.name}]
        )
        payment_move.carry_out(move.as_dict())
        self.assertEqual((held.reload().payment_method, held.cash_reason), ("Cash", "No service nearby"))

    def test_results_are_not_written_by_hand_and_offices_are_kept_apart(self):
        person, _held = self.paid_in_cash("Lý Thị Tay")
        move = self.move(rows=[{"beneficiary": person.name, "result": "Moved"}], moved=9, status="Done")
        self.assertEqual((move.status, move.moved or 0, move.rows[0].result), ("Draft", 0, None))
        self.assertRaises(
            PayeeError, self.move, rows=[{"beneficiary": person.name}, {"beneficiary": person.name}]
        )
        cases = {
            "own": make_user("pmv-own@example.com", "Social Affairs Officer", offices=[make_office()]),
            "neighbour": make_user(
                "pmv-next@example.com", "Social Affairs Officer", offices=[make_office("T2")]
            ),
            "outsider": make_user("pmv-bank@example.com", "Bank Officer", providers=["STB"]),
            "no area": make_user("pmv-commune@example.com", "Commune Officer"),
        }
        for case, user in cases.items():
            with self.subTest(case), as_user(user):
                self.assertEqual(frappe.has_permission("Payment Move", doc=move.name), case == "own")


class TestHomeDelivery(OfficeCase):
    def test_money_is_carried_to_those_who_cannot_come(self):
        why = {"Lý Thị Nằm": "Bedridden without a receiver", "Lý Thị Từ": "Refused an account"}
        for name, reason in why.items():
            person = world.make_person(
                self.office, name, cash=True, cash_reason=reason, village="Thôn Vắng", address="Nhà 5"
            )
            world.make_entitlement(person)
        unit = frappe.db.get_value("Paying Office", self.office, "administrative_unit")
        frappe.get_doc(
            {"doctype": "Pay Point", "point_name": "Bưu cục Mẫu", "kind": "Post Counter", "provider": "VNPOST",
             "administrative_unit": unit}
        ).insert()  # fmt: skip
        period, _summary = self.prepare("2024-06", "2024-06-05")
        filters = {"month": "2024-06-01", "office": self.office}
        rows = home_report.execute(filters)[1]
        self.assertEqual([(row.full_name, row.pay_point, row.village) for row in rows],
                         [("Lý Thị Nằm", "Bưu cục Mẫu", "Thôn Vắng")])  # fmt: skip
        self.assertTrue(rows[0].reason)
        batch = next(
            one for one in world.batches_of(period) if world.lines_of(period, batch=one, channel="Cash")
        )
        paper = home_delivery.home_delivery_paper(frappe.get_doc("Payout Batch", batch))
        self.assertEqual([(sheet.place, len(sheet.rows)) for sheet in paper["sheets"]], [("Bưu cục Mẫu", 1)])
        self.assertTrue(paper["mark"])
        with as_user(make_user("home-post@example.com", "Post Office Clerk", providers=["VNPOST"])):
            shown = home_report.execute(filters)[1]
            self.assertEqual([(row.full_name, row.reason) for row in shown], [("Lý Thị Nằm", "")])
        for email, role, provider in (
            ("home-bank@example.com", "Post Office Clerk", "STB"),
            ("home-nowhere@example.com", "Post Office Clerk", None),
        ):
            with as_user(make_user(email, role, providers=[provider] if provider else [])):
                self.assertEqual(home_report.execute(filters)[1], [])
