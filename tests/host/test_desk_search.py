"""The search in everything: documents by their words without accents, within the reader's rights."""

import frappe
import pytest
from desk_browser import Browser, text_of
from desk_world import CLERK, MANAGER, SHEET, STRANGER, make_sheet, make_world
from frappe.utils import global_search


@pytest.fixture(autouse=True)
def sheet(site):
    make_world()
    name = make_sheet(0, title="Nguyễn Văn An Đức", secret="Kín Đáo 0987654321").name
    frappe.db.commit()
    yield name
    frappe.set_user("Administrator")
    frappe.delete_doc(SHEET, name, ignore_missing=True)
    frappe.db.commit()


def found(user: str, words: str) -> str:
    return text_of(Browser().sign_in(user).get("/desk/search", data={"s": words}))


@pytest.mark.parametrize("words", ["Nguyen Van A", "duc an", "NGUYỄN VĂN", "văn đức"])
def test_a_document_is_found_by_the_beginnings_of_its_words(sheet, words):
    assert "Nguyễn Văn An Đức" in found(CLERK, words)
    assert sheet in text_of(Browser().sign_in(CLERK).get("/desk/find", data={"q": words}))


def test_words_that_do_not_all_fit_find_nothing():
    assert "Nguyễn Văn An Đức" not in found(CLERK, "Nguyen Van Binh")
    assert "Nguyễn Văn An Đức" not in found(CLERK, "guyen")


def test_it_is_found_by_its_name(sheet):
    assert "Nguyễn Văn An Đức" in found(CLERK, sheet.lower())


def test_who_may_not_read_the_kind_of_document_finds_none():
    assert "Nguyễn Văn An Đức" not in found(STRANGER, "Nguyen Van A")


def test_a_field_above_the_readers_level_does_not_betray_the_document(sheet):
    assert "Nguyễn Văn An Đức" not in found(CLERK, "kin dao")
    assert "Nguyễn Văn An Đức" not in found(CLERK, "nguyen 4321"), "words of both levels together"
    assert "Nguyễn Văn An Đức" in found(MANAGER, "kin dao")
    assert "Nguyễn Văn An Đức" in found(MANAGER, "nguyen 4321")
    frappe.set_user(MANAGER)
    assert "Kín" not in str(global_search.search("kin dao", doctype=SHEET)), "the answer's text is for every reader"


def test_what_is_deleted_is_not_found(sheet):
    frappe.set_user("Administrator")
    frappe.delete_doc(SHEET, sheet)
    frappe.db.commit()
    assert "Nguyễn Văn An Đức" not in found(CLERK, "Nguyen Van A")


def test_a_site_from_before_the_index_gets_one(sheet):
    global_search.reset()
    assert not global_search.search("Nguyen Van A", doctype=SHEET)
    global_search.rebuild_missing()
    assert [row.name for row in global_search.search("Nguyen Van A", doctype=SHEET)] == [sheet]


def test_lists_are_found_without_accents_too(open_page):
    page = open_page(CLERK)
    page.keyboard.press("Control+k")
    page.wait_for_selector("#search-input-command:focus")
    page.keyboard.type("desk sheet")
    page.wait_for_selector("#command-results-list a")
    assert "Desk Sheet" in page.inner_text("#command-results-list")
