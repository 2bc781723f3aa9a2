"""Someone on the team of an inspection."""

from ansinh_app.utils.guarded_rows import GuardedRow


class InspectionMember(GuardedRow):
    pass
