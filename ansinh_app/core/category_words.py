"""How communes write a category in their own words, and the code of the law those words can only mean."""

from __future__ import annotations

import re
from functools import lru_cache

from .names import search_key

# Age bands of one benefit bear one code here: the law finds the band by the age.
_KIND = r"(?:tam than|than kinh|van dong|nhin|nghe noi|tri tue)"
_DISABLED = (
    rf"(?:{_KIND} )?(?:(?:nguoi|tre em|nct|nguoi cao tuoi|tre|la) )*(?:nkt|kt|khuyet tat|tan tat)(?: {_KIND})?"
    r"(?: (?:la )?(?:tre em|nguoi cao tuoi|nct))?"
)
_DEGREE = r"(?: muc do| thuoc dang| dang [a-z ]{2,20}?)?"
_BEHIND = r"(?: (?:la )?(?:tre em|nguoi cao tuoi|nct|nguoi lon))?"
_80_BEHIND = r"(?: tro len)?(?: khong co luong huu)?"
_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (code, re.compile(pattern))
    for code, pattern in (
        ("CS-06H", r"(?:ho gia dinh|ho|gia dinh)(?: dang)?(?: truc tiep)? (?:cham soc|nuoi duong) .*dac biet nang"),
        ("BTXH-06A1", rf"{_DISABLED}{_DEGREE} (?:dac biet nang|dbn|db nang|d b n){_BEHIND}"),
        ("BTXH-06B1", rf"{_DISABLED}{_DEGREE} (?:nang|n){_BEHIND}"),
        ("BTXH-04", r"(?:(?:nguoi|me|bo|cha) )*don than(?: ngheo)?(?: thuoc ho (?:can )?ngheo)?(?: dang)? nuoi con(?: nho)?"),
        ("BTXH-01A", r"(?:tre(?: em)? )?mo coi(?: ca)?(?: (?:cha|bo)(?: (?:va|lan))? me)?"),
        ("BTXH-01A", r"(?:tre(?: em)? )?(?:(?:khong(?: co)?|mat) nguon nuoi duong|bi bo roi)"),
        ("HTXH-75", r"(?:tro cap )?(?:htxh|huu tri xa hoi)(?: hang thang)?"),
        ("BTXH-05C", rf"(?:nguoi cao tuoi|nct|nguoi gia|cu)(?: (?:tu|tren))?(?: du)? 80(?: tuoi)?{_80_BEHIND}"),
        ("BTXH-05C", rf"(?:nguoi )?(?:tu|tren)(?: du)? 80 tuoi{_80_BEHIND}"),
        ("BTXH-08", r"(?:nguoi )?(?:nhiem )?hiv(?: aids)?(?: thuoc)? ho ngheo(?: khong co thu nhap on dinh)?"),
        ("NCC-04", r"(?:ba )?me (?:(?:viet nam|vn) anh hung|vnah)|bmvnah"),
    )
)  # fmt: skip
# A longer text is a sentence, and the patterns below would take very long over it.
_LONGEST, _LONGEST_TITLE = 300, 140
_PERCENT = re.compile(r"\(?(?:ttct|ty le|mat suc|thuong tat)?\s*:?\s*(\d{2,3})\s*%")
_WOUNDED = re.compile(
    r"(?:thuong binh|tb)(?: loai)?( b)?(?: hang \d)?(?: \d{2,3})?(?: mat suc| ttct| ty le)?(?: \d{2,3})?"
)


_SICK_SOLDIER = re.compile(
    r"(?:benh binh|bb)(?: hang \d)?(?: \d{2,3})?(?: mat suc| ttct| ty le)?(?: \d{2,3})?"
)
# Beside a category in brackets or behind a dash these say nothing more: "Khoản 6 - NKT nặng", "NKTN (hs 1,5)".
_BESIDE = re.compile(
    r"(?:khoan|k) ?\d|(?:hs|he so|muc)(?: huong)?(?: \d+)*|tre em|te|nct|nguoi cao tuoi|(?:doi tuong )?btxh|\d+"
)
# "Khoản 5 điểm c", "điểm c k5 đ5 NĐ 20/2021/NĐ-CP": who is named by the decree's own numbers.
_ARTICLE = re.compile(
    r"(?:diem (?P<before>[a-d]) )?(?:khoan |k ?)(?P<clause>[1-8])(?: diem (?P<after>[a-d]))?(?: (?:dieu |d ?)5)?"
    r"(?: (?:nghi dinh |nd ?)?(?:so )?20(?: 2021)?(?: nd cp)?)?(?: (?P<degree>nang|dac biet nang|dbn))?"
)
_CLAUSES = {"1": "BTXH-01A", "2": "BTXH-02", "3": "BTXH-03A", "4": "BTXH-04", "7": "BTXH-07", "8": "BTXH-08"}
_CLAUSES |= {"5a": "BTXH-05A1", "5b": "BTXH-05B", "5c": "BTXH-05C", "5d": "BTXH-05D"}
_CLAUSES |= {"6nang": "BTXH-06B1", "6dac biet nang": "BTXH-06A1", "6dbn": "BTXH-06A1"}
# Abbreviations that are always written together.
_SHORT = (
    (re.compile(r"\b(nkt|kt)(dbn|n)\b"), r"\1 \2"),
    (re.compile(r"\bte\b"), "tre em"),
    (re.compile(r"^(?:doi tuong|dien|nhom|loai) (?=[a-z])"), ""),
)
_TITLE = re.compile(
    r"(?:danh sach|ds)(?: (?:chi tra|tro cap|doi tuong|cac|cho|la|hang thang))* (?P<who>.+?)"
    r"(?: (?:dang |duoc |da |dang duoc )?(?:huong|nhan|linh)\b.*| (?:tren dia ban|thang|nam|quy|xa|phuong|thi tran)\b.*)?"
)


def code_in_title(text: str) -> str:
    """The words of a title or of a sheet's name that say one category for everybody on the list, or "".

    >>> code_in_title("DANH SÁCH NGƯỜI KHUYẾT TẬT NẶNG HƯỞNG TRỢ CẤP"), code_in_title("Danh sách chi trả")
    ('Người khuyết tật nặng', '')
    """
    words = [word for word in text.split() if search_key(word)]
    key = search_key(" ".join(words))
    if len(key) > _LONGEST_TITLE:
        return ""
    found = _TITLE.fullmatch(key)
    who = found["who"] if found else key
    if not code_in_words(who):
        return ""
    keys, wanted = [search_key(word) for word in words], who.split()
    for start in range(len(keys)):
        if keys[start : start + len(wanted)] == wanted:
            said = " ".join(words[start : start + len(wanted)])
            return said.capitalize() if said.isupper() else said
    return who


def _by_article(key: str) -> str | None:
    found = _ARTICLE.fullmatch(key)
    point = found and (found["before"] or found["after"] or "")
    if not found or (found["before"] and found["after"]) or (point and found["clause"] not in "15"):
        return None
    return _CLAUSES.get(f"{found['clause']}{point if found['clause'] == '5' else ''}{found['degree'] or ''}")


def _by_parts(text: str) -> str | None:
    """The code of the one part that names a category, when all the others say the same or nothing."""
    parts = [part for part in re.split(r"[()\[\]]|\s[-–]\s", text) if search_key(part)]
    if len(parts) < 2:
        return None
    codes = {code_in_words(part) for part in parts if not _BESIDE.fullmatch(search_key(part))}
    return codes.pop() if len(codes) == 1 else None


@lru_cache(maxsize=2048)
def code_in_words(text: str) -> str | None:
    """The code that a commune's own words stand for, or None when they could mean several.

    >>> code_in_words("NKT nặng"), code_in_words("Người khuyết tật đặc biệt nặng"), code_in_words("Người cao tuổi")
    ('BTXH-06B1', 'BTXH-06A1', None)
    >>> code_in_words("Thương binh 61%"), code_in_words("TB loại B 45 %"), code_in_words("Thương binh")
    ('NCC-06-61', 'NCC-06B-45', None)
    """
    key = search_key(text)
    if len(text) > _LONGEST:
        return None
    for pattern, whole in _SHORT:
        key = pattern.sub(whole, key)
    wounded = _WOUNDED.fullmatch(key)
    if wounded:
        percent = _PERCENT.search(text)
        if not percent or not 21 <= int(percent[1]) <= 100:
            return None
        return f"NCC-06{'B' if wounded[1] else ''}-{percent[1]}"
    # The age is judged by the birth date: "Người khuyết tật nặng (từ 16 đến dưới 60 tuổi)".
    sick = _SICK_SOLDIER.fullmatch(key) and _PERCENT.search(text)
    if sick:
        return f"NCC-07{'ABCDEF'[(int(sick[1]) - 41) // 10]}" if 41 <= int(sick[1]) <= 100 else None
    by_article = _by_article(key)
    if by_article:
        return by_article
    without_age = re.sub(r" (?:tu|duoi|tren)(?: du)? \d+[a-z0-9 ]*tuoi$", "", key) or key
    matches = (code for said in (key, without_age) for code, pattern in _WORDS if pattern.fullmatch(said))
    return next(matches, None) or _by_parts(text)
