"""When a request about one's own data must be answered, and a breach reported.

NĐ 13/2023 gives 72 hours (Đ14.3, Đ16.5, Đ9) to requests received before 01/01/2026; NĐ 356/2025 Đ5 gives days by
the kind of request. The days are known by recall only, so a site may set its own (An Sinh Settings).
"""

from datetime import date, datetime, timedelta

NEW_LAW = date(2026, 1, 1)
HOURS_BEFORE = 72
DAYS = {
    "Access": 10,
    "Correct": 10,
    "Delete": 20,
    "Restrict": 15,
    "Withdraw Consent": 15,
    "Object": 15,
}
BREACH_HOURS = 72


def answer_due(kind: str, received: date, days: int | None = None) -> tuple[date, str]:
    """The last day for the answer and its basis; `days`: the site's own figure for the kind.

    >>> answer_due("Access", date(2025, 12, 30))
    (datetime.date(2026, 1, 2), 'NĐ 13/2023')
    >>> answer_due("Delete", date(2026, 3, 2))
    (datetime.date(2026, 3, 22), 'NĐ 356/2025 Đ5')
    """
    if received < NEW_LAW:
        return received + timedelta(hours=HOURS_BEFORE), "NĐ 13/2023"
    return received + timedelta(days=days or DAYS[kind]), "NĐ 356/2025 Đ5"


def report_due(known: datetime, hours: int | None = None) -> datetime:
    """When the authority must have been told of a breach that was found at `known`."""
    return known + timedelta(hours=hours or BREACH_HOURS)


def time_left(due: datetime, now: datetime) -> timedelta:
    """What is left until then; negative once it is late."""
    return due - now
