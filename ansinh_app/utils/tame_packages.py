"""Whether an XLSX can only be as large as it looks; any other is read by a process of its own.

A few bytes may name a far corner, one long text a thousand times, or the same sheet under many names. A guard that
looks for the bad would have to know all ways of writing it; this one knows the one way Excel writes the good.
"""

import re
import zipfile

_MOST_BYTES, _MOST_CELLS, _MOST_TEXT, _MOST_SHEETS = 4_000_000, 200_000, 32_000_000, 100
_ANY_CELL = re.compile(rb"[<:]c(?=[\s/>])")
# Each cell names its place, in double quotes.
_CELL = re.compile(rb'<c(?:\s+(?!r=)[\w:]+="[^"<>&]*")*\s+r="([A-Z]{1,3})(\d{1,7})"[^<>\']*>')
_SHEET = re.compile(rb"[<:]sheet(?=[\s/>])")
_TEXT_ENDS = re.compile(rb"</(?:\w+:)?si\s*>")
_UNUSUAL = b"<!--", b"<![CDATA[", b"<!DOCTYPE", b"<!ENTITY"
_OTHER_CODING = b"\xff\xfe", b"\xfe\xff"


def is_tame(package: zipfile.ZipFile) -> bool:
    """Whether reading it takes little memory. The parts are as large as the package says (somebody has checked)."""
    if sum(part.file_size for part in package.infolist()) > _MOST_BYTES:
        return False
    longest = cells = 0
    for part in package.infolist():
        content = package.read(part)
        places = _CELL.findall(content)
        if (
            content.startswith(_OTHER_CODING)
            or any(mark in content for mark in _UNUSUAL)
            or len(places) != len(_ANY_CELL.findall(content))
            or len(_SHEET.findall(content)) > _MOST_SHEETS
            or _reach(places) > _MOST_CELLS
        ):
            return False
        cells += len(places)
        longest = max(longest, *map(len, _TEXT_ENDS.split(content)))
    return longest * cells <= _MOST_TEXT


def _reach(places: list[tuple[bytes, bytes]]) -> int:
    """How many cells the rectangle around them has, counted from A1."""
    columns = {letters for letters, _row in places}
    return max(map(column_number, columns), default=0) * max((int(row) for _letters, row in places), default=0)


def column_number(letters: bytes) -> int:
    """A for 1, as a sheet names its columns."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
