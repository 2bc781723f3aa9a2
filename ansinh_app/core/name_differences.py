"""What two names differ in, so that a clerk sees why a match is not exact."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from .names import Match, ascii_upper, compare


@dataclass(frozen=True, slots=True)
class Difference:
    """How the names agree, and the words that stand in only one of them, as banks write them."""

    match: Match
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = ()


def differences(first: str, second: str) -> Difference:
    """The words only one of the names has; none where they have the same words.

    >>> differences("Nguyễn Thị Đức", "NGUYEN DUC").only_first
    ('THI',)
    """
    one, two = ascii_upper(first).split(), ascii_upper(second).split()
    return Difference(compare(first, second), _left(one, two), _left(two, one))


def _left(words: list[str], others: list[str]) -> tuple[str, ...]:
    taken = Counter(others)
    left = []
    for word in words:
        if taken[word]:
            taken[word] -= 1
        else:
            left.append(word)
    return tuple(left)
