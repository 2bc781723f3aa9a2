"""MariaDB: the database a bench has."""
