"""Police, treasury, finance, outreach, auditor and the leader do their day's work in a real browser."""

import re

import pytest

from ansinh_app.demo.office import (
    AUDITOR,
    BANK_USER,
    COMMUNE_USER,
    FINANCE_USER,
    MANAGER,
    OFFICER,
    OUTREACH_USER,
    POLICE_USER,
    POST_USER,
    PROVINCE_USER,
    TREASURY_USER,
)
from tests.browser.steps import open_first, press, rows

EVERYBODY = (
    OFFICER, MANAGER, COMMUNE_USER["05971"], BANK_USER, POST_USER, PROVINCE_USER, POLICE_USER, AUDITOR, TREASURY_USER,
    FINANCE_USER, OUTREACH_USER,
)  # fmt: skip


def state(page) -> str:
    return page.locator("h1 + .d-pill").inner_text()


def paper(page, doctype: str, name: str, form: str) -> bytes:
    answer = page.request.get(
        f"/api/method/frappe.utils.print_format.download_pdf?doctype={doctype}&name={name}&format={form}"
    )
    assert answer.ok, answer.text()[:300]
    return answer.body()


def test_every_role_begins_at_a_desk_that_teaches(log_in):
    for user in EVERYBODY:
        page = log_in(user)
        text = page.locator("main, body").first.inner_text()
        assert "Việc đang chờ tôi" in text and "Waiting for Me" not in text, user
        assert "bằng 0" in text or "Việc hằng ngày" in text or "Ở đây chỉ có" in text, f"{user}: what to do is not said"
        page.context.close()


def test_the_switch_in_the_users_menu_gives_english_and_back(log_in):
    page = log_in(FINANCE_USER)
    for language, said in (("en", "Waiting for Me"), ("vi", "Việc đang chờ tôi")):
        switch = page.locator(f"form[action='/desk/language']:has(input[name=language][value={language}])")
        assert switch.count() == 1
        with page.expect_navigation():
            switch.evaluate("form => form.requestSubmit()")
        page.goto("/desk/")
        assert said in page.locator("body").inner_text()


def test_the_police_answer_one_identity_and_see_no_registry(log_in):
    page = log_in(POLICE_USER)
    page.goto("/desk/list/Identity Verification?status=Verified")
    open_first(page, "Identity Verification")
    press(page, "Hỏi lại")
    assert state(page) == "Đã đề nghị"
    asked = page.url
    page.goto("/desk/list/Identity Verification?status=Requested")
    assert rows(page)
    page.goto(asked)
    press(page, "Xác nhận đúng")
    assert state(page) == "Đã xác thực"
    for doctype in ("Beneficiary", "Payout Line", "Payment Account"):
        assert page.goto(f"/desk/list/{doctype}").status == 403, doctype


def test_the_treasury_reads_a_drawdown_prints_it_and_ties_the_year(log_in):
    page = log_in(TREASURY_USER)
    page.goto("/desk/list/Treasury Drawdown?docstatus=1")
    name = open_first(page, "Treasury Drawdown")
    assert page.get_by_role("button", name="Lưu", exact=True).count() == 0, "the treasury changes nothing here"
    assert paper(page, "Treasury Drawdown", name, "Treasury Drawdown C2-02a").startswith(b"%PDF")
    page.goto("/desk/report/Treasury Tie-out?year=2024")
    assert any("06/2024" in row for row in rows(page))
    assert page.goto("/desk/list/Payout Line").status == 403


def test_finance_compares_the_year_and_sees_how_the_month_stands(log_in):
    page = log_in(FINANCE_USER)
    page.goto("/desk/report/Budget Settlement?office=LS&year=2024")
    assert any("Tổng cộng" in row for row in rows(page))
    page.goto("/leader?month=2024-06-01")
    assert page.locator(".number").count() == 6
    assert page.locator(".steps li.done").count() == 7, "June is paid, settled and closed"


def test_an_outreach_worker_reports_an_activity_and_tells_who_is_stuck(log_in):
    page = log_in(OUTREACH_USER)
    page.goto("/desk/new/Outreach Activity")
    page.fill("[name='f.subject']", "Mời mở tài khoản tại nhà văn hóa")
    page.select_option("[name='f.channel']", "Loudspeaker")
    page.fill("[name='f.planned_from']", "03/06/2024")
    press(page, "Lưu")
    assert re.search(r"/desk/form/Outreach%20Activity/OA-", page.url)
    page.goto("/desk/list/Outreach Activity")
    assert any("Mời mở tài khoản" in row for row in rows(page))
    assert page.goto("/desk/list/Beneficiary").status == 403


def test_the_auditor_follows_the_money_from_settlement_to_line_and_reads_masked_numbers(log_in):
    page = log_in(AUDITOR)
    page.goto("/desk/list/Settlement")
    open_first(page, "Settlement")
    page.goto("/desk/list/Payout Batch?status=Completed")
    batch = open_first(page, "Payout Batch")
    page.goto(f"/desk/list/Payout Line?batch={batch}")
    assert rows(page)
    open_first(page, "Payout Line")
    assert page.get_by_role("button", name="Hiện số đầy đủ").count() == 1
    assert not re.search(r"\b\d{12}\b", page.locator(".d-form").inner_text()), "an identity number in full"
    page.goto("/desk/report/Personal Data Log")
    assert rows(page), "who looked stands there"


def test_the_leader_sees_the_month_on_a_phone_and_switches_a_report_on(log_in):
    page = log_in(MANAGER, width=390, height=844)
    page.goto("/leader?month=2024-07-01")
    assert page.locator(".number .value").all_inner_texts()[0] != "0"
    assert any("chờ duyệt" in row or "chưa" in row for row in rows(page)), "what blocks July"
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 1, f"the page is {wider} pixels wider than the phone"
    pdf = page.request.get("/api/method/ansinh_app.oversight.leader.as_pdf?month=2024-06-01&office=")
    assert pdf.ok and pdf.body().startswith(b"%PDF")

    page = log_in(MANAGER)
    page.goto("/desk/form/Report Schedule/Monthly Payout-LS-14")
    page.check("input[type=checkbox][name='f.enabled']")
    press(page, "Lưu")
    assert state(page) == "Bật"
    press(page, "Xem trước")
    assert PROVINCE_USER in page.locator("body").inner_text()


@pytest.mark.parametrize("user", [COMMUNE_USER["05971"], BANK_USER, POLICE_USER, TREASURY_USER, OUTREACH_USER])
def test_the_leaders_page_is_not_for_everybody(log_in, user):
    assert log_in(user).goto("/leader").status == 403
