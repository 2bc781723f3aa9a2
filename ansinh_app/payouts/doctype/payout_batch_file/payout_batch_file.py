"""Payout Batch File."""

from ansinh_app.utils.guarded_rows import GuardedRow


class PayoutBatchFile(GuardedRow):
    pass
