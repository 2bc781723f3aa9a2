"""A provider's payment file by its profile, and what the provider sends back."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from . import answer_tables, cells, names
from .errors import BadCell, BadFile, BadIdentifier, BadTable
from .identity import account
from .ledger import FAILED, PAID, UNCOLLECTED
from .money import format_dong

TEXT, AMOUNT, AMOUNT_TEXT, AMOUNT_GROUPED, DATE = (
    "text",
    "amount",
    "amount as text",
    "amount 1.234.567",
    "date",
)
AMOUNTS = frozenset({AMOUNT, AMOUNT_TEXT, AMOUNT_GROUPED})

Cell = str | int | date
# What a spreadsheet would take for a formula (or a way into one) at the start of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# The true category tells of an illness and never leaves the office (NĐ 20/2021 Đ8.1.b).
_NEVER_OUT = frozenset({"category", "category_code", "category_title", "title", "entitlement", "explanation"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a provider's file. `ascii`: capital letters without diacritics; `width` in characters."""

    field: str
    header: str
    kind: str = TEXT
    width: int | None = None
    max_length: int | None = None
    ascii: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """How a provider wants its file: columns, the row (from 1) of the header, titles above it, the memo.

    `memo_template` may name context and line fields: "TC {programme} T{month}/{year} {line_ref}". With
    `ascii_memo` the provider takes no diacritics there. `good_words` and `bad_words` are what its answers say
    of a row that went through and one that did not, besides the usual words.
    """

    columns: Sequence[Column]
    header_row: int = 1
    sheet_name: str = "data"
    title_rows: Sequence[str] = ()
    memo_template: str = "TC {programme} T{month}/{year} {line_ref}"
    row_limit: int | None = None
    file_type: str = "xlsx"
    ascii_memo: bool = True
    good_words: Sequence[str] = ()
    bad_words: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One row of a provider's answer. `row` from 1; amount in đồng or None; status "" if it says none."""

    row: int
    line_ref: str
    account_no: str
    name: str
    amount: int | None
    status: str
    reason: str


def safe_text(value: object) -> str:
    """Text that no spreadsheet takes for a formula.

    >>> safe_text("=1+1"), safe_text("LY VAN A")
    ("'=1+1", 'LY VAN A')
    """
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA[:4]) else text


def build(
    profile: Profile, lines: Sequence[Mapping[str, object]], context: Mapping[str, object]
) -> list[list[Cell]]:
    """All rows of the file: titles, blank rows up to the header, header, one row per line.

    A column's field is "stt" (running number), "memo", or a field of the line or context. Digits are text,
    amounts whole numbers (đồng), nothing starts a formula. Raises BadFile naming every cell that does not
    fit; a text too long is refused, not cut, for the cut part may be the reference. The error's data also
    holds `cells`: (line number, header, BadCell) of each.
    """
    if profile.row_limit and len(lines) > profile.row_limit:
        raise BadFile(problems=[f"{len(lines)} lines, the provider takes {profile.row_limit} a file"])
    rows: list[list[Cell]] = [[safe_text(_fill(title, context))] for title in profile.title_rows]
    if len(rows) >= profile.header_row:
        raise BadFile(
            problems=[f"{len(rows)} title rows leave no room for a header in row {profile.header_row}"]
        )
    rows += [[] for _row in range(profile.header_row - 1 - len(rows))]
    rows.append([safe_text(column.header) for column in profile.columns])
    problems: list[str] = []
    bad: list[tuple[int, str, BadCell]] = []
    for number, line in enumerate(lines, start=1):
        row: list[Cell] = []
        for column in profile.columns:
            try:
                row.append(_cell(profile, column, number, line, context))
            except BadCell as error:
                problems.append(f"line {number}: {error}")
                bad.append((number, column.header, error))
        rows.append(row)
    if problems:
        raise BadFile(problems=problems, cells=bad)
    return rows


def split(profile: Profile, lines: Sequence[Mapping[str, object]]) -> list[Sequence[Mapping[str, object]]]:
    """The lines in as many files as the provider's row limit asks for."""
    size = profile.row_limit or max(len(lines), 1)
    return [lines[start : start + size] for start in range(0, len(lines), size)]


def memo(template: str, facts: Mapping[str, object], ascii_only: bool = True) -> str:
    """The transfer's text: ASCII unless the provider takes diacritics, never with a category.

    >>> memo("TC {programme} T{month}/{year} {line_ref}",
    ...      {"programme": "BTXH", "month": "11", "year": 2026, "line_ref": "LS000123"})
    'TC BTXH T11/2026 LS000123'
    """
    text = _fill(template, facts)
    return (
        names.without_marks(text).encode("ascii", "ignore").decode() if ascii_only else names.normalise(text)
    )


def placeholders(template: str) -> list[str]:
    """The fields a title or memo names, in order of the alphabet.

    Raises BadCell where its braces do not close, or hold more than a name: "{line_no:>999999999}" fills the memory.

    >>> placeholders("TC {programme} T{month} {line_no}")
    ['line_no', 'month', 'programme']
    """
    try:
        parsed = list(string.Formatter().parse(template))
    except ValueError:
        raise BadCell(field="template", problem="its braces do not close", value=template) from None
    if any(spec or conversion for _text, _found, spec, conversion in parsed):
        raise BadCell(field="template", problem="only names of fields stand in braces", value=template)
    return sorted({found for _text, found, _spec, _conversion in parsed if found is not None})


def _fill(template: str, facts: Mapping[str, object]) -> str:
    fields = _fields(template)
    for name in fields:
        if name in _NEVER_OUT or name not in facts:
            problem = "must not leave the office" if name in _NEVER_OUT else "is not known"
            raise BadCell(field=name, problem=problem, value=template)
    return template.format(**{name: facts[name] for name in fields})


@lru_cache(maxsize=256)
def _fields(template: str) -> tuple[str, ...]:
    return tuple(placeholders(template))


def _cell(
    profile: Profile, column: Column, number: int, line: Mapping[str, object], context: Mapping[str, object]
) -> Cell:
    value = _value(profile, column, number, line, context)
    if column.kind in AMOUNTS:
        amount = cells.parse_amount(value)
        if amount is None or amount < 0:
            raise BadCell(field=column.field, problem="not an amount in whole đồng", value=value)
        if column.kind == AMOUNT:
            return amount
        return str(amount) if column.kind == AMOUNT_TEXT else format_dong(amount)
    if column.kind == DATE:
        if not isinstance(value, date):
            raise BadCell(field=column.field, problem="not a date", value=value)
        return value
    text = "" if value is None else names.normalise(str(value))
    if column.ascii and (profile.ascii_memo or column.field != "memo"):
        text = text.upper() if column.field == "memo" else names.ascii_upper(text)
    text = safe_text(text)
    if column.max_length and len(text) > column.max_length:
        raise BadCell(field=column.field, problem=f"longer than {column.max_length} characters", value=text)
    return text


def _value(
    profile: Profile, column: Column, number: int, line: Mapping[str, object], context: Mapping[str, object]
) -> object:
    if column.field in _NEVER_OUT:
        raise BadCell(field=column.field, problem="must not leave the office", value=column.header)
    if column.field == "stt":
        return number
    if column.field == "memo":
        return memo(profile.memo_template, {**context, **line}, profile.ascii_memo)
    if column.field in line:
        return line[column.field]
    if column.field in context:
        return context[column.field]
    raise BadCell(field=column.field, problem="is not a field of the line", value=column.header)


_RESULT_HEADERS = tuple(
    (field, re.compile(pattern))
    for field, pattern in (
        ("line_ref", r"tham chieu|ma (dong|chi tra|khach hang|lenh)|^ref|reference|line ref"),
        ("memo", r"noi dung|dien giai|memo|remark|description"),
        ("status", r"trang thai|ket qua|tinh trang|status|result"),
        ("reason", r"ly do|nguyen nhan|mo ta loi|ma loi|reason|error|^ft\b|ghi chu|note"),
        (
            "name",
            r"(ten|nguoi).*(thu huong|huong|nhan|chu tk|chu tai khoan)|ho (va )?ten|^ten\b"
            r"|beneficiary name|^name",
        ),
        ("source", r"(tk|tai khoan) (nguon|chuyen|trich no)|phi\b|fee"),
        ("account_no", r"tai khoan|\btk\b|stk|account"),
        ("amount", r"so tien|amount|thanh tien"),
    )
)
# What a layout's columns mean in the answer that comes back in the same layout, or in the answer's own.
_OWN = {
    "account_no": "account_no",
    "payee_name": "name",
    "payee_name_ascii": "name",
    "account_name": "name",
    "total": "amount",
    "amount": "amount",
    "memo": "memo",
    "line_ref": "line_ref",
    "answer": "status",
    "reason": "reason",
}
_STATUSES = (
    ("", re.compile(r"dang (xu ly|cho)|cho (xu ly|duyet)|pending|processing")),
    (
        UNCOLLECTED,
        re.compile(r"chua (den )?(nhan|linh|tra|chi)|khong (den )?(nhan|linh)|vang mat|uncollected"),
    ),
    (
        FAILED,
        re.compile(
            r"khong thanh cong|that bai|\bloi\b|tu choi|tra lai|hoan tra|bi hoan|huy"
            r"|khong hop le|dong tk|da dong"
            r"|sai (so|ten)|failed|failure|reject|return|error|unsuccess|invalid"
        ),
    ),
    (
        PAID,
        re.compile(
            r"thanh cong|da (chi|tra|thanh toan|nhan|linh|chuyen|ghi co)|hoan (thanh|tat)"
            r"|success|paid|complete|^ok$"
        ),
    ),
)


def parse_result(
    grid: Sequence[Sequence[object]],
    profile: Profile | Sequence[Profile] | None = None,
    default_status: str = "",
) -> list[ResultRow]:
    """The rows of a provider's result file, wherever its header stands.

    Headers are known by the texts of the provider's own layouts (that of its answers first, then that of the
    payment file) or by usual ones. A row that says no outcome gets `default_status` (a provider may send
    failures only), else "". Sums and titles are left out. Raises BadTable.
    """
    profiles = [profile] if isinstance(profile, Profile) else list(profile or ())
    start, columns = _header(grid, profiles)
    if len(columns) < 2 or not ({"line_ref", "memo", "account_no", "name"} & columns.keys()):
        raise BadTable(problem="no header row with account, name or reference")
    found = []
    statuses: dict[str, str] = {}
    for row in answer_tables.rows(grid, start, columns):
        texts = row.texts
        reference = texts.get("line_ref") or texts.get("memo", "")
        account_no = _account(row.cells.get("account_no"))
        amount = cells.parse_amount(row.cells["amount"]) if texts.get("amount") else None
        has_digits = any(letter.isdigit() for letter in account_no + reference)
        if not has_digits and not (texts.get("name") and amount is not None):
            continue
        said = texts.get("status", "")
        if said not in statuses:
            # An answer has few words, each on many rows.
            went_through = outcome(profiles, said)
            statuses[said] = status_of(said) if went_through is None else (PAID if went_through else FAILED)
        found.append(
            ResultRow(
                row=row.number,
                line_ref=reference,
                account_no=account_no,
                name=texts.get("name", ""),
                amount=amount,
                status=statuses[said] or default_status,
                reason=texts.get("reason", ""),
            )
        )
    return found


def _header(grid: Sequence[Sequence[object]], profiles: Sequence[Profile]) -> tuple[int, dict[str, int]]:
    own: dict[str, str] = {}
    for one in reversed(profiles):
        own |= answer_tables.own_headers(one.columns, _OWN)
    return answer_tables.header(grid, _RESULT_HEADERS, own)


def amount_column(grid: Sequence[Sequence[object]], profiles: Sequence[Profile]) -> int | None:
    """Where a result table has its amounts (from 0), as `parse_result` reads it."""
    return _header(grid, profiles)[1].get("amount")


def outcome(profiles: Iterable[Profile], text: str) -> bool | None:
    """Whether the providers' own words say that a row went through; None where they say nothing of it.

    >>> outcome([Profile((), good_words=("00",), bad_words=("25", "Trả về"))], "TRẢ VỀ")
    False
    """
    key = names.search_key(text)
    for one in profiles:
        for went_through, words in ((True, one.good_words), (False, one.bad_words)):
            if key and any(names.search_key(word) == key for word in words):
                return went_through
    return None


def status_of(text: str) -> str:
    """Paid, Failed or Uncollected as the provider's words say, "" when they say none of these.

    >>> status_of("Giao dịch không thành công"), status_of("Thành công"), status_of("Đang xử lý")
    ('Failed', 'Paid', '')
    """
    key = names.search_key(text)
    return next((status for status, pattern in _STATUSES if pattern.search(key)), "")


def _account(value: object) -> str:
    """The account as text; what cannot be one stays as written, to be seen and not matched."""
    text = cells.text(value)
    try:
        account.validate(value)
    except BadIdentifier:
        return text
    return account.compact(value)
