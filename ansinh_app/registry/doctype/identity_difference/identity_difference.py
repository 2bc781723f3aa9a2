"""Identity Difference."""

from ansinh_app.gate.guarded_rows import GuardedRow
from ansinh_app.utils.sealed_numbers import SealedNumbers


class IdentityDifference(SealedNumbers, GuardedRow):
    pass
