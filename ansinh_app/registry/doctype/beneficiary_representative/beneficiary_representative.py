"""Beneficiary Representative."""

from ansinh_app.utils.guarded_rows import GuardedRow


class BeneficiaryRepresentative(GuardedRow):
    pass
