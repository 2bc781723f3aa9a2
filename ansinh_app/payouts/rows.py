"""Set-based writes of payout lines: the only place that writes them."""

from collections.abc import Sequence
from itertools import chain
from operator import itemgetter

import frappe
from frappe.utils import now

from ansinh_app.core.identity import account
from ansinh_app.core.masking import ACCOUNT
from ansinh_app.utils.sealed_numbers import sealed, vault

_CHUNK = 500

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
_HEAD = ("name", "creation", "modified", "owner", "modified_by", "docstatus", "idx")


def insert_lines(lines: list[dict]) -> None:
    """Writes whole lines; a line that replaces one keeps its name, creation and owner."""
    stamp, user, values_of = now(), frappe.session.user, itemgetter(*LINE_FIELDS)
    stored = values_of if not vault() else lambda line: values_of({**line, "account_no": sealed(ACCOUNT, line["account_no"])})
    values = [
        (
            # A letter first: the name is the reference in bank files, and 12e45 must stay text in any sheet.
            line.get("name") or "L" + frappe.generate_hash(length=11),
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
    _insert("Payout Line", (*_HEAD, *LINE_FIELDS, "account_no_shown"), values)


def _insert(doctype: str, columns: tuple[str, ...], rows: list[tuple]) -> None:
    """Many rows in one statement. Frappe's `bulk_insert` makes a term of every value, half a run's time there."""
    named = ", ".join(f"`{column}`" for column in columns)
    marks = f"({_places(columns)})"
    for chunk in _chunks(rows):
        frappe.db.sql(
            f"insert into `tab{doctype}` ({named}) values {', '.join([marks] * len(chunk))}",
            tuple(chain.from_iterable(chunk)),
        )


def delete_lines(names: list[str]) -> None:
    table = frappe.qb.DocType("Payout Line")
    for chunk in _chunks(names):
        frappe.qb.from_(table).delete().where(table.name.isin(chunk)).run()


def set_on_lines(names: list[str], **values) -> None:
    """Sets the same values on many lines."""
    values |= {"modified": now(), "modified_by": frappe.session.user}
    assigned = ", ".join(f"`{fieldname}`=%s" for fieldname in values)
    for chunk in _chunks(names):
        # The query builder would write every name into the statement one by one, a third of the whole time.
        frappe.db.sql(
            f"update `tabPayout Line` set {assigned} where `name` in ({_places(chunk)})",
            (*values.values(), *chunk),
        )


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
    for chunk in _chunks(list(values)):
        whens = " ".join(["when %s then %s"] * len(chunk))
        frappe.db.sql(
            f"update `tabPayout Line` set `{fieldname}` = case `name` {whens} else `{fieldname}` end"
            f" where `name` in ({_places(chunk)})",
            (*(part for name in chunk for part in (name, values[name])), *chunk),
        )


def _places(values: Sequence) -> str:
    return ", ".join(["%s"] * len(values))


def _chunks(items: list) -> list[list]:
    return [items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK)]
