"""Lists: kept filters, columns, actions on chosen rows, files; the report view; the tree."""

import csv
import io
import json
import re

import frappe
import pytest
from desk_browser import Browser, text_of
from desk_world import CASE, CLERK, MANAGER, PLACE, STRANGER, make_case
from openpyxl import load_workbook

LIST = f"/desk/list/{CASE}".replace(" ", "%20")
BUILDER = f"/desk/report-builder/{CASE}".replace(" ", "%20")
TREE = f"/desk/tree/{PLACE}".replace(" ", "%20")
pytestmark = pytest.mark.usefixtures("desk")


def cases(count: int, **values) -> list[str]:
    frappe.set_user("Administrator")
    names = [make_case(**{"full_name": f"Chùm {number}", "amount": 100, **values}).name for number in range(count)]
    frappe.db.commit()
    return names


def stored(name: str):
    frappe.db.rollback()
    frappe.clear_document_cache(CASE, name)
    return frappe.get_doc(CASE, name)


def titles(response) -> int:
    return response.content.decode().count('class="d-title')


# filters


def test_a_filter_on_any_field_is_typed_and_shown_as_words(clerk):
    response = clerk.get(LIST, data={"_field": "amount", "_operator": ">", "_value": "1.080.000"}, follow=True)
    assert response.redirect_chain and "Case Amount lớn hơn 1.080.000" in text_of(response)
    assert 0 < titles(response) < 50
    assert titles(clerk.get(LIST, data={"_field": "town", "_operator": "set", "_value": ""}, follow=True)) == 50
    one_of = clerk.get(LIST, data={"_field": "kind", "_operator": "in", "_value": "One-off, Khác"}, follow=True)
    assert 0 < titles(one_of) < 50


def test_one_filter_is_taken_off_and_the_others_stay(clerk):
    query = {"amount": '[">",0]', "phone": '["is","not set"]', "kind": "Regular"}
    page = clerk.get(LIST, data=query).content.decode()
    addresses = re.findall(r'<li class="d-chip">.*?<a href="([^"]+)"', page)
    assert len(addresses) == 2
    without_amount = next(a for a in addresses if "amount" not in a)
    assert "kind=Regular" in without_amount and "phone" in without_amount


def test_a_hidden_field_is_neither_offered_nor_taken_as_a_filter(clerk, manager):
    assert 'value="secret"' not in clerk.get(LIST).content.decode()
    assert 'value="secret"' in manager.get(LIST).content.decode()
    answer = clerk.get(LIST, data={"_field": "secret", "_operator": "=", "_value": "only managers"}, follow=True)
    assert answer.redirect_chain[-1][0].endswith("?")
    assert clerk.get(f"{LIST}/widget", data={"_field": "secret"}).status_code == 403


def test_kept_filters_are_the_users_own_or_everybodys(clerk, manager):
    query = f'{LIST}?kind=One-off&amount=%5B">",0%5D'
    clerk.post(query, {"_action": "save_filter", "filter_name": "Của tôi"})
    clerk.post(query, {"_action": "save_filter", "filter_name": "Của chung", "shared": "1"})
    mine, theirs = text_of(clerk.get(LIST)), text_of(manager.get(LIST))
    assert "Của tôi" in mine and "Của chung" in mine
    assert "Của tôi" not in theirs and "Của chung" in theirs
    frappe.db.rollback()
    kept = frappe.get_all("List Filter", filters={"filter_name": "Của tôi"}, fields=["name", "for_user", "filters"])[0]
    assert kept.for_user == CLERK
    assert [item[:4] for item in json.loads(kept.filters)] == [[CASE, "kind", "=", "One-off"], [CASE, "amount", ">", 0]]
    assert manager.post(LIST, {"_action": f"drop_filter:{kept.name}"}).status_code == 403
    frappe.set_user(MANAGER)
    assert kept.name not in frappe.get_list("List Filter", pluck="name")
    assert not frappe.get_doc("List Filter", kept.name).has_permission("read")
    frappe.set_user("Administrator")
    link = re.search(r'href="(\?[^"]+)">Của tôi', clerk.get(LIST).content.decode()).group(1)
    assert titles(clerk.get(LIST + link.replace("&amp;", "&"))) == titles(clerk.get(query))
    clerk.post(LIST, {"_action": f"drop_filter:{kept.name}"})
    assert "Của tôi" not in text_of(clerk.get(LIST))


# columns, order, pages


def test_the_user_chooses_columns_for_the_list_and_its_files(clerk, manager):
    clerk.post(LIST, {"_action": "columns", "columns": ["phone", "urgent", "secret"]})
    page = clerk.get(LIST).content.decode()
    heads = re.findall(r"_sort=(\w+)", page.partition("<thead>")[2].partition("</thead>")[0])
    assert heads == ["full_name", "phone", "urgent", "modified"]
    assert "_sort=amount" in manager.get(LIST).content.decode(), "another user's list is as it was"
    sheet = load_workbook(io.BytesIO(clerk.get(f"{LIST}/export").content)).active
    assert [cell.value for cell in sheet[1]][2:4] == ["Case Phone", "Case Urgent"]
    clerk.post(LIST, {"_action": "columns:standard"})
    assert "_sort=amount" in clerk.get(LIST).content.decode()


def test_a_long_list_is_counted_only_so_far(clerk, monkeypatch):
    from benchless.desk.views import lists

    monkeypatch.setattr(lists, "COUNT_LIMIT", 20)
    page = clerk.get(LIST).content.decode()
    assert ">20+</a>" in page
    total = text_of(clerk.get(LIST + "?_count=1"))
    assert re.search(r"1–50 / \d\d", total) and "20+" not in total


# actions on chosen rows


def bulk(browser, action: str, names: list[str], **more) -> dict:
    response = browser.post(f"{LIST}/bulk", {"_action": action, "names": names, **more})
    assert response.status_code == 200, text_of(response)
    return {row["name"]: row for row in response.json()["results"]}


def test_every_row_says_what_became_of_it(clerk, manager):
    one, two, three = cases(3)
    bulk(clerk, "workflow:Send", [one, two])
    results = bulk(manager, "workflow:Approve", [one, two, three])
    assert [results[name]["ok"] for name in (one, two, three)] == [True, True, False]
    assert results[three]["message"]
    assert [stored(name).workflow_state for name in (one, two, three)] == ["Approved", "Approved", "Draft"]


def test_one_field_is_set_in_many_documents(clerk):
    one, two = cases(2)
    bulk(clerk, "workflow:Send", [two])
    results = bulk(clerk, "update", [one, two], field="phone", value="0911")
    assert (results[one]["ok"], results[two]["ok"]) == (True, False), "who may not edit the state changes nothing"
    assert (stored(one).phone, stored(two).phone) == ("0911", None)
    refused = clerk.post(f"{LIST}/bulk", {"_action": "update", "names": [one], "field": "secret", "value": "x"})
    assert refused.status_code == 200 and not refused.json()["results"][0]["ok"]
    assert stored(one).secret == "only managers"


def test_what_is_not_offered_is_not_done(clerk, manager):
    (name,) = cases(1)
    assert clerk.post(f"{LIST}/bulk", {"_action": "delete", "names": [name]}).status_code == 403
    assert Browser().sign_in(STRANGER).post(f"{LIST}/bulk", {"_action": "delete", "names": [name]}).status_code == 403
    assert bulk(manager, "delete", [name, "CASE-none"])["CASE-none"]["ok"] is False
    frappe.db.rollback()
    assert not frappe.db.exists(CASE, name)


def test_chosen_rows_leave_as_csv_and_as_one_pdf(clerk):
    names = cases(2, full_name="=1+1")
    response = clerk.post(LIST, {"_action": "export:csv", "names": names})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert {row[0] for row in rows[1:]} == set(names) and rows[1][1] == "'=1+1"
    pdf = clerk.post(LIST, {"_action": "print", "names": names})
    assert pdf.content.startswith(b"%PDF")
    from pypdf import PdfReader

    assert len(PdfReader(io.BytesIO(pdf.content)).pages) == 2


def test_the_bulk_bar_works_with_progress_in_the_browser(open_page):
    names = cases(12, full_name="Thanh Tiến Độ")
    clerk, manager = open_page(CLERK), open_page(MANAGER)
    for page in (clerk, manager):
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"/desk/list/{CASE}?_q=Thanh Tiến Độ")

    clerk.check(".d-check-all")
    clerk.click(".d-bulk-edit")
    clerk.select_option("#bulk-field", "town")
    clerk.locator(".d-bulk-form [role=combobox]").click()
    clerk.locator(".d-options li").first.click()
    clerk.click(".d-bulk-go")
    clerk.wait_for_selector(".d-bulk-results tbody tr:nth-child(12)")
    assert clerk.locator(".d-bulk-results .d-pill.green").count() == 12
    with clerk.expect_navigation():
        clerk.click(".d-bulk-close")
    assert {stored(name).town for name in names} <= {"T1", "T2"}

    manager.check("input[name=names] >> nth=0")
    manager.click("button[value=delete]")
    manager.wait_for_selector(".d-bulk-results .d-pill.green")
    with manager.expect_navigation():
        manager.click(".d-bulk-close")
    assert manager.locator("input[name=names]").count() == 11


def test_the_input_of_the_field_chosen_last_stays_when_an_older_answer_comes_late(open_page):
    name = cases(1, full_name="Chậm Chân")[0]
    page, held = open_page(CLERK), []
    page.goto(f"/desk/list/{CASE}?_q=Chậm Chân")
    page.route("**/widget?*", lambda route: route.continue_() if held else held.append(route))
    page.check(f"input[value='{name}']")
    page.click(".d-bulk-edit")
    page.select_option("#bulk-field", "town")
    page.wait_for_selector(".d-bulk-form [role=combobox]")
    with page.expect_response("**/widget?*") as late:
        held[0].continue_()
    late.value.finished()
    page.wait_for_timeout(100)
    assert page.is_visible(".d-bulk-form [role=combobox]")


def test_only_actions_that_fit_a_chosen_row_are_offered(open_page):
    draft, waiting = cases(2, full_name="Vừa Vặn")
    bulk(Browser().sign_in(CLERK), "workflow:Send", [waiting])
    page = open_page(CLERK)
    page.goto(f"/desk/list/{CASE}?_q=Vừa Vặn")
    page.check(f"input[value='{waiting}']")
    assert page.is_hidden("button[value='workflow:Send']") and page.is_hidden(".d-bulk-edit")
    page.check(f"input[value='{draft}']")
    assert page.is_visible("button[value='workflow:Send']") and page.is_visible(".d-bulk-edit")


def test_a_list_is_walked_with_keys(open_page):
    page = open_page(CLERK)
    page.goto(f"/desk/list/{CASE}")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Space")
    assert page.locator("tbody tr").nth(1).locator("input[name=names]").is_checked()
    page.keyboard.press("/")
    page.keyboard.type("Thử 07")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("_q="))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/desk/form/"))
    page.keyboard.press("?")
    assert page.locator("#d-keys[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("#d-keys[open]").count() == 0


# the report view


def test_a_report_is_built_grouped_and_summed(clerk):
    page = clerk.get(BUILDER, data={"_fields": "name,full_name,amount,secret", "_totals": "1", "kind": "Regular"})
    body = page.content.decode()
    assert body.count("<th scope") == 3 and "only managers" not in body
    total = sum(frappe.get_all(CASE, filters={"kind": "Regular"}, pluck="amount"))
    assert f"{int(total):,}".replace(",", ".") in text_of(page).partition("Tổng")[2]
    grouped = text_of(clerk.get(BUILDER, data={"_group": "town", "_function": "sum", "_on": "amount"}))
    assert "Bình Minh" in grouped and "An Hòa" in grouped
    assert "only managers" not in text_of(clerk.get(BUILDER, data={"_group": "secret"}))


def test_fields_of_a_table_can_be_columns(clerk):
    page = text_of(clerk.get(BUILDER, data={"_fields": "name,Desk Case Row.what,Desk Case Row.price"}))
    assert "Chăn" in page and "250.000" in page


def test_a_report_is_kept_as_frappe_keeps_it_and_opened_again(clerk, manager):
    query = "?_fields=name,full_name,amount&kind=One-off&_sort=amount%20asc&_totals=1"
    response = clerk.post(BUILDER + query, {"_action": "save", "report_name": "Ca một lần"})
    assert response["Location"].startswith("/desk/report/")
    frappe.db.rollback()
    doc = frappe.get_doc("Report", "Ca một lần")
    kept = json.loads(doc.json)
    assert (doc.report_type, doc.ref_doctype, kept["add_totals_row"]) == ("Report Builder", CASE, 1)
    assert kept["fields"] == [["name", CASE], ["full_name", CASE], ["amount", CASE]]
    assert kept["filters"] == [[CASE, "kind", "=", "One-off"]]
    assert kept["order_by"].startswith(f"`tab{CASE}`.`amount` asc")
    again = manager.get("/desk/report/Ca một lần", follow=True)
    assert again.status_code == 200 and "Ca một lần" in text_of(again)
    amounts = re.findall(r'class="d-num[^"]*">([\d.]+)<', again.content.decode())[:-1]
    assert amounts == sorted(amounts, key=lambda text: int(text.replace(".", "")))
    assert Browser().sign_in(STRANGER).get("/desk/report/Ca một lần", follow=True).status_code == 403
    exported = clerk.get(BUILDER + query + "&_export=csv").content.decode("utf-8-sig")
    assert exported.splitlines()[0] == "Mã,Whole Name,Case Amount"
    assert clerk.post(BUILDER, {"_action": "delete", "report_name": "Ca một lần"}).status_code == 302
    frappe.db.rollback()
    assert not frappe.db.exists("Report", "Ca một lần")


# the tree


def test_branches_come_when_they_are_opened(clerk):
    top = text_of(clerk.get(TREE))
    assert "Tỉnh Thử" in top and "Huyện Một" not in top
    branch = text_of(clerk.get(f"{TREE}/nodes", data={"parent": "Tỉnh Thử"}))
    assert "Huyện Một" in branch and "Xã Sâu" not in branch
    assert "Xã Sâu" in text_of(clerk.get(TREE, data={"node": "Xã Sâu"}))
    assert clerk.get(f"/desk/tree/{CASE}").status_code == 404
    assert Browser().sign_in(STRANGER).get(TREE).status_code == 403


def test_a_node_is_renamed_and_moved(manager):
    assert manager.post(TREE, {"_action": "move", "name": "Huyện Hai", "new_parent": "Huyện Một"}).status_code == 302
    frappe.db.rollback()
    assert frappe.db.get_value(PLACE, "Huyện Hai", "parent_desk_place") == "Huyện Một"
    loop = manager.post(TREE, {"_action": "move", "name": "Huyện Một", "new_parent": "Huyện Hai"}, follow=True)
    frappe.db.rollback()
    assert frappe.db.get_value(PLACE, "Huyện Một", "parent_desk_place") == "Tỉnh Thử", text_of(loop)
    manager.post(TREE, {"_action": "rename", "name": "Huyện Hai", "new_name": "Huyện Mới"})
    frappe.db.rollback()
    assert frappe.db.exists(PLACE, "Huyện Mới") and not frappe.db.exists(PLACE, "Huyện Hai")
    manager.post(TREE, {"_action": "rename", "name": "Huyện Mới", "new_name": "Huyện Hai"})
    manager.post(TREE, {"_action": "move", "name": "Huyện Hai", "new_parent": "Tỉnh Thử"})


def test_a_tree_is_walked_with_keys(open_page):
    page = open_page(CLERK)
    page.goto(f"/desk/tree/{PLACE}")
    page.locator("[role=treeitem]").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("[data-name='Huyện Một']")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.name") == "Huyện Một"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert page.is_hidden("[data-name='Huyện Một']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/desk/form/"))
