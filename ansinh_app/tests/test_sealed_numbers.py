"""ID and account numbers under the site's key: a month is the same with it, and the tables hold no plain number."""

import base64
import json

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import provider_file, verify_seal
from ansinh_app.core.masking import ACCOUNT, PERSONAL_ID
from ansinh_app.core.sealed_numbers import is_sealed, version_of
from ansinh_app.exceptions import AccountError, DuplicatePersonError, NumberKeyError
from ansinh_app.oversight import number_keys, reveal
from ansinh_app.registry import duplicates, finding
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.factories import (
    as_user, asked, commune_row, commune_workbook, make_import, make_user,
)  # fmt: skip
from ansinh_app.utils import sealed_numbers as numbers
from ansinh_app.utils.sealed_questions import seal_question

KEYS = {"number_key": base64.b64encode(bytes(range(64))).decode()}
SECOND = {"number_key_2": base64.b64encode(bytes(range(100, 164))).decode()}
OTHER = {"number_key": base64.b64encode(bytes(range(64, 128))).decode()}
OFFICER = "sealed-officer@ansinh.example"


class SealedCase(FrappeTestCase):
    """The switch writes past transactions; what it did is undone by itself, not by a rollback."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()

    def setUp(self):
        self.configure(KEYS)
        self.addCleanup(self.tidy)

    def tidy(self):
        frappe.db.rollback()
        frappe.db.set_global(numbers.STATE, "")
        self.configure({})

    def configure(self, keys: dict) -> None:
        for name in list(frappe.conf):
            if name.startswith("number_key"):
                del frappe.conf[name]
        frappe.conf.update(keys)
        numbers.forget_vault()

    def turn(self, state: str, version: int = 1) -> None:
        """As the switch sets it, without its commit."""
        if not state:
            frappe.db.set_global(numbers.STATE, "")
        else:
            keys = numbers.Keys(numbers.site_keys(), version)
            known = {"state": state, "version": version, "checks": {str(version): keys.check(version)}}
            frappe.db.set_global(numbers.STATE, json.dumps(known))
        numbers.forget_vault()

    def stored(self, doctype: str, name: str, column: str) -> str:
        table = frappe.qb.DocType(doctype)
        return frappe.qb.from_(table).select(table[column]).where(table.name == name).run()[0][0]


class TestDocuments(SealedCase):
    def setUp(self):
        super().setUp()
        self.office = world.make_office("SEALED-" + frappe.generate_hash(length=5).upper()).name

    def person(self, number: str, **values):
        return world.make_person(self.office, "Hoàng Thị Kín", cash=True, personal_id=number, **values)

    def test_a_number_is_plain_in_the_program_and_sealed_in_the_table(self):
        self.turn("sealed")
        person = self.person("020170001234", old_id="080123456")
        self.assertEqual(person.personal_id, "020170001234")
        for column, plain in (("personal_id", "020170001234"), ("old_id", "080123456")):
            self.assertEqual(version_of(self.stored("Beneficiary", person.name, column)), 1)
            self.assertEqual(frappe.get_doc("Beneficiary", person.name).get(column), plain)
        person.reload().old_id = "080123457"
        person.save(ignore_version=False)
        person.db_set("old_id", "080123458")
        self.assertEqual(person.old_id, "080123458")
        self.assertTrue(is_sealed(self.stored("Beneficiary", person.name, "old_id")))
        self.assertEqual(person.reload().old_id, "080123458")
        self.assertEqual(person.personal_id_shown, "020*****1234")
        histories = frappe.get_all("Version", filters={"docname": person.name}, pluck="data")
        self.assertTrue(histories)
        self.assertNotIn("080123457", "".join(histories))

    def test_a_number_is_registered_once_also_while_tables_are_mixed(self):
        self.person("020170001235")
        self.turn("sealing")
        with self.assertRaises(DuplicatePersonError):
            self.person("020170001235")
        self.person("020170001236")
        self.turn("opening")
        with self.assertRaises(DuplicatePersonError):
            self.person("020170001236")
        account = world.make_account(self.person("020170001237"), account_no="0601999000111")
        self.turn("sealed")
        with self.assertRaises(AccountError):
            world.make_account(self.person("020170001238"), account_no="0601999000111")
        self.assertEqual(frappe.get_doc("Payment Account", {"account_no": "0601999000111"}).name, account.name)

    def test_the_database_itself_refuses_a_second_one(self):
        self.turn("sealed")
        first, second = self.person("020170001239"), self.person("020170001240")
        second.personal_id = first.personal_id
        with self.assertRaises(frappe.UniqueValidationError):
            second.db_update()

    def test_a_deleted_document_is_kept_sealed_and_comes_back(self):
        self.turn("sealed")
        person = self.person("020170001241")
        person.delete()
        name = frappe.db.get_value("Deleted Document", {"deleted_name": person.name})
        self.assertTrue(is_sealed(self.stored("Deleted Document", name, "data")))
        from frappe.core.doctype.deleted_document.deleted_document import restore

        restore(name)
        back = frappe.get_doc("Beneficiary", frappe.db.get_value("Deleted Document", name, "new_name"))
        self.assertEqual(back.personal_id, "020170001241")

    def test_duplicates_are_found_by_their_numbers(self):
        self.turn("sealed")
        one = self.person("020170001242")
        other = self.person("", old_id="080777666", date_of_birth="1950-01-01")
        third = self.person("", old_id="080777666", date_of_birth="1961-02-03")
        found = duplicates.look_at([other.name])
        sides = {
            side
            for row in frappe.get_all(
                "Duplicate Finding", filters={"name": ["in", found or [""]]}, fields=["beneficiary", "other_beneficiary"]
            )
            for side in (row.beneficiary, row.other_beneficiary)
        }
        self.assertIn(third.name, sides)
        self.assertNotIn(one.name, sides)

    def test_a_correction_and_its_undoing_keep_their_numbers_sealed(self):
        self.turn("sealed")
        person = self.person("020170001243")
        made = world.change(
            person, "Correct", "2024-04-15", corrected_field="personal_id", corrected_value="020170001244"
        )
        for column in ("corrected_value", "undo"):
            self.assertTrue(is_sealed(self.stored("Registry Change", made.name, column)), column)
        self.assertEqual(person.reload().personal_id, "020170001244")
        frappe.get_doc("Registry Change", made.name).cancel()
        self.assertEqual(person.reload().personal_id, "020170001243")

    def test_who_asks_sees_the_number_and_who_may_not_sees_the_mask(self):
        self.turn("sealed")
        person = self.person("020170001245")
        make_user("sealed-auditor@ansinh.example", "Auditor")
        with as_user("sealed-auditor@ansinh.example"):
            self.assertIn("020170001245", reveal.reveal("Beneficiary", person.name, "Đối chiếu hồ sơ").values())
            self.assertIsNone(frappe.get_list("Beneficiary", {"name": person.name}, ["name", "personal_id"])[0].get("personal_id"))


class TestQuestions(SealedCase):
    def setUp(self):
        super().setUp()
        self.turn("sealed")
        self.office = world.make_office("SEALED-" + frappe.generate_hash(length=5).upper()).name
        self.person = world.make_person(self.office, "Hoàng Thị Hỏi", cash=True, personal_id="020170002345")

    def listed(self, **arguments) -> list:
        """What a list answers to a request's arguments, after the hook has seen them."""
        with asked("/api/method/frappe.client.get_list", doctype="Beneficiary", **arguments):
            seal_question()
            form = frappe.local.form_dict
            return frappe.get_list(
                "Beneficiary",
                fields=frappe.parse_json(form.get("fields") or '["name"]'),
                filters=frappe.parse_json(form.get("filters")),
                or_filters=frappe.parse_json(form.get("or_filters")),
            )

    def test_the_whole_number_finds(self):
        for filters in (
            {"personal_id": "020170002345"},
            {"personal_id": ["in", ["020170002345", "1"]]},
            [["Beneficiary", "personal_id", "=", "020170002345"]],
            [["personal_id", "=", "020170002345"]],
            [["Beneficiary", "personal_id", "like", "%020170002345%"]],
        ):
            for sent in (filters, json.dumps(filters)):
                rows = self.listed(filters=sent)
                self.assertEqual([row.name for row in rows], [self.person.name], filters)
        rows = self.listed(or_filters=json.dumps([["Beneficiary", "personal_id", "=", "020170002345"]]))
        self.assertEqual([row.name for row in rows], [self.person.name])

    def test_a_part_finds_nothing_and_says_so(self):
        frappe.clear_messages()
        self.assertEqual(self.listed(filters=json.dumps([["Beneficiary", "personal_id", "like", "%0002345%"]])), [])
        self.assertIn("only the whole number finds", json.dumps(frappe.get_message_log()))

    def test_a_list_shows_the_masked_copy(self):
        named = json.dumps({"name": self.person.name})
        for fields in ('["name", "personal_id"]', '["`tabBeneficiary`.`personal_id`"]', '["*"]'):
            row = self.listed(filters=named, fields=fields)[0]
            self.assertEqual(row.personal_id, "020*****2345", fields)
            self.assertFalse([value for value in row.values() if is_sealed(value)], fields)

    def test_other_questions_are_left_alone(self):
        with asked(doctype="Beneficiary", filters='{"full_name": "X"}', fields='["full_name"]'):
            before = dict(frappe.local.form_dict)
            seal_question()
            self.assertEqual(json.loads(frappe.local.form_dict.filters), json.loads(before["filters"]))
            self.assertEqual(json.loads(frappe.local.form_dict.fields), json.loads(before["fields"]))

    def test_a_link_finds_by_the_whole_number(self):
        rows = finding.people("Beneficiary", "020 170 002 345", "name", 0, 20, None)
        self.assertEqual([row[0] for row in rows], [self.person.name])
