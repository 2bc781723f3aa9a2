"""Vietnamese names: one spelling to keep, one to search by, and how well two of them agree."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from enum import Enum

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_NOT_LETTER = re.compile(r"[^A-Z ]+")
_APOSTROPHE = re.compile(r"['’‘`´ʼ]")
# Letters of the old one-byte fonts (.VnTime, TCVN3) that no Vietnamese Unicode text contains.
_LEGACY = re.compile(r"[µ¸¶·¹¨»¾¼½Æ§®¬]")


class Match(Enum):
    """How two names agree, best first; everything but DIFFERENT may be the same person."""

    EXACT = "exact"
    ORDER = "order"
    MISSING_MIDDLE = "missing_middle"
    ONE_LETTER = "one_letter"
    DIFFERENT = "different"


def normalise(text: str) -> str:
    """The text as it is kept: composed Unicode, Đ for Icelandic Ð, no invisible letters, single blanks.

    >>> normalise("  Nguyễn   Ðức ")
    'Nguyễn Đức'
    """
    # U+00F0 is the small form of U+00D0; old keyboard tables typed both for đ.
    text = unicodedata.normalize("NFC", text).replace("\u00d0", "Đ").replace("\u00f0", "đ")
    return " ".join(_INVISIBLE.sub("", text).split())


def without_marks(text: str) -> str:
    """The text without diacritics, letters otherwise as they are.

    >>> without_marks("Số định danh")
    'So dinh danh'
    """
    apart = unicodedata.normalize("NFD", normalise(text).replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def ascii_upper(text: str) -> str:
    """The name as banks hold it: A-Z and single blanks.

    >>> ascii_upper("Nguyễn Đức"), ascii_upper("H'Mông A-Phủ")
    ('NGUYEN DUC', 'HMONG A PHU')
    """
    bare = _APOSTROPHE.sub("", without_marks(text)).upper()
    return " ".join(_NOT_LETTER.sub(" ", bare).split())


def search_key(text: str) -> str:
    """What to compare and search by in any database: lower case, no marks, single blanks, digits kept.

    >>> search_key("  Xã Bình Hòa 2 ")
    'xa binh hoa 2'
    """
    return " ".join(re.sub(r"[^a-z0-9 ]+", " ", _APOSTROPHE.sub("", without_marks(text)).lower()).split())


def is_legacy_font(text: str) -> bool:
    """Whether the text was typed in an old one-byte font and is unreadable as Unicode.

    >>> is_legacy_font("NguyÔn V¨n A"), is_legacy_font("Nguyễn Văn A")
    (True, False)
    """
    return bool(_LEGACY.search(text))


def compare(first: str, second: str) -> Match:
    """How the two names agree, marks and case aside.

    >>> compare("Nguyễn Văn An", "NGUYEN VAN AN"), compare("Nguyễn Văn An", "NGUYEN AN")
    (<Match.EXACT: 'exact'>, <Match.MISSING_MIDDLE: 'missing_middle'>)
    """
    one, two = ascii_upper(first), ascii_upper(second)
    if not one or not two:
        return Match.DIFFERENT
    if one == two:
        return Match.EXACT
    words_one, words_two = Counter(one.split()), Counter(two.split())
    if words_one == words_two:
        return Match.ORDER
    shorter, longer = sorted((words_one, words_two), key=lambda words: words.total())
    if shorter.total() >= 2 and longer.total() == shorter.total() + 1 and not shorter - longer:
        return Match.MISSING_MIDDLE
    return Match.ONE_LETTER if _one_edit_apart(one, two) else Match.DIFFERENT


def _one_edit_apart(one: str, two: str) -> bool:
    """Whether one letter put in, left out or replaced turns one text into the other."""
    if len(one) > len(two):
        one, two = two, one
    if len(two) - len(one) > 1:
        return False
    at = next((i for i, letter in enumerate(one) if letter != two[i]), len(one))
    return one[at:] == two[at + 1 :] or one[at + 1 :] == two[at + 1 :]
