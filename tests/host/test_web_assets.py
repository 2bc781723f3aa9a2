"""/assets/<app>/…: the files of an app's `public` folder for every visitor, and nothing beside it."""

import sys
from pathlib import Path

import frappe
import pytest

CONTRACT = Path(__file__).parents[1] / "contract"


@pytest.fixture
def client(site, monkeypatch):
    monkeypatch.syspath_prepend(str(CONTRACT))
    from rest_client import Http

    real = frappe.get_installed_apps
    monkeypatch.setattr(frappe, "get_installed_apps", lambda *a, **k: [*real(*a, **k), "page_app"])
    yield Http(frappe.local.site)
    sys.modules.pop("page_app", None)


def test_a_script_of_an_app_comes_as_a_script(client):
    answer = client.get("/assets/page_app/greet.js")
    assert (answer.status_code, answer.text) == (200, 'document.title = "Chào";\n')
    assert answer.mimetype in ("text/javascript", "application/javascript")
    assert answer.headers["Cache-Control"].startswith("public")


@pytest.mark.parametrize("path", ["page_app/none.js", "page_app/../hooks.py", "no_app/greet.js", "page_app/"])
def test_nothing_else_is_given(client, path):
    assert client.get(f"/assets/{path}").status_code == 404


def test_the_desk_includes_the_scripts_of_apps_and_of_nobody_else(site, monkeypatch):
    from benchless.desk.context import app_scripts

    real = frappe.get_hooks
    given = {"app_include_js": ["/assets/page_app/greet.js", "https://elsewhere.example/x.js", "bundle.js"]}
    monkeypatch.setattr(frappe, "get_hooks", lambda name=None, *a, **k: given.get(name) or real(name, *a, **k))
    assert app_scripts() == ["/assets/page_app/greet.js"]
