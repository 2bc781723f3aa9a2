"""A bank clerk takes three families on a phone, loses the line in between, and neither loses nor doubles anything."""

import json
import unicodedata
from datetime import date

from axe_playwright_python.sync_playwright import Axe

from ansinh_app.demo.office import BANK_USER, OFFICE, OFFICER

CITY = "178-20210701"
TAKE = "**/api/method/ansinh_app.payee_accounts.counter.take"


def call(page, method: str, address: str, body: dict | None = None):
    """An answer of the REST interface, asked by a script of the page as Frappe's own pages ask."""
    token = page.locator("meta[name=csrf-token]").get_attribute("content")
    answer = page.request.fetch(
        address,
        method=method,
        headers={
            "X-Frappe-CSRF-Token": token,
            "Content-Type": "application/json",
            "Accept": "application/json",
        },
        data=json.dumps(body) if body is not None else None,
    )
    assert answer.ok, answer.text()
    return answer.json()


def invite_the_city(page) -> str:
    """A campaign of the bank today, and a drafted request for everyone without an account."""
    day = date.today().isoformat()
    values = {
        "office": OFFICE, "campaign_title": "Đợt thử trên điện thoại", "provider": "STB", "starts_on": day, "ends_on": day,
        "status": "Running",
        "sessions": [{"held_on": day, "from_time": "07:30:00", "administrative_unit": CITY, "place": "Nhà văn hoá"}],
    }  # fmt: skip
    campaign = call(page, "POST", "/api/resource/Account Campaign", values)["data"]
    action = "ansinh_app.payee_accounts.doctype.account_campaign.account_campaign.invite"
    drafted = call(page, "POST", f"/api/method/{action}", {"doc": json.dumps(campaign)})["message"]["drafted"]
    assert drafted >= 3
    return campaign["name"]


def fill(page) -> None:
    """Tick every paper and the consent."""
    for box in page.locator("#person fieldset input[type=checkbox]").all():
        box.check()
    page.check("#consent")


def without_marks(text: str) -> str:
    plain = "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
    return plain.replace("Đ", "D").replace("đ", "d").lower()


def test_three_families_and_a_lost_line(log_in):
    office = log_in(OFFICER)
    campaign = invite_the_city(office)
    page = log_in(BANK_USER, width=390, height=844)
    page.goto(f"/counter?campaign={campaign}")
    page.locator(".person").nth(2).wait_for()
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    names = [one.inner_text().split("\n")[0] for one in page.locator(".person .name").all()]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    small = [box["height"] for one in page.locator("button:visible, select:visible, input:visible").all()
             if (box := one.bounding_box()) and box["height"] < 44]  # fmt: skip
    assert not small

    # the first with the line; what is missing is said before anything is sent
    assert not Axe().run(page).response["violations"]
    page.locator(".person").nth(0).click()
    page.locator("#done").click()
    assert not Axe().run(page).response["violations"]
    assert "Còn cần" in page.locator("#person [role=alert]").inner_text()
    fill(page)
    page.locator("#done").click()
    page.get_by_text("Đã gửi hết").wait_for()

    # the second is half filled in when the line goes; it comes back as it was left
    page.reload()
    page.locator(".person").nth(1).click()
    page.locator("#person fieldset input[type=checkbox]").first.check()
    page.context.set_offline(True)
    page.keyboard.press("Escape")
    page.locator(".person .state.draft").click()
    assert page.locator("#person fieldset input[type=checkbox]").first.is_checked()
    fill(page)
    page.locator("#done").click()
    page.get_by_text("Chưa gửi: 1").wait_for()

    # the third is found without accents and without the line; the page is even loaded again
    page.fill("#search", without_marks(names[2]))
    page.locator(".person", has_text=names[2]).first.click()
    fill(page)
    page.locator("#done").click()
    page.get_by_text("Chưa gửi: 2").wait_for()
    page.reload()
    page.get_by_text("Chưa gửi: 2").wait_for()
    assert page.locator("#count").inner_text().startswith("Xong 3/")

    # back: the first answer is lost on the way although the server has done its part
    lost = []

    def lose_the_answer(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    page.context.route(TAKE, lose_the_answer)
    page.context.set_offline(False)
    page.get_by_text("Đã gửi hết").wait_for(timeout=30000)
    assert lost == [200]

    visits = call(
        office,
        "GET",
        f'/api/resource/Campaign Visit?filters=[["campaign","=","{campaign}"]]&fields=["full_name","outcome"]',
    )
    assert sorted(one["full_name"] for one in visits["data"]) == sorted(names[:3])
    assert {one["outcome"] for one in visits["data"]} == {"Papers Taken"}
    kept = page.evaluate("JSON.stringify(Object.entries(localStorage))")
    assert names[0] in kept  # the names of what was sent last are shown
    assert not any(len(word) == 12 and word.isdigit() for word in kept.replace('"', " ").split())
