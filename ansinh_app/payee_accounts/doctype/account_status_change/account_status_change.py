"""Account Status Change."""

from ansinh_app.gate.guarded_rows import GuardedRow


class AccountStatusChange(GuardedRow):
    pass
