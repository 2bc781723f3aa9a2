"""Unmatched Answer: a row of a provider's list that speaks of no request, and why."""

from ansinh_app.gate.guarded_rows import GuardedRow
from ansinh_app.utils.sealed_numbers import SealedNumbers


class UnmatchedAnswer(SealedNumbers, GuardedRow):
    pass
