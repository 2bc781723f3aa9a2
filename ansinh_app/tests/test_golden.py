"""The golden months through documents: every line of every run and the one recovery case, to the đồng."""

import csv
from pathlib import Path

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import explain, prepare_period
from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.policy.law import load_law
from ansinh_app.tests import both_ways
from ansinh_app.tests import payout_world as world

_AMOUNTS = ("monthly_amount", "arrears", "carried_over", "recovery", "total")


def _rows(name: str) -> list[dict]:
    folder = Path(frappe.get_app_path("ansinh_app")).parent / "tests" / "golden"
    with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestGoldenMonths(FrappeTestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        cls.law = load_law()
        cls.offices = {"A": "GOLD-A", "B": "GOLD-B"}
        for code in cls.offices.values():
            world.make_office(code)
            world.make_contracts(code)
        cls.people = {row["person"]: cls.make_person(row) for row in _rows("people")}
        cls.names = {document.name: person for person, document in cls.people.items()}
        cls.entitlements: dict[str, list] = {}
        for event in _rows("events"):
            cls.make_event(event)

    @classmethod
    def make_person(cls, row: dict):
        return world.make_person(
            cls.offices[row["office"]],
            row["full_name"],
            cash=row["person"] in ("G03", "G09"),
            provider="BID" if row["person"] == "G05" else "STB",
            sex=row["sex"],
            date_of_birth=row["date_of_birth"],
            dob_precision=row["dob_precision"],
        )

    @classmethod
    def make_event(cls, event: dict) -> None:
        person = cls.people[event["person"]]
        if event["event"] == "entitle":
            entitlement = world.make_entitlement(
                person,
                event["category"],
                start=event["from_month"],
                known_on=event["known_on"],
                quantity=int(event["quantity"]),
            )
            cls.entitlements.setdefault(event["person"], []).append(entitlement.name)
        elif event["event"] == "death":
            world.change(person, "Death", event["known_on"], occurred_on=event["on_day"])
        elif event["event"] == "stop":
            for name in cls.entitlements[event["person"]]:
                world.change(
                    person,
                    "Stop",
                    event["known_on"],
                    entitlement=name,
                    effective_month=f"{event['from_month']}-01",
                    reason=event["reason"],
                )
        else:
            raise ValueError(event["event"])

    def test_every_line_of_every_run_and_the_recovery_case(self):
        found = []
        for run in _rows("runs"):
            period = world.make_period(self.offices[run["office"]], run["period"]).name
            both_ways.assert_same(self, period, run["as_of"])
            with world.as_user(world.OFFICER):
                summary = prepare_period(period, run["as_of"])
            lines = world.lines_of(period)
            self.assertEqual(
                summary["held_back"], 0, frappe.db.get_value("Payout Period", period, "problems")
            )
            self.assertEqual(summary["total"], sum(as_dong(line.total) for line in lines))
            found += [self.as_expected(run["period"], line) for line in lines]
            self.check_explained(run["period"], lines)
            world.pay(period, self.outcomes(run["period"], lines))
            self.assertFalse(frappe.get_all("Payout Line", {"period": period, "status": "Sent"}))
            if (run["office"], run["period"]) == ("A", "2024-10"):
                self.check_recovery()
        wanted = sorted(tuple(row.values()) for row in _rows("expected"))
        self.assertEqual(sorted(found), wanted)

    def as_expected(self, period: str, line: dict) -> tuple:
        """The line as a row of expected.csv, with the band paid instead of the category decided."""
        person = self.people[self.names[line.beneficiary]]
        category = frappe.db.get_value("Entitlement", line.entitlement, "category")
        band = self.law.band(category, frappe.utils.getdate(person.date_of_birth), Month.parse(period))
        amounts = (str(as_dong(line[name])) for name in _AMOUNTS)
        return (period, self.names[line.beneficiary], band.code, *amounts)

    def check_explained(self, period: str, lines: list[dict]) -> None:
        """What `explain` says is what the line pays; a few lines of each run will do."""
        for line in lines[:3]:
            answer = explain(line.beneficiary, period)
            same = [item for item in answer["lines"] if item["benefit"] == line.benefit]
            self.assertEqual([item["total"] for item in same], [as_dong(line.total)], line.beneficiary)
            self.assertTrue(all(step["text"] for step in same[0]["steps"]))

    def outcomes(self, period: str, lines: list[dict]) -> dict[str, tuple[str, str]]:
        texts = {"Failed": "Không thành công", "Uncollected": "Chưa đến nhận"}
        wanted = {row["person"]: row for row in _rows("outcomes") if row["period"] == period}
        found = {}
        for line in lines:
            row = wanted.get(self.names[line.beneficiary])
            if row:
                found[line.name] = (texts[row["status"]], row["failure"])
        return found

    def check_recovery(self) -> None:
        cases = frappe.get_all(
            "Recovery Case",
            filters={"office": self.offices["A"]},
            fields=["beneficiary", "amount", "outstanding", "status", "docstatus"],
        )
        self.assertEqual(
            [
                (self.names[case.beneficiary], as_dong(case.amount), case.status, case.docstatus)
                for case in cases
            ],
            [("G07", 1_000_000, "Proposed", 0)],
        )
