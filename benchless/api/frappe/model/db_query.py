"""Lists of documents: Frappe's filter grammar as SQL, with the permissions of a user."""

import json
import re

import frappe
from frappe import _
from frappe.database.utils import DefaultOrderBy, NestedSetHierarchy, expand
from frappe.model import optional_fields, table_fields
from frappe.model._expressions import ALLOWED_FUNCTIONS, columns_in
from frappe.model._filters import NUMBERS, STANDARD_TYPES, list_condition, value_condition
from frappe.model._readable import Readable
from frappe.query_builder.utils import Column
from frappe.types import _dict
from frappe.utils import cint, sanitize_column

OPERATORS = frozenset(
    ("=", "!=", ">", "<", ">=", "<=", "like", "not like", "in", "not in", "is", "between", "timespan", "previous",
     "next", *NestedSetHierarchy)
)
IDENTIFIER = re.compile(r"^\w+$")
QUALIFIED = re.compile(r"^`?(tab[\w -]+)`?\s*\.\s*`?(\w+|\*)`?$")
ALIASED = re.compile(r"^(.*?)\s+as\s+(['\"`]?)([^'\"`]+)\2$", re.IGNORECASE | re.DOTALL)
COLUMN_IN_TEXT = re.compile(r"(?:`?(tab[\w -]+?)`?\s*\.\s*)?`?([A-Za-z_]\w*)`?")
LIKE_OF_COLUMN = re.compile(r"(`tab[^`]+`\.`[^`]+`) like %s")
PLAIN_WORDS = re.compile(r"%[^%_\\\x1f]+%")
SIMPLE_ORDER = re.compile(
    r"\s*(?P<term>(?:`[^`]+`\s*\.\s*)?`?(?P<column>[A-Za-z_]\w*)`?)(?P<direction>\s+(?:asc|desc))?\s*$", re.IGNORECASE
)
ILLEGAL_ORDER = re.compile(r"[^a-z0-9-_ ,`'\"\.\(\)]")
# Frappe refuses these in lists, also to the app itself (they may stand in an expression, not begin it).
RESTRICTED_FUNCTIONS = frozenset(
    ("concat", "concat_ws", "if", "ifnull", "nullif", "coalesce", "connection_id", "current_user", "database",
     "last_insert_id", "session_user", "system_user", "user", "version", "global")
)  # fmt: skip
SUB_QUERY = re.compile(r"\s*\(\s*(select|create|insert|delete|drop|update|case|show)\b", re.IGNORECASE)
# What would reach beyond the columns that a caller from outside may read.
FORBIDDEN_WORDS = re.compile(
    r"\b(select|from|where|join|values|exists|insert|delete|update|drop|create|union|attach|pragma|case)\b"
    r"|/\*|--|;|@"
)


class DatabaseQuery(Readable):
    """One list query."""

    def __init__(self, doctype: str, user: str | None = None):
        self.doctype = doctype
        self.user = user or frappe.session.user
        self.flags = _dict()
        self.permission_map: dict = {}
        self.reference_doctype = doctype
        self.joins: dict[str, str] = {}
        self.values: list = []
        self.ignore_ifnull = self.of_values = False
        self.parent_doctype = None
        self.aliases: set[str] = set()
        self._readable: dict[str, set[str]] = {}
        self._linked: dict[str, str] = {}

    @property
    def doctype_meta(self):
        return frappe.get_meta(self.doctype)

    def execute(
        self,
        fields=None,
        filters=None,
        or_filters=None,
        docstatus=None,
        group_by=None,
        order_by=DefaultOrderBy,
        limit_start=False,
        limit_page_length=None,
        as_list=False,
        with_childnames=False,
        debug=False,
        ignore_permissions=False,
        user=None,
        with_comment_count=False,
        join="left join",
        distinct=False,
        start=None,
        page_length=None,
        limit=None,
        ignore_ifnull=False,
        save_user_settings=False,
        save_user_settings_fields=False,
        update=None,
        add_total_row=None,
        user_settings=None,
        reference_doctype=None,
        run=True,
        strict=True,
        pluck=None,
        ignore_ddl=False,
        *,
        parent_doctype=None,
        trusted_fields=False,
        lock="",
    ) -> list:
        """Rows as dicts (`as_list`: tuples; `pluck`: one column's values)."""
        self.user = user or self.user
        self.flags.ignore_permissions = ignore_permissions
        self.parent_doctype = parent_doctype
        self.reference_doctype = reference_doctype or self.doctype
        self.ignore_ifnull, self.of_values = ignore_ifnull, trusted_fields
        self.join = join
        if not ignore_permissions:
            self.check_read_permission(self.doctype, parent_doctype)
        if not trusted_fields:
            fields, filters = self._swap_if_needed(fields, filters)
        if not trusted_fields and frappe.get_meta(self.doctype).is_virtual:
            first, length = cint(start or limit_start), cint(limit or page_length or limit_page_length)
            return self._ask_controller(fields, filters, or_filters, order_by, first, length, as_list, pluck)
        columns = self._prepare_fields(fields or [pluck or "name"], trusted_fields, as_list)
        if not columns:
            return []
        where, where_values = self._where(filters, or_filters)
        query = f"select {'distinct ' if distinct else ''}{', '.join(columns).replace('%', '%%')} from `tab{self.doctype}`"
        query += "".join(f" {clause}" for clause in self.joins.values())
        if where:
            query += f" where {where}"
        if group_by:
            query += f" group by {self._ordering(group_by)}"
        if order := self._order(order_by, columns, group_by, distinct):
            query += f" order by {self._in_text_order(order)}"
        length = cint(limit or page_length or limit_page_length)
        if length:
            query += f" limit {length} offset {cint(start or limit_start)}"
        query += lock
        if not run:
            return query
        try:
            rows = frappe.db.sql(query, where_values, as_dict=not as_list, update=update, debug=debug)
        except frappe.db.ProgrammingError as error:
            if trusted_fields or self.flags.ignore_permissions or not frappe.db.is_syntax_error(error):
                raise
            # What a caller from outside asked for is no SQL: his fault, and told as such.
            raise frappe.DataError(_("Invalid request arguments")) from error
        if with_comment_count and not as_list:
            for row in rows:
                row._comment_count = len(json.loads(row.get("_comments") or "[]"))
        if pluck:
            return [row[0] for row in rows] if as_list else [row[pluck] for row in rows]
        return rows

    def _ask_controller(self, fields, filters, or_filters, order_by, start, length, as_list, pluck) -> list:
        """A virtual DocType's rows are those of its controller's `get_list`, a count that of its `get_count`."""
        from frappe.model.base_document import get_controller

        controller = get_controller(self.doctype)
        if not hasattr(controller, "get_list"):
            return []
        args = frappe._dict(
            doctype=self.doctype, fields=fields or [pluck or "name"], filters=filters or [],
            or_filters=or_filters or [], order_by="" if order_by is DefaultOrderBy else order_by or "",
            start=start, page_length=length or None, limit_start=start, limit_page_length=length or None,
            as_list=as_list, pluck=pluck,
        )  # fmt: skip
        first = args.fields[0] if isinstance(args.fields, (list, tuple)) else args.fields
        if str(first).lower().startswith("count("):
            return [frappe._dict({first.split(" as ")[-1].strip(" `"): controller.get_count(args)})]
        return controller.get_list(args)

    @staticmethod
    def _swap_if_needed(fields, filters):
        """Fields and filters may come in either order."""
        if isinstance(fields, dict) or (isinstance(fields, list) and fields and isinstance(fields[0], list)):
            return filters, fields
        if fields and isinstance(filters, list) and len(filters) > 1 and isinstance(filters[0], str):
            if not (len(filters) in (3, 4) and any(isinstance(f, str) and f.lower() in OPERATORS for f in filters)):
                return filters, fields
        return fields, filters

    # fields

    def _prepare_fields(self, fields, trusted: bool, as_list: bool) -> list[str]:
        if isinstance(fields, str):
            fields = ["*"] if fields == "*" else self._split(fields)
        fields = [field for field in fields if field]
        if not trusted and not all(isinstance(field, str) for field in fields):
            frappe.throw(_("Invalid fields: {0}").format(fields), frappe.DataError)
        for field in () if trusted else fields:
            function = field.partition("(")[0].strip().lower()
            if "(" in field and function in RESTRICTED_FUNCTIONS:
                frappe.throw(_("Use of function {0} in field is restricted").format(function), frappe.DataError)
            if SUB_QUERY.match(field):
                frappe.throw(_("Use of sub-query or function is restricted"), frappe.DataError)
            if not self.flags.ignore_permissions:
                self._check_field(field)
        permitted = None if self.flags.ignore_permissions else self._permitted(self.doctype, self.parent_doctype)
        columns: list[str] = []
        for field in fields:
            column = self._column(field, permitted)
            if column is not None:
                columns.extend(column)
                self.aliases.add(self._new_alias)
            elif as_list:
                columns.append("NULL")
        if self.joins:
            columns = [self._qualify(column) for column in columns]
        return columns

    @staticmethod
    def _split(fields: str) -> list[str]:
        try:
            return json.loads(fields)
        except ValueError:
            return [field.strip() for field in re.split(r",(?![^(]*\))", fields)]

    @staticmethod
    def _check_field(field: str) -> None:
        """Refuse subqueries and functions that would tell what a list should not."""
        lowered = field.lower()
        outside_quotes = re.sub(r"`[^`]*`", "", lowered)  # a DocType may well be called `Show Case`
        if FORBIDDEN_WORDS.search(outside_quotes):
            frappe.throw(_("Use of sub-query or function is restricted"), frappe.DataError)
        for function in re.findall(r"(\w+)\s*\(", lowered):
            if function not in ALLOWED_FUNCTIONS and function != "distinct":
                frappe.throw(_("Use of function {0} in field is restricted").format(function), frappe.DataError)

    def _column(self, field: str, permitted) -> list[str] | None:
        """The SQL of one field; None where the user may not read it."""
        field = field.strip()
        expression, alias = field, ""
        if match := ALIASED.match(field):
            expression, alias = match.group(1).strip(), f" as `{match.group(3).strip()}`"
        self._new_alias = alias[5:-1] if alias else ""
        if expression == "*":
            if permitted is None:
                return [f"`tab{self.doctype}`.*"]
            return self._every_permitted_column(self.doctype, permitted)
        bare = expression.strip("`")
        if IDENTIFIER.match(bare):
            if permitted is not None and bare not in permitted and not bare.isnumeric():
                return None
            return [(bare if bare.isnumeric() else f"`tab{self.doctype}`.`{bare}`") + alias]
        if match := QUALIFIED.match(expression):
            doctype, name = match.group(1)[3:], match.group(2)
            self._join_child(doctype)
            if name == "*" and permitted is not None:
                return self._every_permitted_column(doctype, permitted)
            if permitted is not None and doctype != self.doctype:
                if name not in self._permitted(doctype, self.doctype):
                    return None
            elif permitted is not None and name not in permitted:
                return None
            return [f"`tab{doctype}`." + ("*" if name == "*" else f"`{name}`") + alias]
        if "." in expression and "(" not in expression:
            return self._linked_column(expression, alias, permitted)
        return self._function_column(expression, alias, permitted)

    def _every_permitted_column(self, doctype: str, permitted: set[str]) -> list[str]:
        """What `*` means to somebody who may not read every column."""
        if doctype != self.doctype:
            permitted = self._permitted(doctype, self.doctype)
        columns = frappe.get_meta(doctype).get_valid_columns()
        return [f"`tab{doctype}`.`{name}`" for name in columns if name in permitted]

    def _linked_column(self, expression, alias, permitted) -> list[str] | None:
        """`customer.city` (over a Link) or `items.qty` (of a child table)."""
        linkname, _dot, name = expression.replace("`", "").partition(".")
        df = self.doctype_meta.get_field(linkname)
        if not df or df.fieldtype not in ("Link", *table_fields) or not IDENTIFIER.match(name):
            frappe.throw(_("Invalid field name {0}").format(expression), frappe.DataError)
        if df.fieldtype == "Link":
            table = f"tab{df.options}_{linkname}"
            self._linked[table] = df.options
            if table not in self.joins:
                self.check_read_permission(df.options)
                self.joins[table] = (
                    f"left join `tab{df.options}` `{table}` on `{table}`.`name` = `tab{self.doctype}`.`{linkname}`"
                )
            readable = permitted is None or (
                linkname in permitted and name in self._permitted(df.options, None)
            )
        else:
            table = f"tab{df.options}"
            self._join_child(df.options)
            readable = permitted is None or name in self._permitted(df.options, self.doctype)
        self._new_alias = self._new_alias or name
        return [f"`{table}`.`{name}`" + (alias or f" as `{name}`")] if readable else None

    def _function_column(self, expression, alias, permitted) -> list[str] | None:
        """`count(name)`, `sum(x)`, …: allowed where every column in it is."""
        if permitted is None:
            tables = [table for table, _name in COLUMN_IN_TEXT.findall(re.sub(r"'[^']*'", "", expression))]
            named = [(table, None) for table in tables]
        else:
            named = columns_in(expression)
        for table, name in named:
            doctype = table[3:] if table else self.doctype
            if doctype != self.doctype:
                self._join_child(doctype)
            readable = permitted if doctype == self.doctype else self._permitted(doctype, self.doctype)
            if permitted is not None and name not in readable:
                return None
        if not alias and "`" not in expression and not expression.lower().startswith("distinct "):
            alias = f" as `{expression}`"
            self._new_alias = expression
        return [expression + alias]

    def _join_child(self, doctype: str) -> None:
        if doctype == self.doctype or f"tab{doctype}" in self.joins:
            return
        self.check_read_permission(doctype)
        escaped = frappe.db.escape(self.doctype, percent=True)
        self.joins[f"tab{doctype}"] = (
            f"left join `tab{doctype}` on (`tab{doctype}`.`parenttype` = {escaped} "
            f"and `tab{doctype}`.`parent` = `tab{self.doctype}`.`name`{self._only_tables(doctype, self.doctype)})"
        )

    def _qualify(self, text: str) -> str:
        """Name the table of plain columns, where joined tables would make them ambiguous."""
        meta_columns = set(self.doctype_meta.get_valid_columns())

        def place(match):
            name = match.group(1)
            return f"`tab{self.doctype}`.`{name}`" if name in meta_columns else match.group()

        return re.sub(r"(?<![`.\w])\b([a-z_]\w*)\b(?![`.\w(])(?![^`]*`(?:[^`]*`[^`]*`)*[^`]*$)", place, text)

    # conditions

    def _where(self, filters, or_filters) -> tuple[str, list]:
        conditions, values = [], []
        for filter_ in self._parse(filters):
            condition, own = self._condition(filter_)
            conditions.append(condition)
            values.extend(own)
        alternatives, sought = [], []
        for filter_ in self._parse(or_filters):
            condition, own = self._condition(filter_)
            alternatives.append(condition)
            sought.extend(own)
        if frappe.db.TEXT_ORDER:
            alternatives, sought = as_one_text(alternatives, sought)
        values.extend(sought)
        if alternatives:
            conditions.append(f"({' or '.join(alternatives)})")
        if not self.flags.ignore_permissions:
            if match := self.build_match_conditions():
                conditions.append(f"({match.replace('%', '%%')})")
            if self.doctype_meta.istable and self.parent_doctype and self.user != "Administrator":
                conditions.append(self._rows_of_readable_parents().replace("%", "%%"))
        return " and ".join(conditions), values

    def _parse(self, filters) -> list:
        if isinstance(filters, str):
            try:
                filters = json.loads(filters)
            except (ValueError, RecursionError):
                if not self.of_values:
                    frappe.throw(_("Invalid filter: {0}").format(filters), frappe.DataError)
                return [[self.doctype, "name", "=", filters]]
        if not filters:
            return []
        if isinstance(filters, dict):
            return [self._tuple(key, value) for key, value in filters.items()]
        if isinstance(filters, (list, tuple)) and self.of_values and all(isinstance(f, (str, int)) for f in filters):
            return [[self.doctype, "name", "in", list(filters)]]
        if isinstance(filters, (list, tuple)) and isinstance(filters[0], str):
            return [list(filters)]  # one bare condition
        if not isinstance(filters, (list, tuple)):
            frappe.throw(_("Invalid filter: {0}").format(filters), frappe.DataError)
        parsed = []
        for item in filters:
            parsed.extend(self._parse(item) if isinstance(item, dict) else [item])
        return parsed

    def _tuple(self, key, value) -> list:
        if not isinstance(value, (list, tuple)):
            return [self.doctype, key, "=", value]
        if len(value) < 2:
            frappe.throw(_("Operator must be one of {0}").format(", ".join(sorted(OPERATORS))))
        return [self.doctype, key, value[0], value[1]]

    def _normal(self, filter_) -> _dict:
        """`[doctype, field, operator, value]` in all the lengths it may have."""
        if isinstance(filter_, str):
            return _dict(raw=sanitize_column(filter_))
        if not isinstance(filter_, (list, tuple)) or len(filter_) < 2:
            frappe.throw(_("Invalid filter: {0}").format(filter_), frappe.DataError)
        parts = list(filter_)
        if len(parts) == 2:
            parts = [self.doctype, parts[0], "=", parts[1]]
        elif len(parts) == 3:
            parts = [self.doctype, *parts]
        elif len(parts) > 4:
            parts = parts[:4]
        doctype, fieldname, operator, value = parts
        operator = str(operator or "=").lower().strip()
        if operator not in OPERATORS:
            frappe.throw(_("Operator must be one of {0}").format(", ".join(sorted(OPERATORS))))
        doctype = doctype or self.doctype
        if not isinstance(fieldname, str) or not isinstance(doctype, str):
            frappe.throw(_("Invalid filter: {0}").format(filter_), frappe.DataError)
        if self.of_values and re.search(r"\W", fieldname):
            frappe.throw(_("Invalid filter: {0}").format(fieldname))
        fieldname = fieldname.replace("`", "").strip()
        if match := QUALIFIED.match(fieldname):
            doctype, fieldname = match.group(1)[3:], match.group(2)
        elif "." in fieldname:
            linkname, _dot, fieldname = fieldname.partition(".")
            if df := frappe.get_meta(doctype).get_field(linkname):
                doctype = df.options
        if doctype == self.doctype and not self.of_values and self._is_child_column(fieldname):
            doctype = self._is_child_column(fieldname)
        return _dict(doctype=doctype, fieldname=fieldname, operator=operator, value=value)

    def _is_child_column(self, fieldname: str) -> str | None:
        """The child DocType a filter means, when its field is not the document's own."""
        meta = self.doctype_meta
        if meta.has_field(fieldname) or fieldname in (*meta.get_valid_columns(), *optional_fields):
            return None
        for df in meta.get_table_fields():
            if frappe.get_meta(df.options).has_field(fieldname):
                return df.options
        return None

    def _condition(self, filter_) -> tuple[str, list]:
        f = self._normal(filter_)
        if f.raw:
            if not self.flags.ignore_permissions:  # SQL of the app's own, never of a caller from outside
                frappe.throw(_("Invalid filter: {0}").format(f.raw), frappe.DataError)
            return f"({f.raw.replace('%', '%%')})", []
        if not re.fullmatch(r"[\w ]+", f.fieldname):
            frappe.throw(_("Invalid field name {0}").format(f.fieldname), frappe.DataError)
        self._join_child(f.doctype)
        self._check_readable(f.doctype, f.fieldname)
        column = f"`tab{f.doctype}`.`{f.fieldname}`"
        df = frappe.get_meta(f.doctype).get_field(f.fieldname)
        if isinstance(f.value, Column):
            return f"{column} {f.operator} `tab{f.doctype}`.`{f.value.name}`", []
        if f.operator in NestedSetHierarchy:
            return self._tree_condition(f, df, column)
        if self.of_values:
            return value_condition(f, column, df)
        return list_condition(f, column, df, self.ignore_ifnull)

    def _tree_condition(self, f, df, column) -> tuple[str, list]:
        """Above or below a node of a tree (the field's own DocType, or that a Link names)."""
        doctype = df.options if df and df.fieldtype == "Link" else f.doctype
        left, right = frappe.db.get_value(doctype, f.value, ["lft", "rgt"]) or (0, 0)
        if "descendants" in f.operator:
            inner = f"select `name` from `tab{doctype}` where `lft` > {cint(left)} and `rgt` < {cint(right)}"
        else:
            inner = f"select `name` from `tab{doctype}` where `lft` < {cint(left)} and `rgt` > {cint(right)}"
        values = []
        if f.operator == "descendants of (inclusive)":
            inner += " union select %s"
            values = [f.value]
        if f.operator.startswith("not"):
            return f"ifnull({column}, '') not in ({inner})", values
        return f"{column} in ({inner})", values

    # order

    def _ordering(self, text: str) -> str:
        """A caller's order by or group by, refused where it could hide a query."""
        lowered = text.lower()
        if re.search(r"\b(select|union|from|limit)\b", re.sub(r"`[^`]*`", "", lowered)):
            frappe.throw(_("Cannot use sub-query in order by"))
        if ILLEGAL_ORDER.search(lowered):
            frappe.throw(_("Illegal SQL Query"))
        for function in re.findall(r"(\w+)\s*\(", lowered):
            if function in ("sleep", "load_extension", "randomblob"):
                frappe.throw(_("Cannot use {0} in order/group by").format(function))
        for table in re.findall(r"`(tab[^`]+)`\s*\.", text):
            if table != f"tab{self.doctype}" and table not in self.joins:
                frappe.throw(_("Please select atleast 1 column from {0} to sort/group").format(table[3:]))
        if not self.flags.ignore_permissions:
            for table, name in columns_in(text):
                known_as = name in self.aliases and not self.doctype_meta.has_field(name.lower())
                if table or not known_as:
                    self._check_readable(self._doctype_of(table), name)
        return self._qualify(text) if self.joins else text

    def _doctype_of(self, table: str) -> str:
        """The DocType behind a table's name in a query (a Link's table is called `tabDocType_fieldname`)."""
        if not table:
            return self.doctype
        return self._linked.get(table) or table[3:]

    def _order(self, order_by, columns, group_by, distinct) -> str:
        if distinct:
            return self._ordering(order_by) if order_by and order_by != DefaultOrderBy else ""
        if order_by != DefaultOrderBy:
            return self._ordering(order_by) if order_by else ""
        only_aggregates = not group_by and all(
            re.match(r"\s*(count|min|max|sum|avg)\s*\(", column, re.IGNORECASE) for column in columns
        )
        if only_aggregates:
            return ""
        meta = self.doctype_meta
        if meta.sort_field and "," in meta.sort_field:
            parts = [part.split() for part in meta.sort_field.split(",")]
            return ", ".join(
                f"`tab{self.doctype}`.`{part[0]}` {part[1] if len(part) > 1 else 'desc'}" for part in parts
            )
        return f"`tab{self.doctype}`.`{meta.sort_field}` {meta.sort_order}"

    def _in_text_order(self, order: str) -> str:
        """An order by text in MariaDB's way, where the engine has another one."""
        if not frappe.db.TEXT_ORDER:
            return order
        terms = []
        for term in re.split(r",(?![^(]*\))", order):
            match = SIMPLE_ORDER.match(term)
            df = self.doctype_meta.get_field(match["column"]) if match else None
            kind = df.fieldtype if df else STANDARD_TYPES.get(match["column"]) if match else None
            sortable = match and kind not in NUMBERS and kind not in ("Date", "Datetime", "Time")
            if sortable and self._is_counted(df.options if df and kind == "Link" else match["column"]):
                sortable = False
            terms.append(f"sort_key({match['term']}){match['direction'] or ''}" if sortable else term)
        return ", ".join(terms)

    def _is_counted(self, target: str | None) -> bool:
        """Whether a column holds names that are counted (of a Link's DocType, or `name`): spelled one way, their
        bytes stand in order, and an index can give it."""
        doctype = self.doctype if target == "name" else target
        try:
            rule = (frappe.get_meta(doctype).autoname or "") if doctype and doctype[0].isupper() else ""
        except frappe.DoesNotExistError:
            frappe.clear_last_message()
            return False
        return ".#" in rule or rule in ("hash", "autoincrement")


def as_one_text(alternatives: list[str], values: list) -> tuple[list[str], list]:
    """The same words sought in several columns, sought once in all of them together: where LIKE is a function of
    Python's, every row costs one call of it."""
    columns = [LIKE_OF_COLUMN.fullmatch(condition) for condition in alternatives]
    if len(columns) < 2 or not all(columns) or len(set(values)) > 1 or not PLAIN_WORDS.fullmatch(str(values[0])):
        return alternatives, values
    whole = " || char(31) || ".join(f"ifnull({column[1]}, '')" for column in columns)
    return [f"({whole}) like %s"], values[:1]


def conditions_of(doctype: str, filters) -> tuple[str, list]:
    """` where …` and its values for an UPDATE or DELETE; a text is a name; nothing means every row."""
    if filters is None or filters == {} or filters == []:
        return "", []
    if isinstance(filters, (str, int)):
        return " where `name`=%s", [filters]
    if doctype in ("Singles", "Series") or doctype.startswith("__"):
        conditions, values = [], []
        for key, value in filters.items():
            operator, value = value if isinstance(value, (list, tuple)) else ("=", value)
            condition, own = value_condition(_dict(fieldname=key, operator=operator, value=value), f"`{key}`", None)
            conditions.append(condition)
            values.extend(own)
        return f" where {' and '.join(conditions)}", values
    query = DatabaseQuery(doctype)
    query.flags.ignore_permissions = True
    query.of_values = True
    where, values = query._where(filters, None)
    if query.joins:
        frappe.throw(_("Filters over child tables cannot be used to change rows"))
    where, values = expand(where, values) if values else (where, values)
    return f" where {where}", values
