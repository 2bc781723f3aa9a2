"""Commune Reports: made for every commune with the system's figures, confirmed, locked, reopened; who is late."""

from unittest.mock import patch

import frappe

from ansinh_app.core.months import Month
from ansinh_app.exceptions import CommuneReportError
from ansinh_app.oversight import commune_reports
from ansinh_app.oversight.commune_report_paper import commune_report_paper
from ansinh_app.oversight.doctype.commune_report import commune_report as actions
from ansinh_app.oversight.report.late_commune_reports.late_commune_reports import execute as late
from ansinh_app.registry.history import history, history_paper, show_history
from ansinh_app.registry.report.increase_and_decrease_list.increase_and_decrease_list import execute as f6
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.factories import as_user, make_user
from ansinh_app.tests.test_unit_reform import ReformCase

MAY = Month(2025, 5)


class TestCommuneReports(ReformCase):
    def setUp(self):
        super().setUp()
        tag = self.tag.lower()
        self.commune_user = make_user(f"xa.{tag}@example.com", "Commune Officer", units=[self.a])
        self.neighbour = make_user(f"xb.{tag}@example.com", "Commune Officer", units=[self.b])

    def report(self, unit: str, month: Month = MAY):
        return frappe.get_doc("Commune Report", commune_reports.report_name(self.old, unit, month))

    def test_it_is_prefilled_with_what_the_system_knows_of_the_commune(self):
        self.person(self.a, "Lý Văn Một")
        refused = self.person(self.a, "Lý Văn Hai", cash=True)
        gone = self.person(self.a, "Lý Văn Ba")
        self.person(self.b, "Lý Văn Tư")
        period, _summary = self.prepare("2025-05", "2025-04-24", self.old)
        lines = {line.beneficiary: line for line in world.lines_of(period)}
        world.pay(period, {lines[refused.name].name: ("Thất bại", "Không đến nhận")})
        world.change(gone, "Death", "2025-05-20", occurred_on="2025-05-18")
        world.change(self.person(self.b, "Lý Văn Năm"), "Transfer", "2025-05-12", new_unit=self.a)
        with as_user(world.OFFICER):
            made = actions.ask_communes({"name": self.old}, "2025-05-15")["made"]
        self.assertEqual(len(made), 3)
        with as_user(world.OFFICER):
            self.assertEqual(actions.ask_communes({"name": self.old}, "2025-05-15")["made"], [])
        doc = self.report(self.a)
        got = {field: doc.get(field) for field in commune_reports.FIGURES if doc.get(field)}
        self.assertEqual(
            got,
            {
                "people": 4,
                "deaths": 1,
                "moved_in": 1,
                "with_account": 3,
                "paid_in_cash": 1,
                "not_verified": 3,
                "uncollected": 1,
                "uncollected_amount": 750_000,
            },
        )
        self.assertIn(": 1", doc.cash_reasons)
        self.assertEqual((self.report(self.b).people, self.report(self.b).moved_out), (1, 1))
        self.assertEqual(self.report(self.c).people, 0)
        # 5 June 2025 is a Thursday; 5 July a Saturday, so June is due on Monday.
        self.assertEqual(str(doc.due_on), "2025-06-05")
        self.assertEqual(str(commune_reports.due_day(self.old, Month(2025, 6))), "2025-07-07")

    def test_confirmed_is_locked_until_the_office_reopens_it_with_a_reason(self):
        commune_reports.create(self.old, MAY)
        name = self.report(self.a).name
        with as_user(self.commune_user):
            doc = frappe.get_doc("Commune Report", name)
            doc.update(
                {"obstacles": "Ba cụ già yếu không ra điểm chi trả", "people": 99, "status": "Confirmed"}
            )
            doc.save()
            self.assertEqual((doc.people, doc.status), (0, "Draft"))
            actions.confirm_report({"name": name})
            doc = frappe.get_doc("Commune Report", name)
            self.assertEqual((doc.status, doc.confirmed_by, doc.late), ("Confirmed", self.commune_user, 1))
            doc.obstacles = "khác"
            with self.assertRaises(CommuneReportError):
                doc.save()
            for action in (actions.confirm_report, actions.refresh_figures):
                with self.assertRaises(CommuneReportError):
                    action({"name": name})
            with self.assertRaises(frappe.PermissionError):
                actions.reopen_report({"name": name})
        with as_user(world.OFFICER):
            with self.assertRaises(CommuneReportError):
                actions.reopen_report({"name": name})
            doc = frappe.get_doc("Commune Report", name)
            doc.reopen_reason = "Thiếu số người chờ thẻ căn cước"
            doc.save()
            actions.reopen_report({"name": name})
        doc = frappe.get_doc("Commune Report", name)
        self.assertEqual((doc.status, doc.confirmed_by, doc.reopened_by), ("Draft", None, world.OFFICER))
        said = frappe.get_all("Comment", {"reference_name": name, "comment_type": "Info"}, pluck="content")
        self.assertTrue(any("Thiếu số người" in text for text in said))

    def test_the_daily_event_makes_reminds_and_marks_the_late_once_each(self):
        def told():
            return frappe.db.count("Notification Log", {"for_user": self.commune_user})

        def mails():
            return sent.call_count

        ours = commune_reports.report_name(self.old, self.a, MAY)
        with patch.object(frappe, "sendmail", side_effect=frappe.ValidationError("no account")) as sent:
            self.assertIn(ours, commune_reports.daily("2025-06-01"))
            self.assertEqual(told(), 0)
            self.assertIn(ours, commune_reports.daily("2025-06-03"))
            self.assertEqual(told(), 1)
            self.assertGreater(mails(), 0)
            self.assertNotIn(ours, commune_reports.daily("2025-06-05"))
            self.assertFalse(self.report(self.a).late)
            self.assertIn(ours, commune_reports.daily("2025-06-06"))
            self.assertNotIn(ours, commune_reports.daily("2025-06-06"))
            self.assertEqual(told(), 2)
        self.assertTrue(self.report(self.a).late)
        rows = late({"month": "2025-05-01", "office": self.old})[1]
        self.assertEqual({row["commune"] for row in rows}, {f"Xã {letter} {self.tag}" for letter in "ABC"})
        self.assertTrue(all(row["days_late"] > 0 for row in rows))

    def test_a_commune_that_owes_none_and_a_month_to_come(self):
        for unit, month in ((self.district, "2025-05-01"), (self.a, "2099-01-01")):
            with self.assertRaises(CommuneReportError):
                frappe.get_doc(
                    {
                        "doctype": "Commune Report",
                        "office": self.old,
                        "administrative_unit": unit,
                        "month": month,
                    }
                ).insert()

    def test_four_readers(self):
        commune_reports.create(self.old, MAY)
        tag = self.tag.lower()
        office = make_user(f"vp.{tag}@example.com", "Social Affairs Officer", offices=[self.old])
        other = make_user(f"vk.{tag}@example.com", "Social Affairs Officer", offices=[self.office])
        bank = make_user(f"nh.{tag}@example.com", "Bank Officer", providers=["STB"])
        nowhere = make_user(f"ko.{tag}@example.com", "Commune Officer")
        cases = (
            (self.commune_user, 1),
            (self.neighbour, 1),
            (office, 3),
            (other, 0),
            (bank, None),
            (nowhere, 0),
        )
        for user, seen in cases:
            with as_user(user):
                may = frappe.has_permission("Commune Report", "read")
                found = (
                    frappe.get_list("Commune Report", {"office": self.old}, pluck="administrative_unit")
                    if may
                    else None
                )
                self.assertEqual(None if found is None else len(found), seen, user)
        with as_user(self.neighbour), self.assertRaises(frappe.PermissionError):
            actions.confirm_report({"name": self.report(self.a).name})

    def test_the_paper(self):
        commune_reports.create(self.old, MAY)
        paper = commune_report_paper(self.report(self.a))
        self.assertEqual(paper["office_name"], f"ỦY BAN NHÂN DÂN XÃ A {self.tag}")
        self.assertEqual(paper["mark"], "DỰ THẢO")


class TestStories(ReformCase):
    def test_last_months_list_and_the_changes_make_this_months(self):
        stays, gone, raised = (self.person(self.a, f"Lý Văn {name}") for name in ("Một", "Hai", "Ba"))
        self.paid("2025-05", "2025-04-24", self.old)
        new = self.person(self.b, "Lý Văn Tư")
        held = {
            person.name: frappe.db.get_value("Entitlement", {"beneficiary": person.name})
            for person in (gone, raised)
        }
        world.change(gone, "Stop", "2025-05-10", effective_month="2025-06-01", entitlement=held[gone.name])
        world.change(
            raised,
            "Adjust",
            "2025-05-10",
            effective_month="2025-06-01",
            entitlement=held[raised.name],
            category="BTXH-06A1",
        )
        self.prepare("2025-06", "2025-05-24", self.old)
        _columns, rows, _message, _chart, summary = f6({"month": "2025-06-01", "office": self.old})
        shown = {row["full_name"]: (row["old_amount"], row["new_amount"]) for row in rows if row["no"]}
        self.assertEqual(
            shown,
            {
                new.full_name: (0, 750_000),
                gone.full_name: (750_000, 0),
                raised.full_name: (750_000, 1_000_000),
            },
        )
        values = [item["value"] for item in summary]
        self.assertEqual(values, [2_250_000, 750_000, -750_000, 250_000, 2_500_000, 0, 0])
        self.assertEqual(sum(values[:4]), values[4])
        self.assertNotIn(stays.full_name, shown)

    def test_a_story_is_complete_in_order_and_tells_each_reader_his_part(self):
        person = self.person(self.a, "Lý Văn Kể")
        self.paid("2025-05", "2025-04-24", self.old)
        held = frappe.db.get_value("Entitlement", {"beneficiary": person.name})
        world.change(person, "Suspend", "2025-05-10", effective_month="2025-06-01", entitlement=held)
        self.run_it(self.merged())
        events = history(person.name)
        self.assertEqual([event.on for event in events], sorted(event.on for event in events))
        doctypes = {event.doctype for event in events}
        self.assertLessEqual(
            {"Registry Change", "Entitlement", "Payment Account", "Payout Line", "Unit Reform"}, doctypes
        )
        title = frappe.db.get_value("Benefit Category", "BTXH-06B1", "title")
        self.assertIn(title, " ".join(event.text for event in events))
        tag = self.tag.lower()
        own = make_user(f"moi.{tag}@example.com", "Commune Officer", units=[self.new_unit("B")])
        police = make_user(f"ca.{tag}@example.com", "Police Officer", units=[self.new_unit("B")])
        far = make_user(f"xa.{tag}@example.com", "Commune Officer", units=[self.office_unit()])
        with as_user(own):
            told = show_history({"name": person.name})
            self.assertNotIn("060100", " ".join(event["text"] for event in told))
        for user in (police, far):
            with as_user(user), self.assertRaises(frappe.PermissionError):
                show_history({"name": person.name})
        # On paper nothing tells why: neither the group nor the reason of a change.
        paper = history_paper(frappe.get_doc("Beneficiary", person.name))
        words = " ".join(event["text"] for event in paper["events"])
        self.assertNotIn(title, words)
        self.assertIn("Đối tượng bảo trợ xã hội", words)
        self.assertNotIn("test", words)

    def office_unit(self) -> str:
        return frappe.db.get_value("Paying Office", self.office, "administrative_unit")
