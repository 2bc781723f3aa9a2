"""A connected site for tests: a bench's (BENCH_SITE names it) or a fresh one on the embedded host."""

import os
import shutil

import pytest

import benchless

# Playwright's synchronous API runs an event loop in this thread; Django would take the tests for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
benchless.activate()


@pytest.fixture(scope="session")
def sites(tmp_path_factory):
    """The site's name. On a bench nothing is made; else the site lives in a temporary folder."""
    import frappe

    if os.environ.get("BENCH_SITE"):
        frappe.init(site=os.environ["BENCH_SITE"], sites_path=os.environ.get("BENCH_SITES_PATH", "."))
        frappe.connect()
        frappe.flags.in_test = True
        yield frappe.local.site
        frappe.destroy()
        return
    os.environ["BENCHLESS_SITES"] = str(tmp_path_factory.mktemp("sites"))
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    from benchless import installer, testing

    PBKDF2PasswordHasher.iterations = 1000  # the tests sign in hundreds of times
    installer.new_site("test.local", "admin", **testing.database_options())
    frappe.set_test_mode(True)
    yield "test.local"
    frappe.destroy()


@pytest.fixture()
def site(sites):
    """frappe, connected as Administrator; what a test writes and does not commit is rolled back."""
    import frappe

    if not getattr(frappe.local, "db", None):  # a request in this thread closed the connection
        frappe.init(sites)
        frappe.connect()
    frappe.set_user("Administrator")
    frappe.db.commit()
    frappe.clear_messages()
    yield frappe
    if getattr(frappe.local, "db", None):
        frappe.set_user("Administrator")
        frappe.db.rollback()
        frappe.clear_messages()


@pytest.fixture(scope="session")
def chromium():
    """One browser for every test that needs one: Playwright's synchronous API starts once in a process."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        browser = play.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()
