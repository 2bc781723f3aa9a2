"""Notifications: who is told what on which event of a document, by mail and on the desk."""

import email
from email import policy

import frappe
from frappe.desk.doctype.notification_log.notification_log import enqueue_create_notification
from frappe.email.doctype.notification.notification import get_documents_for_today, trigger_daily_alerts
from frappe.utils import add_days, nowdate
from services_world import CHECKER, FOLDER, MAKER, PAPER, ServicesTestCase, paper

OTHER, SENDER = "svc-other@example.com", "Svc Office"


def make_sender() -> None:
    """A default outgoing account; nothing leaves, for nothing is flushed here."""
    if not frappe.db.exists("Email Account", {"default_outgoing": 1, "enable_outgoing": 1}):
        frappe.get_doc(
            {
                "doctype": "Email Account",
                "email_account_name": SENDER,
                "email_id": "svc-office@example.com",
                "enable_outgoing": 1,
                "default_outgoing": 1,
                "smtp_server": "mail.invalid",
                "no_smtp_authentication": 1,
            }
        ).insert(ignore_permissions=True)


class TestNotifications(ServicesTestCase):
    def setUp(self):
        frappe.db.delete("Notification", {"document_type": ("in", (PAPER, FOLDER, f"{PAPER} Row"))})
        frappe.clear_cache()
        make_sender()
        frappe.db.delete("Email Queue")
        frappe.db.delete("Notification Log")
        self.name = frappe.generate_hash(length=8)

    def tearDown(self):
        super().tearDown()
        frappe.clear_cache()

    def alert(self, event, recipients=({"receiver_by_role": "Svc Maker"},), **values):
        return frappe.get_doc(
            {
                "doctype": "Notification",
                "name": f"Svc {self.name} {frappe.generate_hash(length=5)}",
                "subject": "Paper {{ doc.title }}",
                "message": "<p>Due: {{ doc.due or 'never' }}</p>",
                "document_type": PAPER,
                "event": event,
                "channel": "Email",
                "recipients": list(recipients),
                **values,
            }
        ).insert()

    def mails(self, doc) -> list:
        """(subject, HTML, addresses) of what was queued about a document."""
        found = []
        reference = {"reference_doctype": doc.doctype, "reference_name": doc.name}
        for name in frappe.get_all("Email Queue", filters=reference, pluck="name", order_by="creation"):
            queued = frappe.get_doc("Email Queue", name)
            message = email.message_from_string(queued.message, policy=policy.default)
            html = message.get_body(("html",)).get_content()
            found.append((message["Subject"], html, {row.recipient for row in queued.recipients}))
        return found

    def test_new_document_is_told_once_with_its_values(self):
        self.alert("New")
        doc = paper("Đơn mới", due="2024-05-06")
        ((subject, html, to),) = self.mails(doc)
        self.assertEqual((subject, to), ("Paper Đơn mới", {MAKER}))
        self.assertIn("Due: 2024-05-06", html)
        doc.save()
        self.assertEqual(len(self.mails(doc)), 1)

    def test_save_submit_and_cancel_have_alerts_of_their_own(self):
        for event in ("Save", "Submit", "Cancel"):
            self.alert(event, subject=f"{event}: {{{{ doc.title }}}}")
        doc = paper("A")
        self.assertEqual([mail[0] for mail in self.mails(doc)], ["Save: A"])
        doc = frappe.get_doc(PAPER, doc.name)
        doc.submit()
        self.assertEqual({mail[0] for mail in self.mails(doc)}, {"Save: A", "Submit: A"})
        doc = frappe.get_doc(PAPER, doc.name)
        doc.cancel()
        self.assertIn("Cancel: A", {mail[0] for mail in self.mails(doc)})

    def test_condition_decides(self):
        self.alert("New", condition="doc.amount > 100 and nowdate()")
        self.assertEqual(self.mails(paper("Low", amount=50)), [])
        self.assertEqual(len(self.mails(paper("High", amount=150))), 1)
        with self.assertRaises(frappe.ValidationError):
            self.alert("New", condition="no_such_name > 1")
        with self.assertRaises(frappe.ValidationError):
            self.alert("New", condition="doc.amount >")

    def test_condition_cannot_leave_its_box(self):
        for condition in ("__import__('os').getcwd()", "doc.__class__.__mro__", "open('/etc/passwd').read()"):
            with self.assertRaises(frappe.ValidationError):
                self.alert("New", condition=condition)

    def test_changed_value(self):
        self.alert("Value Change", value_changed="amount")
        doc = paper("A", amount=5)
        self.assertEqual(self.mails(doc), [])
        doc = frappe.get_doc(PAPER, doc.name)
        doc.title = "B"
        doc.save()
        self.assertEqual(self.mails(doc), [])
        doc = frappe.get_doc(PAPER, doc.name)
        doc.amount = 6
        doc.save()
        self.assertEqual([mail[0] for mail in self.mails(doc)], ["Paper B"])

    def test_method_of_the_life_cycle(self):
        self.alert("Method", method="before_submit")
        doc = paper("A")
        self.assertEqual(self.mails(doc), [])
        doc.submit()
        self.assertEqual(len(self.mails(doc)), 1)

    def test_days_before_and_after(self):
        before = self.alert("Days Before", date_changed="due", days_in_advance=3)
        after = self.alert("Days After", date_changed="due", days_in_advance=2, condition="doc.amount > 1")
        soon, late = (
            paper("Soon", due=add_days(nowdate(), 3)),
            paper("Late", due=add_days(nowdate(), -2), amount=2),
        )
        paper("Late but nothing to pay", due=add_days(nowdate(), -2))
        paper("Today", due=nowdate())
        self.assertEqual(get_documents_for_today(before.name), [soon.name])
        self.assertEqual(get_documents_for_today(after.name), [late.name])

    def test_daily_round_tells_of_dates(self):
        self.alert("Days Before", date_changed="due", days_in_advance=1)
        doc, other = paper("Tomorrow", due=add_days(nowdate(), 1)), paper("Today", due=nowdate())
        trigger_daily_alerts()  # commits
        try:
            self.assertEqual([mail[0] for mail in self.mails(doc)], ["Paper Tomorrow"])
            self.assertEqual(self.mails(other), [])
        finally:
            frappe.db.delete("Notification", {"document_type": PAPER})
            frappe.db.delete("Email Queue")
            frappe.db.delete("Email Account", {"email_account_name": SENDER})
            for one in (doc, other):
                one.reload()
                one.delete()
            frappe.db.commit()

    def test_recipients_by_field_role_copy_and_condition(self):
        self.alert(
            "New",
            recipients=[
                {"receiver_by_document_field": "stamp", "cc": OTHER, "bcc": "{{ doc.title }}@example.com"},
                {"receiver_by_role": "Svc Checker", "condition": "doc.amount > 10"},
            ],
        )
        everyone = {MAKER, OTHER, "blind@example.com"}
        self.assertEqual(self.mails(paper("blind", stamp=MAKER))[0][2], everyone)
        self.assertEqual(self.mails(paper("blind", stamp=MAKER, amount=11))[0][2], everyone | {CHECKER})
        self.assertEqual(self.mails(paper("blind", stamp="nobody"))[0][2], everyone - {MAKER})

    def test_nobody_is_told_who_is_disabled(self):
        self.alert("New")
        frappe.db.set_value("User", MAKER, "enabled", 0)
        self.assertEqual(self.mails(paper("A")), [])

    def test_property_is_set_after_the_alert(self):
        self.alert("New", set_property_after_alert="stamp", property_value="told")
        doc = paper("A")
        self.assertEqual(frappe.db.get_value(PAPER, doc.name, "stamp"), "told")
        self.assertEqual(len(self.mails(doc)), 1)

    def test_disabled_alert_is_silent(self):
        alert = self.alert("New")
        alert.enabled = 0
        alert.save()
        self.assertEqual(self.mails(paper("A")), [])

    def test_desk_is_told_and_shows_it_to_that_user_only(self):
        self.alert("New", channel="System Notification")
        doc = paper("A")
        self.assertEqual(self.mails(doc), [])
        logs = frappe.get_all("Notification Log", fields=["for_user", "subject", "document_name", "type"])
        self.assertEqual(
            [(row.for_user, row.subject, row.document_name, row.type) for row in logs],
            [(MAKER, "Paper A", doc.name, "Alert")],
        )
        frappe.set_user(MAKER)
        self.assertEqual(len(frappe.get_list("Notification Log")), 1)
        frappe.set_user(CHECKER)
        self.assertEqual(frappe.get_list("Notification Log"), [])

    def test_mail_and_desk(self):
        self.alert("New", send_system_notification=1)
        doc = paper("A")
        self.assertEqual(len(self.mails(doc)), 1)
        self.assertEqual(frappe.db.count("Notification Log", {"document_name": doc.name}), 1)

    def test_error_in_a_message_leaves_the_document_and_is_logged(self):
        self.alert("New", message="{{ doc.no_such_table[0].value }}")
        before = frappe.db.count("Error Log")
        doc = paper("A")
        self.assertTrue(frappe.db.exists(PAPER, doc.name))
        self.assertEqual(self.mails(doc), [])
        self.assertEqual(frappe.db.count("Error Log"), before + 1)

    def test_error_in_a_condition_stops_the_save(self):
        alert = self.alert("New")
        frappe.db.set_value("Notification", alert.name, "condition", "doc.amount > 'text'")
        with self.assertRaises(frappe.ValidationError):
            paper("A", amount=1)

    def test_print_is_attached_when_drafts_may_be_printed(self):
        frappe.db.set_single_value("Print Settings", "allow_print_for_draft", 1)
        frappe.clear_document_cache("Print Settings", "Print Settings")
        self.alert("New", attach_print=1)
        doc = paper("A")
        queued = frappe.get_last_doc("Email Queue", {"reference_name": doc.name})
        (attached,) = frappe.parse_json(queued.attachments)
        self.assertEqual(
            (attached["print_format_attachment"], attached["doctype"], attached["name"]), (1, PAPER, doc.name)
        )

    def test_what_cannot_be_an_alert_is_refused(self):
        for values in (
            {"event": "Days Before"},
            {"event": "Value Change"},
            {"event": "New", "subject": "{{ doc.title "},
            {"event": "New", "message": "{% if %}"},
            {"event": "New", "document_type": "Email Queue"},
            {"event": "New", "document_type": f"{PAPER} Row"},
        ):
            with self.assertRaises(frappe.ValidationError, msg=str(values)):
                self.alert(**values)

    def test_users_are_told_by_code(self):
        told = {"type": "Alert", "subject": "Come and see", "from_user": MAKER, "document_type": "Role"}
        enqueue_create_notification([MAKER, CHECKER, "nobody@example.com"], told)
        users = frappe.get_all("Notification Log", filters={"subject": "Come and see"}, pluck="for_user")
        self.assertEqual(sorted(users), sorted([MAKER, CHECKER]))
        enqueue_create_notification(
            f"{MAKER}, {CHECKER}", {**told, "type": "Mention", "subject": "Mentioned"}
        )
        users = frappe.get_all("Notification Log", filters={"subject": "Mentioned"}, pluck="for_user")
        self.assertEqual(users, [CHECKER])  # nobody is told what they did themselves

    def test_pages_are_told_of_progress_and_events(self):
        frappe.publish_progress(50, "Half", doctype="Role", docname="All", description="of it")
        frappe.publish_realtime("svc_event", {"n": 1}, user=MAKER, after_commit=True)
