"""Contract Commitment: what a provider promised, such as free account management."""

from ansinh_app.utils.guarded_rows import GuardedRow


class ContractCommitment(GuardedRow):
    pass
