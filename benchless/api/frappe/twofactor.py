"""One-time codes at sign-in (TOTP): for users with a role that asks for them, once System Settings switches it on.

Each user has a secret of their own, kept encrypted; an app on their phone makes codes of it. A code counts once, from
half a minute before to half a minute after its time.
"""

import hmac
import io
import time
from base64 import b64encode

import frappe
import frappe.defaults
import pyotp
from frappe import _
from frappe.utils import cint, get_url
from frappe.utils.password import decrypt, encrypt

from benchless import shared_values

PARENT_FOR_DEFAULTS = "__2fa"
CODE_SECONDS = 180  # how long a sign-in waits for its code
QR_SECONDS = 240
DRIFT_STEPS = 1  # clocks may differ by one step of 30 seconds


def two_factor_is_enabled(user: str | None = None) -> bool:
    """Whether codes are switched on; for a user, whether one of the user's roles asks for them."""
    settings = frappe.get_system_settings
    if not cint(settings("enable_two_factor_auth")):
        return False
    if not user:
        return True
    if cint(settings("bypass_2fa_for_retricted_ip_users")):
        from frappe.auth import get_restricted_ip_list

        allowed = get_restricted_ip_list(frappe.get_doc("User", user))
        if any((frappe.local.request_ip or "").startswith(part) for part in allowed):
            return False
    return two_factor_is_enabled_for_(user)


should_run_2fa = two_factor_is_enabled


def two_factor_is_enabled_for_(user) -> bool:
    """Whether one of the user's roles asks for a code; never for the Administrator."""
    name = user if isinstance(user, str) else user.name
    if name == "Administrator":
        return False
    roles = [*frappe.get_all("Has Role", {"parenttype": "User", "parent": name}, pluck="role"), "All"]
    return bool(frappe.db.count("Role", {"name": ("in", roles), "two_factor_auth": 1}))


def toggle_two_factor_auth(state, roles=None) -> None:
    """Ask the holders of these roles for a code, or stop asking."""
    for name in roles or []:
        role = frappe.get_doc("Role", name)
        role.two_factor_auth = cint(state)
        role.save(ignore_permissions=True)


def disable() -> None:
    frappe.db.set_single_value("System Settings", "enable_two_factor_auth", 0)


def authenticate_for_2factor(user: str) -> None:
    """Let the sign-in wait for a code: the response gets `tmp_id` and `verification`."""
    from frappe.sessions import password_fingerprint

    secret = get_otpsecret_for_(user)
    tmp_id = frappe.generate_hash(length=32)
    waiting = {"user": user, "fingerprint": password_fingerprint(user)}
    shared_values.put(_waiting_key(tmp_id), waiting, CODE_SECONDS)
    frappe.local.response["verification"] = get_verification_obj(user, secret)
    frappe.local.response["tmp_id"] = tmp_id
    frappe.db.commit()  # the secret must be the same when the code comes


def confirm_otp_token(login_manager, otp: str | None = None, tmp_id: str | None = None) -> str:
    """The user whose sign-in waits under `tmp_id`, when `otp` is a code of theirs that was not used yet.

    Raises AuthenticationError, or SecurityException after too many wrong codes. A right password does not reset their
    count, only a right code does.
    """
    from frappe.auth import get_login_attempt_tracker
    from frappe.sessions import password_fingerprint

    tmp_id = str(tmp_id or frappe.form_dict.get("tmp_id"))
    otp = str(otp or frappe.form_dict.get("otp") or "").replace(" ", "")
    waiting = shared_values.find(_waiting_key(tmp_id))
    if not waiting or not hmac.compare_digest(waiting["fingerprint"], password_fingerprint(waiting["user"])):
        login_manager.fail(_("Login session expired, refresh page to retry"))
    user = waiting["user"]
    tracker = get_login_attempt_tracker(f"otp:{user}")
    if not use_code(user, otp):
        tracker.add_failure_attempt()
        login_manager.fail(_("Incorrect Verification code"), user)
    tracker.add_success_attempt()
    shared_values.forget(_waiting_key(tmp_id))
    set_default(f"{user}_otplogin", 1)
    return user


def waiting_user(tmp_id: str) -> str | None:
    """Whose sign-in waits for a code under this id."""
    waiting = shared_values.find(_waiting_key(tmp_id))
    return waiting["user"] if waiting else None


def use_code(user: str, otp: str) -> bool:
    """Whether it is a code of the user's secret for now; it is spent by asking. Two requests with one code at once:
    the second waits for the first and is refused."""
    kept = {"parent": PARENT_FOR_DEFAULTS, "defkey": f"{user}_otpsecret"}
    frappe.db.get_value("DefaultValue", kept, "name", for_update=True)
    last = cint(get_default(f"{user}_otpstep"))
    totp = pyotp.TOTP(get_otpsecret_for_(user))
    now = int(time.time()) // totp.interval
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if step > last and hmac.compare_digest(totp.generate_otp(step).encode(), otp.encode()):
            set_default(f"{user}_otpstep", step)
            return True
    return False


def get_otpsecret_for_(user: str) -> str:
    """The user's secret; made when there is none."""
    if kept := get_default(f"{user}_otpsecret"):
        return decrypt(kept)
    secret = pyotp.random_base32()
    set_default(f"{user}_otpsecret", encrypt(secret))
    return secret


def get_verification_obj(user: str, otp_secret: str) -> dict:
    """What the user has to do, as Frappe says it: type a code, or first set up the app by the mail just sent."""
    if get_default(f"{user}_otplogin"):
        return {"method": "OTP App", "setup": True}
    sent = send_setup_mail(user, get_totp_uri(user, otp_secret))
    prompt = _(
        "Please check your registered email address for instructions on how to proceed. "
        "Do not close this window as you will have to return to it."
    )
    return {"token_delivery": sent, "prompt": sent and prompt, "method": "Email", "setup": sent}


def get_totp_uri(user: str, otp_secret: str) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(otp_secret).provisioning_uri(user, issuer_name=_issuer())


def send_setup_mail(user: str, totp_uri: str) -> bool:
    """Send the address of the page with the QR code; False where the site sends no mail."""
    from frappe.email.queue import get_outgoing_account

    email = frappe.db.get_value("User", user, "email")
    if not email or not get_outgoing_account().server:
        return False
    link = get_link_for_qrcode(user, totp_uri)
    frappe.sendmail(
        recipients=[email],
        subject=_("One Time Password (OTP) Registration Code from {0}").format(_issuer()),
        message=_("Please click on the following link and follow the instructions on the page. {0}").format(
            f'<br><br><a href="{link}">{link}</a>'
        ),
        delayed=False,
    )
    return True


def get_link_for_qrcode(user: str, totp_uri: str) -> str:
    """An address of this site that shows the QR code for some minutes."""
    key = frappe.generate_hash(length=32)
    seconds = cint(frappe.get_system_settings("lifespan_qrcode_image")) or QR_SECONDS
    shared_values.put(_qr_key(key), {"user": user, "uri": encrypt(totp_uri)}, seconds)  # it holds the secret
    return get_url(f"/qrcode?k={key}")


def find_qrcode(key: str) -> dict | None:
    """{user, uri} of such an address, while it lives."""
    found = shared_values.find(_qr_key(str(key)))
    return found and found | {"uri": decrypt(found["uri"])}


def get_qr_svg_code(totp_uri: str) -> bytes:
    """The QR code as SVG in base64; drawn here, nobody else is asked."""
    import segno

    stream = io.BytesIO()
    segno.make(totp_uri, micro=False).save(stream, kind="svg", scale=5, border=2, xmldecl=False)
    return b64encode(stream.getvalue())


@frappe.whitelist(methods=["POST"])
def reset_otp_secret(user: str):
    """Forget a user's secret (one's own, or as System Manager): the app has to be set up anew."""
    if frappe.session.user != user:
        frappe.only_for("System Manager", message=True)
    if not two_factor_is_enabled():
        frappe.throw(
            _("You have to enable Two Factor Auth from System Settings."), title=_("Enable Two Factor Auth")
        )
    forget(user)
    if email := frappe.db.get_value("User", user, "email"):
        frappe.sendmail(
            recipients=[email],
            subject=_("OTP Secret Reset - {0}").format(_issuer()),
            message=_(
                "<p>Your OTP secret on {0} has been reset. If you did not perform this reset and did not request it, "
                "please contact your System Administrator immediately.</p>"
            ).format(_issuer()),
            delayed=False,
        )
    frappe.msgprint(_("OTP Secret has been reset. Re-registration will be required on next login."))


def forget(user: str) -> None:
    """Forget the secret and what was done with it."""
    for key in ("_otplogin", "_otpsecret", "_otpstep"):
        clear_default(f"{user}{key}")


def get_default(key: str):
    return frappe.db.get_default(key, parent=PARENT_FOR_DEFAULTS)


def set_default(key: str, value) -> None:
    frappe.db.set_default(key, value, parent=PARENT_FOR_DEFAULTS)


def clear_default(key: str) -> None:
    frappe.defaults.set_default(key, None, parent=PARENT_FOR_DEFAULTS)


def _issuer() -> str:
    return frappe.get_system_settings("otp_issuer_name") or "Frappe Framework"


def _waiting_key(tmp_id: str) -> str:
    return f"otp_waiting:{tmp_id}"


def _qr_key(key: str) -> str:
    return f"otp_qr:{key}"
