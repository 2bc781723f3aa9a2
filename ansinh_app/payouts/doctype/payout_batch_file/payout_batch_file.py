"""Payout Batch File."""

from ansinh_app.gate.guarded_rows import GuardedRow


class PayoutBatchFile(GuardedRow):
    pass
