"""Identity cards: everyone without one is collected, asked for, given an appointment, and the number comes back."""

import io

import frappe
import openpyxl
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, add_months, nowdate

from ansinh_app.exceptions import VerificationError
from ansinh_app.patches import date_identity_statuses
from ansinh_app.registry.doctype.id_card_list import id_card_list as lists
from ansinh_app.registry.report.identity_ageing.identity_ageing import execute
from ansinh_app.tests.factories import VINH_TRAI, as_user, make_representative, make_user
from ansinh_app.tests.identity_case import (
    COMMUNE,
    LOST_POLICE,
    MANAGER,
    OTHER_COMMUNE,
    POLICE,
    IdentityCase,
)


class TestIdentityCards(IdentityCase):
    def make_card_list(self, **values):
        found = frappe.get_doc(
            {"doctype": "ID Card List", "administrative_unit": VINH_TRAI, "office": self.office, **values}
        ).insert()
        lists.collect(found.as_dict())
        return found.reload()

    def requests(self, found) -> dict:
        return {
            row.full_name: row
            for row in frappe.get_all(
                "ID Card Request",
                filters={"card_list": found.name},
                fields=[
                    "name", "full_name", "reason", "status", "cannot_travel", "appointment_on", "appointment_place",
                ],
            )
        }  # fmt: skip

    def test_everyone_without_a_card_is_collected_and_who_cannot_travel_is_visited_first(self):
        person = self.person("An Thị Cụ", old_id="080123456", village="Khối 9")
        self.person(
            "Bùi Văn Liệt", payment_method="Cash", cash_reason="Bedridden without a receiver", village="Khối 9"
        )
        self.person("Cù Văn Đủ", personal_id="020080000777")
        self.person("Đào Văn Bé", date_of_birth=add_months(nowdate(), -13 * 12))
        guardian = make_representative("Đỗ Thị Giám Hộ")
        person.append("representatives", {"representative": guardian.name, "capacity": "Guardian"})
        person.save()
        found = self.make_card_list(held_on=add_days(nowdate(), 5), place="Nhà văn hóa Khối 9")
        rows = self.requests(found)
        self.assertEqual(
            {name: row.reason for name, row in rows.items()},
            {"An Thị Cụ": "Expired CMND", "Bùi Văn Liệt": "No Card", "Đỗ Thị Giám Hộ": "No Card"},
        )
        self.assertEqual((found.row_count, found.cannot_travel), (3, 1))
        lists.ask(found.as_dict())
        with as_user(POLICE):
            lists.announce(found.as_dict())
        rows = self.requests(found)
        self.assertEqual({row.status for row in rows.values()}, {"Appointment"})
        self.assertEqual(rows["An Thị Cụ"].appointment_place, "Nhà văn hóa Khối 9")
        self.assertEqual(rows["Bùi Văn Liệt"].appointment_place, "Tại nhà")
        lists.write_list(found.as_dict())
        file = frappe.get_doc("File", {"file_url": found.reload().list_file})
        sheet = openpyxl.load_workbook(io.BytesIO(file.get_content())).active
        self.assertEqual([sheet.cell(row, 3).value for row in (4, 5, 6)][0], "Bùi Văn Liệt")
        self.assertEqual({sheet.cell(row, 6).value for row in (4, 5, 6)}, {None, "080123456"})
        again = self.make_card_list()
        self.assertEqual(self.requests(again), {})

    def test_the_new_number_goes_into_the_registry_through_the_office(self):
        person = self.person("Hứa Văn Mẫu", old_id="080654321")
        found = self.make_card_list()
        lists.ask(found.as_dict())
        name = self.requests(found)["Hứa Văn Mẫu"].name

        def step(action, **values):
            request = frappe.get_doc("ID Card Request", name).update(values)
            request.save()
            return apply_workflow(request, action)

        with as_user(POLICE):
            for action, values in (
                ("Set Appointment", {}),
                ("Refuse", {}),
                ("Mark as Issued", {}),
                ("Mark as Issued", {"new_personal_id": "12345"}),
            ):
                frappe.db.savepoint("one_step")
                with self.subTest(action=action, values=values), self.assertRaises(VerificationError):
                    step(action, **values)
                frappe.db.rollback(save_point="one_step")
            step("Set Appointment", appointment_on=nowdate(), full_name="Tên Khác")
            request = step("Mark as Issued", new_personal_id="020080000888")
        self.assertEqual((request.full_name, request.status), ("Hứa Văn Mẫu", "Issued"))
        change = frappe.get_doc("Registry Change", request.registry_change)
        self.assertEqual((change.status, change.corrected_value), ("Proposed", "020080000888"))
        self.assertIsNone(person.reload().personal_id)
        with as_user(MANAGER):
            apply_workflow(change, "Approve")
        self.assertEqual(person.reload().personal_id, "020080000888")

    def test_own_neighbour_outsider_and_a_police_officer_without_a_unit(self):
        self.person("Khổng Văn Mẫu")
        found = self.make_card_list()
        request = self.requests(found)["Khổng Văn Mẫu"].name
        outsider = make_user("idv-bank@ansinh.example", "Bank Officer", providers=["STB"])
        for user, expected in (
            (COMMUNE, True), (POLICE, True), (OTHER_COMMUNE, False), (LOST_POLICE, False), (outsider, False),
        ):  # fmt: skip
            for doctype, name in (("ID Card Request", request), ("ID Card List", found.name)):
                with self.subTest(user=user, doctype=doctype), as_user(user):
                    self.assertEqual(bool(frappe.has_permission(doctype, doc=name)), expected)


class TestIdentityAgeing(IdentityCase):
    def test_people_registered_before_are_dated_by_their_registration(self):
        person = self.person("La Văn Xưa")
        earlier = {"verification_since": None, "verification_status": None, "creation": "2023-04-05 10:11:12"}
        frappe.db.set_value("Beneficiary", person.name, earlier, update_modified=False)
        date_identity_statuses.execute()
        person.reload()
        self.assertEqual((person.verification_status, str(person.verification_since)), ("Unverified", "2023-04-05"))

    def test_counts_by_status_and_age_of_the_readers_own_area(self):
        fresh, old = self.person("Lã Văn Mới"), self.person("Lã Văn Cũ")
        frappe.db.set_value("Beneficiary", old.name, "verification_since", add_days(nowdate(), -100))
        asked = self.person("Lã Văn Chờ")
        found = self.make_list()
        frappe.db.set_value(
            "Identity Verification", {"verification_list": found.name}, "due_on", add_days(nowdate(), -1)
        )
        for person in (fresh, old):
            name = frappe.db.get_value("Identity Verification", {"beneficiary": person.name})
            apply_workflow(frappe.get_doc("Identity Verification", name), "Withdraw")
        frappe.db.set_value("Beneficiary", old.name, "verification_since", add_days(nowdate(), -100))
        frappe.db.set_value("Beneficiary", asked.name, "verification_since", add_days(nowdate(), -20))
        filters = {"office": self.office}
        for user in ("Administrator", COMMUNE, POLICE):
            with self.subTest(user=user), as_user(user):
                columns, rows, _message, chart, summary = execute(filters)
                total = rows[-1]
                self.assertEqual(
                    [total[key] for key in ("people", "unverified_0", "unverified_2", "requested_1", "overdue")],
                    [3, 1, 1, 1, 1],
                )
                self.assertTrue(total["bold"] and chart and summary)
                self.assertEqual({column["fieldname"] for column in columns} - set(total), set())
        for user in (OTHER_COMMUNE, LOST_POLICE):
            with self.subTest(user=user), as_user(user):
                self.assertEqual(execute(filters)[1], [])
