"""Personal Data Log Seal: a digest over rows of the log; see oversight/log_seals.py."""

from ansinh_app.oversight.append_only import AppendOnly


class PersonalDataLogSeal(AppendOnly):
    pass
