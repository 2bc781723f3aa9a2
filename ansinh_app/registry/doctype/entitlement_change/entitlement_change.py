"""Entitlement Change."""

from ansinh_app.gate.guarded_rows import GuardedRow


class EntitlementChange(GuardedRow):
    pass
