"""How communes write a category in their own words, and the code of the law those words can only mean."""

from __future__ import annotations

import re

from .names import search_key

# Age bands of one benefit bear one code here: the law finds the band by the age.
_DISABLED = r"(?:(?:nguoi|tre em|nct|nguoi cao tuoi|tre) )*(?:nkt|kt|khuyet tat|tan tat)"
_DEGREE = r"(?: muc do| thuoc dang| dang [a-z ]{2,20}?)?"
_WORDS: tuple[tuple[str, re.Pattern], ...] = tuple(
    (code, re.compile(pattern))
    for code, pattern in (
        ("CS-06H", r"(?:ho gia dinh|ho|gia dinh)(?: dang)?(?: truc tiep)? (?:cham soc|nuoi duong) .*dac biet nang"),
        ("BTXH-06A1", rf"{_DISABLED}{_DEGREE} (?:dac biet nang|dbn|db nang|d b n)(?: (?:la )?(?:tre em|nguoi cao tuoi|nct))?"),
        ("BTXH-06B1", rf"{_DISABLED}{_DEGREE} (?:nang|n)(?: (?:la )?(?:tre em|nguoi cao tuoi|nct))?"),
        ("BTXH-04", r"(?:nguoi )?don than(?: ngheo)?(?: thuoc ho (?:can )?ngheo)?(?: dang)? nuoi con(?: nho)?"),
        ("BTXH-01A", r"tre(?: em)? (?:mo coi(?: ca)?(?: cha(?: va)? me| bo(?: va)? me)|khong co nguon nuoi duong|bi bo roi)"),
        ("HTXH-75", r"(?:tro cap )?(?:htxh|huu tri xa hoi)(?: hang thang)?"),
        ("BTXH-05C", r"(?:nguoi cao tuoi|nct|nguoi gia)(?: tu)?(?: du)? 80(?: tuoi)? tro len(?: khong co luong huu)?"),
        ("NCC-04", r"(?:ba )?me (?:viet nam|vn) anh hung|bmvnah|me vnah"),
    )
)  # fmt: skip
_PERCENT = re.compile(r"\(?(?:ttct|ty le|mat suc|thuong tat)?\s*:?\s*(\d{2,3})\s*%")
_WOUNDED = re.compile(
    r"(?:thuong binh|tb)(?: loai)?( b)?(?: hang \d)?(?: \d{2,3})?(?: mat suc| ttct| ty le)?(?: \d{2,3})?"
)


def code_in_words(text: str) -> str | None:
    """The code that a commune's own words stand for, or None when they could mean several.

    >>> code_in_words("NKT nặng"), code_in_words("Người khuyết tật đặc biệt nặng"), code_in_words("Người cao tuổi")
    ('BTXH-06B1', 'BTXH-06A1', None)
    >>> code_in_words("Thương binh 61%"), code_in_words("TB loại B 45 %"), code_in_words("Thương binh")
    ('NCC-06-61', 'NCC-06B-45', None)
    """
    key = search_key(text)
    wounded = _WOUNDED.fullmatch(key)
    if wounded:
        percent = _PERCENT.search(text)
        if not percent or not 21 <= int(percent[1]) <= 100:
            return None
        return f"NCC-06{'B' if wounded[1] else ''}-{percent[1]}"
    # The age is judged by the birth date: "Người khuyết tật nặng (từ 16 đến dưới 60 tuổi)".
    key = re.sub(r" (?:tu|duoi|tren)(?: du)? \d+[a-z0-9 ]*tuoi$", "", key) or key
    return next((code for code, pattern in _WORDS if pattern.fullmatch(key)), None)
