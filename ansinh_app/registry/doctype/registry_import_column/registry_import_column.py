"""Registry Import Column."""

from ansinh_app.gate.guarded_rows import GuardedRow


class RegistryImportColumn(GuardedRow):
    pass
