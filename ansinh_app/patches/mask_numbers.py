"""Sites whose lists showed numbers in full: fill the masked copies, and mask what old histories tell."""

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Concat, Length, Substring

from ansinh_app.core import masking
from ansinh_app.utils.masking import mask_version, numbers_of

DOCTYPES = ("Beneficiary", "Representative", "Payment Account", "Payout Line", "Account Request")
_AT_ONCE = 500
# Beginning and stars of each kind, as core.masking has them; the end is four digits, of a phone three.
_SHAPES = {
    masking.PERSONAL_ID: (0, "*****", 4),
    masking.ACCOUNT: (0, "****", 4),
    masking.PHONE: (3, "****", 3),
}


def execute():
    """One write per column: a province has hundreds of thousands of people and millions of lines."""
    for doctype in DOCTYPES:
        for fieldname, kind in numbers_of(doctype).items():
            if frappe.get_meta(doctype).has_field(f"{fieldname}_shown"):
                _fill(doctype, fieldname, kind)
    _fill_corrections()
    _mask_histories()


def _fill(doctype: str, fieldname: str, kind: str) -> None:
    table = frappe.qb.DocType(doctype)
    number, shown = table[fieldname], table[f"{fieldname}_shown"]
    begin, stars, end = _SHAPES[kind]
    masked = Concat(*([Substring(number, 1, begin)] if begin else []), stars, Substring(number, -end, end))
    case = Case()
    if kind == masking.PERSONAL_ID:
        case = case.when(
            Length(number) >= 12, Concat(Substring(number, 1, 3), "*****", Substring(number, -4, 4))
        )
    case = case.when(Length(number) >= 6, masked).else_("****")
    query = frappe.qb.update(table).set(shown, case).where(number.isnotnull()).where(number != "")
    query.where(shown.isnull() | (shown == "")).run()


def _fill_corrections() -> None:
    for row in frappe.get_all(
        "Registry Change",
        filters={"change_type": "Correct", "corrected_value_shown": ["in", ["", None]]},
        pluck="name",
        limit_page_length=0,
    ):
        change = frappe.get_doc("Registry Change", row)
        kind = masking.kind_of_field(change.corrected_field)
        value = masking.mask(kind, change.corrected_value) if kind else change.corrected_value
        frappe.db.set_value(change.doctype, row, "corrected_value_shown", value, update_modified=False)


def _mask_histories() -> None:
    for doctype in (*DOCTYPES, "Registry Change"):
        names = frappe.get_all("Version", filters={"ref_doctype": doctype}, pluck="name", limit_page_length=0)
        for start in range(0, len(names), _AT_ONCE):
            for version in frappe.get_all(
                "Version",
                filters={"name": ["in", names[start : start + _AT_ONCE]]},
                fields=["name", "ref_doctype", "data"],
                limit_page_length=0,
            ):
                before = version.data
                mask_version(version)
                if version.data != before:
                    frappe.db.set_value("Version", version.name, "data", version.data, update_modified=False)
