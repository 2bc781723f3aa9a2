"""The history of a document: what people said and did, what changed, what was sent; within the reader's rights."""

import json

import frappe
import pytest
from desk_browser import Browser, modified_of, text_of
from desk_world import CASE, CLERK, MANAGER, make_case, make_world


@pytest.fixture
def case(site):
    """The address of a committed case."""
    make_world()
    name = make_case(full_name="Có Lịch Sử", town="T1").name
    frappe.db.commit()
    return name


def history(user: str, name: str, **query) -> str:
    page = text_of(Browser().sign_in(user).get(f"/desk/form/{CASE}/{name}", data=query))
    return page.partition("Lịch sử")[2]


def save_with_versions(name: str, user: str, **values) -> None:
    frappe.set_test_mode(False)  # in tests Frappe keeps no versions
    frappe.set_user(user)
    doc = frappe.get_doc(CASE, name)
    rows = values.pop("rows", None)
    doc.update(values)
    if rows is not None:
        doc.rows[0].price = rows
    doc.save()
    frappe.db.commit()
    frappe.set_user("Administrator")
    frappe.set_test_mode(True)


def test_changes_are_told_in_words_also_those_of_rows(case):
    save_with_versions(case, MANAGER, phone="0988", secret="new secret", rows=990000)
    told = history(MANAGER, case)
    assert "Case Phone: — → 0988" in told
    assert "Price (dòng 1)" in told and "990.000" in told and "990,000" not in told
    assert "new secret" in told
    assert "new secret" not in history(CLERK, case) and "Secret" not in history(CLERK, case)


def test_workflow_steps_files_and_mails_stand_there(case):
    browser = Browser().sign_in(CLERK)
    browser.post(f"/desk/form/{CASE}/{case}", {"_action": "workflow:Send"})
    frappe.set_user("Administrator")
    frappe.sendmail(
        recipients=["ai@example.com"], subject="Đã nhận đơn", message="nội dung kín", reference_doctype=CASE,
        reference_name=case,
    )  # fmt: skip
    frappe.db.commit()
    told = history(CLERK, case)
    assert "Waiting" in told or "Chờ" in told
    assert "Thư “Đã nhận đơn” gửi ai@example.com: đang chờ gửi" in told and "nội dung kín" not in told
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("don.txt", b"x", content_type="text/plain")
    page = Browser().sign_in(MANAGER)
    page.post(f"/desk/form/{CASE}/{case}", {"_action": "attach", "attachment": upload})
    assert "don.txt" in history(CLERK, case)


def test_a_comment_is_removed_by_who_wrote_it_only(case):
    clerk, manager = Browser().sign_in(CLERK), Browser().sign_in(MANAGER)
    url = f"/desk/form/{CASE}/{case}"
    clerk.post(url, {"_action": "comment", "comment": "Gọi lại sau"})
    frappe.db.rollback()
    name = frappe.get_all("Comment", filters={"reference_name": case, "content": "Gọi lại sau"}, pluck="name")[0]
    assert f"uncomment:{name}" not in manager.get(url).content.decode()
    assert manager.post(url, {"_action": f"uncomment:{name}"}).status_code == 403
    assert clerk.post(url, {"_action": f"uncomment:{name}"}).status_code == 302
    assert "Gọi lại sau" not in history(CLERK, case)


def test_older_entries_come_on_demand(case):
    frappe.set_user("Administrator")
    doc = frappe.get_doc(CASE, case)
    for number in range(20):
        doc.add_comment("Comment", f"Lời {number:02}.")
    frappe.db.commit()
    short, full = history(CLERK, case), history(CLERK, case, _history="all")
    assert short.count("Lời ") == 15 and "Cũ hơn" in short
    assert full.count("Lời ") == 20 and "Cũ hơn" not in full


def test_the_page_holds_no_secret_of_a_row_or_of_a_level(case):
    """The JSON for conditions and actions is cut to what the form shows."""
    page = Browser().sign_in(CLERK).get(f"/desk/form/{CASE}/{case}")
    kept = page.content.decode().partition('<script id="d-doc" type="application/json">')[2].partition("</script>")[0]
    assert "secret" not in json.loads(kept) and json.loads(kept)["full_name"] == "Có Lịch Sử"
    assert modified_of(page)
