"""Treasury Return Case."""

from ansinh_app.gate.guarded_rows import GuardedRow


class TreasuryReturnCase(GuardedRow):
    pass
