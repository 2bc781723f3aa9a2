"""The police of a ward in the sample city: one numbered list of identities goes out and comes back."""

import io
from datetime import date

import frappe
import openpyxl

from ansinh_app.core.identity.answers import WORDS
from ansinh_app.demo.office import COMMUNE_USER, OFFICE, POLICE_USER, unit_name
from ansinh_app.registry.doctype.identity_verification_list import identity_verification_list as lists

WARD = "05971"
# Of the ward's people every so manieth: the answer of the police, and what they put beside it.
_EVERY = (
    (37, "Mismatch", {"Ngày sinh đúng": lambda row: f"15/04/{row['born'][-4:]}"}),
    (53, "Not Found", {"Ghi chú": lambda row: "Chưa có trong CSDLQG về dân cư"}),
    (71, "Deceased", {"Ngày chết": lambda row: date(2024, 6, 11)}),
)
_UNANSWERED = 61


def verify(keep) -> str | None:
    """The ward makes its list, the police fill the workbook in, and the answer is read; told again, it stays.

    `keep` copies a file of the site to the sample's folder. Returns what happened in one line.
    """
    unit = unit_name(WARD)
    if frappe.db.exists("Identity Verification List", {"administrative_unit": unit}):
        return None
    frappe.set_user(COMMUNE_USER[WARD])
    found = frappe.get_doc(
        {"doctype": "Identity Verification List", "administrative_unit": unit, "office": OFFICE}
    ).insert()
    lists.collect(found.as_dict())
    lists.write_and_send(found.as_dict())
    found.reload()
    keep("to the police", None, found.list_file)
    frappe.set_user(POLICE_USER)
    file = frappe.get_doc("File", {"file_url": found.list_file})
    answer = frappe.get_doc(
        {
            "doctype": "File",
            "file_name": f"Kết quả {found.name}.xlsx",
            "is_private": 1,
            "content": _filled_in(file.get_content()),
        }
    ).insert(ignore_permissions=True)
    found.update({"answer_file": answer.file_url, "verified_by": "Thượng úy Nông Văn Mẫu Hộ"})
    found.save()
    lists.apply_answer(found.as_dict())
    found.reload()
    return (
        f"  Công an xác minh {found.row_count} người: {found.verified} đúng, {found.differing} sai lệch, "
        f"{found.waiting} chưa trả lời"
    )


def _filled_in(content: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    heads = {cell.value: cell.column for cell in sheet[10] if cell.value}
    for row in sheet.iter_rows(min_row=11):
        number = row[0].value
        if not isinstance(number, int) or number % _UNANSWERED == 0:
            continue
        said = next((one for one in _EVERY if number % one[0] == 0), None)
        sheet.cell(row[0].row, heads["Kết quả"]).value = WORDS[said[1] if said else "Verified"]
        for heading, value in (said[2] if said else {}).items():
            born = str(row[heads["Ngày sinh"] - 1].value)
            sheet.cell(row[0].row, heads[heading]).value = value({"born": born})
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
