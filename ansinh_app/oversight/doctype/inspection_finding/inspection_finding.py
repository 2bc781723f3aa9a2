"""A finding of an inspection: how grave, what to do, who, until when, and what was done."""

from ansinh_app.gate.guarded_rows import GuardedRow


class InspectionFinding(GuardedRow):
    pass
