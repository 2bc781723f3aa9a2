"""Reports ask once for benefits that are decided alike: the same as asking for each of them, on every day."""

from datetime import date
from unittest.mock import patch

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.tests.factories import MAI_PHA, as_user, grant, make_office, make_person, make_user
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

        frappe.db.set_value("Entitlement", changed.name, {"payment_method": "Cash", "cash_reason": "Account closed"})
        cls.neighbour = make_person("Giống Nhau Xã Bên", office=OFFICE, administrative_unit=MAI_PHA).name
        grant(frappe.get_doc("Beneficiary", cls.neighbour))

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
        rows = len(reports._terms(DAYS[-1], OFFICE, None))
        with (
            patch.object(reports, "_in_force", wraps=reports._in_force) as asked,
            patch.object(reports, "_paid_into_account", wraps=reports._paid_into_account) as ways,
        ):
            self.claims()
        self.assertLess(asked.call_count, rows * len(DAYS))
        self.assertLessEqual(ways.call_count, 3 * len(DAYS))

    def test_people_counted_together_are_those_of_the_claims(self):
        for claims, places in zip(self.claims(), reports.people_on(DAYS, OFFICE), strict=True):
            one_by_one: dict = {}
            for claim in claims:
                place = reports.Place(claim.unit, claim.has_account, bool(claim.cash_reason))
                one_by_one.setdefault(place, set()).add(claim.beneficiary)
            self.assertEqual(places, one_by_one)

    def test_a_trend_asks_for_each_place_not_for_each_person(self):
        real, asked = reports.counted_for(), []
        with patch.object(reports, "counted_for", lambda: lambda *place: asked.append(place) or real(*place)):
            people = [set().union(*day.values()) for day in reports.people_on(DAYS, OFFICE)]
        self.assertLess(len(asked), sum(map(len, people)))

    def test_a_commune_reads_its_own_people_alone(self):
        officer = make_user("alike-commune@example.com", "Commune Officer", units=[MAI_PHA])
        with as_user(officer), patch.object(reports, "_terms", wraps=reports._terms) as terms:
            (people,) = reports.people_on(DAYS[-1:], OFFICE)
            read = {row.beneficiary for row in reports._terms(*terms.call_args.args)}
        self.assertEqual(read, {self.neighbour})
        self.assertEqual(set().union(*people.values()), read)
        nobody = make_user("alike-nobody@example.com", "Commune Officer")
        with as_user(nobody):
            self.assertEqual(list(reports.people_on(DAYS[-1:], OFFICE)), [{}])
