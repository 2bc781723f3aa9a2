"""Until when somebody may receive for somebody else, to the day."""

from datetime import date

import pytest

from ansinh_app.core import mandates
from ansinh_app.core.mandates import Mandate, may_receive, pay_days

BORN = date(2008, 8, 10)
AUGUST = pay_days(date(2026, 8, 1), date(2026, 8, 20), date(2026, 7, 24))


def holds(mandate: Mandate, days=AUGUST, born=date(1950, 1, 1), capacity="Full", as_of=date(2026, 7, 24), programme="BTXH"):
    return may_receive([mandate], programme, days, born, capacity, as_of)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "paid"),
    [
        (None, None, True),
        (None, date(2026, 8, 20), True),
        (None, date(2026, 8, 19), False),
        (None, date(2026, 7, 31), False),
        (date(2026, 8, 1), None, True),
        (date(2026, 8, 2), None, False),
    ],
)
def test_a_mandate_covers_every_day_on_which_the_money_may_go_out(valid_from, valid_to, paid):
    assert holds(Mandate("Authorised", valid_from, valid_to)) is paid


def test_a_late_run_pays_from_its_own_day_on():
    late = pay_days(date(2026, 8, 1), date(2026, 8, 20), date(2026, 8, 12))
    assert late == (date(2026, 8, 12), date(2026, 8, 20))
    assert holds(Mandate("Authorised", date(2026, 8, 12)), late)
    assert not holds(Mandate("Authorised", None, date(2026, 8, 15)), late)


def test_a_revocation_counts_from_its_day_and_is_not_known_before_it():
    mandate = Mandate("Authorised", revoked_on=date(2026, 8, 5))
    assert holds(mandate, as_of=date(2026, 8, 4))  # replayed: nobody knew
    assert not holds(mandate, as_of=date(2026, 8, 5))
    last = mandates.end_of(mandate, None, as_of=date(2026, 8, 5))
    assert (last.last_day, last.why) == (date(2026, 8, 4), mandates.REVOKED)
    gone = Mandate("Authorised", ended_on=date(2026, 7, 1))
    assert not holds(gone) and holds(gone, as_of=date(2026, 6, 30))


def test_guardianship_ends_with_childhood_unless_capacity_is_wanting():
    guardian = Mandate("Guardian", date(2015, 1, 1), date(2040, 1, 1))
    assert mandates.end_of(guardian, BORN).last_day == date(2026, 8, 9)
    assert not holds(guardian, born=BORN)
    assert holds(guardian, born=BORN, capacity="Lost")
    assert holds(guardian, born=date(2008, 8, 21))
    # Began when the ward was grown up, or nobody knows when: a person has to look, the money goes on.
    assert holds(Mandate("Guardian", date(2026, 7, 1)), born=date(1980, 1, 1))
    undated = Mandate("Guardian")
    assert holds(undated, born=BORN) and mandates.by_age(undated, BORN).last_day == date(2026, 8, 9)


def test_what_a_mandate_is_for():
    assert not holds(Mandate("Authorised", receives=False))
    assert not holds(Mandate("Authorised", awaits_paper=True))
    assert not holds(Mandate("Authorised", programme="NCC"))
    assert holds(Mandate("Authorised", programme="NCC"), programme="NCC")


def test_one_after_the_other_is_no_contradiction():
    old = Mandate("Authorised", date(2025, 1, 1), date(2025, 12, 31))
    assert not mandates.overlap(old, Mandate("Authorised", date(2026, 1, 1)))
    assert mandates.overlap(old, Mandate("Authorised"))
    assert not mandates.overlap(old, Mandate("Guardian"))
    revoked = Mandate("Authorised", date(2025, 1, 1), date(2027, 1, 1), revoked_on=date(2026, 3, 1))
    assert not mandates.overlap(revoked, Mandate("Authorised", date(2026, 3, 1)))
    assert mandates.overlap(revoked, Mandate("Authorised", date(2026, 2, 28)))


def test_a_mandate_without_a_term_holds_one_year():
    assert mandates.default_end("Authorised", date(2026, 3, 1), None) == date(2027, 2, 28)
    assert mandates.default_end("Guardian", date(2026, 3, 1), None) is None
    assert mandates.default_end("Authorised", date(2026, 3, 1), date(2030, 1, 1)) == date(2030, 1, 1)
