"""Django's MySQL backend over PyMySQL, with the values a Frappe app expects of its database."""

try:
    import pymysql
except ModuleNotFoundError as error:
    raise SystemExit("A site on MariaDB needs PyMySQL: pip install PyMySQL==1.1.1") from error

pymysql.install_as_MySQLdb()  # the name Django's backend imports
