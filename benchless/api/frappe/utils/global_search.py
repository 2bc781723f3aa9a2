"""The search in everything: an index of the fields marked in_global_search, kept at every save.

`__global_search` has Frappe's columns and one more, `words`: for each permission level of the fields a line
`level: the words without case and accents`, so that a match can be checked against the levels a reader has.
"""

import re
import unicodedata

import frappe
from frappe.model import no_value_fields, table_fields
from frappe.utils import cint, cstr, strip_html

CANDIDATES = 2000  # entries of one DocType that the words alone may find before rights narrow them down
TITLE_LENGTH = 140
WRITTEN_AT_ONCE = 500


def fold(text: str) -> str:
    """Words without case, accents and marks: "Nguyễn Văn Đức" as "nguyen van duc"."""
    plain = unicodedata.normalize("NFD", cstr(text).casefold()).replace("đ", "d")
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", plain))


def get_global_search_fields(meta) -> list:
    """A DocType's fields that are searched, its name among them where it says so."""
    fields = [df for df in meta.fields if cint(df.in_global_search) and df.fieldtype not in no_value_fields]
    if cint(meta.get("show_name_in_global_search")):
        fields.append(frappe._dict(fieldtype="Data", fieldname="name", label="Name", permlevel=0))
    return fields


def get_doctypes_with_global_search(with_child_tables: bool = True) -> list[str]:
    """DocTypes that have fields to search."""
    marked = frappe.get_all("DocField", filters={"in_global_search": 1, "parenttype": "DocType"}, pluck="parent", distinct=True)
    wanted = {} if with_child_tables else {"istable": 0, "issingle": 0}
    return frappe.get_all("DocType", filters={"name": ["in", marked], **wanted}, pluck="name", order_by="name") if marked else []


def setup_global_search_table() -> None:
    """Make the table where it is missing."""
    from benchless.schema import create_base_tables

    create_base_tables()


def reset() -> None:
    """Forget everything."""
    frappe.db.sql("delete from `__global_search`")


def searched_doctypes() -> set[str]:
    """The DocTypes an entry is kept for (asked at every save, so remembered)."""
    return frappe.cache.get_value(
        "doctypes_with_global_search", lambda: set(get_doctypes_with_global_search()) | _parents_of_searched_rows()
    )


def _parents_of_searched_rows() -> set[str]:
    rows = get_doctypes_with_global_search()
    filters = {"fieldtype": ["in", list(table_fields)], "options": ["in", rows]}
    return set(frappe.get_all("DocField", filters=filters, pluck="parent")) if rows else set()


def update_global_search(doc, method=None) -> None:
    """Keep the document's entry (or drop it, where the document is cancelled or disabled)."""
    if doc.doctype == "DocType":  # which fields are searched may have changed
        frappe.cache.delete_value(["doctypes_with_global_search", "global_search_doctypes"])
    if frappe.flags.in_install_db or doc.doctype not in searched_doctypes():
        return
    switched_off = cint(doc.get("disabled")) or (doc.meta.has_field("enabled") and not cint(doc.get("enabled")))
    if doc.flags.in_delete or cint(doc.docstatus) > 1 or switched_off:
        delete_for_document(doc)
        return
    entry = entry_of(doc)
    delete_for_document(doc)
    if entry:
        sync_values([entry])


def entry_of(doc) -> tuple | None:
    """(doctype, name, title, content, route, published, words) of a document; None without anything to find."""
    parts = [(cint(df.permlevel), df, doc.get(df.fieldname)) for df in get_global_search_fields(doc.meta)]
    for table in doc.meta.get_table_fields():
        fields = get_global_search_fields(frappe.get_meta(table.options))
        for row in doc.get(table.fieldname) or [] if fields else []:
            parts += [(max(cint(table.permlevel), cint(df.permlevel)), df, row.get(df.fieldname)) for df in fields]
    parts = [(level, df, value) for level, df, value in parts if value not in (None, "", 0)]
    if not parts:
        return None
    words = {0: [fold(doc.name)]}
    for level, _df, value in parts:
        words.setdefault(level, []).append(fold(strip_html(cstr(value))))
    title_field = doc.meta.get_field(doc.meta.get_title_field())
    title = cstr(doc.get_title()) if not (title_field and cint(title_field.permlevel)) else cstr(doc.name)
    content = " ||| ".join(get_formatted_value(value, df) for level, df, value in parts if not level)
    lines = "\n".join(f"{level}: {' '.join(found)} " for level, found in sorted(words.items()))
    return (doc.doctype, cstr(doc.name), title[:TITLE_LENGTH], content, cstr(doc.get("route"))[:TITLE_LENGTH], 0, lines)


def get_formatted_value(value, field) -> str:
    """`Label : value`, as Frappe keeps it."""
    return f"{field.label} : {strip_html(cstr(value))}"


def sync_values(values: list[tuple]) -> None:
    """Write entries; none of the same documents may be there."""
    for start in range(0, len(values), WRITTEN_AT_ONCE):
        chunk = values[start : start + WRITTEN_AT_ONCE]
        places = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(chunk))
        frappe.db.sql(
            "insert into `__global_search` (`doctype`, `name`, `title`, `content`, `route`, `published`, `words`) "
            f"values {places}",
            tuple(part for entry in chunk for part in entry),
        )


def sync_global_search() -> None:
    """Nothing waits here: entries are written with the document."""


def delete_for_document(doc, method=None) -> None:
    if doc.doctype in searched_doctypes():
        _drop(doc.doctype, doc.name)


def _drop(doctype: str, name) -> None:
    frappe.db.sql("delete from `__global_search` where `doctype`=%s and `name`=%s", (doctype, cstr(name)))


def follow_rename(doc, method=None, old=None, new=None, merge=False) -> None:
    """A renamed document is found under its new name."""
    if doc.doctype in searched_doctypes():
        _drop(doc.doctype, old)
        update_global_search(doc)


def rebuild_for_doctype(doctype: str) -> None:
    """Make every entry of a DocType anew (of a child table: of the DocTypes that have it)."""
    meta = frappe.get_meta(doctype)
    if cint(meta.issingle) or cint(meta.get("is_virtual")):
        return
    if cint(meta.istable):
        filters = {"fieldtype": ["in", list(table_fields)], "options": doctype}
        for parent in set(frappe.get_all("DocField", filters=filters, pluck="parent")):
            rebuild_for_doctype(parent)
        return
    frappe.db.sql("delete from `__global_search` where `doctype`=%s", (doctype,))
    filters = {"docstatus": ["!=", 2]}
    filters |= {"enabled": 1} if meta.has_field("enabled") else {}
    filters |= {"disabled": 0} if meta.has_field("disabled") else {}
    entries = []
    for name in frappe.get_all(doctype, filters=filters, pluck="name"):
        if entry := entry_of(frappe.get_doc(doctype, name)):
            entries.append(entry)
    sync_values(entries)


def rebuild_missing() -> None:
    """After a migrate: entries of DocTypes that have documents and fields to search, and no entry yet."""
    frappe.cache.delete_value("doctypes_with_global_search")
    known = {row[0] for row in frappe.db.sql("select distinct `doctype` from `__global_search`")}
    for doctype in get_doctypes_with_global_search(with_child_tables=False):
        if doctype not in known and frappe.db.table_exists(doctype):
            rebuild_for_doctype(doctype)


@frappe.whitelist()
def search(text: str, start: int = 0, limit: int = 20, doctype: str = "") -> list:
    """[{doctype, name, title, content, rank}] of documents that the user may read and whose words begin with all of
    the text's words (a number may stand anywhere in one). `&` parts texts of which one is enough."""
    from frappe.desk.doctype.global_search_settings.global_search_settings import (
        get_doctypes_for_global_search,
    )

    allowed = [name for name in get_doctypes_for_global_search() if frappe.has_permission(name, "read")]
    results, seen = [], set()
    for part in cstr(text).split("&"):
        words = fold(part).split()
        for name in allowed if words else []:
            if doctype and name != doctype:
                continue
            for row in _find(name, words, cint(start) + (cint(limit) or 20)):
                if (name, row.name) not in seen:
                    seen.add((name, row.name))
                    results.append(row)
    results.sort(key=lambda row: -row.rank)  # of the same rank, the settings' order stays
    return results[cint(start) : cint(start) + (cint(limit) or 20)]


def _find(doctype: str, words: list[str], limit: int) -> list:
    """Entries of one DocType that all words find, which the user may read, in fields the user may read."""
    tests = " and ".join(["instr(`words`, %s) > 0"] * len(words))
    needles = [word if word.isdigit() else f" {word}" for word in words]
    rows = frappe.db.sql(
        f"select `name`, `title`, `content`, `words` from `__global_search` where `doctype`=%s and {tests} "
        f"order by `name` desc limit {CANDIDATES}",
        (doctype, *needles),
        as_dict=True,
    )
    levels = {0, *frappe.get_meta(doctype).get_permlevel_access("read")}
    everything = frappe.session.user == "Administrator"
    found = [row for row in rows if everything or _all_in_levels(row["words"], needles, levels)]
    if not found:
        return []
    names = [row.name for row in found]
    readable = set(
        frappe.get_list(doctype, filters={"name": ["in", names]}, pluck="name", limit_page_length=0, order_by=None)
    )
    phrase = " ".join(words)
    results = []
    for row in found:
        if row.name in readable:
            title = fold(row.title)
            rank = 3 if title == phrase else 2 if phrase in title else 1
            results.append(
                frappe._dict(doctype=doctype, name=row.name, title=row.title, content=row.content, rank=rank)
            )
    results.sort(key=lambda row: -row.rank)
    return results[:limit]


def _all_in_levels(lines: str, needles: list[str], levels: set[int]) -> bool:
    """Whether every word is found in fields of these levels."""
    readable = " ".join(
        rest for level, _colon, rest in (line.partition(":") for line in lines.split("\n")) if cint(level) in levels
    )
    return all(needle in readable for needle in needles)


@frappe.whitelist(allow_guest=True)
def web_search(text: str, scope: str | None = None, start: int = 0, limit: int = 20) -> list:
    """There is no website: nothing is published."""
    return []
