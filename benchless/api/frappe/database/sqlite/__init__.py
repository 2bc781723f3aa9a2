"""SQLite: a file of the site."""
