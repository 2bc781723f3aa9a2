"""The database wrapper: PyMySQL as a bench uses it (decimals as floats, times of day as time since midnight)."""

import benchless.mariadb  # noqa: F401, I001 (it must come before Django's backend)
from django.db.backends.mysql import base
from pymysql.constants import FIELD_TYPE
from pymysql.converters import conversions

CONVERSIONS = {**conversions, FIELD_TYPE.DECIMAL: float, FIELD_TYPE.NEWDECIMAL: float}


class CursorWrapper(base.CursorWrapper):
    """Tells its connection that the transaction has begun to do something."""

    def __init__(self, cursor, wrapper):
        super().__init__(cursor)
        self.wrapper = wrapper

    def execute(self, query, args=None):
        result = super().execute(query, args)
        self.wrapper.in_use = True
        return result

    def executemany(self, query, args):
        self.wrapper.in_use = True
        return super().executemany(query, args)


class DatabaseWrapper(base.DatabaseWrapper):
    """MariaDB through Django's connection handling."""

    in_use = False  # whether this transaction has run a statement: then the connection cannot be replaced

    def get_connection_params(self):
        return {**super().get_connection_params(), "conv": CONVERSIONS}

    def create_cursor(self, name=None):
        return CursorWrapper(self.connection.cursor(), self)

    def _commit(self):
        super()._commit()
        self.in_use = False

    def _rollback(self):
        super()._rollback()
        self.in_use = False

    def _close(self):
        self.in_use = False
        return super()._close()
