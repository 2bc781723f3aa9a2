"""What the database knows of the number of rows: a server counts by itself, SQLite only when it is told."""

import frappe


def refresh() -> None:
    """Count anew, daily and after a migrate."""
    if frappe.db.db_type == "sqlite":
        frappe.db.count_rows_of_indexes()
