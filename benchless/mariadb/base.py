"""The database wrapper: PyMySQL as a bench uses it (decimals as floats, times of day as time since midnight)."""

import benchless.mariadb  # noqa: F401, I001 (it must come before Django's backend)
from django.db.backends.mysql import base
from pymysql.constants import FIELD_TYPE
from pymysql.converters import conversions

CONVERSIONS = {**conversions, FIELD_TYPE.DECIMAL: float, FIELD_TYPE.NEWDECIMAL: float}


class DatabaseWrapper(base.DatabaseWrapper):
    """MariaDB through Django's connection handling."""

    def get_connection_params(self):
        return {**super().get_connection_params(), "conv": CONVERSIONS}
