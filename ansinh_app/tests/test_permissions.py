"""Who sees what: owner, superior, neighbour, outsider, for lists and documents alike."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app import permissions
from ansinh_app.exceptions import AreaError
from ansinh_app.tests.factories import (
    BINH_HOA,
    CITY,
    MAI_PHA,
    NEW_DONG_KINH,
    VINH_TRAI,
    as_user,
    asked,
    commune_row,
    commune_workbook,
    grant,
    make_account,
    make_import,
    make_office,
    make_person,
    make_representative,
    make_user,
)

PEOPLE = (
    "Beneficiary",
    "Representative",
    "Entitlement",
    "Payment Account",
    "Registry Change",
    "Registry Import",
)


class TestAreas(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_office("TEST-BS", unit=BINH_HOA)
        cls.here = make_person("Lý Văn Ở Đây", administrative_unit=VINH_TRAI)
        cls.next_door = make_person("Lý Văn Láng Giềng", administrative_unit=MAI_PHA)
        cls.far = make_person("Lý Văn Tỉnh Khác", administrative_unit=BINH_HOA, office="TEST-BS")
        cls.grants = {person.name: grant(person).name for person in (cls.here, cls.next_door, cls.far)}
        cls.account = make_account(cls.here, account_no="060100000201", provider="STB")
        cls.other_account = make_account(cls.next_door, account_no="060100000202", provider="CTG")
        cls.guardian = make_representative("Lý Thị Láng Giềng", administrative_unit=MAI_PHA)
        cls.ward = make_user("vinhtrai@test.example", "Commune Officer", units=[VINH_TRAI])
        cls.new_ward = make_user("dongkinh@test.example", "Commune Officer", units=[NEW_DONG_KINH])
        cls.nowhere = make_user("khongdau@test.example", "Commune Officer")
        cls.officer = make_user("phong@test.example", "Social Affairs Officer")
        cls.own_office = make_user("phongls@test.example", "Social Affairs Officer", offices=["TEST-LS"])
        cls.bank = make_user("stb@test.example", "Bank Officer", providers=["STB"])
        cls.province = make_user("tinh@test.example", "Province Viewer")

    def test_counting_over_http_counts_what_the_caller_may_list(self):
        stand_in = frappe.get_hooks("override_whitelisted_methods")["frappe.client.get_count"][-1]
        count = frappe.get_attr(stand_in)
        here, next_door = ({"name": person.name} for person in (self.here, self.next_door))
        with as_user(self.ward):
            self.assertEqual((count("Beneficiary", here), count("Beneficiary", next_door)), (1, 0))
            self.assertEqual(count("Beneficiary", frappe.as_json([["name", "=", self.here.name]])), 1)
        with as_user(self.bank):
            self.assertRaises(frappe.PermissionError, count, "Beneficiary", here)
        with as_user(self.nowhere):
            self.assertEqual(count("Beneficiary"), 0)

    def seen(self, user: str, doctype: str = "Beneficiary") -> set[str]:
        mine = {self.here.name, self.next_door.name, self.far.name} | set(self.grants.values())
        mine |= {self.account.name, self.other_account.name, self.guardian.name}
        with as_user(user):
            return set(frappe.get_list(doctype, pluck="name", limit_page_length=0)) & mine

    def test_a_commune_sees_its_own_people_only(self):
        self.assertEqual(self.seen(self.ward), {self.here.name})
        self.assertEqual(self.seen(self.ward, "Entitlement"), {self.grants[self.here.name]})
        self.assertEqual(self.seen(self.ward, "Payment Account"), {self.account.name})
        self.assertEqual(self.seen(self.ward, "Representative"), set())

    def test_documents_are_guarded_as_lists_are(self):
        with as_user(self.ward):
            self.assertTrue(frappe.has_permission("Beneficiary", "read", doc=self.here.name))
            for doctype, name in (
                ("Beneficiary", self.next_door.name),
                ("Entitlement", self.grants[self.next_door.name]),
                ("Payment Account", self.other_account.name),
                ("Representative", self.guardian.name),
            ):
                with self.subTest(doctype), self.assertRaises(frappe.PermissionError):
                    frappe.get_doc(doctype, name).check_permission("read")

    def test_the_new_ward_sees_the_people_of_the_wards_it_was_made_of(self):
        self.assertEqual(self.seen(self.new_ward), {self.here.name, self.next_door.name})

    def test_a_scoped_role_without_an_area_sees_nothing(self):
        for doctype in PEOPLE:
            with self.subTest(doctype), as_user(self.nowhere):
                self.assertEqual(frappe.get_list(doctype, pluck="name"), [])
        with as_user(self.nowhere), self.assertRaises(frappe.PermissionError):
            self.here.check_permission("read")

    def test_a_second_role_lifts_no_limit(self):
        """Someone limited to one office does not see more by being a commune's or a bank's officer too."""
        own = self.seen(self.own_office)
        for number, role in enumerate(("Outreach Officer", "Commune Officer", "Bank Officer")):
            both = make_user(f"hai{number}@test.example", "Social Affairs Officer", role, offices=["TEST-LS"])
            with self.subTest(role):
                self.assertEqual(self.seen(both), own)
                self.assertEqual(self.seen(both, "Payout Period"), self.seen(self.own_office, "Payout Period"))
                with as_user(both), self.assertRaises(frappe.PermissionError):
                    frappe.get_doc("Beneficiary", self.far.name).check_permission("read")

    def test_office_staff_see_all_unless_named_for_an_office(self):
        self.assertEqual(self.seen(self.officer), {self.here.name, self.next_door.name, self.far.name})
        self.assertEqual(self.seen(self.own_office), {self.here.name, self.next_door.name})
        self.assertEqual(
            self.seen(self.own_office, "Payment Account"), {self.account.name, self.other_account.name}
        )

    def test_a_bank_sees_its_own_accounts_and_nobody_s_registry(self):
        self.assertEqual(self.seen(self.bank, "Payment Account"), {self.account.name})
        with as_user(self.bank), self.assertRaises(frappe.PermissionError):
            frappe.get_list("Beneficiary")

    def test_the_province_sees_no_person(self):
        for doctype in PEOPLE:
            with self.subTest(doctype), as_user(self.province), self.assertRaises(frappe.PermissionError):
                frappe.get_list(doctype)
            with self.subTest(doctype):
                self.assertEqual(permissions.query_conditions(self.province, doctype), "1=0")
        self.assertFalse(permissions.sees_people(self.province))

    def test_tables_in_documents_follow_their_documents(self):
        rows = {}
        for person in (self.here, self.next_door):
            row = frappe.get_doc(
                {
                    "doctype": "Beneficiary Spouse", "parent": person.name, "parenttype": "Beneficiary",
                    "parentfield": "spouses", "idx": 1, "name": f"SPOUSE-{person.name}",
                }
            )  # fmt: skip
            row.db_insert()
            rows[person.name] = row.name
            self.addCleanup(frappe.db.delete, "Beneficiary Spouse", {"name": row.name})
        with as_user(self.ward):
            listed = frappe.get_list("Beneficiary Spouse", parent_doctype="Beneficiary", pluck="name")
            self.assertEqual([name for name in listed if name in rows.values()], [rows[self.here.name]])
            for person, allowed in ((self.here, True), (self.next_door, False)):
                row = frappe.get_doc("Beneficiary Spouse", rows[person.name])
                self.assertEqual(bool(row.has_permission("read")), allowed, person.full_name)

    def test_what_is_asked_of_a_linked_document_lies_in_the_area_too(self):
        self.account.db_set("representative", self.guardian.name)
        self.addCleanup(self.account.db_set, "representative", None)
        question = {"doctype": "Payment Account", "fields": ["name", "representative.full_name as r"]}
        for user, found in ((self.ward, []), (self.officer, ["Lý Thị Láng Giềng"])):
            with self.subTest(user), as_user(user), asked("/api/method/frappe.client.get_list", **question):
                rows = frappe.get_list(
                    "Payment Account", fields=question["fields"], filters={"name": self.account.name}
                )
                self.assertEqual([row.r for row in rows], found)

    def test_files_are_listed_with_their_documents(self):
        for person in (self.here, self.next_door):
            file = frappe.get_doc(
                {
                    "doctype": "File", "file_name": f"{person.name}.txt", "content": person.name, "is_private": 1,
                    "attached_to_doctype": "Beneficiary", "attached_to_name": person.name,
                }
            ).insert()  # fmt: skip
            self.addCleanup(frappe.delete_doc, "File", file.name, force=1)
        with as_user(self.ward):
            found = frappe.get_list("File", filters={"attached_to_doctype": "Beneficiary"}, pluck="attached_to_name")
        self.assertIn(self.here.name, found)
        self.assertNotIn(self.next_door.name, found)

    def test_a_commune_cannot_enter_or_move_people_elsewhere(self):
        with as_user(self.ward):
            with self.assertRaises(frappe.PermissionError):
                make_person("Lý Văn Chỗ Khác", administrative_unit=MAI_PHA, office="TEST-LS")
            mine = make_person("Lý Văn Của Tôi", administrative_unit=VINH_TRAI, office="TEST-LS")
            mine.administrative_unit = MAI_PHA
            with self.assertRaises(frappe.PermissionError):
                mine.save()

    def test_a_foreign_document_cannot_be_pulled_into_one_s_area(self):
        foreign = frappe.get_doc("Beneficiary", self.next_door.name)
        foreign.administrative_unit = VINH_TRAI
        with as_user(self.ward), self.assertRaises(frappe.PermissionError):
            foreign.save()

    def test_an_import_belongs_to_its_commune(self):
        content = commune_workbook([commune_row()])
        doc = make_import(content, unit=MAI_PHA)
        with as_user(self.ward):
            self.assertNotIn(doc.name, frappe.get_list("Registry Import", pluck="name"))
            with self.assertRaises(frappe.PermissionError):
                make_import(content, unit=MAI_PHA, office="TEST-LS")

    def test_helpers_answer_as_the_lists_do(self):
        self.assertIsNone(permissions.allowed_units(self.officer))
        self.assertEqual(permissions.allowed_units(self.ward), {VINH_TRAI, NEW_DONG_KINH})
        self.assertIn(VINH_TRAI, permissions.allowed_units(self.own_office))
        self.assertNotIn(BINH_HOA, permissions.allowed_units(self.own_office))
        self.assertEqual(permissions.allowed_units(self.bank), frozenset())
        self.assertEqual(permissions.allowed_offices(self.own_office), {"TEST-LS"})
        self.assertIsNone(permissions.check_office("TEST-LS", self.own_office))
        for user, office in ((self.own_office, "TEST-BS"), (self.ward, "TEST-LS"), (self.bank, "TEST-LS")):
            with self.subTest(user), self.assertRaises(AreaError):
                permissions.check_office(office, user)
        with self.assertRaises(AreaError):
            permissions.check_unit(MAI_PHA, self.ward)
        self.assertIsNone(permissions.check_unit(VINH_TRAI, self.ward))

    def test_a_city_s_officer_of_units_sees_what_lies_below(self):
        user = make_user("thanhpho@test.example", "Commune Officer", units=[CITY])
        self.assertEqual(self.seen(user), {self.here.name, self.next_door.name})
