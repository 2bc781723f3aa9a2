"""Patches bring a site of an earlier release to where a fresh one stands."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.core.months import Month
from ansinh_app.patches import add_bank_aliases, add_one_off_levels, show_births_as_known
from ansinh_app.policy.law import load_law
from ansinh_app.tests import payout_world as world

FUNERALS = {"2024-05": 7_200_000, "2024-07": 10_000_000, "2026-07": 10_800_000}


def levels() -> list[tuple]:
    rows = frappe.get_all(
        "Rate Version Line",
        filters={"docstatus": 1, "parenttype": "Rate Version"},
        fields=["parent", "category", "coefficient", "amount", "law_article", "certainty"],
        order_by="parent, category",
        limit_page_length=0,
    )
    return [tuple(str(value) for value in row.values()) for row in rows]


class TestPatches(FrappeTestCase):
    def as_before_one_off_grants(self) -> list[str]:
        """The site as an earlier release left it: no one-off grants, no levels of theirs, no lương cơ sở."""
        grants = frappe.get_all("Benefit Category", filters={"kind": "One-off"}, pluck="name")
        frappe.db.delete("Rate Version Line", {"category": ["in", grants]})
        base = frappe.get_all("Rate Version", filters={"programme": "LCS"}, pluck="name")
        frappe.db.delete("Rate Version Line", {"parent": ["in", base or [""]]})
        frappe.db.delete("Rate Version", {"name": ["in", base or [""]]})
        frappe.db.delete("Benefit Category", {"name": ["in", grants]})
        frappe.db.delete("Benefit Programme", {"name": "LCS"})
        return grants

    def test_one_off_grants_reach_a_site_that_had_none(self):
        before = [row[1:] for row in levels()]
        grants = self.as_before_one_off_grants()
        self.assertTrue(grants)
        self.assertEqual(load_law().one_off, {})
        add_one_off_levels.execute()
        self.assertEqual(sorted(row[1:] for row in levels()), sorted(before))
        law = load_law()
        self.assertEqual(sorted(law.one_off), sorted(grants))
        for month, amount in FUNERALS.items():
            rate = law.rate("MT-BTXH", Month.parse(month), frappe.utils.getdate("2026-11-20"))
            self.assertEqual(rate.amount_per_unit, amount)
        after = levels()
        add_one_off_levels.execute()
        self.assertEqual(levels(), after)

    def test_what_an_office_decided_is_left_alone(self):
        name = frappe.db.get_value(
            "Rate Version", {"programme": "BTXH", "effective_from": "2024-07-01"}, "name"
        )
        grants = self.as_before_one_off_grants()
        frappe.db.delete("Rate Version Line", {"parent": name, "category": "BTXH-06B1"})
        frappe.db.set_value("Rate Version", name, "legal_instrument", "20/2021/NĐ-CP")
        add_one_off_levels.execute()
        named = {row[1] for row in levels() if row[0] == name}
        self.assertFalse(named & {*grants, "BTXH-06B1"})

    def test_births_are_shown_as_far_as_they_are_known(self):
        office = world.make_office("PATCH-" + frappe.generate_hash(length=6).upper()).name
        people = {
            "1944": world.make_person(office, date_of_birth="1944-01-01", dob_precision="Year").name,
            "01/1944": world.make_person(office, date_of_birth="1944-01-01", dob_precision="Month").name,
            "01/01/1944": world.make_person(office, date_of_birth="1944-01-01").name,
        }
        frappe.db.set_value("Beneficiary", {"office": office}, "birth_shown", None)
        show_births_as_known.execute()
        for shown, name in people.items():
            self.assertEqual(frappe.db.get_value("Beneficiary", name, "birth_shown"), shown)

    def test_banks_get_the_names_communes_call_them_by_and_keep_their_own(self):
        frappe.db.set_value("Payment Service Provider", "AGRIBANK", "aliases", "NHNo;Nhà băng chợ")
        add_bank_aliases.execute()
        add_bank_aliases.execute()
        names = frappe.db.get_value("Payment Service Provider", "AGRIBANK", "aliases").split(";")
        self.assertEqual(names[:2], ["NHNo", "Nhà băng chợ"])
        self.assertIn("NN và PTNT", names)
        self.assertEqual(len(names), len(set(names)))
