"""The order in which people are called out: village by village, then by given name, as Vietnamese sorts letters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from . import names

_LETTERS = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=1)}
_TONES = {tone: place for place, tone in enumerate("\u0300\u0309\u0303\u0301\u0323", start=1)}
_NUMBER = re.compile(r"(\d+)")

WordKey = tuple[tuple[int, ...], tuple[int, ...]]  # the places of its letters and of its tones


def name_key(full_name: str) -> tuple[WordKey, ...]:
    """Sorts names by the given name, then by the whole name; letters go before tones (TCVN 6909 alphabet).

    >>> sorted(["Lý Văn Đạt", "Lý Văn Dũng", "Bế Thị Ân", "Lý Văn An", "Bế Văn An"], key=name_key)
    ['Bế Văn An', 'Lý Văn An', 'Bế Thị Ân', 'Lý Văn Dũng', 'Lý Văn Đạt']
    """
    words = [_word_key(word) for word in names.normalise(full_name or "").split()]
    return tuple(words[-1:] + words)


def place_key(place: str) -> tuple[tuple[int, int | tuple[WordKey, ...]], ...]:
    """Sorts villages by name and number.

    >>> sorted(["Khối 10", "Khối 2", "Ấp Đông"], key=place_key)
    ['Ấp Đông', 'Khối 2', 'Khối 10']
    """
    parts = _NUMBER.split(names.normalise(place or ""))
    return tuple(
        (1, int(part)) if part.isdecimal() and len(part) < 19 else (0, tuple(_word_key(word) for word in part.split()))
        for part in parts
        if part.strip()
    )


@lru_cache(maxsize=65_536)
def _word_key(word: str) -> WordKey:
    letters: list[str] = []
    tones: list[int] = []
    for letter in unicodedata.normalize("NFD", word.lower()):
        if letter in _TONES:
            tones.append(_TONES[letter])
        elif unicodedata.combining(letter) and letters:
            letters[-1] += letter
        else:
            letters.append(letter)
    whole = (unicodedata.normalize("NFC", letter) for letter in letters)
    return tuple(_LETTERS.get(letter, 100 + ord(letter[0])) for letter in whole), tuple(tones)
