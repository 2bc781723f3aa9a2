"""Recovery Repayment."""

from ansinh_app.gate.guarded_rows import GuardedRow


class RecoveryRepayment(GuardedRow):
    pass
