"""Loading payment service providers and the presets of their bulk files."""

from ansinh_app.setup.tables import insert_missing, read

MEMO = "TC {programme} T{month} {line_no}"
GENERAL = "Chung"
REQUESTS = "Đề nghị mở tài khoản"
# Shapes remembered from practice; no bank publishes its template, so all are unconfirmed.
PROFILES = {
    "Sacombank": ("line_no", "payee_name_ascii", "account_no", "amount", "memo", "line_ref"),
    "BIDV": ("line_no", "payee_name_ascii", "account_no", "amount", "memo", "line_ref"),
    "VietinBank": ("line_no", "account_no", "payee_name_ascii", "amount", "memo", "line_ref"),
    "Bưu điện": (
        "line_no",
        "line_ref",
        "full_name",
        "payee_name",
        "commune",
        "village",
        "amount",
        "memo",
        "blank",
    ),
    GENERAL: ("line_no", "account_no", "payee_name_ascii", "provider_name", "amount", "memo", "line_ref"),
    REQUESTS: (
        "line_no",
        "request_ref",
        "holder_name",
        "holder_birth",
        "holder_sex",
        "holder_id",
        "holder_phone",
        "holder_address",
        "holder_type",
        "beneficiary_name",
        "commune",
        "village",
        *("account_no", "account_name", "answer", "reason"),
    ),
}
PROFILE_OF = {
    "STB": "Sacombank",
    "AGRIBANK": "Sacombank",
    "LPB": "Sacombank",
    "BID": "BIDV",
    "CTG": "VietinBank",
    "VNPOST": "Bưu điện",
}
HEADERS = {
    "line_no": ("STT", "number", 6),
    "line_ref": ("Mã tham chiếu", "text", 16),
    "full_name": ("Họ tên đối tượng", "text", 28),
    "payee_name": ("Người nhận", "text", 28),
    "payee_name_ascii": ("Tên người thụ hưởng", "text", 28),
    "account_no": ("Số tài khoản", "text", 20),
    "provider_name": ("Ngân hàng thụ hưởng", "text", 28),
    "amount": ("Số tiền", "amount", 16),
    "memo": ("Nội dung", "text", 32),
    "commune": ("Xã/phường", "text", 22),
    "village": ("Thôn/khối", "text", 18),
    "blank": ("Ký nhận", "text", 16),
    "request_ref": ("Mã yêu cầu", "text", 22),
    "holder_name": ("Họ tên chủ tài khoản", "text", 28),
    "holder_birth": ("Ngày sinh", "text", 12),
    "holder_sex": ("Giới tính", "text", 10),
    "holder_id": ("Số CCCD", "text", 16),
    "holder_phone": ("Điện thoại", "text", 14),
    "holder_address": ("Địa chỉ", "text", 36),
    "holder_type": ("Tư cách", "text", 16),
    "beneficiary_name": ("Người hưởng", "text", 28),
    "account_name": ("Tên chủ tài khoản (in hoa không dấu)", "text", 28),
    "answer": ("Kết quả", "text", 14),
    "reason": ("Lý do", "text", 28),
}


def load_file_profiles() -> dict[str, int]:
    """File profiles as presets: an office adapts them with its branch."""
    return insert_missing("Provider File Profile", ((name, _profile(name)) for name in PROFILES))


def _profile(name: str) -> dict:
    columns = []
    for field in PROFILES[name]:
        header, kind, width = HEADERS[field]
        columns.append({"source_field": field, "header": header, "kind": kind, "width": width})
    return {
        "profile_name": name,
        "file_type": "XLSX",
        "sheet_name": "data",
        "header_row": 4,
        "purpose": "Account Requests" if name == REQUESTS else "Payment",
        "title": "{office} {list}" if name == REQUESTS else "{office} {programme} {month} {batch}",
        "memo_template": MEMO,
        "memo_length": 70,
        "unconfirmed": int(name != REQUESTS),  # the neutral layout is our own
        "columns": columns,
    }


def load_providers() -> dict[str, int]:
    """Banks, the Post and mobile money, from banks.csv."""
    return insert_missing(
        "Payment Service Provider", ((row["code"], _provider(row)) for row in read("banks"))
    )


def _provider(row: dict) -> dict:
    return {
        "provider_code": row["code"],
        "short_name": row["short_name"],
        "provider_name": row["name_vi"],
        "kind": row["kind"],
        "napas_bin": row["napas_bin"],
        "aliases": row["aliases"],
        "file_profile": PROFILE_OF.get(row["code"], GENERAL),
        "is_active": int(row["is_active"]),
        "certainty": row["certainty"],
    }
