"""Treasury Return Case."""

from ansinh_app.utils.guarded_rows import GuardedRow


class TreasuryReturnCase(GuardedRow):
    pass
