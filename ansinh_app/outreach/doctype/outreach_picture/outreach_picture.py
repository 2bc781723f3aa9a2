"""A picture of an outreach activity, with what it shows."""

from ansinh_app.utils.guarded_rows import GuardedRow


class OutreachPicture(GuardedRow):
    pass
