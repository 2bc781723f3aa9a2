"""Drawdown Batch: a batch the treasury pays for with one drawdown."""

from ansinh_app.utils.guarded_rows import GuardedRow


class DrawdownBatch(GuardedRow):
    pass
