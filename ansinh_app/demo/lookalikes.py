"""People of the sample city who were entered a second time, and mandates with a term: one waits for its renewal."""

from datetime import date

import frappe
from frappe.utils import add_days, nowdate

from ansinh_app.core.names import without_marks
from ansinh_app.demo.office import OFFICE, OFFICER, unit_name

# The second list has the name without diacritics, without a middle name, or the birthday to the year.
_SLIPS = (
    lambda one: {"full_name": without_marks(one.full_name).upper()},
    lambda one: {"full_name": " ".join(word for index, word in enumerate(one.full_name.split()) if index != 1)},
    lambda one: {"full_name": one.full_name, "date_of_birth": date(one.date_of_birth.year, 1, 1), "dob_precision": "Year"},
)
_FROM, _TO = "05974", "05986"
_DAYS_LEFT = (-12, 18, 45)


def enter_twice() -> str | None:
    """Three people of one ward come to another commune's list; the office decides one. Told again, it stays."""
    there = unit_name(_TO)
    known = frappe.get_all(
        "Beneficiary",
        filters={"administrative_unit": unit_name(_FROM), "dob_precision": "Day", "sex": ["is", "set"]},
        fields=["full_name", "date_of_birth", "sex"],
        order_by="name",
        limit=len(_SLIPS) * 10,
    )[::10]
    if frappe.db.exists("Duplicate Finding", {"other_unit": there}):
        return None
    frappe.set_user(OFFICER)
    for one, slip in zip(known, _SLIPS, strict=True):
        frappe.get_doc(
            {
                "doctype": "Beneficiary",
                "sex": one.sex,
                "date_of_birth": one.date_of_birth,
                "administrative_unit": there,
                "office": OFFICE,
                "payment_method": "Cash",
                "cash_reason": "Account not open yet",
                **slip(one),
            }
        ).insert()
    found = frappe.get_all("Duplicate Finding", filters={"status": "Open"}, order_by="score desc, name", pluck="name")
    if found:
        frappe.get_doc("Duplicate Finding", found[-1]).update(
            {"status": "Different People", "decision_reason": "Đã xem thẻ căn cước của cả hai người"}
        ).save()
    frappe.db.commit()
    return f"  Rà soát trùng: {len(found)} cặp nghi trùng, 1 cặp đã kết luận"


def date_mandates() -> str | None:
    """A few mandates of the lists get the term their paper names; one is renewed and waits for its paper."""
    rows = frappe.get_all(
        "Beneficiary Representative",
        filters={"capacity": "Authorised", "parenttype": "Beneficiary"},
        fields=["name", "parent", "valid_to"],
        order_by="parent",
        limit=len(_DAYS_LEFT),
    )
    if not rows or any(row.valid_to for row in rows):
        return None
    frappe.set_user(OFFICER)
    for row, left in zip(rows, _DAYS_LEFT, strict=False):
        person = frappe.get_doc("Beneficiary", row.parent)
        end = add_days(nowdate(), left)
        next(one for one in person.representatives if one.name == row.name).update(
            {
                "basis": "Giấy ủy quyền",
                "valid_from": add_days(end, -364),
                "valid_to": end,
                "certification_no": f"{60 - left}/CT-UBND",
                "certified_on": add_days(end, -364),
                "certified_by": "Phó Chủ tịch UBND phường",
            }
        )
        person.save()
    frappe.db.commit()
    return f"  Ủy quyền: {len(rows)} giấy có thời hạn được nhập"
