"""The database of the site a thread works for."""


def get_db(*args, **kwargs):
    """A Database on this thread's connection, of the engine that site_config.json names (`db_type`)."""
    import frappe

    if frappe.conf.db_type == "mariadb":
        from frappe.database.mariadb.database import MariaDBDatabase

        return MariaDBDatabase()
    from frappe.database.sqlite.database import SQLiteDatabase

    return SQLiteDatabase()
