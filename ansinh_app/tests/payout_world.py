"""A made-up office with people, decisions, accounts and contracts, built through documents."""

import io

import frappe
import python_calamine
import xlsxwriter
from frappe.model.workflow import apply_workflow

from ansinh_app.api import provider_file

OFFICER, MANAGER = "payout.officer@example.com", "payout.manager@example.com"
_ROLES = {OFFICER: "Social Affairs Officer", MANAGER: "Social Affairs Manager"}


class as_user:
    """Runs a block as another user."""

    def __init__(self, user: str) -> None:
        self.user = user

    def __enter__(self):
        self.before = frappe.session.user
        frappe.set_user(self.user)

    def __exit__(self, *_error):
        frappe.set_user(self.before)


def make_users() -> None:
    for user, role in _ROLES.items():
        make_user(user, role)


def make_user(user: str, role: str) -> None:
    if not frappe.db.exists("User", user):
        frappe.get_doc(
            {
                "doctype": "User",
                "email": user,
                "first_name": role,
                "send_welcome_email": 0,
                "roles": [{"role": role}],
            }
        ).insert(ignore_permissions=True)


def make_office(code: str, unit: str | None = None, **values):
    """An office with one commune of its own."""
    commune = unit or make_unit(f"{code}-X", f"Xã Mẫu {code}").name
    return frappe.get_doc(
        {
            "doctype": "Paying Office",
            "office_code": code,
            "office_name": f"Phòng Mẫu {code}",
            "administrative_unit": commune,
            "programmes": [{"programme": "BTXH"}, {"programme": "NCC"}],
            **values,
        }
    ).insert()


def make_unit(code: str, name: str, parent: str | None = None, **values):
    """A commune, below the tests' own province unless said otherwise."""
    if "level" not in values:
        parent = parent or _province()
    return frappe.get_doc(
        {
            "doctype": "Administrative Unit",
            "code": code,
            "unit_name": name,
            "level": "Commune",
            "parent_administrative_unit": parent,
            "valid_from": "2021-07-01",
            **values,
        }
    ).insert()


def _province() -> str:
    found = frappe.db.get_value("Administrative Unit", {"code": "PTEST"}, "name")
    return found or make_unit("PTEST", "Tỉnh Mẫu", level="Province", is_group=1).name


def make_contract(office: str, provider: str, activate: bool = True, **values):
    contract = frappe.get_doc(
        {
            "doctype": "Bank Contract",
            "office": office,
            "provider": provider,
            "contract_no": f"{office}-{provider}",
            "signed_on": "2024-01-02",
            "valid_from": "2024-01-02",
            "pays_accounts": 1,
            **values,
        }
    ).insert()
    if activate:
        contract = apply_workflow(contract, "Send to Legal Check")
        contract = apply_workflow(contract, "Sign")
    return contract


def make_contracts(office: str) -> None:
    """As in the Lạng Sơn plan: social assistance by Sacombank and the Post, people of merit by BIDV."""
    make_contract(office, "STB", programmes=[{"programme": "BTXH"}], fee_percent=0.5)
    make_contract(office, "BID", programmes=[{"programme": "NCC"}])
    make_contract(office, "VNPOST", pays_accounts=0, pays_cash=1)


def make_person(
    office: str, full_name: str = "Lý Thị Mẫu", cash: bool = False, provider: str = "STB", **values
):
    """A beneficiary with an account of their own, or paid in cash for a reason."""
    unit = frappe.db.get_value("Paying Office", office, "administrative_unit")
    person = frappe.get_doc(
        {
            "doctype": "Beneficiary",
            "full_name": full_name,
            "sex": "Female",
            "date_of_birth": "1970-06-30",
            "dob_precision": "Day",
            "administrative_unit": unit,
            "office": office,
            "payment_method": "Cash" if cash else "Bank Account",
            "cash_reason": "Refused an account" if cash else None,
            **values,
        }
    ).insert()
    if not cash:
        account = make_account(person, provider)
        person.payment_account = account.name
        person.save()
    return person


def make_account(person, provider: str = "STB", **values):
    number = frappe.db.count("Payment Account") + 1
    return frappe.get_doc(
        {
            "doctype": "Payment Account",
            "provider": provider,
            "account_no": f"0601{number:08d}",
            "account_name": person.full_name,
            "holder_type": "Self",
            "beneficiary": person.name,
            **values,
        }
    ).insert()


def make_entitlement(
    person, category: str = "BTXH-06B1", start: str = "2024-05", known_on: str = "2024-04-15", **values
):
    entitlement = frappe.get_doc(
        {
            "doctype": "Entitlement",
            "beneficiary": person.name,
            "category": category,
            "quantity": 1,
            "decision_no": "01/QĐ-UBND",
            "decision_date": known_on,
            "effective_from": f"{start}-01",
            "payment_method": person.payment_method,
            "payment_account": person.payment_account,
            "cash_reason": person.cash_reason,
            **values,
        }
    ).insert()
    entitlement.submit()
    return entitlement


def change(person, change_type: str, known_on: str, **values):
    """A registry change proposed by the officer and approved by the manager."""
    document = frappe.get_doc(
        {
            "doctype": "Registry Change",
            "beneficiary": person.name,
            "change_type": change_type,
            "decision_date": known_on,
            "decision_no": "02/QĐ-UBND",
            "reason": "test",
            **values,
        }
    )
    with as_user(OFFICER):
        document.insert()
        document = apply_workflow(document, "Propose")
    with as_user(MANAGER):
        return apply_workflow(document, "Approve")


def make_period(office: str, month: str, as_of: str | None = None):
    return frappe.get_doc(
        {"doctype": "Payout Period", "office": office, "month": f"{month}-01", "as_of": as_of}
    ).insert()


def batches_of(period: str, docstatus: int = 0) -> list[str]:
    return frappe.get_all(
        "Payout Batch", filters={"period": period, "docstatus": docstatus}, pluck="name", order_by="name"
    )


def cancel_batch(batch: str, reason: str = "Sai danh sách") -> None:
    """Two people: the officer asks, the manager cancels."""
    with as_user(OFFICER):
        document = frappe.get_doc("Payout Batch", batch)
        document.cancel_reason = reason
        document.save()
    with as_user(MANAGER):
        apply_workflow(frappe.get_doc("Payout Batch", batch), "Cancel")


def approve(batch: str):
    """Submitted for approval by the officer, approved and sealed by the manager."""
    with as_user(OFFICER):
        document = apply_workflow(frappe.get_doc("Payout Batch", batch), "Submit for Approval")
    with as_user(MANAGER):
        return apply_workflow(frappe.get_doc("Payout Batch", document.name), "Approve")


def send(batch: str):
    with as_user(OFFICER):
        return apply_workflow(frappe.get_doc("Payout Batch", batch), "Mark as Sent")


def lines_of(period: str, **filters) -> list[dict]:
    return frappe.get_all(
        "Payout Line",
        filters={"period": period, **filters},
        fields=["*"],
        order_by="line_key",
        limit_page_length=0,
    )


def file_bytes(file_url: str) -> bytes:
    content = frappe.get_doc("File", {"file_url": file_url}).get_content()
    return content.encode() if isinstance(content, str) else content


def grid_of(content: bytes) -> list[list]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def answer(
    batch: str, outcomes: dict[str, tuple[str, str]] | None = None, keep=lambda row: True, amounts=None
) -> bytes:
    """The provider's file with two more columns, status and reason, as a bank sends it back.

    `outcomes`: line name -> (status text, reason); every other line was paid.
    """
    grid = grid_of(file_bytes(provider_file(batch)["file_url"]))
    head = next(index for index, row in enumerate(grid) if "Mã tham chiếu" in row)
    reference, amount = grid[head].index("Mã tham chiếu"), grid[head].index("Số tiền")
    rows = [[*grid[head], "Trạng thái", "Lý do"]]
    for row in grid[head + 1 :]:
        status, reason = (outcomes or {}).get(row[reference], ("Thành công", ""))
        values = [*row, status, reason]
        values[amount] = (amounts or {}).get(row[reference], row[amount])
        if keep(row):
            rows.append(values)
    return workbook(rows)


def workbook(rows: list[list]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("data")
        for number, row in enumerate(rows, start=3):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def import_result(batch: str, content: bytes, file_name: str = "result.xlsx"):
    file = frappe.get_doc(
        {"doctype": "File", "file_name": file_name, "content": content, "is_private": 1}
    ).insert()
    result = frappe.get_doc({"doctype": "Provider Result", "batch": batch, "file": file.file_url}).insert()
    result.submit()
    return result


def pay(period: str, outcomes: dict[str, tuple[str, str]] | None = None) -> list[str]:
    """Approves, sends and settles the answers of every batch of the period."""
    names = batches_of(period)
    for batch in names:
        approve(batch)
        send(batch)
        import_result(batch, answer(batch, outcomes))
    return names
