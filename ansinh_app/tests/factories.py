"""Builders for tests: made-up offices, people, accounts, entitlements, users and commune workbooks."""

import io
from contextlib import contextmanager

import frappe
import xlsxwriter

from ansinh_app.core.names import ascii_upper

# Two wards and a commune of the old city, and the ward two of them became.
VINH_TRAI, DONG_KINH, MAI_PHA = "05977-20210701", "05980-20210701", "05992-20210701"
NEW_DONG_KINH = "05977-20250701"
CITY, PROVINCE = "178-20210701", "20-20210701"
BINH_HOA = "21079-20210701"

HEADERS = (
    "STT",
    "Họ và tên",
    "Ngày sinh",
    "Giới tính",
    "Số CCCD",
    "Đối tượng",
    "Số con",
    "Số QĐ",
    "Ngày QĐ",
    "Hưởng từ tháng",
    "Hình thức nhận",
    "Số TK",
    "Ngân hàng",
    "Chủ tài khoản",
    "Người giám hộ",
    "CCCD người giám hộ",
    "Quan hệ",
    "Lý do nhận tiền mặt",
    "Ghi chú",
)


def make_office(code: str = "TEST-LS", unit: str = CITY, **values) -> str:
    """A paying office; the same one when it exists."""
    if not frappe.db.exists("Paying Office", code):
        frappe.get_doc(
            {
                "doctype": "Paying Office",
                "office_code": code,
                "office_name": f"Phòng mẫu {code}",
                "administrative_unit": unit,
                **values,
            }
        ).insert()
    return code


def make_person(full_name: str = "Nguyễn Thị Mẫu", **values):
    """A beneficiary of a test office, without a personal ID unless one is given."""
    return frappe.get_doc(
        {
            "doctype": "Beneficiary",
            "full_name": full_name,
            "date_of_birth": "1980-03-10",
            "sex": "Female" if "Thị" in full_name else "Male",
            "administrative_unit": VINH_TRAI,
            "office": make_office(),
            **values,
        }
    ).insert()


def make_representative(full_name: str = "Lý Văn Giám Hộ", **values):
    """A representative of the same ward."""
    return frappe.get_doc(
        {
            "doctype": "Representative",
            "full_name": full_name,
            "administrative_unit": VINH_TRAI,
            **values,
        }
    ).insert()


def make_account(
    person=None, representative=None, account_no: str = "060100000001", provider: str = "STB", **values
):
    """An account of a person or of a representative."""
    holder = representative or person
    return frappe.get_doc(
        {
            "doctype": "Payment Account",
            "provider": provider,
            "account_no": account_no,
            "account_name": ascii_upper(holder.full_name),
            "holder_type": "Guardian" if representative else "Self",
            "beneficiary": None if representative else person.name,
            "representative": representative.name if representative else None,
            **values,
        }
    ).insert()


def grant(person, category: str = "BTXH-06B1", submit: bool = True, **values):
    """An entitlement decided in April 2024, paid from May 2024."""
    doc = frappe.get_doc(
        {
            "doctype": "Entitlement",
            "beneficiary": person.name,
            "category": category,
            "decision_no": "10/QĐ-UBND",
            "decision_date": "2024-04-15",
            "effective_from": "2024-05-01",
            **values,
        }
    ).insert()
    return doc.submit() if submit else doc


def make_change(person, change_type: str, **values):
    """A draft registry change decided on 20 June 2024."""
    return frappe.get_doc(
        {
            "doctype": "Registry Change",
            "beneficiary": person.name,
            "change_type": change_type,
            "decision_no": "99/QĐ-UBND",
            "decision_date": "2024-06-20",
            **values,
        }
    ).insert()


def make_user(email: str, *roles: str, units=(), offices=(), providers=()) -> str:
    """A user with roles and the areas named for him."""
    if not frappe.db.exists("User", email):
        frappe.get_doc(
            {
                "doctype": "User",
                "email": email,
                "first_name": email.split("@")[0],
                "send_welcome_email": 0,
                "user_type": "System User",
                "roles": [{"role": role} for role in roles],
            }
        ).insert(ignore_permissions=True)
    for doctype, names in (
        ("Administrative Unit", units),
        ("Paying Office", offices),
        ("Payment Service Provider", providers),
    ):
        for name in names:
            values = {"user": email, "allow": doctype, "for_value": name}
            if not frappe.db.exists("User Permission", values):
                frappe.get_doc({"doctype": "User Permission", **values}).insert(ignore_permissions=True)
    frappe.clear_cache(user=email)
    return email


def make_personas(personas: dict[str, tuple[str, dict]], domain: str) -> dict[str, str]:
    """{persona: e-mail} of users of these roles and areas; the test's own addresses end in `domain`."""
    return {
        key: make_user(f"{key.replace('_', '')}@{domain}", role, **areas)
        for key, (role, areas) in personas.items()
    }


@contextmanager
def as_user(email: str):
    """Do something as somebody else."""
    before = frappe.session.user
    frappe.set_user(email)
    try:
        yield
    finally:
        frappe.set_user(before)


@contextmanager
def asked(path: str = "/", method: str = "POST", **arguments):
    """A request in hand, as a host has it; by POST, so that nothing the test does is committed."""
    missing = object()
    before, form = getattr(frappe.local, "request", missing), frappe.local.form_dict
    frappe.local.request = frappe._dict(method=method, path=path)
    frappe.local.form_dict = frappe._dict(arguments)
    frappe.flags.personal_data_seen = set()
    try:
        yield
    finally:
        frappe.local.form_dict = form
        if before is missing:
            del frappe.local.request
        else:
            frappe.local.request = before


def commune_row(**values) -> dict:
    """One row of a commune's list by header; a healthy adult paid in cash."""
    return {
        "STT": 1,
        "Họ và tên": "Hoàng Văn Mẫu",
        "Ngày sinh": "10/03/1980",
        "Giới tính": "Nam",
        "Đối tượng": "BTXH-06B1",
        "Số QĐ": "10/QĐ-UBND",
        "Ngày QĐ": "15/04/2024",
        "Hưởng từ tháng": "05/2024",
        "Hình thức nhận": "Tiền mặt",
        "Lý do nhận tiền mặt": "Chưa có tài khoản",
    } | values


def commune_workbook(rows: list[dict], sheet: str = "Danh sách", headers=HEADERS) -> bytes:
    """A commune's workbook: title block, header row, people, signatures."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        page.write_string(0, 0, "ỦY BAN NHÂN DÂN PHƯỜNG MẪU")
        page.write_string(1, 0, "DANH SÁCH ĐỐI TƯỢNG HƯỞNG TRỢ CẤP HẰNG THÁNG")
        for column, header in enumerate(headers):
            page.write_string(3, column, header)
        for index, row in enumerate(rows, start=4):
            for column, header in enumerate(headers):
                value = row.get(header)
                if value not in (None, ""):
                    page.write(index, column, value)
        page.write_string(len(rows) + 6, 1, "NGƯỜI LẬP BIỂU")
    return target.getvalue()


def attach(content: bytes, file_name: str = "danh sach.xlsx") -> str:
    """A private file; returns its URL."""
    file = frappe.get_doc({"doctype": "File", "file_name": file_name, "is_private": 1, "content": content})
    return file.insert().file_url


def make_import(content: bytes, unit: str = VINH_TRAI, file_name: str = "danh sach.xlsx", **values):
    """A draft import of the workbook for June 2024."""
    return frappe.get_doc(
        {
            "doctype": "Registry Import",
            "file": attach(content, file_name),
            "administrative_unit": unit,
            "office": make_office(),
            "effective_month": "2024-06-01",
            **values,
        }
    ).insert()
