"""One person's lines of a period: this month, arrears, what came back, recovery; keys and seals of lines."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from .errors import RuleError
from .law import Law
from .ledger import (
    CAME_BACK,
    COUNTS_AS_SETTLED,
    Entitlement,
    Grant,
    Person,
    RecoveryCase,
    Settled,
    Step,
    given_to_spouse,
    grants_of,
)
from .money import as_dong
from .months import Month

REGULAR, ONE_OFF = "Regular", "One-off"

SEALED_TEXT = ("line_key", "beneficiary", "payee_name", "account_no", "provider")
SEALED_AMOUNTS = ("monthly_amount", "arrears", "carried_over", "recovery", "total")
SEALED = (*SEALED_TEXT, *SEALED_AMOUNTS)


@dataclass(frozen=True, slots=True)
class Line:
    """One payout line, amounts in đồng: total = monthly_amount + arrears + carried_over + advance - recovery.

    `advance`: what it pays early of the months after the period. `months`: what it pays for each month, gross of
    recovery (a month may be negative where an over-payment is netted). `recoveries`: what each recovery case gets of it.
    """

    benefit: str
    category: str
    entitlement: str
    monthly_amount: int
    arrears: int
    carried_over: int
    recovery: int
    total: int
    months: dict[Month, int]
    steps: tuple[Step, ...] = ()
    recoveries: tuple[tuple[str, int], ...] = ()
    advance: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """An over-paid benefit, in đồng, by month paid for; nothing is deducted without an approved case."""

    benefit: str
    amount: int
    months: dict[Month, int]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a benefit has no line (blocking), or what somebody has to look at (not blocking)."""

    code: str
    benefit: str
    message: str
    data: dict[str, object] = field(default_factory=dict)
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class PersonRun:
    """The answer of a run for one person."""

    lines: list[Line]
    proposals: list[Proposal]
    problems: list[Problem]


@dataclass(slots=True)
class _Account:
    """One benefit's ledger while a run looks at it."""

    entitled: dict[Month, int] = field(default_factory=dict)
    settled: dict[Month, int] = field(default_factory=dict)
    returned: dict[Month, int] = field(default_factory=dict)
    moved: dict[Month, int] = field(default_factory=dict)
    # Months after the period that are paid together with it, and what each is owed.
    ahead: dict[Month, int] = field(default_factory=dict)
    # What was granted already at the end of the month before the period; None where the day makes no difference.
    known_before: dict[Month, int] | None = None
    last_grant: Grant | None = None

    def delta(self, month: Month) -> int:
        """What is still owed for the month; negative where too much was paid and no case holds it yet."""
        return self.entitled.get(month, 0) - self.settled.get(month, 0) + self.moved.get(month, 0)


def run_person(
    person: Person,
    entitlements: Sequence[Entitlement],
    period: Month,
    as_of: date,
    law: Law,
    settled: Iterable[Settled] = (),
    cases: Iterable[RecoveryCase] = (),
    opening: Month | None = None,
    ahead: Mapping[str, Month] | None = None,
) -> PersonRun:
    """The person's lines of `period` as known on `as_of`, at most one per benefit.

    `ahead`: programme -> the last month paid early together with the period, to those the period pays; a later
    run finds these months settled, and an over-payment where they were not owed after all (TT 44/2022 Đ8.3).

    `settled`: the person's lines of other periods (those of this period are left out, so a run may be run
    again); `opening`: the first month the system answers for (default: the earliest start). A benefit
    with a month that has no answer gets a Problem and no line. Law: NĐ 20/2021 Đ8, Đ34; TT 44/2022 Đ15.
    """
    if opening is None:
        opening = min((entitlement.start for entitlement in entitlements), default=period)
    cases = tuple(cases)
    accounts: dict[str, _Account] = {}
    failures: dict[str, tuple[Month, RuleError]] = {}
    _read_settled(accounts, settled, cases, opening, period)
    _read_entitled(accounts, failures, person, entitlements, opening, period, law, as_of)
    if ahead:
        _read_ahead(accounts, person, entitlements, period, law, as_of, ahead)
    run = PersonRun([], [], [])
    for benefit, (month, error) in failures.items():
        facts = error.data | {"person": person.name, "month": str(month)}
        run.problems.append(Problem(error.code, benefit, str(error), facts))
    unchecked = _two_schemes(run, accounts, person, entitlements, law, period, as_of)
    _flag_couple(run, person, entitlements, law, period, as_of)
    _read_known_before(accounts, person, entitlements, opening, period, law, as_of)
    for benefit, account in accounts.items():
        if benefit in failures or benefit in unchecked:
            continue
        _settle_benefit(run, benefit, account, person, entitlements, period, as_of, law, cases, opening)
    return run


def _read_settled(
    accounts: dict[str, _Account],
    settled: Iterable[Settled],
    cases: Iterable[RecoveryCase],
    opening: Month,
    period: Month,
) -> None:
    for line in settled:
        if line.period == period:
            continue
        if line.status in COUNTS_AS_SETTLED:
            account = accounts.setdefault(line.benefit, _Account())
            for month, amount in line.months.items():
                account.settled[month] = account.settled.get(month, 0) + amount
        elif line.status in CAME_BACK:
            account = accounts.setdefault(line.benefit, _Account())
            for month, amount in line.months.items():
                account.returned[month] = max(account.returned.get(month, 0), amount)
    for case in cases:
        if case.approved:
            account = accounts.setdefault(case.benefit, _Account())
            for month, amount in case.months.items():
                account.moved[month] = account.moved.get(month, 0) + amount


def _read_entitled(
    accounts: dict[str, _Account],
    failures: dict[str, tuple[Month, RuleError]],
    person: Person,
    entitlements: Sequence[Entitlement],
    opening: Month,
    period: Month,
    law: Law,
    as_of: date,
) -> None:
    known = [entitlement for entitlement in entitlements if entitlement.decided_on <= as_of]
    if not known:
        return
    first = max(opening, min(entitlement.start for entitlement in known))
    for month in Month.range(first, period):
        grants, failed = grants_of(person, known, month, law, as_of, explain=False)
        for benefit, error in failed.items():
            failures.setdefault(benefit, (month, error))
        for grant in grants:
            account = accounts.get(grant.benefit)
            if account is None:
                account = accounts[grant.benefit] = _Account()
            account.entitled[month] = grant.amount - grant.outside
            account.last_grant = grant


def _read_ahead(
    accounts: Mapping[str, _Account],
    person: Person,
    entitlements: Sequence[Entitlement],
    period: Month,
    law: Law,
    as_of: date,
    ahead: Mapping[str, Month],
) -> None:
    """What the months paid early come to; one that has no answer yet, or is paid already, waits for its own run."""
    for month in Month.range(period + 1, max(ahead.values(), key=lambda last: last.index)):
        for grant in grants_of(person, entitlements, month, law, as_of, explain=False)[0]:
            account = accounts.get(grant.benefit)
            last = ahead.get(law.category(grant.category).programme)
            if account is None or last is None or month.index > last.index:
                continue
            owed = grant.owed - account.settled.get(month, 0) + account.moved.get(month, 0)
            if account.entitled.get(period, 0) > 0 and owed > 0:
                account.ahead[month] = owed


def _read_known_before(
    accounts: Mapping[str, _Account],
    person: Person,
    entitlements: Sequence[Entitlement],
    opening: Month,
    period: Month,
    law: Law,
    as_of: date,
) -> None:
    """What people of merit were granted at the end of the month before: see `_wait_a_month`."""
    eve = (period - 1).last_day
    waiting = [account for account in accounts.values() if as_of > eve and _of_merit(account, law)]
    if not waiting:
        return
    for account in waiting:
        account.known_before = {}
    for month in Month.range(opening, period - 1):
        for grant in grants_of(person, entitlements, month, law, eve, explain=False)[0]:
            held = accounts.get(grant.benefit)
            if held is not None and held.known_before is not None:
                held.known_before[month] = grant.owed


def _of_merit(account: _Account, law: Law) -> bool:
    return account.last_grant is not None and law.category(account.last_grant.category).programme == "NCC"


def _wait_a_month(account: _Account, owed: dict[Month, int]) -> int:
    """Takes out of `owed` what a decision of the period's own month adds to months before; returns the sum.

    Arrears of people of merit are paid once, in the month after the month of the decision
    (TT 44/2022/TT-BTC Đ15).
    """
    if account.known_before is None:
        return 0
    waits = 0
    for month, amount in list(owed.items()):
        new = account.entitled.get(month, 0) - account.known_before.get(month, 0)
        held = max(0, min(amount, new))
        if held:
            waits += held
            owed[month] = amount - held
            if not owed[month]:
                del owed[month]
    return waits


def _settle_benefit(
    run: PersonRun,
    benefit: str,
    account: _Account,
    person: Person,
    entitlements: Sequence[Entitlement],
    period: Month,
    as_of: date,
    law: Law,
    cases: Iterable[RecoveryCase],
    opening: Month,
) -> None:
    monthly = max(0, account.delta(period))
    owed = _owed_before(account, opening, period)
    if account.delta(period) < 0:
        # Paid early, and not owed after all.
        owed[period] = account.delta(period)
    waits = _wait_a_month(account, owed)
    before = sum(owed.values())
    if before < 0:
        run.proposals.append(Proposal(benefit, -before, {month: -amount for month, amount in owed.items()}))
        before, owed = 0, {}
    advance = sum(account.ahead.values())
    gross = monthly + before + advance
    if gross == 0:
        return
    if account.last_grant is None:
        # Only a recovery case over money that came back can leave this: somebody has to look at the case.
        facts = {"person": person.name, "amount": gross, "month": str(period)}
        text = "{amount} đồng stand open for {person} without an entitlement behind them".format(**facts)
        run.problems.append(Problem("balance_without_entitlement", benefit, text, facts))
        return
    back = sum(min(amount, account.returned.get(month, 0)) for month, amount in owed.items() if amount > 0)
    carried_over = min(before, back)
    arrears = before - carried_over
    recoveries = _recoveries(benefit, cases, gross)
    recovery = sum(amount for _case, amount in recoveries)
    months = dict(owed)
    if monthly:
        months[period] = monthly
    months |= account.ahead
    grant = account.last_grant
    steps = _line_steps(grant, person, entitlements, period, as_of, law, account, months)
    if waits:
        steps += (Step("arrears_wait", {"amount": waits, "article": "TT 44/2022/TT-BTC Đ15"}),)
    steps += _sum_steps(carried_over, recoveries)
    run.lines.append(
        Line(
            benefit=benefit,
            category=grant.category,
            entitlement=grant.entitlement,
            monthly_amount=monthly,
            arrears=arrears,
            carried_over=carried_over,
            recovery=recovery,
            total=gross - recovery,
            months=months,
            steps=steps,
            recoveries=recoveries,
            advance=advance,
        )
    )


def _owed_before(account: _Account, opening: Month, period: Month) -> dict[Month, int]:
    """What each month from opening to before the period is still owed, months at zero left out, in order."""
    owed = {}
    for month in sorted(account.entitled.keys() | account.settled.keys() | account.moved.keys()):
        if opening.index <= month.index < period.index:
            amount = account.delta(month)
            if amount:
                owed[month] = amount
    return owed


def _recoveries(benefit: str, cases: Iterable[RecoveryCase], gross: int) -> tuple[tuple[str, int], ...]:
    """What each approved case of the benefit takes of the line; the line never falls below zero."""
    left, taken = gross, []
    for case in cases:
        if case.approved and case.benefit == benefit:
            amount = max(0, min(case.instalment, case.outstanding, left))
            if amount:
                taken.append((case.name, amount))
                left -= amount
    return tuple(taken)


def _line_steps(
    grant: Grant,
    person: Person,
    entitlements: Sequence[Entitlement],
    period: Month,
    as_of: date,
    law: Law,
    account: _Account,
    months: Mapping[Month, int],
) -> tuple[Step, ...]:
    steps: tuple[Step, ...] = ()
    if months.get(period, 0) > 0:
        explained, _failed = grants_of(person, entitlements, period, law, as_of)
        steps = next(item.steps for item in explained if item.benefit == grant.benefit)
    early = tuple(
        Step("month_ahead", {"month": str(month), "amount": amount})
        for month, amount in account.ahead.items()
    )
    steps += tuple(
        Step(
            "month_owed",
            {
                "month": str(month),
                "entitled": account.entitled.get(month, 0),
                "settled": account.settled.get(month, 0) - account.moved.get(month, 0),
                "amount": amount,
                "returned": min(max(amount, 0), account.returned.get(month, 0)),
            },
        )
        for month, amount in months.items()
        if month.index < period.index or (month == period and amount < 0)
    )
    return steps + early


def _sum_steps(carried_over: int, recoveries: Iterable[tuple[str, int]]) -> tuple[Step, ...]:
    steps = [Step("carried_over", {"amount": carried_over})] if carried_over else []
    steps += [Step("recovery", {"case": case, "amount": amount}) for case, amount in recoveries]
    return tuple(steps)


def _two_schemes(
    run: PersonRun,
    accounts: Mapping[str, _Account],
    person: Person,
    entitlements: Sequence[Entitlement],
    law: Law,
    period: Month,
    as_of: date,
) -> set[str]:
    """Benefits held back because an allowance of merit stands beside them in a month still to be paid.

    Amounts under different legal documents are one, the highest (NĐ 20/2021 Đ6.2); where another rule admits both,
    somebody has looked and said so. The social pension beside merit is paid, and named: no text excludes it.
    """
    merit, others = [], []
    for benefit, account in accounts.items():
        grant = account.last_grant
        programme = law.category(grant.category).programme if grant else None
        if programme == "NCC":
            merit.append(account)
        elif grant and programme in ("BTXH", "HTXH"):
            others.append((benefit, account, grant))
    if not merit or not others:
        return set()
    checked = {item.name for item in entitlements if item.both_schemes_on and item.both_schemes_on <= as_of}
    held = set()
    for benefit, account, grant in others:
        both = [
            month
            for month, amount in account.entitled.items()
            if amount > 0 and any(other.entitled.get(month, 0) > 0 for other in merit)
        ]
        due = any(month == period or account.delta(month) > 0 for month in both)
        if not due and not any(other.delta(month) > 0 for other in merit for month in both):
            continue
        assisted = law.category(grant.category).programme == "BTXH"
        blocking = due and assisted and grant.entitlement not in checked
        facts: dict[str, object] = {"person": person.name, "month": str(period)}
        text = "{person} holds an allowance of merit beside it in {month}".format(**facts)
        code = "two_schemes_unchecked" if blocking else "two_schemes"
        run.problems.append(Problem(code, benefit, text, facts, blocking))
        if blocking:
            held.add(benefit)
    return held


def _flag_couple(
    run: PersonRun,
    person: Person,
    entitlements: Sequence[Entitlement],
    law: Law,
    period: Month,
    as_of: date,
) -> None:
    """Whose share the husband or wife draws has no line; somebody who asks why must find the reason."""
    benefit = given_to_spouse(person, entitlements, period, law, as_of)
    if benefit:
        facts: dict[str, object] = {"person": person.name, "month": str(period)}
        text = "the husband or wife of {person} draws the couple's one share in {month}".format(**facts)
        run.problems.append(Problem("one_per_couple", benefit, text, facts, False))


def line_key(beneficiary: str, benefit: str, period: Month, kind: str = REGULAR) -> str:
    """The key that is unique among lines: one payment per person, benefit, month and kind.

    >>> line_key("BEN-0000001", "BTXH", Month(2026, 11))
    'BEN-0000001|BTXH|2026-11|Regular'
    """
    key = f"{beneficiary}|{benefit}|{period}|{kind}"
    if not (beneficiary and benefit and kind) or key.count("|") != 3:
        raise ValueError(f"a line key needs four parts without '|', not {key!r}")
    return key


def seal(rows: Iterable[Mapping[str, object]]) -> str:
    """The SHA-256 (hex) of the sealed columns of all lines, in the order of their keys.

    Only SEALED_TEXT and SEALED_AMOUNTS count, so a status may change. Empty and missing text are the same;
    amounts may come from any database. Raises NotWholeDong.
    """
    digest = hashlib.sha256(b"[")
    for place, sealed in enumerate(sorted(_sealed([row.get(column) for column in SEALED]) for row in rows)):
        digest.update(_sealed_bytes(sealed, first=place == 0))
    digest.update(b"]")
    return digest.hexdigest()


def seal_in_order(rows: Iterable[Sequence[object]]) -> str | None:
    """The same for rows that hold the values of SEALED and come in the order of their keys, none of them kept.

    None where they do not come in that order, as where a database has another alphabet.
    """
    digest, before = hashlib.sha256(b"["), None
    for row in rows:
        sealed = _sealed(row)
        if before is not None and sealed < before:
            return None
        digest.update(_sealed_bytes(sealed, first=before is None))
        before = sealed
    digest.update(b"]")
    return digest.hexdigest()


def _sealed_bytes(sealed: list[str | int], first: bool) -> bytes:
    """A line's part of what is sealed: a JSON list of lists."""
    text = json.dumps(sealed, ensure_ascii=False, separators=(",", ":"))
    return (text if first else "," + text).encode()


def _sealed(row: Sequence[object]) -> list[str | int]:
    texts = len(SEALED_TEXT)
    return [*map(_sealed_text, row[:texts]), *(as_dong(value or 0) for value in row[texts:])]


def _sealed_text(value: object) -> str:
    if not value:
        return ""
    text = str(value)
    return text if text.isascii() else unicodedata.normalize("NFC", text)
