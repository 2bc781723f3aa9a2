"""Which change a commune's words mean: headings, the column of the kind, and reasons of lists F6."""

import re
from collections.abc import Sequence

from ansinh_app.core.headers import LEVELS
from ansinh_app.core.names import search_key

ACCOUNT, AGE = "Account", "Age"
# Kinds that are no registry change: an account is changed by a request, an age band by the run itself.
NO_CHANGE = (ACCOUNT, AGE)

# Somebody else's death is a reason for a grant, not for a stop: "chồng chết", "bố mẹ đã mất".
_OTHERS = r"(?<!chong )(?<!vo )(?<!bo )(?<!me )(?<!cha )(?<!con )"
_DEATH = re.compile(
    rf"{_OTHERS}\b(?:da )?(?:chet|tu vong|tu tran|qua doi)\b|{_OTHERS}\bda mat\b(?! suc)|^mat\b(?! suc)"
    r"|\bmat (?:ngay|thang|nam|hoi)\b"
)
_REASONS = (
    (ACCOUNT, re.compile(r"\b(?:doi|thay doi) (?:so )?(?:tk|tai khoan|hinh thuc|ngan hang)\b")),
    (AGE, re.compile(r"\b(?:doi|chuyen|thay doi) (?:nhom |do )?tuoi\b")),
    ("Resume", re.compile(r"\b(?:huong lai|tiep tuc huong|khoi phuc|phuc hoi)\b")),
    ("Suspend", re.compile(r"\b(?:tam dung|tam ngung|tam dinh chi)\b")),
    (
        "Transfer",
        re.compile(
            r"\bchuyen (?:di|khau|noi (?:khac|o)|(?:xa|phuong|huyen|tinh) khac|cu tru)\b|\bdi noi khac\b"
        ),
    ),
    ("Adjust", re.compile(r"\bdieu chinh\b|\b(?:doi|chuyen|thay doi) (?:nhom|doi tuong|muc)\b")),
    ("New", re.compile(r"\b(?:moi huong|huong moi|tang moi|bo sung|chuyen den)\b")),
    (
        "Stop",
        re.compile(
            r"\b(?:thoi huong|thoi chi tra|cat (?:giam|tro cap|che do)|het (?:dieu kien|tuoi|han|thoi han)"
            r"|dung (?:huong|tro cap|chi)|khong (?:con )?(?:du )?dieu kien)\b"
        ),
    ),
)
# In a heading or in the column of the kind the bare words are plain enough.
_FAMILIES = (
    ("Adjust", re.compile(r"\bdieu chinh\b|\bthay doi\b")),
    ("New", re.compile(r"\btang\b|\bmoi\b")),
    ("Stop", re.compile(r"\bgiam\b|\bcat\b|\bthoi\b|\bdung\b")),
)
_REFINES = {
    "Stop": ("Death", "Suspend", "Transfer", *NO_CHANGE),
    "New": ("Resume",),
    "Adjust": NO_CHANGE,
}
_COLUMNS = (
    ("occurred_on", re.compile(r"\bngay (?:chet|mat|tu vong|tu tran|xay ra)\b")),
    ("new_unit", re.compile(r"\bnoi (?:chuyen )?den\b|^(?:xa|phuong)? ?chuyen den$")),
    ("category", re.compile(r"\b(?:nhom|doi tuong)\b.*\bmoi$")),
    ("old_category", re.compile(r"\b(?:nhom|doi tuong)\b.*\bcu$")),
    (
        "change",
        re.compile(r"\bbien dong\b|\btang giam\b|^(?:loai|noi dung) (?:thay doi|dieu chinh|bien dong)"),
    ),
    ("reason", re.compile(r"^ly do\b|^nguyen nhan\b")),
)


def family(text: str) -> str | None:
    """What a heading, a sheet's name or the column of the kind announces.

    >>> family("II. GIẢM (3 người)"), family("Điều chỉnh tăng"), family("Chết"), family("Khối 5")
    ('Stop', 'Adjust', 'Death', None)
    """
    key = search_key(text)
    if _DEATH.search(key):
        return "Death"
    for kind, pattern in (*_FAMILIES, *_REASONS):
        if pattern.search(key):
            return reason_of(text) or kind if kind in ("New", "Stop") else kind
    return None


def reason_of(text: str) -> str | None:
    """What a reason in words says has happened.

    >>> reason_of("Chết ngày 3/6/2024"), reason_of("Chồng chết"), reason_of("Chuyển đi Bắc Giang")
    ('Death', None, 'Transfer')
    """
    key = search_key(text)
    if _DEATH.search(key):
        return "Death"
    return next((kind for kind, pattern in _REASONS if pattern.search(key)), None)


def kind_of(announced: str | None, reason: str) -> str | None:
    """The change a row means: its reason refines what its heading announced, and never turns it round.

    >>> kind_of("Stop", "chết 3/6/2024"), kind_of("New", "chồng chết"), kind_of(None, "hết điều kiện")
    ('Death', 'New', 'Stop')
    """
    said = reason_of(reason)
    if announced is None or said in _REFINES.get(announced, ()):
        return said
    return announced


def extra_columns(headers: Sequence[str]) -> dict[str, int]:
    """The columns only a list of changes has: kind, reason, day of the event, new commune, new group."""
    found: dict[str, int] = {}
    for column, header in enumerate(headers):
        key = " ".join(search_key(part) for part in header.split(LEVELS))
        kind = next((name for name, pattern in _COLUMNS if pattern.search(key)), None)
        if kind:
            found.setdefault(kind, column)
    return found
