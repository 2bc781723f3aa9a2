"""Each role of a small city does its day's work in a real browser."""

import re

import pytest

from ansinh_app.demo.office import BANK_USER, COMMUNE_USER, MANAGER, OFFICER, POST_USER, PROVINCE_USER
from tests.browser.steps import open_first, press, rows

COMMUNE = COMMUNE_USER["05971"]
NEIGHBOUR = COMMUNE_USER["05974"]


def token(page) -> str:
    return page.get_attribute("meta[name=csrf-token]", "content")


# communes


def test_a_commune_officer_sees_own_people_only_in_vietnamese(log_in):
    page = log_in(COMMUNE)
    assert page.locator("h1").first.inner_text() == "Bàn làm việc cấp xã"
    page.goto("/desk/list/Beneficiary")
    people = rows(page)
    assert people
    assert all("Phường Hoàng Văn Thụ" in row for row in people)
    assert "Họ và tên" in page.content() and "Full Name" not in page.locator("body").inner_text()


def test_the_neighbouring_commune_sees_its_own(log_in):
    page = log_in(NEIGHBOUR)
    page.goto("/desk/list/Beneficiary")
    people = rows(page)
    assert people and all("Phường Tam Thanh" in row for row in people)


def test_a_neighbours_person_is_refused_by_address(log_in):
    manager = log_in(MANAGER)
    manager.goto("/desk/list/Beneficiary?_q=Mẫu Muộn")
    assert [row for row in rows(manager) if "Mẫu Muộn" in row]
    stranger = manager.locator("table tbody tr .d-title a").first.get_attribute("href")
    page = log_in(COMMUNE)
    answer = page.goto(stranger)
    assert answer.status in (403, 404)
    assert "Mẫu Muộn" not in page.content()


def test_a_commune_officer_proposes_a_death_and_the_office_approves_it(log_in):
    page = log_in(COMMUNE)
    page.goto("/desk/list/Beneficiary")
    person = open_first(page, "Beneficiary")
    page.goto(f"/desk/new/Registry Change?beneficiary={person}&change_type=Death")
    page.fill("[name='f.occurred_on']", "02/06/2024")
    page.fill("[name='f.decision_date']", "10/06/2024")
    page.fill("[name='f.reason']", "Gia đình báo tử")
    press(page, "Lưu")
    assert re.search(r"/desk/form/Registry%20Change/CHG-", page.url)
    change = page.url
    press(page, "Đề nghị")
    assert page.locator("h1 + .d-pill").inner_text() == "Đã đề nghị"
    assert page.get_by_role("button", name="Duyệt", exact=True).count() == 0, "who proposed may not approve"

    manager = log_in(MANAGER)
    manager.goto(change)
    press(manager, "Duyệt")
    assert manager.locator("h1 + .d-pill").inner_text() == "Đã duyệt"
    manager.goto(f"/desk/form/Beneficiary/{person}")
    assert manager.locator("h1 + .d-pill").inner_text() == "Đã chết"
    assert "02/06/2024" in manager.locator("[data-fieldname=deceased_on]").inner_text()


# the office


def test_the_maker_is_not_offered_the_approval_and_is_refused_it(log_in):
    page = log_in(OFFICER)
    page.goto("/desk/list/Payout Batch?status=Pending Approval")
    name = open_first(page, "Payout Batch")
    assert page.get_by_role("button", name="Duyệt", exact=True).count() == 0
    posted = page.request.post(
        page.url,
        form={"_action": "workflow:Approve", "csrfmiddlewaretoken": page.input_value("[name=csrfmiddlewaretoken] >> nth=0")},
    )
    assert posted.status >= 400
    called = page.request.post(
        "/api/method/frappe.model.workflow.apply_workflow",
        data={"doc": {"doctype": "Payout Batch", "name": name}, "action": "Approve"},
        headers={"X-Frappe-CSRF-Token": token(page)},
    )
    assert called.status >= 400
    page.goto(f"/desk/form/Payout Batch/{name}")
    assert page.locator("h1 + .d-pill").inner_text() == "Chờ duyệt"


def test_the_manager_approves_and_the_batch_is_sealed(log_in):
    page = log_in(MANAGER)
    page.goto("/desk/list/Payout Batch?status=Pending Approval")
    assert rows(page)
    open_first(page, "Payout Batch")
    press(page, "Duyệt")
    assert page.locator("h1 + .d-pill").inner_text() == "Đã duyệt"
    seal = page.locator("[data-fieldname=seal] .d-value").inner_text().strip()
    assert re.fullmatch(r"[0-9a-f]{64}", seal)
    with page.expect_navigation():
        page.get_by_role("button", name="Kiểm tra dấu niêm").click()
    page.wait_for_selector(".d-note.green")
    assert page.locator(".d-note.green").inner_text() == f"Dấu niêm còn nguyên: {seal}"


def test_the_manager_reads_the_report_and_prints_a_list(log_in):
    page = log_in(MANAGER)
    page.goto("/desk/report/Account Coverage?office=LS")
    table = rows(page)
    assert any("Tổng cộng" in row for row in table)
    assert any("Phường Hoàng Văn Thụ" in row for row in table), "the office reports the communes of its own time"
    page.wait_for_selector(".d-chart svg rect.bar", state="attached")
    workbook = page.request.get("/desk/report/Account Coverage?office=LS&_export=xlsx")
    assert workbook.ok and workbook.body().startswith(b"PK")
    page.goto("/desk/list/Payout Batch?status=Completed")
    name = open_first(page, "Payout Batch")
    pdf = page.request.get(
        f"/api/method/frappe.utils.print_format.download_pdf?doctype=Payout Batch&name={name}&format=Payment List"
    )
    assert pdf.ok and pdf.body().startswith(b"%PDF")


def test_the_months_of_the_chart_are_in_order(log_in):
    page = log_in(OFFICER)
    page.wait_for_selector(".d-chart svg rect.bar", state="attached")
    labels = page.locator(".d-chart .x.axis text").all_text_contents()
    assert labels == ["06/2024", "07/2024"]


# those who pay, and those who watch


# The Post pays cash, and the treasury pays it for VietinBank's transfers, whose contract goes through the Post.
@pytest.mark.parametrize(
    "user, own", [(BANK_USER, {"Sacombank"}), (POST_USER, {"Bưu điện", "VietinBank"})]
)
def test_a_provider_sees_its_own_lines_and_no_category(log_in, user, own):
    page = log_in(user)
    page.goto("/desk/list/Payout Line")
    lines = rows(page)
    assert lines and all("Đối tượng bảo trợ xã hội" in row for row in lines)
    page.goto("/desk/list/Payout Batch")
    batches = rows(page)
    paid_by = {name for name in ("Sacombank", "Bưu điện", "VietinBank", "BIDV") for row in batches if name in row}
    assert paid_by == own
    assert page.goto("/desk/list/Beneficiary").status == 403
    assert page.goto("/desk/list/Entitlement").status == 403


def test_the_province_sees_sums_and_no_person(log_in):
    page = log_in(PROVINCE_USER)
    page.goto("/desk/report/Account Coverage")
    assert any("Tổng cộng" in row for row in rows(page))
    page.goto("/desk/list/Payout Period")
    assert rows(page)
    for doctype in ("Beneficiary", "Payout Line", "Payout Batch", "Payment Account"):
        assert page.goto(f"/desk/list/{doctype}").status == 403, doctype


@pytest.mark.parametrize(
    "path", ["/desk/", "/desk/list/Beneficiary", "/desk/new/Registry Change", "/desk/report/Account Coverage"]
)
def test_the_desk_works_on_a_phone(log_in, path):
    page = log_in(COMMUNE, width=390, height=844)
    page.goto(path)
    page.wait_for_selector("main, #main, .d-home, .d-list, .d-form, .d-report")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 1, f"the page is {wider} pixels wider than the phone"
