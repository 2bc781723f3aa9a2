"""The daily round of Notifications: all of it or nothing, and one bad alert stops no other."""

import frappe
from frappe.email.doctype.notification.notification import trigger_daily_alerts
from frappe.utils import add_days, nowdate
from services_world import FOLDER, MAKER, PAPER, ServicesTestCase, folder, paper


class TestAlertsOfTheDay(ServicesTestCase):
    def setUp(self):
        for doctype in ("Notification", "Email Queue", "Error Log"):
            frappe.db.delete(doctype)
        self.doc = paper("Tomorrow", due=add_days(nowdate(), 1), stamp=MAKER)

    def alert(self, name, **values):
        alert = {
            "doctype": "Notification",
            "name": name,
            "subject": name,
            "message": "{{ doc.title }}",
            "document_type": PAPER,
            "event": "Days Before",
            "date_changed": "due",
            "days_in_advance": 1,
            "channel": "Email",
            "recipients": [{"receiver_by_document_field": "stamp"}],
        }
        return frappe.get_doc({**alert, **values}).insert()

    def queued(self) -> int:
        return frappe.db.count("Email Queue", {"reference_name": self.doc.name})

    def test_a_bad_alert_is_logged_and_the_others_are_sent(self):
        bad = self.alert("A bad one")
        frappe.db.set_value("Notification", bad.name, "condition", "doc.amount > 'text'")
        worse = self.alert("A worse one")
        frappe.db.set_value("Notification", worse.name, "date_changed", "no_such_field")
        self.alert("Z good one")
        trigger_daily_alerts()
        self.assertEqual(self.queued(), 1)
        logged = frappe.get_all(
            "Error Log", filters={"reference_doctype": "Notification"}, pluck="reference_name"
        )
        self.assertEqual(set(logged), {bad.name, worse.name})

    def test_a_round_that_is_cut_off_has_told_nobody(self):
        self.alert("A")
        frappe.db.savepoint("svc_before_the_round")
        trigger_daily_alerts()
        self.assertEqual(self.queued(), 1)
        frappe.db.rollback(save_point="svc_before_the_round")
        self.assertEqual(self.queued(), 0)

    def test_a_property_that_cannot_be_set_keeps_the_mail(self):
        self.alert("A", set_property_after_alert="folder", property_value="No Such Folder")
        trigger_daily_alerts()
        self.assertEqual(self.queued(), 1)
        self.assertFalse(frappe.db.exists(FOLDER, "No Such Folder"))
        self.assertEqual(frappe.db.get_value(PAPER, self.doc.name, "folder"), None)
        self.assertEqual(frappe.db.count("Error Log", {"method": "Document update failed"}), 1)

    def test_a_property_is_set_once_the_alert_is_out(self):
        folder("Svc Told")
        self.alert("A", set_property_after_alert="folder", property_value="Svc Told")
        trigger_daily_alerts()
        self.assertEqual(frappe.db.get_value(PAPER, self.doc.name, "folder"), "Svc Told")
