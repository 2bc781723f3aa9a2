"""A DocType's fields as a form: tabs, sections, columns, and for each field what its widget needs."""

import json
from urllib.parse import quote

import frappe
from django.urls import reverse
from frappe import _
from frappe.utils import cint, cstr

from benchless.desk import values

GRID_ROWS = 300  # more rows than this make a page nobody can use; the rest stay untouched
GRID_COLUMNS = 12
WIDGETS = {
    "Check": "check", "Select": "select", "Autocomplete": "text", "Link": "link", "Dynamic Link": "link", "Date": "date",
    "Datetime": "datetime", "Time": "time", "Int": "number", "Currency": "number", "Float": "decimal",
    "Percent": "decimal", "Rating": "decimal", "Duration": "decimal", "Attach": "attach", "Attach Image": "attach",
    "Password": "password", "Table": "table", "Table MultiSelect": "table", "HTML": "html", "Heading": "heading",
    "Text": "textarea", "Long Text": "textarea", "Small Text": "textarea", "Text Editor": "textarea",
    "HTML Editor": "code", "Markdown Editor": "textarea", "Code": "code", "JSON": "code", "Color": "color",
    "Geolocation": "code",
}  # fmt: skip


class FormLayout:
    """The form of one document for the session's user. Fields above the user's permission level are not in it."""

    def __init__(self, doc):
        self.doc = doc
        self.meta = frappe.get_meta(doc.doctype)
        self.new = doc.is_new()
        # Administrator and System Manager get every level through their permission rows like everyone else.
        everything = frappe.session.user == "Administrator"
        self.readable = None if everything else {0, *self.meta.get_permlevel_access("read")}
        self.writable = None if everything else {*self.meta.get_permlevel_access("write")}
        self.state_field = workflow_state_field(doc.doctype)
        self.editable = self.may_edit()
        self._fixed, self._base_urls = {}, {}
        self.typed = False  # True when the page shows what was typed and could not be saved

    def may_edit(self) -> bool:
        """Whether saving is possible at all: permission, not cancelled, the workflow state's own editors."""
        doc = self.doc
        if cint(doc.docstatus) == 2 or cint(self.meta.get("read_only")):
            return False
        if self.new:
            return bool(frappe.has_permission(doc.doctype, "create"))
        if not doc.has_permission("write"):
            return False
        if cint(doc.docstatus) == 1 and not any(
            cint(df.allow_on_submit) and not cint(df.read_only) and not cint(df.hidden) and df.fieldname != self.state_field
            for df in self.meta.fields
        ):
            return False
        return state_allows_edit(doc, self.state_field)

    def can_read(self, df) -> bool:
        return self.readable is None or cint(df.permlevel) in self.readable

    def is_secret(self, df) -> bool:
        return not self.can_read(df) or df.fieldtype == "Password"

    def can_write(self, df) -> bool:
        return self.writable is None or cint(df.permlevel) in self.writable

    def is_readonly(self, df, in_submitted: bool | None = None) -> bool:
        if not self.editable or not self.can_write(df) or cint(df.read_only) or df.get("is_virtual"):
            return True
        if df.fieldtype in ("Read Only", "Barcode", "Signature"):
            return True
        if df.fieldname == self.state_field:
            return True
        own = df.parent in (None, self.doc.doctype)
        if df.set_only_once and own and not self.new and df.fieldtype not in values.TABLE_TYPES:
            return True
        submitted = cint(self.doc.docstatus) == 1 if in_submitted is None else in_submitted
        return submitted and not cint(df.allow_on_submit)

    def visible_fields(self):
        """Fields with a value that this user's form shows."""
        return [
            df
            for df in self.meta.fields
            if df.fieldtype not in values.NO_VALUE_TYPES and not cint(df.hidden) and self.can_read(df)
        ]

    def tabs(self) -> list[dict]:
        """[{label, id, sections: [{label, description, columns: [[field]]}]}], empty parts left out."""
        tabs = [{"label": "", "id": "tab-details", "sections": [], "depends_on": ""}]
        section = column = None

        def open_section(df=None):
            nonlocal section, column
            column = []
            section = {
                "label": _(df.label) if df and df.label else "",
                "description": _(df.description) if df and df.description else "",
                "depends_on": (df.depends_on or "") if df else "",
                "collapsible": bool(df and cint(df.collapsible)),
                "hidden": bool(df and cint(df.hidden)),
                "columns": [column],
                "readable": df is None or self.can_read(df),
            }
            tabs[-1]["sections"].append(section)

        open_section()
        for df in self.meta.fields:
            if df.fieldtype == "Tab Break":
                tabs.append(
                    {
                        "label": _(df.label or ""),
                        "id": f"tab-{df.fieldname}",
                        "sections": [],
                        "depends_on": df.depends_on or "",
                        "hidden": cint(df.hidden),
                    }
                )
                open_section()
            elif df.fieldtype == "Section Break":
                open_section(df)
            elif df.fieldtype == "Column Break":
                column = []
                section["columns"].append(column)
            elif section["readable"] and not section["hidden"] and not cint(df.hidden) and self.can_read(df):
                field = self.field(df)
                if field:
                    column.append(field)
        if self.new and prompts_for_name(self.meta):
            label = _("Name")
            tabs[0]["sections"][0]["columns"][0].insert(
                0, {"name": "__newname", "fieldname": "__newname", "label": label, "widget": "text", "value": "",
                    "required": True, "readonly": False, "description": "", "options": [], "depends_on": ""}  # fmt: skip
            )
        for tab in tabs:
            for part in tab["sections"]:
                part["columns"] = [fields for fields in part["columns"] if fields]
            tab["sections"] = [part for part in tab["sections"] if part["columns"]]
        tabs = [tab for tab in tabs if tab["sections"] and not tab.get("hidden")]
        if tabs and not tabs[0]["label"]:
            tabs[0]["label"] = _("Details")
        return tabs

    def field(self, df, doc=None, prefix: str = "f.", submitted: bool | None = None) -> dict | None:
        """One widget. `doc` is a child row for fields of a grid."""
        doc = self.doc if doc is None else doc
        key = (df.parent, df.fieldname, prefix == "f.", submitted)
        if key not in self._fixed:
            self._fixed[key] = self.fixed_part(df, prefix == "f.", submitted)
        item = self._fixed[key] and {**self._fixed[key], "name": f"{prefix}{df.fieldname}"}
        if item is None:
            return None
        # What is worked out for the reader stands on no row.
        value = getattr(doc, df.fieldname, None) if cint(df.get("is_virtual")) else doc.get(df.fieldname)
        widget = item["widget"]
        item["readonly"] = item["readonly"] or bool(item["once"] and value and not self.new)
        if widget == "html":
            item["html"] = values.clean_html(_(df.options or "")) if df.options else ""
            return item if item["html"] else None
        if widget == "heading":
            return item
        if widget == "table":
            return {**item, **self.grid(df)}
        item["value"] = values.for_input(df, value)
        item["display"] = values.show(df, value, doc)
        if df.fieldtype == "Text Editor" and item["readonly"] and value:
            item["rich"] = values.clean_html(cstr(value))
        if widget == "select":
            item["options"] = select_options(df, value)
        if widget == "link":
            target = doc.get(df.options) if df.fieldtype == "Dynamic Link" else df.options
            item["doctype"] = target or ""
            item["doctype_field"] = df.options if df.fieldtype == "Dynamic Link" else ""
            item["parent"] = df.parent or doc.doctype
            item["url"] = self.document_url(target, value) if target and value else ""
        if widget == "attach":
            item["url"] = value if cstr(value).startswith(("/files/", "/private/files/")) else ""
            item["display"] = cstr(value).rsplit("/", 1)[-1]
        return item

    def fixed_part(self, df, own: bool, submitted: bool | None) -> dict | None:
        """What a field's widget is in every row."""
        if df.fieldtype in ("Button", "Image", "Fold"):
            return None
        return {
            "df": df,
            "fieldname": df.fieldname,
            "label": _(df.label or df.fieldname),
            "description": _(df.description) if df.description else "",
            "widget": WIDGETS.get(df.fieldtype, "text"),
            "required": bool(cint(df.reqd)),
            "invalid": own and df.fieldname in (self.doc.flags.missing_fields or ()),
            "readonly": self.is_readonly(df, submitted),
            "once": not own and bool(df.set_only_once),
            "depends_on": df.depends_on or "",
            "mandatory_depends_on": df.mandatory_depends_on or "",
            "read_only_depends_on": df.read_only_depends_on or "",
            "numeric": df.fieldtype in values.NUMBER_TYPES,
            "fieldtype": df.fieldtype,
            "cell": not own,
        }

    def document_url(self, doctype: str, name) -> str:
        """document_url, its right asked for once in a form."""
        if doctype not in self._base_urls:
            found = document_url(doctype, "~")
            self._base_urls[doctype] = found
        found = self._base_urls[doctype]
        return found if not found.endswith("~") else found[:-1] + quote(cstr(name))

    def grid_fields(self, df) -> tuple[list, list]:
        """A child table's fields: those that are columns, and the rest (which a row's own form shows)."""
        fields = [
            f
            for f in frappe.get_meta(df.options).fields
            if f.fieldtype not in (*values.NO_VALUE_TYPES, *values.TABLE_TYPES) and not cint(f.hidden) and self.can_read(f)
        ]
        listed = ([f for f in fields if cint(f.in_list_view)] or fields[:4])[:GRID_COLUMNS]
        return listed, [f for f in fields if f not in listed]

    def grid_row(self, df, row, key: str, whole: bool) -> dict:
        """A row's widgets; `whole`: also of the fields that are no columns (else the page asks when a row is opened)."""
        listed, rest = self.grid_fields(df)
        prefix = f"t.{df.fieldname}.{key}."
        frozen = cint(self.doc.docstatus) == 1
        readonly = self.is_readonly(df)
        inline = [self.field(f, row, prefix, frozen) for f in listed]
        more = [self.field(f, row, prefix, frozen) for f in rest] if whole else None
        for item in [*inline, *(more or [])]:
            item["readonly"] = item["readonly"] or readonly
        return {"key": key, "name": row.get("name") or "", "idx": row.get("idx"), "inline": inline, "more": more}

    def grid(self, df) -> dict:
        """A child table: its columns, its rows, and an empty row for new ones."""
        rows = self.doc.get(df.fieldname) or []
        listed, rest = self.grid_fields(df)
        values.know_titles((f.options, row.get(f.fieldname)) for f in listed if f.fieldtype == "Link" for row in rows)
        readonly = self.is_readonly(df)
        blank = frappe.new_doc(df.options, parent_doc=self.doc, parentfield=df.fieldname)
        blank.name = ""
        # What is not stored yet cannot be asked for later.
        unsaved = self.new or self.typed
        return {
            "columns": [{"label": _(f.label or f.fieldname), "numeric": f.fieldtype in values.NUMBER_TYPES,
                         "required": cint(f.reqd), "width": min(cint(f.columns), 10)} for f in listed],  # fmt: skip
            "rows": [
                self.grid_row(df, row, str(number), bool(rest) and (unsaved or not row.name))
                for number, row in enumerate(rows[:GRID_ROWS])
            ],
            "template": self.grid_row(df, blank, "__key__", True),
            "count": len(rows),
            "left_out": max(0, len(rows) - GRID_ROWS),
            "readonly": readonly,
            "has_more": bool(rest),
            "may_change_rows": not readonly,
        }

    def as_json(self) -> str:
        """The document for depends_on expressions and actions: only what this user may read."""
        document = {}
        for key, value in self.doc.as_dict(convert_dates_to_str=True).items():
            df = self.meta.get_field(key)
            if df is not None and self.is_secret(df):
                continue
            if df is not None and df.fieldtype in values.TABLE_TYPES:
                secret = {f.fieldname for f in frappe.get_meta(df.options).fields if self.is_secret(f)}
                value = [{k: v for k, v in row.items() if k not in secret} for row in value or []]
            document[key] = value
        if self.new:
            document["__islocal"] = 1
        return json.dumps(document, default=str, ensure_ascii=False)


def select_options(df, value) -> list[dict]:
    """A Select's choices, its present value among them even if the list no longer has it."""
    lines = (df.options or "").split("\n")
    if value and value not in lines:
        lines.append(value)
    if not lines or (lines[0] and not cint(df.reqd) and not value):
        lines.insert(0, "")
    return [{"value": line, "label": _(line) if line else "", "chosen": line == cstr(value)} for line in lines]


def document_url(doctype: str, name) -> str:
    """The address of a document, if the user may open documents of its kind."""
    if not frappe.has_permission(doctype, "read"):
        return ""
    if frappe.get_meta(doctype).issingle:
        return reverse("admin:single", args=[doctype])
    return reverse("admin:form", args=[doctype, name])


def prompts_for_name(meta) -> bool:
    return (meta.autoname or "").lower() == "prompt"


def get_workflow(doctype: str):
    """The active Workflow of a DocType, or None."""
    from frappe.model.workflow import get_workflow_name

    name = get_workflow_name(doctype)
    return frappe.get_cached_doc("Workflow", name) if name else None


def workflow_state_field(doctype: str) -> str | None:
    workflow = get_workflow(doctype)
    return workflow.workflow_state_field if workflow else None


def state_allows_edit(doc, state_field: str | None) -> bool:
    """Frappe's desk makes a form read-only unless the user has the state's `allow_edit` role."""
    if not state_field:
        return True
    workflow = get_workflow(doc.doctype)
    current = doc.get(state_field)
    editors = {state.allow_edit for state in workflow.states if state.state == current}
    return not editors or bool(editors & set(frappe.get_roles()))
