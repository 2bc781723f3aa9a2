"""The child table in a real browser: 100 rows of 12 columns as people work in a sheet."""

import frappe
import pytest
from desk_world import CLERK, SHEET, make_sheet


@pytest.fixture
def sheet(site):
    """The name of a committed document with 100 rows."""
    from desk_world import make_world

    make_world()
    frappe.set_user("Administrator")
    name = make_sheet().name
    frappe.db.commit()
    return name


def lines(name: str):
    frappe.db.rollback()
    frappe.clear_document_cache(SHEET, name)
    return frappe.get_doc(SHEET, name).lines


def cell(page, row: int, field: str):
    """The input of a column in a row (counted from 0)."""
    return page.locator("tr.d-row").nth(row).locator(f"td.d-cell input[id$='.{field}'], td.d-cell select[id$='.{field}']")


def save(page) -> None:
    page.keyboard.press("Control+s")
    page.wait_for_selector(".d-note.success")


def test_keys_move_through_the_table_and_make_rows(open_page, sheet):
    page = open_page(CLERK)
    page.goto(f"/desk/form/{SHEET}/{sheet}")
    assert page.locator("tr.d-row").count() == 100
    cell(page, 0, "who").fill("Một")
    page.keyboard.press("Enter")
    page.keyboard.type("Hai")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("Ba")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id").endswith(".town")
    cell(page, 99, "who").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Dòng mới")
    save(page)
    rows = lines(sheet)
    assert [row.who for row in rows[:3]] == ["Một", "Hai", "Ba"]
    assert (len(rows), rows[100].who, rows[50].remark) == (101, "Dòng mới", "ghi chú 51")


def test_cells_of_a_spreadsheet_are_pasted(open_page, sheet):
    page = open_page(CLERK)
    page.goto(f"/desk/form/{SHEET}/{sheet}")
    text = "Lan\tBình Minh\tOne-off\t1.080.000\t3\nHoa\tAn Hòa\tRegular\t540000\t4\nMai\tT1\tKhông có\t1\t5"
    cell(page, 98, "who").focus()
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData("text/plain", text);
        const pasted = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
        document.activeElement.dispatchEvent(pasted); }""",
        text,
    )
    page.wait_for_selector(".d-note.green")
    assert "Không có" in page.inner_text(".d-note.orange")
    save(page)
    rows = lines(sheet)
    assert [(r.who, r.town, r.kind, r.price, r.pieces) for r in rows[98:]] == [
        ("Lan", "T1", "One-off", 1080000, 3), ("Hoa", "T2", "Regular", 540000, 4), ("Mai", "T1", rows[100].kind, 1, 5),
    ]  # fmt: skip
    assert len(rows) == 101


def test_rows_are_copied_moved_and_removed(open_page, sheet):
    page = open_page(CLERK)
    page.goto(f"/desk/form/{SHEET}/{sheet}")
    row = page.locator("tr.d-row")

    def choose(number: int, entry: int):
        row.nth(number).locator(".d-row-menu").click()
        page.locator(".d-menu button").nth(entry).click()

    choose(0, 1)  # duplicate: what is no column comes along
    page.wait_for_function("document.querySelectorAll('tr.d-row').length === 101")
    choose(4, 2)  # up
    for number in (6, 7):
        row.nth(number).locator(".d-pick").check()
    page.click(".d-remove-picked")
    assert row.count() == 99
    save(page)
    after = lines(sheet)
    assert [(r.who, r.remark) for r in after[:2]] == [("Người 1", "ghi chú 1")] * 2
    assert [r.pieces for r in after[:8]] == [1, 1, 2, 4, 3, 5, 8, 9]
    assert [r.idx for r in after] == list(range(1, 100))


def test_a_row_opens_as_a_form_on_a_phone(open_page, sheet):
    page = open_page(CLERK, width=360)
    page.goto(f"/desk/form/{SHEET}/{sheet}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("tr.d-row").nth(2).locator("td.d-cell").first.click()
    dialog = page.locator(".d-row-dialog[open]")
    dialog.locator("[id$='.remark']").fill("trên điện thoại")
    dialog.locator("[id$='.price']").fill("1.000")
    dialog.locator(".d-row-after").click()
    assert dialog.locator("[id$='.who']").input_value() == "Người 4"
    dialog.locator("[data-close-dialog]").click()
    save(page)
    row = lines(sheet)[2]
    assert (row.who, row.remark, row.price) == ("Người 3", "trên điện thoại", 1000)


def test_head_and_first_column_stay_in_sight(open_page, sheet):
    page = open_page(CLERK, width=1000)
    page.goto(f"/desk/form/{SHEET}/{sheet}")
    place = page.evaluate(
        """() => { const box = document.querySelector(".d-grid .d-scroll"); box.scrollTo(600, 900);
        const top = box.getBoundingClientRect(), head = box.querySelector("th:nth-child(2)").getBoundingClientRect();
        const scrolled = [box.scrollLeft > 100, box.scrollTop > 100];
        return { scrolled, down: head.top - top.top, right: head.left - top.left }; }"""
    )
    assert place["scrolled"] == [True, True] and abs(place["down"]) <= 2 and place["right"] < 70


def test_enter_in_a_field_presses_no_button(open_page, sheet):
    page = open_page(CLERK)
    page.goto(f"/desk/form/{SHEET}/{sheet}")
    page.fill("[name='f.title']", "Khác")
    page.press("[name='f.title']", "Enter")
    assert page.locator(".d-note.success").count() == 0 and page.input_value("[name='f.title']") == "Khác"
    frappe.db.rollback()
    assert frappe.db.get_value(SHEET, sheet, "title") == "Bảng thử"
