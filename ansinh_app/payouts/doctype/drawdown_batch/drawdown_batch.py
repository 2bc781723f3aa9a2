"""Drawdown Batch: a batch the treasury pays for with one drawdown."""

from ansinh_app.gate.guarded_rows import GuardedRow


class DrawdownBatch(GuardedRow):
    pass
