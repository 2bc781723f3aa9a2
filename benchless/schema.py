"""From a DocType's fields to its table: CREATE TABLE, ADD COLUMN, indexes. Never drops a column."""

import re

import frappe
from frappe.database.schema import column_definition

from benchless.sqlite import retype

STANDARD_COLUMNS = (
    ("creation", "datetime(6)"),
    ("modified", "datetime(6)"),
    ("modified_by", "varchar(140)"),
    ("owner", "varchar(140)"),
    ("docstatus", "int(1) not null default 0"),
    ("idx", "int(8) not null default 0"),
)
CHILD_COLUMNS = (("parent", "varchar(140)"), ("parentfield", "varchar(140)"), ("parenttype", "varchar(140)"))
OPTIONAL_COLUMNS = (("_user_tags", "text"), ("_comments", "text"), ("_assign", "text"), ("_liked_by", "text"))

BASE_TABLES = (
    "create table if not exists `tabSeries` (`name` varchar(100) not null primary key, `current` bigint not null default 0)",
    "create table if not exists `tabSingles` (`doctype` varchar(255), `field` varchar(255), `value` longtext)",
    "create table if not exists `__Auth` (`doctype` varchar(140) not null, `name` varchar(255) not null, "
    "`fieldname` varchar(140) not null, `password` text not null, `encrypted` int(1) not null default 0, "
    "primary key (`doctype`, `name`, `fieldname`))",
    "create table if not exists `__UserSettings` (`user` varchar(180) not null, `doctype` varchar(180) not null, "
    "`data` text, primary key (`user`, `doctype`))",
    "create table if not exists `__global_search` (`doctype` varchar(100) not null, `name` varchar(140) not null, "
    "`title` varchar(140), `content` longtext, `route` varchar(140), `published` int(1) not null default 0, "
    "`words` longtext, primary key (`doctype`, `name`))",
)


def create_base_tables() -> None:
    """The tables that no DocType describes."""
    for statement in BASE_TABLES:
        frappe.db.sql_ddl(statement + frappe.db.TABLE_OPTIONS)
    frappe.db.add_index("Singles", ["doctype", "field"], "doctype_field_index")


def sync_table(doctype: str) -> None:
    """Bring a DocType's table up to its definition."""
    meta = frappe.get_meta(doctype, cached=False)
    if meta.issingle or meta.is_virtual:
        return
    columns = wanted_columns(meta)
    table = f"tab{doctype}"
    known = {row.name.lower(): row for row in frappe.db.get_table_columns_description(table)}
    if not known:
        text = f"varchar(140) not null{frappe.db.TEXT_ORDER} primary key"
        name = f"`name` {frappe.db.BIG_NAME if meta.is_autoincremented else text}"
        listed = ", ".join([
            name,
            *(f"`{column}` {definition}" for column, definition in columns.items()),
            *frappe.db.index_clauses(wanted_indexes(meta)),
        ])  # fmt: skip
        frappe.db.sql_ddl(f"create table `{table}` ({listed}){frappe.db.TABLE_OPTIONS}")
    else:
        changes = []
        for column, definition in columns.items():
            if column.lower() not in known:
                changes.append(f"add column `{column}` {definition}")
            elif frappe.db.db_type == "sqlite":
                declared = known[column.lower()].type
                if retype.kind_of(declared) != retype.kind_of(definition):
                    retype.retype(table, column, declared, definition)
            elif _needs_another_type(table, known[column.lower()], definition):
                changes.append(f"modify `{column}` {definition}")
        for change in changes:
            frappe.db.sql_ddl(f"alter table `{table}` {change}")
    sync_indexes(meta)


def _needs_another_type(table: str, column, definition: str) -> bool:
    """Whether a column's type must change on MariaDB; never does one become too short for what is there."""
    wanted = definition.split()[0].replace("json", "longtext")
    if column.type == wanted:
        return False
    old, new = (re.fullmatch(r"varchar\((\d+)\)", kind) for kind in (column.type, wanted))
    if old and new and int(new[1]) < int(old[1]):
        longest = frappe.db.sql(f"select max(char_length(`{column.name}`)) from `{table}`")[0][0]
        return (longest or 0) <= int(new[1])
    return True


def wanted_columns(meta) -> dict[str, str]:
    """Every column but the name, with its SQL type."""
    columns = dict(STANDARD_COLUMNS)
    if meta.istable:
        columns.update(CHILD_COLUMNS)
    else:
        columns.update(OPTIONAL_COLUMNS)
        if meta.track_seen:
            columns["_seen"] = "text"
    for name, definition in columns.items():
        if definition.startswith(("varchar", "text")):
            columns[name] = definition + frappe.db.TEXT_ORDER
    for df in meta.fields:
        if df.is_virtual or not df.fieldname or df.fieldname in columns or df.fieldname == "name":
            continue
        if definition := column_definition(df.fieldtype, df.length, df.default):
            columns[df.fieldname] = definition
    return columns


def wanted_indexes(meta) -> dict[str, bool]:
    """Plain indexes for what is searched, unique ones (True) for what must not repeat, by column."""
    wanted = {name: False for name in (["parent"] if meta.istable else ["modified", "creation"])}
    for df in meta.fields:
        definition = column_definition(df.fieldtype) if df.fieldname and not df.is_virtual else None
        if definition and not definition.startswith(("text", "longtext")) and (df.unique or df.search_index):
            wanted[df.fieldname] = bool(df.unique)
    return wanted


def sync_indexes(meta) -> None:
    """Make the indexes that are wanted; those that were made here and no longer are go."""
    table, wanted = f"tab{meta.name}", wanted_indexes(meta)
    existing = frappe.db.get_indexes(table)
    fieldnames = {df.fieldname for df in meta.fields}
    for name, index in existing.items():
        made_here = name in fieldnames and index.columns == [name]
        if made_here and wanted.get(name) != index.unique:
            frappe.db.drop_index(table, name)
    for name, unique in wanted.items():
        if name not in existing or existing[name].unique != unique:
            frappe.db._add_index(table, name, [(name, "")], unique)
