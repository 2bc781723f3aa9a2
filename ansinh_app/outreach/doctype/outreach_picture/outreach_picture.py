"""A picture of an outreach activity, with what it shows."""

from ansinh_app.gate.guarded_rows import GuardedRow


class OutreachPicture(GuardedRow):
    pass
