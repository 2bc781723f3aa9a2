"""Contract Commitment: what a provider promised, such as free account management."""

from ansinh_app.gate.guarded_rows import GuardedRow


class ContractCommitment(GuardedRow):
    pass
