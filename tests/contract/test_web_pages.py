"""Web pages of an app: www/, the module beside a page, and what it may answer."""

import re
from contextlib import contextmanager
from unittest.mock import patch

import frappe
import pytest
import rest_world
from frappe.sessions import get_csrf_token
from rest_client import Http

REFUSALS = {"refused": frappe.PermissionError, "missing": frappe.PageDoesNotExistError}


def fill_page(context):
    """get_context of page_app/www/page-app-hello: a guest is sent to sign in."""
    if frappe.session.user == "Guest":
        frappe.flags.redirect_location = "/login?redirect-to=/page-app-hello"
        raise frappe.Redirect(302)
    asked = frappe.form_dict.get("as")
    if asked in REFUSALS:
        raise REFUSALS[asked]
    context.title, context.asked, context.mark = "Hello", asked or "nothing", "<b>"
    context.csrf_token = get_csrf_token()
    frappe.db.commit()
    return {"more": "kept"}


@contextmanager
def page_app():
    """The folder page_app of these tests counts as an installed app."""
    real = frappe.get_installed_apps
    with patch.object(frappe, "get_installed_apps", lambda *a, **k: [*real(*a, **k), "page_app"]):
        yield


@pytest.fixture
def pages(rest_site):
    with page_app():
        yield


def part(response, name: str) -> str:
    return re.search(rf'<p id="{name}">(.*?)</p>', response.text, re.S).group(1)


def get(client: Http, path: str, query=None):
    return client.get(path, query, headers={"Accept": "text/html"})


def test_a_page_is_filled_by_its_module_and_stands_in_its_frame(pages, owner):
    page = get(owner, "/page-app-hello", {"as": "clerk"})
    assert page.status_code == 200 and page.mimetype == "text/html"
    assert "<title>Hello</title>" in page.text
    assert (part(page, "who"), part(page, "asked")) == (rest_world.OWNER, "clerk")
    assert (part(page, "path"), part(page, "escaped")) == ("page-app-hello", "&lt;b&gt;")
    assert part(page, "more") == "kept"


def test_a_folder_shows_its_index_and_a_text_is_a_text(pages, guest):
    assert "shop" in get(guest, "/shop").text
    text = get(guest, "/page-app-plain.txt")
    assert (text.mimetype, text.text.strip()) == ("text/plain", "of page-app-plain.txt")


def test_a_guest_is_sent_to_sign_in(pages, guest):
    answer = get(guest, "/page-app-hello")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login?redirect-to=/page-app-hello")


def test_a_page_refuses(pages, owner):
    assert get(owner, "/page-app-hello", {"as": "refused"}).status_code == 403
    assert get(owner, "/page-app-hello", {"as": "missing"}).status_code == 404


@pytest.mark.parametrize("path", ["/page-app-none", "/page_app_hello.py", "/../hooks.py", "/shop/../../hooks.py"])
def test_what_is_no_page_is_not_found(pages, owner, path):
    answer = get(owner, path)
    assert answer.status_code in (400, 404) and "app_name" not in answer.text and "def get_context" not in answer.text


def test_the_token_of_the_page_lets_its_script_write(pages, rest_site):
    clerk = Http(rest_site).sign_in(rest_world.OWNER, rest_world.PASSWORD)
    token = part(get(clerk, "/page-app-hello"), "token")
    assert token == part(get(clerk, "/page-app-hello"), "token")
    ping = "/api/method/frappe.client.insert"
    doc = {"doc": {"doctype": rest_world.NOTE, "title": "From a page"}}
    refused = clerk.post(ping, doc, headers={"X-Frappe-CSRF-Token": "wrong"})
    assert (refused.status_code, refused.json["exc_type"]) == (400, "CSRFTokenError")
    assert clerk.post(ping, doc, headers={"X-Frappe-CSRF-Token": token}).status_code == 200
    rest_world.empty()
