"""An Sinh: cashless payout of monthly social assistance, as a Frappe app."""

__version__ = "0.2.0"
