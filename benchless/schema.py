"""From a DocType's fields to its table: CREATE TABLE, ADD COLUMN, indexes. Never rewrites or drops a column."""

import frappe
from frappe.database.schema import column_definition

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
    "create index if not exists `tabSingles.doctype_field_index` on `tabSingles` (`doctype`, `field`)",
    "create table if not exists `__Auth` (`doctype` varchar(140) not null, `name` varchar(255) not null, "
    "`fieldname` varchar(140) not null, `password` text not null, `encrypted` int(1) not null default 0, "
    "primary key (`doctype`, `name`, `fieldname`))",
)


def create_base_tables() -> None:
    """The tables that no DocType describes."""
    for statement in BASE_TABLES:
        frappe.db.sql_ddl(statement)


def sync_table(doctype: str) -> None:
    """Bring a DocType's table up to its definition."""
    meta = frappe.get_meta(doctype, cached=False)
    if meta.issingle or meta.is_virtual:
        return
    columns = wanted_columns(meta)
    table = f"tab{doctype}"
    known = {row.name.lower() for row in frappe.db.get_table_columns_description(table)}
    if not known:
        name = "`name` integer primary key" if meta.is_autoincremented else "`name` varchar(140) not null primary key"
        listed = ", ".join([name, *(f"`{column}` {definition}" for column, definition in columns.items())])
        frappe.db.sql_ddl(f"create table `{table}` ({listed})")
    else:
        for column, definition in columns.items():
            if column.lower() not in known:
                frappe.db.sql_ddl(f"alter table `{table}` add column `{column}` {definition}")
    sync_indexes(meta)


def wanted_columns(meta) -> dict[str, str]:
    """Every column but the name, with its SQL type."""
    columns = dict(STANDARD_COLUMNS)
    if meta.istable:
        columns.update(CHILD_COLUMNS)
    else:
        columns.update(OPTIONAL_COLUMNS)
        if meta.track_seen:
            columns["_seen"] = "text"
    for df in meta.fields:
        if df.is_virtual or not df.fieldname or df.fieldname in columns or df.fieldname == "name":
            continue
        if definition := column_definition(df.fieldtype, df.length, df.default):
            columns[df.fieldname] = definition
    return columns


def sync_indexes(meta) -> None:
    """Plain indexes for what is searched, unique ones for what must not repeat; those no longer wanted go."""
    table = f"tab{meta.name}"
    wanted = {}
    if meta.istable:
        wanted[f"{table}.parent"] = ("index", "parent")
    else:
        wanted[f"{table}.modified"] = ("index", "modified")
        wanted[f"{table}.creation"] = ("index", "creation")
    for df in meta.fields:
        if df.is_virtual or not df.fieldname or not column_definition(df.fieldtype):
            continue
        if df.unique:
            wanted[f"{table}.{df.fieldname}"] = ("unique index", df.fieldname)
        elif df.search_index:
            wanted[f"{table}.{df.fieldname}"] = ("index", df.fieldname)
    existing = dict(
        frappe.db.sql("select name, sql from sqlite_master where type='index' and tbl_name=%s", (table,))
    )
    for name, (kind, column) in wanted.items():
        is_unique = kind == "unique index"
        if name in existing and ("unique" in (existing[name] or "").lower()) != is_unique:
            frappe.db.sql_ddl(f"drop index `{name}`")
        elif name in existing:
            continue
        frappe.db.sql_ddl(f"create {kind} if not exists `{name}` on `{table}` (`{column}`)")
    fieldnames = {df.fieldname for df in meta.fields}
    for name in set(existing) - set(wanted):
        if name.partition(".")[2] in fieldnames:  # made here once, no longer wanted
            frappe.db.sql_ddl(f"drop index `{name}`")
