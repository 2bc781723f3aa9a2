"""What a list's address asks for (search, filters, columns, order), checked against the user's rights."""

import json

import frappe
from django.http import QueryDict
from frappe import _
from frappe.model.utils.user_settings import get_user_settings
from frappe.utils import cint, cstr

from benchless.desk import values
from benchless.desk.indicators import status_field
from benchless.desk.layout import FormLayout
from benchless.desk.workspace import known

COLUMNS = 7
MOST_COLUMNS = 15
COUNT_LIMIT = 1000  # counting further would read the whole table for a number nobody reads
SEARCHABLE = ("Data", "Text", "Small Text", "Long Text", "Link", "Select", "Read Only", "Text Editor", "Dynamic Link")
FREE_TEXT = ("Data", "Small Text", "Text", "Long Text")
STANDARD_COLUMNS = ("name", "owner", "creation", "modified", "modified_by", "docstatus", "idx")
STANDARD_LABELS = {"name": "ID", "owner": "Created By", "creation": "Created On", "modified": "Last Updated On",
                   "modified_by": "Last Updated By", "docstatus": "Document Status", "idx": "Index"}  # fmt: skip
STANDARD_TYPES = {"creation": "Datetime", "modified": "Datetime", "docstatus": "Int", "idx": "Int"}
# what the filter form offers: operator, words
OPERATORS = (
    ("=", "is exactly"), ("!=", "is not"), ("like", "contains"), ("not like", "does not contain"), ("in", "is one of"),
    ("not in", "is none of"), (">", "is more than"), ("<", "is less than"), (">=", "is at least"),
    ("<=", "is at most"), ("set", "is filled"), ("not set", "is empty"),
)  # fmt: skip


class DocumentList:
    """The documents of one DocType that an address asks for."""

    def __init__(self, doctype: str, args: QueryDict, columns: list[str] | None = None):
        self.doctype = doctype
        self.meta = frappe.get_meta(doctype)
        frappe.has_permission(doctype, "read", throw=True)
        if self.meta.istable:
            raise frappe.PermissionError
        self.layout = FormLayout(frappe.new_doc(doctype))
        self.args = args
        self.title_field = self.meta.get_title_field()
        self.random_names = (self.meta.autoname or "") in ("hash", "random") or self.meta.get("naming_rule") == "Random"
        self.status_field = status_field(doctype)
        self.columns = self.listed_columns(columns)
        self.filters = self.read_filters()
        self.or_filters = self.read_search()
        self.order_by, self.sort = self.read_order()

    def readable(self, fieldname: str):
        """The field's definition if this user may read it (also what they may filter and sort by)."""
        if fieldname in STANDARD_COLUMNS:
            return standard_field(fieldname)
        df = self.meta.get_field(fieldname)
        return df if df is not None and self.layout.can_read(df) else None

    def available_columns(self) -> list:
        """Every field a list can show, in the form's order."""
        own_place = {self.title_field, self.status_field}
        return [
            df
            for df in self.meta.fields
            if df.fieldname not in own_place
            and df.fieldtype not in (*values.NO_VALUE_TYPES, *values.TABLE_TYPES, "Password")
            and not df.get("is_virtual")
            and self.layout.can_read(df)
        ]

    def listed_columns(self, chosen: list[str] | None = None) -> list:
        """The user's choice, else in_list_view; the title and the state have places of their own."""
        available = self.available_columns()
        chosen = chosen if chosen is not None else chosen_columns(self.doctype)
        if chosen:
            known = {df.fieldname: df for df in available}
            return [known[name] for name in chosen if name in known][:MOST_COLUMNS]
        return [df for df in available if cint(df.in_list_view)][:COLUMNS]

    def read_filters(self) -> list:
        filters = []
        for key in self.args:
            if key.startswith("_") or self.readable(key) is None:
                continue
            for text in self.args.getlist(key):
                if condition := self.read_filter(key, text):
                    filters.append([self.doctype, key, *condition])
        return filters

    def read_filter(self, key: str, text: str) -> tuple | None:
        """(operator, value) of one argument; None where it says nothing."""
        operator, value = parse_filter(text)
        df = self.readable(key)
        plain = not text.startswith("[")
        if plain and df.fieldtype in FREE_TEXT:
            operator, value = "like", f"%{value}%"
        if operator == "between":
            if not isinstance(value, list) or len(value) != 2 or not any(value):
                return None
            if not all(value):
                operator, value = (">=", value[0]) if value[0] else ("<=", value[1])
        if plain and value in ("", "%%"):
            return None
        return operator, value

    def read_search(self) -> list:
        words = (self.args.get("_q") or "").strip()
        if not words:
            return []
        names = ["name", self.title_field, *[f.strip() for f in (self.meta.search_fields or "").split(",")]]
        fields = [name for name in dict.fromkeys(names) if name]
        return [
            [self.doctype, field, "like", f"%{words}%"]
            for field in fields
            if field == "name" or ((df := self.readable(field)) is not None and df.fieldtype in SEARCHABLE)
        ]

    def read_order(self) -> tuple[str, tuple[str, str]]:
        field, _space, direction = (self.args.get("_sort") or "").partition(" ")
        if not field:
            parts = [part.split() for part in (self.meta.sort_field or "modified").split(",")]
            known = [p for p in parts if p[0] in STANDARD_COLUMNS or self.meta.get_field(p[0])]
            orders = [(p[0], "asc" if p[-1].lower() == "asc" else "desc") for p in known]
            if len(orders) > 1:  # "batch desc, line_no asc"
                # Of everything there is, a page in the first order comes from its index, as on a bench.
                terms = orders if self.filters or self.or_filters else orders[:1]
                return ", ".join(f"`tab{self.doctype}`.`{name}` {way}" for name, way in terms), orders[0]
            field, direction = parts[0][0].strip("`"), (self.meta.sort_order or "desc")
        if self.readable(field) is None:
            field = "modified"
        direction = "asc" if direction.lower() == "asc" else "desc"
        order = f"`tab{self.doctype}`.`{field}` {direction}"
        if field not in ("name", "modified", "creation"):  # of these an index gives equals in one order anyway
            order += f", `tab{self.doctype}`.`name` {direction}"
        return order, (field, direction)

    def fields(self) -> list[str]:
        wanted = ["name", "docstatus", "modified", self.title_field, *[df.fieldname for df in self.columns]]
        if self.status_field:
            wanted.append(self.status_field)
        wanted += [f for f in ("enabled", "disabled") if self.meta.has_field(f)]
        return list(dict.fromkeys(wanted))

    def asked(self, fields: list[str]) -> "frappe._dict":
        """What is asked of the database: as a bench's list would send it through the apps' `before_request` hooks."""
        before = frappe.local.form_dict
        form = frappe._dict(
            cmd="frappe.desk.reportview.get",
            doctype=self.doctype,
            fields=list(fields),
            filters=[list(item) for item in self.filters],
            or_filters=[list(item) for item in self.or_filters],
        )
        frappe.local.form_dict = form
        try:
            for method in frappe.get_hooks("before_request"):
                frappe.call(method)
        finally:
            frappe.local.form_dict = before
        return form

    def query(self, start: int, length: int, names: list[str] | None = None) -> list:
        """Rows of the page; or, of what the filters let through, the documents of these names."""
        asked = self.asked(self.fields())
        filters = asked.filters
        if names is not None:
            filters = [*filters, [self.doctype, "name", "in", names]]
        return frappe.get_list(
            self.doctype,
            fields=asked.fields,
            filters=filters,
            or_filters=asked.or_filters,
            order_by=self.order_by,
            limit_start=start,
            limit_page_length=length,
        )

    def total(self, limit: int = COUNT_LIMIT) -> int:
        """How many documents there are, counted up to limit + 1 (0: all of them)."""
        if limit:
            arguments = {"fields": ["name"], "limit_page_length": limit + 1}
        else:
            arguments = {"fields": [f"count(distinct `tab{self.doctype}`.`name`) as result"]}
        asked = self.asked(arguments.pop("fields"))
        rows = frappe.get_list(
            self.doctype,
            fields=asked.fields,
            filters=asked.filters,
            or_filters=asked.or_filters,
            order_by=None,
            **arguments,
        )
        return len(rows) if limit else cint(rows[0].result) if rows else 0

    def titles(self, rows, columns=None) -> dict[tuple, str]:
        """{(doctype, name): title} of the linked documents on this page, one query for each DocType."""
        wanted = {}
        for df in self.columns if columns is None else columns:
            if df.fieldtype == "Link" and (meta := known("DocType", df.options)):
                if meta.shows_title_in_link:
                    names = {row.get(df.fieldname) for row in rows if row.get(df.fieldname)}
                    wanted.setdefault((df.options, meta.title_field), set()).update(names)
        found = {}
        for (doctype, field), names in wanted.items():
            for row in frappe.get_all(doctype, filters={"name": ["in", list(names)]}, fields=["name", field]):
                found[(doctype, row.name)] = cstr(row.get(field)) or row.name
        return found

    def chips(self, widgets: set[str]) -> list[dict]:
        """Filters that no widget shows, as words, each with the address that leaves it out."""
        shown = []
        for key in self.args:
            if key.startswith("_") or self.readable(key) is None:
                continue
            for text in self.args.getlist(key):
                condition = self.read_filter(key, text)
                if condition is None or (key in widgets and condition[0] in ("=", "like", "between")):
                    continue
                rest = self.args.copy()
                rest.setlist(key, [other for other in self.args.getlist(key) if other != text])
                rest.pop("_page", None)
                shown.append({**self.words_of(key, *condition), "without": "?" + rest.urlencode()})
        return shown

    def words_of(self, key: str, operator: str, value) -> dict:
        """A condition as a person says it: {label, operator, value}."""
        df = self.readable(key)
        if operator == "is":
            operator, value = (cstr(value), "")
        parts = value if isinstance(value, (list, tuple)) else [value]
        text = (" – " if operator == "between" else ", ").join(
            values.show(df, part) if part not in ("", None) else "…" for part in parts
        )
        text = "" if operator in ("set", "not set") else text.strip("%")
        words = dict(OPERATORS)
        return {"label": label_of(df), "operator": _(words[operator]) if operator in words else "", "value": text}

    def stored_filters(self) -> list:
        """The filters as a List Filter keeps them; a search becomes a condition on the title."""
        found = [list(item) for item in self.filters]
        if words := (self.args.get("_q") or "").strip():
            found.append([self.doctype, self.title_field or "name", "like", f"%{words}%"])
        return found

    def filter_choices(self) -> list[dict]:
        """Fields a filter may be put on, by label."""
        fields = [
            df
            for df in self.meta.fields
            if df.fieldtype not in (*values.NO_VALUE_TYPES, *values.TABLE_TYPES, "Password")
            and not df.get("is_virtual")
            and self.layout.can_read(df)
        ]
        fields += [standard_field(name) for name in ("name", "owner", "creation", "modified")]
        if cint(self.meta.is_submittable):
            fields.append(standard_field("docstatus"))
        return sorted(({"name": df.fieldname, "label": label_of(df)} for df in fields), key=lambda item: item["label"])


def standard_field(fieldname: str):
    """The definition of a column that every DocType has."""
    user = fieldname in ("owner", "modified_by")
    return frappe._dict(
        fieldname=fieldname,
        label=STANDARD_LABELS[fieldname],
        fieldtype="Link" if user else STANDARD_TYPES.get(fieldname, "Read Only"),
        options="User" if user else None,
        permlevel=0,
    )


def label_of(df) -> str:
    return _(df.label or df.fieldname)


def chosen_columns(doctype: str) -> list[str]:
    """The columns the user chose for this list; [] where none were."""
    settings = json.loads(get_user_settings(doctype))
    return (settings.get("List") or {}).get("columns") or []


def parse_filter(text: str) -> tuple[str, object]:
    """`Open` is equality; `["like","%a%"]` names its operator."""
    if text.startswith("["):
        try:
            operator, value = json.loads(text)
            if isinstance(operator, str):
                return operator.lower(), value
        except ValueError:
            pass
    return "=", text


def typed_filter(listing: DocumentList, fieldname: str, operator: str, text: str) -> str | None:
    """What the filter form posted, as an argument of the address; None where it says nothing.

    Lists are typed with commas between; dates and amounts as people here write them."""
    df = listing.readable(fieldname)
    if df is None or operator not in dict(OPERATORS):
        return None
    if operator in ("set", "not set"):
        return json.dumps(["is", operator])
    if not text.strip():
        return None

    def read(part: str):
        if "like" in operator:
            return part.strip()
        if df.fieldtype in ("Date", "Datetime", "Currency", "Int", "Float", "Percent"):
            return values.read(df, part)
        return part.strip()

    if operator in ("in", "not in"):
        return json.dumps([operator, [read(part) for part in text.split(",") if part.strip()]], ensure_ascii=False)
    value = read(text)
    return json.dumps([operator, f"%{value}%" if "like" in operator else value], ensure_ascii=False)
