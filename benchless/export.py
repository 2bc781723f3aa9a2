"""A site's data for a bench: SQL for MariaDB, the files as archives, and the key that opens the stored secrets.

Rows go in through temporary tables, and only the columns that both sides know: a bench has more of them. The apps'
own tables are replaced, rows of Frappe's tables are added to those that are there, all in one transaction.
"""

import base64
import gzip
import hashlib
import os
import re
import tarfile
from datetime import date, datetime, timedelta
from pathlib import Path

import frappe

# Frappe's DocTypes whose rows belong to the office, and which of them do; all else comes with the apps.
OFFICE = {
    "Role": {},
    "User": {"name": ("not in", ("Administrator", "Guest"))},
    "User Permission": {},
    "DefaultValue": {"parent": ("!=", "__global")},
    "File": {"is_home_folder": 0, "is_attachments_folder": 0},
    "Comment": {},
    "Version": {},
    "Communication": {},
    "ToDo": {},
    "DocShare": {},
    "Deleted Document": {},
    "List Filter": {},
    "Letter Head": {},
    "Email Template": {},
    "Notification": {},
    "Auto Email Report": {},
    "Workflow State": {},
    "Workflow Action Master": {},
    "Workflow": {},
    "Print Format": {"standard": "No"},
    "Report": {"is_standard": "No"},
}
BATCH_CHARACTERS = 250_000  # well below MariaDB's max_allowed_packet
ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\0": "\\0", "\n": "\\n", "\r": "\\r", "\x1a": "\\Z"})
HEAD = """SET NAMES utf8mb4;
SET SESSION group_concat_max_len = 1000000, sql_safe_updates = 0, sql_select_limit = DEFAULT, max_join_size = DEFAULT;
START TRANSACTION;
CREATE TEMPORARY TABLE `_arrived` (`doctype` varchar(140), `expected` bigint, `found` bigint) ENGINE=MyISAM;
"""
TAIL = """COMMIT;
SELECT COUNT(*) AS `tables`, SUM(`found`) AS `rows`, SUM(`expected` <> `found`) AS `tables with missing rows` FROM `_arrived`;
SELECT `doctype` AS `rows are missing`, `expected`, `found` FROM `_arrived` WHERE `expected` <> `found`;
"""


def export_to_bench(target: str) -> list[Path]:
    """Write data.sql.gz, files.tar, private-files.tar and encryption_key.txt of the connected site into a folder."""
    folder, site = Path(target), Path(frappe.local.site_path)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in ("data.sql.gz", "files.tar", "private-files.tar", "encryption_key.txt")]
    with _private(paths[0]) as file, gzip.open(file, "wt", encoding="utf-8", newline="\n") as out:
        for statement in statements():
            out.write(statement)
    for path, part in ((paths[1], "public/files"), (paths[2], "private/files")):
        with _private(path) as file, tarfile.open(fileobj=file, mode="w") as archive:
            for found in sorted((site / part).rglob("*")):
                if found.is_file() and not found.is_symlink():
                    archive.add(found, str(found.relative_to(site / part)))
    with _private(paths[3]) as file:
        file.write(bench_key().encode() + b"\n")
    return paths


def _private(path: Path):
    path.unlink(missing_ok=True)
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def bench_key() -> str:
    """The site's encryption_key as Frappe wants it, for the bench's site_config.json."""
    from frappe.utils.password import get_encryption_key

    return base64.urlsafe_b64encode(hashlib.sha256(get_encryption_key().encode()).digest()).decode()


def own_doctypes() -> list[str]:
    """The DocTypes of the apps. Those made on the site (`custom`) have no definition on the bench."""
    modules = frappe.get_all("Module Def", filters={"app_name": ("!=", "frappe")}, pluck="name")
    return frappe.get_all(
        "DocType", filters={"module": ("in", modules or [""]), "custom": 0}, pluck="name", order_by="name"
    )


def statements():
    """The SQL, piece by piece."""
    yield HEAD
    for doctype in own_doctypes():
        meta = frappe.get_meta(doctype)
        if meta.issingle:
            yield f"DELETE FROM `tabSingles` WHERE `doctype` = {literal(doctype)};\n"
            columns = ["doctype", "field", "value"]
            rows = frappe.db.sql("select * from `tabSingles` where `doctype`=%s", (doctype,), as_dict=True)
            yield from inserts("tabSingles", columns, rows)
        elif not meta.is_virtual:
            yield from all_rows(doctype, bool(meta.autoname == "autoincrement"))
    for doctype, filters in OFFICE.items():
        if frappe.db.table_exists(doctype):
            yield from office_rows(doctype, filters)
    rows = frappe.db.sql("select `name`, `current` from `tabSeries`", as_dict=True)
    update = " ON DUPLICATE KEY UPDATE `current` = GREATEST(`current`, VALUES(`current`))"
    yield from inserts("tabSeries", ["name", "current"], rows, end=update)
    yield from secrets()
    yield TAIL


def all_rows(doctype: str, numbered: bool):
    """The table as it is here, in place of what the bench has."""
    rows = frappe.db.sql(f"select * from `tab{doctype}`", as_dict=True)
    yield from staged(doctype, rows, before=f"DELETE FROM `tab{doctype}`;\n")
    if numbered and rows:
        highest = max(int(row["name"]) for row in rows)
        yield f"SELECT SETVAL(`{frappe.scrub(doctype)}_id_seq`, {highest});\n"


def office_rows(doctype: str, filters: dict):
    """Rows with their child rows, in place of those of the same name."""
    rows = frappe.get_all(doctype, filters=filters, fields=["*"], limit_page_length=0)
    yield from staged(doctype, rows)
    names = [row["name"] for row in rows]
    for df in frappe.get_meta(doctype).get_table_fields():
        mine = {"parenttype": doctype, "parentfield": df.fieldname}
        children = [row for row in frappe.get_all(df.options, filters=mine, fields=["*"], limit_page_length=0)
                    if row["parent"] in set(names)]  # fmt: skip
        listed = ", ".join(map(literal, names)) or "NULL"
        gone = (
            f"DELETE FROM `tab{df.options}` WHERE `parenttype` = {literal(doctype)}"
            f" AND `parentfield` = {literal(df.fieldname)} AND `parent` IN ({listed});\n"
        )
        yield from staged(df.options, children, before=gone)


def staged(doctype: str, rows: list, before: str = ""):
    """Rows into a temporary table of text, from there the columns that the bench's table has."""
    yield before
    if not rows:
        return
    table, columns = f"tab{doctype}", list(rows[0])
    listed = ", ".join(f"`{column}` longtext" for column in columns)
    yield f"CREATE TEMPORARY TABLE `_in` ({listed}) ENGINE=MyISAM CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;\n"
    yield from inserts("_in", columns, rows)
    verb = "INSERT" if before.startswith("DELETE") else "REPLACE"
    yield (
        "SET @columns = (SELECT GROUP_CONCAT(CONCAT('`', column_name, '`')) FROM information_schema.columns"
        f" WHERE table_schema = DATABASE() AND table_name = {literal(table)}"
        f" AND column_name IN ({', '.join(map(literal, columns))}));\n"
        f"SET @bring = CONCAT('{verb} INTO `{table}` (', @columns, ') SELECT ', @columns, ' FROM `_in`');\n"
        "PREPARE bring FROM @bring;\nEXECUTE bring;\nDEALLOCATE PREPARE bring;\n"
        f"INSERT INTO `_arrived` SELECT {literal(doctype)}, {len(rows)}, COUNT(*) FROM `{table}`"
        " WHERE `name` IN (SELECT `name` FROM `_in`);\n"
        "DROP TEMPORARY TABLE `_in`;\n"
    )


def inserts(table: str, columns: list[str], rows: list, verb: str = "INSERT", end: str = ""):
    """INSERT statements of a bearable size."""
    head = f"{verb} INTO `{table}` ({', '.join(f'`{column}`' for column in columns)}) VALUES\n"
    batch, size = [], 0
    for row in rows:
        batch.append("(" + ", ".join(literal(row[column]) for column in columns) + ")")
        size += len(batch[-1])
        if size > BATCH_CHARACTERS:
            yield head + ",\n".join(batch) + end + ";\n"
            batch, size = [], 0
    if batch:
        yield head + ",\n".join(batch) + end + ";\n"


def literal(value) -> str:
    """A value in MariaDB's SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        value = value.isoformat(sep=" ")
    elif isinstance(value, date):
        value = value.isoformat()
    elif isinstance(value, timedelta):
        sign, seconds = ("-", -value) if value < timedelta() else ("", value)
        value = f"{sign}{seconds // timedelta(hours=1):02}:{str(seconds % timedelta(hours=1))[2:]}"
    elif isinstance(value, bytes):
        value = value.decode()
    return "'" + str(value).translate(ESCAPES) + "'"


def secrets():
    """Passwords and encrypted fields; Administrator keeps the bench's."""
    rows = frappe.db.sql("select * from `__Auth`", as_dict=True)
    kept = [row for row in rows if not (row.doctype == "User" and row.name in ("Administrator", "Guest"))]
    for row in kept:
        if not row.encrypted:
            row.password = passlib_hash(row.password)
    yield from inserts("__Auth", ["doctype", "name", "fieldname", "password", "encrypted"], kept, verb="REPLACE")


def passlib_hash(stored: str) -> str:
    """Django's `pbkdf2_sha256$rounds$salt$hash` as Frappe's passlib writes the same hash: passwords stay valid."""
    found = re.fullmatch(r"pbkdf2_sha256\$(\d+)\$([^$]+)\$([A-Za-z0-9+/=]+)", stored)
    if not found:
        return stored
    rounds, salt, digest = found.groups()

    def adapted(data: bytes) -> str:
        return base64.b64encode(data).decode().rstrip("=").replace("+", ".")

    return f"$pbkdf2-sha256${rounds}${adapted(salt.encode())}${adapted(base64.b64decode(digest))}"
