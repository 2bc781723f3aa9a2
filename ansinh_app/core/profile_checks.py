"""What is wrong with a provider's file layout before anybody is paid by it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import names
from .bankfile import AMOUNTS, Profile, memo, placeholders
from .errors import BadCell

PAYMENT, RESULTS, REQUESTS, ANSWERS = "Payments", "Payment Results", "Account Requests", "Account Answers"
# What an answer that has a layout of its own may also hold.
_OUTCOME = frozenset({"answer", "reason", "blank"})
_PAYMENT = frozenset(
    {"line_no", "line_ref", "payee_name", "payee_name_ascii", "account_no", "provider_name", "amount", "total", "memo",
     "full_name", "commune", "village", "programme", "source_account", "blank"}
)  # fmt: skip
_REQUEST = frozenset(
    {"line_no", "request_ref", "holder_name", "holder_name_ascii", "holder_birth", "holder_sex", "holder_id",
     "holder_phone", "holder_address", "holder_type", "beneficiary_name", "full_name", "commune", "village",
     "account_no", "account_name", "answer", "reason", "provider_name", "blank"}
)  # fmt: skip
FIELDS = {
    PAYMENT: _PAYMENT,
    RESULTS: _PAYMENT | _OUTCOME,
    REQUESTS: _REQUEST,
    ANSWERS: _REQUEST,
}
# Alternatives of which a layout needs one, by the field it is named after.
_NEEDED = {
    PAYMENT: {"payee_name": {"payee_name", "payee_name_ascii"}, "amount": {"amount", "total"}},
    RESULTS: {"account_no": {"account_no", "line_ref", "memo"}, "answer": {"answer"}},
    REQUESTS: {"request_ref": {"request_ref"}, "holder_name": {"holder_name", "holder_name_ascii"}},
    ANSWERS: {"request_ref": {"request_ref", "holder_id"}, "account_no": {"account_no"}},
}
_SAYS_WHICH = frozenset({"line_ref", "line_no"})
# The longest these get in a memo: an office of some hundred thousand lines.
EXAMPLE = {
    "programme": "BTXH", "month": "12/2026", "year": 2026, "line_no": "100000", "line_ref": "a1b2c3d4e5",
    "batch": "PB-OFFICE-2026-12-0001", "seal": "0123456789abcdef", "office": "PHONG", "provider_name": "NGAN HANG",
    "source_account": "060200001111", "payee_name": "NGUYEN THI MAU", "full_name": "NGUYEN THI MAU",
    "account_no": "060123456789", "village": "KHOI 1", "commune": "PHUONG MAU", "units": "",
}  # fmt: skip
TITLE_FIELDS = frozenset(
    {"office", "programme", "month", "year", "batch", "seal", "provider_name", "source_account", "list", "part", "count",
     "total"}
)  # fmt: skip
_SHEET_MARKS = re.compile(r"[\[\]:*?/\\]|^'|'$")
SHEET_LENGTH = 31


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, by a stable code with its facts."""

    code: str
    facts: dict[str, object] = field(default_factory=dict)


def check(profile: Profile, purpose: str = PAYMENT) -> list[Problem]:
    """Everything wrong with a layout for its purpose, in the order of the form; [] where it can be used."""
    found = list(_head(profile))
    found += _columns(profile, purpose)
    if purpose == PAYMENT:
        found += _memo(profile)
    return found


def _head(profile: Profile) -> Iterator[Problem]:
    if profile.file_type == "xlsx":
        name = profile.sheet_name or ""
        if len(name) > SHEET_LENGTH:
            yield Problem("sheet_name_long", {"name": name, "limit": SHEET_LENGTH})
        if _SHEET_MARKS.search(name) or name.strip().lower() == "history":
            yield Problem("sheet_name_marks", {"name": name})
    if not 1 <= profile.header_row <= 50:
        yield Problem("header_row", {"row": profile.header_row})
    elif len(profile.title_rows) >= profile.header_row:
        yield Problem("no_room_for_title", {"row": profile.header_row})
    if (profile.row_limit or 0) < 0:
        yield Problem("row_limit", {"limit": profile.row_limit})
    for title in profile.title_rows:
        yield from _template(title, TITLE_FIELDS, "title")


def _columns(profile: Profile, purpose: str) -> Iterator[Problem]:
    fields = [column.field for column in profile.columns]
    headers = Counter(names.search_key(column.header) or column.header.strip() for column in profile.columns)
    for column in profile.columns:
        key = names.search_key(column.header) or column.header.strip()
        if headers.pop(key, 1) > 1:
            yield Problem("header_twice", {"header": column.header})
    for name, count in Counter(fields).items():
        if count > 1 and name != "blank":
            yield Problem("field_twice", {"field": name})
        if name not in FIELDS[purpose]:
            yield Problem("foreign_field", {"field": name})
    for name, choices in _NEEDED[purpose].items():
        if not choices & set(fields):
            yield Problem("missing", {"field": name})
    for column in profile.columns:
        if column.field in ("amount", "total") and column.kind not in AMOUNTS:
            yield Problem("amount_as_text", {"header": column.header})
    in_memo = "memo" in fields and _SAYS_WHICH & set(_safe_placeholders(profile.memo_template))
    if purpose == PAYMENT and "line_ref" not in fields and not in_memo:
        yield Problem("no_reference")


def _memo(profile: Profile) -> Iterator[Problem]:
    bad = list(_template(profile.memo_template, frozenset(EXAMPLE) - {"units"}, "memo"))
    if bad:
        yield from bad
        return
    if profile.ascii_memo and not profile.memo_template.isascii():
        yield Problem("memo_accents", {"memo": profile.memo_template})
    text = memo(profile.memo_template, EXAMPLE, profile.ascii_memo)
    limits = [column.max_length for column in profile.columns if column.field == "memo" and column.max_length]
    if limits and len(text) > min(limits):
        yield Problem("memo_long", {"memo": text, "length": len(text), "limit": min(limits)})


def _template(template: str, known: frozenset[str], where: str) -> Iterator[Problem]:
    try:
        named = placeholders(template)
    except BadCell:
        yield Problem("braces", {"where": where, "template": template})
        return
    for name in named:
        if name not in known:
            yield Problem("placeholder", {"where": where, "name": name})


def _safe_placeholders(template: str) -> list[str]:
    try:
        return placeholders(template)
    except BadCell:
        return []
