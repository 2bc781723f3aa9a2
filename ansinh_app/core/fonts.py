"""Text of the one-byte fonts before Unicode (TCVN3, VNI) or misread UTF-8: found by evidence, not by guess.

Such a cell holds Latin letters that only a font showed as Vietnamese: "NguyÔn V¨n A" is Nguyễn Văn A in
.VnTime. A text is converted only when it is no Vietnamese as it stands and one font alone makes every word
of it a Vietnamese syllable; what remains doubtful stays as it is and is said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

TCVN3, VNI, MISREAD = "TCVN3", "VNI", "UTF-8"
UNICODE, AMBIGUOUS, BROKEN = "Unicode", "ambiguous", "broken"

TCVN3_LETTERS = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ§¡¢£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĐĂÂÊÔƠƯ",
        strict=True,
    )
)
_MARKED = {
    "a": dict(zip("ùøûõïêéèúüëâáàåãä", "áàảãạăắằẳẵặâấầẩẫậ", strict=True)),
    "e": dict(zip("ùøûõïâáàåãä", "éèẻẽẹêếềểễệ", strict=True)),
    "o": dict(zip("ùøûõïâáàåãä", "óòỏõọôốồổỗộ", strict=True)),
    "u": dict(zip("ùøûõï", "úùủũụ", strict=True)),
    "y": dict(zip("ùøûõ", "ýỳỷỹ", strict=True)),
    "ô": dict(zip("ùøûõï", "ớờởỡợ", strict=True)),
    "ö": dict(zip("ùøûõï", "ứừửữự", strict=True)),
}
VNI_LETTERS = {letter + mark: whole for letter, marks in _MARKED.items() for mark, whole in marks.items()}
VNI_LETTERS |= {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
VNI_LETTERS |= {key.upper(): whole.upper() for key, whole in VNI_LETTERS.items()}
_VNI_PART = re.compile("|".join(sorted(map(re.escape, VNI_LETTERS), key=len, reverse=True)))

# A first byte of UTF-8 and one that follows it, both read as Windows-1252.
_TWO_BYTES = re.compile(
    "[\u00c3-\u00e2][\u0080-\u00bf\u0152-\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]"
)
_SUSPECT = re.compile("[\u00a1-\u00ff]")
_BEYOND = re.compile(
    "[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0-\u01b0\u0300-\u036f\u1ea0-\u1ef9]"
)
# Letters that no Vietnamese text in Unicode contains; Ð and ð are often typed for Đ and prove nothing.
_FOREIGN = re.compile("[¡-¬®-¿ÄÅÆÇËÎÏÑÖ×ØÛÜÞßäåæçëîïñö÷øûüþ]")
_WORD = re.compile(r"[^\s\d.,;:()/\\\-–_'’\"“”?!*+=&%#@<>\[\]{}|]+")
_ABBREVIATION = re.compile("[A-ZĐ]{1,8}")  # SĐT, QĐ, ĐDCN
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_ONSETS = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x|"  # the empty one comes last
_RIMES = frozenset(
    """a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip
    it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on
    ong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uên uênh ui
    um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya uych uyên uyêt uynh uyt uyu ư ưa ưc ưi ưm ưng ươc ươi
    ươm ươn ương ươp ươt ươu ưt ưu y ynh yt yêm yên yêng yêt yêu""".split()
)
_ONSET_LIST = _ONSETS.split("|")


@lru_cache(maxsize=16_384)
def is_syllable(word: str) -> bool:
    """Whether the word is built as Vietnamese words are: onset, rime, at most one tone.

    >>> is_syllable("Nguyễn"), is_syllable("Quỳnh"), is_syllable("NguyÔn"), is_syllable("Vâ")
    (True, True, False, False)
    """
    whole = unicodedata.normalize("NFC", word.lower().replace("ð", "đ"))
    letters = [_parts(letter) for letter in whole]
    toned = [index for index, (_letter, tone) in enumerate(letters) if tone]
    if len(toned) > 1:
        return False
    bare = "".join(letter for letter, _tone in letters)
    for onset in _ONSET_LIST:
        rime = bare[len(onset) :]
        if not bare.startswith(onset) or rime not in _RIMES:
            continue
        # What ends in a stop bears the sharp or the heavy tone only.
        if re.search(r"(?:c|ch|p|t)$", rime):
            return bool(toned) and letters[toned[0]][1] in "\u0301\u0323"
        return not toned or toned[0] - len(onset) in _tone_places(rime)
    return False


def _parts(letter: str) -> tuple[str, str]:
    """A letter without its tone, and the tone."""
    apart = unicodedata.normalize("NFD", letter)
    tone = "".join(mark for mark in apart if mark in _TONES)
    return unicodedata.normalize("NFC", "".join(mark for mark in apart if mark not in _TONES)), tone


@lru_cache(maxsize=512)
def _tone_places(rime: str) -> tuple[int, ...]:
    """Which letters of a rime may bear the tone; both customs (hoà, hòa) are right."""
    found = re.match("[aăâeêioôơuưy]+", rime)
    vowels = found[0] if found else ""
    hatted = [index for index, letter in enumerate(vowels) if letter in "ăâêôơư"]
    if hatted:
        return (hatted[-1],)
    if len(vowels) == 3:
        return (1,)
    if len(vowels) == 2 and vowels != rime:
        return (1,)
    return (0, 1) if vowels in ("oa", "oe", "uy") else (0,)


@lru_cache(maxsize=16_384)
def from_tcvn3(text: str) -> str:
    """The text as a .Vn font showed it.

    >>> from_tcvn3("NguyÔn V¨n §øc"), from_tcvn3("TRÇN THÞ B×NH")
    ('Nguyễn Văn Đức', 'TRẦN THỊ BÌNH')
    """

    def word(found: re.Match[str]) -> str:
        letters = found[0]
        ascii_part = [letter for letter in letters if letter.isascii() and letter.isalpha()]
        whole = "".join(TCVN3_LETTERS.get(letter, letter) for letter in letters)
        capitals = ascii_part and len(letters) > 1 and all(letter.isupper() for letter in ascii_part)
        # One capital before marked letters ("§ç", "Lª") is a name's first letter, not a word in capitals.
        first_only = len(ascii_part) == 1 and letters[0] == ascii_part[0]
        return whole.upper() if capitals and not first_only else whole

    return _WORD.sub(word, text)


@lru_cache(maxsize=16_384)
def from_vni(text: str) -> str:
    """The text as a VNI font showed it.

    >>> from_vni("Nguyeãn Vaên Ñöùc")
    'Nguyễn Văn Đức'
    """
    return _VNI_PART.sub(lambda found: VNI_LETTERS[found[0]], text)


@lru_cache(maxsize=16_384)
def from_misread(text: str) -> str | None:
    """UTF-8 that was read as Windows-1252, perhaps twice, put right; None when it is not, or has lost a byte.

    >>> from_misread("Nguyá»…n VÄƒn A"), from_misread("Nguyễn Văn A"), from_misread("Nguy?»…n")
    ('Nguyễn Văn A', None, None)
    """
    result = None
    while _TWO_BYTES.search(result or text):
        try:
            result = b"".join(map(_byte, result or text)).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            break
    return result


def _byte(letter: str) -> bytes:
    """The byte that was shown as the letter; the five that Windows-1252 leaves open pass as they are."""
    return bytes([ord(letter)]) if ord(letter) < 0xA0 else letter.encode("cp1252")


def is_suspect(text: str) -> bool:
    """Whether the text holds a letter that an old font may have shown as another one."""
    return bool(_SUSPECT.search(text))


@lru_cache(maxsize=16_384)
def kind_of(text: str) -> str:
    """What the text is by itself: UNICODE, TCVN3, VNI, AMBIGUOUS (reads well in two ways) or BROKEN.

    >>> kind_of("NguyÔn V¨n A"), kind_of("Nguyeãn Vaên A"), kind_of("Nguyễn Văn A"), kind_of("Hoàng")
    ('TCVN3', 'VNI', 'Unicode', 'ambiguous')
    """
    if not is_suspect(text) or _BEYOND.search(text):
        return UNICODE
    # "SÐT" is SĐT typed with another letter, not the three letters of a font.
    plain = text.replace("\u00d0", "Đ").replace("\u00f0", "đ")
    as_it_is = _reads_well(plain) and all(_one_case(word) for word in _WORD.findall(plain))
    fonts = [
        font
        for font, convert in ((TCVN3, from_tcvn3), (VNI, from_vni))
        if convert(text) != text and _reads_well(convert(text))
    ]
    if as_it_is:
        return AMBIGUOUS if fonts else UNICODE
    if len(fonts) == 1:
        return fonts[0]
    return BROKEN if fonts or _FOREIGN.search(text) else UNICODE


def _reads_well(text: str) -> bool:
    """Whether every word with a letter beyond ASCII is a Vietnamese syllable."""
    return all(
        is_syllable(word) or _ABBREVIATION.fullmatch(word)
        for word in _WORD.findall(text)
        if not word.isascii()
    )


def _one_case(word: str) -> bool:
    """Whether a word is written in one case, perhaps with a capital first: "ChÝnh" is not."""
    return word.isupper() or word[1:] == word[1:].lower()


def font_of(texts: Iterable[str], least: int = 3, strays: float = 0.0) -> str | None:
    """The old font a whole sheet is typed in, or None when its text is Unicode or mixed.

    Only then may what reads well in two ways be taken in the font's way. `strays`: how many texts in Unicode
    may stand beside those of the font, as a share of these.
    """
    seen = {TCVN3: 0, VNI: 0}
    beyond = 0
    for text in texts:
        if _BEYOND.search(text):
            if not strays:
                return None
            beyond += 1
            continue
        kind = kind_of(text) if is_suspect(text) else ""
        if kind in seen:
            seen[kind] += 1
    font = max(seen, key=lambda name: seen[name])
    other = VNI if font == TCVN3 else TCVN3
    found = seen[font] >= least and not seen[other] and beyond <= strays * seen[font]
    return font if found else None


def decode(text: str, font: str | None = None) -> tuple[str, str | None]:
    """The text in Unicode and the font it was converted from (BROKEN: unreadable, None: nothing to do).

    `font`: what `font_of` said of the sheet.

    >>> decode("Vâ ThÞ H¹nh"), decode("Lê Thị Hạnh"), decode("§× §§×")
    (('Võ Thị Hạnh', 'TCVN3'), ('Lê Thị Hạnh', None), ('§× §§×', 'broken'))
    """
    if not is_suspect(text):
        return text, None
    if _TWO_BYTES.search(text):
        whole = from_misread(text)
        if whole is not None:
            return whole, MISREAD
    kind = kind_of(text)
    if font and kind in (AMBIGUOUS, BROKEN):
        by_font = from_tcvn3(text) if font == TCVN3 else from_vni(text)
        kind = font if by_font != text and _reads_well(by_font) else kind
    if kind == TCVN3:
        return from_tcvn3(text), TCVN3
    if kind == VNI:
        return from_vni(text), VNI
    return text, BROKEN if kind == BROKEN else None
