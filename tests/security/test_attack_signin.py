"""Guessing passwords, and links to set a new one: over HTTP alone, from one address."""

import hashlib
import time

import pytest

METHOD = "/api/method/"
PASSWORD = "lantern-orchid-74"
GUESSED, LINKED = "homeless_bank@example.com", "homeless@example.com"
USER = METHOD + "frappe.core.doctype.user.user."
WHILE = 3  # seconds: long enough to be met, short enough to be waited for
CHANGED = ("allow_consecutive_login_attempts", "allow_login_after_fail", "password_reset_limit")


@pytest.fixture
def settings(who):
    """Sets System Settings, and sets them back."""
    admin, path = who("admin"), "/api/resource/System Settings/System Settings"
    before = admin.get(path).json["data"]

    def write(**values) -> None:
        answer = admin.put(path, **values)
        assert answer.status == 200, answer.text

    yield write
    write(**{name: before.get(name) for name in CHANGED})


def test_guessing_ends_for_a_while(who, settings):
    """Then the right password is refused too, and every other name from that address; who is inside stays so."""

    def sign_in(usr: str, pwd: str):
        return who.anew("guest").post(METHOD + "login", usr=usr, pwd=pwd)

    inside = who.anew("auditor")
    settings(allow_consecutive_login_attempts=2, allow_login_after_fail=WHILE)
    assert sign_in(GUESSED, PASSWORD).status == 200  # what was guessed before does not count
    assert [sign_in(GUESSED, f"wrong-{number}").status for number in range(3)] == [401, 401, 401]
    for usr, pwd in ((GUESSED, PASSWORD), ("post@example.com", PASSWORD), ("nobody-at-all@example.com", "x")):
        locked = sign_in(usr, pwd)
        assert locked.status >= 400 and locked.json["exc_type"] == "SecurityException", (usr, locked.text)
    assert inside.get(METHOD + "frappe.auth.get_logged_user").json["message"] == "auditor@example.com"
    until = time.monotonic() + 10 * WHILE
    while sign_in(GUESSED, PASSWORD).status != 200:
        assert time.monotonic() < until, "not released"
        time.sleep(0.5)


def test_asking_for_a_new_password_tells_nothing_and_has_a_limit(who, settings):
    settings(password_reset_limit=1000)
    said = {}
    for user in ("post@example.com", "nobody-at-all@example.com", "Administrator", "Guest", " POST@example.com"):
        answer = who.anew("guest").post(USER + "reset_password", user=user)
        said[user] = (answer.status, answer.text)
        assert answer.status < 500 and user not in answer.text, answer.text
    assert len(set(said.values())) == 1, said
    settings(password_reset_limit=1)
    assert who.anew("guest").post(USER + "reset_password", user="post@example.com").status == 429


def test_a_link_to_a_new_password_serves_once_and_not_for_long(who):
    admin, key = who("admin"), "a-key-that-was-mailed"

    def use(text: str):
        return who.anew("guest").post(USER + "update_password", new_password=PASSWORD, key=text)

    def mail(made_on: str) -> None:
        values = {"reset_password_key": hashlib.sha256(key.encode()).hexdigest()}
        written = admin.put(f"/api/resource/User/{LINKED}", **values, last_reset_password_key_generated_on=made_on)
        assert written.status == 200, written.text

    mail("2020-01-01 00:00:00")
    assert use(key).status == 410, "too old"
    mail("2099-01-01 00:00:00")
    for guess in ("", "x", values_of_key(key), "%", None):
        assert use(guess).status >= 400, guess
    asked = admin.get(f"/api/resource/User/{LINKED}", fields=["*"])
    assert key not in asked.text
    assert use(key).status == 200
    assert use(key).status == 410, "used once"


def values_of_key(key: str) -> str:
    """What is kept of a link: who reads it in a backup cannot use it."""
    return hashlib.sha256(key.encode()).hexdigest()
