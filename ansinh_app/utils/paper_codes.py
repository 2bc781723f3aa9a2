"""The codes printed on sealed papers: addresses of this site that a phone's camera opens.

One leads to the check of a list's seal, one to the page on which the lines of a signed sheet are ticked off. They
tell no name and no amount of anybody, and give nobody a right: whoever opens them signs in first.
"""

import re
from urllib.parse import urlencode

from frappe.utils import get_url, nowdate

SEAL_PAGE, LIST_PAGE = "/seal-check", "/cash-list"
# So much of the seal tells two lists apart and still makes a code a cheap camera reads from paper.
_SEAL_DIGITS = 20
_MOST_LINES = 2000
_NUMBERS = re.compile(r"\d{1,7}(-\d{1,7})?(\.\d{1,7}(-\d{1,7})?)*", re.ASCII)


def seal_address(batch: str, line_count: int, total: int, seal: str) -> str:
    """Where the seal of a printed list is checked: what the paper says of itself, and the day it was printed."""
    said = {"b": batch, "n": line_count, "t": total, "s": seal[:_SEAL_DIGITS], "p": nowdate()}
    return get_url(f"{SEAL_PAGE}?{urlencode(said)}")


def list_address(batch: str, line_numbers: list[int]) -> str:
    """Where the lines of one signed sheet are ticked off, by their numbers on the list."""
    return get_url(f"{LIST_PAGE}?{urlencode({'b': batch, 'n': pack(line_numbers)})}")


def pack(line_numbers: list[int]) -> str:
    """Line numbers in their order, runs drawn together.

    >>> pack([4, 5, 6, 9, 2]), unpack("4-6.9.2")
    ('4-6.9.2', [4, 5, 6, 9, 2])
    """
    runs: list[list[int]] = []
    for number in line_numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ".".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def unpack(text: str) -> list[int]:
    """The numbers again; ValueError where the text is no such code."""
    if not _NUMBERS.fullmatch(text):
        raise ValueError(text)
    found: list[int] = []
    for run in text.split("."):
        first, _mark, last = run.partition("-")
        if int(last or first) - int(first) >= _MOST_LINES:
            raise ValueError(text)
        found += range(int(first), int(last or first) + 1)
    if not 0 < len(found) <= _MOST_LINES:
        raise ValueError(text)
    return found


def same_seal(said: str, seal: str) -> bool:
    """Whether a paper's seal, or the beginning of it that its code holds, is this one."""
    said = (said or "").strip().lower()
    return len(said) >= _SEAL_DIGITS and (seal or "").startswith(said)
