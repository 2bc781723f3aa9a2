"""Reports count what they say and only for those who may see it; schedules mail a month once."""

import io

import frappe
import openpyxl
from frappe.desk.query_report import run
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period
from ansinh_app.core.money import as_dong
from ansinh_app.oversight.report.account_coverage import account_coverage
from ansinh_app.oversight.report.monthly_payout import monthly_payout
from ansinh_app.oversight.sending import vietnamese
from ansinh_app.payouts.report.failed_and_carried_over import failed_and_carried_over
from ansinh_app.payouts.report.payout_preflight import payout_preflight
from ansinh_app.tests import payout_world as world
from ansinh_app.utils.report_files import report_pdf, report_xlsx, run_report

OFFICE = "REPORT-T"
# persona -> role, what it may see
PERSONAS = {
    "report.owner@example.com": ("Commune Officer", "Administrative Unit", "north"),
    "report.neighbour@example.com": ("Commune Officer", "Administrative Unit", "south"),
    "report.outsider@example.com": ("Commune Officer", None, None),
    "report.province@example.com": ("Province Viewer", "Administrative Unit", "province"),
    "report.otherprovince@example.com": ("Province Viewer", "Administrative Unit", "elsewhere"),
    "report.bank@example.com": ("Bank Officer", "Payment Service Provider", "STB"),
    "report.post@example.com": ("Post Office Clerk", "Payment Service Provider", "VNPOST"),
}


def rows_of(result) -> dict[str, dict]:
    """The rows of execute() by commune."""
    return {row["commune"]: row for row in result[1]}


class ReportCase(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        cls.units = {
            "north": world.make_unit("RN", "Xã Mẫu Bắc").name,
            "south": world.make_unit("RS", "Xã Mẫu Nam").name,
        }
        cls.units["province"] = frappe.db.get_value(
            "Administrative Unit", cls.units["north"], "parent_administrative_unit"
        )
        cls.units["elsewhere"] = frappe.get_doc(
            {
                "doctype": "Administrative Unit",
                "code": "RP2",
                "unit_name": "Tỉnh Mẫu Khác",
                "level": "Province",
                "is_group": 1,
                "valid_from": "2021-07-01",
            }
        ).insert().name  # fmt: skip
        world.make_office(
            OFFICE, unit=cls.units["north"], office_name="Phòng Mẫu Báo Cáo", place_name="Mẫu Sơn"
        )
        world.make_contracts(OFFICE)
        cls.people = {
            "account": world.make_person(OFFICE, "Lý Thị Mẫu Một"),
            "account2": world.make_person(OFFICE, "Lý Thị Mẫu Hai"),
            "cash": world.make_person(OFFICE, "Lý Thị Mẫu Ba", cash=True),
            "south": world.make_person(
                OFFICE, "Lý Thị Mẫu Bốn", cash=True, administrative_unit=cls.units["south"]
            ),
        }
        for person in cls.people.values():
            world.make_entitlement(person)
        for user, (role, allow, value) in PERSONAS.items():
            cls.make_persona(user, role, allow, cls.units.get(value, value))
        cls.period = world.make_period(OFFICE, "2024-06", "2024-05-20").name
        with world.as_user(world.OFFICER):
            prepare_period(cls.period, "2024-05-20")

    @classmethod
    def make_persona(cls, user, role, allow, value):
        frappe.get_doc(
            {
                "doctype": "User",
                "email": user,
                "first_name": role,
                "send_welcome_email": 0,
                "roles": [{"role": role}],
            }
        ).insert(ignore_permissions=True)
        if allow:
            frappe.get_doc(
                {"doctype": "User Permission", "user": user, "allow": allow, "for_value": value}
            ).insert(ignore_permissions=True)

    def setUp(self):
        # One world for the class; each test leaves it as it was.
        frappe.db.savepoint("report_test")
        self.addCleanup(frappe.db.rollback, save_point="report_test")

    def coverage(self, **filters):
        return rows_of(account_coverage.execute({"as_of": "2024-06-14", "office": OFFICE, **filters}))


class TestAccountCoverage(ReportCase):
    def test_counts_people_accounts_and_the_rest(self):
        rows = self.coverage()
        north, south, total = rows["Xã Mẫu Bắc"], rows["Xã Mẫu Nam"], list(rows.values())[-1]
        self.assertEqual((north["total"], north["with_account"], north["left"]), (3, 2, 1))
        self.assertEqual(north["percent"], 66.67)
        self.assertEqual((south["total"], south["with_account"], south["percent"]), (1, 0, 0.0))
        self.assertEqual((total["total"], total["with_account"], total["percent"]), (4, 2, 50.0))
        self.assertIn("1", south["note"])

    def test_highest_rate_stands_first_and_is_charted(self):
        result = account_coverage.execute({"as_of": "2024-06-14", "office": OFFICE})
        self.assertEqual([row["commune"] for row in result[1][:2]], ["Xã Mẫu Bắc", "Xã Mẫu Nam"])
        self.assertEqual(result[3]["data"]["datasets"][0]["values"], [66.67, 0.0])

    def test_month_before_the_decision_counts_nobody(self):
        rows = self.coverage(as_of="2024-04-10")
        self.assertEqual(sum(row["total"] for row in rows.values()), 0)

    def test_stopped_and_dead_people_do_not_count(self):
        before = self.coverage()["Xã Mẫu Nam"]["total"]
        world.change(self.people["south"], "Death", "2024-05-21", occurred_on="2024-05-18")
        self.assertEqual(before, 1)
        self.assertNotIn("Xã Mẫu Nam", self.coverage())
        # The month of death still counts, and so does every month for whoever did not know yet.
        self.assertEqual(self.coverage(as_of="2024-05-31")["Xã Mẫu Nam"]["total"], 1)
        self.assertEqual(self.coverage(as_of="2024-05-20")["Xã Mẫu Nam"]["total"], 1)

    def test_closed_account_is_no_account(self):
        account = self.people["account"].payment_account
        frappe.db.set_value("Payment Account", account, "status", "Closed")
        self.assertEqual(self.coverage()["Xã Mẫu Bắc"]["with_account"], 1)

    def test_commune_sees_itself_neighbour_itself_outsider_nothing(self):
        with world.as_user("report.owner@example.com"):
            self.assertEqual(set(self.coverage()) - {frappe._("Total")}, {"Xã Mẫu Bắc"})
        with world.as_user("report.neighbour@example.com"):
            rows = self.coverage()
            self.assertEqual(rows["Xã Mẫu Nam"]["total"], 1)
            self.assertNotIn("Xã Mẫu Bắc", rows)
        with world.as_user("report.outsider@example.com"):
            self.assertEqual(self.coverage(), {})

    def test_province_gets_totals_through_the_desk_and_never_a_name(self):
        with world.as_user("report.province@example.com"):
            self.assertRaises(frappe.PermissionError, frappe.get_list, "Beneficiary")
            result = run("Account Coverage", filters={"as_of": "2024-06-14", "office": OFFICE})
        text = frappe.as_json(result)
        self.assertEqual(result["result"][-1]["total"], 4)
        for person in self.people.values():
            self.assertNotIn(person.full_name, text)
            self.assertNotIn(person.name, text)
        with world.as_user("report.otherprovince@example.com"):
            self.assertEqual(self.coverage(), {})

    def test_office_counts_whom_it_pays_wherever_they_live(self):
        frappe.get_doc(
            {
                "doctype": "User Permission",
                "user": world.OFFICER,
                "allow": "Paying Office",
                "for_value": OFFICE,
            }
        ).insert(ignore_permissions=True)
        with world.as_user(world.OFFICER):
            self.assertEqual(list(self.coverage().values())[-1]["total"], 4)
            total = monthly_payout.execute({"month": "2024-06-01", "office": OFFICE})[1][-1]
            self.assertEqual(total["people"], 4)

    def test_bank_may_not_run_it(self):
        with world.as_user("report.bank@example.com"):
            self.assertRaises(frappe.PermissionError, run, "Account Coverage", filters={})


class TestMonthlyPayout(ReportCase):
    def test_sums_are_those_of_the_lines(self):
        result = monthly_payout.execute({"month": "2024-06-15", "office": OFFICE})
        rows, total = rows_of(result), result[1][-1]
        lines = world.lines_of(self.period)
        self.assertEqual(total["people"], len(lines))
        self.assertEqual(total["total"], sum(as_dong(line.total) for line in lines))
        south = [line for line in lines if line.administrative_unit == self.units["south"]]
        self.assertEqual(rows["Xã Mẫu Nam"]["total"], sum(as_dong(line.total) for line in south))
        ways = {column["fieldname"]: column["label"] for column in result[0]}
        self.assertEqual(sum(total[key] for key in ways if key.startswith("amount_")), total["total"])
        self.assertIsInstance(total["total"], int)

    def test_another_month_is_empty(self):
        self.assertEqual(monthly_payout.execute({"month": "2023-01-01", "office": OFFICE})[1], [])

    def test_province_sees_sums_of_its_own_area_only(self):
        with world.as_user("report.province@example.com"):
            self.assertTrue(
                run("Monthly Payout", filters={"month": "2024-06-01", "office": OFFICE})["result"]
            )
        with world.as_user("report.otherprovince@example.com"):
            self.assertEqual(monthly_payout.execute({"month": "2024-06-01", "office": OFFICE})[1], [])


class TestPayoutReports(ReportCase):
    def test_preflight_names_the_finding_and_whose_task_it_is(self):
        frappe.db.set_value("Payment Account", self.people["account"].payment_account, "status", "Closed")
        result = payout_preflight.execute({"period": self.period})
        rows = [row for row in result[1] if row["beneficiary"] == self.people["account"].name]
        self.assertIn(frappe._("The payment account is closed or blocked"), [row["finding"] for row in rows])
        self.assertTrue(all(row["owner_role"] for row in result[1]))
        self.assertEqual(result[1][0]["severity"], frappe._("Block"))

    def test_preflight_takes_the_offices_last_period_or_asks(self):
        self.assertIn(self.period, payout_preflight.execute({})[2])
        world.make_office("REPORT-2")
        self.assertRaises(frappe.ValidationError, payout_preflight.execute, {})

    def test_unpaid_lines_with_reason_and_the_month_that_carries_them(self):
        failed = world.lines_of(self.period, beneficiary=self.people["account"].name)[0]
        world.pay(self.period, {failed.name: ("Không thành công", "Tài khoản đóng")})
        result = failed_and_carried_over.execute({"month": "2024-06-01", "office": OFFICE})
        self.assertEqual([row["full_name"] for row in result[1]], ["Lý Thị Mẫu Một"])
        self.assertEqual(result[1][0]["total"], as_dong(failed.total))
        self.assertTrue(result[1][0]["reason"])
        self.assertEqual(result[1][0]["carried_in"], "")
        later = world.make_period(OFFICE, "2024-07", "2024-06-20").name
        with world.as_user(world.OFFICER):
            prepare_period(later, "2024-06-20")
        result = failed_and_carried_over.execute({"month": "2024-06-01", "office": OFFICE})
        self.assertEqual(result[1][0]["carried_in"], "07/2024")
        with world.as_user("report.bank@example.com"):
            self.assertEqual(
                len(
                    run("Failed and Carried Over", filters={"month": "2024-06-01", "office": OFFICE})[
                        "result"
                    ]
                ),
                1,
            )
        with world.as_user("report.post@example.com"):
            self.assertEqual(
                run("Failed and Carried Over", filters={"month": "2024-06-01", "office": OFFICE})["result"],
                [],
            )


class TestReportFiles(ReportCase):
    def test_workbook_and_pdf_hold_the_report(self):
        office = frappe.get_doc("Paying Office", OFFICE)
        with vietnamese():
            result = run_report("Account Coverage", {"as_of": "2024-06-14", "office": OFFICE})
            book = openpyxl.load_workbook(
                io.BytesIO(report_xlsx(office, "Tỷ lệ", office.creation.date(), result))
            )
        cells = [cell for row in book.active.iter_rows(values_only=True) for cell in row if cell is not None]
        for part in ("Xã Mẫu Bắc", "Số đã có tài khoản", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 66.67, 4):
            self.assertIn(part, cells)
        pdf = report_pdf(office, "Tỷ lệ", office.creation.date(), result)
        self.assertTrue(bytes(pdf).startswith(b"%PDF-"))
