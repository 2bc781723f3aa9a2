"""Form F12, decisions on benefits: granting, stopping, adjusting, suspending, resuming, paying at a new address.

Layout secondary (DOMAIN §3.2 F12), header block law (NĐ 30/2020). A decision leaves the office, so the category is
worded as on the lists and no clause of the person's own is named (NĐ 20/2021 Đ8.1.b); amounts are đồng a month.
"""

import re

import frappe
from frappe.utils import getdate

from ansinh_app.core.errors import RuleError
from ansinh_app.core.money import as_dong, format_dong, in_words
from ansinh_app.core.months import Month
from ansinh_app.payouts.plan import category_shown
from ansinh_app.policy.law import load_law
from ansinh_app.registry.people import birth
from ansinh_app.registry.units import unit_tree
from ansinh_app.utils.masking import for_reader
from ansinh_app.utils.printing import day, may_print, numbered, office_paper, say, say_value, signatory

# Programme -> what the decision rests on, in the order it is cited. General instruments: they tell of nobody.
_BASES = {
    "NCC": ("Pháp lệnh Ưu đãi người có công với cách mạng số 02/2020/UBTVQH14",),
    "HTXH": ("Luật Bảo hiểm xã hội số 41/2024/QH15", "Nghị định số 176/2025/NĐ-CP của Chính phủ"),
}
# Number of the decree on social assistance -> how it is cited; of those in force on the day the newest counts.
_BTXH = {
    "335/2026/NĐ-CP": "Nghị định số 335/2026/NĐ-CP của Chính phủ quy định chính sách trợ giúp xã hội",
    "20/2021/NĐ-CP": "Nghị định số 20/2021/NĐ-CP ngày 15 tháng 3 năm 2021 của Chính phủ quy định chính sách trợ giúp xã"
    " hội đối với đối tượng bảo trợ xã hội",
}
# What the decision is about, by kind of change; a correction of data is none.
_ABOUT = {
    "New": "Về việc trợ cấp hằng tháng",
    "Stop": "Về việc thôi hưởng trợ cấp hằng tháng",
    "Death": "Về việc thôi hưởng trợ cấp hằng tháng",
    "Adjust": "Về việc điều chỉnh mức trợ cấp hằng tháng",
    "Suspend": "Về việc tạm dừng trợ cấp hằng tháng",
    "Resume": "Về việc tiếp tục hưởng trợ cấp hằng tháng",
    "Transfer": "Về việc chi trả trợ cấp hằng tháng tại nơi cư trú mới",
}
_TELLING = re.compile(r"hiv|aids|si đa|khoản [38]\b", re.I)
_SAYS = re.compile(r"[^\W\d_]{2}")
_GENERAL = "không còn đủ điều kiện hưởng theo quy định"
_UBND = re.compile(r"\bUBND\b", re.I)


def decision_paper(doc) -> dict:
    """F12 of a Registry Change, an Entitlement or a One-off Grant. `articles` is empty where nothing is decided."""
    may_print(doc)
    kind, term, category = _decided(doc)
    person = frappe.get_doc("Beneficiary", doc.beneficiary)
    office = frappe.get_cached_doc("Paying Office", doc.office or person.office)
    paper = office_paper(office, getdate(doc.decision_date) if doc.decision_date else None)
    programme = frappe.db.get_value("Benefit Category", category, "programme") if category else ""
    _issued_by(paper, office, doc.decision_no or "")
    articles = _articles(doc, kind, term, category, person)
    paper.update(
        about="Về việc hỗ trợ một lần" if kind == "Grant" else _ABOUT.get(kind, ""),
        bases=_BASES.get(programme) or [_decree(doc.decision_date)],
        proposer=office.office_name,
        articles=articles,
        nothing=say("A correction of data has no decision of its own.") if not articles else "",
        recipients=[f"Như Điều {len(articles) + 1}", "Tổ chức dịch vụ chi trả", _commune(person)],
        mark="" if doc.docstatus == 1 else say("CANCELLED PAPER" if doc.docstatus == 2 else "DRAFT PAPER"),
    )
    return paper


def _decided(doc) -> tuple[str, object, str]:
    """What kind of decision the document holds, the entitlement it is about, and its category."""
    if doc.doctype == "One-off Grant":
        return "Grant", doc, doc.grant_type
    if doc.doctype == "Entitlement":
        return "New", doc, doc.category
    name = doc.entitlement or doc.result_entitlement
    term = frappe.get_doc("Entitlement", name) if name else None
    return doc.change_type, term, doc.category or (term.category if term else "")


def _decree(on) -> str:
    on = getdate(on or frappe.utils.nowdate())
    for number, cited in _BTXH.items():
        effective = frappe.db.get_value("Legal Instrument", number, "effective_on")
        if effective and getdate(effective) <= on:
            return cited
    return _BTXH["20/2021/NĐ-CP"]


def _issued_by(paper: dict, office, decision_no: str) -> None:
    """Decisions are the chairperson's (NĐ 20/2021 Đ8), so the committee above the office issues them.

    Only a number with another sign, "12/QĐ-SYT", says that the office decided itself.
    """
    parent = office.parent_body or ""
    sign = decision_no.partition("/")[2]
    committee = bool(_UBND.search(parent)) and (not sign or bool(_UBND.search(sign)))
    signs = signatory(office, "Decision Maker")
    if committee:
        name = _UBND.sub("Ủy ban nhân dân", parent)
        paper.update(parent_body="", office_name=name.upper())
        authority = f"CHỦ TỊCH {name.upper()}"
        signs = signs or frappe._dict(authority="", title="CHỦ TỊCH", name="")
    else:
        signs = signs or signatory(office, "Head") or paper["signatures"][-1]
        authority = f"{signs.title} {paper['office_name']}" if not signs.authority else paper["office_name"]
    paper.update(
        number=numbered(decision_no, "QĐ-UBND" if committee else None),
        authority=authority,
        signature=signs | {"hint": say("(Signature, seal)")},
    )


def _articles(doc, kind: str, term, category: str, person) -> list[str]:
    whom = _whom(person)
    if kind == "Grant":
        return _grant_articles(doc, whom)
    if kind not in _ABOUT:
        return []
    shown = _shown(category)
    from_month = Month.of(getdate(_counts_from(doc, kind))).label if _counts_from(doc, kind) else "…/……"
    old = (
        _amount(person, term.category, term.quantity, _month_before(doc, kind))
        if term and kind != "New"
        else ""
    )
    new_category = doc.category or (term.category if term else "")
    quantity = doc.get("quantity") or (term.quantity if term else 1)
    month = Month.of(getdate(_counts_from(doc, kind))) if _counts_from(doc, kind) else None
    new = _amount(person, new_category, quantity, month) if new_category and month else ""
    group = f"thuộc đối tượng: {shown}" if shown else ""
    if kind == "New":
        way = say_value(doc.payment_method) or "…………"
        return [
            f"Trợ cấp hằng tháng cho {whom}, {group}. Mức trợ cấp: {_money(new)}, hưởng từ tháng {from_month}.",
            f"Hình thức chi trả: {way.lower()}. Kinh phí từ nguồn ngân sách nhà nước bảo đảm theo quy định.",
        ]
    if kind in ("Stop", "Death"):
        died = f"đã chết ngày {day(doc.occurred_on)}" if kind == "Death" and doc.occurred_on else ""
        reason = died or _reason(doc.reason, category)
        return [
            f"Thôi hưởng trợ cấp hằng tháng đối với {whom}, {group}. Mức đang hưởng: {_money(old)}."
            f" Thôi hưởng kể từ tháng {from_month}. Lý do: {reason}.",
            "Số tiền đã chi trả cho thời gian từ tháng thôi hưởng (nếu có) được thu hồi nộp ngân sách nhà nước theo quy"
            " định.",
        ]
    if kind == "Adjust":
        return [
            f"Điều chỉnh mức trợ cấp hằng tháng đối với {whom}, {group}. Mức đang hưởng: {_money(old)}. Mức mới:"
            f" {_money(new)}, hưởng từ tháng {from_month}.",
            "Chênh lệch của các tháng trước (nếu có) được truy lĩnh hoặc thu hồi trong kỳ chi trả gần nhất.",
        ]
    if kind == "Suspend":
        return [
            f"Tạm dừng trợ cấp hằng tháng đối với {whom}, {group}. Mức đang hưởng: {_money(old)}. Tạm dừng kể từ tháng"
            f" {from_month}. Lý do: {_reason(doc.reason, category)}.",
            "Khi lý do tạm dừng không còn, người có tên tại Điều 1 hoặc người đại diện đề nghị tiếp tục hưởng theo quy"
            " định.",
        ]
    if kind == "Resume":
        return [
            f"Tiếp tục hưởng trợ cấp hằng tháng đối với {whom}, {group}. Mức trợ cấp: {_money(new or old)}, kể từ tháng"
            f" {from_month}.",
            "Số tiền của các tháng chưa nhận (nếu có) được truy lĩnh trong kỳ chi trả gần nhất.",
        ]
    old_unit, new_unit = (_unit(doc.old_unit or person.administrative_unit), _unit(doc.new_unit))
    return [
        f"Chi trả trợ cấp hằng tháng cho {whom}, {group}, tại nơi cư trú mới: {new_unit}, kể từ tháng {from_month}."
        f" Thôi chi trả tại {old_unit} kể từ tháng đó.",
        "Hồ sơ của đối tượng được chuyển đến nơi cư trú mới để quản lý và chi trả.",
    ]


def _grant_articles(doc, whom: str) -> list[str]:
    title = frappe.db.get_value("Benefit Category", doc.grant_type, ["title", "neutral_title"], as_dict=True)
    receiver = (
        frappe.db.get_value("Representative", doc.representative, "full_name") if doc.representative else ""
    )
    given = f" Người nhận: ông (bà) {receiver}." if receiver else ""
    return [
        f"{title.neutral_title or title.title}: {_money(as_dong(doc.amount or 0), monthly=False)}, đối với {whom}.{given}",
        "Kinh phí từ nguồn ngân sách nhà nước bảo đảm theo quy định, chi trả một lần.",
    ]


def _whom(person) -> str:
    number = for_reader("Beneficiary", "id", person.personal_id) if person.personal_id else ""
    born = birth(person.date_of_birth, person.dob_precision)
    precise = "sinh ngày" if (person.dob_precision or "Day") == "Day" else "sinh năm"
    parts = [f"ông (bà) {person.full_name}", f"{precise} {born}" if born else ""]
    parts += [f"số định danh cá nhân {number}" if number else ""]
    place = ", ".join(filter(None, (person.village, _unit(person.administrative_unit))))
    return ", ".join(filter(None, (*parts, f"hiện cư trú tại {place}" if place else "")))


def _commune(person) -> str:
    return f"UBND {_unit(person.administrative_unit)}"


def _unit(name: str | None) -> str:
    return (frappe.db.get_value("Administrative Unit", name, "unit_name") or name) if name else "…………"


def _shown(category: str) -> str:
    if not category:
        return ""
    titles = dict(frappe.get_all("Benefit Programme", fields=["name", "title"], as_list=True))
    return category_shown(load_law(), category, titles)


def _counts_from(doc, kind: str):
    if doc.doctype == "Entitlement":
        return doc.effective_from
    return doc.effective_month


def _month_before(doc, kind: str) -> Month | None:
    start = _counts_from(doc, kind)
    return Month.of(getdate(start)) - 1 if start else None


def _amount(person, category: str, quantity, month: Month | None) -> int | str:
    """đồng a month of the category at the person's age in the month, or "" where the law gives none."""
    if not month:
        return ""
    law, born = load_law(), getdate(person.date_of_birth) if person.date_of_birth else None
    known = max(month.last_day, getdate(frappe.utils.nowdate()))
    try:
        band = law.band(category, born, month)
        units = unit_tree().lineage(person.administrative_unit)
        rate = law.rate(band.code if band else category, month, known, units)
    except RuleError:
        return ""
    return rate.amount_per_unit * int(quantity or 1)


def _money(amount: int | str, monthly: bool = True) -> str:
    each = " đồng/tháng" if monthly else " đồng"
    if amount == "":
        return f"…………{each}"
    words = in_words(int(amount))
    return f"{format_dong(int(amount))}{each} (bằng chữ: {words}{' một tháng' if monthly else ''})"


def _reason(text: str | None, category: str) -> str:
    """The reason as entered, unless the category or the words could tell of an illness."""
    sensitive = frappe.db.get_value("Benefit Category", category, "sensitive") if category else 0
    return said_reason(text, bool(sensitive))


def said_reason(text: str | None, sensitive: bool) -> str:
    """A reason for a paper that leaves the office: what was entered, or a general one where that might tell."""
    text = (text or "").strip().rstrip(".")
    return text if _SAYS.search(text) and not sensitive and not _TELLING.search(text) else _GENERAL
