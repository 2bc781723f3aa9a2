"""Numbers of people: in full for who needs them, masked for the others, and no way around by asking."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.core import masking
from ansinh_app.gate import questions
from ansinh_app.patches import mask_numbers
from ansinh_app.registry.finding import people
from ansinh_app.tests.factories import (
    VINH_TRAI,
    as_user,
    asked,
    make_account,
    make_change,
    make_person,
    make_user,
)
from ansinh_app.utils.masking import numbers_of

ID, PHONE, ACCOUNT = "020180004321", "0912345678", "060100007788"
WITH_NUMBERS = (
    "Beneficiary",
    "Representative",
    "Registry Change",
    "Payment Account",
    "Payout Line",
    "Account Request",
    "Account Request List",
    "Provider Result",
)


class TestMasking(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = make_person("Lâm Văn Che Số", personal_id=ID, old_id="080123456", phone=PHONE)
        cls.account = make_account(cls.person, account_no=ACCOUNT, provider="STB")
        cls.officer = make_user("che-phong@test.example", "Social Affairs Officer")
        cls.ward = make_user("che-phuong@test.example", "Commune Officer", units=[VINH_TRAI])
        cls.auditor = make_user("che-thanhtra@test.example", "Auditor")
        cls.bank = make_user("che-stb@test.example", "Bank Officer", providers=["STB"])

    def row(self, user: str, doctype: str, name: str, *fields: str) -> dict:
        with as_user(user):
            return frappe.get_list(doctype, filters={"name": name}, fields=["name", *fields])[0]

    def test_a_list_gives_the_number_to_who_needs_it_and_its_end_to_the_others(self):
        fields = ("personal_id", "personal_id_shown", "old_id_shown", "phone", "phone_shown")
        full = self.row(self.officer, "Beneficiary", self.person.name, *fields)
        self.assertEqual((full.personal_id, full.phone), (ID, PHONE))
        for_audit = self.row(self.auditor, "Beneficiary", self.person.name, *fields)
        self.assertNotIn(ID, for_audit.values())
        self.assertNotIn(PHONE, for_audit.values())
        self.assertEqual(for_audit.personal_id_shown, "020*****4321")
        self.assertEqual(for_audit.old_id_shown, "*****3456")
        self.assertEqual(for_audit.phone_shown, "091****678")
        own = self.row(self.bank, "Payment Account", self.account.name, "account_no", "account_no_shown")
        self.assertEqual((own.account_no, own.account_no_shown), (ACCOUNT, "****7788"))

    def test_a_document_leaves_the_server_without_the_numbers(self):
        with as_user(self.auditor):
            doc = frappe.get_doc("Beneficiary", self.person.name)
            doc.apply_fieldlevel_read_permissions()
            self.assertNotIn(ID, frappe.as_json(doc.as_dict()))
            self.assertIn("020*****4321", frappe.as_json(doc.as_dict()))

    def test_a_role_that_writes_numbers_keeps_their_masked_copies(self):
        role = frappe.get_doc("DocType", "Beneficiary")
        self.assertFalse([p for p in role.permissions if p.role == "Auditor" and p.permlevel in (2, 4)])
        with as_user(self.ward):
            doc = make_person("Lâm Văn Đổi Số", phone="0912345679")
            doc.phone = "0987654321"
            doc.save()
        self.assertEqual(frappe.db.get_value("Beneficiary", doc.name, "phone_shown"), "098****321")

    def test_a_history_tells_that_a_number_changed_and_not_what_it_was(self):
        doc = make_person("Lâm Văn Lịch Sử", phone="0912345670")
        doc.phone = "0911222333"
        doc.save(ignore_version=False)
        data = frappe.get_all(
            "Version", filters={"ref_doctype": doc.doctype, "docname": doc.name}, pluck="data"
        )
        self.assertIn("091****333", " ".join(data))
        self.assertNotIn("0911222333", " ".join(data))

    def test_a_correction_is_masked_where_it_is_a_number(self):
        number = make_change(
            self.person, "Correct", corrected_field="phone", corrected_value="0911222444", reason="Đổi số"
        )
        name = make_change(
            self.person, "Correct", corrected_field="full_name", corrected_value="Lâm Văn Tên", reason="Sai"
        )
        seen = self.row(self.auditor, "Registry Change", number.name, "corrected_value_shown")
        self.assertEqual(seen.corrected_value_shown, "091****444")
        self.assertEqual(name.corrected_value_shown, "Lâm Văn Tên")

    def test_nobody_learns_a_number_by_asking_for_it(self):
        questions_asked = [
            {"filters": [["personal_id", "like", "0201%"]]},
            {"or_filters": '{"personal_id": "020180004321"}'},
            {"order_by": "`tabBeneficiary`.`personal_id` desc"},
            {"group_by": "phone"},
            {"fields": '["concat(full_name, personal_id)"]'},
        ]
        for question in questions_asked:
            for user in (self.auditor, self.officer):
                with self.subTest(f"{question} {user}"), as_user(user):
                    with asked(doctype="Beneficiary", **question):
                        if user == self.officer:
                            questions.refuse_hidden_questions("Beneficiary")
                            continue
                        with self.assertRaises(frappe.PermissionError):
                            frappe.get_list("Beneficiary")
        with as_user(self.auditor), asked(doctype="Payout Line", filters={"beneficiary.phone": "1"}):
            self.assertRaises(frappe.PermissionError, frappe.get_list, "Payout Line")

    def test_a_link_finds_by_the_whole_number_for_who_may_know_it(self):
        def found(user: str, text: str, doctype: str = "Beneficiary") -> list:
            with as_user(user):
                return [row[0] for row in people(doctype, text, "name", 0, 20, None)]

        self.assertEqual(found(self.officer, "0201 8000 4321"), [self.person.name])
        self.assertEqual(found(self.officer, "080123456"), [self.person.name])
        self.assertEqual(found(self.officer, "02018000"), [])
        self.assertEqual(found(self.auditor, ID), [])
        self.assertEqual(found(self.auditor, "lam van che so"), [self.person.name])
        self.assertEqual(found(self.bank, ACCOUNT, "Payment Account"), [self.account.name])
        with as_user(self.officer):
            self.assertNotIn(ID, str(people("Beneficiary", "lam van che", "name", 0, 20, None)))

    def test_the_levels_of_documents_are_those_of_the_one_table(self):
        for doctype in WITH_NUMBERS:
            meta = frappe.get_meta(doctype)
            tables = [df.options for df in meta.get_table_fields()]
            kinds = {kind for dt in (doctype, *tables) for kind in numbers_of(dt).values()}
            self.assertTrue(kinds, doctype)
            plain = {row.role for row in meta.permissions if not row.permlevel}
            for kind in kinds:
                level = masking.RULES[kind].level
                has = {row.role for row in meta.permissions if row.permlevel == level and row.read}
                self.assertEqual(has, plain & set(masking.full_roles(doctype, kind)), (doctype, kind))

    def test_a_site_of_before_gets_the_masked_copies(self):
        names = {"Beneficiary": self.person.name, "Payment Account": self.account.name}
        shown = {
            (doctype, f"{field}_shown"): frappe.db.get_value(doctype, name, f"{field}_shown")
            for doctype, name in names.items()
            for field in numbers_of(doctype)
            if frappe.get_meta(doctype).has_field(f"{field}_shown")
        }
        for (doctype, field), _value in shown.items():
            frappe.db.set_value(doctype, names[doctype], field, None)
        mask_numbers.execute()
        for (doctype, field), value in shown.items():
            self.assertEqual(frappe.db.get_value(doctype, names[doctype], field), value, field)
