"""Another type for a column that has rows: SQLite cannot MODIFY, so a new column takes the values and the name."""

import frappe

KINDS = {
    "varchar": "text", "text": "text", "longtext": "text", "json": "text",
    "int": "whole", "bigint": "whole", "integer": "whole",
    "decimal": "number", "double": "number",
    "date": "date", "datetime": "datetime", "timedelta": "time",
}  # fmt: skip
# Which text stands for a value of the kind; MariaDB refuses to change the column where any other stands there.
PATTERNS = {
    "whole": "`{0}` glob '[0-9]*' or `{0}` glob '[-+][0-9]*'",
    "number": "`{0}` glob '[0-9]*' or `{0}` glob '[-+.][0-9]*'",
    "date": "date(`{0}`) is not null",
    "datetime": "datetime(`{0}`) is not null",
    "time": "time(`{0}`) is not null",
}


def kind_of(declared: str) -> str:
    """What kind of values a declared type holds; within a kind SQLite needs no change."""
    word = declared.lower().split("(")[0].split()[0]
    return KINDS.get(word, word)


def retype(table: str, column: str, declared: str, definition: str) -> None:
    """Give a column its new definition, with its values, in one transaction; its indexes go.

    Nothing and empty text become the new type's default. frappe.ValidationError where a value cannot be
    converted: the table stays as it was.
    """
    old, new = kind_of(declared), kind_of(definition)
    empty = f"`{column}` is null" + (f" or trim(`{column}`)=''" if old == "text" else "")
    if old == "text" and new in PATTERNS:
        fits = PATTERNS[new].format(column)
        wrong = frappe.db.sql(f"select `name`, `{column}` from `{table}` where not ({empty}) and not ({fits}) limit 1")
        if wrong:
            frappe.throw(
                f"{table}.{column} cannot become {definition.split()[0]}: {wrong[0][0]} has {str(wrong[0][1])[:60]!r}"
            )
    number = "not null" in definition.lower()
    fresh = f"__{column}"
    frappe.db.commit()
    connection = frappe.db.connection
    connection.begin_write()
    cursor = connection.cursor()
    try:
        for name, index in frappe.db.get_indexes(table).items():
            if column in index.columns:
                cursor.execute(f"drop index `{table}.{name}`")
        cursor.execute(f"alter table `{table}` add column `{fresh}` {definition}")
        kept = f"not ({empty})" if number else "1=1"
        cursor.execute(f"update `{table}` set `{fresh}`={converted(column, old, new)} where {kept}")
        cursor.execute(f"alter table `{table}` drop column `{column}`")
        cursor.execute(f"alter table `{table}` rename column `{fresh}` to `{column}`")
    except BaseException:
        frappe.db.rollback()
        raise
    frappe.db.commit()


def converted(column: str, old: str, new: str) -> str:
    """The SQL of a value in the new type."""
    value = f"`{column}`"
    empty = f"nullif(trim({value}), '')" if old == "text" else value
    if new == "text":
        return f"printf('%.9f', {value})" if old == "number" else f"cast({value} as text)"
    if new == "whole":
        return f"cast(round(cast({empty} as real)) as integer)" if old in ("number", "text") else f"cast({value} as integer)"
    if new == "number":
        return f"cast({empty} as real)"
    if new == "date":
        return f"date({empty})"
    if new == "datetime":
        return f"strftime('%Y-%m-%d %H:%M:%f000', {empty})"
    if new == "time":
        return f"strftime('%H:%M:%f000', {empty})"
    return value
