"""Why a payment came back, by the provider's own words: what must be mended before it is paid again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from . import names

ACCOUNT_CLOSED, WRONG_ACCOUNT, WRONG_NAME, NOT_COLLECTED, OTHER = (
    "ACCOUNT_CLOSED", "WRONG_ACCOUNT", "WRONG_NAME", "NOT_COLLECTED", "PROVIDER",
)  # fmt: skip
# What a provider says of one payment; the patterns below would take very long over more.
_LONGEST = 500
KINDS = (ACCOUNT_CLOSED, WRONG_ACCOUNT, WRONG_NAME, NOT_COLLECTED, OTHER)

_NAME = r"ten (nguoi|chu)|sai ten|ten khong|khong khop ten|name"
_PATTERNS = (
    (ACCOUNT_CLOSED, re.compile(r"(tk|tai khoan).*(dong|tat toan|huy|khoa)|(dong|tat toan|khoa) (tk|tai khoan)|closed|dormant")),
    (WRONG_NAME, re.compile(_NAME)),
    (WRONG_ACCOUNT, re.compile(r"sai so|so (tk|tai khoan)|(tk|tai khoan) khong|khong (ton tai|tim thay|hop le)|invalid account")),
    (NOT_COLLECTED, re.compile(r"chua (den )?(nhan|linh)|khong (den )?(nhan|linh)|vang mat|khong co nha|uncollected")),
)  # fmt: skip


def kind_of(reason: str, codes: Mapping[str, str] | None = None) -> str:
    """The kind of a provider's reason; OTHER where its words say nothing known.

    `codes`: what this provider's own codes or words mean (search keys), before the usual words.

    >>> kind_of("Tài khoản đã đóng"), kind_of("Sai tên người thụ hưởng"), kind_of("Mã lỗi 68")
    ('ACCOUNT_CLOSED', 'WRONG_NAME', 'PROVIDER')
    """
    key, codes = names.search_key(reason[:_LONGEST]), codes or {}
    own = code_in(key, codes)
    if own:
        return codes[own]
    return next((kind for kind, pattern in _PATTERNS if pattern.search(key)), OTHER)


def code_in(key: str, codes: Iterable[str]) -> str:
    """Which of the provider's codes stands in a reason (search keys) as words of its own, the longest; "" for none.

    >>> code_in("ma loi 68", ["6", "68", "loi 68"]), code_in("ma loi 168", ["68"])
    ('loi 68', '')
    """
    found = (code for code in codes if code and re.search(rf"(?<!\w){re.escape(code)}(?!\w)", key))
    return max(found, key=len, default="")
