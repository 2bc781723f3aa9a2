"""Unmatched Identity Row."""

from ansinh_app.utils.guarded_rows import GuardedRow


class UnmatchedIdentityRow(GuardedRow):
    pass
