"""Campaign Session: one day at one place."""

from ansinh_app.gate.guarded_rows import GuardedRow


class CampaignSession(GuardedRow):
    pass
