"""SQL functions for frappe.qb that SQLite and MariaDB both know."""

from pypika.functions import *  # noqa: F403
from pypika.functions import Coalesce, Function  # noqa: F401
