"""What an app hears of the desk's lists (`before_request`) and says to the doctor (`site_checks`)."""

import frappe
import pytest
from desk_browser import text_of
from desk_world import CASE
from frappe.tests.utils import patch_hooks

from benchless import doctor

LIST = f"/desk/list/{CASE}".replace(" ", "%20")
BUILDER = f"/desk/report-builder/{CASE}".replace(" ", "%20")
pytestmark = pytest.mark.usefixtures("desk")


def nothing_above_a_million() -> None:
    """A hook: another question, and another column under the same name."""
    form = frappe.local.form_dict
    if form.get("doctype") == CASE and form.get("cmd") == "frappe.desk.reportview.get":
        form["filters"] = [*form["filters"], [CASE, "amount", "<", 0]]
        frappe.msgprint("Nothing above a million here", alert=True)


def test_a_list_and_a_report_ask_what_the_hook_makes_of_it(clerk):
    for page in (LIST, BUILDER):
        assert clerk.get(page).content.count(b"/desk/form/") > 5
        with patch_hooks({"before_request": [nothing_above_a_million]}):
            assert clerk.get(page).content.count(b"/desk/form/") <= 1, text_of(clerk.get(page))
            said = text_of(clerk.get(page)).count("Nothing above a million here")
            assert said == (page == LIST)


def test_the_doctor_says_what_an_app_finds(monkeypatch):
    monkeypatch.setattr(frappe, "get_attr", lambda path: lambda: iter([f"{path} is low"]))
    with patch_hooks({"site_checks": ["boiler.water"]}):
        assert list(doctor.of_apps()) == ["boiler: boiler.water is low"]
