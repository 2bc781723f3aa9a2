"""Mail: one real SMTP conversation; sent once; a failing server never undoes the caller's work."""

import email
import socket
import threading
from email import policy

import frappe
import pytest
from aiosmtpd.controller import Controller
from frappe.email import queue
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_to_date, now_datetime

pytestmark = pytest.mark.usefixtures("site")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Inbox:
    """An SMTP server's handler that keeps what arrives, or refuses everything."""

    def __init__(self):
        self.messages, self.refuse = [], False

    async def handle_DATA(self, server, session, envelope):
        if self.refuse:
            return "451 try later"
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append((envelope.rcpt_tos, message))
        return "250 OK"


class TestMail(FrappeTestCase):
    def setUp(self):
        frappe.db.delete("Email Queue")
        frappe.db.commit()
        self.inbox = Inbox()
        port = free_port()
        self.server = Controller(self.inbox, hostname="127.0.0.1", port=port)
        self.server.start()
        self.kept = {
            key: frappe.conf.get(key) for key in ("mail_server", "mail_port", "auto_email_id", "mute_emails")
        }
        frappe.conf.update(
            mail_server="127.0.0.1", mail_port=port, auto_email_id="office@example.com", mute_emails=0
        )

    def tearDown(self):
        self.server.stop()
        frappe.conf.update(self.kept)

    def send(self, **values):
        values = {
            "recipients": ["province@example.com"],
            "subject": "Báo cáo",
            "message": "<p>Kính gửi</p>",
            **values,
        }
        return frappe.sendmail(**values)

    def status(self, doc):
        return frappe.db.get_value("Email Queue", doc.name, ["status", "error"], as_dict=True)

    def test_queued_mail_goes_out_with_text_html_and_attachment(self):
        doc = self.send(attachments=[{"fname": "Tỷ lệ.xlsx", "fcontent": b"PK\x03\x04 bytes"}])
        frappe.db.commit()
        assert self.inbox.messages == []
        assert queue.flush() == 1
        recipients, message = self.inbox.messages[0]
        assert recipients == ["province@example.com"]
        assert message["Subject"] == "Báo cáo"
        assert message["From"] == "office@example.com"
        assert "Kính gửi" in message.get_body(("html",)).get_content()
        assert "Kính gửi" in message.get_body(("plain",)).get_content()
        (attached,) = message.iter_attachments()
        assert attached.get_filename() == "Tỷ lệ.xlsx"
        assert attached.get_content() == b"PK\x03\x04 bytes"
        assert self.status(doc).status == "Sent"

    def test_each_mail_is_sent_once(self):
        self.send(recipients=["a@example.com", "b@example.com"])
        frappe.db.commit()
        queue.flush()
        queue.flush()
        assert sorted(to for tos, _message in self.inbox.messages for to in tos) == [
            "a@example.com",
            "b@example.com",
        ]

    def test_now_waits_for_the_commit_and_a_rollback_forgets_it(self):
        self.send(now=True)
        assert self.inbox.messages == []
        frappe.db.rollback()
        assert self.inbox.messages == []
        self.send(now=True)
        frappe.db.commit()
        assert len(self.inbox.messages) == 1

    def test_refused_mail_waits_and_is_an_error_in_the_end(self):
        self.inbox.refuse = True
        doc = self.send(now=True)
        frappe.db.commit()
        state = self.status(doc)
        assert state.status == "Not Sent"
        assert "451" in state.error
        for _time in range(queue.RETRY_LIMIT):
            queue.flush()
        assert self.status(doc).status == "Error"
        self.inbox.refuse = False
        assert queue.flush() == 0

    def test_unreachable_server_leaves_the_callers_work(self):
        frappe.conf.mail_port = free_port()
        role = frappe.get_doc(
            {"doctype": "Role", "role_name": f"Svc {frappe.generate_hash(length=8)}"}
        ).insert()
        self.send(now=True)
        frappe.db.commit()
        assert frappe.db.exists("Role", role.name)
        frappe.delete_doc("Role", role.name)
        frappe.db.commit()

    def test_mail_for_later_waits(self):
        doc = self.send(send_after=add_to_date(now_datetime(), days=1))
        frappe.db.commit()
        assert queue.flush() == 0
        assert self.status(doc).status == "Not Sent"

    def test_two_workers_send_one_mail_once(self):
        doc = self.send()
        frappe.db.commit()
        site, sites_path, conf = frappe.local.site, frappe.local.sites_path, dict(frappe.conf)

        def work():
            frappe.init(site=site, sites_path=sites_path)
            frappe.connect()
            frappe.conf.update(conf)
            try:
                queue.send_one(doc.name)
            finally:
                frappe.destroy()

        threads = [threading.Thread(target=work) for _number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(self.inbox.messages) == 1

    def test_print_is_attached_as_pdf(self):
        self.send(
            attachments=[
                {"print_format_attachment": 1, "doctype": "Role", "name": "System Manager", "lang": "vi"}
            ]
        )
        frappe.db.commit()
        queue.flush()
        (attached,) = self.inbox.messages[0][1].iter_attachments()
        assert attached.get_filename() == "SystemManager.pdf"
        assert attached.get_content().startswith(b"%PDF-")

    def test_header_lines_cannot_be_smuggled_in(self):
        self.send(subject="Hello\r\nBcc: thief@example.com")
        frappe.db.commit()
        queue.flush()
        recipients, message = self.inbox.messages[0]
        assert recipients == ["province@example.com"]
        assert message["Bcc"] is None
        with pytest.raises(frappe.ValidationError):
            self.send(recipients=["nobody in particular"])

    def test_interrupted_mail_is_not_sent_again(self):
        doc = self.send()
        long_ago = add_to_date(now_datetime(), hours=-2)
        frappe.db.set_value("Email Queue", doc.name, "status", "Sending", modified=long_ago)
        frappe.db.commit()
        assert queue.flush() == 0
        assert self.status(doc).status == "Error"
        assert self.inbox.messages == []
