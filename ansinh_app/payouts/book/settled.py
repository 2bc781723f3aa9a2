"""Earlier lines as the core takes them, each made once for all who have an equal one."""

import frappe
from frappe.utils import getdate

from ansinh_app.core.ledger import Settled
from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.payouts.book.stored import months_from_json

BROKEN = -1


class SettledLines:
    """Earlier lines as the core takes them. Thousands of people have equal ones: each is made once and numbered.

    What is numbered is one line as it stands, or a run of lines: every month from one to another the same amount,
    paid for that month alone.
    """

    def __init__(self, office: str | None, month: Month | None) -> None:
        """`office` and `month`: what is being prepared, if anything is."""
        self.office, self.month = office, month
        self._numbers: dict[tuple, int] = {}
        self._settled: list[tuple[Settled, ...]] = []
        self._elsewhere: dict[int, str] = {}
        self._ledgers: dict[tuple[int, ...], tuple] = {}
        self._periods: dict[str, Month] = {}
        self._renamed: set[str] = set()

    def read_periods(self) -> None:
        """The months of all periods, once."""
        if not self._periods:
            rows = frappe.get_all(
                "Payout Period",
                fields=["name", "month", "office"],
                order_by="name",
                limit_page_length=0,
                as_list=True,
            )
            newest: dict[str, Month] = {}
            for name, day, office in rows:
                month = self._periods[name] = Month.parse(getdate(day))
                if office in newest and month <= newest[office]:
                    self._renamed.add(office)
                newest[office] = month

    def number(self, row: tuple) -> int:
        """The number of a line (six values) or of a run of lines (seven); BROKEN for a run with months missing."""
        try:
            return self._numbers[row]
        except KeyError:
            pass
        found = self._line(*row) if len(row) == 6 else self._run(*row)
        number = len(self._settled) if found else BROKEN
        if found:
            self._settled.append(found)
            if self.month and row[1] != self.office and any(one.period == self.month for one in found):
                self._elsewhere[number] = row[0]
        self._numbers[row] = number
        return number

    def of(self, ledger: tuple[int, ...]) -> tuple[list[Settled], Month | None, list[str]]:
        """The lines of a ledger, the first month they pay for, and the month's benefits another office pays."""
        try:
            return self._ledgers[ledger]
        except KeyError:
            pass
        settled = [line for number in ledger for line in self._settled[number]]
        first = min((month for line in settled for month in line.months), default=None)
        elsewhere = [self._elsewhere[number] for number in ledger if number in self._elsewhere]
        return self._ledgers.setdefault(ledger, (settled, first, elsewhere))

    def _line(self, benefit, _office, period, months, recovery, status) -> tuple[Settled, ...]:
        paid = months_from_json(months)
        return (Settled(benefit, self._periods[period], paid, as_dong(recovery or 0), status),)

    def _run(self, benefit, office, amount, status, first, last, number) -> tuple[Settled, ...] | None:
        """An office has one line a month for a person and benefit: as many lines as months leave no month out."""
        start, end, paid = self._periods[first], self._periods[last], as_dong(amount)
        if end - start + 1 != number or office in self._renamed:
            return None
        return tuple(Settled(benefit, month, {month: paid}, 0, status) for month in Month.range(start, end))
