"""Unmatched Identity Row."""

from ansinh_app.gate.guarded_rows import GuardedRow


class UnmatchedIdentityRow(GuardedRow):
    pass
