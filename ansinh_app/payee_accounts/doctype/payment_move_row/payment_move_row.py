"""Payment Move Row."""

from ansinh_app.utils.guarded_rows import GuardedRow


class PaymentMoveRow(GuardedRow):
    pass
