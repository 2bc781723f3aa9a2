"""Does everyone know: notices to communes, messages, activities; inspections; who sees which."""

import frappe
from frappe.model.workflow import apply_workflow
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, getdate, nowdate

from ansinh_app.core import sms
from ansinh_app.exceptions import InspectionError, OutreachError
from ansinh_app.outreach import notices
from ansinh_app.outreach.doctype.outreach_activity.outreach_activity import call_off, mark_done
from ansinh_app.outreach.report.outreach_done.outreach_done import execute as outreach_done
from ansinh_app.oversight import inspections
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.factories import (
    BINH_HOA,
    CITY,
    MAI_PHA,
    VINH_TRAI,
    as_user,
    make_office,
    make_personas,
    make_user,
)
from ansinh_app.tests.office_case import OfficeCase

HERE, THERE = "here", "there"
_USERS = {
    "ward": ("Commune Officer", {"units": [VINH_TRAI]}),
    "next_door": ("Commune Officer", {"units": [MAI_PHA]}),
    "ward_of_nowhere": ("Commune Officer", {}),
    "outreach": ("Outreach Officer", {"units": [CITY]}),
    "outreach_of_nowhere": ("Outreach Officer", {}),
    "stb": ("Bank Officer", {"providers": ["STB"]}),
    "bank_of_nowhere": ("Bank Officer", {}),
    "post": ("Post Office Clerk", {"providers": ["VNPOST"]}),
    "officer": ("Social Affairs Officer", {"offices": ["TEST-LS"]}),
    "officer_elsewhere": ("Social Affairs Officer", {"offices": ["TEST-BS"]}),
    "manager": ("Social Affairs Manager", {"offices": ["TEST-LS"]}),
    "auditor": ("Auditor", {"offices": ["TEST-LS"]}),
    "province": ("Province Viewer", {}),
}
# HERE is Vĩnh Trại and the Post's, THERE Mai Pha and Sacombank's; None where the role has no business with it.
_SEEN = {
    "Outreach Activity": {
        "ward": {HERE}, "next_door": {THERE}, "ward_of_nowhere": set(), "outreach": {HERE, THERE},
        "outreach_of_nowhere": set(), "stb": {THERE}, "bank_of_nowhere": set(), "post": {HERE},
        "officer": {HERE, THERE}, "officer_elsewhere": set(), "manager": {HERE, THERE}, "auditor": {HERE, THERE},
        "province": set(),
    },
    "Inspection": {
        "ward": {HERE}, "next_door": set(), "ward_of_nowhere": set(), "outreach": None, "outreach_of_nowhere": None,
        "stb": set(), "bank_of_nowhere": set(), "post": {HERE}, "officer": {HERE, THERE},
        "officer_elsewhere": set(), "manager": {HERE, THERE}, "auditor": {HERE, THERE}, "province": None,
    },
}  # fmt: skip


class TestNotices(OfficeCase):
    """A commune paid by Sacombank and in cash by the Post, and its village without a counter."""

    def setUp(self):
        super().setUp()
        frappe.set_user("Administrator")
        self.unit = frappe.db.get_value("Paying Office", self.office, "administrative_unit")
        self.point = frappe.get_doc(
            {
                "doctype": "Pay Point", "point_name": "Bưu cục Mẫu", "kind": "Post Counter", "provider": "VNPOST",
                "administrative_unit": self.unit, "opening_hours": "7:30-11:30",
            }
        ).insert()  # fmt: skip
        for name in ("Lý Thị Tài Khoản", "Lý Văn Nhiễm"):
            world.make_entitlement(world.make_person(self.office, name))
        cash = world.make_person(
            self.office, "Lý Văn Tiền Mặt", payment_method="Cash", cash_reason="Account not open yet",
            payment_account=None,
        )  # fmt: skip
        world.make_entitlement(cash)
        self.period, _summary = self.prepare("2024-05", "2024-04-24")

    def notice(self):
        return frappe.get_doc("Payment Notice", {"period": self.period, "administrative_unit": self.unit})

    def test_one_for_each_commune_from_lists_and_pay_points_made_once(self):
        with as_user(world.OFFICER):
            answer = notices.make_notices({"name": self.period})
            self.assertEqual(answer["made"], [self.notice().name])
            again = notices.create(self.period)
        self.assertEqual((again["made"], again["refreshed"], again["kept"]), ([], [], [self.notice().name]))
        notice = self.notice()
        rows = {row.what: row for row in notice.schedule}
        self.assertEqual(set(rows), {"Into the Account", "In Cash"})
        self.assertEqual((rows["In Cash"].pay_point, rows["In Cash"].hours), (self.point.name, "7:30-11:30"))
        # The list is due on 25 April 2024; 29 April to 1 May are free, Saturday the 4th is worked for it.
        self.assertEqual(str(rows["In Cash"].day_from), "2024-04-26")
        self.assertEqual(str(rows["In Cash"].day_to), "2024-05-04")
        told = frappe.as_json(notice.as_dict()) + frappe.get_print(
            "Payment Notice", notice.name, "Payment Notice Paper"
        )
        for word in ("Nhiễm", "HIV", "Tài Khoản,", "BTXH-0"):
            self.assertNotIn(word, told)
        self.assertIn("Bưu cục Mẫu", notice.spoken_text)
        self.assertEqual((notice.sms_alphabet, notice.sms_parts), (sms.GSM, 1))
        self.assertLessEqual(notice.sms_length, 160)
        self.assertIn("Buu cuc Mau", notice.sms_text)

    def test_what_changes_is_written_anew_until_it_is_sent_or_somebody_wrote_his_own(self):
        notices.create(self.period)
        self.point.update({"point_name": "Bưu cục Dời Chỗ"}).save()
        frappe.clear_document_cache("Pay Point", self.point.name)
        self.assertEqual(len(notices.create(self.period)["refreshed"]), 1)
        self.assertIn("Dời Chỗ", self.notice().spoken_text)
        own = self.notice()
        own.update({"sms_plain": 0, "sms_text": "Trợ cấp tháng 5: từ 26/4 tại Bưu cục."})
        own.save()
        self.assertEqual((own.sms_alphabet, own.sms_parts, own.sms_length), (sms.UNICODE, 1, 37))
        self.point.update({"point_name": "Bưu cục Lần Nữa"}).save()
        frappe.clear_document_cache("Pay Point", self.point.name)
        self.assertEqual(len(notices.create(self.period)["kept"]), 1)
        sent = frappe.get_doc(notices.mark_sent({"name": own.name}))
        self.assertEqual((sent.status, bool(sent.sent_on)), ("Sent", True))
        sent = self.notice()
        sent.advice = "Mang theo ô"
        self.assertRaises(OutreachError, sent.save)
        self.assertRaises(OutreachError, notices.read_again, {"name": own.name})
        notices.take_back({"name": own.name})
        notices.read_again({"name": own.name})
        again = self.notice()
        self.assertIn("Lần Nữa", again.spoken_text)
        self.assertIn("TK 26/04; tiền mặt 26/04-04/05", again.sms_text)
        self.assertEqual((again.sms_alphabet, again.sms_parts), (sms.UNICODE, 1))

    def test_communes_their_own_and_providers_with_a_contract(self):
        notices.create(self.period)
        name, hidden = self.notice().name, set()
        for user, seen in (
            (
                make_user(f"own.{self.office}@notices.example".lower(), "Commune Officer", units=[self.unit]),
                True,
            ),
            (make_user("other@notices.example", "Commune Officer", units=[BINH_HOA]), False),
            (make_user("nowhere@notices.example", "Commune Officer"), False),
            (make_user("stb@notices.example", "Bank Officer", providers=["STB"]), True),
            (make_user("ctg@notices.example", "Bank Officer", providers=["CTG"]), False),
        ):
            with self.subTest(user), as_user(user):
                self.assertEqual(bool(frappe.get_list("Payment Notice", {"name": name})), seen)
                self.assertEqual(frappe.has_permission("Payment Notice", "read", doc=name), seen)
                hidden |= set() if seen else {user}
        self.assertEqual(len(hidden), 3)


class TestActivitiesAndInspections(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_office()
        make_office("TEST-BS", unit=BINH_HOA)
        cls.users = make_personas(_USERS, "outreach.example")

    def setUp(self):
        frappe.set_user("Administrator")
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")

    def activity(self, user="officer", **values):
        with as_user(self.users[user]):
            return frappe.get_doc(
                {
                    "doctype": "Outreach Activity", "subject": "Mở tài khoản nhận trợ cấp", "channel": "Loudspeaker",
                    "office": "TEST-LS", "planned_from": add_days(nowdate(), -1), "planned_reach": 300, **values,
                }
            ).insert()  # fmt: skip

    def inspection(self, **values):
        with as_user(self.users["officer"]):
            return frappe.get_doc(
                {
                    "doctype": "Inspection", "subject": "Kiểm tra chi trả", "office": "TEST-LS",
                    "administrative_unit": VINH_TRAI, "planned_from": nowdate(), **values,
                }
            ).insert()  # fmt: skip

    def visited(self, doc):
        doc.update({"visited_from": f"{nowdate()} 08:00:00", "results": "Chi trả đúng người, đúng số tiền."})
        doc.append("team", {"full_name": "Nông Thị Mẫu", "duty": "Leader"})
        with as_user(self.users["officer"]):
            return apply_workflow(doc.save(), "Record Visit")

    def test_planned_and_done(self):
        doc = self.activity("ward", administrative_unit=VINH_TRAI)
        self.assertEqual((doc.status, doc.by_agency), ("Planned", "Commune"))
        with as_user(self.users["ward"]):
            self.assertRaises(OutreachError, mark_done, {"name": doc.name})
            doc.update({"reach": 240, "status": "Done"})
            self.assertEqual(doc.save().status, "Planned")
            done = mark_done({"name": doc.name})
            self.assertEqual(
                (done["status"], done["times"], done["done_from"]), ("Done", 1, getdate(doc.planned_from))
            )
            self.assertRaises(OutreachError, call_off, {"name": doc.name})
        ahead = self.activity(planned_from=add_days(nowdate(), 3), reach=5)
        self.assertRaises(OutreachError, mark_done, {"name": ahead.name})
        with self.assertRaises(OutreachError):
            self.activity(pictures=[{"picture": "/private/files/danh-sach.xlsx"}])
        with self.assertRaises(frappe.PermissionError):
            self.activity("ward", administrative_unit=MAI_PHA)

    def test_the_report_sets_plan_beside_what_was_done(self):
        day = {"planned_from": "2024-05-06", "done_from": "2024-05-06"}
        done = self.activity(administrative_unit=VINH_TRAI, reach=240, planned_times=2, **day)
        mark_done({"name": done.name})
        self.activity(administrative_unit=MAI_PHA, channel="Meeting", **day)
        filters = {"month": "2024-05-01", "office": "TEST-LS"}
        _columns, rows, *_rest = outreach_done(filters)
        self.assertEqual(
            [(row["planned"], row["done"], row["reach"]) for row in rows],
            [(1, 1, 240), (1, 0, 0), (2, 1, 240)],
        )
        with as_user(self.users["ward"]):
            self.assertEqual(outreach_done({**filters, "by": "Channel of Outreach"})[1][-1]["planned"], 1)
        with as_user(self.users["ward_of_nowhere"]):
            self.assertEqual(outreach_done(filters)[1], [])

    def test_findings_are_followed_up_to_the_end(self):
        doc = self.inspection()
        with as_user(self.users["officer"]):
            self.assertRaises(InspectionError, apply_workflow, doc, "Record Visit")
        doc = self.visited(doc.reload())
        doc.append("findings", {"finding": "Chưa niêm yết lịch chi trả", "severity": "Serious"})
        with as_user(self.users["officer"]):
            doc.save()
            self.assertRaises(InspectionError, apply_workflow, doc, "Follow Up")
            doc.reload().findings[0].update({"responsible": "UBND phường", "due_on": add_days(nowdate(), 5)})
            doc = apply_workflow(doc.save(), "Follow Up")
        self.assertEqual((doc.status, doc.open_findings, doc.overdue_findings), ("Follow-up", 1, 0))
        self.assertIn(doc.name, inspections.watch(add_days(nowdate(), 6)))
        self.assertNotIn(doc.name, inspections.watch(add_days(nowdate(), 6)))
        with as_user(self.users["manager"]):
            doc = frappe.get_doc("Inspection", doc.name)
            self.assertRaises(InspectionError, apply_workflow, doc, "Close")
            doc.reload().findings[0].update({"status": "Done", "done_note": "Đã niêm yết"})
            doc = apply_workflow(doc.save(), "Close")
        self.assertEqual(
            (doc.status, doc.open_findings, str(doc.findings[0].done_on)), ("Closed", 0, nowdate())
        )
        html = frappe.get_print("Inspection", doc.name, "Minutes of Inspection")
        for part in (
            "BIÊN BẢN",
            "Chưa niêm yết lịch chi trả",
            "UBND phường",
            "Nông Thị Mẫu",
            "Phường Vĩnh Trại",
        ):
            self.assertIn(part, html)

    def test_each_sees_its_own(self):
        documents = {
            "Outreach Activity": {
                HERE: self.activity(administrative_unit=VINH_TRAI, provider="VNPOST").name,
                THERE: self.activity(administrative_unit=MAI_PHA, provider="STB").name,
            },
            "Inspection": {
                HERE: self.visited(self.inspection(provider="VNPOST")).name,
                # Not visited yet: whoever is to be inspected does not know.
                THERE: self.inspection(administrative_unit=MAI_PHA, provider="STB").name,
            },
        }
        for doctype, users in _SEEN.items():
            for user, seen in users.items():
                with self.subTest(f"{doctype} {user}"), as_user(self.users[user]):
                    if seen is None:
                        self.assertRaises(frappe.PermissionError, frappe.get_list, doctype)
                        continue
                    names = set(frappe.get_list(doctype, pluck="name", limit_page_length=0))
                    self.assertEqual({key for key, name in documents[doctype].items() if name in names}, seen)
                    readable = {
                        key for key, name in documents[doctype].items()
                        if frappe.has_permission(doctype, "read", doc=name)
                    }  # fmt: skip
                    self.assertEqual(readable, seen)
        with as_user(self.users["ward"]), self.assertRaises(frappe.PermissionError):
            frappe.get_doc("Inspection", documents["Inspection"][HERE]).save()
