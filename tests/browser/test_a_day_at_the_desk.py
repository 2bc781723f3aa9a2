"""A commune officer and the manager do their day's work in a real browser."""

from ansinh_app.demo.office import BANK_USER, COMMUNE_USER, MANAGER, OFFICER

COMMUNE = COMMUNE_USER["05971"]


def rows(page) -> list[str]:
    return [row.inner_text() for row in page.locator("table tbody tr").all()]


def test_a_commune_officer_sees_own_people_only_in_vietnamese(log_in):
    page = log_in(COMMUNE)
    assert page.locator("h1, h2").first.inner_text()
    page.goto("/desk/list/Beneficiary")
    people = rows(page)
    assert people
    assert all("Phường Hoàng Văn Thụ" in row for row in people)
    assert "Họ và tên" in page.content() and "Full Name" not in page.locator("body").inner_text()


def test_a_neighbours_person_is_refused_by_address(log_in):
    manager = log_in(MANAGER)
    manager.goto("/desk/list/Beneficiary?q=Mẫu Muộn")
    stranger = manager.locator("table tbody tr a").first.get_attribute("href")
    page = log_in(COMMUNE)
    answer = page.goto(stranger)
    assert answer.status in (403, 404)
    assert "Mẫu Muộn" not in page.content()


def test_a_commune_officer_proposes_a_change(log_in):
    page = log_in(COMMUNE)
    page.goto("/desk/list/Beneficiary")
    page.locator("table tbody tr a").first.click()
    page.wait_for_url("**/desk/form/Beneficiary/**")
    person = page.url.rsplit("/", 1)[1]
    page.goto(f"/desk/new/Registry Change?beneficiary={person}&change_type=Death")
    page.fill("[name=occurred_on]", "2024-06-02")
    page.fill("[name=reason]", "Gia đình báo tử")
    page.get_by_role("button", name="Lưu").click()
    page.wait_for_url("**/desk/form/Registry%20Change/CHG-**")
    page.get_by_role("button", name="Đề nghị").click()
    page.wait_for_load_state()
    assert "Đã đề nghị" in page.locator("body").inner_text()


def test_the_manager_approves_and_the_batch_is_sealed(log_in):
    page = log_in(MANAGER)
    page.goto("/desk/list/Payout Batch?status=Pending Approval")
    assert rows(page)
    page.locator("table tbody tr a").first.click()
    page.wait_for_url("**/desk/form/Payout%20Batch/**")
    page.get_by_role("button", name="Duyệt", exact=True).click()
    page.wait_for_load_state()
    text = page.locator("body").inner_text()
    assert "Đã duyệt" in text
    page.get_by_role("button", name="Kiểm tra dấu niêm").click()
    page.wait_for_load_state()
    assert "khớp" in page.locator("body").inner_text()


def test_the_maker_is_not_offered_the_approval(log_in):
    page = log_in(OFFICER)
    page.goto("/desk/list/Payout Batch?status=Pending Approval")
    page.locator("table tbody tr a").first.click()
    page.wait_for_url("**/desk/form/Payout%20Batch/**")
    assert page.get_by_role("button", name="Duyệt", exact=True).count() == 0


def test_the_manager_reads_the_report_and_prints_a_list(log_in):
    page = log_in(MANAGER)
    page.goto("/desk/report/Account Coverage?office=LS")
    assert any("Tổng cộng" in row for row in rows(page))
    page.wait_for_selector("svg .bar, svg rect")
    page.goto("/desk/list/Payout Batch?status=Completed")
    page.locator("table tbody tr a").first.click()
    page.wait_for_url("**/desk/form/Payout%20Batch/**")
    name = page.url.rsplit("/", 1)[1]
    pdf = page.request.get(
        f"/api/method/frappe.utils.print_format.download_pdf?doctype=Payout Batch&name={name}&format=Payment List"
    )
    assert pdf.ok and pdf.body().startswith(b"%PDF")


def test_a_bank_sees_its_own_lines_and_no_category(log_in):
    page = log_in(BANK_USER)
    page.goto("/desk/list/Payout Line")
    lines = rows(page)
    assert lines and all("Đối tượng bảo trợ xã hội" in row for row in lines)
    assert page.goto("/desk/list/Beneficiary").status == 403


def test_the_desk_works_on_a_phone(log_in):
    page = log_in(COMMUNE, width=390, height=844)
    page.goto("/desk/list/Beneficiary")
    page.wait_for_selector("table")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 1, f"the page is {wider} pixels wider than the phone"
