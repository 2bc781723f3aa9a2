"""Reports ask once for benefits that are decided alike: the same as asking for each of them, on every day."""

from datetime import date
from unittest.mock import patch

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.tests.factories import grant, make_office, make_person
from ansinh_app.utils import reports

OFFICE = "ALIKE-T"
DAYS = [date(2024, month, day) for month in (4, 5, 6, 7, 8) for day in (1, 18, 28)]
# Each differs from the first in one thing that decides, or in what does not.
TERMS = (
    {},
    {"effective_from": "2024-06-01"},
    {"decision_date": "2024-06-20"},
    {"effective_to": "2024-06-30", "stop_decision_date": "2024-06-10"},
    {"effective_to": "2024-06-30", "stop_decision_date": "2024-08-10"},
    {"category": "BTXH-06B3"},
)
LIVES = ({}, {"deceased_on": "2024-06-03", "death_known_on": "2024-06-05"})
DEATH_KNOWN_LATE = {"deceased_on": "2024-06-03", "death_known_on": "2024-08-05"}


class TestClaimsAlike(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_office(OFFICE)
        for number, terms in enumerate(TERMS):
            for life in (*LIVES, DEATH_KNOWN_LATE):
                person = make_person(f"Giống Nhau {number}", office=OFFICE)
                category = terms.get("category", "BTXH-06B1")
                entitlement = grant(person, category)
                values = {name: value for name, value in terms.items() if name != "category"}
                if values:
                    frappe.db.set_value("Entitlement", entitlement.name, values)
                if life:
                    frappe.db.set_value("Beneficiary", person.name, life)
        changed = grant(make_person("Giống Nhau Đổi", office=OFFICE))
        change = {"doctype": "Entitlement Change", "parent": changed.name, "parenttype": "Entitlement"}
        change |= {"parentfield": "changes", "effective_month": "2024-06-01", "decided_on": "2024-05-20", "active": 0}
        frappe.get_doc(change).db_insert()

    def claims(self) -> list[list]:
        return list(reports.claims_on(DAYS, OFFICE))

    def test_the_answer_for_one_is_the_answer_for_all_alike(self):
        together = self.claims()
        with patch.object(reports, "_decided", lambda row, changes: (row.name,)):
            alone = self.claims()
        self.assertEqual(together, alone)
        self.assertGreater(len({len(day) for day in alone}), 4)  # the days do differ
        self.assertNotEqual({claim.beneficiary for claim in alone[-1]}, {claim.beneficiary for claim in alone[4]})

    def test_the_rules_are_asked_fewer_times_than_there_are_benefits(self):
        with patch.object(reports, "_in_force", wraps=reports._in_force) as asked:
            rows = len(reports._terms(DAYS[-1], OFFICE, None))
            self.claims()
        self.assertLess(asked.call_count, rows * len(DAYS))
