"""Sessions, forged requests, addresses and heads of requests: what another site or a stolen link may try."""

import ast
import json
import os
import urllib.parse
from functools import cache
from pathlib import Path

import fence_table as table
import pytest

APP = Path(__file__).parents[2] / "ansinh_app"
METHOD = "/api/method/"
ON_A_BENCH = bool(os.environ.get("SECURITY_URL"))
# A read that somebody may do by GET too.
READS = {"preflight", "explain", "forecast", "verify_seal", "get", "people", "open_for_me", "overdue_for_me",
         "lines_not_paid", "count_for_reader", "export_query", "export_list", "as_pdf", "get_for_reader", "link_title",
         "no_goal_graph", "submitted_linked_docs", "search_for_reader",
         "campaigns", "find", "numbers", "batches", "places", "sheet"}  # fmt: skip


@cache
def whitelisted() -> list[tuple[str, bool]]:
    """(dotted path, whether it names POST alone) of each function of the app that can be called."""
    found = []
    for path in APP.rglob("*.py"):
        if "tests" in path.parts:
            continue
        dotted = ".".join(path.relative_to(APP.parent).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            marks = [ast.unparse(mark) for mark in getattr(node, "decorator_list", ())]
            for mark in marks:
                inside = f"{dotted}.{node.name}".partition(".")[2]
                if mark.startswith("frappe.whitelist") and inside not in table.OPEN_TO_ALL:
                    assert "allow_guest" not in mark, f"{dotted}.{node.name} is open to everybody"
                    found.append((f"{dotted}.{node.name}", "'POST'" in mark and "'GET'" not in mark))
    return found


def test_every_method_that_is_not_known_to_read_takes_post_only():
    methods = whitelisted()
    assert len(methods) > 100
    assert [path for path, post in methods if not post and path.rpartition(".")[2] not in READS] == []


def test_no_writing_method_is_reached_by_get(who):
    """A picture in a mail can make a browser GET anything."""
    manager = who("manager")
    for path, post in whitelisted():
        if post:
            answer = manager.get(METHOD + path, doc='{"name": "x"}')
            assert answer.status == 403, (path, answer.text)


def test_a_guest_calls_nothing_of_the_app(who):
    guest = who("guest")
    for path, post in whitelisted():
        answer = guest.post(METHOD + path) if post else guest.get(METHOD + path)
        assert answer.status in (401, 403), (path, answer.text)
    for page in ("/counter", "/cash-list", "/seal-check", "/leader"):
        shown = guest.raw("GET", page, None, "text/html")
        assert "login" in shown.text.lower() and "Lý Thị" not in shown.text


def cookies(answer) -> dict[str, str]:
    said = answer.headers.get_all("Set-Cookie") or []
    return {line.partition("=")[0]: line for line in said}


def test_a_session_begins_with_the_sign_in_and_travels_in_its_cookie_alone(who):
    stranger = who.anew("guest")
    planted = "sid=planted-by-somebody"
    values = json.dumps({"usr": "auditor@example.com", "pwd": "lantern-orchid-74"}).encode()
    signed = stranger.raw("POST", METHOD + "login", values, "application/json", Cookie=planted)
    assert signed.status == 200
    sid = cookies(signed)["sid"]
    assert "planted-by-somebody" not in sid and "HttpOnly" in sid and "SameSite=Lax" in sid
    if ON_A_BENCH:
        return  # which takes a sid from the address too
    value = sid.partition("=")[2].partition(";")[0]
    asked = METHOD + "frappe.auth.get_logged_user"
    for path, body in ((f"{asked}?sid={value}", None), (asked, json.dumps({"sid": value}).encode())):
        answer = who.anew("guest").raw("POST" if body else "GET", path, body, "application/json")
        assert "auditor@example.com" not in answer.text


def test_a_session_ends_where_it_should(who):
    asked = METHOD + "frappe.auth.get_logged_user"
    one = who.anew("auditor")
    assert one.get(asked).json["message"] == "auditor@example.com"
    one.post(METHOD + "logout")
    assert "auditor@example.com" not in one.get(asked).text
    two, admin = who.anew("auditor"), who("admin")
    admin.put("/api/resource/User/auditor@example.com", enabled=0)
    try:
        assert "auditor@example.com" not in two.get(asked).text
        assert two.list("Payout Batch").status in (401, 403)
    finally:
        assert admin.put("/api/resource/User/auditor@example.com", enabled=1).status == 200


def test_nothing_is_said_of_who_has_an_account(who):
    said = {}
    for usr in ("auditor@example.com", "nobody-at-all@example.com"):
        body = json.dumps({"usr": usr, "pwd": "wrong"}).encode()
        answer = who.anew("guest").raw("POST", METHOD + "login", body, "application/json")
        said[usr] = (answer.status, answer.json.get("message"))
    assert len(set(said.values())) == 1


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(who, target):
    page = who("guest").raw("GET", "/login?redirect-to=" + urllib.parse.quote(target, safe=""), None, "text/html")
    for form in ('href="', 'action="', 'value="', "location ="):
        assert f"{form}{target}" not in page.text
    inside = who.anew("officer").raw("GET", "/login?redirect-to=" + urllib.parse.quote(target, safe=""), None, "text/html")
    assert inside.status < 400 or ON_A_BENCH  # where a stranger's address with a backslash is left to the proxy


@pytest.mark.skipif(ON_A_BENCH, reason="a bench leaves hosts and heads to its proxy")
def test_hosts_and_frames_of_strangers(who):
    guest, officer = who("guest"), who.anew("officer")
    answer = guest.raw("GET", "/login", None, "text/html", Host="evil.example")
    assert "evil.example" not in answer.text
    desk = officer.raw("GET", "/desk/", None, "text/html")
    assert desk.headers["X-Frame-Options"] in ("SAMEORIGIN", "DENY")
    assert desk.headers["X-Content-Type-Options"] == "nosniff"
    assert "script-src" in desk.headers["Content-Security-Policy"]
    forged = officer.raw(
        "POST", "/api/resource/ToDo", b'{"description": "x"}', "application/json", Origin="https://evil.example"
    )
    assert forged.status == 400
    # Once the desk was shown, its session writes only with the desk's token.
    silent = officer.post("/api/resource/ToDo", description="x")
    assert silent.status == 400 and silent.json["exc_type"] == "CSRFTokenError"


def test_no_address_leads_out_of_the_site(who, told):
    """Paths as they are sent, not as a client would tidy them."""
    officer = who.anew("officer")
    paths = [
        "/assets/ansinh_app/%2e%2e/%2e%2e/hooks.py", "/assets/ansinh_app/../../hooks.py", "/counter.py",
        "/www/counter.py", "/seal-check/..%2f..%2fhooks.py", "/private/files/../../site_config.json",
        "/private/files/%2e%2e/%2e%2e/site_config.json", "/private/backups/", "/backups/", "/..%2fsite_config.json",
        f"{METHOD}frappe.utils.print_format.download_pdf?doctype=Payout%20Batch&name=../../x&format=../../etc/passwd",
    ]  # fmt: skip
    for path in paths:
        answer = officer.raw("GET", path, None, "text/html")
        assert answer.status >= 400, path
        assert "app_name" not in answer.text and "db_name" not in answer.text and "root:" not in answer.text


def test_pages_and_methods_take_any_query(who, told):
    """Hostile words in the queries of the pages and of the methods that read: an answer or a refusal, no breakdown."""
    manager, marks = who.anew("manager"), ("'\"><img src=x onerror=1>", "0000-00-00", "9999-99-99", "x" * 3000, "\x00", "-1")
    methods = ("payee_accounts.counter.people", "payee_accounts.counter.find", "payouts.signed_lists.places",
               "payouts.signed_lists.sheet", "payee_accounts.counter.numbers", "api.preflight", "api.verify_seal",
               "oversight.leader.as_pdf")  # fmt: skip
    names = ("campaign", "session", "text", "batch", "numbers", "account_request", "period", "month", "office")
    for mark in marks:
        word = urllib.parse.quote(mark)
        for page in (f"/leader?month={word}", f"/leader?office={word}", f"/seal-check?b={word}&n={word}&p={word}",
                     f"/seal-check?b={told['batches']['SEC-A STB']}&t={word}&s={word}&p={word}",
                     f"/cash-list?b={word}&n={word}", f"/counter?x={word}"):  # fmt: skip
            answer = manager.raw("GET", page, None, "text/html", Accept="text/html")
            assert answer.status < 500, (page, answer.text[:300])
            assert "<img src=x" not in answer.text, page
        for method in methods:
            answer = manager.get(f"{METHOD}ansinh_app.{method}", **dict.fromkeys(names, mark))
            assert answer.status < 500, (method, mark, answer.text[:300])
        answer = manager.get(METHOD + "ansinh_app.api.explain", beneficiary=told["people"]["hiv"], month=mark)
        assert 400 <= answer.status < 500, (mark, answer.text)
        answer = manager.get(METHOD + "ansinh_app.api.forecast", from_month=mark, to_month=mark, scenario=mark)
        assert 400 <= answer.status < 500, (mark, answer.text)
