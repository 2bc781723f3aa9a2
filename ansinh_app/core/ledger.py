"""Entitled month by month, with reasons: who is owed what under which article, as known on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from .errors import BadQuantity, MissingBirthDate, RuleError
from .law import Category, Law, Rate
from .months import Month

PLANNED, SENT, PAID = "Planned", "Sent", "Paid"
FAILED, UNCOLLECTED, CANCELLED = "Failed", "Uncollected", "Cancelled"
COUNTS_AS_SETTLED = frozenset({PLANNED, SENT, PAID})
CAME_BACK = frozenset({FAILED, UNCOLLECTED})

# Who is K5, K6 or K8 draws the single parent's allowance beside that one (NĐ 20/2021 Đ6.2).
_BESIDE_SINGLE_PARENT = ("BTXH-05", "BTXH-06", "BTXH-08")
_SINGLE_PARENT_RULE = "with_K5_K6_K8"
_SURVIVOR_RULE = "ncc_survivor_max2"
_SURVIVOR_SHARES = 2
_COUPLE_RULE = "separate_one_per_couple"
_COUPLE_ARTICLE = "NĐ 20/2021 Đ20.2.a"
# Paid per thâm niên (NĐ 77/2024 PL I); the other counted categories say so by per_child or are suất of tuất.
_PER_SENIORITY = frozenset({"NCC-01A-PC"})


@dataclass(frozen=True, slots=True)
class Change:
    """A decision on an entitlement: from month `effective` it is active or not, known since `decided_on`."""

    effective: Month
    decided_on: date
    active: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A move: from month `effective` the person lives in `units`, known since `decided_on`."""

    effective: Month
    decided_on: date
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Whose months are looked at. `units`: the person's first unit and those above, for a province's level.

    `moves`: where the person lived later, in the order decided. `born_at_end`: a birth date known to the year
    or month only counts as its last day instead of its first (an office's setting). `marriages`: to people who
    hold what a couple draws once; nobody else's matter.
    """

    name: str
    born: date | None
    dob_precision: str = "Day"
    died_on: date | None = None
    death_known_on: date | None = None
    units: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()
    born_at_end: bool = False
    marriages: tuple[Marriage, ...] = ()

    def counted_birth(self) -> date | None:
        """The birth date age rules use: year only counts as 1 January, month only as its first day."""
        if self.born is None or self.dob_precision == "Day":
            return self.born
        month = self.born.month if self.dob_precision == "Month" else 12 if self.born_at_end else 1
        whole = Month(self.born.year, month)
        return whole.last_day if self.born_at_end else whole.first_day

    def units_in(self, month: Month, as_of: date) -> tuple[str, ...]:
        """Where the person lived in the month as known on `as_of`: a new province's level counts from the move."""
        units = self.units
        for move in self.moves:
            if move.decided_on <= as_of and move.effective.index <= month.index:
                units = move.units
        return units

    def last_month(self, as_of: date) -> Month | None:
        """The month of death, still payable (NĐ 20/2021 Đ8.2), if the death was known on `as_of`."""
        if self.died_on is None or (self.death_known_on or self.died_on) > as_of:
            return None
        return Month.of(self.died_on)


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A decision that grants a category from a month on.

    `settled_through`: months up to this one were paid outside the system, neither owed nor recovered.
    `both_schemes_on`: the day somebody found that it may be paid beside an allowance of merit.
    """

    name: str
    category: str
    quantity: int
    start: Month
    decided_on: date
    settled_through: Month | None = None
    changes: tuple[Change, ...] = ()
    decision_no: str = ""
    both_schemes_on: date | None = None

    def state(self, month: Month, as_of: date) -> tuple[bool, Change | None]:
        """Whether it is active in the month as known on `as_of`, and the change that says so, if any.

        The change decided last wins, in the order given when decided on one day: a resumption may reach back.
        """
        if self.decided_on > as_of or month.index < self.start.index:
            return False, None
        last = None
        for change in self.changes:
            if change.decided_on > as_of or change.effective.index > month.index:
                continue
            if last is None or change.decided_on >= last.decided_on:
                last = change
        return (True, None) if last is None else (last.active, last)

    def settled_outside(self, month: Month) -> bool:
        return self.settled_through is not None and month.index <= self.settled_through.index


@dataclass(frozen=True, slots=True)
class Marriage:
    """A husband or wife with their decisions, from the day of the wedding until it ended, each as known on a day.

    Without `since` they were married before anything here. What a couple draws once is theirs together from
    the month after the wedding and until the month before the end: in those two each still had a share (Đ8).
    """

    spouse: Person
    entitlements: tuple[Entitlement, ...]
    since: date | None = None
    known_on: date | None = None
    until: date | None = None
    end_known_on: date | None = None

    def counts_in(self, month: Month, as_of: date) -> bool:
        """Whether the two are a couple in the month, as known on `as_of`."""
        if self.known_on is not None and self.known_on > as_of:
            return False
        if self.since is not None and month <= Month.of(self.since):
            return False
        if self.until is None or (self.end_known_on or self.until) > as_of:
            return True
        return month < Month.of(self.until)


@dataclass(frozen=True, slots=True)
class Step:
    """One reason behind an amount: a code and its facts, small and JSON-able; explain.render says it."""

    code: str
    params: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person is entitled to for one benefit in one month, in đồng.

    `category` is the band that fits. `outside` is the part of `amount` paid before the system was in use.
    """

    benefit: str
    category: str
    entitlement: str
    amount: int
    steps: tuple[Step, ...] = ()
    outside: int = 0

    @property
    def owed(self) -> int:
        """What the system has to pay of it."""
        return self.amount - self.outside


@dataclass(frozen=True, slots=True)
class Settled:
    """An earlier payout line: what it paid for each month, gross of recovery, and how it ended."""

    benefit: str
    period: Month
    months: dict[Month, int]
    recovery: int
    status: str


@dataclass(frozen=True, slots=True)
class RecoveryCase:
    """An over-payment moved out of the ledger into a receivable, once approved (or waived: 0 outstanding).

    `months` holds the over-payment by month paid for, as the proposal did; amounts in đồng.
    """

    benefit: str
    months: dict[Month, int]
    outstanding: int
    instalment: int
    approved: bool
    name: str = ""


@dataclass(slots=True)
class _Claim:
    """An active entitlement in a month, with its band and rate, before the combination rules."""

    entitlement: Entitlement
    category: Category
    benefit: str
    rate: Rate
    amount: int
    outside: bool
    shares: int = 1


def entitled(
    person: Person, entitlements: Iterable[Entitlement], month: Month, law: Law, as_of: date
) -> list[Grant]:
    """What the person is entitled to in the month, one grant per benefit, each with its steps.

    Death, start and stop, age band, rate, quantity and the combination rules (NĐ 20/2021 Đ5, Đ6, Đ8, Đ20;
    Pháp lệnh 02/2020 Đ6) are applied as known on `as_of`. Raises the RuleError of the first benefit that
    has no answer, such as NoRateInForce.
    """
    grants, failures = grants_of(person, entitlements, month, law, as_of)
    for error in failures.values():
        raise error
    return grants


def grants_of(
    person: Person,
    entitlements: Iterable[Entitlement],
    month: Month,
    law: Law,
    as_of: date,
    explain: bool = True,
) -> tuple[list[Grant], dict[str, RuleError]]:
    """As `entitled`, but failures are returned by benefit, so one benefit's gap does not hold up another.

    Without `explain` no steps are made, which is what a run needs for the months behind it.
    """
    last_month = person.last_month(as_of) if person.died_on else None
    if last_month is not None and month.index > last_month.index:
        return [], {}
    born = person.counted_birth()
    claims, failures = _claims(person, entitlements, born, month, law, as_of)
    if not claims:
        return [], failures
    chosen, passed_over = combine(claims) if len(claims) > 1 else (claims, [])
    spouses: dict[str, _Claim] = {}
    if person.marriages:
        chosen = _share_of_the_couple(person, chosen, failures, spouses, month, law, as_of)
    grants = []
    for claim in chosen:
        # A benefit with a gap has no answer, even where another of its claims has one: the gap may be higher.
        if claim.benefit in failures:
            continue
        outside = _paid_outside(claim, passed_over)
        steps = _steps(person, claim, passed_over, month, as_of) if explain else ()
        if explain and claim.benefit in spouses:
            facts: dict[str, str | int] = {
                "amount": spouses[claim.benefit].amount,
                "article": _COUPLE_ARTICLE,
            }
            steps += (Step("one_per_couple", facts),)
        grants.append(
            Grant(claim.benefit, claim.category.code, claim.entitlement.name, claim.amount, steps, outside)
        )
    return grants, failures


def _claims(
    person: Person,
    entitlements: Iterable[Entitlement],
    born: date | None,
    month: Month,
    law: Law,
    as_of: date,
) -> tuple[list[_Claim], dict[str, RuleError]]:
    """The person's active entitlements in the month, and by benefit what has no answer."""
    claims: list[_Claim] = []
    failures: dict[str, RuleError] = {}
    for entitlement in entitlements:
        if not entitlement.state(month, as_of)[0]:
            continue
        try:
            claim = _claim(person, entitlement, born, month, law, as_of)
        except RuleError as error:
            failures.setdefault(_benefit_or_code(law, entitlement), error)
            continue
        if claim is not None:
            claims.append(claim)
    return claims, failures


def _share_of_the_couple(
    person: Person,
    chosen: list[_Claim],
    failures: dict[str, RuleError],
    spouses: dict[str, _Claim],
    month: Month,
    law: Law,
    as_of: date,
) -> list[_Claim]:
    """The claims left where a couple draws one share: the higher, of equal ones the one decided first (Đ20.2).

    Fills `spouses` with what the other one does not get, by benefit, and `failures` with what cannot be compared.
    """
    kept = []
    for claim in chosen:
        if claim.category.stack_rule != _COUPLE_RULE:
            kept.append(claim)
            continue
        theirs, gap = _spouses_claims(person, month, law, as_of)
        if gap is not None:
            failures.setdefault(claim.benefit, gap)
            continue
        best = min(theirs, key=_order_of_couple, default=None)
        if best is None or _order_of_couple(claim) < _order_of_couple(best):
            kept.append(claim)
            if best is not None:
                spouses[claim.benefit] = best
    return kept


def _spouses_claims(
    person: Person, month: Month, law: Law, as_of: date
) -> tuple[list[_Claim], RuleError | None]:
    """What the husband or wife of that month holds of the couple's one share; or why nobody can say."""
    found: list[_Claim] = []
    for marriage in person.marriages:
        spouse = marriage.spouse
        last = spouse.last_month(as_of)
        if not marriage.counts_in(month, as_of) or (last is not None and month > last):
            continue
        theirs = [
            item
            for item in marriage.entitlements
            if item.category in law.categories and law.category(item.category).stack_rule == _COUPLE_RULE
        ]
        claims, failures = _claims(spouse, theirs, spouse.counted_birth(), month, law, as_of)
        for error in failures.values():
            return [], error
        found += claims
    return found, None


def given_to_spouse(
    person: Person, entitlements: Iterable[Entitlement], month: Month, law: Law, as_of: date
) -> str | None:
    """The benefit the person holds in the month and does not draw because the husband or wife does, if any."""
    if not person.marriages:
        return None
    entitlements = list(entitlements)
    alone = replace(person, marriages=())
    drawn = {grant.benefit for grant in grants_of(person, entitlements, month, law, as_of, explain=False)[0]}
    for grant in grants_of(alone, entitlements, month, law, as_of, explain=False)[0]:
        shared = law.category(grant.category).stack_rule == _COUPLE_RULE
        if shared and grant.benefit not in drawn and not _spouses_claims(person, month, law, as_of)[1]:
            return grant.benefit
    return None


def _order_of_couple(claim: _Claim) -> tuple[int, date, int, str]:
    """Highest first; of equal ones the one decided first, so that a later decision takes nothing back."""
    return -claim.amount, claim.entitlement.decided_on, claim.entitlement.start.index, claim.entitlement.name


def _benefit_or_code(law: Law, entitlement: Entitlement) -> str:
    known = entitlement.category in law.categories
    return law.benefit(entitlement.category) if known else entitlement.category


def _claim(
    person: Person, entitlement: Entitlement, born: date | None, month: Month, law: Law, as_of: date
) -> _Claim | None:
    """The entitlement's band and amount in the month; None when the person's age fits no band."""
    category = law.band(entitlement.category, born, month)
    if category is None:
        if born is None:
            raise MissingBirthDate(category=entitlement.category, person=person.name)
        return None
    benefit = law.benefit(entitlement.category)
    outside = entitlement.settled_outside(month)
    shares = _shares(category, entitlement)
    try:
        rate = law.rate(category.code, month, as_of, person.units_in(month, as_of))
    except RuleError:
        if outside:
            # Paid before the system was in use: its rate need not be known to owe nothing.
            return None
        raise
    return _Claim(entitlement, category, benefit, rate, rate.amount_per_unit * shares, outside, shares)


def _shares(category: Category, entitlement: Entitlement) -> int:
    """How many units are paid. A quantity the category does not count is an error, never paid in silence."""
    quantity = entitlement.quantity
    counted = category.per_child or category.code in _PER_SENIORITY or category.stack_rule == _SURVIVOR_RULE
    if counted and quantity is not None and quantity >= 1:
        return min(quantity, _SURVIVOR_SHARES) if category.stack_rule == _SURVIVOR_RULE else quantity
    if not counted and quantity in (None, 0, 1):
        return 1
    raise BadQuantity(category=category.code, quantity=quantity)


def combine(claims: Sequence[_Claim]) -> tuple[list[_Claim], list[_Claim]]:
    """The claims that are paid and those passed over, under the combination rules (DOMAIN 1.4)."""
    best: dict[str, _Claim] = {}
    passed_over: list[_Claim] = []
    for claim in claims:
        rival = best.get(claim.benefit)
        if rival is None:
            best[claim.benefit] = claim
        elif _order(claim) < _order(rival):
            best[claim.benefit] = claim
            passed_over.append(rival)
        else:
            passed_over.append(claim)
    _single_parent(claims, best, passed_over)
    _survivors(best, passed_over)
    return list(best.values()), passed_over


def _order(claim: _Claim) -> tuple[int, int, str]:
    """Highest first; of equal ones the older decision, so that the same one is chosen in every run."""
    return -claim.amount, claim.entitlement.start.index, claim.entitlement.name


def _single_parent(claims: Sequence[_Claim], best: dict[str, _Claim], passed_over: list[_Claim]) -> None:
    """BTXH-04 is paid beside K5, K6 or K8; beside anything else only the higher one (NĐ 20/2021 Đ6.2)."""
    single = next(
        (claim for claim in best.values() if claim.category.stack_rule == _SINGLE_PARENT_RULE), None
    )
    other = best.get("BTXH")
    if single is None or other is None:
        return
    rivals = sorted((claim for claim in claims if claim.benefit == "BTXH"), key=_order)
    beside = next((c for c in rivals if c.category.code.startswith(_BESIDE_SINGLE_PARENT)), None)
    if beside is not None and single.amount + beside.amount >= other.amount:
        if beside is not other:
            best["BTXH"] = beside
            passed_over.remove(beside)
            passed_over.append(other)
    elif _order(other) < _order(single):
        passed_over.append(best.pop(single.benefit))
    else:
        passed_over.append(best.pop("BTXH"))


def _survivors(best: dict[str, _Claim], passed_over: list[_Claim]) -> None:
    """As relative of several people of merit at most two suất of tuất (Pháp lệnh 02/2020 Đ6.5)."""
    survivors = [claim for claim in best.values() if claim.category.stack_rule == _SURVIVOR_RULE]
    left = _SURVIVOR_SHARES
    for claim in sorted(survivors, key=lambda c: (-c.rate.amount_per_unit, _order(c))):
        if left == 0:
            passed_over.append(best.pop(claim.benefit))
            continue
        claim.shares = min(claim.shares, left)
        claim.amount = claim.rate.amount_per_unit * claim.shares
        left -= claim.shares


def _paid_outside(claim: _Claim, passed_over: Iterable[_Claim]) -> int:
    """How much of the claim was paid before the system: all of it, or what another claim it replaces got."""
    if claim.outside:
        return claim.amount
    replaced = (other.amount for other in passed_over if other.outside and other.benefit == claim.benefit)
    return min(claim.amount, max(replaced, default=0))


def _steps(
    person: Person, claim: _Claim, passed_over: Iterable[_Claim], month: Month, as_of: date
) -> tuple[Step, ...]:
    entitlement, category = claim.entitlement, claim.category
    steps = [
        Step(
            "entitled",
            {
                "entitlement": entitlement.name,
                "decision_no": entitlement.decision_no,
                "category": category.code,
                "title": category.title,
                "article": category.article,
                "start": str(entitlement.start),
                "decided_on": entitlement.decided_on.isoformat(),
            },
        )
    ]
    change = entitlement.state(month, as_of)[1]
    if change is not None:
        steps.append(
            Step(
                "resumed",
                {
                    "effective": str(change.effective),
                    "decided_on": change.decided_on.isoformat(),
                    "reason": change.reason,
                },
            )
        )
    if category.has_ages:
        steps += _age_steps(person, category, entitlement, month)
    steps.append(_rate_step(claim))
    for other in passed_over:
        article = _why_not_both(claim.category, other.category, claim.benefit == other.benefit)
        if article:
            facts: dict[str, str | int] = {
                "category": other.category.code,
                "amount": other.amount,
                "article": article,
            }
            steps.append(Step("only_higher", facts))
    if person.died_on is not None and person.last_month(as_of) == month:
        steps.append(
            Step("death_month", {"died_on": person.died_on.isoformat(), "article": "NĐ 20/2021 Đ8.2"})
        )
    if claim.outside:
        steps.append(Step("settled_outside", {"through": str(entitlement.settled_through)}))
    return tuple(steps)


def _why_not_both(paid: Category, other: Category, same_benefit: bool) -> str | None:
    """The article under which `other` gives way to `paid`; None when it gave way to something else."""
    rules = {paid.stack_rule, other.stack_rule}
    if rules == {_SURVIVOR_RULE}:
        return "Pháp lệnh 02/2020 Đ6.5"
    if same_benefit:
        return {"NCC": "Pháp lệnh 02/2020 Đ6", "CARE": "NĐ 20/2021 Đ20.2"}.get(
            paid.programme, "NĐ 20/2021 Đ6.2"
        )
    if _SINGLE_PARENT_RULE in rules and rules & {"highest_only", "highest_with_BTXH"}:
        return "NĐ 20/2021 Đ6.2"
    return None


def _age_steps(person: Person, category: Category, entitlement: Entitlement, month: Month) -> list[Step]:
    born = person.counted_birth()
    if born is None:
        return []
    age = (month - Month.of(born)) // 12
    facts: dict[str, str | int] = {"age": age, "on": month.last_day.isoformat(), "born": born.isoformat()}
    steps = [Step("age", facts)]
    if person.dob_precision != "Day":
        facts["precision"] = person.dob_precision
        steps.append(Step("birth_assumed", {"precision": person.dob_precision, "counted": born.isoformat()}))
    if not category.fits(age):
        steps.append(Step("last_month_of_age", {"age": age, "article": "NĐ 20/2021 Đ8.2"}))
    if category.code != entitlement.category:
        steps.append(Step("band", {"decided": entitlement.category, "category": category.code}))
    return steps


def _rate_step(claim: _Claim) -> Step:
    rate = claim.rate
    facts: dict[str, str | int] = {
        "amount": claim.amount,
        "quantity": claim.shares,
        "article": rate.article,
        "instrument": rate.instrument,
        "version": rate.version,
        "certainty": rate.certainty,
    }
    if rate.coefficient is None:
        return Step("fixed_amount", facts | {"unit_amount": rate.amount_per_unit})
    return Step("coefficient", facts | {"base": rate.base, "coefficient": str(rate.coefficient)})
