"""Django's MySQL backend over PyMySQL, with the values a Frappe app expects of its database."""

import pymysql

pymysql.install_as_MySQLdb()  # the name Django's backend imports
