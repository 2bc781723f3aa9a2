"""A post clerk photographs the code of a signed sheet, ticks it off on a phone, loses the line, and nothing is lost."""

import json

from axe_playwright_python.sync_playwright import Axe

from ansinh_app.demo.office import MANAGER, OFFICER, POST_USER
from tests.browser.test_counter import call


def approve_the_cash_list(log_in) -> str:
    """The waiting cash batch of the city, approved by the manager."""
    page = log_in(MANAGER)
    filters = '[["channel","=","Cash"],["docstatus","=",0]]'
    (batch,) = call(page, "GET", f"/api/resource/Payout Batch?filters={filters}")["data"][:1]
    doc = call(page, "GET", f"/api/resource/Payout Batch/{batch['name']}")["data"]
    call(page, "POST", "/api/method/frappe.model.workflow.apply_workflow", {"doc": json.dumps(doc), "action": "Approve"})
    return batch["name"]


def test_a_signed_sheet_is_ticked_off_without_a_line(log_in):
    batch = approve_the_cash_list(log_in)
    page = log_in(POST_USER, width=390, height=844)
    page.goto(f"/cash-list?b={batch}&n=1-3")
    page.locator("#all").click()
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    assert not Axe().run(page).response["violations"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    # one was absent: why is asked at once, and the paper's sum must be that of the ticks
    page.locator(".lines input[type=checkbox]").nth(1).uncheck()
    total = "".join(filter(str.isdigit, page.locator("#ticked").inner_text().split(",")[1]))
    page.fill("#stated", "1")
    page.locator("#send").click()
    assert "Còn cần" in page.locator("#problem").inner_text()
    assert "Đối chiếu" in page.locator("#differ").inner_text() or "đối chiếu" in page.locator("#differ").inner_text()
    page.locator(".why select").select_option(index=1)
    page.fill("#stated", total)
    assert not Axe().run(page).response["violations"]

    # the line goes; the page is even loaded again, and what was ticked is there and goes out later, once
    page.context.set_offline(True)
    page.reload()
    page.locator(".lines li.absent").wait_for()
    page.locator("#send").click()
    page.get_by_text("Chưa gửi: 1").wait_for()
    page.context.set_offline(False)
    page.get_by_text("Đã gửi hết").wait_for(timeout=30000)
    office = log_in(OFFICER)
    asked = f'filters=[["batch","=","{batch}"]]&fields=["paid_count","unpaid_count"]'
    found = call(office, "GET", f"/api/resource/Signed Cash List?{asked}")
    assert [(one["paid_count"], one["unpaid_count"]) for one in found["data"]] == [(2, 1)]

    # the sheet shows what is known of it, and the paper's other code says that its seal is genuine
    page.goto(f"/cash-list?b={batch}&n=1-3")
    page.locator(".lines li.known").nth(2).wait_for()
    seal = call(office, "GET", f"/api/resource/Payout Batch/{batch}")["data"]["seal"]
    page.goto(f"/seal-check?b={batch}&s={seal[:20]}")
    assert page.locator(".verdict.good").count() == 1
    assert not Axe().run(page).response["violations"]
