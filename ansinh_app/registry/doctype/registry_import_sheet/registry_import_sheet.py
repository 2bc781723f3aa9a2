"""Registry Import Sheet."""

from ansinh_app.utils.guarded_rows import GuardedRow


class RegistryImportSheet(GuardedRow):
    pass
