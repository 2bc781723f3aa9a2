"""Contract Signatory: who signs a contract for the office and for the provider."""

from ansinh_app.gate.guarded_rows import GuardedRow


class ContractSignatory(GuardedRow):
    pass
