"""Signing in at the embedded host: locks that tell nothing, codes that count once, sessions, mails, pages."""

import email
import re
import time
from urllib.parse import urlsplit

import frappe
import pyotp
import pytest
from frappe import twofactor
from frappe.auth import LoginAttemptTracker
from frappe.tests.utils import change_settings, patch_hooks
from rest_client import Http

LOGIN, WHO = "/api/method/login", "/api/method/frappe.auth.get_logged_user"
PASSWORD, ROLE = "lantern-orchid-74", "Sign-in Tester"


@pytest.fixture
def person(site):
    """A user of one's own, in a role of one's own."""
    if not frappe.db.exists("Role", ROLE):
        frappe.get_doc({"doctype": "Role", "role_name": ROLE, "desk_access": 1}).insert()
    name = f"{frappe.generate_hash(length=10)}@example.com"
    user = frappe.get_doc(
        {
            "doctype": "User", "email": name, "first_name": "Thử", "send_welcome_email": 0, "new_password": PASSWORD,
            "roles": [{"role": ROLE}], "user_type": "System User", "language": "en",
        }
    ).insert()  # fmt: skip
    frappe.db.commit()
    yield user
    frappe.set_user("Administrator")
    frappe.db.rollback()
    frappe.delete_doc("User", name, force=True, ignore_permissions=True)
    frappe.db.commit()


@pytest.fixture
def http(site):
    return Http(frappe.local.site, address())


def address() -> str:
    """An address that no other test uses."""
    parts = [int(frappe.generate_hash(length=2), 16) for _part in range(3)]
    return ".".join(str(part) for part in (10, *parts))


def login(http, user, pwd=PASSWORD):
    return http.post(LOGIN, form={"usr": user, "pwd": pwd})


def page(http, path, **form):
    """A page as a browser gets it: with the form's hidden token."""
    headers = {"Accept": "text/html", "Accept-Language": "vi"}
    shown = http.get(path, headers=headers)
    if not form:
        return shown
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown.text).group(1)
    path = urlsplit(path).path
    return http.post(path, form={**form, "csrfmiddlewaretoken": token}, headers=headers)


# guessing


def test_a_made_up_name_is_locked_like_a_real_one(person, site):
    settings = {"allow_consecutive_login_attempts": 2, "allow_login_after_fail": 60}
    said = []
    with change_settings("System Settings", settings, commit=True):
        for name in (person.name, f"no-{person.name}"):
            http = Http(frappe.local.site, address())
            said.append([(a.status_code, a.json["exc_type"], a.json.get("message"), a.json.get("_server_messages"))
                         for a in (login(http, name, "wrong") for _try in range(4))])  # fmt: skip
    assert said[0] == said[1]
    assert [kind for _status, kind, *_more in said[0]] == ["AuthenticationError"] * 3 + ["SecurityException"]


def test_one_address_does_not_try_many_names(person, http):
    settings = {"allow_consecutive_login_attempts": 2, "allow_login_after_fail": 60}
    with change_settings("System Settings", settings, commit=True):
        for number in range(3):
            assert login(http, f"x{number}-{person.name}", "wrong").status_code == 401
        assert login(http, person.name).json["exc_type"] == "SecurityException"
        assert login(Http(frappe.local.site, address()), person.name).status_code == 200


def test_a_lock_ends(site, monkeypatch):
    tracker = LoginAttemptTracker("somebody", 1, 60)
    for _try in range(2):
        tracker.add_failure_attempt()
    assert not tracker.is_user_allowed()
    later = time.time() + 61
    monkeypatch.setattr("benchless.shared_values.time.time", lambda: later)
    assert tracker.is_user_allowed()
    tracker.add_failure_attempt()
    assert tracker.is_user_allowed()


def test_passwords_are_hashed_by_django(person):
    stored = frappe.db.sql("select password from __Auth where name=%s and fieldname='password'", person.name)[0][0]
    assert stored.startswith("pbkdf2_sha256$") and PASSWORD not in stored


def test_a_weak_password_is_refused_with_advice(person, monkeypatch):
    person.reload()
    monkeypatch.setitem(frappe.flags, "in_test", False)
    person.new_password = "123456"
    with pytest.raises(frappe.ValidationError, match="common password"):
        person.save()
    person.reload()
    person.new_password = "violet-harbour-93"
    person.save()


# codes


@pytest.fixture
def codes(person):
    """Codes are asked of the person's role; yields the function that makes the code of a step from now."""
    frappe.db.set_value("Role", ROLE, "two_factor_auth", 1)
    secret = twofactor.get_otpsecret_for_(person.name)
    twofactor.set_default(f"{person.name}_otplogin", 1)
    frappe.db.commit()
    with change_settings("System Settings", {"enable_two_factor_auth": 1}, commit=True):
        yield lambda steps=0: pyotp.TOTP(secret).at(int(time.time()), steps)
    frappe.db.set_value("Role", ROLE, "two_factor_auth", 0)
    frappe.db.commit()


def give_code(http, person, code, pwd=PASSWORD):
    tmp_id = login(http, person.name, pwd).json["tmp_id"]
    return http.post(LOGIN, form={"otp": code, "tmp_id": tmp_id})


def test_a_code_counts_once(codes, person, http):
    code = codes()
    assert give_code(http, person, code).json["message"] == "Logged In"
    again = give_code(Http(frappe.local.site, address()), person, code)
    assert again.status_code == 401 and again.json["message"] == "Incorrect Verification code"
    assert give_code(Http(frappe.local.site, address()), person, codes(1)).json["message"] == "Logged In"


def test_an_older_code_is_worth_nothing_after_a_newer_one(codes, person, http):
    assert give_code(http, person, codes(1)).status_code == 200
    assert give_code(http, person, codes(0)).status_code == 401


@pytest.mark.parametrize("steps, status", [(-3, 401), (-1, 200), (1, 200), (3, 401)])
def test_clocks_may_differ_by_half_a_minute(codes, person, http, steps, status):
    assert give_code(http, person, codes(steps)).status_code == status


def test_the_right_password_does_not_reset_the_count_of_wrong_codes(codes, person):
    settings = {"allow_consecutive_login_attempts": 2, "allow_login_after_fail": 60}
    with change_settings("System Settings", settings, commit=True):
        kinds = [give_code(Http(frappe.local.site, address()), person, "000000").json["exc_type"] for _try in range(4)]
    assert kinds == ["AuthenticationError"] * 3 + ["SecurityException"]


def test_a_waiting_sign_in_ends_when_it_was_used_or_the_password_changed(codes, person, http):
    tmp_id = login(http, person.name).json["tmp_id"]
    assert http.post(LOGIN, form={"otp": codes(), "tmp_id": tmp_id}).status_code == 200
    assert http.post(LOGIN, form={"otp": codes(1), "tmp_id": tmp_id}).status_code == 401
    tmp_id = login(http, person.name).json["tmp_id"]
    frappe.utils.password.update_password(person.name, "violet-harbour-93")
    frappe.db.commit()
    assert http.post(LOGIN, form={"otp": codes(1), "tmp_id": tmp_id}).status_code == 401


def test_the_secret_is_kept_encrypted(codes, person):
    kept = twofactor.get_default(f"{person.name}_otpsecret")
    assert twofactor.get_otpsecret_for_(person.name) not in kept


def test_a_system_manager_resets_the_secret(codes, person, http):
    before = twofactor.get_otpsecret_for_(person.name)
    admin = Http(frappe.local.site, address()).sign_in("Administrator", "admin")
    answer = admin.post("/api/method/frappe.twofactor.reset_otp_secret", {"user": person.name})
    assert "OTP Secret has been reset" in answer.json["_server_messages"]
    assert give_code(http, person, codes()).status_code == 401
    frappe.db.rollback()
    assert twofactor.get_otpsecret_for_(person.name) != before


def test_with_the_user_goes_the_secret(codes, person):
    frappe.delete_doc("User", person.name, force=True)
    assert not frappe.get_all("DefaultValue", {"parent": "__2fa", "defkey": ("like", f"{person.name}%")})
    frappe.db.rollback()


def test_nobody_else_resets_it(codes, person, http):
    assert give_code(http, person, codes()).status_code == 200
    frappe.set_user(person.name)
    frappe.flags.in_test = False  # only_for lets tests pass
    try:
        with pytest.raises(frappe.PermissionError):
            twofactor.reset_otp_secret("Administrator")
    finally:
        frappe.flags.in_test = True


@pytest.fixture
def mails(monkeypatch):
    """The site can send mail; nothing leaves. Yields the queued texts."""
    account = frappe._dict(server="mail.invalid", email_id="office@example.com")
    monkeypatch.setattr("frappe.email.queue.get_outgoing_account", lambda: account)
    monkeypatch.setattr("frappe.email.queue.send_one", lambda name: None)

    def texts(address: str) -> list[str]:
        frappe.db.rollback()
        names = frappe.get_all("Email Queue Recipient", {"recipient": address}, pluck="parent")
        found = [email.message_from_string(frappe.db.get_value("Email Queue", name, "message")) for name in names]
        return [mail.get_payload()[0].get_payload(decode=True).decode() for mail in found]

    return texts


def test_the_app_is_set_up_through_a_mail(codes, person, http, mails):
    twofactor.clear_default(f"{person.name}_otplogin")
    frappe.db.commit()
    asked = login(http, person.name).json["verification"]
    assert asked["method"] == "Email" and asked["setup"] is True and "email" in asked["prompt"]
    link = re.search(r"/qrcode\?k=\w+", mails(person.name)[0]).group()
    shown = page(http, link)
    assert shown.status_code == 200 and "<svg" in shown.text and "http" not in re.search(
        r"<svg.*?</svg>", shown.text, re.S).group().replace("http://www.w3.org/2000/svg", "")  # fmt: skip
    assert page(http, "/qrcode?k=other").status_code == 410
    assert give_code(http, person, codes()).json["message"] == "Logged In"


def test_the_page_asks_for_the_code_and_shows_the_qr_code_where_no_mail_leaves(codes, person, http):
    twofactor.clear_default(f"{person.name}_otplogin")
    frappe.db.commit()
    asked = page(http, "/login", usr=person.name, pwd=PASSWORD)
    assert "Mã xác thực" in asked.text and "<svg" in asked.text
    tmp_id = re.search(r'name="tmp_id" value="(\w+)"', asked.text).group(1)
    wrong = page(http, "/login", tmp_id=tmp_id, otp="000000")
    assert wrong.status_code == 401 and "Sai mã xác thực" in wrong.text and tmp_id in wrong.text
    done = page(http, "/login", tmp_id=tmp_id, otp=codes())
    assert done.status_code == 302 and done.headers["Location"] == "/desk/"
    assert http.get(WHO).json == {"message": person.name}
    http.post("/api/method/logout")
    assert "<svg" not in page(http, "/login", usr=person.name, pwd=PASSWORD).text


def test_a_changed_password_asks_for_the_code_again(codes, person, http):
    key = person.reset_password().rpartition("key=")[2]
    frappe.db.commit()
    body = {"new_password": "violet-harbour-93", "key": key}
    answer = http.post("/api/method/frappe.core.doctype.user.user.update_password", body)
    assert answer.json["message"] == "/login" and http.get(WHO).status_code == 403
    assert give_code(http, person, codes(), "violet-harbour-93").status_code == 200


def test_the_buttons_of_a_users_form(codes, person, http, mails):
    admin = Http(frappe.local.site, address()).sign_in("Administrator", "admin")
    path, doc = "/api/method/frappe.core.doctype.user.actions.", frappe.as_json({"doctype": "User", "name": person.name})
    assert admin.post(path + "reset_otp_secret", {"doc": doc}).status_code == 200
    assert admin.post(path + "reset_password", {"doc": doc}).status_code == 200
    assert any("/update-password?key=" in text for text in mails(person.name))
    told = admin.post(path + "generate_keys", {"doc": doc}).json["_server_messages"]
    key, secret = re.search(r"API key: (\w+)\. API secret, shown only now: (\w+)", told).groups()
    assert http.get(WHO, headers={"Authorization": f"token {key}:{secret}"}).json == {"message": person.name}


# passwords


def test_asking_for_a_new_password_tells_nothing(person, site, mails):
    said = []
    for name in (person.name, f"no-{person.name}", "Administrator"):
        answer = Http(frappe.local.site, address()).post(
            "/", {"cmd": "frappe.core.doctype.user.user.reset_password", "user": name}
        )
        said.append((answer.status_code, answer.json))
    assert said[0] == said[1] == said[2] and said[0][0] == 200
    assert len(mails(person.name)) == 1


def test_only_so_many_links_an_hour(person, http, mails):
    path = "/api/method/frappe.core.doctype.user.user.reset_password"
    with change_settings("System Settings", {"password_reset_limit": 2}, commit=True):
        codes = [http.post(path, {"user": person.name}).status_code for _try in range(3)]
    assert codes == [200, 200, 429]


def test_the_pages_of_a_forgotten_password(person, http, mails):
    sent = page(http, "/forgot-password", usr=person.name)
    assert "hướng dẫn đặt mật khẩu mới đang được gửi đi" in sent.text
    link = re.search(r"/update-password\?key=\w+", mails(person.name)[0]).group()
    key = link.rpartition("=")[2]
    weak = page(http, link, key=key, new="abc", repeat="abc")
    assert weak.status_code == 200 and "dễ đoán" in weak.text
    other = page(http, link, key=key, new="violet-harbour-93", repeat="violet-harbour-94")
    assert "Mật khẩu nhập lại không khớp" in other.text
    done = page(http, link, key=key, new="violet-harbour-93", repeat="violet-harbour-93")
    assert done.status_code == 302 and http.get(WHO).json == {"message": person.name}
    assert page(http, link).status_code == 410


def test_a_site_without_mail_says_so(person, http):
    sent = page(http, "/forgot-password", usr=person.name)
    assert "Hệ thống này không gửi thư" in sent.text


# sessions


def test_a_session_ends_when_it_lies_idle(person, http, monkeypatch):
    with change_settings("System Settings", {"session_expiry": "00:30"}, commit=True):
        answer = login(http, person.name)
        assert "Max-Age=1800" in next(c for c in answer.headers.getlist("Set-Cookie") if "sid=" in c)
        now = time.time
        monkeypatch.setattr("frappe.sessions.time.time", lambda: now() + 1700)
        assert http.get(WHO).json == {"message": person.name}  # and moves the end
        monkeypatch.setattr("frappe.sessions.time.time", lambda: now() + 3400)
        assert http.get(WHO).json == {"message": person.name}
        monkeypatch.setattr("frappe.sessions.time.time", lambda: now() + 5400)
        answer = http.get(WHO)
        assert answer.status_code == 403 and answer.json["session_expired"] == 1


def test_a_planted_session_is_not_signed_in(person, site):
    attacker, victim = Http(frappe.local.site, address()), Http(frappe.local.site, address())
    page(attacker, "/login")
    planted = attacker.client.get_cookie("sid").value
    victim.client.set_cookie("sid", planted)
    assert login(victim, person.name).status_code == 200
    assert victim.client.get_cookie("sid").value != planted
    assert attacker.get(WHO).status_code == 403


def test_all_sessions_of_a_person_can_be_ended(person, site):
    clients = [Http(frappe.local.site, address()) for _client in range(2)]
    for client in clients:
        login(client, person.name)
    from frappe.sessions import clear_sessions

    clear_sessions(person.name, force=True)
    assert [client.get(WHO).status_code for client in clients] == [403, 403]


def test_expired_sessions_leave_no_files(person, http, monkeypatch):
    from frappe import sessions

    login(http, person.name)
    assert sessions._sessions_of(person.name)
    now = time.time
    monkeypatch.setattr("frappe.sessions.time.time", lambda: now() + 400 * 3600)
    sessions.clear_expired_sessions()
    assert not sessions._sessions_of(person.name)


def test_the_cookies_of_a_signed_in_user_go_with_him(person, http):
    login(http, person.name)
    assert http.client.get_cookie("user_id") and http.client.get_cookie("full_name").value == "Th%E1%BB%AD"
    http.post("/api/method/logout")
    assert not http.client.get_cookie("user_id") and not http.client.get_cookie("sid")


def test_hooks_of_signing_in_are_called_with_the_user(person, http, monkeypatch):
    called = []
    monkeypatch.setattr(frappe, "get_attr", lambda path: lambda login_manager: called.append((path, login_manager.user)))
    hooks = {event: [f"shop.{event}"] for event in ("on_login", "on_session_creation", "on_logout")}
    with patch_hooks(hooks):
        login(http, person.name)
        http.post("/api/method/logout")
    assert called == [("shop.on_login", person.name), ("shop.on_session_creation", person.name),
                      ("shop.on_logout", person.name)]  # fmt: skip


def test_a_hook_can_refuse_a_sign_in(person, http, monkeypatch):
    def refuse(login_manager):
        frappe.throw("Closed today", frappe.AuthenticationError)

    monkeypatch.setattr(frappe, "get_attr", lambda path: refuse)
    with patch_hooks({"on_login": ["shop.refuse"]}):
        assert login(http, person.name).status_code == 401
    assert http.get(WHO).status_code == 403


# forged requests and other sites


def test_a_session_with_a_token_writes_only_with_it(person, http):
    login(http, person.name)
    shown = page(http, "/desk/").text
    token = re.search(r'api[_-]csrf[^"]*"[^"]*"([\w-]{30,})"|data-csrf="([\w-]+)"|content="([\w-]{40,})"', shown)
    path, body = "/api/method/frappe.core.doctype.user.user.verify_password", {"password": PASSWORD}
    for headers in ({}, {"X-Frappe-CSRF-Token": "wrong"}):
        answer = http.post(path, body, headers=headers)
        assert answer.status_code == 400 and answer.json["exc_type"] == "CSRFTokenError"
    right = next(group for group in token.groups() if group)
    assert http.post(path, body, headers={"X-Frappe-CSRF-Token": right}).status_code == 200
    assert http.post(path, form={**body, "csrf_token": right}).status_code == 200
    assert login(http, person.name).status_code == 200  # begins a session of its own


def test_another_origin_reads_and_writes_only_when_the_site_allows_it(person, http, monkeypatch):
    elsewhere = {"Origin": "https://app.example"}
    assert http.post(LOGIN, {"usr": person.name, "pwd": PASSWORD}, headers=elsewhere).status_code == 400
    assert "Access-Control-Allow-Origin" not in http.get("/api/method/ping", headers=elsewhere).headers
    from benchless.rest import auth

    monkeypatch.setattr(auth, "allowed_origin", lambda origin: origin == "https://app.example")
    asked = http.request("OPTIONS", LOGIN, headers={**elsewhere, "Access-Control-Request-Method": "POST",
                                                    "Access-Control-Request-Headers": "content-type"})  # fmt: skip
    assert asked.headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert asked.headers["Access-Control-Allow-Headers"] == "content-type"
    answer = http.post(LOGIN, {"usr": person.name, "pwd": PASSWORD}, headers=elsewhere)
    assert answer.status_code == 200 and answer.headers["Access-Control-Allow-Credentials"] == "true"


def test_which_origins_are_allowed(site, monkeypatch):
    from benchless.rest.auth import allowed_origin

    for allowed, wanted in ((None, False), ("https://a.example", True), (["https://b.example"], False), ("*", True)):
        monkeypatch.setitem(frappe.local.conf, "allow_cors", allowed)
        assert allowed_origin("https://a.example") is wanted


def test_a_site_with_a_limit_counts_its_time(http, monkeypatch):
    from frappe import rate_limiter

    from benchless import shared_values

    monkeypatch.setattr(rate_limiter, "apply", lambda: rate_limiter.RateLimiter(0.000001, 86400))
    shared_values.add(f"window:{int(time.time()) // 86400}", 2, 86400)
    refused = http.get("/api/method/ping")
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    monkeypatch.setattr(rate_limiter, "apply", lambda: rate_limiter.RateLimiter(1000, 86400))
    allowed = http.get("/api/method/ping")
    assert allowed.status_code == 200 and int(allowed.headers["X-RateLimit-Used"]) > 0
    assert int(allowed.headers["X-RateLimit-Limit"]) == 1_000_000_000


# what errors tell


def test_a_server_error_keeps_its_words(http, monkeypatch):
    from frappe import handler

    def broken():
        raise RuntimeError("the name of a person")

    monkeypatch.setitem(handler.SHORT_NAMES, "ping", frappe.whitelist(allow_guest=True)(broken))
    answer = http.get("/api/method/ping")
    assert answer.status_code == 500 and answer.json == {"exc_type": "RuntimeError"}
    with change_settings("System Settings", {"allow_error_traceback": 1}, commit=True):
        told = http.get("/api/method/ping").json
    assert "the name of a person" in told["exception"] and "Traceback" in told["exc"]
