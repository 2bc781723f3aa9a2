"""Payment Move Row."""

from ansinh_app.gate.guarded_rows import GuardedRow


class PaymentMoveRow(GuardedRow):
    pass
