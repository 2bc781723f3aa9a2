"""Period Advance."""

from ansinh_app.utils.guarded_rows import GuardedRow


class PeriodAdvance(GuardedRow):
    pass
