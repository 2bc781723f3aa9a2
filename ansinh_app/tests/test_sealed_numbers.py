"""ID and account numbers under the site's key: a month is the same with it, and the tables hold no plain number."""

import base64
import itertools
import json
import re
from unittest.mock import patch

import frappe
from frappe.core.doctype.access_log.access_log import make_access_log
from frappe.model.workflow import apply_workflow
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import import_registry, preflight, prepare_period, provider_file, verify_seal
from ansinh_app.core.masking import ACCOUNT, PERSONAL_ID, kind_of_level
from ansinh_app.core.sealed_numbers import is_sealed, version_of
from ansinh_app.exceptions import AccountError, DuplicatePersonError, NumberKeyError
from ansinh_app.gate.sealed_questions import seal_question
from ansinh_app.oversight import number_keys, reveal
from ansinh_app.registry import duplicates, finding
from ansinh_app.registry.doctype.identity_verification_list import identity_verification_list
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.factories import as_user, asked, commune_row, commune_workbook, make_import, make_user
from ansinh_app.utils import sealed_numbers as numbers

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
            row = frappe.get_list("Beneficiary", {"name": person.name}, ["name", "personal_id"])[0]
            self.assertIsNone(row.get("personal_id"))


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

    def test_what_is_written_down_of_a_question_does_not_repeat_the_number(self):
        asked_for = [["Beneficiary", "personal_id", "=", "020170002345"]]
        make_access_log(doctype="Beneficiary", file_type="CSV", filters=json.dumps(asked_for))
        row = frappe.get_last_doc("Personal Data Log", {"action": "Export", "reference_doctype": "Beneficiary"})
        kept = frappe.get_last_doc("Access Log", {"export_from": "Beneficiary"})
        self.assertEqual(row.people, 1)
        for text in (row.detail, kept.filters):
            self.assertIn("020*****2345", text)
            self.assertNotIn("020170002345", text)

    def test_a_link_finds_by_the_whole_number(self):
        rows = finding.people("Beneficiary", "020 170 002 345", "name", 0, 20, None)
        self.assertEqual([row[0] for row in rows], [self.person.name])


class TestSwitch(SealedCase):
    """The switch goes through whole tables and commits portion by portion; here nothing is kept."""

    def setUp(self):
        super().setUp()
        for name in ("frappe.db.commit", "frappe.enqueue"):
            quiet = patch(name)
            quiet.start()
            self.addCleanup(quiet.stop)
        self.office = world.make_office("SEALED-" + frappe.generate_hash(length=5).upper()).name
        self.person = world.make_person(
            self.office, "Hoàng Thị Khóa", personal_id="020170003456", birth_certificate_no="77/2015"
        )
        self.account = frappe.get_doc("Payment Account", self.person.payment_account)
        self.account.db_set("account_no", "0601777333111")

    def switch(self) -> None:
        number_keys.encrypt()
        number_keys.run()

    def test_on_finds_no_plain_number_in_any_table_and_off_gives_them_back(self):
        self.switch()
        self.assertEqual(numbers.state()["state"], "sealed")
        self.assertEqual(list(number_keys.problems()), [])
        known = {"020170003456", "0601777333111"}
        self.assertEqual(where_plain(known), set())
        self.assertEqual(self.person.reload().personal_id, "020170003456")
        number_keys.decrypt()
        number_keys.run()
        self.assertEqual(numbers.state(), {})
        self.assertEqual(
            where_plain(known), {("Beneficiary", "personal_id"), ("Payment Account", "account_no")}
        )
        self.assertEqual(self.stored("Beneficiary", self.person.name, "birth_certificate_no"), "77/2015")

    def test_a_change_cut_off_on_its_way_is_readable_and_goes_on(self):
        portions = [self.person.name, world.make_person(self.office, "Hoàng Thị Sau", personal_id="020170003457").name]
        write, done = number_keys._write, []

        def once(doctype, column, values):
            if done:
                raise InterruptedError
            done.append(column)
            write(doctype, column, values)

        with patch.object(number_keys, "_AT_ONCE", 1), patch.object(number_keys, "_write", once):
            self.assertRaises(InterruptedError, self.switch)
        self.assertEqual(numbers.state()["state"], "sealing")
        self.assertTrue(any("hour" in text for text in number_keys.problems()))
        stand = [self.stored("Beneficiary", name, "personal_id") for name in portions]
        self.assertFalse(all(map(is_sealed, stand)))
        self.assertEqual(frappe.get_doc("Beneficiary", portions[1]).personal_id, "020170003457")
        number_keys.run()
        stand = [self.stored("Beneficiary", name, "personal_id") for name in portions]
        self.assertEqual([version_of(value) for value in stand], [1, 1])

    def test_a_new_key_takes_over_and_the_old_one_may_go(self):
        self.switch()
        self.configure(KEYS | SECOND)
        number_keys.encrypt()
        self.assertEqual(self.person.reload().personal_id, "020170003456")
        self.assertEqual(
            finding.people("Beneficiary", "020170003456", "name", 0, 20, None)[0][0], self.person.name
        )
        number_keys.run()
        self.assertEqual(version_of(self.stored("Beneficiary", self.person.name, "personal_id")), 2)
        self.configure(SECOND)
        self.assertEqual(list(number_keys.problems()), [])
        self.assertEqual(self.person.reload().personal_id, "020170003456")

    def test_without_its_key_a_site_says_so_and_loses_nothing(self):
        self.switch()
        before = self.stored("Beneficiary", self.person.name, "personal_id")
        for wrong in (OTHER, {}, SECOND, {"number_key": "abc"}):
            self.configure(wrong)
            for act in (
                self.person.reload,
                lambda: world.make_person(self.office, "Hoàng Thị Lạc", cash=True, personal_id="020170003458"),
                number_keys.encrypt,
                number_keys.run,
            ):
                if act is number_keys.encrypt and wrong == SECOND:
                    continue
                if act is number_keys.run:
                    self.assertEqual(act(), {"changed": 0})
                    continue
                with self.assertRaises(NumberKeyError, msg=str(wrong)) as refused:
                    act()
                self.assertIn("number_key", str(refused.exception))
            self.assertEqual(len(list(number_keys.problems())), 1)
            self.assertEqual(self.stored("Beneficiary", self.person.name, "personal_id"), before)
        self.configure(KEYS)
        self.assertEqual(self.person.reload().personal_id, "020170003456")

    def test_plain_values_that_were_left_are_told(self):
        self.switch()
        table = frappe.qb.DocType("Beneficiary")
        frappe.qb.update(table).set(table.old_id, "080999888").where(table.name == self.person.name).run()
        self.assertIn("old_id", "".join(number_keys.problems()))
        self.switch_again()
        self.assertEqual(list(number_keys.problems()), [])

    def switch_again(self) -> None:
        number_keys.encrypt()
        number_keys.run()

    def test_only_who_runs_the_site_switches(self):
        with as_user(make_user(OFFICER, "Social Affairs Manager")):
            self.assertRaises(frappe.PermissionError, number_keys.encrypt)
            self.assertRaises(frappe.PermissionError, number_keys.decrypt)

    def test_every_number_column_of_the_app_is_sealed(self):
        masked_in_table = {("Registry Change List Row", "personal_id")}
        modules = frappe.get_all("Module Def", filters={"app_name": "ansinh_app"}, pluck="name")
        for doctype in frappe.get_all(
            "DocType", filters={"module": ["in", modules], "issingle": 0, "is_virtual": 0}, pluck="name"
        ):
            for field in frappe.get_meta(doctype).fields:
                kind = kind_of_level(field.permlevel)
                if kind in (PERSONAL_ID, ACCOUNT) and not field.get("is_virtual"):
                    if (doctype, field.fieldname) not in masked_in_table:
                        self.assertIn(field.fieldname, numbers.columns_of(doctype), doctype)


class TestMonth(SealedCase):
    def test_a_month_is_the_same_with_the_key_on(self):
        frappe.db.savepoint("before_month")
        plain, known = self.month()
        frappe.db.rollback(save_point="before_month")
        self.turn("sealed")
        sealed, again = self.month()
        self.assertEqual(sealed, plain)
        self.assertEqual(again, known)
        self.assertEqual(where_plain(known), set())
        self.assertTrue(verify_seal(self.batch)["valid"])
        self.turn("opening")
        # A seal made while numbers were sealed holds when they are read from a mixed table.
        table = frappe.qb.DocType("Payout Line")
        row = frappe.get_all("Payout Line", filters={"batch": self.batch}, fields=["name", "account_no"])[0]
        plain_no = numbers.opened_value(ACCOUNT, row.account_no)
        frappe.qb.update(table).set(table.account_no, plain_no).where(table.name == row.name).run()
        self.assertTrue(verify_seal(self.batch)["valid"])

    def month(self) -> tuple[dict[str, str], set[str]]:
        """What a month leaves that people see, as text without the random names, and the numbers in it."""
        count = itertools.count(1)

        def dice(txt=None, length=56):
            return f"{next(count):0{length}d}"[:length]

        with patch.object(frappe, "generate_hash", dice):
            seen, known = self._month()
        return {part: re.sub("0{4,}[0-9]+|L[0-9a-z]{13}", "#", str(value)) for part, value in seen.items()}, known

    def _month(self) -> tuple[dict, set[str]]:
        office = world.make_office("SEALMONTH").name
        world.make_contracts(office)
        unit = frappe.db.get_value("Paying Office", office, "administrative_unit")
        rows = [
            commune_row(**{"STT": 1, "Họ và tên": "Hoàng Văn Một", "Số CCCD": "020080114321"}),
            commune_row(**{"STT": 2, "Họ và tên": "Hoàng Văn Hai", "Số CCCD": "20080114322"}),
            commune_row(**{"STT": 3, "Họ và tên": "Hoàng Văn Ba", "Số CCCD": "0200801143"}),
        ]
        doc = make_import(commune_workbook(rows), unit=unit, office=office, effective_month="2024-05-01")
        seen = {"import": {k: v for k, v in import_registry(doc.name).items() if k.startswith("rows")}}
        people = {
            name: frappe.get_doc("Beneficiary", {"full_name": name, "office": office})
            for name in ("Hoàng Văn Một", "Hoàng Văn Hai")
        }
        again = make_import(commune_workbook(rows), unit=unit, office=office, file_name="lan hai.xlsx")
        seen["again"] = import_registry(again.name)["rows_unchanged"]
        checked = frappe.get_doc(
            {"doctype": "Identity Verification List", "administrative_unit": unit, "office": office}
        ).insert()
        identity_verification_list.collect(checked.as_dict())
        identity_verification_list.write_and_send(checked.as_dict())
        seen["police"] = world.grid_of(world.file_bytes(checked.reload().list_file))
        request = frappe.get_doc(
            {
                "doctype": "Account Request", "beneficiary": people["Hoàng Văn Một"].name, "provider": "STB",
                "consent": 1, "has_id_card": 1, "has_birth_certificate": 1, "has_mandate": 1,
            }
        ).insert()  # fmt: skip
        apply_workflow(request, "Confirm")
        request = apply_workflow(request.reload(), "Send to Provider").reload()
        request.update({"account_no": "0601888999111", "account_name": "HOANG VAN MOT"}).save()
        request = apply_workflow(request, "Mark as Opened").reload()
        request.update({"card_handed": 1, "safe_use_told": 1}).save()
        apply_workflow(request, "Hand Over")
        seen["asked"] = (request.holder_id, request.name_match, request.account_no_shown)
        period = world.make_period(office, "2024-06", "2024-05-24").name
        seen["preflight"] = sorted((f["code"], f.get("detail") or "") for f in preflight(period)["warnings"])
        prepare_period(period)
        seen["unchanged"] = prepare_period(period)["unchanged"]
        self.batch = frappe.db.get_value("Payout Batch", {"period": period, "channel": "Bank Transfer"})
        world.approve(self.batch)
        world.send(self.batch)
        seen["file"] = world.grid_of(world.file_bytes(provider_file(self.batch)["file_url"]))
        seen["paper"] = frappe.get_print("Payout Batch", self.batch, "Payment List")
        batch = frappe.get_doc("Payout Batch", self.batch)
        seen["batch"] = (batch.seal, batch.total_amount, batch.line_count)
        result = world.import_result(
            self.batch, world.workbook([["Số tài khoản", "Tên", "Số tiền", "Trạng thái"],
                                        ["0601888999111", "", 540_000, "Thành công"],
                                        ["0601888999112", "KHONG AI", 540_000, "Thành công"]]),
        )  # fmt: skip
        seen["result"] = (result.matched, result.unmatched, result.reload().rows[0].account_no)
        fields = ["full_name", "account_no_shown", "total", "status", "explanation", "months"]
        seen["lines"] = frappe.get_all("Payout Line", {"period": period}, fields, order_by="line_key", as_list=True)
        seen["people"] = [
            (one.personal_id, one.personal_id_shown, one.verification_status)
            for one in (person.reload() for person in people.values())
        ]
        return seen, {"020080114321", "020080114322", "0601888999111", "0601888999112"}


def where_plain(known: set[str]) -> set[tuple[str, str]]:
    """Tables and columns of the whole database in which one of these numbers stands, alone or within a text."""
    found = set()
    stored = frappe.get_all("DocType", filters={"issingle": 0, "is_virtual": 0}, pluck="name")
    for table in [*stored, "Singles", "DefaultValue"]:
        if not frappe.db.table_exists(table):
            continue
        for row in frappe.db.sql(f"select * from `tab{table}`", as_dict=True):
            for column, value in row.items():
                if isinstance(value, str) and len(value) >= 6 and any(number in value for number in known):
                    found.add((table, column))
    return found
