"""Accounts and contracts: whose account it is, once each, and one contract for the same money."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.exceptions import (
    AccountError,
    ContractError,
    InvalidDateError,
    InvalidIdentifierError,
    ResultFileError,
)
from ansinh_app.tests import payout_world as world


class TestPaymentAccount(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        cls.office = world.make_office("ACC-" + frappe.generate_hash(length=6).upper()).name
        cls.person = world.make_person(cls.office, "Nguyễn Thị Đức", cash=True)

    def test_number_and_name_are_kept_as_banks_write_them(self):
        account = world.make_account(self.person, account_no="0601 2345-6789", account_name="Nguyễn Thị Đức")
        self.assertEqual((account.account_no, account.account_name), ("060123456789", "NGUYEN THI DUC"))
        self.assertEqual(account.name_match, "Exact")
        self.assertTrue(account.name.startswith("PAC-"))

    def test_names_that_differ_are_told_apart(self):
        for number, (name, match) in enumerate(
            [
                ("DUC THI NGUYEN", "Order"),
                ("NGUYEN DUC", "Missing Middle Name"),
                ("NGUYEN THY DUC", "One Letter"),
                ("TRAN VAN AN", "Different"),
            ]
        ):
            account = world.make_account(self.person, account_no=f"77770000{number}", account_name=name)
            self.assertEqual(account.name_match, match)

    def test_spoilt_number_is_refused(self):
        for number in ("1.23457E+14", "12345", "12345678901234567890"):
            with self.assertRaises(InvalidIdentifierError):
                world.make_account(self.person, account_no=number)

    def test_account_is_registered_once(self):
        world.make_account(self.person, account_no="5550001111")
        with self.assertRaises(AccountError):
            world.make_account(self.person, account_no="555-000-1111")
        world.make_account(self.person, provider="BID", account_no="5550001111")

    def test_pair_of_provider_and_number_is_unique_in_the_database(self):
        first = world.make_account(self.person, account_no="5550002222")
        second = world.make_account(self.person, account_no="5550003333")
        with self.assertRaises(Exception) as caught:
            frappe.db.set_value("Payment Account", second.name, "account_no", first.account_no)
        self.assertTrue(frappe.db.is_unique_key_violation(caught.exception), caught.exception)

    def test_account_needs_its_holder(self):
        with self.assertRaises(AccountError):
            world.make_account(self.person, holder_type="Guardian", account_no="5550004444")
        with self.assertRaises(AccountError):
            world.make_account(self.person, beneficiary=None, account_no="5550004444")


class TestBankContract(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()

    def setUp(self):
        self.office = world.make_office("CON-" + frappe.generate_hash(length=6).upper()).name

    def test_workflow_brings_a_contract_into_force(self):
        contract = world.make_contract(self.office, "STB")
        self.assertEqual((contract.docstatus, contract.status), (1, "Active"))

    def test_two_contracts_for_the_same_money_are_refused(self):
        world.make_contract(self.office, "STB", valid_to="2024-12-31", programmes=[{"programme": "BTXH"}])
        with self.assertRaises(ContractError):
            world.make_contract(self.office, "STB", valid_from="2024-12-31")
        world.make_contract(self.office, "STB", valid_from="2025-01-01", programmes=[{"programme": "BTXH"}])
        world.make_contract(self.office, "STB", programmes=[{"programme": "NCC"}])
        world.make_contract(self.office, "STB", pays_accounts=0, pays_cash=1)

    def test_impossible_terms_are_refused(self):
        with self.assertRaises(InvalidDateError):
            world.make_contract(self.office, "STB", valid_to="2023-12-31")
        with self.assertRaises(ContractError):
            world.make_contract(self.office, "STB", pays_accounts=0)
        with self.assertRaises(ContractError):
            world.make_contract(self.office, "STB", fee_percent=50)


class TestProviderFileProfile(FrappeTestCase):
    def test_layout_without_amount_or_reference_is_refused(self):
        columns = [
            {"source_field": "line_ref", "header": "Mã"},
            {"source_field": "payee_name", "header": "Tên"},
            {"source_field": "amount", "header": "Số tiền", "kind": "amount"},
        ]
        values = {"doctype": "Provider File Profile", "header_row": 2}
        for leave_out in columns:
            profile = frappe.get_doc(
                {**values, "profile_name": "short", "columns": [c for c in columns if c is not leave_out]}
            )
            self.assertRaises(ResultFileError, profile.insert)
        frappe.get_doc({**values, "profile_name": "whole", "columns": columns}).insert()
