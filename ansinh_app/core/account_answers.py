"""What a provider answers to a list of account requests: its rows, and which request each one speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from . import answer_tables, bankfile, names
from .errors import BadTable
from .identity import account

OPENED, REJECTED = "Opened", "Rejected"

_HEADERS = tuple(
    (field_name, re.compile(pattern))
    for field_name, pattern in (
        ("ref", r"ma (yeu cau|de nghi|tham chieu|ho so)|^ref|request|reference"),
        ("status", r"trang thai|ket qua|tinh trang|status|result"),
        ("reason", r"ly do|nguyen nhan|reason|error|ghi chu|note"),
        ("holder_id", r"cccd|cmnd|so giay to|dinh danh|^id\b|id no|id number"),
        ("account_name", r"(ten|chu).*(tk|tai khoan)|account name"),
        ("account_no", r"(so )?(tk|tai khoan)|\bstk\b|account"),
        ("name", r"ho (va )?ten|^ten\b|nguoi mo|khach hang|^name"),
    )
)
# What a request layout's columns mean in the answer that comes back in the same layout.
_OWN = {
    "request_ref": "ref",
    "holder_id": "holder_id",
    "holder_name": "name",
    "holder_name_ascii": "name",
    "account_no": "account_no",
    "account_name": "account_name",
    "answer": "status",
    "reason": "reason",
}
_REJECTED = re.compile(
    r"tu choi|khong (thanh cong|hop le|mo duoc)|that bai|\bloi\b|tra lai|reject|fail|error|chua mo"
)
_OPENED = re.compile(r"da mo|thanh cong|hoan (thanh|tat)|mo moi|\bok\b|open|success|done")
_WAITING = re.compile(r"dang|cho (xu ly|duyet)|pending|processing")


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of the answer. `row` from 1; status Opened, Rejected or "" where it says neither."""

    row: int
    ref: str
    holder_id: str
    name: str
    account_no: str
    account_name: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it was sent: its reference, and the holder's ID and name."""

    ref: str
    holder_id: str
    name: str


@dataclass(slots=True)
class Matching:
    """Every row is matched or unmatched with a reason; `missing` are requests no row speaks of."""

    matched: list[tuple[Asked, Answer]] = field(default_factory=list)
    unmatched: list[tuple[Answer, str]] = field(default_factory=list)
    missing: list[Asked] = field(default_factory=list)


def parse(
    grid: Sequence[Sequence[object]], profiles: Iterable[bankfile.Profile] = (), default_status: str = ""
) -> list[Answer]:
    """The rows of a provider's list, wherever its header stands; sums and titles are left out. Raises BadTable.

    Headers are known by the texts of the provider's own layouts, else by usual ones. A row with an account
    number and no word of its outcome counts as opened, any other without a word as `default_status`.
    """
    profiles = list(profiles)
    own: dict[str, str] = {}
    for one in reversed(profiles):
        own |= answer_tables.own_headers(one.columns, _OWN)
    start, columns = answer_tables.header(grid, _HEADERS, own)
    if len(columns) < 2 or "account_no" not in columns or not ({"ref", "holder_id", "name"} & columns.keys()):
        raise BadTable(problem="no header row with account and reference, ID or name")
    answers = []
    for row in answer_tables.rows(grid, start, columns):
        texts = row.texts
        if not (texts.get("ref") or texts.get("holder_id") or texts.get("name")):
            continue
        number = texts.get("account_no", "")
        if number and account.is_valid(row.cells["account_no"]):
            number = account.compact(row.cells["account_no"])
        said = bankfile.outcome(profiles, texts.get("status", ""))
        status = (
            status_of(texts.get("status", ""), number) if said is None else (OPENED if said else REJECTED)
        )
        answers.append(
            Answer(
                row=row.number,
                ref=texts.get("ref", ""),
                holder_id=re.sub(r"\D", "", texts.get("holder_id", "")),
                name=texts.get("name", "") or texts.get("account_name", ""),
                account_no=number,
                account_name=texts.get("account_name", "") or texts.get("name", ""),
                status=status or default_status,
                reason=texts.get("reason", ""),
            )
        )
    return answers


def status_of(text: str, account_no: str = "") -> str:
    """Opened or Rejected as the provider's words say, "" when they say neither.

    >>> status_of("Từ chối"), status_of("Đã mở"), status_of("", "060123456789"), status_of("Đang xử lý", "06012345")
    ('Rejected', 'Opened', 'Opened', '')
    """
    key = names.search_key(text)
    if _REJECTED.search(key):
        return REJECTED
    if _OPENED.search(key):
        return OPENED
    return OPENED if account_no and not _WAITING.search(key) else ""


def match(asked: Iterable[Asked], answers: Iterable[Answer]) -> Matching:
    """Answers to requests by reference, then ID of the holder, then name; only where it is unique.

    Reasons: no_status, no_account, repeated_row, id_differs, several_candidates, no_such_request.
    """
    asked = list(asked)
    matching = Matching()
    by_ref = {one.ref: one for one in asked}
    by_id, by_name = (
        _groups(asked, lambda one: one.holder_id),
        _groups(asked, lambda one: names.search_key(one.name)),
    )
    taken: set[str] = set()
    for answer in answers:
        candidates = [by_ref[answer.ref]] if answer.ref in by_ref else []
        if candidates and answer.holder_id and candidates[0].holder_id not in ("", answer.holder_id):
            matching.unmatched.append((answer, "id_differs"))
            continue
        candidates = (
            candidates or by_id.get(answer.holder_id, []) or by_name.get(names.search_key(answer.name), [])
        )
        problem = _problem(answer, candidates, taken)
        if problem:
            matching.unmatched.append((answer, problem))
            continue
        taken.add(candidates[0].ref)
        matching.matched.append((candidates[0], answer))
    matching.missing = [one for one in asked if one.ref not in taken]
    return matching


def _problem(answer: Answer, candidates: list[Asked], taken: set[str]) -> str:
    if not candidates:
        return "no_such_request"
    if len(candidates) > 1:
        return "several_candidates"
    if candidates[0].ref in taken:
        return "repeated_row"
    if not answer.status:
        return "no_status"
    if answer.status == OPENED and not account.is_valid(answer.account_no):
        return "no_account"
    return ""


def _groups(asked: list[Asked], key: Callable[[Asked], str]) -> dict[str, list[Asked]]:
    groups: dict[str, list[Asked]] = {}
    for one in asked:
        if key(one):
            groups.setdefault(key(one), []).append(one)
    return groups
