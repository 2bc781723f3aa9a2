"""Vietnamese syllables: one spelling of tone place and y/i, and whether a word can be one at all."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from .names import normalise, without_marks

_APOSTROPHE = re.compile(r"['’‘`´ʼ]")
_NOT_LETTER = re.compile(r"[\W_]+")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_HOI, _NGA = "\u0309", "\u0303"
# "Lý" is "Lí" and "Quý" is "Quí", but "Thúy" is not "Thúi" and "Bảy" is not "Bải".
_Y_FOR_I = re.compile(r"^([bcdghklmnpqrstvx]+u?)y$")
_ONSETS = "b c ch d g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split()
_RIMES = frozenset(
    """a ac ach ai am an ang anh ao ap at au ay e ec ech em en eng enh eo ep et eu i ia ich iec iem ien ieng iep iet
    ieu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oen oeo oet oi om on ong oong
    op ot u ua uan uang uat uay uc ue uech uenh ui um un ung uo uoc uoi uom uon uong uop uot uou up ut uu uy uya
    uych uyen uyet uynh uyt uyu y ych yem yen yet yeu ynh yt""".split()
)
_SYLLABLE = re.compile(rf"^({'|'.join(sorted(_ONSETS, key=len, reverse=True))})?([aeiouy].*)$")


def words_of(full_name: str) -> list[str]:
    """The words of a name: an apostrophe joins, anything else that is no letter parts.

    >>> words_of("H'Mông A-Phủ")
    ['HMông', 'A', 'Phủ']
    """
    return _NOT_LETTER.sub(" ", _APOSTROPHE.sub("", normalise(full_name))).split()


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """A word in lower case with its tone at the end and i for y, however it was typed.

    >>> fold("Hoà") == fold("Hòa"), fold("Lý") == fold("Lí"), fold("Hoa") == fold("Hòa")
    (True, True, False)
    """
    apart = unicodedata.normalize("NFD", normalise(word).lower())
    tone = "".join(mark for mark in apart if mark in _TONES)
    body = "".join(letter for letter in apart if letter not in _TONES)
    return unicodedata.normalize("NFC", _swap(body)) + tone


@lru_cache(maxsize=65_536)
def plain(word: str) -> str:
    """A word as it is compared without any marks.

    >>> plain("Lý"), plain("Đặng"), plain("Thuỷ")
    ('li', 'dang', 'thuy')
    """
    return _swap(without_marks(word).lower())


def _swap(word: str) -> str:
    found = _Y_FOR_I.match(word)
    # After another consonant "uy" is a sound of its own.
    return word[:-1] + "i" if found and (not found[1].endswith("u") or found[1] == "qu") else word


def hoi_for_nga(one: str, other: str) -> bool:
    """Whether two folded words differ in hỏi and ngã only, which half the country pronounces alike.

    >>> hoi_for_nga(fold("Nguyển"), fold("Nguyễn")), hoi_for_nga(fold("Hà"), fold("Hạ"))
    (True, False)
    """
    return one[:-1] == other[:-1] and {one[-1:], other[-1:]} == {_HOI, _NGA}


@lru_cache(maxsize=65_536)
def is_syllable(word: str) -> bool:
    """Whether a plain word can be a Vietnamese syllable; what cannot, beside one that can, is a slip of the key.

    >>> is_syllable("tuan"), is_syllable("tuann"), is_syllable("nhung"), is_syllable("hnug")
    (True, False, True, False)
    """
    found = _SYLLABLE.match(word)
    if not found:
        return False
    rime = found[2]
    return rime in _RIMES or (found[1] == "gi" and "i" + rime in _RIMES) or (word[:1] == "g" and word[1:] in _RIMES)
