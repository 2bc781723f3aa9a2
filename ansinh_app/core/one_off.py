"""One-off grants: what an event such as a death is worth under the law of its month, with the steps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from .errors import BadQuantity, NoAllowance, NoRateInForce
from .law import OF_ALLOWANCE, Law
from .ledger import Entitlement, Person, Step, grants_of
from .money import times
from .months import Month


def one_off(
    law: Law,
    grant_type: str,
    month: Month,
    as_of: date,
    person: Person,
    entitlements: Iterable[Entitlement] = (),
    quantity: int = 1,
) -> tuple[int, tuple[Step, ...]]:
    """The grant in đồng for an event of the month as known on `as_of`, and its steps.

    Coefficient × base (funeral: 20 ×, NĐ 20/2021 Đ11), a fixed amount, or coefficient × the monthly allowance
    of the grant's programme the person drew in the month (three months when a person of merit dies).
    Raises UnknownCategory, BadQuantity, NoRateInForce, EstimatedRate, NoAllowance, NotWholeDong.
    """
    category = law.grant_type(grant_type)
    if quantity < 1 or (quantity > 1 and not category.per_child):
        raise BadQuantity(category=grant_type, quantity=quantity)
    rate = law.rate(grant_type, month, as_of, person.units_in(month, as_of))
    facts: dict[str, str | int] = {
        "quantity": quantity,
        "article": rate.article or category.article,
        "instrument": rate.instrument,
        "version": rate.version,
        "certainty": rate.certainty,
    }
    head = Step("one_off", {"title": category.title, "article": category.article, "month": str(month)})
    if category.basis != OF_ALLOWANCE:
        amount = rate.amount_per_unit * quantity
        if rate.coefficient is None:
            return amount, (
                head,
                Step("fixed_amount", facts | {"amount": amount, "unit_amount": rate.amount_per_unit}),
            )
        step = Step(
            "coefficient", facts | {"amount": amount, "base": rate.base, "coefficient": str(rate.coefficient)}
        )
        return amount, (head, step)
    if rate.coefficient is None:
        raise NoRateInForce(category=grant_type, month=str(month), as_of=as_of.isoformat())
    allowance = _allowance(law, category.programme, month, as_of, person, entitlements)
    amount = times(allowance, rate.coefficient, quantity)
    facts |= {"amount": amount, "allowance": allowance, "coefficient": str(rate.coefficient)}
    return amount, (head, Step("allowance_months", facts))


def _allowance(
    law: Law, programme: str, month: Month, as_of: date, person: Person, entitlements: Iterable[Entitlement]
) -> int:
    """What the person drew of the programme in the month, in đồng."""
    grants, failures = grants_of(person, list(entitlements), month, law, as_of, explain=False)
    for benefit, error in failures.items():
        if any(
            law.benefit(code) == benefit and law.category(code).programme == programme
            for code in law.categories
        ):
            raise error
    amount = sum(grant.amount for grant in grants if law.category(grant.category).programme == programme)
    if not amount:
        raise NoAllowance(person=person.name, programme=programme, month=str(month))
    return amount
