"""Switching the encryption of ID and account numbers on and off, changing the key, and what is wrong with it.

The key stands in the site's configuration (`number_key`, then `number_key_2` and so on), never in the database. The
change runs in the background by primary key and is taken up again where it stopped; readers cope with mixed tables.
"""

import base64
import json
import secrets
from collections.abc import Iterator

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Count

from ansinh_app.core.sealed_numbers import KEY_BYTES, Keys, version_of
from ansinh_app.exceptions import NumberKeyError
from ansinh_app.utils import sealed_numbers as numbers

_AT_ONCE = 500
_JOB = "ansinh_sealed_numbers"
_WAYS = {"sealing": "sealed", "opening": None}


def new_key() -> str:
    """A fresh key for `number_key` in the site's configuration."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


@frappe.whitelist(methods=["POST"])
def encrypt(doc: str | dict | None = None) -> dict:
    """Action on An Sinh Settings: encrypt numbers with the newest key of the configuration, or change to it."""
    _check_may()
    keys, known = numbers.site_keys(), numbers.state()
    if not keys and not known:
        frappe.throw(
            _("Put a key into the site's configuration first: {0} (see docs/operations.md).").format("number_key"),
            NumberKeyError,
        )
    if known:
        numbers.vault()  # says so where the key in use is missing or is another one
    version = max(keys)
    if known.get("state") == "sealed" and known["version"] == version and not any(left_over(version)):
        frappe.msgprint(_("The numbers are encrypted with this key already."))
        return known
    missing = [number for number in known.get("checks", {}) if int(number) not in keys]
    if missing:
        raise numbers.key_error(missing[0])
    checks = {**known.get("checks", {}), str(version): Keys(keys, version).check(version)}
    return _begin({"state": "sealing", "version": version, "checks": checks})


@frappe.whitelist(methods=["POST"])
def decrypt(doc: str | dict | None = None) -> dict:
    """Action on An Sinh Settings: keep the numbers plain again."""
    _check_may()
    known = numbers.state()
    if not known:
        frappe.msgprint(_("The numbers of this site are not encrypted."))
        return {}
    numbers.vault()
    return _begin({**known, "state": "opening"})


def _check_may() -> None:
    """It is for who keeps the key, which an office's people never see."""
    if "System Manager" not in frappe.get_roles():
        frappe.throw(
            _("Only who runs the site (System Manager) switches the encryption of numbers."), frappe.PermissionError
        )


def _begin(state: dict) -> dict:
    _set_state(state)
    frappe.enqueue(
        "ansinh_app.oversight.number_keys.run", queue="long", timeout=6 * 3600, job_id=_JOB, deduplicate=True
    )
    frappe.msgprint(_("The numbers are changed in the background. Everything can be used meanwhile."), alert=True)
    return state


def _set_state(state: dict) -> None:
    """Past any transaction: whoever writes from now on must see it."""
    frappe.db.set_global(numbers.STATE, json.dumps(state) if state else "")
    frappe.db.commit()
    numbers.forget_vault()


def run() -> dict:
    """Bring every number to the state the site is on the way to; returns how many were changed.

    Each portion is a transaction of its own, so a run that was killed is taken up again. Whoever began to write
    before the switch may still bring a number of the old kind: tables are gone through until none is found.
    """
    known = numbers.state()
    if known.get("state") not in _WAYS:
        return {"changed": 0}
    changed, target = 0, known["version"] if known["state"] == "sealing" else 0
    while found := _pass(target):
        changed += found
    if known["state"] == "opening":
        _set_state({})
    else:
        version = str(known["version"])
        _set_state({**known, "state": "sealed", "checks": {version: known["checks"][version]}})
    return {"changed": changed}


def carry_on() -> None:
    """Hourly: take up a change that was cut off, and what was written by somebody who began before the switch."""
    if numbers.state().get("state") in _WAYS:
        frappe.enqueue(
            "ansinh_app.oversight.number_keys.run", queue="long", timeout=6 * 3600, job_id=_JOB, deduplicate=True
        )


def _pass(target: int) -> int:
    """Go through all tables once; `target`: the key's version, 0 for plain. Returns how many rows were changed."""
    changed = sum(_mask_texts(doctype, column) for doctype, columns in numbers.TEXTS.items() for column in columns)
    for place, doctype in enumerate(numbers.DOCTYPES):
        for column in numbers.columns_of(doctype):
            changed += sum(_portions(doctype, column, target))
        frappe.publish_progress(
            (place + 1) * 100 / len(numbers.DOCTYPES), title=_("Encryption of Numbers"), description=_(doctype)
        )
    return changed


def _portions(doctype: str, column: str, target: int) -> Iterator[int]:
    last = ""
    while True:
        rows = _rows(doctype, column, target, last)
        if not rows:
            # The locks of an empty answer.
            frappe.db.commit()
            return
        new = {row.name: text for row in rows if (text := _other(doctype, column, row, target)) != row[column]}
        if new:
            _write(doctype, column, new)
        last = rows[-1].name
        frappe.db.commit()
        yield len(new)


def _mask_texts(doctype: str, column: str) -> int:
    """Mask the numbers in what was said of lists' rows; they do not come back when the site opens its numbers."""
    table, last, changed = frappe.qb.DocType(doctype), "", 0
    if numbers.state()["state"] == "opening":
        return 0
    while True:
        query = frappe.qb.from_(table).select(table.name, table[column]).where(table.name > last)
        query = query.where(table[column].isnotnull()).where(table[column] != "")
        if doctype == "Version":
            query = query.where(table.ref_doctype.isin(list(numbers.TEXTS)))
        rows = query.orderby(table.name).limit(_AT_ONCE).for_update().run()
        if not rows:
            frappe.db.commit()
            return changed
        new = {name: masked for name, text in rows if (masked := numbers.without_numbers(text)) != text}
        if new:
            _write(doctype, column, new)
            changed += len(new)
        last = rows[-1][0]
        frappe.db.commit()


def _rows(doctype: str, column: str, target: int, last: str) -> list:
    """The next rows that are not yet as wanted, locked until they are."""
    table = frappe.qb.DocType(doctype)
    wanted = [table.name, table[column]]
    if naming := numbers.NAMED_BY.get((doctype, column)):
        wanted.append(table[naming])
    query = _not_yet(table, column, target).select(*wanted).where(table.name > last)
    return query.orderby(table.name).limit(_AT_ONCE).for_update().run(as_dict=True)


def _not_yet(table, column: str, target: int):
    """The rows with a number that does not stand under the key of a version; 0: that is sealed."""
    query = frappe.qb.from_(table).where(table[column].isnotnull()).where(table[column] != "")
    return query.where(table[column].not_like(f"${target}$%") if target else table[column].like("$%"))


def _other(doctype: str, column: str, row, target: int) -> str:
    """The value as it shall stand."""
    kind = numbers.kind_in(doctype, column, row)
    value = row[column]
    if not kind or version_of(value) == target:
        return value
    vault = numbers.vault()
    plain = vault.open(kind, value)
    if not target:
        return plain
    if numbers.too_long(doctype, column, plain):
        return value
    return vault.keys.seal(kind, plain, target)


def _write(doctype: str, column: str, values: dict[str, str]) -> None:
    """One statement; who changed a document last, and when, stays."""
    table, case = frappe.qb.DocType(doctype), Case()
    for name, value in values.items():
        case = case.when(table.name == name, value)
    query = frappe.qb.update(table).where(table.name.isin(list(values)))
    query.set(table[column], case.else_(table[column])).run()


# What is wrong


def findings() -> list[str]:
    """The same as a list, for who asks by `bench execute`."""
    return list(problems())


def problems() -> Iterator[str]:
    """What is wrong with the encryption of numbers on this site; nothing where all is well or it is off."""
    try:
        known, vault = numbers.state(), numbers.vault()
    except NumberKeyError as error:
        yield str(error)
        return
    if not known and not vault:
        return
    if known.get("state") in _WAYS:
        yield _("The encryption of numbers is under way or was cut off: it is taken up again within the hour.")
    elif known:
        for doctype, column, many in left_over(known["version"]):
            yield _("{0} values of {1} ({2}) are not encrypted with the key in use: press Encrypt Numbers.").format(
                many, _(doctype), column
            )


def left_over(version: int) -> Iterator[tuple[str, str, int]]:
    """DocType, column and number of values that do not stand under the key; whole tables are counted."""
    for doctype in numbers.DOCTYPES:
        for column in numbers.columns_of(doctype):
            if (doctype, column) not in numbers.NAMED_BY:
                table = frappe.qb.DocType(doctype)
                many = _not_yet(table, column, version).select(Count("*")).run()[0][0]
                if many:
                    yield doctype, column, many
