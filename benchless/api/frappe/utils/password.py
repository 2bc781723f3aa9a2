"""Passwords: hashed (of users) with Django's hashers, encrypted (of Password fields) with the site's key.

Both live in the table `__Auth`, as on Frappe. Documents never hold the secret itself.
"""

import frappe
from frappe import _


def _read(doctype, name, fieldname, encrypted):
    rows = frappe.db.sql(
        "select `name`, `password` from `__Auth`"
        " where `doctype`=%s and lower(`name`)=lower(%s) and `fieldname`=%s and `encrypted`=%s",
        (doctype, name, fieldname, encrypted),
    )
    return rows[0] if rows else None


def _write(doctype, name, fieldname, secret, encrypted):
    _delete(doctype, name, fieldname)
    frappe.db.sql(
        "insert into `__Auth` (`doctype`, `name`, `fieldname`, `password`, `encrypted`)"
        " values (%s, %s, %s, %s, %s)",
        (doctype, name, fieldname, secret, encrypted),
    )


def _delete(doctype, name, fieldname):
    frappe.db.sql(
        "delete from `__Auth` where `doctype`=%s and `name`=%s and `fieldname`=%s", (doctype, name, fieldname)
    )


def check_password(
    user: str, pwd: str, doctype="User", fieldname="password", delete_tracker_cache=True
) -> str:
    """The user's name as stored; raises AuthenticationError where user or password is wrong."""
    from django.contrib.auth.hashers import check_password as verify
    from django.contrib.auth.hashers import make_password

    found = _read(doctype, user, fieldname, 0)
    if not found:
        make_password(pwd)  # as slow as a real check, so that the time does not tell who has an account
    if not found or not verify(
        pwd, found[1], setter=lambda raw: update_password(found[0], raw, doctype, fieldname)
    ):
        raise frappe.AuthenticationError(_("Incorrect User or Password"))
    return found[0]


def update_password(
    user: str, pwd: str, doctype="User", fieldname="password", logout_all_sessions=False
) -> None:
    """Set a user's password; with `logout_all_sessions` the user's other sessions end."""
    from django.contrib.auth.hashers import make_password

    _write(doctype, user, fieldname, make_password(pwd), 0)
    if logout_all_sessions:
        from frappe.sessions import clear_sessions

        clear_sessions(user=user, keep_current=True, force=True)


def get_decrypted_password(doctype: str, name: str, fieldname="password", raise_exception=True) -> str | None:
    """The secret of a Password field."""
    found = _read(doctype, name, fieldname, 1)
    if found:
        return decrypt(found[1])
    if raise_exception:
        frappe.throw(
            _("Password not found for {0} {1} {2}").format(doctype, name, fieldname),
            frappe.AuthenticationError,
        )
    return None


def set_encrypted_password(doctype: str, name: str, pwd: str, fieldname="password") -> None:
    """Keep the secret of a Password field."""
    _write(doctype, name, fieldname, encrypt(pwd), 1)


def remove_encrypted_password(doctype: str, name: str, fieldname="password") -> None:
    _delete(doctype, name, fieldname)


def delete_all_passwords_for(doctype: str, name: str) -> None:
    """With the document go its secrets."""
    frappe.db.sql("delete from `__Auth` where `doctype`=%s and `name`=%s", (doctype, name))


def rename_password(doctype: str, old_name: str, new_name: str) -> None:
    frappe.db.sql(
        "update `__Auth` set `name`=%s where `doctype`=%s and `name`=%s", (new_name, doctype, old_name)
    )


def encrypt(txt: str) -> str:
    """Text -> token that only this site's encryption_key opens."""
    return _fernet().encrypt(txt.encode()).decode()


def decrypt(txt: str) -> str:
    """Token -> text; throws where the site's key does not fit."""
    from cryptography.fernet import InvalidToken

    try:
        return _fernet().decrypt(txt.encode()).decode()
    except InvalidToken:
        frappe.throw(_("Encryption key is invalid! Please check site_config.json"), title=_("Invalid Token"))


def get_encryption_key() -> str:
    """site_config's encryption_key; a site without one cannot keep secrets."""
    key = frappe.conf.encryption_key
    if not key:
        frappe.throw(_("The site has no encryption_key in site_config.json"))
    return key


def _fernet():
    import base64
    import hashlib

    from cryptography.fernet import Fernet

    # any text serves as key: Fernet wants 32 bytes
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(get_encryption_key().encode()).digest()))
