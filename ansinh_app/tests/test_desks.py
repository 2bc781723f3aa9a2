"""Every desk, walked by one who has only its role: each card counts, each shortcut, list and report opens."""

import json
import re
from unittest.mock import patch

import frappe
from frappe.desk.query_report import run
from frappe.tests.utils import FrappeTestCase

from ansinh_app.payouts.dashboard_chart_source.lines_by_status import lines_by_status
from ansinh_app.payouts.doctype.payout_line.payout_line import OF_BATCH
from ansinh_app.permissions import KIND_OF_ROLE
from ansinh_app.tests import payout_world as world

OFFICE = "DESKS-T"
MODULES = ["Registry", "Payee Accounts", "Payouts", "Outreach", "Oversight"]
AREAS = {
    "office": ("Paying Office", OFFICE),
    "commune": ("Administrative Unit", None),
    "provider": ("Payment Service Provider", "STB"),
    "viewer": ("Administrative Unit", None),
}


class TestDesks(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        unit = world.make_office(OFFICE).administrative_unit
        world.make_contract(OFFICE, "STB", programmes=[{"programme": "BTXH"}])
        cls.period = world.make_period(OFFICE, "2024-06", "2024-05-20").name
        campaign = {"doctype": "Account Campaign", "office": OFFICE, "campaign_title": "Đợt mẫu", "provider": "STB"}
        campaign |= {"starts_on": "2024-06-10", "ends_on": "2024-06-14"}
        cls.campaign = frappe.get_doc(
            campaign | {"sessions": [{"held_on": "2024-06-11", "administrative_unit": unit, "place": "Nhà văn hoá"}]}
        ).insert().name  # fmt: skip
        cls.users = {}
        for role, kind in KIND_OF_ROLE.items():
            user = cls.users[role] = f"desk.{frappe.scrub(role)}@example.com"
            world.make_user(user, role)
            allow, value = AREAS[kind]
            frappe.get_doc(
                {"doctype": "User Permission", "user": user, "allow": allow, "for_value": value or unit}
            ).insert(ignore_permissions=True)
        names = frappe.get_all("Workspace", {"module": ["in", MODULES]}, pluck="name", order_by="sequence_id")
        cls.desks = [frappe.get_doc("Workspace", name) for name in names]

    def walk(self):
        """Each desk with its role, acting as one who has nothing else."""
        for desk in self.desks:
            role = desk.roles[0].role
            with world.as_user(self.users[role]), self.subTest(desk=desk.name):
                yield desk

    def open(self, kind: str, target: str, filters: dict | None = None) -> None:
        if kind == "Report":
            known = {"office": OFFICE, "month": "2024-06-01", "year": 2024, "period": self.period, "campaign": self.campaign}
            needed = frappe.get_all("Report Filter", {"parent": target, "mandatory": 1}, pluck="fieldname")
            self.assertTrue(run(target, filters={name: known[name] for name in needed})["columns"], target)
        elif frappe.get_meta(target).issingle:
            self.assertTrue(frappe.has_permission(target, "read"), target)
        else:
            frappe.get_list(target, filters or {}, limit_page_length=1)

    def test_every_role_has_a_desk_that_teaches(self):
        self.assertEqual({row.role for desk in self.desks for row in desk.roles}, set(KIND_OF_ROLE))
        for desk in self.desks:
            blocks = json.loads(desk.content)
            self.assertTrue([block for block in blocks if block["type"] == "paragraph"], desk.name)
            # What a block names is there.
            for kind, key, rows in (
                ("number_card", "number_card_name", {row.number_card_name for row in desk.number_cards}),
                ("shortcut", "shortcut_name", {row.label for row in desk.shortcuts}),
                ("chart", "chart_name", {row.chart_name for row in desk.charts}),
                ("card", "card_name", {row.label for row in desk.links if row.type == "Card Break"}),
            ):
                self.assertEqual({block["data"][key] for block in blocks if block["type"] == kind}, rows, desk.name)

    def test_every_link_and_shortcut_opens(self):
        for desk in self.walk():
            opened = set()
            for row in [row for row in desk.links if row.type == "Link"] + list(desk.shortcuts):
                kind = row.get("link_type") or row.type
                if kind == "URL":
                    self.assertIn(row.url, ("/leader", "/counter", "/cash-list", "/seal-check"))
                    continue
                filters = row.get("stats_filter")
                if (kind, row.link_to, filters) not in opened:
                    opened.add((kind, row.link_to, filters))
                    with self.subTest(kind=kind, target=row.link_to):
                        self.open(kind, row.link_to, json.loads(filters) if filters else None)

    def test_every_card_counts_and_every_chart_draws(self):
        for desk in self.walk():
            for row in desk.number_cards:
                card = frappe.get_doc("Number Card", row.number_card_name)
                with self.subTest(card=card.name):
                    # A bench shows a card to those who may read its DocType.
                    self.assertTrue(frappe.has_permission(card.document_type, "read"))
                    if card.type == "Custom":
                        frappe.get_attr(card.method)()
                    else:
                        frappe.get_list(card.document_type, json.loads(card.filters_json), limit_page_length=1)
            for row in desk.charts:
                chart = frappe.get_doc("Dashboard Chart", row.chart_name)
                self.assertTrue(frappe.has_permission(chart.document_type, "read"), chart.name)
                module, name = frappe.db.get_value("Dashboard Chart Source", chart.source, ["module", "name"])
                path = f"ansinh_app.{frappe.scrub(module)}.dashboard_chart_source.{frappe.scrub(name)}.{frappe.scrub(name)}"
                self.assertIn("labels", frappe.get_attr(path + ".get")())

    def test_a_banks_chart_is_counted_from_an_index(self):
        """Its lines of three months are a quarter of a million: their rows need not be read to count them."""
        with world.as_user(self.users["Bank Officer"]), patch.object(
            frappe.local.db, "sql", wraps=frappe.local.db.sql
        ) as asked:
            lines_by_status.get()
        (statement,) = (str(call.args[0]) for call in asked.call_args_list if "tabPayout Line" in str(call.args[0]))
        columns = set(re.findall(r"`tabPayout Line`\.`(\w+)`", statement))
        self.assertLessEqual({"status", "batch", "provider"}, columns)
        self.assertLessEqual(columns, {*OF_BATCH, "name"})
        self.assertTrue(frappe.db.has_index("tabPayout Line", "of_batch"))

    def test_every_report_stands_on_a_desk(self):
        linked = {row.link_to for desk in self.desks for row in desk.links if row.link_type == "Report"}
        reports = set(frappe.get_all("Report", {"module": ["in", MODULES], "is_standard": "Yes"}, pluck="name"))
        self.assertEqual(reports - linked, set())
