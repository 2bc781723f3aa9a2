"""Contract Programme: a programme the contract covers."""

from ansinh_app.utils.guarded_rows import GuardedRow


class ContractProgramme(GuardedRow):
    pass
