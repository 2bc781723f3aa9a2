"""Someone on the team of an inspection."""

from ansinh_app.gate.guarded_rows import GuardedRow


class InspectionMember(GuardedRow):
    pass
