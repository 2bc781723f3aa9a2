"""Registry Change Person: one of the people chosen for a common change."""

from ansinh_app.gate.guarded_rows import GuardedRow


class RegistryChangePerson(GuardedRow):
    pass
