"""Beneficiary Spouse."""

from ansinh_app.utils.guarded_rows import GuardedRow


class BeneficiarySpouse(GuardedRow):
    pass
