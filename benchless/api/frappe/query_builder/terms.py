"""Terms for frappe.qb besides pypika's own."""

from pypika.terms import *  # noqa: F403
