"""The server's clock jumps or stands in another zone: no month is paid twice, no day is made up, seals say when."""

from datetime import datetime, timedelta, timezone

import pytest

OFFICE = "DONGHO"
BANK, CASH = "Bank Transfer", "Cash"
LISTED = ("as_of", "line_count", "total_amount")


@pytest.fixture()
def office(site):
    site.done("month.small_office", OFFICE, 4, 0)
    return site


def prepared(site, period: str, clock: str) -> list:
    site.done("month.prepare", period, clock=clock)
    as_of, lines, total = site.done("month.values", "Payout Period", period, *LISTED)
    return [as_of, lines, int(total)]


@pytest.mark.parametrize(
    ("month", "first", "then"),
    [
        ("2024-06", "2024-05-24 08:00:00.5", "2024-05-23 08:00:00.5"),
        ("2024-06", "2024-05-24 08:00:00.5", "2024-06-24 08:00:00.5"),
        ("2025-01", "2024-12-31 23:59:59.5", "2025-01-01 00:00:00.5"),
    ],
    ids=["back a day", "on a month", "over New Year"],
)
def test_a_list_made_again_after_the_clock_jumped_is_the_same_list(office, month, first, then):
    period = office.done("month.period_without_day", OFFICE, month)
    before = prepared(office, period, first)
    assert before[:2] == [first[:10], 4]
    lines = office.dump()["tabPayout Line"]
    assert prepared(office, period, then) == before
    assert office.dump()["tabPayout Line"] == lines
    following = office.done("month.period_without_day", OFFICE, "2025-02")
    for channel in (BANK, CASH):
        for act in ("ask", "approve", "send"):
            office.done(f"month.{act}", period, channel, clock=then)
    assert prepared(office, following, first)[0] == first[:10]
    # The rate rose in July 2024, for whom it was known by then.
    assert set(office.done("month.money", OFFICE)["sums"]) <= {540_000, 750_000}


def test_an_approval_before_its_list_was_made_says_so(office):
    period = office.done("month.period_without_day", OFFICE, "2024-05")
    prepared(office, period, "2024-04-24 08:00:00.5")
    office.done("month.ask", period, BANK, clock="2024-04-24 08:10:00.5")
    office.done("month.approve", period, BANK, clock="2024-04-23 07:00:00.5", lang="vi")
    name = office.done("month.batch", period, BANK)
    said = office.done("month.comments", "Payout Batch", name)
    assert any("23-04-2024 07:00" in text and "24-04-2024 08:00" in text for text in said), said
    assert all(office.done("month.money", OFFICE)["seals"])


def test_the_day_is_vietnams_wherever_the_server_stands(office):
    """These two zones never have the same date."""
    for number, zone in enumerate(("Pacific/Kiritimati", "America/Los_Angeles"), start=5):
        period = office.done("month.period_without_day", OFFICE, f"2024-{number:02d}")
        hanoi = timezone(timedelta(hours=7))
        earliest = datetime.now(hanoi).date()
        office.done("month.prepare", period, environment={"TZ": zone})
        as_of = office.done("month.values", "Payout Period", period, "as_of")[0]
        assert as_of in {str(earliest), str(datetime.now(hanoi).date())}, zone
        for name in office.done("month.names", "Payout Batch", period):
            office.done("month.remove", "Payout Batch", name)


def test_what_a_clock_ran_ahead_of_does_not_stand_still_when_it_is_right_again(office):
    """Backups and reminders are due, and who was signed in on a day yet to come signs in again."""
    assert office.done("month.due_after", "2031-05-01 08:00:00", clock="2024-05-24 08:00:00.5") is True
    assert office.done("month.due_after", "2024-05-24 08:10:00", clock="2024-05-24 08:00:00.5") is False
    assert office.done("month.signed_in_since", 10 * 365 * 24 * 3600) == "Guest"
    assert office.done("month.signed_in_since", 60) == "Administrator"
