"""The print view: a document rendered by a Print Format, or by the standard layout made from its meta."""

import os

import frappe
from frappe import _
from frappe.utils import cint, cstr, escape_html, jinja

no_cache = 1
standard_format = "templates/print_formats/standard.html"
LAYOUT_FIELDS = ("Section Break", "Column Break", "Tab Break")
NOT_PRINTED = (*LAYOUT_FIELDS, "Button", "HTML", "Password", "Fold", "Heading", "Table MultiSelect")
TRIGGER_PRINT = "<script>window.print();</script>"


def get_page_parts(
    doc, print_format=None, no_letterhead=None, letterhead=None, style=None, trigger_print=False
) -> dict:
    """body, print_style, title and lang of a document's print page."""
    format_doc = get_print_format_doc(print_format, meta=doc.meta)
    body = get_rendered_template(
        doc,
        print_format=format_doc,
        no_letterhead=no_letterhead,
        letterhead=letterhead,
        trigger_print=trigger_print,
    )
    return {
        "body": body,
        "print_style": get_print_style(style, format_doc),
        "title": escape_html(cstr(doc.get_title() or doc.name)),
        "lang": frappe.local.lang,
        "doctype": doc.doctype,
        "name": doc.name,
        "print_format": format_doc.name if format_doc else None,
    }


def get_page(doc, **kwargs) -> str:
    """The whole HTML page of a document's print view."""
    return jinja.get_template("www/printview.html").render(get_page_parts(doc, **kwargs))


def get_print_settings() -> frappe._dict:
    """Print Settings, with the DocType's defaults where nothing was saved."""
    meta = frappe.get_meta("Print Settings")
    settings = frappe._dict(
        {
            df.fieldname: cint(df.default) if df.fieldtype == "Check" else df.default
            for df in meta.fields
            if df.fieldtype not in LAYOUT_FIELDS
        }
    )
    stored = frappe.db.get_singles_dict("Print Settings") or {}
    for key, value in stored.items():
        df = meta.get_field(key)
        settings[key] = cint(value) if df and df.fieldtype == "Check" else value
    return settings


def get_print_format_doc(print_format_name: str | None, meta):
    """The Print Format document; None for the standard layout, also where the name is unknown."""
    name = print_format_name or meta.get("default_print_format") or "Standard"
    if name == "Standard" or not frappe.db.exists("Print Format", name):
        return None
    return frappe.get_doc("Print Format", name)


def get_rendered_template(
    doc, print_format=None, meta=None, no_letterhead=None, letterhead=None, trigger_print=False, settings=None
) -> str:
    """The body of the print view: checks the right to print, runs before_print, renders."""
    print_settings = get_print_settings()
    print_settings.update(settings or {})
    no_letterhead = not cint(print_settings.with_letterhead) if no_letterhead is None else cint(no_letterhead)
    meta = meta or doc.meta

    doc.flags.in_print = True
    doc.flags.print_settings = print_settings
    if not frappe.flags.ignore_print_permissions:
        validate_print_permission(doc)
    if cint(meta.is_submittable):
        if cint(doc.docstatus) == 0 and not cint(print_settings.allow_print_for_draft):
            frappe.throw(_("Not allowed to print draft documents"), frappe.PermissionError)
        if cint(doc.docstatus) == 2 and not cint(print_settings.allow_print_for_cancelled):
            frappe.throw(_("Not allowed to print cancelled documents"), frappe.PermissionError)

    doc.run_method("before_print", print_settings)
    for name in ("print_heading", "sub_heading"):
        if not hasattr(doc, name):
            setattr(doc, name, None)

    env = jinja.get_jenv()
    if print_format and (print_format.custom_format or print_format.standard == "Yes" or print_format.html):
        template = env.from_string(get_print_format(doc.doctype, print_format))
    else:
        template = env.get_template(standard_format)

    letter_head = get_letter_head(doc, no_letterhead, letterhead)
    for part in ("content", "footer"):
        if letter_head.get(part):
            letter_head[part] = jinja.render_template(letter_head[part], {"doc": doc.as_dict()})

    html = template.render(
        {
            "doc": doc,
            "meta": meta,
            "layout": make_layout(doc, meta),
            "no_letterhead": no_letterhead,
            "trigger_print": cint(trigger_print),
            "letter_head": letter_head.get("content"),
            "footer": letter_head.get("footer"),
            "print_settings": print_settings,
        }
    )
    return html + (TRIGGER_PRINT if cint(trigger_print) else "")


def validate_print_permission(doc) -> None:
    """Who may read or print the document may see its print view; to others it does not exist."""
    if not any(frappe.has_permission(doc.doctype, ptype, doc) for ptype in ("read", "print")):
        frappe.throw(_("{0} {1} not found").format(_(doc.doctype), doc.name), frappe.DoesNotExistError)


def get_letter_head(doc, no_letterhead, letterhead=None) -> dict:
    """The named letter head, the document's own, or the default one; {} where none is wanted."""
    if no_letterhead:
        return {}
    name = letterhead or doc.get("letter_head")
    filters = {"name": name} if name else {"is_default": 1, "disabled": 0}
    return frappe.db.get_value("Letter Head", filters, ["content", "footer"], as_dict=True) or {}


def get_print_format(doctype: str, print_format) -> str:
    """The template text: the file beside a standard format's JSON, else its `html` field."""
    if cint(print_format.disabled):
        frappe.throw(_("Print Format {0} is disabled").format(print_format.name), frappe.DoesNotExistError)
    path = None
    if print_format.standard == "Yes":
        module = print_format.module or frappe.db.get_value("DocType", doctype, "module")
        folder = frappe.scrub(print_format.name)
        path = os.path.join(frappe.get_module_path(module), "print_format", folder, f"{folder}.html")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                return file.read()
    if print_format.html:
        return print_format.html
    frappe.throw(
        _("No template found at path: {0}").format(path or print_format.name), frappe.TemplateNotFoundError
    )


def get_print_style(style=None, print_format=None, for_legacy=False) -> str:
    """CSS of the page: the house style, then the format's own."""
    css = jinja.get_template("templates/print_formats/print.css").render()
    if print_format and print_format.css:
        css += "\n\n" + print_format.css
    return css


def make_layout(doc, meta) -> list:
    """Sections -> columns -> fields that are to be printed, for the standard layout."""
    sections = []

    def new_section(df=None):
        sections.append(
            frappe._dict(label=_(df.label) if df and df.label else "", columns=[[]], has_data=False)
        )

    new_section()
    for df in meta.fields:
        if df.fieldtype in ("Section Break", "Tab Break"):
            new_section(df if df.fieldtype == "Section Break" else None)
        elif df.fieldtype == "Column Break":
            sections[-1].columns.append([])
        elif is_visible(df, doc) and has_value(df, doc):
            sections[-1].columns[-1].append(df)
            sections[-1].has_data = True
    for section in sections:
        section.columns = [column for column in section.columns if column]
    return [section for section in sections if section.has_data]


def is_visible(df, doc) -> bool:
    """Whether a field may be printed: not hidden from print, and readable by the session's user."""
    if df.fieldtype in NOT_PRINTED or cint(df.get("print_hide")) or cint(df.get("hidden")):
        return False
    if cint(df.permlevel) and not frappe.flags.ignore_print_permissions:
        return doc.has_permlevel_access_to(df.fieldname, df)
    return True


def has_value(df, doc) -> bool:
    """Empty fields are left out; so are empty tables, and zero where the field says so."""
    value = doc.get(df.fieldname)
    if value in (None, "", []):
        return False
    if df.fieldtype == "Check":
        return bool(cint(value))
    return not (value == 0 and cint(df.get("print_hide_if_no_value")))


def get_visible_columns(data, table_meta, df) -> list:
    """Columns of a child table in the standard layout: those of the list view, with a value in some row."""
    printable = [
        column
        for column in table_meta.fields
        if column.fieldtype not in NOT_PRINTED
        and not cint(column.get("print_hide"))
        and not cint(column.get("hidden"))
    ]
    columns = [column for column in printable if cint(column.get("in_list_view"))] or printable[:8]
    return [column for column in columns if any(row.get(column.fieldname) not in (None, "") for row in data)]
