"""`make guides`: the steps of a month, as each role does them, as pictures in docs/roles/pictures.

Works on a copy of the site that `make demo` made: October is opened, prepared, approved, sent and answered by
clicking what the pages in docs/roles say, so a button that is no longer there stops the run. The site itself is not
touched. What is to be pressed next has a frame in the picture.
"""

import argparse
import os
import shutil
import tempfile
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import benchless

benchless.activate()

import frappe  # noqa: E402 - needs activate()
from frappe.model.workflow import apply_workflow  # noqa: E402

from ansinh_app import api  # noqa: E402
from ansinh_app.demo import office  # noqa: E402
from ansinh_app.demo.providers import answer  # noqa: E402
from ansinh_app.demo.workbooks import write_city  # noqa: E402
from benchless import cli  # noqa: E402
from benchless.settings import sites_folder  # noqa: E402
from sample.demo import ADMIN_PASSWORD  # noqa: E402
from sample.pictures import chromium, save, serving, signed_in  # noqa: E402

DOCS = Path(__file__).resolve().parent.parent / "docs"
FOLDER, README_PICTURE = DOCS / "roles" / "pictures", DOCS / "images" / "desk.png"
MONTH, AS_OF, DAY = "2024-10", date(2024, 9, 23), "23/09/2024"
COMMUNE, NEIGHBOUR = office.COMMUNE_USER["05971"], office.COMMUNE_USER["05974"]
MOST_BYTES = 45_000
FRAME = "outline: 4px solid #c2410c; outline-offset: 3px; border-radius: 8px"


class Walk:
    """A browser with one page for each user, and a picture whenever a step is worth one."""

    def __init__(self, browser, address: str):
        self.browser, self.address, self.pages = browser, address, {}

    def page(self, user: str, width: int = 1280):
        key = user, width
        if key not in self.pages:
            password = ADMIN_PASSWORD if user == "Administrator" else office.PASSWORD
            self.pages[key] = signed_in(self.browser, self.address, user, password, width)
        return self.pages[key]

    def open(self, user: str, path: str, width: int = 1280):
        page = self.page(user, width)
        page.goto(path)
        return page

    def whole(self, page, target: Path, tall: int) -> None:
        """The page as it is, the list of lists too."""
        page.wait_for_timeout(800)
        print(f"  {target.name} {save(page.screenshot(full_page=True), target, tall, MOST_BYTES) // 1024} KB")

    def picture(self, page, key: str, *framed, tall: int = 620, top=None) -> None:
        """What the page shows now, without the list of lists on the left, from `top` on where that is further down.

        `framed` is what to press or to look at.
        """
        for each in framed:
            each.first.evaluate(f"node => node.style.cssText += '; {FRAME}'")
        page.wait_for_timeout(400)
        phone = page.viewport_size["width"] < 500
        edge = "document.querySelector('#content')?.getBoundingClientRect().left - 20 || 0"
        left = 0 if phone else max(0, int(page.evaluate(edge)))
        high = max(0, int(top.first.bounding_box()["y"]) - 12) if top else 0
        clip = {"x": left, "y": high, "width": page.viewport_size["width"] - left, "height": tall}
        size = save(page.screenshot(clip=clip, full_page=True), FOLDER / f"{key}.png", tall, MOST_BYTES)
        print(f"  {key}.png {size // 1024} KB")


def button(page, label: str):
    return page.get_by_role("button", name=label, exact=True)


def press(page, label: str) -> None:
    """Press a button and wait for the page it leads to."""
    with page.expect_navigation():
        button(page, label).first.click()


def form(doctype: str, name: str) -> str:
    return f"/desk/form/{doctype}/{name}"


@contextmanager
def acting(site: str, user: str):
    """The copy, in this process, for what the pages need and no picture shows."""
    frappe.init(site=site)
    frappe.connect()
    frappe.local.lang = "vi"
    try:
        frappe.set_user(user)
        yield
        frappe.db.commit()
    finally:
        frappe.destroy()


def everybody(walk: Walk) -> None:
    """Signing in, and a page that is not for this user."""
    page = walk.browser.new_context(viewport={"width": 820, "height": 620}, locale="vi-VN", base_url=walk.address).new_page()
    page.goto("/login")
    walk.picture(page, "dang-nhap", tall=620)
    person = frappe.db.get_value("Beneficiary", {"administrative_unit": office.unit_name("05974")}, "name")
    walk.picture(walk.open(COMMUNE, form("Beneficiary", person)), "khong-duoc-xem", tall=360)


def change(walk: Walk) -> str:
    """The commune says that somebody died; the office approves it."""
    unit = office.unit_name("05971")
    filters = {"administrative_unit": unit, "status": "Active", "payment_method": "Bank Account"}
    person = frappe.get_all("Beneficiary", filters, pluck="name", order_by="name", limit=1)[0]
    page = walk.open(COMMUNE, f"/desk/new/Registry Change?beneficiary={person}&change_type=Death")
    page.fill("[name='f.occurred_on']", "12/09/2024")
    page.fill("[name='f.decision_date']", "16/09/2024")
    page.fill("[name='f.reason']", "Gia đình báo tử")
    press(page, "Lưu")
    walk.picture(page, "xa-de-nghi", button(page, "Đề nghị"))
    url = page.url
    press(page, "Đề nghị")
    page = walk.open(office.OFFICER, url)
    walk.picture(page, "duyet-bien-dong", button(page, "Duyệt"))
    press(page, "Duyệt")
    return person


def workbook(walk: Walk, folder: Path) -> None:
    """The commune sends its workbook and looks what is understood of it."""
    sent = next(one for one in write_city(folder) if one["unit_code"] == "05971")
    unit = office.unit_name("05971")
    page = walk.open(COMMUNE, f"/desk/new/Registry Import?administrative_unit={unit}&office={office.OFFICE}")
    page.set_input_files("input[type=file][name*=file]", sent["path"])
    press(page, "Lưu")
    with page.expect_navigation(timeout=60_000):
        button(page, "Kiểm tra bảng tính").click()
    walk.picture(page, "xa-kiem-tra-bang", button(page, "Kiểm tra bảng tính"), page.locator(".d-note"), tall=760)


# key, who reads it, report and what is asked of it
REPORTS = (
    ("tinh-tai-khoan", office.PROVINCE_USER, "Account Coverage?as_of=2024-09-10", 720),
    ("tinh-chi-tra", office.PROVINCE_USER, "Monthly Payout?month=2024-09-01", 720),
    ("tai-chinh-quyet-toan", office.FINANCE_USER, f"Budget Settlement?office={office.OFFICE}&year=2024", 720),
    ("tai-chinh-du-toan", office.FINANCE_USER, "Cost Forecast?from_month=2024-10-01&to_month=2025-09-01", 800),
    ("kho-bac-doi-chieu", office.TREASURY_USER, f"Treasury Tie-out?office={office.OFFICE}&year=2024", 820),
)


def reports(walk: Walk) -> None:
    """What those read who work with sums."""
    for key, user, path, tall in REPORTS:
        page = walk.open(user, f"/desk/report/{path}")
        page.wait_for_selector(".d-chart svg rect", state="attached")
        walk.picture(page, key, tall=tall)


def month(walk: Walk) -> str:
    """The officer opens the month, checks and prepares it."""
    page = walk.open(office.OFFICER, f"/desk/new/Payout Period?office={office.OFFICE}")
    page.fill("[name='f.month']", "01/10/2024")
    page.fill("[name='f.as_of']", DAY)
    press(page, "Lưu")
    walk.picture(page, "mo-ky", button(page, "Kiểm tra trước"), button(page, "Lập danh sách chi trả"), tall=560)
    page.goto(f"/desk/report/Payout Preflight?period={office.OFFICE}-{MONTH}")
    walk.picture(page, "kiem-tra-truoc", tall=420, top=page.locator("table"))
    page.goto(form("Payout Period", f"{office.OFFICE}-{MONTH}"))
    with page.expect_navigation(timeout=120_000):
        button(page, "Lập danh sách chi trả").click()
    page.wait_for_selector(".d-note")
    walk.picture(page, "da-lap", page.locator(".d-note"), tall=560)
    return f"{office.OFFICE}-{MONTH}"


def batch(walk: Walk, period: str) -> str:
    """One list goes from its maker to its approver and out; the desk of the README, while there is something to do."""
    walk.whole(walk.open(office.OFFICER, "/desk/"), README_PICTURE, tall=800)
    filters = {"period": period, "provider": "STB"}
    name = frappe.get_all("Payout Batch", filters, pluck="name")[0]
    page = walk.open(office.OFFICER, form("Payout Batch", name))
    walk.picture(page, "trinh-duyet", button(page, "Trình duyệt"))
    press(page, "Trình duyệt")
    manager = walk.open(office.MANAGER, form("Payout Batch", name))
    walk.picture(manager, "duyet-dot", button(manager, "Duyệt"), button(manager, "Trả lại"))
    press(manager, "Duyệt")
    page.goto(form("Payout Batch", name))
    with page.expect_navigation():
        button(page, "Xuất tệp chi trả").click()
    page.wait_for_selector("[data-fieldname=provider_file] a")
    walk.picture(page, "gui-tep", button(page, "Xuất tệp chi trả"), button(page, "Đánh dấu đã gửi"))
    press(page, "Đánh dấu đã gửi")
    return name


def drawdown(walk: Walk, site: str, period: str, sent: str) -> None:
    """The other lists go out too; then the treasury is asked for the money."""
    with acting(site, office.OFFICER):
        others = frappe.get_all("Payout Batch", {"period": period, "name": ["!=", sent]}, pluck="name", order_by="name")
    for name in others:
        for user, action in ((office.OFFICER, "Submit for Approval"), (office.MANAGER, "Approve")):
            with acting(site, user):
                apply_workflow(frappe.get_doc("Payout Batch", name), action)
        with acting(site, office.OFFICER):
            api.provider_file(name)
            apply_workflow(frappe.get_doc("Payout Batch", name), "Mark as Sent")
    page = walk.open(office.OFFICER, form("Payout Period", period))
    with page.expect_navigation():
        button(page, "Lập giấy rút dự toán").click()
    page.wait_for_selector(".d-note")
    with acting(site, office.OFFICER):
        name = frappe.get_all("Treasury Drawdown", {"period": period, "docstatus": 0}, pluck="name", order_by="name")[0]
    page = walk.open(office.MANAGER, form("Treasury Drawdown", name))
    walk.picture(page, "rut-du-toan", page.locator("[data-fieldname=drawn_on]"), button(page, "Xác nhận"), tall=700)


def bank(walk: Walk, site: str, name: str, folder: Path) -> None:
    """The bank takes its list and gives back what it did."""
    page = walk.open(office.BANK_USER, form("Payout Batch", name))
    walk.picture(page, "ngan-hang-nhan-dot", page.locator(".d-files a"), button(page, "Kiểm tra dấu niêm"))
    with acting(site, office.OFFICER):
        url = frappe.db.get_value("Payout Batch", name, "provider_file")
        ours = folder / Path(url).name
        ours.write_bytes(frappe.get_doc("File", {"file_url": url}).get_content())
    theirs = answer(ours, folder, cash=False, fail_every=400).path
    page.goto(f"/desk/new/Provider Result?batch={name}")
    page.set_input_files("input[type=file][name*=file]", theirs)
    walk.picture(page, "ngan-hang-gui-ket-qua", page.locator("[data-fieldname=file]"), button(page, "Lưu"), tall=420)
    press(page, "Lưu")
    page.on("dialog", lambda dialog: dialog.accept())
    result = page.url
    press(page, "Xác nhận")
    page.goto(result)
    walk.picture(page, "ket-qua-da-khop", page.locator("[data-fieldname=paid]"), page.locator("[data-fieldname=failed]"))


def post(walk: Walk, period: str) -> None:
    """The Post's clerk ticks a signed sheet on a phone."""
    name = frappe.get_all("Payout Batch", {"period": period, "channel": "Cash"}, pluck="name")[0]
    page = walk.open(office.POST_USER, f"/cash-list?b={name}&n=1-4", width=390)
    page.locator("#all").click()
    page.locator(".lines input[type=checkbox]").nth(1).uncheck()
    page.locator(".why select").select_option(index=1)
    walk.picture(page, "buu-dien-danh-dau", tall=844)


def counter(walk: Walk) -> None:
    """The bank's clerk at a campaign's table, on a phone; the demo's campaign has ended, the copy's goes on."""
    frappe.db.set_value("Account Campaign", {"provider": "STB"}, "status", "Running")
    frappe.db.commit()
    page = walk.open(office.BANK_USER, "/counter", width=390)
    page.wait_for_selector("#people li")
    walk.picture(page, "ngan-hang-quay", tall=700)


def police(walk: Walk) -> None:
    """One identity that the police answer."""
    unit = office.unit_name("05971")
    filters = {"status": "Requested", "administrative_unit": unit, "beneficiary": ["is", "set"]}
    found = frappe.get_all("Identity Verification", filters, pluck="name", order_by="name", limit=1)
    page = walk.open(office.POLICE_USER, form("Identity Verification", found[0]))
    walk.picture(page, "cong-an-xac-minh", button(page, "Xác nhận đúng"), button(page, "Báo sai lệch"), tall=700)


def auditor(walk: Walk) -> None:
    """A number is shown in full only for a reason."""
    line = frappe.get_all("Payout Line", {"status": "Paid"}, pluck="name", order_by="name", limit=1)[0]
    page = walk.open(office.AUDITOR, form("Payout Line", line))
    walk.picture(page, "hien-so", button(page, "Hiện số đầy đủ"), tall=560)


def system_manager(walk: Walk) -> None:
    """A user has a role, and an area that says of whom."""
    frappe.db.set_value("User", "Administrator", "language", "vi")
    frappe.db.commit()
    page = walk.open("Administrator", form("User", COMMUNE))
    walk.picture(page, "nguoi-dung", tall=420, top=page.locator("[data-fieldname=roles]"))
    name = frappe.get_all("User Permission", {"user": COMMUNE}, pluck="name")[0]
    page = walk.open("Administrator", form("User Permission", name))
    walk.picture(page, "pham-vi", tall=420)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="demo.local")
    site = parser.parse_args().site
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        sites = Path(scratch) / "sites"
        shutil.copytree(sites_folder() / site, sites / site)
        os.environ["BENCHLESS_SITES"] = str(sites)  # this process and the server from here on
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps a loop in this thread; nothing runs in it
        cli.main(["--site", site, "migrate"])  # a copy made before an update is brought up to it
        with serving(site) as address, chromium() as browser:
            walk = Walk(browser, address)
            for step in (everybody, reports, change, counter, police, auditor, system_manager):
                with acting(site, "Administrator"):
                    step(walk)
            with acting(site, "Administrator"):
                workbook(walk, Path(scratch) / "communes")
            with acting(site, "Administrator"):
                period = month(walk)
            with acting(site, "Administrator"):
                name = batch(walk, period)
            drawdown(walk, site, period, name)
            bank(walk, site, name, Path(scratch))
            with acting(site, "Administrator"):
                post(walk, period)


if __name__ == "__main__":
    main()
