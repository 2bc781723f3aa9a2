"""Period Advance."""

from ansinh_app.gate.guarded_rows import GuardedRow


class PeriodAdvance(GuardedRow):
    pass
