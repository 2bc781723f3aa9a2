"""The police's answer as a sheet: its rows, and whom each one speaks of; never by the row's place alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date

from .. import cells, names
from ..errors import BadIdentifier, BadTable
from . import cccd, verification
from .verification import Found, Identity

# The words of the drop-down; what people write instead is read as well.
WORDS = {
    verification.VERIFIED: "Đúng",
    verification.MISMATCH: "Sai lệch",
    verification.NOT_FOUND: "Không tìm thấy",
    verification.DECEASED: "Đã chết",
    verification.MOVED: "Đã chuyển đi",
}
_RESULTS = (
    (verification.NOT_FOUND, r"khong (tim|thay|co (thong tin|du lieu|trong|ten)|ton tai)|chua co du lieu|not found"),
    (verification.DECEASED, r"\b(chet|tu tran|tu vong|qua doi|da mat|mat nam|khai tu|deceased)\b"),
    (verification.MOVED, r"chuyen (di|khau|noi|den|ho)|da chuyen|khong con cu tru|khong cu tru|moved"),
    (verification.MISMATCH, r"sai|lech|khong (khop|dung|trung)|khac|chua (khop|dung)|mismatch"),
    (verification.VERIFIED, r"^(ok|x)$|dung|khop|xac minh|xac thuc|chinh xac|trung|verified|^co$"),
)
_HEADERS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("result", r"ket qua|result"),
        ("died_on", r"ngay (chet|mat|tu tran|tu vong)|died"),
        ("moved_on", r"ngay (chuyen|di)|moved on"),
        ("moved_to", r"(noi|dia chi|chuyen).*(den|moi)|moved to"),
        ("found_full_name", r"ten.*(dung|cong an|dinh chinh|csdl)|(dung|dinh chinh).*ten"),
        ("found_birth", r"sinh.*(dung|cong an|dinh chinh|csdl)"),
        ("found_sex", r"gioi tinh.*(dung|cong an|dinh chinh|csdl)"),
        ("found_personal_id", r"(dinh danh|ddcn|cccd|can cuoc).*(dung|cong an|dinh chinh|csdl)"),
        ("note", r"ghi chu|note"),
        ("ref", r"^ma( |$)|reference|^code"),
        ("number", r"^(stt|so tt|tt|so thu tu|no)$"),
        ("old_id", r"cmnd cu|cmnd$"),
        ("personal_id", r"dinh danh|ddcn|cccd|can cuoc|personal id"),
        ("full_name", r"^ho (va |)ten|^ten$|full name"),
        ("birth", r"sinh$|^sinh|born"),
    )
)
_FOUND = ("found_full_name", "found_birth", "found_sex", "found_personal_id", "died_on", "moved_to", "moved_on")
_SEARCHED = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """One row: `row` from 1 as in the sheet; `found` None and `problem` a code where it cannot be read."""

    row: int
    ref: str
    number: int
    full_name: str
    personal_id: str
    said: str
    found: Found | None
    problem: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A row of the list as it was sent: its code, its running number and the person."""

    ref: str
    number: int
    identity: Identity


@dataclass(slots=True)
class Matching:
    """Every answered row is matched, or unmatched with a code; blank rows of the list are neither."""

    matched: list[tuple[Asked, Answer]] = field(default_factory=list)
    unmatched: list[tuple[Answer, str]] = field(default_factory=list)


def result_of(text: str) -> str:
    """The result as the police's words say, "" where they say none.

    >>> result_of("Khớp"), result_of("Không khớp năm sinh"), result_of("đã chết"), result_of("?")
    ('Verified', 'Mismatch', 'Deceased', '')
    """
    key = names.search_key(text)
    return next((result for result, pattern in _RESULTS if key and re.search(pattern, key)), "")


def parse(grid: Sequence[Sequence[object]], provinces: Set[str] | None = None) -> list[Answer]:
    """The answered rows of a sheet, wherever its header stands and in whatever order. Raises BadTable."""
    start, columns = _header(grid)
    answers = []
    for index in range(start + 1, len(grid)):
        row = grid[index]
        cell = {name: row[place] if place < len(row) else None for name, place in columns.items()}
        text = {name: cells.text(value) for name, value in cell.items()}
        number = int(text["number"]) if text.get("number", "").isdecimal() else 0
        names_somebody = text.get("ref") or number or text.get("personal_id")
        answered = text.get("result") or any(text.get(name) for name in _FOUND)
        if not names_somebody or not answered:
            continue
        found, problem = _read(cell, text, provinces)
        answers.append(
            Answer(
                row=index + 1,
                ref=text.get("ref", "").upper(),
                number=number,
                full_name=text.get("full_name", ""),
                personal_id=re.sub(r"\D", "", text.get("personal_id", "")),
                said=text.get("result", ""),
                found=found,
                problem=problem,
                note=text.get("note", ""),
            )
        )
    return answers


def _read(
    cell: dict[str, object], text: dict[str, str], provinces: Set[str] | None
) -> tuple[Found | None, str]:
    said = text.get("result", "")
    result = result_of(said)
    if said and not result:
        return None, "unknown_result"
    days: dict[str, cells.CellDate] = {}
    for name in ("found_birth", "died_on", "moved_on"):
        if text.get(name) and not cells.says_none(cell[name]):
            day = cells.parse_date(cell[name])
            if day is None or (name != "found_birth" and day.precision != "Day"):
                return None, f"bad_{name}"
            days[name] = day
    sex = cells.parse_sex(cell["found_sex"]) if text.get("found_sex") else None
    if text.get("found_sex") and not sex:
        return None, "bad_sex"
    born, died, moved = (days.get(name) for name in ("found_birth", "died_on", "moved_on"))
    number = None
    if text.get("found_personal_id") and not cells.says_none(cell["found_personal_id"]):
        try:
            number = _personal_id(cell["found_personal_id"], sex, born.value if born else None, provinces)
        except BadIdentifier:
            return None, "bad_personal_id"
    if not result:
        result = verification.DECEASED if died else verification.MISMATCH
        result = verification.MOVED if text.get("moved_to") and not died else result
    return Found(
        result=result,
        full_name=names.proper_case(text.get("found_full_name", "")) or None,
        born=born.value if born else None,
        precision=born.precision if born else "Day",
        sex=sex,
        personal_id=number,
        died_on=died.value if died else None,
        moved_to=text.get("moved_to") or None,
        moved_on=moved.value if moved else None,
    ), ""


def _personal_id(value: object, sex: str | None, born: date | None, provinces: Set[str] | None) -> str:
    repaired = cccd.repair(value, sex, born, provinces)
    if repaired:
        return repaired
    cccd.validate(value)
    return cccd.compact(value)


def match(asked: Iterable[Asked], answers: Iterable[Answer]) -> Matching:
    """Answers to the rows of the list by code, else by running number and ID, else by ID alone.

    A row whose name or ID is not the one sent is refused: somebody moved cells or wrote over them.
    Reasons: those of the rows, no_such_row, id_differs, name_differs, not_sure, repeated_row.
    """
    asked = list(asked)
    by_ref, by_number = {one.ref: one for one in asked}, {one.number: one for one in asked}
    by_id: dict[str, list[Asked]] = {}
    for one in asked:
        if one.identity.personal_id:
            by_id.setdefault(one.identity.personal_id, []).append(one)
    matching = Matching()
    taken: dict[str, Found | None] = {}
    for answer in answers:
        meant, problem = _whom(answer, by_ref, by_number, by_id)
        problem = problem or answer.problem
        if meant is not None and not problem and meant.ref in taken:
            if taken[meant.ref] == answer.found:
                continue
            problem = "repeated_row"
        if meant is None or problem:
            matching.unmatched.append((answer, problem))
            continue
        taken[meant.ref] = answer.found
        matching.matched.append((meant, answer))
    return matching


def _whom(
    answer: Answer,
    by_ref: Mapping[str, Asked],
    by_number: Mapping[int, Asked],
    by_id: Mapping[str, list[Asked]],
) -> tuple[Asked | None, str]:
    one = by_ref.get(answer.ref) if answer.ref else None
    if answer.ref and one is None:
        return None, "no_such_row"
    if one is None:
        one = by_number.get(answer.number)
        if one is None or not _surely(answer, one.identity):
            same_id = by_id.get(answer.personal_id, []) if answer.personal_id else []
            if len(same_id) != 1:
                return None, "not_sure" if one or len(same_id) > 1 else "no_such_row"
            one = same_id[0]
    known = one.identity.personal_id
    if answer.personal_id and known and answer.personal_id.zfill(12) != known:
        return None, "id_differs"
    if answer.full_name and not verification.same_name(answer.full_name, one.identity.full_name):
        return None, "name_differs"
    return one, ""


def _surely(answer: Answer, asked: Identity) -> bool:
    """Whether a row known by its running number alone speaks of this person."""
    if answer.personal_id or asked.personal_id:
        return answer.personal_id == asked.personal_id
    return bool(answer.full_name) and verification.same_name(answer.full_name, asked.full_name)


def _header(grid: Sequence[Sequence[object]]) -> tuple[int, dict[str, int]]:
    best: tuple[int, dict[str, int]] = (-1, {})
    for index, row in enumerate(grid[:_SEARCHED]):
        columns: dict[str, int] = {}
        for place, value in enumerate(row):
            key = names.search_key(cells.text(value))
            if key and len(key) <= _SEARCHED:
                name = next((one for one, pattern in _HEADERS if pattern.search(key)), None)
                if name:
                    columns.setdefault(name, place)
        if len(columns) > len(best[1]):
            best = (index, columns)
    found = best[1].keys()
    if "result" not in found or not ({"ref", "personal_id"} & found):
        raise BadTable(problem="no header row with result and code or ID")
    return best
