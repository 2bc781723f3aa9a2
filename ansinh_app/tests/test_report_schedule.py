"""Report Schedules: on their day whatever the calendar, once, to each what he may see, and what the mail server said."""

from unittest.mock import patch

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, getdate, today

from ansinh_app.core.months import Month
from ansinh_app.exceptions import ReportScheduleError
from ansinh_app.oversight import sending
from ansinh_app.oversight.doctype.report_schedule import report_schedule
from ansinh_app.oversight.doctype.report_schedule.report_schedule import role_field
from ansinh_app.setup.schedules import SET, make_set
from ansinh_app.tests import payout_world as world

OFFICE, OTHER = "SCHED-T", "SCHED-O"
PERSONAS = {
    "sched.manager@example.com": ("Social Affairs Manager", "Paying Office", OFFICE),
    "sched.neighbour@example.com": ("Social Affairs Manager", "Paying Office", OTHER),
    "sched.commune@example.com": ("Commune Officer", "Administrative Unit", "north"),
    "sched.lost@example.com": ("Commune Officer", None, None),
    "sched.bank@example.com": ("Bank Officer", "Payment Service Provider", "STB"),
    "sched.bidv@example.com": ("Bank Officer", "Payment Service Provider", "BID"),
}
MANAGER, NEIGHBOUR, COMMUNE, LOST, BANK, OTHER_BANK = PERSONAS


class ScheduleCase(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        units = {"north": world.make_unit("SN", "Xã Mẫu Gửi").name, "south": world.make_unit("SS", "Xã Mẫu Nhận").name}
        world.make_office(OFFICE, unit=units["north"], office_name="Phòng Mẫu Gửi")
        world.make_office(OTHER, unit=units["south"])
        world.make_contract(OFFICE, "STB", programmes=[{"programme": "BTXH"}])
        for user, (role, allow, value) in PERSONAS.items():
            world.make_user(user, role)
            if allow:
                frappe.get_doc(
                    {"doctype": "User Permission", "user": user, "allow": allow, "for_value": units.get(value, value)}
                ).insert(ignore_permissions=True)

    def setUp(self):
        frappe.db.savepoint("schedule_test")
        self.addCleanup(frappe.db.rollback, save_point="schedule_test")

    def schedule(self, since: str = "2024-01-01", **values):
        doc = frappe.get_doc(
            {
                "doctype": "Report Schedule",
                "report": "Identity Ageing",
                "office": OFFICE,
                "day_of_month": 14,
                "enabled": 1,
                "recipients": "so@example.org\nphong@example.org",
                **values,
            }
        ).insert()
        doc.db_set("switched_on", since)
        return doc

    def send(self, on: str) -> list[dict]:
        """The letters of a day as sendmail gets them; the mail queue and the PDF renderer have tests of their own."""
        queued = frappe._dict(name="queue-row")
        with (
            patch.object(sending.frappe, "sendmail", return_value=queued) as sendmail,
            patch.object(sending, "report_pdf", return_value=b"%PDF-"),
        ):
            sending.send_due(on)
            return [call.kwargs for call in sendmail.call_args_list]

    def rows(self, schedule) -> dict[str, str]:
        """Recipients -> how their letter stands."""
        rows = frappe.get_all("Report Dispatch", {"schedule": schedule.name}, ["recipients", "status"])
        return {row.recipients: row.status for row in rows}


class TestDays(ScheduleCase):
    def test_days_off_move_by_the_rule(self):
        for month, day, rule, due in (
            ("2024-02", 14, "Working Day Before", "2024-02-07"),  # Tết Giáp Thìn: 8 to 14 February
            ("2024-02", 10, "Working Day After", "2024-02-15"),
            ("2025-01", 29, "Working Day Before", "2025-01-24"),  # Tết Ất Tỵ, and the weekend before
            ("2024-04", 30, "Working Day Before", "2024-04-26"),  # 29/4 was substituted
            ("2024-05", 1, "Working Day After", "2024-05-02"),
            ("2025-05", 1, "Working Day Before", "2025-04-29"),  # falls into the month before
            ("2026-04", 30, "Working Day After", "2026-05-04"),  # falls into the month after
            ("2024-06", 15, "Working Day Before", "2024-06-14"),
            ("2024-06", 15, "The Same Day", "2024-06-15"),
            ("2024-02", 31, "The Same Day", "2024-02-29"),
        ):
            with self.subTest(month=month, day=day, rule=rule):
                doc = frappe.get_doc({"doctype": "Report Schedule", "day_of_month": day, "day_rule": rule})
                self.assertEqual(str(doc.due_day(Month.parse(month))), due)

    def test_goes_before_tet_and_not_again_after(self):
        schedule = self.schedule("2024-01-20")
        self.assertEqual([self.send(day) for day in ("2024-02-06", "2024-02-05")], [[], []])
        self.assertEqual(len(self.send("2024-02-07")), 1)
        self.assertEqual([self.send(day) for day in ("2024-02-07", "2024-02-14", "2024-03-13")], [[], [], []])
        self.assertEqual(len(self.send("2024-03-14")), 1)
        self.assertEqual(str(frappe.db.get_value(schedule.doctype, schedule.name, "last_month")), "2024-03-01")

    def test_a_day_that_moves_into_the_month_before_or_after(self):
        self.schedule("2025-04-02", day_of_month=1)
        letters = self.send("2025-04-29")
        self.assertIn("05/2025", letters[0]["subject"])
        self.assertEqual(self.send("2025-05-02"), [])
        frappe.db.delete("Report Schedule", {"office": OFFICE, "enabled": 1})
        self.schedule("2026-04-02", day_of_month=30, day_rule="Working Day After")
        self.assertEqual(self.send("2026-05-03"), [])
        self.assertIn("04/2026", self.send("2026-05-04")[0]["subject"])

    def test_missed_day_is_caught_up_once(self):
        self.schedule("2024-04-20")
        letters = self.send("2024-07-02")
        self.assertEqual(len(letters), 1)
        self.assertIn("06/2024", letters[0]["subject"])
        self.assertEqual(self.send("2024-07-03"), [])

    def test_a_clock_that_ran_ahead_keeps_no_letter_back(self):
        schedule = self.schedule("2024-04-20")
        schedule.db_set("last_month", "2031-05-01")
        self.assertGreaterEqual(schedule.next_on, getdate(today()))
        self.assertEqual(len(self.send("2024-07-02")), 1)
        self.assertEqual(self.send("2024-07-03"), [])

    def test_nothing_from_before_it_was_switched_on(self):
        schedule = self.schedule("2024-06-20")
        self.assertEqual(self.send("2024-07-02"), [])
        schedule.reload()
        schedule.enabled = 0
        schedule.save()
        self.assertEqual(self.send("2024-07-15"), [])
        schedule.enabled = 1
        schedule.save()
        self.assertEqual(str(schedule.switched_on), today())
        self.assertGreaterEqual(schedule.next_on, getdate(today()))

    def test_an_ended_office_sends_nothing_after_its_last_month(self):
        schedule = self.schedule("2024-01-01")
        frappe.db.set_value("Paying Office", OFFICE, "ends_on", "2024-05-31")
        self.assertEqual(self.send("2024-06-14"), [])
        self.assertEqual(self.rows(schedule), {})


class TestOnce(ScheduleCase):
    def test_letter_and_row_stand_or_fall_together(self):
        """Killed between the two, neither is there: the next run sends; killed after both, it does not."""
        schedule = self.schedule()
        before = frappe.db.count("Email Queue")
        with (
            patch.object(sending, "report_pdf", return_value=b"%PDF-"),
            patch.object(sending.frappe, "new_doc", side_effect=KeyboardInterrupt),
        ):
            self.assertRaises(KeyboardInterrupt, sending.send_due, "2024-06-14")
        self.assertEqual(self.rows(schedule), {})
        self.assertEqual(len(self.send("2024-06-14")), 1)
        # The last write of the run is lost (or somebody empties the field): the letter's key still holds.
        schedule.db_set("last_month", None)
        self.assertEqual(self.send("2024-06-15"), [])
        self.assertEqual(frappe.db.count("Email Queue"), before)
        self.assertEqual(len(self.rows(schedule)), 1)
        twin = frappe.copy_doc(frappe.get_last_doc("Report Dispatch", {"schedule": schedule.name}))
        twin.letter_key = frappe.db.get_value("Report Dispatch", {"schedule": schedule.name}, "letter_key")
        self.assertRaises(frappe.UniqueValidationError, twin.insert)

    def test_failure_is_told_and_tried_again_for_those_it_hit(self):
        schedule = self.schedule(to_social_affairs_manager=1, report="Open Cases")
        real = sending.run_report

        def broken_for_manager(*args):
            if frappe.session.user == MANAGER:
                raise frappe.ValidationError("no data today")
            return real(*args)

        with patch.object(sending, "run_report", broken_for_manager):
            self.assertEqual(len(self.send("2024-06-14")), 1)
        self.assertEqual(self.rows(schedule), {MANAGER: "Failed", "so@example.org, phong@example.org": "Waiting"})
        schedule.reload()
        self.assertIsNone(schedule.last_month)
        again = self.send("2024-06-15")
        self.assertEqual([letter["recipients"] for letter in again], [[MANAGER]])
        self.assertEqual(set(self.rows(schedule).values()), {"Waiting"})
        self.assertEqual(frappe.session.user, "Administrator")

    def test_by_hand_is_besides(self):
        schedule = self.schedule(today())
        with world.as_user(LOST):
            self.assertRaises(frappe.PermissionError, report_schedule.send_now, schedule.as_json())
        queued = frappe._dict(name="queue-row")
        with (
            patch.object(sending.frappe, "sendmail", return_value=queued) as sendmail,
            patch.object(sending, "report_pdf", return_value=b"%PDF-"),
        ):
            report_schedule.send_now(schedule.as_json())
            report_schedule.send_now(schedule.as_json())
        self.assertEqual(sendmail.call_count, 2)
        self.assertEqual(frappe.db.count("Report Dispatch", {"schedule": schedule.name, "by_hand": 1}), 2)
        self.assertIsNone(frappe.db.get_value("Report Schedule", schedule.name, "last_month"))


class TestWhoGetsWhat(ScheduleCase):
    def test_each_role_in_its_own_area(self):
        roles = {role_field(role): 1 for role in ("Social Affairs Manager", "Commune Officer", "Bank Officer")}
        schedule = self.schedule(recipients="", report="Open Cases", **roles)
        found = {reader.user for reader in sending.readers(schedule)} & set(PERSONAS)
        self.assertEqual(found, {MANAGER, COMMUNE, BANK})

    def test_a_login_gets_its_own_view_an_address_outside_that_of_who_switched_it_on(self):
        with world.as_user(MANAGER):
            doc = frappe.get_doc(
                {
                    "doctype": "Report Schedule",
                    "report": "Results Awaited",
                    "office": OFFICE,
                    "enabled": 1,
                    "recipients": f"{BANK}; so@example.org",
                }
            ).insert()
        self.assertEqual(
            [(reader.user, reader.outside) for reader in sending.readers(doc)], [(BANK, False), (MANAGER, True)]
        )
        doc.db_set("switched_on", "2024-01-01")
        asked = []
        table = {"columns": [], "rows": [{"lines": 1}], "message": ""}
        with patch.object(sending, "run_report", lambda *_a: asked.append(frappe.session.user) or table):
            self.send("2024-06-14")
        self.assertEqual(asked, [BANK, MANAGER])

    def test_who_may_not_see_it_gets_nothing_and_the_list_says_so(self):
        schedule = self.schedule(recipients=f"{COMMUNE}\nso@example.org", report="Contracts Ending")
        self.assertEqual([letter["recipients"] for letter in self.send("2024-06-14")], [["so@example.org"]])
        self.assertEqual(self.rows(schedule), {COMMUNE: "Not Allowed", "so@example.org": "Waiting"})
        self.assertEqual(self.send("2024-06-15"), [])

    def test_a_reminder_of_nothing_is_not_sent(self):
        schedule = self.schedule(report="Results Awaited", only_if_any=1)
        self.assertEqual(self.send("2024-06-14"), [])
        self.assertEqual(set(self.rows(schedule).values()), {"Nothing to Send"})
        self.assertEqual(self.send("2024-06-17"), [])

    def test_letter_is_vietnamese_with_both_files_and_the_table_of_a_reminder(self):
        frappe.db.set_value("Bank Contract", {"office": OFFICE}, "valid_to", "2024-07-01")
        self.schedule(report="Contracts Ending", only_if_any=1)
        letter = self.send("2024-06-14")[0]
        self.assertEqual([file["fname"].rsplit(".", 1)[1] for file in letter["attachments"]], ["xlsx", "pdf"])
        self.assertIn("06/2024", letter["subject"])
        for part in ("Trân trọng", "<table", f"{OFFICE}-STB", "Còn (ngày)", "01/07/2024"):
            self.assertIn(part, letter["message"])

    def test_preview_says_who_and_what_and_writes_nothing(self):
        schedule = self.schedule(recipients=f"{COMMUNE}\nso@example.org", report="Contracts Ending")
        frappe.db.set_value("Bank Contract", {"office": OFFICE}, "valid_to", add_days(today(), 20))
        frappe.clear_messages()
        with world.as_user(MANAGER):
            report_schedule.preview(schedule.as_json())
            self.assertEqual(frappe.session.user, MANAGER)
        said = str(frappe.get_message_log())
        for part in (COMMUNE, "so@example.org", f"{OFFICE}-STB"):
            self.assertIn(part, said)
        self.assertEqual(self.rows(schedule), {})
        with world.as_user(NEIGHBOUR):
            self.assertRaises(frappe.PermissionError, report_schedule.preview, schedule.as_json())

    def test_what_cannot_be_sent_is_refused(self):
        for wrong in (
            {"report": "Failed and Carried Over"},
            {"recipients": "nobody"},
            {"recipients": ""},
            {"recipients": "\n".join(f"a{number}@example.org" for number in range(51))},
            {"day_of_month": 32},
            {"as_xlsx": 0, "as_pdf": 0},
        ):
            with self.subTest(wrong):
                self.assertRaises(ReportScheduleError, self.schedule, **wrong)


class TestWhatBecameOfIt(ScheduleCase):
    def row(self, status: str, error: str = ""):
        queue = frappe.get_doc({"doctype": "Email Queue", "status": "Not Sent", "message": "x", "sender": "a@example.org"})
        queue.insert(ignore_permissions=True)
        frappe.db.set_value("Email Queue", queue.name, {"status": status, "error": error})
        return queue.name

    def test_the_mail_servers_answer_comes_back(self):
        schedule = self.schedule()
        names = {}
        for wanted, queue in (
            ("Waiting", self.row("Not Sent")),
            ("Sent", self.row("Sent")),
            ("Error", self.row("Error", "Traceback\n550 no such mailbox")),
            ("Error", "gone"),
        ):
            doc = frappe.get_doc(
                {
                    "doctype": "Report Dispatch",
                    "schedule": schedule.name,
                    "report": schedule.report,
                    "office": OFFICE,
                    "status": "Waiting",
                    "email_queue": queue,
                    "recipients": "so@example.org",
                    "subject": "Thư",
                    "letter_key": queue,
                }
            ).insert()
            names[doc.name] = wanted
        sending.carry_back()
        for name, wanted in names.items():
            self.assertEqual(frappe.db.get_value("Report Dispatch", name, "status"), wanted)
        told = frappe.get_all("Report Dispatch", {"schedule": schedule.name, "status": "Error"}, pluck="error")
        self.assertIn("550 no such mailbox", told)
        self.assertEqual(sending.carry_back(), 0)

    def test_rows_are_the_offices(self):
        schedule = self.schedule()
        self.send("2024-06-14")
        for user, seen in ((MANAGER, 1), (NEIGHBOUR, 0)):
            with world.as_user(user):
                self.assertEqual(len(frappe.get_list("Report Dispatch", {"schedule": schedule.name})), seen)
        for user in (COMMUNE, LOST):
            with world.as_user(user):
                self.assertRaises(frappe.PermissionError, frappe.get_list, "Report Dispatch")


class TestTheSet(ScheduleCase):
    def test_a_new_office_has_its_set_switched_off(self):
        names = frappe.get_all("Report Schedule", {"office": OTHER}, pluck="name")
        rows = [frappe.get_doc("Report Schedule", name) for name in names]
        self.assertEqual({row.report for row in rows}, {each[0] for each in SET})
        self.assertEqual({row.enabled for row in rows}, {0})
        self.assertTrue(all(row.roles_told() for row in rows))
        self.assertEqual(make_set(OTHER), 0)

    def test_switched_on_by_one_click_and_gone_with_an_office_that_never_used_it(self):
        with world.as_user(NEIGHBOUR):
            doc = frappe.get_doc("Report Schedule", {"office": OTHER, "report": "Lists Due"})
            doc.enabled = 1
            doc.save()
        self.assertEqual((doc.switched_on_by, doc.status), (NEIGHBOUR, "On"))
        frappe.db.delete("User Permission", {"for_value": OTHER})
        frappe.delete_doc("Paying Office", OTHER)
        self.assertFalse(frappe.db.exists("Report Schedule", {"office": OTHER}))
