"""Every report of the app, for everybody who may run it: only his area, no names to who may see none, and as XLSX."""

import io
import re
from unittest.mock import patch

import frappe
import openpyxl
from frappe.desk import reportview
from frappe.desk.query_report import run
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period
from ansinh_app.core.names import search_key
from ansinh_app.payouts import drawdowns
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.factories import as_user, asked, make_user
from ansinh_app.tests.test_neutral_outside import MODULES, telling
from ansinh_app.utils import report_files, report_frame

OFFICE, MONTH = "SCOPE-T", "2024-06-01"
NORTH, SOUTH = "Xã Phạm Vi Bắc", "Xã Phạm Vi Nam"
NAMES = {"one": "Lý Thị Vi Một", "two": "Lý Thị Vi Hai", "three": "Lý Thị Vi Ba", "four": "Lý Thị Vi Bốn"}
# Whom the bank pays; the Post pays the others.
OF_THE_BANK = ("one", "two")
EXPORT = "frappe.desk.query_report.export_query"


def reports() -> list[str]:
    """Every standard report of the app."""
    return frappe.get_all("Report", {"module": ["in", MODULES], "is_standard": "Yes"}, pluck="name", order_by="name")


def roles_of(report: str) -> set[str]:
    return {row.role for row in frappe.get_doc("Report", report).roles}


class TestOnAnEmptySite(FrappeTestCase):
    def test_every_report_runs_and_says_that_there_is_nothing(self):
        world.make_office("NOWHERE")
        empty = make_user("vi-trong@test.example", "Social Affairs Manager", offices=["NOWHERE"])
        for report in reports():
            for filters in ({}, {"month": "2019-01-01", "to_month": "2019-01-01", "year": 2019, "office": "NOWHERE"}):
                with self.subTest(report=report, filters=filters), as_user(empty):
                    try:
                        answer = run(report, filters)
                    except (frappe.ValidationError, frappe.PermissionError) as error:
                        self.assertTrue(str(error))  # it asks for its period, year or campaign
                        continue
                    self.assertTrue(answer["columns"])
                    for row in answer["result"]:
                        self.assertFalse([value for value in row.values() if value and str(value).startswith("BEN-")])


class TestReportsInTheirScope(FrappeTestCase):
    # persona -> whose names it must never find; what else it must not find
    HIDDEN = {
        "commune": (("two", "four"), SOUTH),
        "neighbour": (("one", "three"), NORTH),
        "outsider": (tuple(NAMES), NORTH),
        "police": (tuple(NAMES), SOUTH),
        "bank": (("three", "four"), None),
        "post": (OF_THE_BANK, None),
        "bank without area": (tuple(NAMES), NORTH),
        "outreach": (tuple(NAMES), SOUTH),
        "treasury": (tuple(NAMES), None),
        "province": (tuple(NAMES), None),
        "other province": (tuple(NAMES), NORTH),
        "other office": (tuple(NAMES), NORTH),
    }
    # Roles that may know what a person draws: the registry's own.
    MAY_KNOW = ("commune", "neighbour", "auditor", "manager", "other office", "outsider")
    # Fields that permission levels hide from some of those who may list the documents.
    HIDDEN_FIELDS = {
        "Payout Line": ("account_no", "explanation", "entitlement", "benefit"),
        "Beneficiary": ("personal_id", "old_id", "phone"),
        "Payment Account": ("account_no",),
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        cls.north, cls.south = (
            world.make_unit("VN1", NORTH).name,
            world.make_unit("VN2", SOUTH).name,
        )
        province = frappe.db.get_value("Administrative Unit", cls.north, "parent_administrative_unit")
        world.make_office(OFFICE, unit=cls.north, office_name="Phòng Phạm Vi", place_name="Mẫu Sơn")
        world.make_contracts(OFFICE)
        world.make_office("NOWHERE")
        elsewhere = world.make_unit("VP2", "Tỉnh Phạm Vi", level="Province", is_group=1).name
        cls.people = {
            "one": world.make_person(OFFICE, NAMES["one"]),
            "two": world.make_person(OFFICE, NAMES["two"], administrative_unit=cls.south),
            "three": world.make_person(OFFICE, NAMES["three"], cash=True),
            "four": world.make_person(OFFICE, NAMES["four"], cash=True, administrative_unit=cls.south),
        }
        # One whose category nobody outside may learn, in each commune and on each channel.
        for name, category in zip(cls.people, ("BTXH-08", "BTXH-06B1", "BTXH-06B1", "BTXH-08"), strict=True):
            world.make_entitlement(cls.people[name], category)
        cls.period = world.make_period(OFFICE, MONTH[:7], "2024-05-20").name
        with as_user(world.OFFICER):
            prepare_period(cls.period, "2024-05-20")
        lines = {line.beneficiary: line.name for line in world.lines_of(cls.period)}
        failed = {lines[cls.people[name].name]: ("Không thành công", "Tài khoản đóng") for name in ("one", "four")}
        world.pay(cls.period, failed)
        cls.known = {
            doc.name: ({row.role for row in doc.roles}, {row.fieldname for row in doc.filters})
            for doc in (frappe.get_doc("Report", name) for name in reports())
        }
        cls.users = {
            "commune": make_user("vi-xa@test.example", "Commune Officer", units=[cls.north]),
            "neighbour": make_user("vi-xakhac@test.example", "Commune Officer", units=[cls.south]),
            "outsider": make_user("vi-khong@test.example", "Commune Officer"),
            "police": make_user("vi-ca@test.example", "Police Officer", units=[cls.north]),
            "bank": make_user("vi-stb@test.example", "Bank Officer", providers=["STB"]),
            "post": make_user("vi-buudien@test.example", "Post Office Clerk", providers=["VNPOST"]),
            "bank without area": make_user("vi-nganhang@test.example", "Bank Officer"),
            "outreach": make_user("vi-hoi@test.example", "Outreach Officer", units=[cls.north]),
            "treasury": make_user("vi-kb@test.example", "Treasury Officer", offices=[OFFICE]),
            "province": make_user("vi-tinh@test.example", "Province Viewer", units=[province]),
            "other province": make_user("vi-tinhkhac@test.example", "Province Viewer", units=[elsewhere]),
            "auditor": make_user("vi-ttra@test.example", "Auditor", offices=[OFFICE]),
            "other office": make_user("vi-phongkhac@test.example", "Social Affairs Officer", offices=["NOWHERE"]),
            "manager": make_user("vi-phong@test.example", "Social Affairs Manager", offices=[OFFICE]),
        }

    def setUp(self):
        # One world for the class; each test leaves it as it was.
        frappe.db.savepoint("scope_test")
        self.addCleanup(frappe.db.rollback, save_point="scope_test")

    def filters(self, **more) -> dict:
        found = {
            "office": OFFICE, "month": MONTH, "as_of": "2024-06-14", "from_month": MONTH, "to_month": MONTH,
            "year": 2024, "period": self.period, "months": 2, **more,
        }  # fmt: skip
        return {name: value for name, value in found.items() if value}

    def answers(self, user: str):
        """(report, answer) of every report the user's roles may run and that does not ask for more than a month."""
        for report, (roles, asked_for) in self.known.items():
            if not roles & set(frappe.get_roles(user)):
                continue
            for form in ({}, {"by": "Person"}, {"by": "Reason"}, {"form": "10a", "detailed": 1}):
                if form and not set(form) & asked_for:
                    continue
                with as_user(user):
                    answer = self.answer(report, **form)
                if answer:
                    yield report, answer

    def answer(self, report: str, **form):
        """What the reader gets without naming an office, else naming it; None where he is refused or must choose."""
        for office in (None, OFFICE):
            try:
                return run(report, self.filters(**form, office=office))
            except frappe.PermissionError:
                return None
            except frappe.ValidationError:
                continue
        return None

    def test_nobody_finds_what_is_not_his(self):
        secret, seen = telling(), {}
        for persona, user in self.users.items():
            names, place = self.HIDDEN.get(persona, ((), None))
            seen[persona] = 0
            for report, answer in self.answers(user):
                with self.subTest(persona=persona, report=report):
                    text = frappe.as_json(answer)
                    for name in names:
                        self.assertNotIn(NAMES[name], text)
                        self.assertNotIn(self.people[name].name, text)
                    if place:
                        self.assertNotIn(place, text)
                    if persona not in self.MAY_KNOW:
                        found = secret.search(text) or secret.search(search_key(text))
                        self.assertIsNone(found, found and found[0])
                    seen[persona] += bool(answer["result"])
        # Those with an area found something in it.
        for persona, least in {"commune": 8, "bank": 2, "post": 2, "province": 5, "auditor": 10, "manager": 12}.items():
            self.assertGreaterEqual(seen[persona], least, persona)

    def test_money_of_another_office_is_nobodys(self):
        for report in ("Treasury Tie-out", "Provider Performance", "Monthly Payout", "Cash Payments", "Statistics Forms"):
            for persona in ("other office", "bank without area", "outsider", "other province"):
                with self.subTest(report=report, persona=persona), as_user(self.users[persona]):
                    try:
                        self.assertEqual(run(report, self.filters(office=None))["result"], [])
                    except frappe.PermissionError:
                        self.assertFalse(roles_of(report) & set(frappe.get_roles()))

    def test_a_report_that_refuses_is_not_put_off_to_the_background(self):
        with as_user(self.users["manager"]), patch("threading.Timer") as timer:
            self.assertRaises(frappe.ValidationError, run, "Payout Preflight", {"period": "nowhere"})
            self.assertTrue(run("Cash Payments", self.filters())["result"])
        self.assertFalse(timer.called)

    def test_a_provider_sees_its_own_row_of_the_performance(self):
        with as_user(self.users["bank"]):
            rows = run("Provider Performance", self.filters())["result"]
        self.assertEqual([row["provider"] for row in rows[:-1]], [report_frame.provider_names()["STB"]])
        self.assertEqual((rows[0]["lines"], rows[0]["paid"], rows[0]["failed"]), (2, 1, 1))
        self.assertEqual((rows[0]["failure_rate"], rows[0]["days"]), ("50,00", report_frame.UNKNOWN))
        line = world.lines_of(self.period, beneficiary=self.people["two"].name)[0]
        self.assertEqual(rows[0]["fee"], round(line.total * 5 / 1000))

    def test_statistics_fold_small_groups_and_tell_them_apart_inside_only(self):
        def subjects(persona, **more):
            with as_user(self.users[persona]):
                return {row["subject"]: row for row in run("Statistics Forms", self.filters(**more))["result"]}

        title = frappe.db.get_value("Benefit Category", "BTXH-08", "title")
        plain, inside, asked_for = subjects("manager"), subjects("manager", detailed=1), subjects("province", detailed=1)
        self.assertEqual(inside[title]["total"], "2")
        self.assertNotIn(title, plain)
        self.assertNotIn(title, asked_for)
        together = frappe._("Other people under social protection")
        self.assertEqual((plain[together]["total"], asked_for[together]["total"]), ("2", "2"))
        centres = plain[frappe._("Care in social protection centres")]
        self.assertEqual(centres["total"], report_frame.UNKNOWN)

    # Ties

    def test_the_list_ties_to_the_last_and_names_what_nobody_decided(self):
        world.change(self.people["three"], "Death", "2024-06-10", occurred_on="2024-05-30")
        later = world.make_period(OFFICE, "2024-07", "2024-06-20").name
        with as_user(world.OFFICER):
            prepare_period(later, "2024-06-20")
        with as_user(self.users["manager"]):
            answer = run("Increase and Decrease List", self.filters(month="2024-07-01"))
            self.assertEqual([item["value"] for item in answer["report_summary"][-2:]], [0, 0])
            lost = frappe.db.get_value("Payout Line", {"period": later, "beneficiary": self.people["two"].name})
            frappe.db.set_value("Payout Line", lost, "status", "Cancelled")
            answer = run("Increase and Decrease List", self.filters(month="2024-07-01"))
        untied = [row["full_name"] for row in answer["result"] if row.get("tie")]
        self.assertEqual(untied, [NAMES["two"]])
        self.assertEqual([item["value"] for item in answer["report_summary"][-2:]], [0, 1])

    def test_failures_in_a_row_are_counted(self):
        later = world.make_period(OFFICE, "2024-07", "2024-06-20").name
        with as_user(world.OFFICER):
            prepare_period(later, "2024-06-20")
        again = frappe.db.get_value("Payout Line", {"period": later, "beneficiary": self.people["one"].name})
        frappe.db.set_value("Payout Line", again, {"status": "Failed", "failure_reason": "Tài khoản đóng"})
        with as_user(self.users["manager"]):
            rows = run("Failed and Carried Over", self.filters(month="2024-07-01"))["result"]
            self.assertEqual([(row["full_name"], row["times"]) for row in rows], [(NAMES["one"], 2)])
            summed = run("Failed and Carried Over", self.filters(month="2024-07-01", by="Reason"))["result"]
        self.assertEqual((summed[0]["place"], summed[0]["lines"], summed[0]["again"]), (frappe._("Account Closed"), 1, 1))

    def test_drawdowns_tie_to_batches_and_allotment(self):
        for programme, amount in (("BTXH", 50_000_000),):
            frappe.get_doc(
                {
                    "doctype": "Budget Allotment", "office": OFFICE, "programme": programme, "year": 2024,
                    "amount": amount, "decision_no": "01/QĐ", "decision_date": "2024-01-02",
                }
            ).insert().submit()  # fmt: skip

        def told():
            answer = run("Treasury Tie-out", self.filters())
            return answer["result"], {item["label"]: item["value"] for item in answer["report_summary"]}

        with as_user(self.users["manager"]):
            rows, figures = told()
            undrawn = sum(row["total"] for row in world.lines_of(self.period))
            self.assertEqual(figures[frappe._("Batches Not Drawn (đồng)")], undrawn)
        with as_user(world.MANAGER):
            for name in drawdowns.make(self.period):
                frappe.get_doc("Treasury Drawdown", name).submit()
        with as_user(self.users["treasury"]):
            rows, figures = told()
        self.assertEqual(figures[frappe._("Batches Not Drawn (đồng)")], 0)
        self.assertEqual(figures[frappe._("Unexplained Difference (đồng)")], 0)
        self.assertEqual(figures[frappe._("Left of the Allotment (đồng)")], 50_000_000 - undrawn)
        self.assertTrue(all(row["difference"] == 0 for row in rows if row.get("vouchers")))

    # Workbooks

    def exported(self, report: str, **more):
        """The workbook behind the Export button, opened again; None where the report asks for more."""
        method = frappe.get_attr(frappe.get_hooks("override_whitelisted_methods")[EXPORT][-1])
        arguments = {"report_name": report, "filters": frappe.as_json(self.filters()), "file_format_type": "Excel"}
        with asked(cmd=EXPORT, **arguments, **more):
            try:
                method()
            except frappe.ValidationError:
                return None
        return openpyxl.load_workbook(io.BytesIO(frappe.response["filecontent"])).active

    def test_every_report_opens_clean(self):
        opened = 0
        with as_user(self.users["manager"]):
            for report in reports():
                if not roles_of(report) & set(frappe.get_roles()):
                    continue
                sheet = self.exported(report)
                if sheet is None:
                    continue
                with self.subTest(report=report):
                    self.assert_clean(sheet)
                opened += 1
        self.assertGreaterEqual(opened, 18)

    def assert_clean(self, sheet):
        top = int(re.fullmatch(r"\$(\d+):\$\d+", sheet.print_title_rows)[1])
        self.assertEqual(sheet.freeze_panes, f"A{top + 1}")
        self.assertIn("$A$1", sheet.print_area)
        self.assertEqual((sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight), (1, 0))
        self.assertTrue(sheet.sheet_properties.pageSetUpPr.fitToPage)
        for row in sheet.iter_rows():
            for cell in row:
                self.assertNotEqual(cell.data_type, "f", cell.coordinate)
                if cell.row > top and isinstance(cell.value, int | float):
                    self.assertIn(cell.number_format, ("#,##0", "#,##0.0", "#,##0.00", "#,##0.000"), cell.coordinate)

    def test_money_dates_dashes_and_formulas_are_what_they_are(self):
        columns = [
            report_frame.text("name", "Họ tên"), report_frame.money("amount", "Số tiền"),
            report_frame.rate("rate", "Tỷ lệ"), report_frame.day("on", "Ngày"), report_frame.known("people", "Người"),
        ]  # fmt: skip
        unknown, said = report_frame.said(None), report_frame.said(1_203)
        rows = [
            {"name": "=HYPERLINK(1)", "amount": 1_234_567_000.0, "rate": 66.67, "on": "2024-06-14", "people": unknown},
            {"name": "0012", "amount": -5, "rate": 0, "on": None, "people": said, "bold": 1},
        ]
        result = {"columns": [frappe._dict(one) for one in columns], "rows": rows, "message": "<b>Tháng</b> &amp; năm"}
        content = report_files.report_xlsx(None, "A/B: [báo cáo]", frappe.utils.getdate("2024-06-30"), result)
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        self.assert_clean(sheet)
        self.assertEqual(sheet.cell(2, 1).value, "Tháng & năm")
        values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5, max_row=6)]
        self.assertEqual(values[0][:3], ["=HYPERLINK(1)", 1_234_567_000, 66.67])
        self.assertEqual(str(values[0][3])[:10], "2024-06-14")
        self.assertEqual((values[0][4], values[1][0], values[1][4]), ("–", "0012", 1_203))
        self.assertEqual([sheet.cell(5, index).number_format for index in (1, 2, 4)], ["@", "#,##0", "dd/mm/yyyy"])
        self.assertTrue(sheet.cell(6, 2).font.bold)

    def test_only_the_rows_left_on_the_page(self):
        with as_user(self.users["manager"]):
            sheet = self.exported("Failed and Carried Over", visible_idx="[1]")
        text = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)
        self.assertEqual([name for name in NAMES.values() if name in text], [NAMES["four"]])

    def test_who_may_not_export_gets_no_file_and_csv_stays_the_hosts(self):
        with as_user(self.users["commune"]):
            self.assertRaises(frappe.PermissionError, self.exported, "Failed and Carried Over")
        method = frappe.get_attr(frappe.get_hooks("override_whitelisted_methods")[EXPORT][-1])
        with as_user(self.users["manager"]):
            arguments = {"report_name": "Cash Payments", "filters": frappe.as_json(self.filters())}
            with asked(cmd=EXPORT, file_format_type="CSV", csv_delimiter=",", csv_quoting="2", visible_idx="[]", **arguments):
                method()
            content = frappe.response["filecontent"]
        content = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        self.assertIn(NORTH, content)

    # Frappe's report builder: what its report view asks, frappe.desk.reportview.get with fields, group, aggregate

    def listed(self, doctype: str, fields: list[str], **more) -> list[dict]:
        arguments = {
            "doctype": doctype, "fields": frappe.as_json(fields), "filters": "[]", "view": "Report",
            "page_length": 100, "start": 0, **more,
        }  # fmt: skip
        with asked(cmd="frappe.desk.reportview.get", **arguments):
            found = reportview.get()
        return [dict(zip(found["keys"], row, strict=True)) for row in found["values"]] if found else []

    def grouped(self, doctype: str, by: str, what: str = "count(`tab{0}`.`name`)") -> dict:
        fields = [f"`tab{doctype}`.`{by}`", f"{what.format(doctype)} as _aggregate_column"]
        rows = self.listed(
            doctype, fields, group_by=f"`tab{doctype}`.`{by}`", order_by="_aggregate_column desc"
        )
        return {row[by]: row["_aggregate_column"] for row in rows}

    def test_lists_group_and_sum_within_the_area(self):
        with as_user(self.users["commune"]):
            self.assertEqual(self.grouped("Payout Line", "administrative_unit"), {self.north: 2})
            self.assertEqual(self.grouped("Beneficiary", "status"), {"Active": 2})
            self.assertEqual(sum(self.grouped("Entitlement", "programme").values()), 2)
        with as_user(self.users["auditor"]):
            sums = self.grouped("Payout Line", "status", "sum(`tab{0}`.`total`)")
            lines = world.lines_of(self.period)
            self.assertEqual(sum(sums.values()), sum(line.total for line in lines))
        with as_user(self.users["bank"]):
            self.assertEqual(self.grouped("Payment Account", "provider").keys(), {"STB"})
            self.assertEqual(sum(self.grouped("Payout Line", "channel").values()), 2)
        for persona in ("outsider", "bank without area"):
            with as_user(self.users[persona]):
                self.assertEqual(self.grouped("Payout Line", "status"), {})

    def test_hidden_columns_neither_show_nor_group(self):
        shown = {"auditor": "Payout Line", "commune": "Payout Line", "bank": "Payout Line"}
        allowed = {("bank", "account_no"), ("auditor", "explanation"), ("auditor", "entitlement"), ("auditor", "benefit")}
        for persona, doctype in [*shown.items(), ("auditor", "Beneficiary"), ("auditor", "Payment Account")]:
            for field in self.HIDDEN_FIELDS[doctype]:
                if (persona, field) in allowed:
                    continue
                with self.subTest(persona=persona, doctype=doctype, field=field), as_user(self.users[persona]):
                    rows = self.listed(doctype, [f"`tab{doctype}`.`name`", f"`tab{doctype}`.`{field}`"])
                    self.assertTrue(rows)
                    self.assertFalse([row for row in rows if row.get(field)])
                    self.assertRaises(frappe.PermissionError, self.grouped, doctype, field)

    def test_who_may_not_list_may_not_build(self):
        for persona, doctype in (("province", "Payout Line"), ("bank", "Beneficiary"), ("post", "Entitlement")):
            with self.subTest(persona=persona), as_user(self.users[persona]):
                self.assertRaises(frappe.PermissionError, self.listed, doctype, [f"`tab{doctype}`.`name`"])
