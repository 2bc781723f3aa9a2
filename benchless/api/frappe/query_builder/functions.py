"""SQL functions for frappe.qb that SQLite and MariaDB both know."""

from pypika.functions import *  # noqa: F403
from pypika.functions import Coalesce, Function  # noqa: F401
from pypika.terms import Function as _Function


class Round(_Function):
    def __init__(self, term, decimals=0, alias=None):
        super().__init__("ROUND", term, decimals, alias=alias)
