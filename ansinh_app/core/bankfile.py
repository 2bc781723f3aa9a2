"""A provider's payment file by its profile, and what the provider sends back."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from . import cells, names
from .errors import BadCell, BadFile, BadTable
from .identity import account
from .ledger import FAILED, PAID, UNCOLLECTED

TEXT, AMOUNT, DATE = "text", "amount", "date"

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

    `memo_template` may name context and line fields: "TC {programme} T{month}/{year} {line_ref}".
    """

    columns: Sequence[Column]
    header_row: int = 1
    sheet_name: str = "data"
    title_rows: Sequence[str] = ()
    memo_template: str = "TC {programme} T{month}/{year} {line_ref}"
    row_limit: int | None = None
    file_type: str = "xlsx"


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
    fit; a text too long is refused, not cut, for the cut part may be the reference.
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
    problems = []
    for number, line in enumerate(lines, start=1):
        row: list[Cell] = []
        for column in profile.columns:
            try:
                row.append(_cell(profile, column, number, line, context))
            except BadCell as error:
                problems.append(f"line {number}: {error}")
        rows.append(row)
    if problems:
        raise BadFile(problems=problems)
    return rows


def split(profile: Profile, lines: Sequence[Mapping[str, object]]) -> list[Sequence[Mapping[str, object]]]:
    """The lines in as many files as the provider's row limit asks for."""
    size = profile.row_limit or max(len(lines), 1)
    return [lines[start : start + size] for start in range(0, len(lines), size)]


def memo(template: str, facts: Mapping[str, object]) -> str:
    """The transfer's text: ASCII, never with a category.

    >>> memo("TC {programme} T{month}/{year} {line_ref}",
    ...      {"programme": "BTXH", "month": "11", "year": 2026, "line_ref": "LS000123"})
    'TC BTXH T11/2026 LS000123'
    """
    return names.without_marks(_fill(template, facts)).encode("ascii", "ignore").decode()


def _fill(template: str, facts: Mapping[str, object]) -> str:
    fields = {found for _text, found, _spec, _conv in string.Formatter().parse(template) if found is not None}
    for name in sorted(fields):
        if name in _NEVER_OUT or name not in facts:
            problem = "must not leave the office" if name in _NEVER_OUT else "is not known"
            raise BadCell(field=name, problem=problem, value=template)
    return template.format(**{name: facts[name] for name in fields})


def _cell(
    profile: Profile, column: Column, number: int, line: Mapping[str, object], context: Mapping[str, object]
) -> Cell:
    value = _value(profile, column, number, line, context)
    if column.kind == AMOUNT:
        amount = cells.parse_amount(value)
        if amount is None or amount < 0:
            raise BadCell(field=column.field, problem="not an amount in whole đồng", value=value)
        return amount
    if column.kind == DATE:
        if not isinstance(value, date):
            raise BadCell(field=column.field, problem="not a date", value=value)
        return value
    text = "" if value is None else names.normalise(str(value))
    if column.ascii:
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
        return memo(profile.memo_template, {**context, **line})
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
_PROFILE_FIELDS = {
    "account_no": "account_no",
    "payee_name": "name",
    "account_name": "name",
    "total": "amount",
    "amount": "amount",
    "memo": "memo",
    "line_ref": "line_ref",
    "name": "line_ref",
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
    grid: Sequence[Sequence[object]], profile: Profile | None = None, default_status: str = ""
) -> list[ResultRow]:
    """The rows of a provider's result file, wherever its header stands.

    Headers are known by the profile's own texts or by usual ones. A row that says no outcome gets
    `default_status` (a provider may send failures only), else "".
    Sums and titles are left out. Raises BadTable.
    """
    start, columns = _result_header(grid, profile)
    rows = []
    for index in range(start + 1, len(grid)):
        found = {
            name: grid[index][column] if column < len(grid[index]) else None
            for name, column in columns.items()
        }
        texts = {name: cells.text(value) for name, value in found.items()}
        reference = texts.get("line_ref") or texts.get("memo", "")
        account_no = _account(found.get("account_no"))
        amount = cells.parse_amount(found["amount"]) if texts.get("amount") else None
        has_digits = any(letter.isdigit() for letter in account_no + reference)
        if not has_digits and not (texts.get("name") and amount is not None):
            continue
        if re.match(
            r"(tong|cong)\b", names.search_key(cells.text(next(filter(cells.text, grid[index]), "")))
        ):
            continue
        reason = texts.get("reason", "")
        rows.append(
            ResultRow(
                row=index + 1,
                line_ref=reference,
                account_no=account_no,
                name=texts.get("name", ""),
                amount=amount,
                status=status_of(texts.get("status", "")) or default_status,
                reason=reason,
            )
        )
    return rows


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
    return account.compact(value) if text and account.is_valid(value) else text


def _result_header(grid: Sequence[Sequence[object]], profile: Profile | None) -> tuple[int, dict[str, int]]:
    own = _own_headers(profile.columns) if profile else {}
    best: tuple[int, dict[str, int]] = (-1, {})
    for index, row in enumerate(grid[:60]):
        columns: dict[str, int] = {}
        for column, value in enumerate(row):
            key = names.search_key(cells.text(value))
            if not key or len(key) > 60:
                continue
            field = own.get(key) or next((f for f, pattern in _RESULT_HEADERS if pattern.search(key)), None)
            if field:
                columns.setdefault(field, column)
        if len(columns) > len(best[1]):
            best = (index, columns)
    found = best[1]
    if len(found) < 2 or not ({"line_ref", "memo", "account_no", "name"} & found.keys()):
        raise BadTable(problem="no header row with account, name or reference")
    return best


def _own_headers(columns: Iterable[Column]) -> dict[str, str]:
    return {
        names.search_key(column.header): _PROFILE_FIELDS[column.field]
        for column in columns
        if column.field in _PROFILE_FIELDS
    }
