"""Entitlement Change."""

from ansinh_app.utils.guarded_rows import GuardedRow


class EntitlementChange(GuardedRow):
    pass
