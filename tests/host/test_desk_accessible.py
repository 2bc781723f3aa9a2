"""The desk for everyone: axe-core's rules on every kind of page, light and dark, on a desktop and on a phone."""

import frappe
import pytest
from axe_playwright_python.sync_playwright import Axe
from desk_world import CASE, CLERK, MANAGER, PLACE, SHEET, make_case, make_sheet, make_world


@pytest.fixture
def pages(site) -> list[str]:
    make_world()
    sheet, case = make_sheet(3).name, make_case(full_name="Dễ Đọc", town="T1").name
    frappe.db.commit()
    return [
        "/desk/workspace/Desk Office", f"/desk/list/{CASE}", f"/desk/form/{CASE}/{case}", f"/desk/new/{CASE}",
        f"/desk/form/{SHEET}/{sheet}", "/desk/report/Desk Case Money", f"/desk/report-builder/{CASE}", f"/desk/tree/{PLACE}",
        "/desk/find?q=desk", f"/desk/print/{CASE}/{case}", "/desk/password",
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "scheme", "every"), [(1300, "light", 1), (1300, "dark", 3), (360, "light", 2)])
def test_pages_break_no_rule(open_page, pages, width, scheme, every):
    """All kinds of pages in light; every third (second) of them in the dark (on a phone)."""
    page = open_page(MANAGER, width=width)
    page.emulate_media(color_scheme=scheme)
    broken = {}
    for path in pages[::every]:
        page.goto(path)
        found = Axe().run(page).response["violations"]
        broken |= {f"{path}: {rule['id']}": [node["html"] for node in rule["nodes"]] for rule in found}
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert not broken


def test_the_login_page_breaks_no_rule_of_ours(server, chromium):
    page = chromium.new_page(base_url=server)
    page.goto("/login")
    found = [rule for rule in Axe().run(page).response["violations"] if rule["impact"] in ("serious", "critical")]
    page.close()
    assert found == []


def test_a_missing_value_is_tied_to_its_field_and_takes_the_focus(open_page):
    page = open_page(CLERK)
    page.goto(f"/desk/new/{CASE}")
    page.fill("[name='f.phone']", "0911")
    page.click("button[value=save]")
    page.wait_for_selector("[aria-invalid=true]")
    field = page.locator("[name='f.full_name']")
    assert page.evaluate("document.activeElement.name") == "f.full_name"
    assert page.inner_text(f"#{field.get_attribute('aria-describedby')}".replace(".", "\\."))
    assert page.get_attribute(".d-note.red", "role") == "alert"


def test_the_first_tab_stop_skips_to_the_content(open_page):
    page = open_page(CLERK)
    page.goto(f"/desk/list/{CASE}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "d-skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('#content'))")


def test_choices_of_a_link_are_told_to_a_screen_reader(open_page):
    page = open_page(CLERK)
    page.goto(f"/desk/new/{CASE}")
    page.focus("[id='f.town']")
    page.keyboard.type("bình")
    page.wait_for_function(
        """() => { const box = document.getElementById("f.town");
        const option = document.getElementById(box.getAttribute("aria-activedescendant") || "-");
        return option && option.textContent.startsWith("Bình Minh"); }"""
    )
    box = page.locator("[id='f.town']")
    assert (box.get_attribute("aria-expanded"), box.get_attribute("aria-controls")) == ("true", "d-options")
    assert page.get_attribute("#d-options [aria-selected=true]", "role") == "option"
