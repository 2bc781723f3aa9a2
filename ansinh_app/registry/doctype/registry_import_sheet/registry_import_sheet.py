"""Registry Import Sheet."""

from ansinh_app.gate.guarded_rows import GuardedRow


class RegistryImportSheet(GuardedRow):
    pass
