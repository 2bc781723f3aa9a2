"""Who is signed in, and proving it with a password; cookies and sessions are the web layer's."""

import frappe
from frappe import _


@frappe.whitelist(allow_guest=True)
def get_logged_user() -> str:
    """The name of the session's user."""
    return frappe.session.user


class LoginManager:
    """Checks a user and password and makes the user the session's, for callers in Python."""

    def __init__(self):
        self.user = None

    def authenticate(self, user: str | None = None, pwd: str | None = None) -> None:
        """Sets self.user; raises AuthenticationError for a wrong name, password, or a disabled user."""
        if not (user and pwd):
            self.fail(_("Incomplete login details"), user)
        name = find_user(user)
        try:
            from frappe.utils.password import check_password

            self.user = check_password(name or user, pwd)
        except frappe.AuthenticationError:
            self.fail(_("Invalid login credentials"), user)
        if self.user != "Administrator" and not frappe.db.get_value("User", self.user, "enabled"):
            self.fail(_("User disabled or missing"), user)

    def check_password(self, user: str, pwd: str) -> str:
        """The user's name where the password is right."""
        self.authenticate(user, pwd)
        return self.user

    def login_as(self, user: str) -> None:
        """Make an existing user the session's."""
        self.user = user
        frappe.set_user(user)
        self.run_trigger("on_session_creation")

    def post_login(self) -> None:
        """Run the apps' on_login hooks and make the user the session's."""
        self.run_trigger("on_login")
        self.login_as(self.user)

    def run_trigger(self, event: str = "on_login") -> None:
        for method in frappe.get_hooks().get(event, []):
            frappe.call(frappe.get_attr(method), login_manager=self)

    def fail(self, message: str, user: str | None = None) -> None:
        """One answer for every reason: who may not know a user exists must not learn it here."""
        frappe.local.response["message"] = message
        raise frappe.AuthenticationError(message)


def find_user(login: str) -> str | None:
    """The User of a login name: the e-mail address, or the username."""
    return frappe.db.get_value("User", {"name": login}) or frappe.db.get_value("User", {"username": login})
