"""Vietnamese names: one spelling to keep, one to search by, and how well two of them agree."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from enum import Enum
from functools import lru_cache
from itertools import filterfalse

_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_INVISIBLE_ASCII = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_NOT_LETTER = re.compile(r"[^A-Z ]+")
_APOSTROPHE = re.compile(r"['’‘`´ʼ]")
# Letters of the old one-byte fonts (.VnTime, TCVN3) that no Vietnamese Unicode text contains.
_LEGACY = re.compile(r"[µ¸¶·¹¨»¾¼½Æ§®¬]")
# "Nguyễn Văn A (chết 5/2024)", "Nguyễn Văn A - con ông B", "Nguyễn Văn A, đã chuyển đi"
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]?")
_TAIL = re.compile(
    r"\s+[-–—]+\s+|\s*[;/*]+\s*|\s*,\s+|\s*[-–—]+\s*$"
    r"|\s+(?=(?:đã )?(?:chết|từ trần)\b|sinh (?:năm|ngày)\b|sn\b)",
    re.IGNORECASE,
)
_BETWEEN_PEOPLE = re.compile(r"(?:^|\s)\d{1,2}\s*[.)]|\n|;|/|,|\+|&|\s+[-–—]\s+|\s+và\s+", re.IGNORECASE)
_TITLES = frozenset("ông bà cụ cháu em anh chị bé ô b".split())
_FAMILY_NAMES = frozenset(
    """đặng bàng bành cấn chang chế chíu cứ diệp doãn dư hàn hàng hán hờ khúc lầu lỗ lữ lường ly mẫn nhan nhữ quản
    sồng tào tằng thang tòng trà tráng từ uông ung vạn xa
    an âu bạch bàn bế bùi cao cầm chẩu châu chu chung chử cù cung dương đái đàm đàng đào đậu điêu điểu đinh
    đoàn đỗ đồng đổng đường giàng giang giáp hà hạ hầu hồ hoa hoàng huỳnh hứa kha khổng khuất khương kiều kim la
    lã lạc lại lâm lăng lê liễu lò lô lộc lục luân lương lưu lý ma mã mạc mai mạnh mè mông mùa ngân nghiêm ngô
    ngụy nguyễn nhâm ninh nông phạm phan phí phó phù phùng quách quan sầm sùng tạ tăng thạch thái thân thào thẩm
    thi thiều tiêu tô tôn tống trang trần triệu trịnh trương vàng văn vi viên vòng võ vũ vương vừ""".split()
)


class Match(Enum):
    """How two names agree, best first; everything but DIFFERENT may be the same person."""

    EXACT = "exact"
    ORDER = "order"
    MISSING_MIDDLE = "missing_middle"
    ONE_LETTER = "one_letter"
    DIFFERENT = "different"


@lru_cache(maxsize=8192)
def normalise(text: str) -> str:
    """The text as it is kept: composed Unicode, Đ for Icelandic Ð, no invisible letters, single blanks.

    >>> normalise("  Nguyễn   Ðức ")
    'Nguyễn Đức'
    """
    if text.isascii():
        # Nearly all of it is plain letters and digits; only control characters have to be looked for.
        return " ".join((text if text.isprintable() else _INVISIBLE_ASCII.sub("", text)).split())
    # U+00F0 is the small form of U+00D0; old keyboard tables typed both for đ.
    text = unicodedata.normalize("NFC", text).replace("\u00d0", "Đ").replace("\u00f0", "đ")
    return " ".join(_INVISIBLE.sub("", text).split())


def tight(text: str) -> str:
    """The text as it is, lines too, with single blanks and without empty lines: patterns take long over blanks.

    >>> tight("  Lý   Văn A\\n\\n Lý Văn B ")
    'Lý Văn A\\nLý Văn B'
    """
    return "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip())


def proper_case(text: str) -> str:
    """A name all in capitals or all in small letters as it is written otherwise; any other name as it is.

    >>> proper_case("NGUYỄN VĂN AN"), proper_case("H'MÔNG A-PHỦ"), proper_case("lê văn an"), proper_case("Y Ban")
    ('Nguyễn Văn An', "H'Mông A-Phủ", 'Lê Văn An', 'Y Ban')
    """
    letters = "".join(letter for letter in text if letter.isalpha())
    if len(letters) < 2 or not (letters.isupper() or letters.islower()):
        return text
    return re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), text)


def split_notes(text: str) -> tuple[str, str]:
    """A name cell as the name alone and what else its writer put there.

    >>> split_notes("Nguyễn Văn A (chết 5/2024)"), split_notes("Bà Lê Thị B - con ông C"), split_notes("Ông Văn D")
    (('Nguyễn Văn A', 'chết 5/2024'), ('Lê Thị B', 'con ông C'), ('Ông Văn D', ''))
    """
    notes = [part.strip() for part in _BRACKETS.findall(text)]
    name = " ".join(_BRACKETS.sub(" ", text).split())
    parts = _TAIL.split(name, maxsplit=1)
    if len(parts) > 1 and parts[0].strip():
        notes.insert(0, parts[1].strip())
        name = parts[0].strip()
    name = re.sub(r"^\d{1,4}\s*[.)\-]\s*(?=\D)", "", name).strip(" .,;:-–—*")
    words = name.split()
    first = words[0].strip(".:").lower() if words else ""
    if len(words) > 2 and first in _TITLES and words[1].lower() in _FAMILY_NAMES:
        if not (first == "ông" and words[1].lower() == "văn"):
            name = " ".join(words[1:])
    return (name or text), "; ".join(note for note in notes if note)


def are_several(text: str) -> bool:
    """Whether a name cell holds the names of two people or more; lines of the cell still stand apart.

    >>> are_several("Lý Văn Bé\\nLý Thị Lan"), are_several("Lý Văn Bé - con ông Lý Văn A"), are_several("Lý Thị\\nMai Anh")
    (True, False, False)
    """
    text = tight(text)
    if not _BETWEEN_PEOPLE.search(text):
        return False
    parts = [part.split() for part in _BETWEEN_PEOPLE.split(_BRACKETS.sub(" ", text)) if part.strip()]
    people = [words for words in parts if _has_family_name(words)]
    shortest = 2 if "\n" in text and sum(map(len, people)) > 4 else 3
    return sum(len(words) >= shortest for words in people) > 1


def is_whole_name(text: str) -> bool:
    """Whether the text is somebody's full name and nothing else.

    >>> is_whole_name("Nguyễn Văn A"), is_whole_name("nhận tại nhà")
    (True, False)
    """
    return _has_family_name(text.split())


def _has_family_name(words: list[str]) -> bool:
    """Whether the words are a family name and what follows it, each with a capital."""
    if len(words) > 2 and words[0].strip(".:").lower() in _TITLES:
        words = words[1:]
    return (
        2 <= len(words) <= 6
        and normalise(words[0]).lower() in _FAMILY_NAMES
        and all(word[0].isupper() and word.replace("'", "").isalpha() for word in words)
    )


@lru_cache(maxsize=8192)
def without_marks(text: str) -> str:
    """The text without diacritics, letters otherwise as they are.

    >>> without_marks("Số định danh")
    'So dinh danh'
    """
    text = normalise(text)
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return " ".join("".join(filterfalse(unicodedata.combining, apart)).split())


@lru_cache(maxsize=8192)
def ascii_upper(text: str) -> str:
    """The name as banks hold it: A-Z and single blanks.

    >>> ascii_upper("Nguyễn Đức"), ascii_upper("H'Mông A-Phủ")
    ('NGUYEN DUC', 'HMONG A PHU')
    """
    bare = _APOSTROPHE.sub("", without_marks(text)).upper()
    return " ".join(_NOT_LETTER.sub(" ", bare).split())


@lru_cache(maxsize=8192)
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
