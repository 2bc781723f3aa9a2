"""The leader's page: its six numbers are those of the lines, of the reader's area only, and nobody's name."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period
from ansinh_app.core.months import Month
from ansinh_app.exceptions import AreaError
from ansinh_app.oversight import leader
from ansinh_app.tests import payout_world as world

OFFICE, OTHER = "LEAD-T", "LEAD-O"
PERSONAS = {
    "lead.manager@example.com": ("Social Affairs Manager", "Paying Office", OFFICE),
    "lead.neighbour@example.com": ("Social Affairs Manager", "Paying Office", OTHER),
    "lead.province@example.com": ("Province Viewer", "Administrative Unit", "province"),
    "lead.elsewhere@example.com": ("Province Viewer", "Administrative Unit", "elsewhere"),
    "lead.commune@example.com": ("Commune Officer", "Administrative Unit", "north"),
    "lead.bank@example.com": ("Bank Officer", "Payment Service Provider", "STB"),
}
MANAGER, NEIGHBOUR, PROVINCE, ELSEWHERE, COMMUNE, BANK = PERSONAS


class TestLeader(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        unit = world.make_unit("LN", "Xã Mẫu Đầu")
        places = {"north": unit.name, "province": unit.parent_administrative_unit}
        places["elsewhere"] = world.make_unit("LP2", "Tỉnh Mẫu Xa", level="Province", is_group=1).name
        world.make_office(OFFICE, unit=unit.name)
        world.make_office(OTHER)
        world.make_contracts(OFFICE)
        cls.people = [
            world.make_person(OFFICE, "Lý Thị Mẫu Một"),
            world.make_person(OFFICE, "Lý Thị Mẫu Hai"),
            world.make_person(OFFICE, "Lý Thị Mẫu Ba", cash=True, verification_status="Mismatch"),
        ]
        for person in cls.people:
            world.make_entitlement(person)
        for user, (role, allow, value) in PERSONAS.items():
            world.make_user(user, role)
            frappe.get_doc(
                {"doctype": "User Permission", "user": user, "allow": allow, "for_value": places.get(value, value)}
            ).insert(ignore_permissions=True)
        period = world.make_period(OFFICE, "2024-06", "2024-05-20").name
        with world.as_user(world.OFFICER):
            prepare_period(period, "2024-05-20")
        lines = frappe.get_all("Payout Line", {"period": period}, ["name", "total"], order_by="name")
        cls.total = sum(int(line.total) for line in lines)
        cls.paid = int(lines[0].total)
        frappe.db.set_value("Payout Line", lines[0].name, "status", "Paid")
        frappe.db.set_value("Payout Line", lines[1].name, "status", "Uncollected")

    def page(self, user: str, **asked) -> dict:
        with world.as_user(user):
            return leader.page(asked.pop("month", "2024-06-15"), **asked)

    def values(self, user: str) -> list[str]:
        return [number["value"] for number in self.page(user)["numbers"]]

    def test_numbers_are_those_of_the_lines(self):
        found = self.page(MANAGER)
        people, paid, share, back, unverified, _left = found["numbers"]
        self.assertEqual((people["value"], back["value"]), ("3", "1"))
        self.assertEqual(paid["value"], f"{self.paid:,} đ".replace(",", "."))
        self.assertIn(f"{self.total:,}".replace(",", "."), paid["note"])
        self.assertEqual((share["value"], share["state"]), ("66,7 %", "good"))
        self.assertEqual(int(unverified["value"]), frappe.db.count(
            "Beneficiary", {"office": OFFICE, "verification_status": ["in", ["Unverified", "Mismatch"]]}
        ))  # fmt: skip
        self.assertEqual([row["title"] for row in found["communes"]], ["Xã Mẫu Đầu"])
        steps = {step["label"]: step["state"] for step in found["steps"]}
        self.assertEqual(next(iter(steps.values())), "done")
        self.assertEqual(list(steps.values())[4], "begun")
        self.assertTrue(any(block["link"] == "/app/payout-batch" for block in found["blocks"]))
        self.assertEqual(found["month"], Month.parse("2024-06"))

    def test_target_is_the_settings(self):
        frappe.db.set_single_value("An Sinh Settings", "account_target", 90)
        self.addCleanup(frappe.db.set_single_value, "An Sinh Settings", "account_target", 60)
        self.assertEqual(self.page(MANAGER)["numbers"][2]["state"], "warn")

    def test_each_his_own_area(self):
        self.assertEqual(self.values(PROVINCE)[0], "3")
        for user in (NEIGHBOUR, ELSEWHERE):
            self.assertEqual(self.values(user)[:2], ["0", "0 đ"], user)
            with self.assertRaises(AreaError):
                self.page(user, office=OFFICE)
        for user in (COMMUNE, BANK):
            with self.assertRaises(frappe.PermissionError):
                self.page(user)
            with world.as_user(user), self.assertRaises(frappe.PermissionError):
                leader.as_pdf("2024-06-01")

    def test_page_and_paper_name_nobody_and_teach_where_nothing_is(self):
        for name, asked in (("full", {}), ("empty", {"month": "2031-01-01"})):
            html = frappe.render_template(
                "ansinh_app/templates/leader/paper.html", {"page": self.page(MANAGER, **asked)}
            )
            self.assertNotIn("Lý Thị", html)
            self.assertEqual("Xã Mẫu Đầu" in html, name == "full")
        with world.as_user(MANAGER):
            leader.as_pdf("2024-06-01", OFFICE)
        self.assertTrue(bytes(frappe.response["filecontent"]).startswith(b"%PDF-"))
