"""Recovery Repayment."""

from ansinh_app.utils.guarded_rows import GuardedRow


class RecoveryRepayment(GuardedRow):
    pass
