"""Mail: one real SMTP conversation; sent once; a failing server never undoes the caller's work."""

import email
import socket
import threading
from email import policy

import frappe
import pytest
from aiosmtpd.controller import Controller
from frappe.email import queue
from frappe.email.doctype.email_queue.email_queue import retry
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_to_date, get_datetime, now_datetime

pytestmark = pytest.mark.usefixtures("site")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Inbox:
    """An SMTP server's handler that keeps what arrives, or refuses everything, or breaks off."""

    def __init__(self):
        self.messages, self.refuse, self.unknown, self.break_off, self.connections = [], None, set(), False, 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.unknown:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.break_off:
            server.transport.abort()
            return "250 never heard"
        if self.refuse:
            return self.refuse
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append((envelope.rcpt_tos, message))
        return "250 OK"


class TestMail(FrappeTestCase):
    def setUp(self):
        for doctype in ("Email Queue", "Email Queue Recipient", "Notification Log"):
            frappe.db.delete(doctype)
        frappe.db.set_value("Email Account", {"default_outgoing": 1}, "default_outgoing", 0)
        frappe.db.commit()
        self.inbox = Inbox()
        port = free_port()
        self.server = Controller(self.inbox, hostname="127.0.0.1", port=port)
        self.server.start()
        self.kept = {
            key: frappe.conf.get(key)
            for key in (
                "mail_server",
                "mail_port",
                "auto_email_id",
                "mute_emails",
                "mail_login",
                "mail_password",
            )
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
        fields = ["status", "error", "retry", "send_after"]
        return frappe.db.get_value("Email Queue", doc.name, fields, as_dict=True)

    def got(self) -> list:
        return sorted(to for tos, _message in self.inbox.messages for to in tos)

    def later(self):
        """The time for the next try has come."""
        frappe.db.set_value(
            "Email Queue", {"name": ("is", "set")}, "send_after", add_to_date(now_datetime(), days=-1)
        )
        frappe.db.commit()

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

    def test_mail_refused_for_now_is_tried_again_ever_later_and_is_an_error_in_the_end(self):
        self.inbox.refuse = "451 try later"
        doc = self.send(now=True)
        frappe.db.commit()
        waits = []
        for number in range(1, queue.RETRY_LIMIT + 1):
            state = self.status(doc)
            assert (state.status, state.retry) == ("Not Sent", number)
            assert "451" in state.error
            waits.append(round((get_datetime(state.send_after) - now_datetime()).total_seconds() / 60))
            assert queue.flush() == 0
            assert self.status(doc).retry == number  # it is not due
            self.later()
            queue.flush()
        assert waits == [5, 20, 80]
        assert self.status(doc).status == "Error"
        notice = frappe.get_last_doc("Notification Log", {"document_name": doc.name})
        assert (notice.for_user, "Báo cáo" in notice.subject) == ("Administrator", True)
        self.inbox.refuse = None
        self.later()
        assert queue.flush() == 0
        assert retry(doc.as_json())
        frappe.db.commit()
        assert queue.flush() == 1
        assert self.status(doc).status == "Sent"
        with pytest.raises(frappe.ValidationError):
            retry(doc.as_json())

    def test_mail_refused_for_good_is_an_error_at_once(self):
        self.inbox.refuse = "554 no"
        doc = self.send(now=True)
        frappe.db.commit()
        assert self.status(doc).status == "Error"

    def test_one_unknown_recipient_does_not_keep_the_others_from_theirs(self):
        self.inbox.unknown = {"b@example.com"}
        doc = self.send(recipients=["a@example.com", "b@example.com", "c@example.com"], now=True)
        frappe.db.commit()
        assert self.got() == ["a@example.com", "c@example.com"]
        state = self.status(doc)
        assert state.status == "Error"
        assert "b@example.com" in state.error
        assert "550" in state.error
        self.inbox.unknown = set()
        frappe.get_doc("Email Queue", doc.name).retry_sending()
        frappe.db.commit()
        queue.flush()
        assert self.got() == ["a@example.com", "b@example.com", "c@example.com"]
        assert self.status(doc).status == "Sent"

    def test_mail_that_broke_off_under_way_is_not_sent_again_by_itself(self):
        self.inbox.break_off = True
        doc = self.send(now=True)
        frappe.db.commit()
        self.inbox.break_off = False
        state = self.status(doc)
        assert state.status == "Error"
        assert "broke off" in state.error
        self.later()
        assert queue.flush() == 0
        assert self.got() == []
        retry(doc.as_json())
        frappe.db.commit()
        assert queue.flush() == 1

    def test_a_server_that_is_down_is_asked_once_a_round(self):
        self.server.stop()
        docs = [self.send(subject=f"Mail {number}") for number in range(3)]
        frappe.db.commit()
        assert queue.flush() == 0
        tried = [doc for doc in docs if self.status(doc).retry]
        assert len(tried) == 1
        assert [self.status(doc).status for doc in docs] == ["Not Sent"] * 3
        self.server = Controller(self.inbox, hostname="127.0.0.1", port=frappe.conf.mail_port)
        self.server.start()
        assert queue.flush() == 2
        self.later()
        assert queue.flush() == 1
        assert len(self.inbox.messages) == 3

    def test_a_server_that_does_not_let_us_in_is_tried_again(self):
        frappe.conf.update(mail_login="office", mail_password="wrong")
        doc = self.send(now=True)
        frappe.db.commit()
        assert self.status(doc).status == "Not Sent"
        assert "AUTH" in self.status(doc).error

    def test_a_round_uses_one_connection_also_after_a_refusal(self):
        self.inbox.unknown = {"b@example.com"}
        for name in ("a", "b", "c"):
            self.send(recipients=[f"{name}@example.com"])
        frappe.db.commit()
        self.inbox.connections = 0
        assert queue.flush() == 2
        assert (self.got(), self.inbox.connections) == (["a@example.com", "c@example.com"], 1)

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
        frappe.db.set_value("Email Queue", doc.name, "status", "Sending")
        frappe.db.commit()
        with queue._conversation(doc.name):  # its process lives
            assert queue.flush() == 0
            assert self.status(doc).status == "Sending"
        assert queue.flush() == 0
        assert self.status(doc).status == "Error"
        assert self.inbox.messages == []
