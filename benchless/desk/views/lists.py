"""The list of a DocType's documents: search, filters, order, pages, bulk workflow actions, XLSX."""

import io
import json

import frappe
import xlsxwriter
from django.contrib import messages as flash
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import mark_safe
from frappe import _
from frappe.utils import cint, cstr

from benchless.desk import messages, values
from benchless.desk.indicators import indicator, status_field
from benchless.desk.layout import FormLayout, get_workflow, select_options
from benchless.desk.render import page
from benchless.desk.workspace import count
from benchless.rest.responses import download

PAGE_LENGTH = 50
EXPORT_LIMIT = 50_000
COLUMNS = 7
SEARCHABLE = ("Data", "Text", "Small Text", "Long Text", "Link", "Select", "Read Only", "Text Editor", "Dynamic Link")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STANDARD_COLUMNS = ("name", "owner", "creation", "modified", "modified_by", "docstatus", "idx")


class DocumentList:
    """What the address asks for, checked against the DocType and the user's rights."""

    def __init__(self, request, doctype: str):
        self.doctype = doctype
        self.meta = frappe.get_meta(doctype)
        frappe.has_permission(doctype, "read", throw=True)
        if self.meta.istable:
            raise frappe.PermissionError
        self.layout = FormLayout(frappe.new_doc(doctype))
        self.args = request.GET
        self.title_field = self.meta.get_title_field()
        self.random_names = (self.meta.autoname or "") in ("hash", "random") or self.meta.get("naming_rule") == "Random"
        self.status_field = status_field(doctype)
        self.columns = self.listed_columns()
        self.filters = self.read_filters()
        self.or_filters = self.read_search()
        self.order_by, self.sort = self.read_order()

    def readable(self, fieldname: str):
        """The field's definition if this user may read it (also what they may filter and sort by)."""
        df = self.meta.get_field(fieldname)
        return df if df is not None and self.layout.can_read(df) else None

    def listed_columns(self) -> list:
        """The fields shown: in_list_view, without the title and the state, which have places of their own."""
        skipped = {self.title_field, self.status_field}
        listed = [
            df
            for df in self.meta.fields
            if cint(df.in_list_view)
            and df.fieldname not in skipped
            and df.fieldtype not in (*values.NO_VALUE_TYPES, *values.TABLE_TYPES, "Password")
            and self.layout.can_read(df)
        ]
        return listed[:COLUMNS]

    def read_filters(self) -> list:
        filters = []
        for key in self.args:
            if key.startswith("_") or not (self.readable(key) or key in STANDARD_COLUMNS):
                continue
            for text in self.args.getlist(key):
                operator, value = parse_filter(text)
                df = self.meta.get_field(key)
                if operator == "=" and df is not None and df.fieldtype in ("Data", "Small Text", "Text", "Long Text"):
                    operator, value = "like", f"%{value}%"
                if operator == "between" and not all(value):
                    operator, value = (">=", value[0]) if value[0] else ("<=", value[1])
                if value not in ("", None, "%%") or (operator == "=" and value == "" and text == '["=",""]'):
                    filters.append([self.doctype, key, operator, value])
        return filters

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
            if len(known) > 1:  # "batch desc, line_no asc"
                orders = [f"`tab{self.doctype}`.`{p[0]}` {'asc' if p[-1].lower() == 'asc' else 'desc'}" for p in known]
                return ", ".join(orders), (known[0][0], "asc" if known[0][-1].lower() == "asc" else "desc")
            field, direction = parts[0][0].strip("`"), (self.meta.sort_order or "desc")
        if not (field in STANDARD_COLUMNS or self.readable(field)):
            field = "modified"
        direction = "asc" if direction.lower() == "asc" else "desc"
        order = f"`tab{self.doctype}`.`{field}` {direction}"
        if field != "name":
            order += f", `tab{self.doctype}`.`name` {direction}"
        return order, (field, direction)

    def fields(self) -> list[str]:
        wanted = ["name", "docstatus", "modified", self.title_field, *[df.fieldname for df in self.columns]]
        if self.status_field:
            wanted.append(self.status_field)
        wanted += [f for f in ("enabled", "disabled") if self.meta.has_field(f)]
        return list(dict.fromkeys(wanted))

    def query(self, start: int, length: int) -> list:
        return frappe.get_list(
            self.doctype,
            fields=self.fields(),
            filters=self.filters,
            or_filters=self.or_filters,
            order_by=self.order_by,
            limit_start=start,
            limit_page_length=length,
        )

    def total(self) -> int:
        rows = frappe.get_list(
            self.doctype,
            fields=["count(name) as result"],
            filters=self.filters,
            or_filters=self.or_filters,
            order_by=None,
        )
        return cint(rows[0].result) if rows else 0

    def titles(self, rows) -> dict[tuple, str]:
        """{(doctype, name): title} of the linked documents on this page, one query for each DocType."""
        wanted = {}
        for df in self.columns:
            if df.fieldtype == "Link":
                meta = frappe.get_meta(df.options)
                if cint(meta.get("show_title_field_in_link")) and meta.title_field:
                    names = {row.get(df.fieldname) for row in rows if row.get(df.fieldname)}
                    wanted.setdefault((df.options, meta.title_field), set()).update(names)
        found = {}
        for (doctype, field), names in wanted.items():
            for row in frappe.get_all(doctype, filters={"name": ["in", list(names)]}, fields=["name", field]):
                found[(doctype, row.name)] = cstr(row.get(field)) or row.name
        return found

    def shown(self, rows) -> list[dict]:
        """Rows as the page shows them."""
        titles = self.titles(rows)
        result = []
        for row in rows:
            cells = []
            for df in self.columns:
                value = row.get(df.fieldname)
                text = titles.get((df.options, value)) if df.fieldtype == "Link" else None
                cells.append(
                    {
                        "text": text or values.show(df, value, row),
                        "label": _(df.label),
                        "numeric": df.fieldtype in values.NUMBER_TYPES,
                        "code": is_code(text or values.show(df, value, row)),
                        "check": cint(value) if df.fieldtype == "Check" else None,
                    }
                )
            title = cstr(row.get(self.title_field)) or cstr(row.name)
            result.append(
                {
                    "name": row.name,
                    "title": title,
                    "code": is_code(title),
                    "subtitle": row.name if title != cstr(row.name) and not self.random_names else "",
                    "url": reverse("admin:form", args=[self.doctype, row.name]),
                    "indicator": indicator(self.doctype, row),
                    "cells": cells,
                    "modified": row.modified,
                }
            )
        return result

    def filter_fields(self) -> list[dict]:
        """The standard filters' widgets with their present values."""
        items = []
        for df in self.meta.fields:
            standard = cint(df.in_standard_filter) or df.fieldname == self.status_field
            if not standard or not self.layout.can_read(df) or df.fieldtype in values.NO_VALUE_TYPES:
                continue
            text = self.args.get(df.fieldname, "")
            operator, value = parse_filter(text)
            item = {
                "name": df.fieldname,
                "label": _(df.label),
                "widget": "text",
                "value": value if operator in ("=", "like") else "",
                "raw": text,
                "doctype": df.options,
                "parent": self.doctype,
            }
            if df.fieldtype == "Select":
                item.update(widget="select", options=select_options(df, item["value"]))
                if not item["options"] or item["options"][0]["value"]:
                    item["options"].insert(0, {"value": "", "label": "", "chosen": not item["value"]})
            elif df.fieldtype == "Link":
                item.update(widget="link", display=values.show(df, item["value"]) if item["value"] else "")
            elif df.fieldtype == "Check":
                item["widget"] = "yesno"
            elif df.fieldtype in ("Date", "Datetime"):
                both = value if operator == "between" else [value, value] if operator == "=" and value else ["", ""]
                item.update(widget="dates", start=both[0], end=both[1])
            items.append(item)
        return items

    def other_filters(self) -> list[dict]:
        """Filters that came with the address and have no widget: shown as words that can be removed."""
        widgets = {item["name"] for item in self.filter_fields()}
        shown = []
        for _doctype, field, operator, value in self.filters:
            df = self.meta.get_field(field)
            text = value if not isinstance(value, str) or df is None else values.show(df, value)
            if isinstance(text, (list, tuple)):
                text = ", ".join(_(cstr(part)) for part in text)
            simple = operator in ("=", "like", "between")
            if field not in widgets or not simple:
                label = _(df.label) if df is not None else _(field.replace("_", " ").title())
                shown.append({"field": field, "label": label, "operator": operator, "value": cstr(text).strip("%")})
        return shown


def is_code(text: str) -> bool:
    """Whether a cell is one short word with digits (a number, a date, a name of a series): it is not broken."""
    return len(text) <= 24 and " " not in text and any(letter.isdigit() for letter in text)


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


def document_list(request, doctype: str):
    check_doctype(doctype)
    if frappe.get_meta(doctype).issingle:
        return HttpResponseRedirect(reverse("admin:single", args=[doctype]))
    if request.method == "POST":
        return bulk(request, doctype)
    if dates := dates_to_filter(request):
        return HttpResponseRedirect(dates)
    listing = DocumentList(request, doctype)
    number = max(1, cint(request.GET.get("_page") or 1))
    total = listing.total()
    rows = listing.query((number - 1) * PAGE_LENGTH, PAGE_LENGTH)
    context = {
        "listing": listing,
        "doctype": doctype,
        "rows": listing.shown(rows),
        "columns": [
            {
                "label": _(df.label),
                "field": df.fieldname,
                "numeric": df.fieldtype in values.NUMBER_TYPES,
                "sorted": listing.sort[1] if listing.sort[0] == df.fieldname else "",
            }
            for df in listing.columns
        ],
        "title_label": _(listing.meta.get_label(listing.title_field)) if listing.title_field != "name" else _("Name"),
        "total": total,
        "total_shown": values.group_digits(total),
        "first": (number - 1) * PAGE_LENGTH + 1,
        "last": (number - 1) * PAGE_LENGTH + len(rows),
        "number": number,
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if number * PAGE_LENGTH < total else None,
        "filters": listing.filter_fields(),
        "other_filters": listing.other_filters(),
        "search": request.GET.get("_q", ""),
        "filtered": bool(listing.filters or listing.or_filters),
        "any": bool(total) or bool(count(doctype, [])) if (listing.filters or listing.or_filters) else bool(total),
        "may_create": bool(frappe.has_permission(doctype, "create")) and not cint(listing.meta.get("in_create")),
        "may_export": bool(frappe.has_permission(doctype, "export")),
        "bulk_actions": bulk_actions(doctype),
        "has_status": any(indicator(doctype, row) for row in rows),
        "export_query": request.GET.urlencode(),
        "description": _(listing.meta.description) if listing.meta.get("description") else "",
    }
    return page(request, "desk/list.html", _(doctype), context)


def dates_to_filter(request) -> str | None:
    """The two date boxes of a filter become one `between`; returns the address with it, or None."""
    query = request.GET.copy()
    fields = {key[:-6] for key in query if key.endswith(".start")} | {key[:-4] for key in query if key.endswith(".end")}
    if not fields and not any(not query[key] for key in query):
        return None
    for field in fields:
        typed = [query.pop(f"{field}.{side}", [""])[-1].strip() for side in ("start", "end")]
        if any(typed):
            query[field] = json.dumps(["between", [text and values.read_moment(text, "Date") for text in typed]])
    for key in [key for key in query if not query[key]]:
        del query[key]
    return f"{request.path}?{query.urlencode()}"


def check_doctype(doctype: str) -> None:
    if not frappe.db.exists("DocType", doctype):
        raise frappe.DoesNotExistError(_("DocType {0} not found").format(doctype))


def bulk_actions(doctype: str) -> list[dict]:
    """The workflow's actions that one of the user's roles may do, for the selected rows."""
    workflow = get_workflow(doctype)
    if not workflow:
        return []
    roles = set(frappe.get_roles())
    names = dict.fromkeys(row.action for row in workflow.transitions if row.allowed in roles)
    return [{"action": name, "label": _(name)} for name in names]


def bulk(request, doctype: str):
    """Apply a workflow action to every selected document, each by itself; say which failed and why."""
    from frappe.model.workflow import apply_workflow

    action = request.POST.get("_action") or ""
    done, failed = 0, []
    for name in request.POST.getlist("names"):
        frappe.db.savepoint("bulk_row")
        try:
            apply_workflow(frappe.get_doc(doctype, name), action)
            done += 1
        except (frappe.ValidationError, frappe.PermissionError) as error:
            frappe.db.rollback(save_point="bulk_row")
            failed.append(f"{name}: " + "; ".join(messages.as_text(item) for item in messages.of_error(error)))
        messages.forget()
    if done:
        flash.success(request, _("{0}: {1} documents").format(_(action), done))
    if failed:
        text = "<ul>" + "".join(f"<li>{values.clean_html(line)}</li>" for line in failed[:20]) + "</ul>"
        flash.error(request, mark_safe(_("{0} documents were left as they are").format(len(failed)) + text))  # noqa: S308 (made harmless)
    return HttpResponseRedirect(request.get_full_path())


def export(request, doctype: str) -> HttpResponse:
    """The list, as filtered, as a workbook; every cell is text or number, never a formula."""
    check_doctype(doctype)
    frappe.has_permission(doctype, "export", throw=True)
    listing = DocumentList(request, doctype)
    rows = listing.query(0, EXPORT_LIMIT)
    titles = listing.titles(rows)
    header = [_("ID"), *([_(listing.meta.get_label(listing.title_field))] if listing.title_field != "name" else [])]
    header += [_(df.label) for df in listing.columns] + [_("Status")]
    table = []
    for row in rows:
        line = [row.name, *([row.get(listing.title_field)] if listing.title_field != "name" else [])]
        for df in listing.columns:
            value = row.get(df.fieldname)
            if df.fieldtype in ("Currency", "Int", "Float"):
                line.append(value)
            else:
                line.append(titles.get((df.options, value)) or values.show(df, value, row))
        state = indicator(doctype, row)
        table.append([*line, state["label"] if state else ""])
    return download(workbook(_(doctype), header, table), f"{_(doctype)}.xlsx", XLSX_TYPE, "attachment")


def workbook(title: str, header: list, rows: list[list]) -> bytes:
    """One sheet with a bold header; numbers stay numbers."""
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("".join(c for c in title if c not in "[]:*?/\\'")[:31] or "Sheet")
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    number = book.add_format({"num_format": "#,##0.##"})
    whole = book.add_format({"num_format": "#,##0"})
    widths = [len(cstr(label)) for label in header]
    for column, label in enumerate(header):
        sheet.write_string(0, column, cstr(label), bold)
    for index, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, bool) or value is None:
                sheet.write_string(index, column, "" if value is None else cstr(int(value)))
            elif isinstance(value, (int, float)):
                sheet.write_number(index, column, value, whole if value == int(value) else number)
            else:
                sheet.write_string(index, column, cstr(value)[:32000])
            if column < len(widths):
                widths[column] = max(widths[column], min(50, len(cstr(value))))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(50, width + 2))
    sheet.freeze_panes(1, 0)
    if header:
        sheet.autofilter(0, 0, max(1, len(rows)), len(header) - 1)
    book.close()
    return output.getvalue()
