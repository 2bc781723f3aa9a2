"""Beneficiary Spouse."""

from ansinh_app.gate.guarded_rows import GuardedRow


class BeneficiarySpouse(GuardedRow):
    pass
