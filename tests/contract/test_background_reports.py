"""Auto Email Reports: which rows go out, to whom, in which form, and when."""

import email
import json
from email import policy
from unittest.mock import patch

import frappe
from frappe.email.doctype.auto_email_report import auto_email_report
from frappe.email.doctype.auto_email_report.auto_email_report import send_daily, send_monthly, send_now
from frappe.utils import add_days, add_months, get_datetime, get_first_day, getdate, today
from services_world import CHECKER, FOLDER, MAKER, PAPER, ServicesTestCase, folder, paper
from test_background_notifications import make_sender

QUERY_REPORT, BUILT_REPORT = "Svc Mailed Papers", "Svc Built Papers"
QUERY = (
    "select name as `Paper:Link/Svc Paper:120`, title as `Title:Data:100`, folder as `Folder:Link/Svc Folder:120`,"
    " amount as `Amount:Currency:100` from `tabSvc Paper` where title = %(title)s order by amount"
)


class TestAutoEmailReports(ServicesTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        roles = [{"role": "Svc Maker"}, {"role": "Svc Checker"}]
        for name, values in (
            (QUERY_REPORT, {"report_type": "Query Report", "query": QUERY}),
            (BUILT_REPORT, {"report_type": "Report Builder", "json": cls.built()}),
        ):
            if not frappe.db.exists("Report", name):
                report = {"doctype": "Report", "report_name": name, "ref_doctype": PAPER, "is_standard": "No"}
                frappe.get_doc({**report, "module": "Core", "roles": roles, **values}).insert()
        frappe.db.commit()

    @staticmethod
    def built() -> str:
        return json.dumps(
            {
                "fields": [["name", PAPER], ["title", PAPER], ["amount", PAPER]],
                "filters": [[PAPER, "amount", ">", 100]],
                "order_by": f"`tab{PAPER}`.`amount` desc",
            }
        )

    def setUp(self):
        make_sender()
        frappe.db.delete("Auto Email Report")
        frappe.db.delete("Email Queue")
        self.title = frappe.generate_hash(length=10)
        for name, amount in (("Svc North", 150), ("Svc South", 250), ("Svc South", 50)):
            folder(name)
            paper(self.title, amount=amount, folder=name)

    def report(self, report=QUERY_REPORT, **values):
        return frappe.get_doc(
            {
                "doctype": "Auto Email Report",
                "report": report,
                "report_type": frappe.db.get_value("Report", report, "report_type"),
                "user": MAKER,
                "email_to": "province@example.com",
                "frequency": "Daily",
                "format": "CSV",
                "filters": json.dumps({"title": self.title}),
                **values,
            }
        ).insert()

    def mails(self) -> list:
        """(addresses, message) of what was queued."""
        found = []
        for name in frappe.get_all(
            "Email Queue", filters={"reference_doctype": "Auto Email Report"}, pluck="name"
        ):
            queued = frappe.get_doc("Email Queue", name)
            message = email.message_from_string(queued.message, policy=policy.default)
            found.append(({row.recipient for row in queued.recipients}, queued, message))
        return found

    def test_csv_has_a_head_and_numbered_rows(self):
        lines = self.report().get_report_content().splitlines()
        self.assertEqual(len(lines), 4)
        self.assertIn("Amount", lines[0])
        self.assertTrue(lines[1].strip('"').startswith("1"))
        self.assertIn("Svc South", lines[1])
        self.assertIn("250", lines[3])

    def test_workbook_and_html(self):
        self.assertTrue(self.report(format="XLSX").get_report_content().startswith(b"PK"))
        html = self.report(format="HTML").get_report_content()
        self.assertIn("Svc North", html)
        self.assertIn("<table", html)

    def test_rows_are_those_its_user_may_see(self):
        frappe.get_doc(
            {"doctype": "User Permission", "user": CHECKER, "allow": FOLDER, "for_value": "Svc North"}
        ).insert()
        frappe.clear_cache(user=CHECKER)
        for report in (QUERY_REPORT, BUILT_REPORT):
            lines = self.report(report, user=CHECKER).get_report_content().splitlines()
            self.assertEqual(len(lines), 2, report)
            self.assertIn("150", lines[1])
            self.assertEqual(
                len(self.report(report).get_report_content().splitlines()), 4 if report == QUERY_REPORT else 3
            )

    def test_report_view_keeps_its_filters_order_and_length(self):
        lines = self.report(BUILT_REPORT).get_report_content().splitlines()
        self.assertEqual(
            [("250" in line, "150" in line) for line in lines[1:]], [(True, False), (False, True)]
        )
        self.assertEqual(len(self.report(BUILT_REPORT, no_of_rows=1).get_report_content().splitlines()), 2)

    def test_report_view_may_be_of_what_changed_lately(self):
        name = frappe.db.get_value(PAPER, {"title": self.title, "amount": 150})
        frappe.db.set_value(PAPER, name, "modified", add_days(today(), -3), update_modified=False)
        lines = self.report(BUILT_REPORT, data_modified_till=24).get_report_content().splitlines()
        self.assertEqual(len(lines), 2)

    def test_nothing_is_sent_when_there_is_nothing(self):
        empty = {"filters": json.dumps({"title": "none of them"})}
        self.report(**empty).send()
        self.assertEqual(self.mails(), [])
        self.report(send_if_data=0, **empty).send()
        self.assertEqual(len(self.mails()), 1)

    def test_mail_goes_to_all_with_the_file(self):
        report = self.report(email_to="a@example.com\nb@example.com")
        report.send()
        ((to, queued, message),) = self.mails()
        self.assertEqual(to, {"a@example.com", "b@example.com"})
        self.assertEqual(message["Subject"], report.name)
        self.assertEqual(queued.reference_name, report.name)
        self.assertEqual(report.get_file_name(), "Svc-Mailed-Papers.csv")

    def test_html_is_the_mail_itself(self):
        self.report(format="HTML").send()
        ((_to, _queued, message),) = self.mails()
        self.assertIn("Svc South", message.get_body(("html",)).get_content())

    def test_names_count_up(self):
        self.assertEqual([self.report().name, self.report().name], [QUERY_REPORT, f"{QUERY_REPORT}-1"])

    def test_dates_move_with_the_day(self):
        moving = {"from_date_field": "start", "to_date_field": "end", "filters": "{}"}
        for period, first, start in (
            ("Daily", 0, add_days(today(), -1)),
            ("Weekly", 0, add_days(today(), -7)),
            ("Monthly", 0, add_months(today(), -1)),
            ("Quarterly", 0, add_months(today(), -3)),
            ("Half Yearly", 0, add_months(today(), -6)),
            ("Yearly", 0, add_months(today(), -12)),
            ("Monthly", 1, get_first_day(today())),
        ):
            report = self.report(dynamic_date_period=period, use_first_day_of_period=first, **moving)
            report.prepare_dynamic_filters()
            wanted = (getdate(start), getdate(today()))
            self.assertEqual(
                (getdate(report.filters["start"]), getdate(report.filters["end"])), wanted, period
            )

    def test_daily_round_keeps_to_the_days(self):
        self.report(email_to="daily@example.com")
        self.report(email_to="weekdays@example.com", frequency="Weekdays")
        self.report(email_to="weekly@example.com", frequency="Weekly", day_of_week="Saturday")
        self.report(email_to="monthly@example.com", frequency="Monthly")
        self.report(email_to="never@example.com", enabled=0)
        for day, wanted in (
            ("2024-06-14 08:00:00", {"daily@example.com", "weekdays@example.com"}),  # a Friday
            ("2024-06-15 08:00:00", {"daily@example.com", "weekly@example.com"}),
        ):
            frappe.db.delete("Email Queue")
            with patch.object(auto_email_report, "now_datetime", lambda day=day: get_datetime(day)):
                send_daily()
            self.assertEqual(
                {address for to, _queued, _message in self.mails() for address in to}, wanted, day
            )
        frappe.db.delete("Email Queue")
        send_monthly()
        self.assertEqual([to for to, _queued, _message in self.mails()], [{"monthly@example.com"}])

    def test_one_that_fails_does_not_keep_the_others_back(self):
        bad = self.report(email_to="bad@example.com")
        frappe.db.set_value("Auto Email Report", bad.name, "report", "No Such Report")
        self.report(email_to="good@example.com")
        before = frappe.db.count("Error Log")
        with patch.object(auto_email_report, "now_datetime", lambda: get_datetime("2024-06-14 08:00:00")):
            send_daily()
        self.assertEqual([to for to, _queued, _message in self.mails()], [{"good@example.com"}])
        self.assertEqual(frappe.db.count("Error Log"), before + 1)

    def test_what_cannot_be_sent_is_refused(self):
        demanding = json.dumps([{"fieldname": "month", "label": "Month", "reqd": 1}])
        for values in (
            {"email_to": "not an address"},
            {"format": "PPTX"},
            {"filter_meta": demanding, "filters": "{}"},
        ):
            with self.assertRaises(frappe.ValidationError, msg=str(values)):
                self.report(**values)
        many = frappe.local.conf
        many.max_reports_per_user = 1
        try:
            self.report()
            with self.assertRaises(frappe.ValidationError):
                self.report()
        finally:
            many.pop("max_reports_per_user")

    def test_it_can_be_sent_by_hand_by_who_may_read_it(self):
        report = self.report()
        frappe.set_user(MAKER)
        with self.assertRaises(frappe.PermissionError):
            send_now(report.name)
        frappe.set_user("Administrator")
        send_now(report.name)
        self.assertEqual(len(self.mails()), 1)

    def test_a_mail_that_ended_in_an_error_is_sent_again_when_somebody_says_so(self):
        self.report().send()
        ((_to, queued, _message),) = self.mails()
        for status, wanted in (("Error", "Not Sent"), ("Sent", "Sent")):
            frappe.db.set_value("Email Queue", queued.name, "status", status)
            frappe.get_doc("Email Queue", queued.name).retry_sending()
            self.assertEqual(frappe.db.get_value("Email Queue", queued.name, "status"), wanted)
