"""`make gallery`: the desks, forms and reports of the demo site as pictures in docs/gallery, and docs/gallery.md.

Needs a site made by `make demo` and Chromium. Nothing is changed on the site; each picture is taken by the role
whose page it is, signed in as in the demo.
"""

import argparse
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

import benchless

benchless.activate()

import frappe  # noqa: E402 - needs activate()

from ansinh_app.demo import office  # noqa: E402
from sample.pictures import WIDTH, chromium, save, serving, signed_in  # noqa: E402

DOCS = Path(__file__).resolve().parent.parent / "docs"
FOLDER = DOCS / "gallery"
MONTH = "2024-08-01"
COMMUNE = office.COMMUNE_USER["05971"]


@dataclass(frozen=True)
class Shot:
    """One picture: `key` names the file, `user` takes it at `path`; `tall` pictures the whole page."""

    part: str
    key: str
    title: str
    user: str
    path: str
    tall: int = 800
    width: int = WIDTH


DESKS = (
    ("Social Affairs Desk", office.OFFICER),
    ("Approval Desk", office.MANAGER),
    ("Commune Desk", COMMUNE),
    ("Police Desk", office.POLICE_USER),
    ("Bank Desk", office.BANK_USER),
    ("Post Desk", office.POST_USER),
    ("Treasury Desk", office.TREASURY_USER),
    ("Finance Desk", office.FINANCE_USER),
    ("Outreach Desk", office.OUTREACH_USER),
    ("Province Desk", office.PROVINCE_USER),
    ("Oversight Desk", office.AUDITOR),
)
# DocType, who opens it, which one (filters)
FORMS = (
    ("Beneficiary", office.OFFICER, {"payment_method": "Bank Account"}),
    ("Entitlement", office.OFFICER, {"docstatus": 1}),
    ("Registry Import", office.OFFICER, {}),
    ("Registry Change", office.MANAGER, {"docstatus": 1}),
    ("Duplicate Finding", office.OFFICER, {}),
    ("Identity Verification List", office.POLICE_USER, {}),
    ("Account Request", office.OFFICER, {}),
    ("Account Campaign", office.BANK_USER, {}),
    ("Bank Contract", office.MANAGER, {"docstatus": 1}),
    ("Payout Period", office.OFFICER, {"month": MONTH}),
    ("Payout Batch", office.MANAGER, {"status": "Completed"}),
    ("Payout Line", office.BANK_USER, {"status": "Paid"}),
    ("Provider Result", office.OFFICER, {}),
    ("Treasury Drawdown", office.TREASURY_USER, {"docstatus": 1}),
    ("Settlement", office.FINANCE_USER, {}),
    ("Budget Allotment", office.FINANCE_USER, {}),
    ("Recovery Case", office.MANAGER, {}),
    ("Commune Report", COMMUNE, {}),
    ("Payment Notice", COMMUNE, {}),
    ("Outreach Activity", office.OUTREACH_USER, {}),
    ("Support Case", office.OFFICER, {}),
    ("Inspection", office.MANAGER, {}),
    ("Report Schedule", office.MANAGER, {"report": "Account Coverage"}),
    ("Report Dispatch", office.MANAGER, {}),
)
PHONE = (
    ("phone-desk", "Bàn việc của xã trên điện thoại", COMMUNE, "/desk/"),
    ("phone-list", "Danh sách đối tượng trên điện thoại", COMMUNE, "/desk/list/Beneficiary"),
    ("phone-counter", "Bàn mở tài khoản tại đợt ra quân", office.BANK_USER, "/counter"),
    ("phone-leader", "Tình hình tháng trên điện thoại", office.MANAGER, f"/leader?month={MONTH}"),
)
# Who opens a form not named above: the first of these that may.
OPENERS = (office.OFFICER, office.MANAGER, office.POST_USER, office.TREASURY_USER, office.AUDITOR, COMMUNE)
# Who opens a report: the first of these that may.
READERS = (
    ("Social Affairs Officer", office.OFFICER),
    ("Social Affairs Manager", office.MANAGER),
    ("Auditor", office.AUDITOR),
)


def shots() -> tuple[list[Shot], list[str]]:
    """Every picture in the order of the page, and the DocTypes of which there can be none."""
    found = [Shot("Desks", frappe.scrub(name), _vi(name), user, "/desk/", tall=1500) for name, user in DESKS]
    title = _vi("The Month at a Glance")
    found.append(Shot("The leader's page", "leader", title, office.MANAGER, f"/leader?month={MONTH}", 1200))
    for doctype, user, filters in FORMS:
        names = frappe.get_all(doctype, filters=filters, pluck="name", order_by="creation desc", limit=200)
        name = next((each for each in names if frappe.has_permission(doctype, "read", doc=each, user=user)), None)
        if not name:
            print(f"  no {doctype} on the site: not pictured")
            continue
        path = "/desk/form/" + urllib.parse.quote(doctype) + "/" + urllib.parse.quote(name, safe="")
        found.append(Shot("Forms", f"form-{frappe.scrub(doctype).replace('_', '-')}", _vi(doctype), user, path, 1000))
    others, without = _other_forms({doctype for doctype, *_rest in FORMS})
    found += others
    found += [_report(row) for row in _reports()]
    return found + [Shot("On a phone", *shot, tall=844, width=390) for shot in PHONE], without


def _other_forms(done: set[str]) -> tuple[list[Shot], list[str]]:
    """Every other form: a document of the demo, or the empty form where the demo has none, by who may.

    Beside them the DocTypes that only an act writes, where the demo does not do that act.
    """
    found, without = [], []
    modules = frappe.get_all("Module Def", {"app_name": "ansinh_app"}, pluck="name")
    filters = {"module": ["in", modules], "istable": 0, "name": ["not in", sorted(done)]}
    for row in frappe.get_all("DocType", filters, ["name", "issingle"], order_by="module, name"):
        name = row.name if row.issingle else next(iter(frappe.get_all(row.name, pluck="name", limit=1)), None)
        wish = "read" if name else "create"
        may = (user for user in OPENERS if frappe.has_permission(row.name, wish, doc=name, user=user))
        user = next(may, None)
        if not user:
            without.append(row.name)
            continue
        doctype = urllib.parse.quote(row.name)
        path = f"form/{doctype}/{urllib.parse.quote(name, safe='')}" if name else f"new/{doctype}"
        path = f"single/{doctype}" if row.issingle else path
        key = f"form-{frappe.scrub(row.name).replace('_', '-')}"
        found.append(Shot("Forms", key, _vi(row.name), user, f"/desk/{path}", 1000))
    return found, without


def _vi(text: str) -> str:
    return frappe._(text, lang="vi")


def _reports() -> list:
    modules = frappe.get_all("Module Def", {"app_name": "ansinh_app"}, pluck="name")
    return frappe.get_all("Report", {"module": ["in", modules], "is_standard": "Yes"}, ["name"], order_by="module, name")


def _report(row) -> Shot:
    doc = frappe.get_doc("Report", row.name)
    roles = {each.role for each in doc.roles}
    user = next(user for role, user in READERS if role in roles)
    known = {
        "office": office.OFFICE,
        "month": MONTH,
        "year": 2024,
        "period": f"{office.OFFICE}-{MONTH[:7]}",
        "campaign": frappe.db.get_value("Account Campaign", {"office": office.OFFICE}, "name"),
        "as_of": "2024-09-10",
        "from_month": "2024-06-01",
        "to_month": "2024-09-01",
    }
    names = {each.fieldname for each in doc.filters}
    if row.name == "Open Cases":  # as they are today
        del known["as_of"]
    asked = {name: value for name, value in known.items() if name in names and value}
    path = f"/desk/report/{urllib.parse.quote(row.name)}?{urllib.parse.urlencode(asked)}"
    return Shot("Reports", f"report-{frappe.scrub(row.name).replace('_', '-')}", _vi(row.name), user, path, 900)


def take(address: str, wanted: list[Shot]) -> list[Shot]:
    """Take the pictures, a session for each user and width; those whose page does not answer are told."""
    taken = []
    with chromium() as browser:
        pages: dict = {}
        for shot in wanted:
            who = shot.user, shot.width
            page = pages[who] = pages.get(who) or signed_in(browser, address, shot.user, office.PASSWORD, shot.width)
            answer = page.goto(shot.path)
            if not answer or not answer.ok:
                print(f"  {shot.key}: {answer.status if answer else 'no answer'}, {shot.path}")
                continue
            page.wait_for_timeout(600)
            size = save(page.screenshot(full_page=shot.tall > 900), FOLDER / f"{shot.key}.png", shot.tall)
            print(f"  {shot.key}.png {size // 1024} KB")
            taken.append(shot)
    return taken


def write_page(taken: list[Shot], without: list[str]) -> None:
    """docs/gallery.md: the pictures by part, each under its Vietnamese title, and those from Frappe's desk."""
    unseen = ", ".join(f"*{doctype}*" for doctype in without)
    lines = [
        "# Gallery",
        "",
        "Made by `make gallery` from the demo site on benchless; do not edit. All people are made up.",
        "The official papers are in [forms.md](forms.md), the pictures of each step of a month in [roles](roles/README.md).",
        f"Without a picture: {unseen}. An act writes them, nobody enters them by hand, and the demo does not do that act.",
    ]
    part = None
    for shot in taken:
        if shot.part != part:
            part = shot.part
            lines += ["", f"## {part}"]
        lines += ["", f"### {shot.title}", "", f"![{shot.title}](gallery/{shot.key}.png)"]
    by_hand = sorted((FOLDER / "frappe").glob("*.png"))
    if by_hand:
        lines += ["", "## On Frappe's own desk", "", "Taken by hand from a bench with Frappe v15 and the same app."]
    for path in by_hand:
        title = path.stem.replace("-", " ").capitalize()
        lines += ["", f"### {title}", "", f"![{title}](gallery/frappe/{path.name})"]
    (DOCS / "gallery.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="demo.local")
    parser.add_argument("--only", default="", help="keys that begin so")
    arguments = parser.parse_args()
    frappe.init(site=arguments.site)
    frappe.connect()
    found, without = shots()
    wanted = [shot for shot in found if shot.key.startswith(arguments.only)]
    frappe.destroy()
    FOLDER.mkdir(exist_ok=True)
    with serving(arguments.site) as address:
        taken = take(address, wanted)
    if arguments.only:
        return
    write_page(taken, without)
    print(f"{len(taken)} pictures, {sum(f.stat().st_size for f in FOLDER.rglob('*.png')) // 1024} KB")


if __name__ == "__main__":
    main()
