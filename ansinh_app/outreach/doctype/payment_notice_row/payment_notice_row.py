"""When and where one part of a commune is paid, as its payment notice says."""

from ansinh_app.gate.guarded_rows import GuardedRow


class PaymentNoticeRow(GuardedRow):
    pass
