"""Units, people and their identity: what is kept, what is refused, what is only said."""

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, getdate, nowdate

from ansinh_app.exceptions import (
    ChangeNotAllowedError,
    DuplicatePersonError,
    InvalidDateError,
    InvalidIdentifierError,
)
from ansinh_app.registry.units import unit_tree
from ansinh_app.tests.factories import (
    CITY,
    DONG_KINH,
    MAI_PHA,
    NEW_DONG_KINH,
    PROVINCE,
    VINH_TRAI,
    grant,
    make_person,
    make_representative,
)


def unit(**values):
    return frappe.get_doc(
        {
            "doctype": "Administrative Unit",
            "code": "99001",
            "unit_name": "Xã Mẫu",
            "level": "Commune",
            "parent_administrative_unit": PROVINCE,
            "valid_from": "2021-07-01",
            **values,
        }
    )


class TestUnits(FrappeTestCase):
    def test_a_reused_code_names_two_units(self):
        name = frappe.db.get_value("Administrative Unit", VINH_TRAI, ["unit_name", "succeeded_by"])
        self.assertEqual(tuple(name), ("Phường Vĩnh Trại", NEW_DONG_KINH))
        self.assertEqual(
            frappe.db.get_value("Administrative Unit", NEW_DONG_KINH, "unit_name"), "Phường Đông Kinh"
        )

    def test_one_code_names_one_unit_a_day(self):
        first = unit(valid_to="2025-06-30").insert()
        self.assertEqual(first.name, "99001-20210701")
        with self.assertRaises(DuplicatePersonError):
            unit(valid_from="2025-01-01").insert()
        self.assertEqual(unit(valid_from="2025-07-01").insert().name, "99001-20250701")

    def test_a_unit_cannot_end_before_it_begins(self):
        with self.assertRaises(InvalidDateError):
            unit(code="99002", valid_to="2021-06-30").insert()

    def test_the_area_follows_successors_and_predecessors_apart(self):
        tree = unit_tree()
        self.assertEqual(tree.area([VINH_TRAI]), {VINH_TRAI, NEW_DONG_KINH})
        self.assertEqual(tree.area([NEW_DONG_KINH]), {NEW_DONG_KINH, VINH_TRAI, DONG_KINH, MAI_PHA})
        self.assertIn(VINH_TRAI, tree.area([CITY]))
        self.assertEqual(tree.above(VINH_TRAI), (VINH_TRAI, CITY, PROVINCE))


class TestPeople(FrappeTestCase):
    def test_names_and_year_only_births_are_kept_in_one_form(self):
        person = make_person("  Ðàm   Văn Mẫu ", date_of_birth="1944-07-15", dob_precision="Year")
        self.assertEqual(person.full_name, "Đàm Văn Mẫu")
        self.assertEqual(person.search_name, "dam van mau")
        self.assertEqual(getdate(person.date_of_birth), getdate("1944-01-01"))

    def test_numbers_of_the_wrong_shape_are_refused(self):
        for values in (
            {"personal_id": "02018000123"},
            {"personal_id": "0201800012AB"},
            {"old_id": "0812345678"},
            {"phone": "12345"},
        ):
            with self.subTest(values), self.assertRaises(InvalidIdentifierError):
                make_person(**values)

    def test_a_contradicting_number_is_said_and_kept(self):
        frappe.clear_messages()
        person = make_person("Lý Văn Mẫu", personal_id="020190001234", date_of_birth="1980-03-10")
        self.assertEqual(person.personal_id, "020190001234")
        said = " ".join(str(message) for message in frappe.get_message_log())
        self.assertIn("1990", said)
        self.assertIn("1980", said)

    def test_a_fitting_number_says_nothing(self):
        frappe.clear_messages()
        make_person("Lý Văn Hợp", personal_id="020080002345", date_of_birth="1980-03-10")
        self.assertFalse(frappe.get_message_log())

    def test_one_personal_id_one_person(self):
        first = make_person("Lý Văn Một", personal_id="020080001111")
        with self.assertRaises(DuplicatePersonError) as raised:
            make_person("Lý Văn Hai", personal_id="020080001111")
        self.assertIn(first.name, str(raised.exception))

    def test_several_people_may_have_no_number(self):
        make_person("Lý Văn Ba")
        make_person("Lý Văn Bốn", personal_id="")
        make_representative("Lý Văn Năm")
        make_representative("Lý Văn Sáu")

    def test_nobody_is_born_tomorrow(self):
        with self.assertRaises(InvalidDateError):
            make_person(date_of_birth=add_days(nowdate(), 1))
        with self.assertRaises(InvalidDateError):
            make_person(date_of_birth="1850-01-01")

    def test_people_live_in_communes(self):
        with self.assertRaises(InvalidDateError):
            make_person(administrative_unit=CITY)

    def test_who_holds_an_entitlement_stays_in_the_registry(self):
        person = make_person("Lý Văn Ở Lại")
        grant(person)
        with self.assertRaises((ChangeNotAllowedError, frappe.LinkExistsError)):
            person.delete()
