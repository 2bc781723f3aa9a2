"""The database of the site a thread works for."""


def get_db(*args, **kwargs):
    """A Database on this thread's connection, of its engine (site_config.json's `db_type`)."""
    from django.db import connections

    if connections["default"].vendor == "mysql":
        from frappe.database.mariadb.database import MariaDBDatabase

        return MariaDBDatabase()
    from frappe.database.sqlite.database import SQLiteDatabase

    return SQLiteDatabase()
