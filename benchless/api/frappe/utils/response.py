"""JSON of what the API hands out."""

import datetime
from collections.abc import Iterable
from decimal import Decimal


def json_handler(obj):
    """What json.dumps cannot write by itself: dates, times, decimals, documents, sets."""
    from frappe.model.base_document import BaseDocument

    if isinstance(obj, (datetime.date, datetime.datetime, datetime.time)):
        return str(obj)
    if isinstance(obj, datetime.timedelta):
        return str(obj)
    if isinstance(obj, Decimal):
        return float(obj)
    if isinstance(obj, BaseDocument):
        return obj.as_dict(no_nulls=False)
    if isinstance(obj, bytes):
        return obj.decode("utf-8", errors="replace")
    if isinstance(obj, Iterable):
        return list(obj)
    if isinstance(obj, type):
        return repr(obj)
    return str(obj)
