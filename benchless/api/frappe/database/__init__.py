"""The database of the site a thread works for."""


def get_db(*args, **kwargs):
    """A Database on this thread's connection."""
    from frappe.database.database import Database

    return Database()
