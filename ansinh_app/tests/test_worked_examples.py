"""A sample of docs/worked-examples.md entered as an office would: decisions, runs, results, recovery cases."""

from itertools import groupby

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import explain, prepare_period
from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.policy.law import load_law
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.worked_examples import Example, read

# Law changes, ages, combinations, a carer, late and amended decisions, recovery, death, failures, suspension,
# two schemes, a couple's share, merit, two months at once.
SAMPLE = (1, 4, 7, 9, 11, 15, 22, 29, 32, 39, 43, 44, 46, 47, 49, 51, 57, 59, 60, 61, 62, 63, 65, 73)
_AMOUNTS = ("monthly_amount", "arrears", "carried_over", "recovery", "total")
_TEXTS = {"Failed": "Không thành công", "Uncollected": "Chưa đến nhận"}
_CHANGES = {"stop": "Stop", "suspend": "Suspend", "resume": "Resume"}


class TestWorkedExamples(FrappeTestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        cls.examples = {example.number: example for example in read()}

    def test_the_sample_through_documents(self):
        for number in SAMPLE:
            example = self.examples[number]
            with self.subTest(str(example)):
                Office(self, example).live()


class Office:
    """One example's own office and person."""

    def __init__(self, test: TestWorkedExamples, example: Example) -> None:
        self.test, self.example = test, example
        self.code = f"WE-{example.number:02d}"
        world.make_office(self.code)
        world.make_contract(self.code, "STB")
        world.make_contract(self.code, "VNPOST", pays_accounts=0, pays_cash=1)
        self.person = world.make_person(
            self.code, example.full_name, date_of_birth=example.born, dob_precision=example.precision
        )
        self.entitlements: dict[str, str] = {}
        self.spouse = None
        for fact in example.facts:
            self.record(fact)

    def record(self, fact) -> None:
        if fact.what == "grant":
            values = self.carer() if "to a carer" in fact.terms else {}
            made = world.make_entitlement(
                self.person,
                fact.category,
                start=fact.month(),
                known_on=fact.known_on,
                quantity=fact.quantity,
                **values,
            )
            self.entitlements[fact.of] = made.name
        elif fact.what == "married":
            self.marry(fact)
        elif fact.what.startswith("spouse's "):
            self.record_spouse(fact)
        elif fact.what == "both schemes":
            decision = frappe.get_doc("Entitlement", self.entitlements[fact.of])
            decision.update({"both_schemes_on": fact.known_on, "both_schemes_reason": fact.terms})
            decision.save()
        elif fact.what == "death":
            died = "-".join(reversed(fact.terms.split("/")))
            world.change(self.person, "Death", fact.known_on, occurred_on=died)
        else:
            world.change(
                self.person,
                _CHANGES[fact.what],
                fact.known_on,
                entitlement=self.entitlements[fact.of],
                effective_month=f"{fact.month()}-01",
            )

    def marry(self, fact) -> None:
        """The husband or wife is paid by another office: the share is one all the same."""
        other = f"{self.code}-S"
        world.make_office(other)
        self.spouse = world.make_person(other, "Người Hôn Phối", date_of_birth=self.example.born)
        self.person.reload()
        days = {"married_on": fact.day("on"), "ended_on": fact.day("ended on"), "known_on": fact.known_on}
        row = {"spouse": self.spouse.name, **days, "end_known_on": fact.day("ended on")}
        self.person.append("spouses", row)
        self.person.save()

    def record_spouse(self, fact) -> None:
        if fact.what == "spouse's grant":
            values = {"start": fact.month(), "known_on": fact.known_on}
            self.entitlements[fact.of] = world.make_entitlement(self.spouse, fact.category, **values).name
        else:
            month = f"{fact.month()}-01"
            held = {"entitlement": self.entitlements[fact.of], "effective_month": month}
            world.change(self.spouse, _CHANGES[fact.what.removeprefix("spouse's ")], fact.known_on, **held)

    def carer(self) -> dict:
        carer = frappe.get_doc({"doctype": "Representative", "full_name": "Nguyễn Thị Chăm Sóc"}).insert()
        self.person.append("representatives", {"representative": carer.name, "capacity": "Carer"})
        self.person.save()
        return {
            "payee_type": "Carer",
            "representative": carer.name,
            "payment_method": "Cash",
            "payment_account": None,
            "cash_reason": "No service nearby",
        }

    def live(self) -> None:
        for (period, as_of), group in groupby(self.example.rows, lambda row: (row.period, row.as_of)):
            rows = list(group)
            if as_of == "repaid":
                self.repay(rows[0])
            elif as_of == "result":
                self.answer(f"{self.code}-{period}", rows)
            else:
                self.run(period, as_of, rows)

    def run(self, month: str, as_of: str, rows: list) -> None:
        period = world.make_period(self.code, month, as_of).name
        summary = prepare_period(period)
        again = prepare_period(period)
        self.test.assertEqual((again["created"], again["changed"], again["removed"]), (0, 0, 0))
        lines = world.lines_of(period)
        wanted = [row for row in rows if row.article or row.category in load_law().categories]
        self.test.assertEqual(
            sorted(self.as_row(month, line) for line in lines),
            sorted((row.category, *row.amounts) for row in wanted),
        )
        held = {row.category.removeprefix("held: ") for row in rows if row.category.startswith("held: ")}
        self.test.assertEqual({item["code"] for item in summary["held"]}, held)
        for row in wanted:
            self.explained(month, row)
        proposed = [row for row in rows if row.category == "proposal"]
        self.test.assertEqual(
            [row.total for row in proposed], [as_dong(case.amount) for case in self.cases(0)]
        )
        for row in proposed:
            self.approve_case(row)
        for batch in world.batches_of(period):
            world.approve(batch)
            world.send(batch)
        if lines and wanted[0].then != "Sent":
            self.answer(period, wanted)

    def as_row(self, month: str, line) -> tuple:
        category = frappe.db.get_value("Entitlement", line.entitlement, "category")
        person = frappe.get_doc("Beneficiary", self.person.name)
        band = load_law().band(category, frappe.utils.getdate(person.date_of_birth), Month.parse(month))
        return (band.code if band else category, *(as_dong(line[name]) for name in _AMOUNTS))

    def explained(self, month: str, row) -> None:
        answer = explain(self.person.name, month)
        same = [line for line in answer["lines"] if line["category"] == row.category]
        self.test.assertEqual([line["total"] for line in same], [row.total])
        if row.article:
            self.test.assertIn(f"{row.article};", " ".join(step["text"] for step in same[0]["steps"]))

    def answer(self, period: str, rows: list) -> None:
        then = {load_law().benefit(row.category): row.then for row in rows}
        outcomes = {
            line.name: (_TEXTS[then[line.benefit]], "tài khoản đã đóng")
            for line in world.lines_of(period)
            if then.get(line.benefit) in _TEXTS
        }
        for batch in world.batches_of(period, docstatus=1):
            if frappe.db.exists("Payout Line", {"batch": batch, "status": "Sent"}):
                world.import_result(batch, world.answer(batch, outcomes))

    def cases(self, docstatus: int) -> list:
        return frappe.get_all(
            "Recovery Case",
            filters={"beneficiary": self.person.name, "docstatus": docstatus},
            fields=["name", "amount", "outstanding", "status"],
        )

    def approve_case(self, row) -> None:
        if not row.then:
            return
        case = frappe.get_doc("Recovery Case", self.cases(0)[0].name)
        case.instalment = int(row.then.removeprefix("approved at ").replace(".", ""))
        case.submit()

    def repay(self, row) -> None:
        case = frappe.get_doc("Recovery Case", self.cases(1)[0].name)
        case.append("repayments", {"paid_on": f"{row.period}-15", "amount": row.total, "voucher_no": "PT01"})
        case.save()
        left = f"{as_dong(case.outstanding):,} left".replace(",", ".")
        self.test.assertEqual(left, row.then)
        self.test.assertEqual(case.status, "Approved" if case.outstanding else "Closed")
