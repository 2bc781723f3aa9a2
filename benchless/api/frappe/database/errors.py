"""What a database error means. Every engine's errors carry MariaDB's numbers, as Frappe's do."""

from django.db import utils as db_errors

DUPLICATE_COLUMN, DUPLICATE_ENTRY, SYNTAX_ERROR = 1060, 1062, 1064
COLUMN_NOT_NULL, MISSING_COLUMN, NOTHING_TO_DROP, MISSING_TABLE = 1048, 1054, 1091, 1146
LOCK_TIMEOUT, DEADLOCK, DATA_TOO_LONG, ACCESS_DENIED = 1205, 1213, 1406, 1045
ROW_TOO_BIG, STATEMENT_TIMEOUT, READ_ONLY = 1118, 1969, 1792


def number_of(error) -> int | None:
    """MariaDB's number of an error; None for what is no database error."""
    number = error.args[0] if getattr(error, "args", None) else None
    return number if isinstance(number, int) else None


class ErrorMeanings:
    """The classes and questions that Frappe's Database offers about errors."""

    SQLError = db_errors.ProgrammingError
    ProgrammingError = db_errors.ProgrammingError
    TableMissingError = db_errors.ProgrammingError
    OperationalError = db_errors.OperationalError
    InternalError = db_errors.InternalError
    IntegrityError = db_errors.IntegrityError
    DataError = db_errors.DataError
    InterfaceError = db_errors.InterfaceError

    @staticmethod
    def is_deadlocked(error) -> bool:
        return number_of(error) == DEADLOCK

    @staticmethod
    def is_timedout(error) -> bool:
        return number_of(error) == LOCK_TIMEOUT

    @staticmethod
    def is_statement_timeout(error) -> bool:
        return number_of(error) == STATEMENT_TIMEOUT

    @staticmethod
    def is_read_only_mode_error(error) -> bool:
        return number_of(error) == READ_ONLY

    @staticmethod
    def is_table_missing(error) -> bool:
        return number_of(error) == MISSING_TABLE

    is_missing_table = is_table_missing

    @staticmethod
    def is_missing_column(error) -> bool:
        return number_of(error) == MISSING_COLUMN

    is_column_missing = is_missing_column

    @classmethod
    def is_missing_table_or_column(cls, error) -> bool:
        return cls.is_missing_column(error) or cls.is_table_missing(error)

    @staticmethod
    def is_duplicate_fieldname(error) -> bool:
        return number_of(error) == DUPLICATE_COLUMN

    @staticmethod
    def cant_drop_field_or_key(error) -> bool:
        return number_of(error) == NOTHING_TO_DROP

    @staticmethod
    def is_access_denied(error) -> bool:
        return number_of(error) == ACCESS_DENIED

    @staticmethod
    def is_syntax_error(error) -> bool:
        return number_of(error) == SYNTAX_ERROR

    @staticmethod
    def is_data_too_long(error) -> bool:
        return number_of(error) == DATA_TOO_LONG

    @staticmethod
    def is_db_table_size_limit(error) -> bool:
        return number_of(error) == ROW_TOO_BIG

    @staticmethod
    def is_interface_error(error) -> bool:
        return isinstance(error, db_errors.InterfaceError)

    @staticmethod
    def is_duplicate_entry(error) -> bool:
        return number_of(error) == DUPLICATE_ENTRY

    @classmethod
    def is_unique_key_violation(cls, error) -> bool:
        return isinstance(error, db_errors.IntegrityError) and cls.is_duplicate_entry(error)

    @classmethod
    def is_primary_key_violation(cls, error) -> bool:
        """True when the name itself is taken; each engine's error tells it otherwise."""
        return cls.is_unique_key_violation(error) and "PRIMARY" in str(error.args[1])
