"""Account Status Change."""

from ansinh_app.utils.guarded_rows import GuardedRow


class AccountStatusChange(GuardedRow):
    pass
