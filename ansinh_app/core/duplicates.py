"""Which two records may be one person, and how sure that is.

Every piece of evidence weighs bits: how much likelier it is for one person entered twice than for two people.
Against them stands how many namesakes a person has: two Nguyễn Thị Lan of 1950 are no finding, two Lò Thị Xuân
Quyên are. The sum as a probability is the score, 0-100. Registers hold about one person in a hundred twice; the
weights assume that. The reasons are codes without values: both communes may read them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from math import log2

from rapidfuzz.distance import OSA

from .identity import cccd
from .syllables import fold, hoi_for_nga, is_syllable, plain, words_of

SAME_ID, OLD_ID, NAME_AND_BIRTH = "Same ID", "Old and New ID", "Name and Birth"
SAME_ACCOUNT, TWO_SCHEMES = "Same Account", "Two Schemes"
KINDS = (SAME_ID, OLD_ID, NAME_AND_BIRTH, SAME_ACCOUNT, TWO_SCHEMES)
# From this score on a person should look. Below it two people are likelier than one.
WORTH_A_LOOK = 50
# Programmes of which the law pays a person one (NĐ 20/2021 Đ6.2); care support is a line of its own (Đ19, Đ20).
SCHEMES = frozenset({"BTXH", "HTXH", "NCC"})

_DAY, _MONTH, _YEAR = 3, 2, 1
# A block of namesakes larger than this is looked at commune by commune; beyond that nobody can tell them apart.
_MANY = 60
_INITIALS = {"ng": "nguyen", "nguyn": "nguyen"}


@dataclass(frozen=True, slots=True)
class Record:
    """One registered person, as far as it tells people apart; `key` names the record."""

    key: str
    full_name: str
    born: date | None
    precision: str = "Day"
    sex: str = ""
    personal_id: str = ""
    old_id: str = ""
    certificate: str = ""
    unit: str = ""
    village: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one person; `first` sorts before `second`. `reasons` are codes, weightiest first."""

    first: str
    second: str
    score: int
    kind: str
    reasons: tuple[str, ...]


@dataclass(slots=True)
class Known:
    """A record taken apart once, for it is compared many times."""

    record: Record
    words: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()
    loose: str = ""
    day: tuple[int, int, int] | None = None
    known_to: int = 0
    has_marks: bool = field(init=False)

    def __post_init__(self) -> None:
        words = words_of(self.record.full_name)
        self.words = tuple(plain(word) for word in words)
        self.marked = tuple(fold(word) for word in words)
        self.has_marks = self.words != self.marked
        self.loose = " ".join(sorted(self.words))
        born = self.record.born
        if born:
            self.day = (born.year, born.month, born.day)
            self.known_to = {"Month": _MONTH, "Year": _YEAR}.get(self.record.precision, _DAY)
            # 1 January is what is typed when only the year is known.
            if self.known_to == _DAY and (born.month, born.day) == (1, 1):
                self.known_to = _YEAR

    @property
    def is_to_the_day(self) -> bool:
        """Whether the birth is known to the day; 1 January is not."""
        return self.known_to == _DAY


def loose_name(full_name: str) -> str:
    """The key by which namesakes are counted: no marks, y as i, words in any order.

    >>> loose_name("Lý Thị Mỹ") == loose_name("LI MI THI")
    True
    """
    return " ".join(sorted(plain(word) for word in words_of(full_name)))


def count_namesakes(full_names: Iterable[tuple[str, int]]) -> Counter[str]:
    """Namesakes by loose name, from names and how many bear them."""
    found: Counter[str] = Counter()
    for name, many in full_names:
        found[loose_name(name)] += many
    return found


def find(records: Iterable[Record], namesakes: Mapping[str, int] | None = None) -> list[Pair]:
    """All pairs worth a look among the records, the surest first; with everything held in memory.

    A registry is looked through in slices of birth years by `alike` with the namesakes of all; shared numbers
    are found by the database.
    """
    known = [Known(record) for record in records]
    if namesakes is None:
        namesakes = Counter(one.loose for one in known)
    found = {(pair.first, pair.second): pair for pair in alike(known, namesakes)}
    for one, other in sharing_numbers(known):
        pair = weigh(one, other, namesakes)
        if pair:
            found[pair.first, pair.second] = pair
    return sorted(found.values(), key=lambda pair: (-pair.score, pair.first, pair.second))


def alike(known: list[Known], namesakes: Mapping[str, int]) -> Iterator[Pair]:
    """Pairs by name and birth among records of the same birth years; every pair once."""
    looked_at: set[int] = set()
    for block in _blocks(known):
        for i, j in combinations(block, 2):
            mark = i * len(known) + j if i < j else j * len(known) + i
            if mark in looked_at:
                continue
            looked_at.add(mark)
            pair = weigh(known[i], known[j], namesakes)
            if pair:
                yield pair


def _blocks(known: list[Known]) -> Iterator[list[int]]:
    """Groups small enough to compare everybody in them: who shares a day and most of a name, or a name and a year."""
    makers = (
        # A slip in the given name leaves the rest of it, a slip elsewhere the given name.
        lambda one: (one.day, one.words[-1]) if one.known_to == _DAY else None,
        lambda one: (one.day, one.words[:-1]) if one.known_to == _DAY else None,
        lambda one: (one.day[0], one.loose),
        lambda one: (one.day[0], one.record.unit, one.words[0], one.words[-1]),
    )
    for make in makers:
        blocks: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for index, one in enumerate(known):
            if not one.words or not one.day:
                continue
            key = make(one)
            if key is not None:
                blocks[key].append(index)
        for block in blocks.values():
            if 1 < len(block) <= _MANY:
                yield block
            elif len(block) > _MANY:
                yield from _split(known, block)


def _split(known: list[Known], block: list[int]) -> Iterator[list[int]]:
    """A large block by commune, and by day however day and month stand."""
    for key in (
        lambda one: one.record.unit,
        lambda one: (one.loose, tuple(sorted(one.day))) if one.known_to == _DAY else None,
    ):
        parts: dict[object, list[int]] = defaultdict(list)
        for index in block:
            part = key(known[index])
            if part is not None:
                parts[part].append(index)
        yield from (part for part in parts.values() if 1 < len(part) <= _MANY)


def sharing_numbers(known: list[Known]) -> Iterator[tuple[Known, Known]]:
    """Pairs with one personal ID, one old ID, or the ID of one as the other's old ID."""
    holders: dict[str, list[Known]] = defaultdict(list)
    for one in known:
        for number in {one.record.personal_id, one.record.old_id} - {""}:
            holders[number].append(one)
    for people in holders.values():
        if 1 < len(people) <= _MANY:
            yield from combinations(people, 2)


def weigh(
    one: Known, other: Known, namesakes: Mapping[str, int], same_account: bool = False
) -> Pair | None:
    """What speaks for one person; None where two people are likelier. `same_account`: both are paid into one
    account that is said to be their own."""
    a, b = one.record, other.record
    shared = _shared_number(a, b)
    number = shared or same_account
    name, birth = _names(one, other), _births(one, other)
    if not number and (name is None or birth is None):
        return None
    if not shared and a.verified and b.verified and _two_cards(a, b):
        return None  # the population database knows both
    alike_twins = name and name.other_given and birth and birth.code == "birth_day"
    if not number and alike_twins and a.unit == b.unit:
        return None  # twins: one day, one house, and names alike
    evidence: list[tuple[str, float]] = []
    add = evidence.append
    add((name.code, name.bits) if name else ("name_differs", -8.0))
    add((birth.code, birth.bits) if birth else ("birth_differs", -6.0))
    if shared:
        add((shared, {"same_id": 26.0, "same_certificate": 8.0}.get(shared, 16.0)))
    if same_account:
        add(("same_account", 7.0))
    evidence += _cards(a, b) if shared != "same_id" else ()
    if a.sex and b.sex:
        add(("sex_same", 1.0) if a.sex == b.sex else ("sex_differs", -6.0))
    evidence += _places(a, b)
    bearers = namesakes.get(one.loose, 1)
    if one.loose != other.loose:
        bearers += namesakes.get(other.loose, 1)
    bits = sum(weight for _code, weight in evidence) - log2(50 * max(bearers, 2))
    score = min(99, max(1, round(100 / (1 + 2**-bits)))) if bits > -7 else 1
    score = max(score, _at_least(shared, same_account, bool(name), bool(birth)))
    if score < WORTH_A_LOOK:
        return None
    kind = (
        SAME_ID if shared == "same_id" else OLD_ID if shared in ("same_old_id", "id_is_old_id")
        else SAME_ACCOUNT if same_account and not (name and birth) else NAME_AND_BIRTH
    )  # fmt: skip
    reasons = tuple(code for code, weight in sorted(evidence, key=lambda item: -abs(item[1])))
    first, second = sorted((a.key, b.key))
    return Pair(first, second, score, kind, reasons)


def kind_with_schemes(kind: str, one: Iterable[str], other: Iterable[str]) -> str:
    """The kind of a pair once it is known what each record draws: one person under two schemes comes before all.

    >>> kind_with_schemes(SAME_ID, {"BTXH"}, {"HTXH"}), kind_with_schemes(SAME_ID, {"BTXH"}, {"BTXH", "CARE"})
    ('Two Schemes', 'Same ID')
    """
    mine, theirs = SCHEMES & set(one), SCHEMES & set(other)
    if kind != SAME_ACCOUNT and mine and theirs and len(mine | theirs) > 1:
        return TWO_SCHEMES
    return kind


@dataclass(frozen=True, slots=True)
class _Agreement:
    bits: float
    code: str
    other_given: bool = False


def _shared_number(a: Record, b: Record) -> str:
    if a.personal_id and a.personal_id == b.personal_id:
        return "same_id"
    if a.old_id and a.old_id == b.old_id:
        return "same_old_id"
    if (a.personal_id and a.personal_id == b.old_id) or (b.personal_id and b.personal_id == a.old_id):
        return "id_is_old_id"
    if a.certificate and a.certificate == b.certificate and a.born and b.born and a.born == b.born:
        return "same_certificate"
    return ""


def _at_least(shared: str, same_account: bool, name: bool, birth: bool) -> int:
    """A shared number is looked at in any case: if it is not one person, one of the numbers is wrong."""
    if shared == "same_id":
        return 95 if name or birth else 85
    if shared in ("same_old_id", "id_is_old_id"):
        return 75 if name and birth else 60
    return 65 if same_account else 0


def _two_cards(a: Record, b: Record) -> bool:
    return bool(a.personal_id and b.personal_id and a.personal_id != b.personal_id)


def _cards(a: Record, b: Record) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    if _two_cards(a, b):
        apart = OSA.distance(a.personal_id, b.personal_id, score_cutoff=2)
        if apart <= 2:
            found.append(("id_almost", 5.0 if apart == 1 else 2.0))
        elif a.verified or b.verified:
            found.append(("other_id", -8.0))
        else:
            found.append(("other_id", -3.0 if _wrong_card(a) or _wrong_card(b) else -6.0))
    if a.old_id and b.old_id and OSA.distance(a.old_id, b.old_id, score_cutoff=1) > 1:
        found.append(("other_old_id", -3.0))
    return found


def _wrong_card(one: Record) -> bool:
    """Whether a card contradicts its own record, and so is somebody else's or mistyped."""
    try:
        doubts = cccd.validate(one.personal_id, one.sex or None, one.born)
    except ValueError:
        return True
    return any(doubt.code in ("sex_differs", "birth_year_differs") for doubt in doubts)


def _places(a: Record, b: Record) -> list[tuple[str, float]]:
    if not a.unit or a.unit != b.unit:
        return [("other_commune", 0.0)]
    if a.village and plain(a.village) == plain(b.village):
        return [("same_village", 3.0)]
    return [("same_commune", 2.0)]


def _births(one: Known, other: Known) -> _Agreement | None:
    if not one.day or not other.day:
        return None
    (y1, m1, d1), (y2, m2, d2) = one.day, other.day
    least = min(one.known_to, other.known_to)
    if least == _DAY:
        if one.day == other.day:
            return _Agreement(14.0, "birth_day")
        if y1 == y2 and (m1, d1) == (d2, m2):
            return _Agreement(9.0, "birth_swapped")
        alike = (y1 == y2) + (m1 == m2) + (d1 == d2)
        texts = (f"{d:02}{m:02}{y}" for y, m, d in (one.day, other.day))
        if alike == 2 and OSA.distance(*texts, score_cutoff=1) <= 1:
            return _Agreement(3.5, "birth_almost")
        return None
    if y1 != y2:
        return None
    if least == _MONTH:
        return _Agreement(9.0, "birth_month") if m1 == m2 else None
    return _Agreement(6.3, "birth_year")


def _names(one: Known, other: Known) -> _Agreement | None:
    a, b = one.words, other.words
    if not a or not b:
        return None
    if a == b:
        return _same_letters(one, other)
    if one.loose == other.loose:
        return _Agreement(-1.0 if a[0] == b[0] else -3.0, "name_order")
    if len(a) == len(b):
        if all(x == y or _short_for(x, y) or _short_for(y, x) for x, y in zip(a, b, strict=True)):
            return _Agreement(-0.5, "name_short")
        return _one_slip(a, b)
    shorter, longer = sorted((a, b), key=len)
    if "".join(a) == "".join(b):
        return _Agreement(-0.5, "name_spaces")
    if len(shorter) < 2 or shorter[0] != longer[0] or not _is_part(shorter, longer):
        return None
    missing = len(longer) - len(shorter)
    if shorter[-1] != longer[-1]:
        return _Agreement(-3.0 - 2.0 * missing, "name_end_missing")
    return _Agreement(-1.5 * missing, "name_middle_missing")


def _same_letters(one: Known, other: Known) -> _Agreement:
    if one.marked == other.marked:
        return _Agreement(0.0, "name_same")
    if not (one.has_marks and other.has_marks):
        return _Agreement(0.0, "name_unmarked")
    bits, other_given = 0.0, False
    last = len(one.words) - 1
    for at, (x, y) in enumerate(zip(one.marked, other.marked, strict=True)):
        if x == y:
            continue
        if hoi_for_nga(x, y) or at == 0:
            bits -= 2.0
        elif at < last:
            bits -= 3.0
        else:
            # Hà and Hạ are two names; An for Ân may be one typed carelessly.
            bits -= 5.0 if x == one.words[at] or y == one.words[at] else 7.0
            other_given = True
    return _Agreement(bits, "name_marks_differ", other_given)


def _short_for(short: str, word: str) -> bool:
    return (len(short) == 1 and word.startswith(short)) or _INITIALS.get(short) == word


def _one_slip(a: tuple[str, ...], b: tuple[str, ...]) -> _Agreement | None:
    """One word that differs by one letter put in, left out, replaced, or two that changed places."""
    differing = [at for at, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    if len(differing) != 1:
        return None
    at = differing[0]
    x, y = a[at], b[at]
    if OSA.distance(x, y, score_cutoff=1) > 1:
        return None
    if is_syllable(x) != is_syllable(y):
        # Whoever typed it would have mistyped a namesake as well: the slip itself says next to nothing.
        return _Agreement(-0.5, "name_letter")
    is_given = at == len(a) - 1
    return _Agreement(-7.0 if is_given else -5.0, "name_letter", other_given=is_given)


def _is_part(shorter: tuple[str, ...], longer: tuple[str, ...]) -> bool:
    rest = iter(longer)
    return all(word in rest for word in shorter)
