"""`make forms`: every official paper from the demo site as a picture in docs/forms, and the page docs/forms.md.

Needs a site made by `make demo` and pdftoppm (Debian: apt install poppler-utils). Nothing is written on the site:
papers of documents the demo's months do not have are printed from documents that are never saved.
"""

import argparse
import itertools
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import benchless

benchless.activate()

import frappe  # noqa: E402 - needs activate()

DOCS = Path(__file__).resolve().parent.parent / "docs"
OFFICE, MONTH = "LS", "2024-07"
DPI, GREYS = 72, 8
LAW, SECONDARY, DESIGN, RECALL = "law", "secondary", "design", "recall"


@dataclass(frozen=True)
class Form:
    """One picture: `key` names the file, `source` and `mark` say how sure its layout is, `page` is pictured."""

    key: str
    title: str
    print_format: str
    source: str
    mark: str
    document: object
    page: int = 1


def saved(doctype: str, filters: dict, skip: int = 0):
    """The document of the demo that a form is printed from."""
    names = frappe.get_all(doctype, filters=filters, pluck="name", order_by="name", limit=skip + 1)
    if len(names) <= skip:
        raise SystemExit(f"The site has no {doctype} with {filters}: run `make demo SERVE=0` first.")
    return frappe.get_doc(doctype, names[skip])


_numbers = itertools.count(1)


def unsaved(doctype: str, **values):
    """A document for one paper only, decided so that it carries no draft mark."""
    document = frappe.get_doc({"doctype": doctype, **values})
    document.name = f"{doctype} {next(_numbers)}"
    document.docstatus = 1
    return document


def period():
    return saved("Payout Period", {"office": OFFICE, "month": f"{MONTH}-01"})


def entitlement(*categories: str):
    return saved("Entitlement", {"docstatus": 1, "category": ("in", categories)})


def application(category: str):
    """Somebody who applies for a category nobody of the demo draws."""
    person = saved("Beneficiary", {"office": OFFICE})
    return unsaved("Entitlement", beneficiary=person.name, category=category, office=OFFICE, quantity=2)


def change(change_type: str, number: str, **values):
    term = entitlement("BTXH-06B1")
    values = {"entitlement": term.name, "reason": "không còn đủ điều kiện hưởng"} | values
    return unsaved(
        "Registry Change",
        beneficiary=term.beneficiary,
        office=OFFICE,
        change_type=change_type,
        decision_no=number,
        decision_date=f"{MONTH}-08",
        effective_month="2024-08-01",
        occurred_on=f"{MONTH}-02",
        **values,
    )


def account_request():
    person = saved("Beneficiary", {"office": OFFICE, "payment_method": "Cash", "status": "Active"})
    return unsaved(
        "Account Request",
        beneficiary=person.name,
        administrative_unit=person.administrative_unit,
        request_kind="New Account",
        provider="STB",
        holder_type="Self",
        consent=1,
    )


def with_mandate():
    rows = frappe.get_all(
        "Beneficiary Representative",
        filters={"capacity": "Authorised", "parenttype": "Beneficiary"},
        pluck="parent",
        order_by="parent",
        limit=1,
    )
    return frappe.get_doc("Beneficiary", rows[0]) if rows else saved("Beneficiary", {"office": OFFICE})


def grant():
    person = saved("Beneficiary", {"office": OFFICE})
    return unsaved(
        "One-off Grant",
        beneficiary=person.name,
        office=OFFICE,
        grant_type="MT-BTXH",
        amount=10_000_000,
        decision_no="7/QĐ-UBND",
        decision_date=f"{MONTH}-08",
        occurred_on=f"{MONTH}-02",
    )


def money_back():
    return unsaved(
        "Treasury Return",
        office=OFFICE,
        period=period().name,
        programme="BTXH",
        source="Money Not Paid Out",
        provider="VNPOST",
        returned_on=f"{MONTH}-29",
        restores_allotment=1,
        amount=540_000,
        reason="Đối tượng chết, không còn người nhận",
    )


def forms() -> list[Form]:
    """All forms of DOMAIN §3.2, then the letters and notices, in the order of the page."""
    month = period().name
    batch = {"period": month, "docstatus": 1}
    decree, care = "Phụ lục NĐ 20/2021/NĐ-CP", "Điều 5 NĐ 20/2021/NĐ-CP"
    f1 = "Tờ khai đề nghị trợ giúp xã hội – Mẫu"
    declared, decided = "Declaration of an Entitlement", "Decision of a Change"
    return [
        Form("f1-1a", f"F1 {f1} 1a", declared, decree, LAW, application("BTXH-01A")),
        Form("f1-1b", f"F1 {f1} 1b", declared, decree, LAW, application("BTXH-08")),
        Form("f1-1c", f"F1 {f1} 1c", declared, decree, LAW, application("BTXH-04")),
        Form("f1-1d", f"F1 {f1} 1d", declared, decree, LAW, application("BTXH-05C")),
        Form("f1-1dd", f"F1 {f1} 1đ", declared, decree, LAW, entitlement("BTXH-06B1", "BTXH-06A1")),
        Form(
            "f2",
            "F2 Văn bản đề nghị hưởng trợ cấp hưu trí xã hội – Mẫu 01",
            declared,
            "NĐ 176/2025/NĐ-CP",
            SECONDARY,
            application("HTXH-75"),
        ),
        Form(
            "f3",
            "F3 Đơn đề nghị mở tài khoản nhận trợ cấp",
            "Account Application",
            "Kế hoạch TP. Lạng Sơn 2024, IV.9",
            DESIGN,
            account_request(),
        ),
        Form(
            "f4",
            "F4 Giấy ủy quyền nhận trợ cấp",
            "Mandates of a Person",
            "Điều 562, 563 Bộ luật Dân sự",
            DESIGN,
            with_mandate(),
        ),
        Form(
            "f5",
            "F5 Danh sách chi trả tiền mặt, ký nhận",
            "Payment List",
            "Danh sách cấp huyện trước NĐ 20",
            SECONDARY,
            saved("Payout Batch", batch | {"channel": "Cash"}),
        ),
        Form(
            "f5-last",
            "F5 – trang cuối: cộng, chữ ký, niêm phong",
            "Payment List",
            "như trên",
            SECONDARY,
            saved("Payout Batch", batch | {"channel": "Cash"}),
            page=-1,
        ),
        Form(
            "f5b",
            "F5b Danh sách chi trả qua tài khoản",
            "Payment List",
            "Điều 34 NĐ 20/2021/NĐ-CP",
            DESIGN,
            saved("Payout Batch", batch | {"provider": "CTG", "channel": "Bank Transfer"}),
        ),
        Form(
            "f6",
            "F6 Danh sách tăng, giảm, điều chỉnh",
            "Increases and Decreases",
            "Khoản 4 Điều 34 NĐ 20/2021/NĐ-CP",
            DESIGN,
            period(),
        ),
        Form(
            "f7",
            "F7 Bảng tổng hợp kinh phí",
            "Funding Summary",
            "Kế hoạch TP. Lạng Sơn 2024, IV.6",
            DESIGN,
            period(),
        ),
        Form(
            "f8",
            "F8 Hợp đồng chi trả",
            "Payout Contract",
            "Khoản 3 Điều 34 NĐ 20/2021/NĐ-CP",
            LAW,
            saved("Bank Contract", {"provider": "STB"}),
        ),
        Form(
            "f8-annex",
            "F8 – phụ lục hợp đồng",
            "Contract Annexes",
            "như trên",
            DESIGN,
            saved("Bank Contract", {"provider": "STB"}),
        ),
        Form(
            "f9",
            "F9 Bảng thanh toán cho đối tượng thụ hưởng – Mẫu 09",
            "Payee Table Form 09",
            "NĐ 11/2020/NĐ-CP",
            SECONDARY,
            saved("Treasury Drawdown", {"period": month, "receiver": "VNPOST", "docstatus": 1}),
        ),
        Form(
            "f9-last",
            "F9 – phần II và chữ ký",
            "Payee Table Form 09",
            "như trên",
            SECONDARY,
            saved("Treasury Drawdown", {"period": month, "receiver": "VNPOST", "docstatus": 1}),
            page=-1,
        ),
        Form(
            "f10",
            "F10 Giấy rút dự toán – C2-02a/NS",
            "Treasury Drawdown C2-02a",
            "NĐ 11/2020/NĐ-CP, nay NĐ 347/2025",
            RECALL,
            saved("Treasury Drawdown", {"period": month, "receiver": "VNPOST", "docstatus": 1}),
        ),
        Form(
            "c2-05a",
            "Giấy nộp trả kinh phí – C2-05a/NS",
            "Treasury Return C2-05a",
            "NĐ 11/2020/NĐ-CP, nay NĐ 347/2025",
            SECONDARY,
            money_back(),
        ),
        Form(
            "f11",
            "F11 Bảng đối soát, quyết toán",
            "Settlement Sheet",
            "Khoản 5 Điều 34 NĐ 20/2021/NĐ-CP",
            DESIGN,
            saved("Settlement", {"period": month, "provider": "VNPOST"}),
        ),
        Form(
            "f12-grant",
            "F12 Quyết định hưởng trợ cấp",
            "Decision of an Entitlement",
            care,
            SECONDARY,
            entitlement("BTXH-06B1"),
        ),
        Form("f12-stop", "F12 Quyết định thôi hưởng", decided, care, SECONDARY, change("Stop", "5/QĐ-UBND")),
        Form(
            "f12-adjust",
            "Quyết định điều chỉnh mức hưởng",
            decided,
            care,
            DESIGN,
            change("Adjust", "6/QĐ-UBND", category="BTXH-06A1"),
        ),
        Form(
            "f12-suspend",
            "Quyết định tạm dừng",
            decided,
            "Điều 2 TT 02/2021/TT-BLĐTBXH",
            DESIGN,
            change("Suspend", "8/QĐ-UBND", reason="không nhận tiền 3 tháng liên tục"),
        ),
        Form(
            "f12-one-off",
            "Quyết định hỗ trợ chi phí mai táng",
            "Decision of a Grant",
            "Điều 11 NĐ 20/2021/NĐ-CP",
            DESIGN,
            grant(),
        ),
        Form(
            "recovery",
            "Thông báo thu hồi",
            "Recovery Notice",
            "TT 02/2021/TT-BLĐTBXH",
            DESIGN,
            saved("Recovery Case", {"office": OFFICE}),
        ),
        Form(
            "report-letter",
            "Công văn báo cáo tháng gửi cấp tỉnh",
            "Monthly Report Letter",
            "Kế hoạch TP. Lạng Sơn 2024, IV.1",
            DESIGN,
            period(),
        ),
        Form(
            "communes-letter",
            "Công văn gửi các xã, phường",
            "Letter to the Communes",
            "Công văn UBND huyện Bình Sơn 2023",
            SECONDARY,
            period(),
        ),
        Form(
            "communes-table",
            "– bảng tổng hợp kèm theo",
            "Letter to the Communes",
            "như trên",
            SECONDARY,
            period(),
            page=-1,
        ),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="demo.local")
    parser.add_argument("--only", default="", help="keys of forms, with commas")
    options = parser.parse_args()
    if not shutil.which("pdftoppm"):
        print("pdftoppm is needed: apt install poppler-utils", file=sys.stderr)
        return 1
    frappe.init(site=options.site)
    frappe.connect()
    frappe.local.lang = "vi"
    wanted = set(filter(None, options.only.split(",")))
    (DOCS / "forms").mkdir(exist_ok=True)
    every = forms()
    for form in every:
        if not wanted or form.key in wanted:
            picture(form)
            print(form.key)
    frappe.db.rollback()
    if not wanted:
        (DOCS / "forms.md").write_text(page(every), encoding="utf-8")
    frappe.destroy()
    return 0


def picture(form: Form) -> None:
    """The form's page as a picture of few greys, small enough for the repository."""
    from PIL import Image
    from pypdf import PdfReader

    content = printed(form)
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        number = form.page if form.page > 0 else len(PdfReader(file.name).pages)
        target = DOCS / "forms" / form.key
        command = [
            "pdftoppm",
            "-gray",
            "-png",
            "-r",
            str(DPI),
            "-singlefile",
            "-f",
            str(number),
            "-l",
            str(number),
        ]
        subprocess.run([*command, file.name, str(target)], check=True)  # noqa: S603 - our own arguments
    path = f"{target}.png"
    Image.open(path).quantize(GREYS).save(path, optimize=True)


_printed: dict[tuple, bytes] = {}


def printed(form: Form) -> bytes:
    """The PDF; a long one that is pictured twice is made once."""
    document = form.document
    key = (document.doctype, document.name, form.print_format)
    if key not in _printed:
        _printed[key] = frappe.get_print(*key, doc=document, as_pdf=True)
    return _printed[key]


def page(every: list[Form]) -> str:
    """docs/forms.md: each form with its source, how sure its layout is, where it is printed from, its picture."""
    rows = [
        f"| {form.title} | {form.document.doctype}: {form.print_format} | {form.source} | {form.mark} |"
        for form in every
        if form.page == 1
    ]
    pictures = [f"### {form.title}\n\n![{form.title}](forms/{form.key}.png)\n" for form in every]
    return HEAD + "\n".join(rows) + "\n\n## Pictures\n\n" + "\n".join(pictures)


HEAD = """# Official papers

Made by `make forms` from the demo site; do not edit. Every person in the pictures is made up.

Header block, margins, fonts, page number and signatures follow NĐ 30/2020/NĐ-CP, phụ lục I: A4, margins 20 / 15 / 20 /
30 mm, Times New Roman (or a font of the same widths), the page number 13 pt in the middle of the top margin and not on
page 1, the motto underlined as long as it is, the issuing body with a line of two fifths, days below 10 and months 1 and
2 padded. `ansinh_app/tests/test_papers_layout.py` measures them on the PDF. Long lists carry on each sheet their own
head, the sheet's sum and what is carried forward, in both renderers (WeasyPrint, and wkhtmltopdf with or without the
patched Qt; a plain Qt cannot number the pages of a letter, only of a list).

The mark says how sure the layout is: **law** the form is printed in the instrument; **secondary** known from somebody's
description; **recall** from memory, to be checked; **design** the law asks for the paper and leaves its layout open. It
stands here and not on the paper.

Papers that leave the office word every category of social assistance alike, so that nobody's illness shows. F1 is a
paper of the person's own file: whoever may print an Entitlement or a Registry Change (social affairs office, commune)
prints it, the printing is logged, and no function sends it.

| Form | Printed from | Source | Mark |
|---|---|---|---|
"""


if __name__ == "__main__":
    sys.exit(main())
