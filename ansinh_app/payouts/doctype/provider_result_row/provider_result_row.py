"""Provider Result Row: a row of a result file that found no line, and why."""

from ansinh_app.gate.guarded_rows import GuardedRow
from ansinh_app.utils.sealed_numbers import SealedNumbers


class ProviderResultRow(SealedNumbers, GuardedRow):
    pass
