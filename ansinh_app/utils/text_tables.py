"""CSV and TSV of strangers: which encoding, which separator; an encoding nobody can tell is refused, not guessed."""

import csv
import io
import re
import unicodedata
from collections import Counter

from ansinh_app.core import fonts

_SEPARATORS = "\t;,|"
_WORD = re.compile(r"[^\W\d_]*[^\W\d_\x00-\x7f][^\W\d_]*")
# How many of the words beyond ASCII must be Vietnamese, and how far ahead of the next reading.
_ENOUGH, _AHEAD = 0.85, 0.1
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class UnknownEncodingError(ValueError):
    """The bytes are no text, or text in an encoding that cannot be told."""


def read_table(content: bytes) -> tuple[list[list[str]], str]:
    """The rows, and how they were read ("UTF-8, tab"). Raises UnknownEncodingError."""
    text, encoding = decode(content)
    separator = _separator(text)
    # Decomposed letters (Windows-1258, a Mac) become whole ones.
    text = unicodedata.normalize("NFC", text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        if _has_swallowed(rows, separator):
            # A quote that is never closed took the rows below into its cell: here quotes are only letters.
            lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, quoting=csv.QUOTE_NONE)
            rows = [[cell.strip('"') for cell in row] for row in lines]
    except csv.Error as error:
        raise UnknownEncodingError(str(error)) from error
    return rows, f"{encoding}, {'tab' if separator == chr(9) else separator}"


def _has_swallowed(rows: list[list[str]], separator: str) -> bool:
    """Whether a cell holds whole lines of the table."""
    usual = max(map(len, rows), default=0)
    return any(
        line.count(separator) + 1 >= max(usual / 2, 3)
        for row in rows
        for cell in row
        if "\n" in cell
        for line in cell.split("\n")[1:]
    )


def decode(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding: by its mark, as strict UTF-8, else by the words that come out."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _strict(content, encoding), encoding.removesuffix("-sig").upper()
    wide = _utf16_without_mark(content)
    if wide:
        return _strict(content, wide), "UTF-16"
    if b"\x00" in content:
        raise UnknownEncodingError("bytes that are no text")
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _by_words(content)


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnknownEncodingError(str(error)) from error


def _utf16_without_mark(content: bytes) -> str | None:
    """Every other byte of mostly ASCII text in UTF-16 is zero."""
    head = content[:2000]
    if len(head) < 8 or len(content) % 2:
        return None
    half = len(head) // 2
    low, high = head[1::2].count(0), head[0::2].count(0)
    if low > half * 0.4 and high < half * 0.05:
        return "utf-16-le"
    return "utf-16-be" if high > half * 0.4 and low < half * 0.05 else None


def _by_words(content: bytes) -> tuple[str, str]:
    readings = []
    for name, codec, convert in (
        ("Windows-1258", "cp1258", None),
        ("TCVN3", "latin-1", fonts.from_tcvn3),
        ("VNI", "cp1252", fonts.from_vni),
    ):
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if convert:
            text = "\n".join(convert(line) for line in text.split("\n"))
        text = unicodedata.normalize("NFC", text)
        readings.append((_share_of_words(text), name, text))
    readings.sort(key=lambda reading: reading[0], reverse=True)
    if not readings or readings[0][0] < _ENOUGH:
        raise UnknownEncodingError("no encoding makes Vietnamese of it")
    if len(readings) > 1 and readings[0][0] - readings[1][0] < _AHEAD:
        raise UnknownEncodingError("two encodings make Vietnamese of it")
    return readings[0][2], readings[0][1]


def _share_of_words(text: str) -> float:
    """How many of the first words with marks are Vietnamese syllables, 0 to 1."""
    words = _WORD.findall(text[:100_000])[:3000]
    return sum(fonts.is_syllable(word) for word in words) / len(words) if words else 0.0


def _separator(text: str) -> str:
    """The separator by which most lines fall into equally many parts."""
    lines = [line for line in text[:50_000].splitlines() if line.strip()][:80]
    best, score = ",", 0
    for separator in _SEPARATORS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if len(row) > 1)
        except csv.Error:
            continue
        if not widths:
            continue
        width, number = widths.most_common(1)[0]
        if number * width > score:
            best, score = separator, number * width
    return best
