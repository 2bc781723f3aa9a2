"""Registry Import Column."""

from ansinh_app.utils.guarded_rows import GuardedRow


class RegistryImportColumn(GuardedRow):
    pass
