"""The list of a DocType's documents: search, filters (also kept ones), columns, order, pages, actions, files."""

import json

import frappe
from django.contrib import messages as flash
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from frappe import _
from frappe.core.doctype.access_log.access_log import make_access_log
from frappe.model.utils.user_settings import update_user_settings
from frappe.utils import cint, cstr

from benchless.desk import bulk, charts, messages, saved_filters, values, widgets
from benchless.desk.indicators import indicator
from benchless.desk.layout import FormLayout, select_options
from benchless.desk.listing import (
    COUNT_LIMIT,
    OPERATORS,
    DocumentList,
    chosen_columns,
    label_of,
    parse_filter,
    typed_filter,
)
from benchless.desk.render import page
from benchless.desk.sheets import table_file
from benchless.desk.workspace import known
from benchless.rest.responses import download

PAGE_LENGTHS = (50, 100, 500)
EXPORT_LIMIT = 50_000


def shown_rows(listing: DocumentList, rows) -> list[dict]:
    """Rows as the page shows them."""
    titles = listing.titles(rows)
    result = []
    for row in rows:
        cells = []
        for df in listing.columns:
            value = row.get(df.fieldname)
            text = titles.get((df.options, value)) if df.fieldtype == "Link" else None
            text = text or values.show(df, value, row)
            cells.append(
                {
                    "text": text,
                    "label": label_of(df),
                    "numeric": df.fieldtype in values.NUMBER_TYPES,
                    "code": is_code(text),
                    "check": cint(value) if df.fieldtype == "Check" else None,
                }
            )
        title = cstr(row.get(listing.title_field)) or cstr(row.name)
        result.append(
            {
                "name": row.name,
                "title": title,
                "code": is_code(title),
                "subtitle": row.name if title != cstr(row.name) and not listing.random_names else "",
                "url": reverse("admin:form", args=[listing.doctype, row.name]),
                "indicator": indicator(listing.doctype, row),
                "state": cstr(row.get(listing.layout.state_field)) if listing.layout.state_field else "",
                "docstatus": cint(row.docstatus),
                "cells": cells,
                "modified": row.modified,
            }
        )
    return result


def filter_fields(listing: DocumentList) -> list[dict]:
    """The standard filters' widgets with their present values."""
    items = []
    for df in listing.meta.fields:
        standard = cint(df.in_standard_filter) or df.fieldname == listing.status_field
        if not standard or not listing.layout.can_read(df) or df.fieldtype in values.NO_VALUE_TYPES:
            continue
        text = listing.args.get(df.fieldname, "")
        operator, value = parse_filter(text)
        item = {
            "name": df.fieldname,
            "label": label_of(df),
            "widget": "text",
            "value": value if operator == "=" else cstr(value).strip("%") if operator == "like" else "",
            "raw": text,
            "doctype": df.options,
            "parent": listing.doctype,
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


def is_code(text: str) -> bool:
    """Whether a cell is one short word with digits (a number, a date, a name of a series): it is not broken."""
    return len(text) <= 24 and " " not in text and any(letter.isdigit() for letter in text)


def document_list(request, doctype: str):
    check_doctype(doctype)
    if frappe.get_meta(doctype).issingle:
        return HttpResponseRedirect(reverse("admin:single", args=[doctype]))
    if request.method == "POST":
        return posted(request, doctype)
    if target := typed_to_filter(request, doctype):
        return HttpResponseRedirect(target)
    listing = DocumentList(doctype, request.GET)
    length = cint(request.GET.get("_len"))
    length = length if length in PAGE_LENGTHS else PAGE_LENGTHS[0]
    number = max(1, cint(request.GET.get("_page") or 1))
    rows = listing.query((number - 1) * length, length + 1)
    more, rows = len(rows) > length, rows[:length]
    filtered = bool(listing.filters or listing.or_filters)
    fields = filter_fields(listing)
    shown = shown_rows(listing, rows)
    actions = bulk.offered(doctype)
    may_print, may_export = (bool(frappe.has_permission(doctype, right)) for right in ("print", "export"))
    context = {
        "listing": listing,
        "doctype": doctype,
        "rows": shown,
        "columns": headings(listing),
        "title_heading": heading(listing, listing.title_field, label_of(listing.readable(listing.title_field))),
        "modified_heading": heading(listing, "modified", _("Modified")),
        "first": (number - 1) * length + 1,
        "last": (number - 1) * length + len(rows),
        "total": total_of(listing, request, number == 1 and not more, len(rows)),
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if more else None,
        "lengths": [{"length": item, "chosen": item == length} for item in PAGE_LENGTHS],
        "filters": fields,
        "chips": listing.chips({item["name"] for item in fields}),
        "filter_choices": listing.filter_choices(),
        "operators": [{"value": value, "label": _(label)} for value, label in OPERATORS],
        "column_choices": column_choices(listing),
        "saved": saved_filters.of_list(doctype),
        "search": request.GET.get("_q", ""),
        "filtered": filtered,
        "may_create": bool(frappe.has_permission(doctype, "create")) and not cint(listing.meta.get("in_create")),
        "may_export": may_export,
        "may_print": may_print,
        "bulk_actions": actions,
        "selectable": bool(rows) and bool(actions or may_print or may_export),
        "bulk_fields": [{"name": df.fieldname, "label": label_of(df)} for df in bulk.editable_fields(doctype)]
        if any(item.get("asks") for item in actions)
        else [],
        "has_status": any(row["indicator"] for row in shown),
        "query": request.GET.urlencode(),
        "description": _(listing.meta.description) if listing.meta.get("description") else "",
        "views": views_of(doctype, "list", listing.filters),
    }
    for item in messages.collected():  # what an app has to say of the question
        flash.info(request, messages.as_text(item))
    messages.forget()
    return page(request, "desk/list.html", _(doctype), context)


def views_of(doctype: str, here: str, filters) -> list[dict]:
    """The other ways to look at these documents: list, report, tree."""
    query = charts.as_query(filters)
    found = [("list", _("List"), "list", reverse("admin:list", args=[doctype]) + query)]
    if frappe.has_permission(doctype, "report"):
        found.append(("report", _("Report"), "lab_profile", reverse("admin:report_builder", args=[doctype]) + query))
    if cint(frappe.get_meta(doctype).get("is_tree")):
        found.append(("tree", _("Tree"), "account_tree", reverse("admin:tree", args=[doctype])))
    return [{"label": label, "icon": icon, "link": link, "here": key == here} for key, label, icon, link in found]


def total_of(listing: DocumentList, request, is_everything: bool, shown: int) -> dict:
    """{shown, exact}: the number of documents; past a thousand it is counted only when asked for."""
    if is_everything:
        return {"shown": values.group_digits(shown), "exact": True}
    limit = 0 if request.GET.get("_count") else COUNT_LIMIT
    number = listing.total(limit)
    exact = not limit or number <= limit
    return {"shown": values.group_digits(number if exact else limit) + ("" if exact else "+"), "exact": exact}


def heading(listing: DocumentList, fieldname: str, label: str, numeric: bool = False) -> dict:
    """A column's head: its label and the order that a click on it asks for."""
    sorted_by = listing.sort[1] if listing.sort[0] == fieldname else ""
    return {
        "label": label,
        "field": fieldname,
        "numeric": numeric,
        "sorted": {"asc": "ascending", "desc": "descending"}.get(sorted_by, ""),
        "order": f"{fieldname} {'desc' if sorted_by == 'asc' else 'asc'}",
    }


def headings(listing: DocumentList) -> list[dict]:
    return [heading(listing, df.fieldname, label_of(df), df.fieldtype in values.NUMBER_TYPES) for df in listing.columns]


def column_choices(listing: DocumentList) -> dict:
    """{own, fields}: what can be a column, what is one, and whether that was the user's own choice."""
    shown = {df.fieldname for df in listing.columns}
    return {
        "own": bool(chosen_columns(listing.doctype)),
        "fields": [
            {"name": df.fieldname, "label": label_of(df), "chosen": df.fieldname in shown}
            for df in listing.available_columns()
        ],
    }


def typed_to_filter(request, doctype: str) -> str | None:
    """What was typed into the filter boxes, as the address that says it; None if the address says it already."""
    query = request.GET.copy()
    fields = {key[:-6] for key in query if key.endswith(".start")} | {key[:-4] for key in query if key.endswith(".end")}
    adds = "_field" in query
    if not fields and not adds and not any(not query[key] for key in query):
        return None
    for field in fields:
        typed = [query.pop(f"{field}.{side}", [""])[-1].strip() for side in ("start", "end")]
        if any(typed):
            query[field] = json.dumps(["between", [text and values.read_moment(text, "Date") for text in typed]])
    if adds:
        field, operator, text = (query.pop(key, [""])[-1] for key in ("_field", "_operator", "_value"))
        if condition := typed_filter(DocumentList(doctype, request.GET), field, operator, text):
            query.appendlist(field, condition)
    for key in list(query):
        query.setlist(key, [text for text in query.getlist(key) if text])
    query.pop("_page", None) if adds else None
    return f"{request.path}?{query.urlencode()}"


def check_doctype(doctype: str) -> None:
    if known("DocType", doctype) is None:
        raise frappe.DoesNotExistError(_("DocType {0} not found").format(doctype))


def posted(request, doctype: str):
    """A form of the list was sent: columns, a filter to keep or to drop, or an action on chosen rows."""
    action = request.POST.get("_action") or ""
    if action in ("columns", "columns:standard"):
        chosen = request.POST.getlist("columns") if action == "columns" else []
        update_user_settings(doctype, {"List": {"columns": chosen}})
    elif action == "save_filter":
        listing = DocumentList(doctype, request.GET)
        saved_filters.keep(
            doctype, request.POST.get("filter_name", ""), listing.stored_filters(), bool(request.POST.get("shared"))
        )
        flash.success(request, _("Saved"))
    elif action.startswith("drop_filter:"):
        saved_filters.drop(action.partition(":")[2])
    elif action in ("print", "export:xlsx", "export:csv"):
        names = request.POST.getlist("names")
        return printed(doctype, names) if action == "print" else exported(request, doctype, action[-4:].strip(":"), names)
    else:
        return bulk_page(request, doctype, action)
    return HttpResponseRedirect(request.get_full_path())


def bulk_page(request, doctype: str, action: str):
    """Without script: do the action to all chosen rows and say on the list what was done."""
    results = bulk.run(doctype, action, request.POST.getlist("names"), request.POST)
    done, failed = [r for r in results if r["ok"]], [r for r in results if not r["ok"]]
    label = next(item["label"] for item in bulk.offered(doctype) if item["action"] == action)
    if done:
        flash.success(request, _("{0}: {1} documents").format(label, len(done)))
    if failed:
        lines = [f"{row['name']}: {row['message']}" for row in failed[:20]]
        text = "<ul>" + "".join(f"<li>{frappe.utils.escape_html(line)}</li>" for line in lines) + "</ul>"
        text = _("{0} documents were left as they are").format(len(failed)) + text
        flash.error(request, mark_safe(text))  # noqa: S308 (escaped)
    return HttpResponseRedirect(request.get_full_path())


def bulk_json(request, doctype: str) -> JsonResponse:
    """The script's way: a few names at a time, so that it can show how far the work is."""
    check_doctype(doctype)
    if request.method != "POST":
        raise frappe.PermissionError
    results = bulk.run(doctype, request.POST.get("_action") or "", request.POST.getlist("names"), request.POST)
    return JsonResponse({"results": results})


def widget(request, doctype: str) -> HttpResponse:
    """The input for one field: of the filter form (?filter=1), or for editing the field in many documents."""
    check_doctype(doctype)
    listing = DocumentList(doctype, request.GET)
    df = listing.readable(request.GET.get("_field") or "")
    if df is None:
        raise frappe.PermissionError
    operator = request.GET.get("_operator") or "="
    field = FormLayout(frappe.new_doc(doctype)).field(df, frappe._dict(), "") or {}
    one_value = operator in ("=", "!=", ">", "<", ">=", "<=")
    if not one_value or field.get("widget") in ("code", "textarea", "attach", "html", "table"):
        field["widget"] = "text"
    choices = ("No", "Yes") if field["widget"] == "check" else ("Draft", "Submitted", "Cancelled")
    if field["widget"] == "check" or df.fieldname == "docstatus":
        field["widget"] = "select"
        field["options"] = [{"value": str(value), "label": _(word)} for value, word in enumerate(choices)]
    field.update(name="_value", readonly=False, url="", required=False, value="", display="")
    return HttpResponse(widgets.render(field))


def printed(doctype: str, names: list[str]) -> HttpResponse:
    """The chosen documents in their default print format as one PDF."""
    from frappe.utils.print_utils import get_print
    from pypdf import PdfWriter

    writer = PdfWriter()
    for name in names[: bulk.MOST]:
        doc = frappe.get_doc(doctype, name)
        doc.check_permission("print")
        get_print(doctype, name, doc=doc, as_pdf=True, output=writer)
    from io import BytesIO

    output = BytesIO()
    writer.write(output)
    return download(output.getvalue(), f"{_(doctype)}.pdf", "application/pdf", "inline")


def export(request, doctype: str) -> HttpResponse:
    """The list, as filtered, as a file: ?_kind=csv, else a workbook."""
    check_doctype(doctype)
    return exported(request, doctype, request.GET.get("_kind") or "xlsx")


def filters_asked(request, names: list[str] | None) -> str:
    """What was asked for, as JSON: the chosen names, or the list's address."""
    return frappe.as_json({"name": ["in", names]} if names else request.GET.dict(), indent=None)


def exported(request, doctype: str, kind: str, names: list[str] | None = None) -> HttpResponse:
    """The list's rows (or the chosen ones) with its columns; values as people read them, numbers as numbers."""
    frappe.has_permission(doctype, "export", throw=True)
    listing = DocumentList(doctype, request.GET)
    rows = listing.query(0, EXPORT_LIMIT, names)
    make_access_log(doctype=doctype, file_type=kind, filters=filters_asked(request, names))
    titles = listing.titles(rows)
    titled = listing.title_field != "name"
    header = [_("ID"), *([_(listing.meta.get_label(listing.title_field))] if titled else [])]
    header += [label_of(df) for df in listing.columns] + [_("Status")]
    table = []
    for row in rows:
        line = [row.name, *([row.get(listing.title_field)] if titled else [])]
        for df in listing.columns:
            value = row.get(df.fieldname)
            if df.fieldtype in ("Currency", "Int", "Float"):
                line.append(value)
            else:
                line.append(titles.get((df.options, value)) or values.show(df, value, row))
        state = indicator(doctype, row)
        table.append([*line, state["label"] if state else ""])
    return table_file(_(doctype), header, table, kind)
