"""Beneficiary Representative."""

from ansinh_app.gate.guarded_rows import GuardedRow


class BeneficiaryRepresentative(GuardedRow):
    pass
