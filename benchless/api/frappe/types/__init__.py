"""Types shared across the API."""

from frappe.types.frappedict import _dict  # noqa: F401
