"""Contract Programme: a programme the contract covers."""

from ansinh_app.gate.guarded_rows import GuardedRow


class ContractProgramme(GuardedRow):
    pass
