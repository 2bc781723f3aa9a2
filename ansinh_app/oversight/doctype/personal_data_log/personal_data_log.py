"""Personal Data Log: who looked at people's data; see oversight/personal_data.py."""

from ansinh_app.oversight.append_only import AppendOnly


class PersonalDataLog(AppendOnly):
    pass
