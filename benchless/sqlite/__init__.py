"""Django's SQLite backend, with the transaction and text rules a Frappe app expects of its database."""
