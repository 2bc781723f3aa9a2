"""The paying office of the sample city: contracts, allotments, signatories, and a login for each role."""

import frappe

OFFICE = "LS"
PASSWORD = "AnSinh-2024-mau"
OFFICER = "canbo@ansinh.example"
MANAGER = "truongphong@ansinh.example"
COMMUNE_USER = {"05971": "hoangvanthu@ansinh.example", "05974": "tamthanh@ansinh.example"}
BANK_USER = "sacombank@ansinh.example"
POST_USER = "buudien@ansinh.example"
PROVINCE_USER = "sotinh@ansinh.example"
POLICE_USER = "congan@ansinh.example"
AUDITOR = "thanhtra@ansinh.example"
CULTURE_USER = "truyenthong@ansinh.example"
TREASURY_USER = "khobac@ansinh.example"
FINANCE_USER = "taichinh@ansinh.example"
OUTREACH_USER = "hoiphunu@ansinh.example"

# e-mail, name, role, what the user may see (DocType, value)
LOGINS = (
    (OFFICER, "Cán bộ Mẫu An", "Social Affairs Officer", ("Paying Office", OFFICE)),
    (MANAGER, "Trưởng phòng Mẫu Bình", "Social Affairs Manager", ("Paying Office", OFFICE)),
    (COMMUNE_USER["05971"], "Cán bộ P. Hoàng Văn Thụ", "Commune Officer", ("Administrative Unit", "05971")),
    (COMMUNE_USER["05974"], "Cán bộ P. Tam Thanh", "Commune Officer", ("Administrative Unit", "05974")),
    (BANK_USER, "Giao dịch viên Sacombank", "Bank Officer", ("Payment Service Provider", "STB")),
    (POST_USER, "Nhân viên Bưu điện", "Post Office Clerk", ("Payment Service Provider", "VNPOST")),
    (PROVINCE_USER, "Chuyên viên Sở", "Province Viewer", ("Administrative Unit", "20")),
    (POLICE_USER, "Công an P. Hoàng Văn Thụ", "Police Officer", ("Administrative Unit", "05971")),
    (AUDITOR, "Thanh tra viên Mẫu", "Auditor", ("Paying Office", OFFICE)),
    (CULTURE_USER, "Cán bộ Văn hóa - Thông tin", "Outreach Officer", ("Administrative Unit", "178")),
    (TREASURY_USER, "Giao dịch viên Kho bạc", "Treasury Officer", ("Paying Office", OFFICE)),
    (FINANCE_USER, "Chuyên viên Tài chính", "Finance Officer", ("Paying Office", OFFICE)),
    (OUTREACH_USER, "Hội Phụ nữ P. Hoàng Văn Thụ", "Outreach Officer", ("Administrative Unit", "05971")),
)
# The package Sacombank promised in the city's plan of May 2024 (section IV.4).
COMMITMENTS = (
    "Miễn phí quản lý tài khoản",
    "Miễn phí SMS biến động số dư",
    "Miễn phí SMS xác thực giao dịch",
    "Miễn phí phát hành, phí thường niên thẻ ATM",
    "Miễn phí rút tiền mặt tại ATM Sacombank",
    "Miễn phí rút tiền mặt tại ATM có biểu tượng Napas",
)
# provider, the one the treasury pays where it is another, number, programmes, fee in percent, cash
CONTRACTS = (
    ("STB", None, "15/2024/HĐ-CTTC", ("BTXH",), 0.3, 0),
    ("CTG", "VNPOST", "03/2024/HĐ-CTTC", ("BTXH",), 0.7, 1),
    ("BID", None, "08/2023/HĐ-CTTC", ("NCC",), 0.25, 0),
)
# Since 2025 the contracts run on without an end: number of the renewal by provider.
RENEWED = {"STB": "02/2025/HĐ-CTTC", "CTG": "03/2025/HĐ-CTTC", "BID": "04/2025/HĐ-CTTC"}
# commune, kind, provider, name; one commune has no counter: mobile team and home delivery.
PAY_POINTS = (
    ("05971", "Post Counter", "VNPOST", "Bưu cục Hoàng Văn Thụ"),
    ("05971", "Bank Branch", "STB", "Sacombank Lạng Sơn"),
    ("05971", "ATM", "BID", "ATM BIDV Hoàng Văn Thụ"),
    ("05974", "Post Counter", "VNPOST", "Bưu cục Tam Thanh"),
    ("05974", "ATM", "STB", "ATM Sacombank Tam Thanh"),
    ("05977", "Post Counter", "VNPOST", "Bưu cục Vĩnh Trại"),
    ("05977", "Bank Branch", "CTG", "VietinBank Lạng Sơn"),
    ("05977", "Bank Branch", "BID", "BIDV Lạng Sơn"),
    ("05980", "Post Counter", "VNPOST", "Bưu cục Đông Kinh"),
    ("05980", "ATM", "CTG", "ATM VietinBank Đông Kinh"),
    ("05983", "Post Counter", "VNPOST", "Bưu cục Chi Lăng"),
    ("05986", "Post Counter", "VNPOST", "Điểm Bưu điện văn hóa xã Hoàng Đồng"),
    ("05992", "Post Counter", "VNPOST", "Điểm Bưu điện văn hóa xã Mai Pha"),
)
ALLOTMENTS = (("BTXH", 14_000_000_000), ("NCC", 9_000_000_000))


def set_up_office(say=print) -> None:
    """Create the office with all it needs before its first month; what exists stays."""
    frappe.set_user("Administrator")
    _office()
    _logins()
    _contracts()
    _pay_points()
    _allotments()
    say(f"  {frappe.db.get_value('Paying Office', OFFICE, 'office_name')}: 3 hợp đồng và 3 bản gia hạn, {len(PAY_POINTS)} điểm chi trả, {len(LOGINS)} tài khoản đăng nhập")


def logins() -> list[tuple[str, str, str]]:
    """(role, e-mail, password) of everyone who may log in to the sample site."""
    return [(role, email, PASSWORD) for email, _, role, _ in LOGINS]


def unit_name(code: str) -> str:
    """Name of the unit with this code on 1 June 2024."""
    return frappe.db.get_value("Administrative Unit", {"code": code, "valid_from": ("<=", "2024-06-01")}, "name")


def _office() -> None:
    if frappe.db.exists("Paying Office", OFFICE):
        return
    frappe.get_doc(
        {
            "doctype": "Paying Office",
            "office_code": OFFICE,
            "office_name": "Phòng Lao động - Thương binh và Xã hội",
            "parent_body": "UBND thành phố Lạng Sơn",
            "administrative_unit": unit_name("178"),
            "place_name": "Lạng Sơn",
            "document_sign": "DS-LĐTBXH",
            "report_to": "Sở Lao động - Thương binh và Xã hội tỉnh Lạng Sơn",
            "starts_on": "2024-04-01",
            "ends_on": "2025-06-30",
            "treasury_name": "Kho bạc Nhà nước tỉnh Lạng Sơn",
            "treasury_account": "9523.2.1012345",
            "budget_unit_code": "1012345",
            "signatories": [
                {"signing_role": "Prepared By", "job_title": "Người lập biểu", "full_name": "Nông Thị Mẫu An"},
                {"signing_role": "Chief Accountant", "job_title": "Kế toán trưởng", "full_name": "Lương Văn Mẫu Toán"},
                {"signing_role": "Head", "job_title": "Trưởng phòng", "full_name": "Hoàng Thị Mẫu Bình"},
                {"signing_role": "Decision Maker", "authority": "KT. Chủ tịch", "job_title": "Phó Chủ tịch", "full_name": "Nguyễn Thị Mẫu Vân"},
            ],
            "programmes": [
                {"programme": "BTXH", "budget_chapter": "624", "budget_sector": "398", "budget_item": "7150", "budget_source": "12"},
                {"programme": "NCC", "budget_chapter": "624", "budget_sector": "371", "budget_item": "7150", "budget_source": "12"},
            ],
        }
    ).insert()  # fmt: skip


def _logins() -> None:
    for email, full_name, role, (allow, value) in LOGINS:
        if frappe.db.exists("User", email):
            continue
        user = frappe.get_doc(
            {
                "doctype": "User",
                "email": email,
                "first_name": full_name,
                "language": "vi",
                "send_welcome_email": 0,
                "user_type": "System User",
                "roles": [{"role": role}],
            }
        )
        user.flags.ignore_password_policy = True
        user.new_password = PASSWORD
        user.insert()
        frappe.get_doc(
            {
                "doctype": "User Permission",
                "user": email,
                "allow": allow,
                "for_value": unit_name(value) if allow == "Administrative Unit" else value,
                "apply_to_all_doctypes": 1,
            }
        ).insert()


def _contracts() -> None:
    from frappe.model.workflow import apply_workflow

    from ansinh_app.payee_accounts.doctype.bank_contract import bank_contract

    for provider, via, number, programmes, fee, cash in CONTRACTS:
        if frappe.db.exists("Bank Contract", {"contract_no": number}):
            continue
        doc = frappe.get_doc(
            {
                "doctype": "Bank Contract",
                "office": OFFICE,
                "provider": provider,
                "via_provider": via,
                "contract_no": number,
                "signed_on": "2023-12-20",
                "valid_from": "2024-01-01",
                "valid_to": "2024-12-31",
                "fee_percent": fee,
                "pays_accounts": 1,
                "pays_cash": cash,
                "deposit_account": {"STB": "060200001111", "CTG": "9521.0.1009999", "BID": "35110000012345"}[provider],
                "deposit_bank": {"STB": "Sacombank Lạng Sơn", "CTG": "KBNN tỉnh Lạng Sơn", "BID": "BIDV Lạng Sơn"}[provider],
                "programmes": [{"programme": one} for one in programmes],
                "commitments": [{"commitment": one} for one in COMMITMENTS] if provider == "STB" else [],
            }
        ).insert()  # fmt: skip
        doc = apply_workflow(doc, "Send to Legal Check")
        apply_workflow(doc, "Sign")
        renewal = frappe.get_doc("Bank Contract", bank_contract.renew(doc.reload().as_json()))
        renewal.update({"contract_no": RENEWED[provider], "signed_on": "2024-12-20", "valid_to": None})
        renewal = apply_workflow(renewal.save(), "Send to Legal Check")
        apply_workflow(renewal, "Sign")


def _pay_points() -> None:
    for code, kind, provider, name in PAY_POINTS:
        if not frappe.db.exists("Pay Point", {"point_name": name}):
            frappe.get_doc(
                {
                    "doctype": "Pay Point",
                    "point_name": name,
                    "kind": kind,
                    "provider": provider,
                    "administrative_unit": unit_name(code),
                    "opening_hours": "" if kind == "ATM" else "thứ Hai đến thứ Sáu, 7:30-11:30, 13:30-16:30",
                }
            ).insert()


def _allotments() -> None:
    for programme, amount in ALLOTMENTS:
        if frappe.db.exists("Budget Allotment", {"office": OFFICE, "programme": programme, "year": 2024, "docstatus": 1}):
            continue
        frappe.get_doc(
            {
                "doctype": "Budget Allotment",
                "office": OFFICE,
                "programme": programme,
                "year": 2024,
                "amount": amount,
                "decision_no": "12/QĐ-UBND",
                "decision_date": "2024-01-05",
            }
        ).insert().submit()
