"""Finding people registered twice among 100,000: how many are found, how many findings are right, how long it takes.

The people are made up. Planted duplicates carry the slips real lists have; beside them stand twins, namesakes of
one year in one village, fathers and sons of one name: two people each, and a finding about them is a wrong one.
"""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from ansinh_app.core import duplicates
from ansinh_app.core.duplicates import Record
from ansinh_app.core.names import without_marks
from benchmarks.clock import measure, peak_memory

_FAMILIES = (
    "Nguyễn:38 Trần:11 Lê:9 Phạm:7 Hoàng:6 Phan:4 Vũ:4 Võ:3 Đặng:2 Bùi:2 Đỗ:2 Hồ:2 Ngô:2 Dương:2 Lý:2 Nông:1 "
    "Triệu:1 Lương:1 Hà:1 Mai:1 Đinh:1 Trịnh:1 Vi:1 Lăng:1 Hứa:1"
)
_MALE_MIDDLES = "Văn:60 Đức:6 Hữu:6 Công:4 Xuân:5 Minh:4 Quang:4 Ngọc:4 Đình:3 Thanh:2 Trọng:2"
_FEMALE_MIDDLES = "Thị:70 Thị Thu:4 Thị Ngọc:4 Thị Kim:4 Thị Thanh:4 Thị Hồng:4 Ngọc:3 Thu:2 Minh:2 Thị Bích:3"
_MALE_NAMES = """An Ân Anh Bảo Bình Cảnh Chiến Chung Cường Đạt Dũng Dương Đông Đức Giang Hà Hải Hậu Hiếu Hoà Hoàng Hùng
    Huy Hưng Khánh Khoa Kiên Lâm Lân Long Lộc Lợi Lý Minh Mạnh Nam Nghĩa Ngọc Nhân Phong Phú Phúc Phương Quân Quang Quý Sáng
    Sơn Sinh Tài Tâm Tân Thái Thắng Thanh Thành Thiện Thịnh Thọ Tiến Toàn Trung Trường Tú Tuấn Tùng Việt Vinh Vũ Vượng"""
_FEMALE_NAMES = """An Anh Ánh Bích Bình Châu Chi Cúc Dung Duyên Đào Điệp Gái Giang Hà Hạ Hải Hạnh Hảo Hậu Hằng Hiền Hoa Hoà
    Hoài Hồng Huệ Huyền Hương Hường Khánh Kim Lan Lành Liên Liễu Linh Loan Lý Mai Mận Minh Mơ Mỹ Na Nga Ngân Ngọc Nguyệt
    Nhàn Nhung Nương Oanh Phương Phượng Quyên Sen Tâm Thảo Thắm Thanh Thơm Thu Thuý Thuỷ Tình Trang Tuyết Vân Xuân Yến"""
_LETTERS = "abcdeghiklmnopqrstuvxy"


@dataclass(frozen=True)
class World:
    """The records, the true duplicates with what was done to them, and pairs that only look like it."""

    records: list[Record]
    true: dict[tuple[str, str], str]
    near: dict[tuple[str, str], str]


def run(people: int = 100_000) -> list[str]:
    """Lines of the report."""
    world = make_world(people)
    before = peak_memory()
    taken = measure(lambda: duplicates.find(world.records))
    peak = peak_memory()
    floor = measure(lambda: _bare(world.records))
    result = score(world, taken.result)
    slips = sorted(result.recall_by.items(), key=lambda item: item[1])
    return [
        f"duplicates: {len(world.records):,} people, {len(world.true):,} of them registered twice, "
        f"{len(world.near):,} pairs that only look like it",
        f"  {taken.seconds:8.1f} s   the whole search, {len(taken.result):,} findings",
        f"  {floor.seconds:8.2f} s   names taken apart and grouped by birth (the floor)",
        f"  ratio {taken.seconds / floor.seconds:.1f} to the floor; memory: the search added {peak - before:,.0f} MiB",
        f"  recall {result.recall:.3f}, precision {result.precision:.3f}; from score 80 on precision {result.sure:.3f}",
        "  recall by slip: " + ", ".join(f"{slip} {share:.2f}" for slip, share in slips),
        "  wrong findings: " + (", ".join(f"{why} {many}" for why, many in result.wrong.most_common()) or "none"),
    ]


@dataclass(frozen=True)
class Result:
    """Shares of 1, and the wrong findings by what they are."""

    recall: float
    precision: float
    sure: float
    recall_by: dict[str, float]
    wrong: Counter


def score(world: World, found: list[duplicates.Pair]) -> Result:
    """How the findings stand beside what was planted."""
    pairs = {(pair.first, pair.second): pair.score for pair in found}
    hits, wanted = Counter(), Counter(world.true.values())
    for pair, slip in world.true.items():
        hits[slip] += pair in pairs
    wrong = Counter(world.near.get(pair, "chance") for pair in pairs if pair not in world.true)
    sure = [pair in world.true for pair, points in pairs.items() if points >= 80]
    return Result(
        recall=sum(hits.values()) / len(world.true),
        precision=1 - sum(wrong.values()) / max(1, len(pairs)),
        sure=sum(sure) / max(1, len(sure)),
        recall_by={slip: hits[slip] / wanted[slip] for slip in wanted},
        wrong=wrong,
    )


def _bare(records: list[Record]) -> int:
    """What no search can do without: every name taken apart, everybody put beside those of his birth date."""
    groups = defaultdict(list)
    for record in records:
        groups[record.born].append(duplicates.Known(record))
    return len(groups)


def make_world(people: int, seed: int = 20261122) -> World:
    """A registry of `people` records, one in a hundred of them somebody who is in it already."""
    chance = random.Random(seed)
    make = _People(chance, communes=max(4, people // 1000))
    doubles, lookalikes = people // 100, people // 100
    records = [make.person() for _ in range(people - doubles - lookalikes)]
    true: dict[tuple[str, str], str] = {}
    near: dict[tuple[str, str], str] = {}
    slips = sorted(_SLIPS)
    for index in range(doubles):
        one = chance.choice(records[: people // 2])
        slip = slips[index % len(slips)]
        twice = make.again(one, slip)
        if twice is None:
            continue
        records.append(twice)
        true[tuple(sorted((one.key, twice.key)))] = slip
    for index in range(lookalikes):
        one = chance.choice(records[people // 2 : people - doubles - lookalikes])
        kind = ("twins", "same village and year", "father and son")[index % 3]
        other = make.lookalike(one, kind)
        records.append(other)
        near[tuple(sorted((one.key, other.key)))] = kind
    chance.shuffle(records)
    return World(records, true, near)


class _People:
    """Makes records whose names, births and numbers are spread as in a commune's lists."""

    def __init__(self, chance: random.Random, communes: int) -> None:
        self.chance, self.communes, self.made = chance, communes, 0
        self.cards: set[str] = set()

    def person(self) -> Record:
        sex = self.chance.choice(("Male", "Female"))
        # Who draws benefits is old, a child, or disabled at any age.
        year = self.chance.choices(
            (self.chance.randint(1935, 1955), self.chance.randint(1956, 2009), self.chance.randint(2010, 2025)),
            (55, 33, 12),
        )[0]
        born = date(year, self.chance.randint(1, 12), self.chance.randint(1, 28))
        precision = "Year" if year < 1956 and self.chance.random() < 0.15 else "Day"
        if precision == "Year":
            born = born.replace(month=1, day=1)
        has_card = self.chance.random() < (0.92 if year < 2010 else 0.7)
        return self._record(
            full_name=self.name(sex),
            born=born,
            precision=precision,
            sex=sex if self.chance.random() < 0.97 else "",
            personal_id=self.card(sex, year) if has_card else "",
            old_id=self.digits(9) if year < 2000 and self.chance.random() < 0.35 else "",
            unit=f"U{self.chance.randrange(self.communes)}",
            village=f"Thôn {self.chance.randint(1, 8)}",
        )

    def name(self, sex: str) -> str:
        middles, names = (
            (_MALE_MIDDLES, _MALE_NAMES) if sex == "Male" else (_FEMALE_MIDDLES, _FEMALE_NAMES)
        )
        return f"{self.pick(_FAMILIES)} {self.pick(middles)} {self.chance.choice(names.split())}"

    def pick(self, weighted: str) -> str:
        rows = [row.rsplit(":", 1) for row in self._items(weighted)]
        return self.chance.choices([row[0] for row in rows], [int(row[1]) for row in rows])[0]

    @staticmethod
    def _items(weighted: str) -> list[str]:
        found, item = [], []
        for word in weighted.split():
            item.append(word)
            if ":" in word:
                found.append(" ".join(item))
                item = []
        return found

    def card(self, sex: str, year: int) -> str:
        century = (0 if sex == "Male" else 1) + (2 if year >= 2000 else 0)
        while (number := f"020{century}{year % 100:02}{self.digits(6)}") in self.cards:
            pass
        self.cards.add(number)
        return number

    def digits(self, many: int) -> str:
        return "".join(self.chance.choice("0123456789") for _ in range(many))

    def _record(self, **values) -> Record:
        self.made += 1
        return Record(key=f"P{self.made:07}", **values)

    def again(self, one: Record, slip: str) -> Record | None:
        """The same person on another list, with one slip; half of the time from another commune."""
        values = {name: getattr(one, name) for name in one.__slots__ if name != "key"}
        if self.chance.random() < 0.5:
            values |= {"unit": f"U{self.chance.randrange(self.communes)}", "village": "Thôn 9"}
        # A personal ID in both is refused on entry; the second record has none, an old one or a mistyped one.
        values["personal_id"] = ""
        values["old_id"] = ""
        changed = _SLIPS[slip](self, one)
        if changed is None:
            return None
        return self._record(**(values | changed))

    def lookalike(self, one: Record, kind: str) -> Record:
        """Somebody else who looks alike."""
        values = {name: getattr(one, name) for name in one.__slots__ if name != "key"}
        names = (_MALE_NAMES if one.sex == "Male" else _FEMALE_NAMES).split()
        if kind == "twins":
            rest, given = one.full_name.rsplit(" ", 1)
            close = [name for name in names if name != given and without_marks(name)[:1] == without_marks(given)[:1]]
            values["full_name"] = f"{rest} {self.chance.choice(close or names)}"
        elif kind == "same village and year":
            values["born"] = one.born.replace(month=self.chance.randint(1, 12), day=self.chance.randint(2, 28))
            values["precision"] = "Day"
            if values["born"] == one.born:
                values["born"] = one.born.replace(day=one.born.day % 28 + 1)
        else:
            year = max(1925, one.born.year - self.chance.randint(18, 40))
            values["born"] = one.born.replace(year=year if year != one.born.year else year - 1)
        year = values["born"].year
        values["personal_id"] = self.card(one.sex or "Male", year) if self.chance.random() < 0.8 else ""
        values["old_id"] = ""
        return self._record(**values)


def _letter(people: _People, one: Record) -> dict:
    """A letter typed twice, left out, replaced or put in the wrong place."""
    name, chance = one.full_name, people.chance
    at = chance.choice([i for i, letter in enumerate(name) if letter != " " and i])
    way = chance.randrange(4)
    if way == 0:
        name = name[:at] + name[at] + name[at:]
    elif way == 1:
        name = name[:at] + name[at + 1 :]
    elif way == 2:
        name = name[:at] + chance.choice(_LETTERS) + name[at + 1 :]
    else:
        name = name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :] if name[at - 1] != " " else name
    return {"full_name": " ".join(name.split())}


def _order(_people: _People, one: Record) -> dict | None:
    words = one.full_name.split()
    if len(words) < 4:
        return None
    return {"full_name": " ".join([words[0], *reversed(words[1:-1]), words[-1]])}


def _middle(_people: _People, one: Record) -> dict:
    words = one.full_name.split()
    return {"full_name": " ".join([words[0], *words[2:]]) if len(words) > 2 else one.full_name}


def _swapped(_people: _People, one: Record) -> dict | None:
    if one.precision != "Day" or one.born.day > 12 or one.born.day == one.born.month:
        return None
    return {"born": one.born.replace(month=one.born.day, day=one.born.month)}


def _year_only(_people: _People, one: Record) -> dict:
    return {"born": one.born.replace(month=1, day=1), "precision": "Year"}


def _old_card(people: _People, one: Record) -> dict | None:
    """The old CMND in one list, the new card in the other, and the birth known to the year."""
    return _year_only(people, one) | {"old_id": one.old_id} if one.old_id else None


def _mistyped_card(people: _People, one: Record) -> dict | None:
    if not one.personal_id:
        return None
    at = people.chance.randrange(6, 12)
    other = str((int(one.personal_id[at]) + people.chance.randint(1, 9)) % 10)
    return {"personal_id": one.personal_id[:at] + other + one.personal_id[at + 1 :]}


def _spelling(people: _People, one: Record) -> dict:
    """y for i, the tone on the other vowel, a single mark lost."""
    swaps = {"ý": "í", "ỹ": "ĩ", "Lý": "Lí", "oà": "òa", "uý": "úy", "uỷ": "ủy", "ễ": "ể", "Đ": "D", "ọ": "o"}
    name = one.full_name
    for old, new in swaps.items():
        if old in name:
            return {"full_name": name.replace(old, new, 1)}
    return {"full_name": without_marks(name)}


_SLIPS = {
    "none": lambda people, one: {},
    "marks lost": lambda people, one: {"full_name": without_marks(one.full_name).upper()},
    "spelling": _spelling,
    "letter": _letter,
    "middle order": _order,
    "middle left out": _middle,
    "day and month": _swapped,
    "year only": _year_only,
    "old card": _old_card,
    "card mistyped": _mistyped_card,
    "marks and sex lost": lambda people, one: {"full_name": without_marks(one.full_name), "sex": ""},
}
