"""The counts of one commune or kind in an obstacle summary."""

from ansinh_app.gate.guarded_rows import GuardedRow


class ObstacleSummaryRow(GuardedRow):
    pass
