"""Names Frappe keeps here."""

from pypika.terms import ConstantColumn  # noqa: F401
