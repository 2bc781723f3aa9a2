"""Users: name from the e-mail address, roles, password, keys."""

import datetime
import hashlib

import frappe
from frappe import _
from frappe.auth import MAX_PASSWORD_SIZE, get_restricted_ip_list
from frappe.model.document import Document
from frappe.rate_limiter import rate_limit
from frappe.twofactor import forget as forget_codes
from frappe.utils import cint, get_url, now_datetime, today, validate_email_address
from frappe.utils.password import update_password as _update_password
from frappe.utils.password_strength import check_policy, policy_result

STANDARD_USERS = frappe.STANDARD_USERS


class User(Document):
    """A person (or machine) that may log in."""

    __new_password = None

    def __setup__(self):
        self.flags.in_insert = False

    def autoname(self):
        if self.get("is_admin") or self.get("is_guest"):
            self.name = self.first_name
        else:
            self.email = (self.email or "").strip().lower()
            self.name = self.email

    def before_insert(self):
        self.flags.in_insert = True

    def before_validate(self):
        self.__new_password = self.get("new_password")
        self.new_password = ""

    def validate(self):
        if self.name not in STANDARD_USERS:
            self.email = (self.email or "").strip().lower()
            validate_email_address(self.email, throw=True)
        self.full_name = " ".join(part for part in (self.first_name, self.last_name) if part)
        self.remove_repeated_roles()
        self.set_system_user()
        if self.name == "Administrator" and not self.enabled:
            frappe.throw(_("User {0} cannot be disabled").format(self.name))
        if not frappe.flags.in_test:
            self.password_strength_test()

    def password_strength_test(self):
        """Refuse a weak new password."""
        if self.__new_password and not self.flags.ignore_password_policy:
            check_policy(
                self.__new_password,
                (self.first_name, self.middle_name, self.last_name, self.email, self.birth_date),
            )

    def remove_repeated_roles(self):
        seen = set()
        for row in list(self.roles):
            if row.role in seen:
                self.remove(row)
            seen.add(row.role)

    def set_system_user(self):
        """Whoever has a role with desk access works at the desk."""
        if self.name in STANDARD_USERS:
            return
        roles = [row.role for row in self.roles]
        desk = roles and frappe.get_all("Role", {"name": ("in", roles), "desk_access": 1}, limit=1)
        self.user_type = "System User" if desk else "Website User"

    def on_update(self):
        if self.__new_password:
            _update_password(self.name, self.__new_password)
            self.__new_password = None
        if self.has_value_changed("enabled") and not self.enabled:
            self.end_sessions()
        frappe.clear_cache(user=self.name)

    def end_sessions(self):
        """A disabled user is logged out at once."""
        from frappe.sessions import clear_sessions

        clear_sessions(user=self.name, force=True)

    def on_trash(self):
        if self.name in STANDARD_USERS:
            frappe.throw(_("User {0} cannot be deleted").format(self.name))
        frappe.db.delete("User Permission", {"user": self.name})
        forget_codes(self.name)  # whoever gets this address next sets up an app of his own
        self.end_sessions()
        frappe.clear_cache(user=self.name)

    def add_roles(self, *roles):
        """Give roles and save."""
        self.append_roles(*roles)
        self.save()

    def append_roles(self, *roles):
        known = {row.role for row in self.roles}
        for role in roles:
            if role not in known:
                self.append("roles", {"role": role})

    def remove_roles(self, *roles):
        for row in [row for row in self.roles if row.role in roles]:
            self.remove(row)
        self.save()

    def get_fullname(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    def get_restricted_ip_list(self) -> list[str]:
        return get_restricted_ip_list(self)

    def reset_password(self, send_email=False, password_expired=False) -> str:
        """The address, good for one use and some minutes, where a new password can be set; mailed if asked."""
        key = frappe.generate_hash(length=40)
        self.db_set(
            {"reset_password_key": _hashed(key), "last_reset_password_key_generated_on": now_datetime()},
            update_modified=False,
        )
        link = get_url(f"/update-password?key={key}" + ("&password_expired=true" if password_expired else ""))
        if send_email:
            frappe.sendmail(
                recipients=[self.email],
                subject=_("Password Reset"),
                message=_("Dear {0},").format(frappe.utils.escape_html(self.get_fullname() or self.name))
                + "<br><br>"
                + _("Please use this link to set a new password: {0}").format(f'<a href="{link}">{link}</a>'),
            )  # queued, not sent now: the time of the answer must not tell whether there is such a user
        return link


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def get_password_reset_limit() -> int:
    return cint(frappe.get_system_settings("password_reset_limit"))


@frappe.whitelist(allow_guest=True, methods=["POST"])
@rate_limit(limit=get_password_reset_limit, seconds=60 * 60)
def reset_password(user: str) -> None:
    """Mail a link to set a new password. Whoever asks hears the same, whether there is such a user or not."""
    from frappe.email.queue import get_outgoing_account

    if not get_outgoing_account().server:
        frappe.throw(_("This site sends no mail. Please ask your System Manager for a new password."))
    name = frappe.db.get_value("User", {"name": user.strip().lower(), "enabled": 1}, "name")
    if name and name not in STANDARD_USERS:
        frappe.get_doc("User", name).reset_password(send_email=True)
    frappe.msgprint(
        _("If there is an account with this address, instructions to set a new password are on their way."),
        title=_("Password Email Sent"),
    )


@frappe.whitelist(allow_guest=True, methods=["POST"])
def update_password(
    new_password: str, logout_all_sessions: int = 0, key: str | None = None, old_password: str | None = None
) -> str:
    """Set one's own password, knowing the old one or a reset link's key, and sign in with it; where to go then.

    Every other session of the user ends.
    """
    if len(new_password) > MAX_PASSWORD_SIZE:
        frappe.throw(_("Password size exceeded the maximum allowed size."))
    user = None if key else frappe.session.user
    if user in (None, "Guest") and (problem := reset_key_problem(key)):
        frappe.local.response.http_status_code = 410
        return problem
    if key:
        user = _user_of_key(key).name
    else:
        frappe.local.login_manager.check_password(user, old_password or "")
    names = frappe.db.get_value("User", user, ["first_name", "middle_name", "last_name", "email", "birth_date"])
    check_policy(new_password, names)
    _update_password(user, new_password, logout_all_sessions=True)
    values = {"reset_password_key": "", "last_password_reset_date": today()}
    frappe.db.set_value("User", user, values, update_modified=False)
    return finish_password_change(user)


def finish_password_change(user: str) -> str:
    """Sign the user in again; one who has to give a code signs in anew."""
    from frappe.twofactor import should_run_2fa

    if frappe.session.user != user and should_run_2fa(user):
        return "/login"
    frappe.local.login_manager.login_as(user)
    return frappe.local.response.get("home_page")


def reset_key_problem(key: str | None) -> str | None:
    """What is wrong with a reset link's key, or None."""
    found = _user_of_key(key)
    if not found:
        return _("The reset password link has either been used before or is invalid")
    seconds = cint(frappe.get_system_settings("reset_password_link_expiry_duration"))
    made = found.last_reset_password_key_generated_on
    if seconds and (not made or now_datetime() > made + datetime.timedelta(seconds=seconds)):
        return _("The reset password link has been expired")
    return None


def _user_of_key(key: str | None):
    if not key:
        return None
    kept = {"reset_password_key": _hashed(key), "enabled": 1}
    return frappe.db.get_value("User", kept, ["name", "last_reset_password_key_generated_on"], as_dict=True)


@frappe.whitelist(allow_guest=True)
def test_password_strength(new_password: str, key=None, old_password=None, user_data: tuple | None = None) -> dict:
    """What the password policy says of a password."""
    if not user_data and frappe.session.user != "Guest":
        fields = ["first_name", "middle_name", "last_name", "email", "birth_date"]
        user_data = frappe.db.get_value("User", frappe.session.user, fields)
    return policy_result(new_password, user_data)


@frappe.whitelist(methods=["POST"])
def verify_password(password: str) -> None:
    """Raise AuthenticationError unless it is one's own password."""
    frappe.local.login_manager.check_password(frappe.session.user, password)


@frappe.whitelist(methods=["POST"])
def generate_keys(user: str) -> dict:
    """Make a new API secret, and a key where there is none: {"api_secret"}, told only this once."""
    frappe.only_for("System Manager")
    doc = frappe.get_doc("User", user)
    secret = frappe.generate_hash(length=30)
    doc.api_key = doc.api_key or frappe.generate_hash(length=15)
    doc.api_secret = secret
    doc.save()
    return {"api_secret": secret}


@frappe.whitelist()
def get_roles(arg=None, uid: str | None = None) -> list[str]:
    """One's own roles; a System Manager may ask for another user's."""
    if uid and uid != frappe.session.user:
        frappe.only_for("System Manager")
    return frappe.get_roles(uid or frappe.session.user)
