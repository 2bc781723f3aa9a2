"""Law as dated data: which band fits an age, which rate was in force for a month as known on a day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from . import money
from .errors import EstimatedRate, NoRateInForce, UnknownCategory
from .months import Month

# Categories within one of these rules pay one amount per person and month; the key names that one amount.
# Sources: NĐ 20/2021 Đ6.2 and Đ20.2; Pháp lệnh 02/2020 Đ6.3 and Đ6.6; NĐ 131/2021 Đ96.
_SHARED_BENEFIT = {
    "highest_only": "BTXH",
    "highest_with_BTXH": "BTXH",
    "separate_one_per_couple": "CS-06M",
    "ncc_carer_highest": "NCC-PV",
    "ncc_survivor_extra1": "NCC-TN",
    "ncc_highest": "NCC-11",
}

# Care by the own household or by somebody who takes the person in: never both for one person (Đ20.2.c and d).
_CARE_OF_ONE = {"CS-06N": "CS-06H"}

# A person of merit holds one row of a band: NCC-07A to F, NCC-06-21 to 100, NCC-08-PC81 or PC81DB.
_BAND_ROW = re.compile(r"(?<=\d)[A-F]$|-?\d+(?:DB)?$")

ESTIMATE = "estimate"
MONTHLY, ONE_OFF = "Monthly", "One-off"
# What a coefficient multiplies: the base level, or the monthly allowance the person drew (three months at death).
OF_BASE, OF_ALLOWANCE = "Base", "Allowance"


@dataclass(frozen=True, slots=True)
class Category:
    """A group of people the law pays. Ages in full years, `age_to` exclusive, None = no limit.

    `kind`: paid every month, or once on an event. Of one-off ones `band_group` names what is granted only once
    to a person, and `rate_programme` whose base counts where it is not the own programme's (lương cơ sở).
    """

    code: str
    programme: str
    band_group: str | None
    title: str
    neutral_title: str
    sensitive: bool
    age_from: int | None
    age_to: int | None
    per_child: bool
    payee: str
    stack_rule: str
    article: str
    kind: str = MONTHLY
    basis: str = OF_BASE
    rate_programme: str | None = None

    def fits(self, age: int) -> bool:
        """Whether a person of this age, in full years, is in the band."""
        return (self.age_from is None or age >= self.age_from) and (self.age_to is None or age < self.age_to)

    @property
    def has_ages(self) -> bool:
        return self.age_from is not None or self.age_to is not None


@dataclass(frozen=True, slots=True)
class RateLine:
    """What a version grants one category: a coefficient of its base or an amount in đồng.

    `ends_on` is the last day the category itself exists (BTXH-05C: 30/06/2025), not the end of the version.
    """

    category: str
    coefficient: Decimal | None
    amount: int | None
    article: str
    certainty: str
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class RateVersion:
    """One decree's rates of a programme; `unit`: the province with a higher level, None for the state's."""

    name: str
    programme: str
    effective_from: date
    in_force_on: date
    base_amount: int
    instrument: str
    unit: str | None
    certainty: str
    lines: dict[str, RateLine]


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a category is worth in a month, in đồng, and where that is written."""

    amount_per_unit: int
    base: int
    coefficient: Decimal | None
    article: str
    instrument: str
    version: str
    certainty: str


class Law:
    """All categories and rate versions, with look-ups remembered: a run asks the same few questions often."""

    def __init__(
        self, categories: Iterable[Category] | dict[str, Category], versions: Iterable[RateVersion]
    ) -> None:
        items: list[Category] = list(categories.values() if isinstance(categories, dict) else categories)
        self.categories = {category.code: category for category in items if category.kind == MONTHLY}
        self.one_off = {category.code: category for category in items if category.kind == ONE_OFF}
        self.versions = tuple(versions)
        self._benefits: dict[str, str] = {}
        self._groups: dict[str, tuple[Category, ...]] = {}
        self._bands: dict[tuple[str, int, int], Category | None] = {}
        self._rates: dict[tuple[str, int, date, tuple[str, ...]], Rate] = {}
        groups: dict[str, list[Category]] = {}
        for category in self.categories.values():
            if category.band_group:
                groups.setdefault(category.band_group, []).append(category)
        for code, category in self.categories.items():
            self._benefits[code] = _benefit_of(category)
            self._groups[code] = tuple(groups[category.band_group]) if category.band_group else (category,)
        self._by_programme: dict[str, list[RateVersion]] = {}
        for version in self.versions:
            self._by_programme.setdefault(version.programme, []).append(version)
        for known in self._by_programme.values():
            # Newest first; of two versions counted from one day the later decided one corrects the other.
            known.sort(key=lambda version: (version.effective_from, version.in_force_on), reverse=True)

    def category(self, code: str) -> Category:
        """The category with this code. Raises UnknownCategory."""
        try:
            return self.categories[code]
        except KeyError:
            raise UnknownCategory(category=code) from None

    def grant_type(self, code: str) -> Category:
        """The one-off grant with this code. Raises UnknownCategory."""
        try:
            return self.one_off[code]
        except KeyError:
            raise UnknownCategory(category=code) from None

    def benefit(self, code: str) -> str:
        """The key within which only one amount is owed per person and month. Raises UnknownCategory."""
        try:
            return self._benefits[code]
        except KeyError:
            raise UnknownCategory(category=code) from None

    def bands(self, category: str) -> tuple[Category, ...]:
        """The categories of the same band group, itself among them; nothing for a category that is not known."""
        return self._groups.get(category, ())

    def band(self, category: str, born: date | None, month: Month) -> Category | None:
        """The category of the same band group that fits the person's age in the month, or None.

        The age on the month's last day decides, so a new level counts from the month in which the birthday
        falls (NĐ 20/2021 Đ8.1). When no band fits that age, the age at the end of the month before decides:
        who is no longer eligible stops from the month after (Đ8.2). Without ages the category itself fits.
        """
        bands = self._groups.get(category)
        if bands is None:
            raise UnknownCategory(category=category)
        if born is None:
            return self.categories[category] if not any(band.has_ages for band in bands) else None
        # Every birthday lies on or before its month's last day, so months alone give the age on that day.
        months_old = month.index - born.year * 12 - born.month + 1
        age, age_before = months_old // 12, (months_old - 1) // 12
        key = (category, age, age_before)
        try:
            return self._bands[key]
        except KeyError:
            pass
        found = next((band for band in bands if band.fits(age)), None)
        if found is None:
            found = next((band for band in bands if band.fits(age_before)), None)
        self._bands[key] = found
        return found

    def rate(self, category: str, month: Month, as_of: date, units: tuple[str, ...] = ()) -> Rate:
        """The rate of one unit of the category for the month, as known on `as_of`, in đồng.

        Of the versions in force by `as_of` the one counted from the latest day not after the month's first
        applies; a province's own level (its unit among `units`) beats it when higher (NĐ 20/2021 Đ4.3).
        Raises NoRateInForce (the answer is never 0) and EstimatedRate.
        """
        key = (category, month.index, as_of, units)
        try:
            return self._rates[key]
        except KeyError:
            pass
        found = self.one_off.get(category) or self.category(category)
        programme = found.rate_programme or found.programme
        rates: list[Rate] = []
        estimate: RateVersion | None = None
        for unit in (None, *units):
            version = self._version(programme, unit, month, as_of)
            line = version.lines.get(category) if version else None
            if version is None or line is None or (line.amount is None and line.coefficient is None):
                continue
            if line.ends_on is not None and line.ends_on < month.first_day:
                continue
            if ESTIMATE in (line.certainty, version.certainty):
                estimate = version
                continue
            rates.append(_rate_of(version, line))
        if estimate is not None:
            # Also beside a payable province level: the comparison "whichever is higher" cannot be made.
            raise EstimatedRate(category=category, month=str(month), version=estimate.name)
        if not rates:
            raise NoRateInForce(category=category, month=str(month), as_of=as_of.isoformat())
        best = max(rates, key=lambda rate: rate.amount_per_unit)
        self._rates[key] = best
        return best

    def ended_on(self, category: str, month: Month) -> date | None:
        """The day the law itself ended the category, where that is before the month; else None.

        Raises UnknownCategory.
        """
        version = self._version(self.category(category).programme, None, month, date.max)
        line = version.lines.get(category) if version else None
        if line is None and version is not None:
            # A later version leaves it out: the last one that knew it says whether it had ended.
            known = self._by_programme[self.category(category).programme]
            line = next((one.lines[category] for one in known if category in one.lines), None)
        return line.ends_on if line and line.ends_on and line.ends_on < month.first_day else None

    def _version(self, programme: str, unit: str | None, month: Month, as_of: date) -> RateVersion | None:
        first_day = month.first_day
        for version in self._by_programme.get(programme, ()):
            if version.unit == unit and version.effective_from <= first_day and version.in_force_on <= as_of:
                return version
        return None


def _benefit_of(category: Category) -> str:
    shared = _SHARED_BENEFIT.get(category.stack_rule)
    if shared:
        return shared
    family = category.band_group or category.code
    if family in _CARE_OF_ONE:
        return _CARE_OF_ONE[family]
    if category.band_group:
        return category.band_group
    if category.stack_rule == "ncc_band":
        return _BAND_ROW.sub("", category.code)
    return category.code


def _rate_of(version: RateVersion, line: RateLine) -> Rate:
    if line.amount is not None:
        amount = line.amount
    elif line.coefficient is not None:
        amount = money.times(version.base_amount, line.coefficient)
    else:
        raise ValueError(f"{version.name} grants nothing for {line.category}")
    return Rate(
        amount_per_unit=amount,
        base=version.base_amount,
        coefficient=line.coefficient if line.amount is None else None,
        article=line.article,
        instrument=version.instrument,
        version=version.name,
        certainty=line.certainty,
    )
