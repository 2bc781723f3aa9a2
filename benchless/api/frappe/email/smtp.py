"""The way to the mail server: which one, the connection, and the handing over of one mail."""

import smtplib
import ssl
from contextlib import suppress

import frappe
from frappe.utils import cint

SMTP_SECONDS = 30  # without an answer


def get_outgoing_account() -> frappe._dict:
    """How mail leaves: the default outgoing Email Account, else site_config's mail_server and its keys."""
    name = frappe.db.get_value("Email Account", {"enable_outgoing": 1, "default_outgoing": 1}, "name")
    if name:
        doc = frappe.get_cached_doc("Email Account", name)
        return frappe._dict(
            name=name,
            server=doc.smtp_server,
            port=cint(doc.smtp_port) or None,
            login=None if cint(doc.no_smtp_authentication) else (doc.login_id or doc.email_id),
            password=None if cint(doc.no_smtp_authentication) else doc.get_password("password", False),
            use_tls=cint(doc.use_tls),
            use_ssl=cint(doc.use_ssl_for_outgoing),
            email_id=doc.email_id,
            sender_name=doc.email_account_name,
            always_sender=cint(doc.always_use_account_email_id_as_sender),
        )
    conf = frappe.conf
    return frappe._dict(
        name=None,
        server=conf.mail_server,
        port=cint(conf.mail_port) or None,
        login=conf.mail_login,
        password=conf.mail_password,
        use_tls=cint(conf.use_tls),
        use_ssl=cint(conf.use_ssl),
        email_id=conf.auto_email_id or conf.mail_login,
        sender_name=conf.email_sender_name,
        always_sender=cint(conf.always_use_account_email_id_as_sender),
    )


class Undecided(Exception):
    """The conversation broke off when the mail was under way: nobody knows whether it arrived."""


class Outbox:
    """The connection to the mail server: opened when it is needed, kept for the next mail."""

    def __init__(self):
        self.server, self.unreachable = None, False

    def __enter__(self):
        return self

    def __exit__(self, *_error) -> None:
        if self.server:
            with suppress(smtplib.SMTPException, OSError):
                self.server.quit()
            self.drop()

    def drop(self) -> None:
        if self.server:
            self.server.close()
        self.server = None

    def connection(self) -> smtplib.SMTP:
        """The open connection; OSError or SMTPException where there is none to be had."""
        if self.server:
            return self.server
        account = get_outgoing_account()
        kind = smtplib.SMTP_SSL if account.use_ssl else smtplib.SMTP
        port = account.port or (465 if account.use_ssl else 587 if account.use_tls else 25)
        self.unreachable = True
        server = kind(account.server, port, timeout=SMTP_SECONDS)
        try:
            if account.use_tls and not account.use_ssl:
                server.starttls(context=ssl.create_default_context())
            if account.login and account.password:
                server.login(account.login, account.password)
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        self.server, self.unreachable = server, False
        return server

    def hand_over(self, sender: str, recipient: str, content: bytes) -> None:
        """One mail to one recipient. SMTPResponseException with the server's code where it refuses; Undecided."""
        server = self.connection()
        try:
            for answer in (server.mail(sender), server.rcpt(recipient)):
                if answer[0] not in (250, 251):
                    raise smtplib.SMTPResponseException(*answer)
        except smtplib.SMTPResponseException:
            self.begin_anew()
            raise
        except OSError:  # SMTPServerDisconnected is one too
            self.drop()
            raise
        try:
            code, answer = server.data(content)
        except smtplib.SMTPDataError:
            self.begin_anew()
            raise
        except Exception as error:
            self.drop()
            raise Undecided from error
        if code != 250:
            self.begin_anew()
            raise smtplib.SMTPResponseException(code, answer)

    def begin_anew(self) -> None:
        """After a refusal the connection is good for the next mail, or closed."""
        try:
            self.server.rset()
        except (smtplib.SMTPException, OSError):
            self.drop()
