"""Set-based writes of payout lines: the only place that writes them."""

import re
from collections.abc import Iterator
from itertools import product
from operator import itemgetter

import frappe
from frappe.utils import now, now_datetime

from ansinh_app.core.identity import account
from ansinh_app.core.masking import ACCOUNT
from ansinh_app.utils import many
from ansinh_app.utils.sealed_numbers import sealed, vault

LINE_FIELDS = (
    "batch",
    "line_no",
    "office",
    "period",
    "kind",
    "status",
    "beneficiary",
    "full_name",
    "entitlement",
    "one_off_grant",
    "benefit",
    "line_key",
    "category_shown",
    "programme",
    "administrative_unit",
    "village",
    "provider",
    "channel",
    "payment_account",
    "account_no",
    "payee_name",
    "payee_type",
    "monthly_amount",
    "arrears",
    "carried_over",
    "advance",
    "recovery",
    "total",
    "months",
    "explanation",
    "own_month_only",
)
MONEY_FIELDS = ("monthly_amount", "arrears", "carried_over", "advance", "recovery", "total")
# A line's name in capitals, as `_new_names` makes it, or as lines were named until 0.1.0.
NAME_IN_CAPITALS = re.compile(r"\bL(?:[0-9A-Z]{14}|[0-9A-F]{11})\b")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# A tick in seconds: seven digits of them last for eighty years.
_TICK, _TIME_DIGITS = 0.032, 7
_HEAD = ("name", "creation", "modified", "owner", "modified_by", "docstatus", "idx")


def insert_lines(lines: list[dict]) -> None:
    """Writes whole lines; a line that replaces one keeps its name, creation and owner."""
    stamp, user, names, values_of = now(), frappe.session.user, _new_names(), itemgetter(*LINE_FIELDS)
    stored = values_of if not vault() else lambda line: values_of({**line, "account_no": sealed(ACCOUNT, line["account_no"])})
    values = [
        (
            line.get("name") or next(names),
            line.get("creation") or stamp,
            stamp,
            line.get("owner") or user,
            user,
            0,
            0,
            *stored(line),
            account.mask(line["account_no"]) or None,
        )
        for line in lines
    ]
    many.insert("Payout Line", (*_HEAD, *LINE_FIELDS, "account_no_shown"), values)


def _new_names() -> Iterator[str]:
    """Names in the order in which they are given: a table with years of lines in it grows at its end.

    A letter first: the name is the reference in bank files, and 12e45 must stay text in any sheet. Then the time,
    three digits of chance for whoever writes at the same moment, and a running number.
    """
    ticks = int(now_datetime().timestamp() / _TICK) % len(_DIGITS) ** _TIME_DIGITS
    head = "L" + _digits(ticks, _TIME_DIGITS) + frappe.generate_hash(length=3)
    return (head + "".join(number) for number in product(_DIGITS, repeat=4))


def _digits(number: int, width: int) -> str:
    found = ""
    for _digit in range(width):
        number, rest = divmod(number, len(_DIGITS))
        found = _DIGITS[rest] + found
    return found


def delete_lines(names: list[str]) -> None:
    table = frappe.qb.DocType("Payout Line")
    for chunk in many.chunks(names):
        frappe.qb.from_(table).delete().where(table.name.isin(chunk)).run()


def set_on_lines(names: list[str], **values) -> None:
    """Sets the same values on many lines."""
    values |= {"modified": now(), "modified_by": frappe.session.user}
    many.set_same("Payout Line", names, values)


def set_on_batch(batch: str, was: str, with_money: bool, **values) -> None:
    """Sets the same values on the lines of a batch that had this status, those that pay something or those that do not."""
    table = frappe.qb.DocType("Payout Line")
    values |= {"modified": now(), "modified_by": frappe.session.user}
    query = frappe.qb.update(table).where(table.batch == batch).where(table.status == was)
    query = query.where(table.total > 0) if with_money else query.where(table.total == 0)
    for fieldname, value in values.items():
        query = query.set(table[fieldname], value)
    query.run()


def set_each(fieldname: str, values: dict[str, str]) -> None:
    """Sets one field to a value of its own on each line."""
    many.set_each("Payout Line", fieldname, values)
