"""The desk in a real browser: what its script does, that nothing breaks, and that nothing is asked of other hosts."""

import frappe
import pytest
from desk_world import CASE, CLERK, MANAGER, make_case


def committed_case(**values) -> str:
    name = make_case(**{"full_name": "Trình Duyệt", "town": "T1", "amount": 540000, **values}).name
    frappe.db.commit()
    return name


def test_a_case_is_entered_with_the_keyboard(open_page):
    page = open_page(CLERK)
    page.goto(f"/desk/new/{CASE}")
    page.fill("[name='f.full_name']", "Bàn Phím")
    page.fill("[name='f.born_on']", "05031950")
    page.focus("[id='f.town']")
    page.keyboard.type("bình")
    page.wait_for_selector(".d-options li[aria-selected=true]")
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('f.town').value === 'Bình Minh'")
    assert page.is_hidden("[name='f.reason']")
    page.select_option("[name='f.kind']", "One-off")
    assert page.is_visible("[name='f.reason']")
    page.fill("[name='f.reason']", "Lũ")
    page.fill("[name='f.amount']", "1620000")
    page.click(".d-add-row")
    page.keyboard.type("Gạo")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".d-note.success")
    assert page.input_value("[name='f.amount']") == "1.620.000"
    name = page.get_attribute(".d-form", "data-name")
    frappe.db.rollback()
    doc = frappe.get_doc(CASE, name)
    assert (doc.town, str(doc.born_on), doc.amount, [row.what for row in doc.rows]) == ("T1", "1950-03-05", 1620000, ["Gạo"])


def test_unsaved_changes_hold_the_other_buttons_back(open_page):
    page = open_page(CLERK)
    page.goto(f"/desk/form/{CASE}/{committed_case()}")
    assert page.is_enabled("button[value='workflow:Send']")
    page.fill("[name='f.phone']", "0900")
    assert page.is_disabled("button[value='workflow:Send']")


def test_an_action_shows_its_answer_and_an_error_its_reason(open_page):
    page = open_page(MANAGER)
    page.goto(f"/desk/form/{CASE}/{committed_case()}")
    page.click(".d-server-action >> nth=0")
    page.wait_for_selector(".d-note.red")
    assert page.is_enabled(".d-server-action >> nth=0")


def test_the_bulk_bar_appears_with_a_selection(open_page):
    page = open_page(CLERK)
    page.goto(f"/desk/list/{CASE}")
    assert page.is_hidden(".d-bulk")
    page.check("input[name=names] >> nth=0")
    assert page.inner_text(".d-bulk-count") == "1"


def test_the_home_page_draws_its_chart_at_once(open_page):
    page = open_page(CLERK)
    page.goto("/desk/workspace/Desk Office")
    page.wait_for_selector(".d-chart svg rect.bar", state="attached", timeout=3000)
    heights = page.eval_on_selector_all(".d-chart svg rect.bar", "bars => bars.map(bar => Number(bar.getAttribute('height')))")
    assert max(heights) > 20, "the bars are empty until the chart library's own delay has passed"


def test_a_chosen_file_is_named_beside_its_vietnamese_button(open_page):
    page = open_page(CLERK)
    page.goto(f"/desk/new/{CASE}")
    box = page.locator(".d-file").first
    assert box.inner_text().split("\n")[-1].strip().endswith("Chưa chọn tệp")
    page.set_input_files(".d-file input[type=file] >> nth=0", {"name": "đơn.txt", "mimeType": "text/plain", "buffer": b"x"})
    assert "đơn.txt" in box.inner_text()


@pytest.mark.parametrize("path", ["/desk/", f"/desk/list/{CASE}", f"/desk/new/{CASE}", "/desk/report/Desk Case Money"])
def test_pages_fit_a_phone(open_page, path):
    page = open_page(CLERK, width=390)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click(".d-menu-narrow")
    assert page.is_visible("#nav-sidebar")
