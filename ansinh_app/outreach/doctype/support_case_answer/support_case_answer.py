"""One answer given in a support case, with time, name and agency."""

from ansinh_app.gate.guarded_rows import GuardedRow


class SupportCaseAnswer(GuardedRow):
    pass
