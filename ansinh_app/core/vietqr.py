"""VietQR: the text of a payment code that every Vietnamese bank's app reads (NAPAS, EMV QR)."""

from __future__ import annotations

from .errors import BadCell
from .identity import account
from .names import without_marks

_AID = "A000000727"
_TO_ACCOUNT = "QRIBFTTA"
# Readers of the classic tag 08 show no more.
MEMO_LENGTH = 25


def payload(bin_code: str, account_no: str, amount: int | None = None, memo: str = "") -> str:
    """The text of the code: bank by its NAPAS BIN (6 digits), account, đồng, an ASCII memo up to 25 characters.

    Raises BadCell naming the field: a BIN that is none, an account that cannot be one, an amount below 1 đồng
    or of more than 13 digits, a memo too long (cut, it could lose the reference).

    >>> payload("970403", "060123456789", 540000, "TC BTXH T11/2026 LS0001")[-8:]
    '630419DA'
    """
    if not (bin_code.isascii() and bin_code.isdigit() and len(bin_code) == 6):
        raise BadCell(field="bin", problem="6 digits are expected", value=bin_code)
    if not account.is_valid(account_no):
        raise BadCell(field="account_no", problem="not an account number", value=account_no)
    if amount is not None and not 1 <= amount < 10**13:
        raise BadCell(field="amount", problem="not an amount in whole đồng", value=str(amount))
    text = without_marks(memo).encode("ascii", "ignore").decode().strip()
    if len(text) > MEMO_LENGTH:
        raise BadCell(field="memo", problem=f"longer than {MEMO_LENGTH} characters", value=text)
    receiver = _tag("00", bin_code) + _tag("01", account.compact(account_no))
    parts = [
        _tag("00", "01"),
        _tag("01", "12"),
        _tag("38", _tag("00", _AID) + _tag("01", receiver) + _tag("02", _TO_ACCOUNT)),
        _tag("53", "704"),
        _tag("54", str(amount)) if amount is not None else "",
        _tag("58", "VN"),
        _tag("62", _tag("08", text)) if text else "",
    ]
    body = "".join(parts) + "6304"
    return body + f"{crc16(body.encode('ascii')):04X}"


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF.

    >>> hex(crc16(b"123456789"))
    '0x29b1'
    """
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _bit in range(8):
            value = (value << 1) ^ 0x1021 if value & 0x8000 else value << 1
            value &= 0xFFFF
    return value


def _tag(number: str, value: str) -> str:
    return f"{number}{len(value):02d}{value}"
