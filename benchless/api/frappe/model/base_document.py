"""A document's values: children, columns, types, the checks on single fields, and its row in the database."""

import datetime
import json
import weakref
from functools import cached_property

import frappe
from frappe import _
from frappe.model import (
    child_table_fields,
    datetime_fields,
    default_fields,
    display_fieldtypes,
    float_like_fields,
    get_permitted_fields,
    table_fields,
)
from frappe.model.docstatus import DocStatus
from frappe.model.meta import DOCTYPE_TABLES, DOCTYPES_FOR_DOCTYPE
from frappe.types import _dict
from frappe.utils import cint, compare, cstr, flt, is_a_property, now, strip_html
from frappe.utils.html_utils import sanitize_html, unescape_html

INTEGER_LIMITS = {"int": 2**31 - 1, "bigint": 2**63 - 1}
DOCTYPE_TABLE_FIELDS = [_dict(fieldname=key, options=name) for key, name in DOCTYPE_TABLES.items()]
FORWARDED_KEYS = ("_user_tags", "__islocal", "__onload", "_liked_by", "__unsaved")


def get_controller(doctype: str) -> type:
    """The class of a DocType's documents, from its app's module."""
    known = frappe.controllers.setdefault(frappe.local.site, {})
    if doctype not in known:
        known[doctype] = import_controller(doctype)
    return known[doctype]


def import_controller(doctype: str) -> type:
    import importlib

    from frappe.model.document import Document
    from frappe.modules import load_doctype_module
    from frappe.utils.nestedset import NestedSet

    if doctype in DOCTYPES_FOR_DOCTYPE and doctype != "DocType":
        return Document
    meta = frappe.get_meta(doctype)
    if meta.custom:
        return NestedSet if meta.is_tree else Document
    overrides = frappe.get_hooks("override_doctype_class", {}) if frappe.db else {}
    if overrides.get(doctype):
        path, _dot, classname = overrides[doctype][-1].rpartition(".")
        module = importlib.import_module(path)
    else:
        classname = doctype.replace(" ", "").replace("-", "")
        try:
            module = load_doctype_module(doctype, meta.module)
        except ImportError:
            if is_host_doctype(doctype):
                return Document  # the host's own DocTypes need no class unless they do something
            raise
    class_ = getattr(module, classname, None)
    if class_ is None or not issubclass(class_, BaseDocument):
        raise ImportError(f"{doctype}: {classname} is not a document class in {module.__name__}")
    return class_


def is_host_doctype(doctype: str) -> bool:
    """Whether a DocType is one of the host's own."""
    from frappe.model.meta import core_doctype_folder

    return (core_doctype_folder() / frappe.scrub(doctype)).is_dir()


class BaseDocument:
    """Values by attribute; child tables as lists of documents."""

    _reserved_keywords = frozenset(
        (
            "doctype", "meta", "flags", "parent_doc", "_table_fields", "_valid_columns", "_doc_before_save",
            "_table_fieldnames", "_reserved_keywords", "permitted_fieldnames", "dont_update_if_missing",
        )
    )

    def __init__(self, d):
        if d.get("doctype"):
            self.doctype = d["doctype"]
        self._table_fieldnames = {df.fieldname for df in self._get_table_fields()}
        self.update(d)
        self.dont_update_if_missing = []
        if hasattr(self, "__setup__"):
            self.__setup__()

    @cached_property
    def meta(self):
        return frappe.get_meta(self.doctype)

    @cached_property
    def permitted_fieldnames(self):
        return get_permitted_fields(doctype=self.doctype, parenttype=getattr(self, "parenttype", None))

    def __getstate__(self):
        state = self.__dict__.copy()
        for key in ("meta", "permitted_fieldnames", "_parent_doc"):
            state.pop(key, None)
        return state

    # values

    def update(self, d) -> "BaseDocument":
        """Set several values; chainable."""
        if "name" in d:
            self.name = d["name"]
        as_value = bool(hasattr(self, "flags") and self.flags.ignore_children)
        for key, value in d.items():
            self.set(key, value, as_value=as_value)
        return self

    def update_if_missing(self, d) -> None:
        if isinstance(d, BaseDocument):
            d = d.get_valid_dict()
        for key, value in d.items():
            if value is not None and self.get(key) is None and key not in self.dont_update_if_missing:
                self.set(key, value)

    def get(self, key, filters=None, limit=None, default=None):
        """A value; with filters, the rows of a child table that match; a dict as key searches all children."""
        if isinstance(key, dict):
            return filter_rows(self.get_all_children(), key, limit)
        if isinstance(filters, dict):
            return filter_rows(self.__dict__.get(key) or [], filters, limit)
        if filters:
            default = filters
        value = self.__dict__.get(key, default)
        if limit and isinstance(value, (list, tuple)):
            value = value[:limit]
        return value

    def set(self, key, value, as_value=False) -> None:
        if key in self._reserved_keywords or self._is_method(key):
            return
        if not as_value and key in self._table_fieldnames:
            self.__dict__[key] = []
            if value:
                self.extend(key, value)
            return
        self.__dict__[key] = value

    def _is_method(self, key: str) -> bool:
        """A value under a method's name, from a stranger's JSON, must not stand in its place; a field so named may."""
        return callable(getattr(type(self), key, None)) and not self.meta.has_field(key)

    def append(self, key: str, value=None, position: int = -1):
        """Add a row to a child table; returns the row."""
        table = self.__dict__.get(key)
        if table is None:
            self.__dict__[key] = table = []
        row = self._init_child({} if value is None else value, key)
        if position == -1:
            table.append(row)
        else:
            table.insert(position, row)
            self._renumber(key)
        row.parent_doc = weakref.ref(self)
        return row

    def extend(self, key, value) -> None:
        try:
            rows = iter(value)
        except TypeError:
            raise ValueError from None
        for row in rows:
            self.append(key, row)

    def remove(self, doc) -> None:
        """Take a row out of its child table."""
        if doc.get("parentfield"):
            self.get(doc.parentfield).remove(doc)
            self._renumber(doc.parentfield)

    def _renumber(self, key) -> None:
        for index, row in enumerate(self.get(key)):
            row.idx = index + 1

    @property
    def parent_doc(self):
        reference = getattr(self, "_parent_doc", None)
        return reference() if isinstance(reference, weakref.ReferenceType) else reference

    @parent_doc.setter
    def parent_doc(self, value):
        self._parent_doc = value

    @parent_doc.deleter
    def parent_doc(self):
        self._parent_doc = None

    def _init_child(self, value, key):
        if not isinstance(value, BaseDocument):
            doctype = self.get_table_field_doctype(key)
            if not doctype:
                raise AttributeError(key)
            value["doctype"] = doctype
            value = get_controller(doctype)(value)
        value.parent = self.name
        value.parenttype = self.doctype
        value.parentfield = key
        if value.docstatus is None:
            value.docstatus = DocStatus.draft()
        if not getattr(value, "idx", None):
            value.idx = len(getattr(self, key, None) or ()) + 1
        if not getattr(value, "name", None):
            value.__dict__["__islocal"] = 1
        return value

    def _get_table_fields(self):
        if self.doctype == "DocType":
            return DOCTYPE_TABLE_FIELDS
        if self.doctype in DOCTYPES_FOR_DOCTYPE:
            return ()
        return self.meta.get_table_fields()

    def get_table_field_doctype(self, fieldname):
        if self.doctype == "DocType":
            return DOCTYPE_TABLES.get(fieldname)
        df = self.meta.get_field(fieldname)
        if df is None:
            raise AttributeError(fieldname)
        return df.options

    def get_valid_columns(self) -> list[str]:
        known = frappe.local.valid_columns
        if self.doctype not in known:
            known[self.doctype] = self.meta.get_valid_columns()
        return known[self.doctype]

    def get_valid_dict(
        self, sanitize=True, convert_dates_to_str=False, ignore_nulls=False, ignore_virtual=False
    ) -> _dict:
        """The values of the columns, in the types of their fields."""
        d = _dict()
        values = self.__dict__
        for fieldname in self.get_valid_columns():
            value = values.get(fieldname)
            if value is not None or sanitize:
                df = self.meta.get_field(fieldname)
                if df:
                    value = self._typed(df, value)
            if convert_dates_to_str and isinstance(
                value, (datetime.datetime, datetime.date, datetime.time, datetime.timedelta)
            ):
                value = str(value)
            if ignore_nulls and value is None:
                continue
            d[fieldname] = value
        if not ignore_virtual:
            self._add_virtual_values(d)
        return d

    @staticmethod
    def _typed(df, value):
        kind = df.fieldtype
        if isinstance(value, list) and kind not in table_fields:
            frappe.throw(_("Value for {0} cannot be a list").format(_(df.label)))
        if kind == "Check":
            return 1 if cint(value) else 0
        if kind == "Int":
            return value if isinstance(value, int) else cint(value)
        if kind == "JSON" and isinstance(value, dict):
            return json.dumps(value, separators=(",", ":"))
        if kind in float_like_fields:
            return value if isinstance(value, float) else flt(value)
        if (kind in datetime_fields and value == "") or (df.unique and cstr(value).strip() == ""):
            return None
        return value

    def _add_virtual_values(self, d: dict) -> None:
        for df in self.meta.fields:
            if not df.is_virtual or df.fieldname not in self.permitted_fieldnames:
                continue
            prop = getattr(type(self), df.fieldname, None)
            if prop is not None and is_a_property(prop):
                d[df.fieldname] = getattr(self, df.fieldname)
            elif df.options:
                from frappe.utils.safe_exec import get_safe_globals

                d[df.fieldname] = frappe.safe_eval(df.options, get_safe_globals(), {"doc": self})

    def init_child_tables(self) -> None:
        for fieldname in self._table_fieldnames:
            if self.__dict__.get(fieldname) is None:
                self.__dict__[fieldname] = []

    def init_valid_columns(self) -> None:
        values = self.__dict__
        for key in default_fields:
            values.setdefault(key, None)
        if not isinstance(values["docstatus"], int):
            self.docstatus = values["docstatus"]
        if values["idx"] is None:
            values["idx"] = 0
        for key in self.get_valid_columns():
            values.setdefault(key, None)

    def is_new(self) -> bool:
        return self.get("__islocal")

    @property
    def docstatus(self) -> DocStatus:
        return DocStatus(cint(self.get("docstatus")))

    @docstatus.setter
    def docstatus(self, value):
        self.__dict__["docstatus"] = DocStatus(cint(value))

    def as_dict(
        self, no_nulls=False, no_default_fields=False, convert_dates_to_str=False, no_child_table_fields=False
    ) -> _dict:
        """The document and its rows as dictionaries."""
        doc = self.get_valid_dict(convert_dates_to_str=convert_dates_to_str, ignore_nulls=no_nulls)
        doc["doctype"] = self.doctype
        for fieldname in self._table_fieldnames:
            doc[fieldname] = [
                row.as_dict(
                    convert_dates_to_str=convert_dates_to_str,
                    no_nulls=no_nulls,
                    no_default_fields=no_default_fields,
                    no_child_table_fields=no_child_table_fields,
                )
                for row in self.get(fieldname) or []
            ]
        unwanted = default_fields if no_default_fields else ()
        for key in (*unwanted, *(child_table_fields if no_child_table_fields else ())):
            doc.pop(key, None)
        for key in FORWARDED_KEYS:
            if value := self.__dict__.get(key):
                doc[key] = value
        return doc

    def as_json(self) -> str:
        return frappe.as_json(self.as_dict())

    # the row in the database

    def _column_values(self) -> _dict:
        """What is written: typed values, and dates in one form (the database compares them as text)."""
        d = self.get_valid_dict(ignore_nulls=self.doctype in DOCTYPES_FOR_DOCTYPE, ignore_virtual=True)
        for fieldname, value in d.items():
            if not isinstance(value, (str, datetime.date)):
                continue
            df = self.meta.get_field(fieldname)
            kind = df.fieldtype if df else "Datetime" if fieldname in ("creation", "modified") else None
            if kind == "Date":
                d[fieldname] = frappe.utils.getdate(value)
            elif kind == "Datetime":
                try:
                    d[fieldname] = frappe.utils.get_datetime(value)
                except ValueError:
                    problem = _("{} is not a valid date string.").format(frappe.bold(value))
                    frappe.throw(problem, title=_("Invalid Date"))
            elif kind == "Time":
                d[fieldname] = frappe.utils.get_timedelta(value)
        return d

    def db_insert(self, ignore_if_duplicate=False) -> None:
        """Write the row without hooks."""
        if not self.name:
            from frappe.model.naming import set_new_name

            set_new_name(self)
        if not self.creation:
            self.creation = self.modified = now()
            self.owner = self.modified_by = frappe.session.user
        d = self._column_values()
        columns = ", ".join(f"`{column}`" for column in d)
        marks = ", ".join(["%s"] * len(d))
        try:
            frappe.db.sql(f"insert into `tab{self.doctype}` ({columns}) values ({marks})", list(d.values()))
        except Exception as error:
            if self._name_is_taken(error):
                if self.meta.autoname == "hash" and (self.flags.retry_count or 0) < 5:
                    self.flags.retry_count = (self.flags.retry_count or 0) + 1
                    self.name = None
                    self.db_insert()
                    return
                if not ignore_if_duplicate:
                    frappe.msgprint(
                        _("{0} {1} already exists").format(_(self.doctype), frappe.bold(self.name)),
                        title=_("Duplicate Name"),
                        indicator="red",
                    )
                    raise frappe.DuplicateEntryError(self.doctype, self.name, error) from error
            elif frappe.db.is_unique_key_violation(error):
                self.show_unique_validation_message(error)
            else:
                raise
        self.set("__islocal", False)

    def _name_is_taken(self, error) -> bool:
        """Whether an insert failed for the name; SQLite may name another unique column first."""
        if not frappe.db.is_unique_key_violation(error):
            return False
        if frappe.db.is_primary_key_violation(error):
            return True
        return bool(frappe.db.sql(f"select 1 from `tab{self.doctype}` where `name`=%s", (self.name,)))

    def db_update(self) -> None:
        """Write the row's values without hooks; a row that is new is inserted."""
        if self.get("__islocal") or not self.name:
            self.db_insert()
            return
        d = self._column_values()
        name = d.pop("name")
        columns = ", ".join(f"`{column}`=%s" for column in d)
        try:
            frappe.db.sql(f"update `tab{self.doctype}` set {columns} where `name`=%s", [*d.values(), name])
        except Exception as error:
            if frappe.db.is_unique_key_violation(error):
                self.show_unique_validation_message(error)
            else:
                raise

    def show_unique_validation_message(self, error) -> None:
        labels = [_(self.meta.get_label(name)) for name in frappe.db.violated_columns(error, self.doctype)]
        frappe.msgprint(_("{0} must be unique").format(", ".join(labels)))
        raise frappe.UniqueValidationError(self.doctype, self.name, error) from error

    def _fix_numeric_types(self) -> None:
        for df in self.meta.fields:
            value = self.get(df.fieldname)
            if df.fieldtype == "Check":
                self.set(df.fieldname, cint(value))
            elif value is not None and df.fieldtype == "Int":
                self.set(df.fieldname, cint(value))
            elif value is not None and df.fieldtype in float_like_fields:
                self.set(df.fieldname, flt(value))
        if self.docstatus is not None:
            self.docstatus = DocStatus(cint(self.docstatus))

    # checks on fields

    def _where(self, df) -> str:
        """How a message names a field: with its row, in a child table."""
        if self.get("parentfield"):
            return "{} #{}: {}".format(_("Row"), self.idx, _(df.label))
        return _(df.label or df.fieldname)

    def _get_missing_mandatory_fields(self) -> list[tuple[str, str]]:
        missing = []
        for df in self.meta.fields:
            if not df.reqd:
                continue
            value = self.get(df.fieldname)
            if value in (None, []) or not self._has_content(df, value):
                if df.fieldtype in table_fields:
                    message = "{}: {}: {}".format(_("Error"), _("Data missing in table"), _(df.label))
                elif self.get("parentfield"):
                    message = "{}: {} {} #{}: {}: {}".format(
                        _("Error"), frappe.bold(_(self.doctype)), _("Row"), self.idx, _("Value missing for"), _(df.label)
                    )
                else:
                    message = _("Error: Value missing for {0}: {1}").format(_(df.parent), _(df.label))
                missing.append((df.fieldname, message))
        if self.meta.istable:
            for fieldname in ("parent", "parenttype"):
                if not self.get(fieldname):
                    missing.append((fieldname, _("Error: Value missing for {0}: {1}").format(_(self.doctype), fieldname)))
        return missing

    @staticmethod
    def _has_content(df, value) -> bool:
        text = cstr(value)
        if df.fieldtype == "Text Editor" or (df.fieldtype == "Code" and df.options == "HTML"):
            return bool(strip_html(text).strip()) or "<img" in text
        return bool(strip_html(text).strip())

    def get_invalid_links(self, is_submittable=False) -> tuple[list, list]:
        """Links to nothing and links to cancelled documents; sets the values fetched over Links on the way."""
        invalid, cancelled = [], []
        for df in [*self.meta.get_link_fields(), *self.meta.get_dynamic_link_fields()]:
            docname = self.get(df.fieldname)
            if not docname:
                continue
            doctype = df.options if df.fieldtype == "Link" else self.get(df.options)
            if not doctype:
                if df.fieldtype == "Link":
                    frappe.throw(_("Options not set for link field {0}").format(df.fieldname))
                frappe.throw(_("{0} must be set first").format(self.meta.get_label(df.options)))
            meta = frappe.get_meta(doctype)
            to_fetch = [
                field
                for field in self.meta.get_fields_to_fetch(df.fieldname)
                if not field.fetch_if_empty or not self.get(field.fieldname)
            ]
            if meta.issingle:
                values = _dict(name=doctype)
                for field in to_fetch:
                    source = field.fetch_from.split(".")[-1]
                    values[source] = frappe.db.get_single_value(doctype, source)
            else:
                columns = list(dict.fromkeys(["name", *(f.fetch_from.split(".")[-1] for f in to_fetch)]))
                values = frappe.db.get_value(doctype, docname, columns, as_dict=True, cache=not to_fetch)
            if not values:
                # Frappe v15 reports nothing where values are fetched over the Link; so do we.
                if not to_fetch:
                    invalid.append((df.fieldname, docname, f"{self._where(df)}: {docname}"))
                continue
            if not df.is_virtual:
                self.set(df.fieldname, values.name)
            for field in to_fetch:
                if self.is_new() or not self.docstatus.is_submitted() or field.allow_on_submit:
                    self.set_fetch_from_value(doctype, field, values)
            if (
                df.fieldname != "amended_from"
                and (is_submittable or self.meta.is_submittable)
                and meta.is_submittable
                and cint(frappe.db.get_value(doctype, docname, "docstatus")) == DocStatus.cancelled()
            ):
                cancelled.append((df.fieldname, docname, f"{self._where(df)}: {docname}"))
        return invalid, cancelled

    def set_fetch_from_value(self, doctype, df, values) -> None:
        source = df.fetch_from.split(".")[-1]
        value = values[source]
        if df.fieldtype in ("Small Text", "Text", "Data") and value:
            source_field = frappe.get_meta(doctype).get_field(source)
            if source_field and source_field.fieldtype == "Text Editor":
                value = unescape_html(strip_html(value))
        self.set(df.fieldname, value)

    def _validate_selects(self) -> None:
        if frappe.flags.in_import:
            return
        for df in self.meta.get_select_fields():
            if df.fieldname == "naming_series" or not (self.get(df.fieldname) and df.options):
                continue
            options = df.options.split("\n")
            value = cstr(self.get(df.fieldname)).strip()
            self.set(df.fieldname, value)
            if not any(options) or value in options or (frappe.flags.in_test and value.startswith("_T-")):
                continue
            prefix = _("Row #{0}:").format(self.idx) if self.get("parentfield") else ""
            frappe.throw(
                _('{0} {1} cannot be "{2}". It should be one of "{3}"').format(
                    prefix, _(self.meta.get_label(df.fieldname)), value, '", "'.join(_(o) for o in options)
                )
            )

    def _validate_data_fields(self) -> None:
        for df in self.meta.get_phone_fields():
            frappe.utils.validate_phone_number_with_country_code(self.get(df.fieldname), df.fieldname)
        for df in self.meta.get_data_fields():
            value, kind = self.get(df.fieldname), df.options
            if not kind or not value:
                continue
            if kind == "Email":
                if self.owner in frappe.STANDARD_USERS and value in frappe.STANDARD_USERS:
                    continue
                for address in frappe.utils.split_emails(value):
                    frappe.utils.validate_email_address(address, throw=True)
            elif kind == "Name":
                frappe.utils.validate_name(value, throw=True)
            elif kind == "Phone":
                frappe.utils.validate_phone_number(value, throw=True)
            elif kind == "URL":
                frappe.utils.validate_url(value, throw=True)

    def _validate_non_negative(self) -> None:
        for df in self.meta.fields:
            if df.non_negative and df.fieldtype in ("Int", "Float", "Currency") and flt(self.get(df.fieldname)) < 0:
                if self.get("parentfield"):
                    message = "{} {} #{}: {} {}".format(
                        frappe.bold(_(self.doctype)), _("Row"), self.idx, _("Value cannot be negative for"),
                        frappe.bold(_(df.label)),
                    )
                else:
                    message = _("Value cannot be negative for {0}: {1}").format(_(df.parent), frappe.bold(_(df.label)))
                frappe.throw(message, frappe.NonNegativeError, title=_("Negative Value"))

    def _fix_rating_value(self) -> None:
        for df in self.meta.fields:
            if df.fieldtype == "Rating":
                self.set(df.fieldname, max(0, min(flt(self.get(df.fieldname)), 1)))

    def _validate_length(self) -> None:
        if frappe.flags.in_install or self.meta.issingle:
            return
        for fieldname in self.get_valid_columns():
            df, value = self.meta.get_field(fieldname), self.get(fieldname)
            if not df or value is None or df.fieldtype == "Check":
                continue
            declared, size = frappe.db.type_map[df.fieldtype]
            if declared == "varchar":
                limit = cint(df.length) or cint(size)
                if len(cstr(value)) > limit:
                    self.throw_length_exceeded_error(df, limit, value)
            elif declared in INTEGER_LIMITS:
                limit = INTEGER_LIMITS["bigint" if cint(df.length) > 11 else declared]
                if abs(cint(value)) > limit:
                    self.throw_length_exceeded_error(df, limit, value)

    def throw_length_exceeded_error(self, df, max_length, value) -> None:
        if self.get("parentfield"):
            reference = _("{0}, Row {1}").format(_(self.doctype), self.idx)
        else:
            reference = f"{_(self.doctype)} {self.name}"
        frappe.throw(
            _("{0}: '{1}' ({3}) will get truncated, as max characters allowed is {2}").format(
                reference, frappe.bold(_(df.label)), max_length, value
            ),
            frappe.CharacterLengthExceededError,
            title=_("Value too big"),
        )

    def _validate_code_fields(self) -> None:
        for df in self.meta.get_code_fields():
            if df.options in ("Python", "PythonExpression"):
                frappe.utils.validate_python_code(
                    self.get(df.fieldname), fieldname=df.label, is_expression=df.options == "PythonExpression"
                )

    def _sync_autoname_field(self) -> None:
        _empty, _word, fieldname = (self.meta.autoname or "").partition("field:")
        if fieldname and self.name and self.name != self.get(fieldname):
            self.set(fieldname, self.name)

    def _validate_update_after_submit(self) -> None:
        stored = frappe.get_doc(self.doctype, self.name)
        for df in self.meta.fields:
            if df.allow_on_submit or df.is_virtual:
                continue
            mine, before = self.get(df.fieldname), stored.get(df.fieldname)
            if not (mine or before) or df.fieldtype in display_fieldtypes:
                continue
            if df.fieldtype in table_fields:
                mine, before = len(mine or ()), len(before or ())
            else:
                mine, before = self.get_value(df.fieldname), stored.get_value(df.fieldname)
            if mine != before:
                frappe.throw(
                    _("{0} Not allowed to change {1} after submission from {2} to {3}").format(
                        f"Row #{self.idx}:" if self.get("parent") else "",
                        frappe.bold(_(df.label)),
                        frappe.bold(before),
                        frappe.bold(mine),
                    ),
                    frappe.UpdateAfterSubmitError,
                    title=_("Cannot Update After Submit"),
                )

    def _sanitize_content(self) -> None:
        """Make HTML in values harmless, except where a field says otherwise."""
        if frappe.flags.in_install:
            return
        for fieldname in self.get_valid_columns():
            value = self.get(fieldname)
            if not isinstance(value, str) or ("<" not in value and ">" not in value):
                continue
            df = self.meta.get_field(fieldname)
            if df and (
                df.ignore_xss_filter
                or (df.fieldtype in ("Data", "Small Text", "Text") and df.options == "Email")
                or df.fieldtype in ("Attach", "Attach Image", "Barcode", "Code")
                or self.docstatus.is_cancelled()
                or (self.docstatus.is_submitted() and not df.allow_on_submit)
            ):
                continue
            self.set(fieldname, sanitize_html(value))

    def _save_passwords(self) -> None:
        """Password fields go encrypted into a table of their own; the document keeps stars."""
        if self.flags.ignore_save_passwords is True:
            return
        for df in self.meta.fields:
            if df.fieldtype != "Password" or df.fieldname in (self.flags.ignore_save_passwords or ()):
                continue
            from frappe.utils.password import remove_encrypted_password, set_encrypted_password

            new_password = self.get(df.fieldname)
            if not new_password:
                remove_encrypted_password(self.doctype, self.name, df.fieldname)
            elif not self.is_dummy_password(new_password):
                set_encrypted_password(self.doctype, self.name, new_password, df.fieldname)
                self.set(df.fieldname, "*" * len(new_password))

    def get_password(self, fieldname="password", raise_exception=True):
        """The clear text of a Password field."""
        from frappe.utils.password import get_decrypted_password

        value = self.get(fieldname)
        if value and not self.is_dummy_password(value):
            return value
        return get_decrypted_password(self.doctype, self.name, fieldname, raise_exception=raise_exception)

    @staticmethod
    def is_dummy_password(pwd: str) -> bool:
        return set(pwd) == {"*"}

    # showing values

    def precision(self, fieldname, parentfield=None) -> int | None:
        from frappe.model.meta import get_field_precision

        if parentfield and not isinstance(parentfield, str):
            parentfield = parentfield.get("parentfield")
        doctype = self.meta.get_field(parentfield).options if parentfield else self.doctype
        df = frappe.get_meta(doctype).get_field(fieldname)
        return get_field_precision(df, self) if df.fieldtype in float_like_fields else None

    def get_formatted(self, fieldname, doc=None, currency=None, absolute_value=False, translated=False, format=None):
        """A value as text for people."""
        from frappe.model.meta import get_default_df
        from frappe.utils.formatters import format_value

        df = self.meta.get_field(fieldname) or get_default_df(fieldname)
        value = self.get(fieldname)
        if translated:
            value = _(value)
        doc = doc or getattr(self, "parent_doc", None) or self
        if absolute_value and isinstance(value, (int, float)):
            value = abs(value)
        return format_value(value, df=df, doc=doc, currency=currency, format=format)

    def reset_values_if_no_permlevel_access(self, has_access_to, high_permlevel_fields) -> None:
        """Put back what the user may not write (its default, on a new document)."""
        to_reset = [
            df
            for df in high_permlevel_fields
            if df.permlevel not in has_access_to
            and df.fieldtype not in display_fieldtypes
            and df.fieldname not in (self.flags.get("ignore_permlevel_for_fields") or [])
        ]
        if not to_reset:
            return
        if self.is_new():
            reference = frappe.new_doc(self.doctype)
        elif self.parent_doc:
            rows = [row for row in self.parent_doc.get_latest().get(self.parentfield) if row.name == self.name]
            if not rows:
                return
            reference = rows[0]
        else:
            reference = self.get_latest()
        for df in to_reset:
            self.set(df.fieldname, reference.get(df.fieldname))

    def get_value(self, fieldname):
        """A value in the type of its field."""
        return self.cast(self.get(fieldname), self.meta.get_field(fieldname))

    def cast(self, value, df):
        return frappe.utils.cast_fieldtype(df.fieldtype, value)


def filter_rows(data, filters: dict, limit=None) -> list:
    """Rows that match `{"field": value}`, `["op", value]`, `"^prefix"`, True (set) or False (not set)."""
    tests = []
    for field, wanted in (filters or {}).items():
        if isinstance(wanted, (tuple, list)):
            tests.append((field, wanted[0], wanted[1]))
        elif wanted is True:
            tests.append((field, "not None", wanted))
        elif wanted is False:
            tests.append((field, "None", wanted))
        elif isinstance(wanted, str) and wanted.startswith("^"):
            tests.append((field, "^", wanted[1:]))
        else:
            tests.append((field, "=", wanted))
    found = []
    for row in data:
        if all(compare(getattr(row, field, None), condition, wanted) for field, condition, wanted in tests):
            found.append(row)
            if limit and len(found) >= limit:
                break
    return found
