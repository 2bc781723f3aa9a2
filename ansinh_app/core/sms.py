"""Short messages: what a text takes on the mobile network, and how to say it in fewer letters.

GSM 03.38: 160 letters of 7 bits a message, 153 in each part of a longer one; a text with any other letter goes
out in 16 bits a letter: 70, or 67 a part. Vietnamese letters with marks are not in the 7-bit alphabet.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

GSM, UNICODE = "GSM-7", "Unicode"
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")  # each takes two places
_ALONE, _PART = {GSM: 160, UNICODE: 70}, {GSM: 153, UNICODE: 67}
_OTHERS = str.maketrans(
    {"đ": "d", "Đ": "D", "–": "-", "—": "-", "…": "...", "’": "'", "‘": "'", "“": '"', "”": '"'}
)


@dataclass(frozen=True, slots=True)
class Size:
    """What a text takes: the alphabet, places in it, and messages."""

    alphabet: str
    places: int
    parts: int


def measure(text: str) -> Size:
    """What the text takes as a short message; nothing takes none.

    >>> measure("Tra tro cap"), measure("Trả trợ cấp")
    (Size(alphabet='GSM-7', places=11, parts=1), Size(alphabet='Unicode', places=11, parts=1))
    >>> measure("a" * 161).parts, measure("ả" * 71).parts, measure("[" * 80).parts, measure("[" * 81).parts
    (2, 2, 1, 2)
    """
    if set(text) <= _BASIC | _EXTENDED:
        places = len(text) + sum(letter in _EXTENDED for letter in text)
        alphabet, split = GSM, any(letter in _EXTENDED for letter in text)
    else:
        places = len(text) + sum(ord(letter) > 0xFFFF for letter in text)
        alphabet, split = UNICODE, False
    if places <= _ALONE[alphabet]:
        return Size(alphabet, places, 1 if text else 0)
    room = _PART[alphabet]
    # A pair is never torn: a part with pairs may have to leave its last place empty.
    parts = _parts_of_pairs(text, room) if split else -(-places // room)
    return Size(alphabet, places, parts)


def _parts_of_pairs(text: str, room: int) -> int:
    parts, used = 1, 0
    for letter in text:
        width = 2 if letter in _EXTENDED else 1
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts


def plain(text: str) -> str:
    """The text without marks, in letters of the 7-bit alphabet; what has none is left out.

    >>> plain("Đại lý Bưu điện – 7:30 “sáng”")
    'Dai ly Buu dien - 7:30 "sang"'
    """
    spread = unicodedata.normalize("NFD", text.translate(_OTHERS))
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return "".join(letter for letter in bare if letter in _BASIC or letter in _EXTENDED)


def first_that_fits(texts: Iterable[str]) -> str:
    """The first of several ways to say it that goes out as one message, else the last, cut at a word."""
    text = ""
    for text in texts:
        if measure(text).parts <= 1:
            return text
    while measure(text).parts > 1 and " " in text:
        text = text.rsplit(" ", 1)[0]
    return text
