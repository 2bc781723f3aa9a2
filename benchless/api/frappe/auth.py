"""Who is asking: sign-in with a password and a one-time code, and what limits guessing."""

import frappe
from frappe import _, sessions
from frappe.utils import cint, date_diff, now_datetime, today
from frappe.utils.password import check_password

from benchless import shared_values

SAFE_HTTP_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
UNSAFE_HTTP_METHODS = frozenset(("POST", "PUT", "DELETE", "PATCH"))
MAX_PASSWORD_SIZE = 512


class LoginManager:
    """Signs in and out. `store` is Django's session of the request; hooks get this object and read `user`."""

    def __init__(self, store=None):
        self.store = store
        self.user = frappe.session.user

    def login(self) -> bool:
        """Sign in with the request's `usr` and `pwd`, or with the `otp` for a sign-in (`tmp_id`) that waits for it.

        False when it is not done: the response then says what is wanted (a code, or a new password).
        Raises AuthenticationError, or SecurityException after too many failures.
        """
        from frappe import twofactor

        if frappe.form_dict.get("tmp_id"):
            self.user = twofactor.confirm_otp_token(self)
        else:
            self.authenticate()
            if self.force_user_to_reset_password():
                link = frappe.get_doc("User", self.user).reset_password(password_expired=True)
                frappe.local.response.update(message="Password Reset", redirect_to=link)
                return False
            if twofactor.should_run_2fa(self.user):
                twofactor.authenticate_for_2factor(self.user)
                return False
        frappe.form_dict.pop("pwd", None)
        self.post_login()
        return True

    def authenticate(self, user: str | None = None, pwd: str | None = None) -> None:
        """Find the user whose password this is. An unknown name costs as much time as a wrong password, is told
        the same and is locked alike, so that names cannot be probed."""
        if not (user and pwd):
            user, pwd = frappe.form_dict.get("usr"), frappe.form_dict.get("pwd")
        if not (user and pwd):
            self.fail(_("Incomplete login details"), user)
        if len(pwd) > MAX_PASSWORD_SIZE:
            self.fail(_("Password size exceeded the maximum allowed size"), user)
        known = find_user(user)
        trackers = [get_login_attempt_tracker(known or f"?{str(user).strip().lower()}"),
                    get_login_attempt_tracker(frappe.local.request_ip)]  # fmt: skip
        try:
            found = check_password(known or "Guest", pwd)
        except frappe.AuthenticationError:
            found = None
        if not known or not found or found == "Guest":
            for tracker in trackers:
                tracker.add_failure_attempt()
            self.fail(_("Invalid login credentials"), user)
        for tracker in trackers:
            tracker.add_success_attempt()
        self.user = found

    def check_password(self, user: str, pwd: str) -> str:
        """The user's name as stored; a wrong password counts as a failed sign-in."""
        tracker = get_login_attempt_tracker(user)
        try:
            return check_password(user, str(pwd)[:MAX_PASSWORD_SIZE])
        except frappe.AuthenticationError:
            tracker.add_failure_attempt()
            self.fail(_("Incorrect password"), user)

    def force_user_to_reset_password(self) -> bool:
        """Whether the password is older than System Settings allows (in days)."""
        days = cint(frappe.get_system_settings("force_user_to_reset_password"))
        if not days or self.user in frappe.STANDARD_USERS:
            return False
        last = frappe.db.get_value("User", self.user, "last_password_reset_date") or today()
        return date_diff(today(), last) > days

    def post_login(self) -> None:
        """Begin the session of `user`, if address, hour and the apps' on_login hooks allow it."""
        self.run_trigger("on_login")
        validate_ip_address(self.user)
        self.validate_hour()
        sessions.start(self.store, self.user)
        self.say_who()
        self.run_trigger("on_session_creation")

    def say_who(self) -> None:
        """Frappe's answer to a sign-in: `message`, `home_page`, `full_name`."""
        row = frappe.db.get_value("User", self.user, ["full_name", "user_type", "default_workspace"], as_dict=True)
        desk = self.user != "Guest" and row.user_type != "Website User"
        home_page = ("/app" if desk else "/") if self.user != "Guest" else "/login"
        if desk and row.default_workspace:
            home_page = f"/app/{row.default_workspace.lower().replace(' ', '-')}"
        frappe.local.response.update(
            message="Logged In" if desk else "No App", home_page=home_page, full_name=row.full_name or self.user
        )

    def login_as(self, user: str) -> None:
        self.user = user
        self.post_login()

    def logout(self, arg="", user: str | None = None) -> None:
        """End this session, or all sessions of another user."""
        user = user or frappe.session.user
        self.run_trigger("on_logout")
        if user != frappe.session.user:
            sessions.clear_sessions(user, force=True)
            return
        if self.store is not None:
            self.store.flush()
        self.user = "Guest"
        frappe.set_user("Guest")
        self.say_who()

    def validate_hour(self) -> None:
        before, after = (cint(v) for v in frappe.db.get_value("User", self.user, ["login_before", "login_after"]))
        hour = now_datetime().hour
        if (before and hour >= before) or (after and hour < after):
            frappe.throw(_("Login not allowed at this time"), frappe.AuthenticationError)

    def run_trigger(self, event: str = "on_login") -> None:
        for method in frappe.get_hooks(event) or []:
            frappe.call(frappe.get_attr(method), login_manager=self)

    def fail(self, message: str, user: str | None = None) -> None:
        frappe.local.response["message"] = message
        raise frappe.AuthenticationError(message)


def find_user(name: str) -> str | None:
    """The enabled user who signs in as `name`: the e-mail address, and as System Settings allows the user name or
    the mobile number."""
    name = str(name or "").strip()
    keys = [("name", name), ("name", name.lower())]
    if cint(frappe.get_system_settings("allow_login_using_mobile_number")):
        keys.append(("mobile_no", name))
    if cint(frappe.get_system_settings("allow_login_using_user_name")):
        keys.append(("username", name))
    for field, value in keys:
        if user := name and frappe.db.get_value("User", {field: value}, ["name", "enabled"], as_dict=True):
            return user.name if user.enabled or user.name == "Administrator" else None
    return "Administrator" if name.lower() == "administrator" else None


def get_restricted_ip_list(user) -> list[str]:
    """The (beginnings of) addresses that a User document allows."""
    return [part.strip() for part in (user.restrict_ip or "").split(",") if part.strip()]


def validate_ip_address(user: str) -> None:
    """Raise AuthenticationError where the user may not sign in from the request's address."""
    row = frappe.db.get_value("User", user, ["restrict_ip", "bypass_restrict_ip_check_if_2fa_enabled"], as_dict=True)
    allowed = get_restricted_ip_list(row) if row else []
    if not allowed or any((frappe.local.request_ip or "").startswith(part) for part in allowed):
        return
    bypass = cint(frappe.get_system_settings("bypass_restrict_ip_check_if_2fa_enabled"))
    if cint(frappe.get_system_settings("enable_two_factor_auth")):
        bypass = bypass or cint(row.bypass_restrict_ip_check_if_2fa_enabled)
    if not bypass:
        frappe.throw(_("Access not allowed from this IP Address"), frappe.AuthenticationError)


def get_login_attempt_tracker(key: str, raise_locked_exception: bool = True) -> "LoginAttemptTracker":
    """The count of failures of a user or an address; raises SecurityException while it is locked."""
    most = cint(frappe.get_system_settings("allow_consecutive_login_attempts"))
    seconds = cint(frappe.get_system_settings("allow_login_after_fail"))
    tracker = LoginAttemptTracker(key, most, seconds) if most > 0 else LoginAttemptTracker(key)
    if raise_locked_exception and most > 0 and not tracker.is_user_allowed():
        frappe.throw(
            _("Your account has been locked and will resume after {0} seconds").format(seconds),
            frappe.SecurityException,
        )
    return tracker


class LoginAttemptTracker:
    """Consecutive failures of one key: more than `max_consecutive_login_attempts` within `lock_interval` seconds of
    the first one lock it until that time is over. All processes of the site count together."""

    def __init__(self, key: str, max_consecutive_login_attempts: int = 3, lock_interval: int = 300):
        self.key = f"failures:{key}"
        self.most = max_consecutive_login_attempts
        self.seconds = lock_interval

    def add_failure_attempt(self) -> None:
        shared_values.add(self.key, 1, self.seconds)

    def add_success_attempt(self) -> None:
        shared_values.forget(self.key)

    def is_user_allowed(self) -> bool:
        return (shared_values.find(self.key) or 0) <= self.most


@frappe.whitelist()
def get_logged_user() -> str:
    """The name of the session's user."""
    return frappe.session.user
