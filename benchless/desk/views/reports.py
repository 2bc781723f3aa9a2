"""A report: its filters, summary, chart and table; as XLSX and as PDF."""

import html

import frappe
from django.http import HttpResponseRedirect
from django.urls import reverse
from frappe import _
from frappe.utils import cint, cstr, flt, now_datetime

from benchless.desk import charts, messages, values
from benchless.desk.layout import select_options
from benchless.desk.render import page
from benchless.desk.sheets import table_file
from benchless.desk.views.lists import is_code
from benchless.desk.views.report_builder import address_of
from benchless.rest.responses import build_response, download

SHOWN_ROWS = 1000  # the page stays usable; the workbook has them all
NUMBERS = ("Currency", "Int", "Float", "Percent")
EXPORT = "frappe.desk.query_report.export_query"


def report(request, name: str):
    if not frappe.db.exists("Report", name):
        raise frappe.DoesNotExistError(_("Report {0} not found").format(name))
    doc = frappe.get_doc("Report", name)
    if cint(doc.disabled) or not doc.is_permitted():
        raise frappe.PermissionError
    frappe.has_permission(doc.ref_doctype, "report", throw=True)
    if doc.report_type == "Report Builder":
        return HttpResponseRedirect(address_of(doc))

    fields = filter_fields(doc, request)
    filters = {field["name"]: field["parsed"] for field in fields if field["parsed"] not in (None, "")}
    missing = [field["label"] for field in fields if field["required"] and field["parsed"] in (None, "")]
    if request.GET.get("_export") == "xlsx" and not missing and _stands_in():
        return exported_by_app(name, filters)
    answer, items = {}, []
    if not missing:
        try:
            answer = run_report(name, filters)
        except frappe.ValidationError as error:
            items = messages.of_error(error)
            messages.forget()
    wanted = request.GET.get("_export")
    if wanted and not missing and not items:
        return export(doc, answer, fields, wanted)
    columns = [read_column(column) for column in answer.get("columns") or []]
    columns = [column for column in columns if not column["hidden"]]
    rows, links = answer.get("result") or [], LinkCells()
    context = {
        "report": doc,
        "fields": fields,
        "missing": missing,
        "items": [*items, *messages.collected()],
        "columns": columns,
        "rows": [show_row(row, columns, links) for row in rows[:SHOWN_ROWS]],
        "total": len(rows),
        "left_out": max(0, len(rows) - SHOWN_ROWS),
        "note": values.clean_html(report_message(answer.get("message"))),
        "summary": [show_summary(item) for item in answer.get("report_summary") or []],
        "chart": show_chart(answer.get("chart")),
        "ran": bool(answer),
        "may_export": bool(frappe.has_permission(doc.ref_doctype, "export")),
        "may_print": bool(frappe.has_permission(doc.ref_doctype, "print")),
        "query": request.GET.urlencode(),
    }
    return page(request, "desk/report.html", _(name), context)


def _stands_in() -> bool:
    return EXPORT in (frappe.get_hooks("override_whitelisted_methods") or {})


def exported_by_app(name: str, filters: dict):
    """The workbook that an app's stand-in for Frappe's export method makes, asked as a bench's desk asks it."""
    from frappe.handler import execute_cmd

    frappe.local.form_dict = frappe._dict(
        cmd=EXPORT, report_name=name, filters=frappe.as_json(filters), file_format_type="Excel"
    )
    answer = execute_cmd(EXPORT)
    if answer is not None:
        frappe.response["message"] = answer
    return build_response()


def run_report(name: str, filters: dict) -> dict:
    from frappe.desk.query_report import run

    return run(name, filters, ignore_prepared_report=True, are_default_filters=False)


def filter_fields(doc, request) -> list[dict]:
    """The report's filters (its `filters` rows) with what the address, else their default, says."""
    fields = []
    first_time = not any(not key.startswith("_") for key in request.GET)
    for row in doc.filters or []:
        df = frappe._dict(
            fieldname=row.fieldname, fieldtype=row.fieldtype, options=row.options, label=row.label, reqd=row.mandatory
        )
        text = request.GET.get(row.fieldname)
        if text is None:
            text = default_of(row) if first_time else ("0" if row.fieldtype == "Check" else "")
        parsed = values.read(df, text) if text not in (None, "") else None
        item = {
            "name": row.fieldname,
            "label": _(row.label or row.fieldname),
            "required": cint(row.mandatory),
            "value": values.for_input(df, parsed),
            "display": values.show(df, parsed) if parsed is not None else "",
            "parsed": parsed,
            "widget": {
                "Select": "select", "Link": "link", "Date": "date", "Check": "check", "Int": "number",
                "Currency": "number", "Float": "decimal", "Datetime": "datetime", "Dynamic Link": "text",
            }.get(row.fieldtype, "text"),
            "doctype": row.options if row.fieldtype == "Link" else "",
            "parent": "",
        }  # fmt: skip
        if row.fieldtype == "Select":
            item["options"] = select_options(df, item["value"])
        fields.append(item)
    return fields


def default_of(row) -> str:
    """A filter's default; `Today`, `user` and month boundaries as Frappe's forms know them."""
    text = cstr(row.default)
    if row.fieldtype in ("Date", "Datetime") and text.lower() in ("today", "now"):
        return cstr(frappe.utils.nowdate())
    if text == "__user":
        return frappe.session.user
    if row.fieldtype == "Link" and not text:
        return cstr(frappe.defaults.get_user_default(row.options) or "") if hasattr(frappe, "defaults") else ""
    return text


def read_column(column) -> dict:
    """A column definition, a dict or `Label:Type/Options:Width`, as a dict."""
    if isinstance(column, str):
        label, kind, _width = [*column.split(":"), "", ""][:3]
        fieldtype, _slash, options = (kind or "Data").partition("/")
        column = {"label": label, "fieldname": frappe.scrub(label), "fieldtype": fieldtype, "options": options}
    fieldtype = column.get("fieldtype") or "Data"
    return {
        "label": _(column.get("label") or ""),
        "fieldname": column.get("fieldname") or frappe.scrub(column.get("label") or ""),
        "fieldtype": fieldtype,
        "options": column.get("options"),
        "numeric": fieldtype in NUMBERS or column.get("align") == "right",
        "hidden": cint(column.get("hidden")),
        "precision": column.get("precision"),
    }


def cells_of(row, columns: list[dict]) -> list:
    if isinstance(row, dict):
        return [row.get(column["fieldname"]) for column in columns]
    return [row[index] if index < len(row) else None for index in range(len(columns))]


class LinkCells:
    """Addresses and titles of linked documents, each asked for once in a report."""

    def __init__(self):
        self.may_open = {}
        self.titles = {}

    def address(self, doctype: str, name: str) -> str:
        if doctype not in self.may_open:
            self.may_open[doctype] = bool(frappe.db.exists("DocType", doctype)) and bool(
                frappe.has_permission(doctype, "read")
            )
        return reverse("admin:form", args=[doctype, name]) if self.may_open[doctype] else ""

    def title(self, doctype: str, name: str) -> str:
        if (doctype, name) not in self.titles:
            self.titles[(doctype, name)] = values.link_title(doctype, name)
        return self.titles[(doctype, name)]


def show_row(row, columns: list[dict], links: LinkCells) -> dict:
    """A result row as cells of text, links where a column is a Link; bold and indent as the report says."""
    cells = []
    raw = cells_of(row, columns)
    details = row if isinstance(row, dict) else {}
    total = bool(raw) and cstr(raw[0]).strip("'") in (_("Total"), "Total")
    for column, value in zip(columns, raw, strict=True):
        precision = column["precision"]  # a column that says its digits lines them up
        df = frappe._dict(fieldtype=column["fieldtype"], options=column["options"], precision=precision, fixed=bool(precision))
        url = ""
        if column["fieldtype"] == "Link" and value and isinstance(value, str) and column["options"] and not total:
            url = links.address(column["options"], value)
            text = links.title(column["options"], value) if url else cstr(value)
        elif column["fieldtype"] == "Link" or (
            column["fieldtype"] in NUMBERS and not isinstance(value, (int, float))
        ):
            text = cstr(value)
        else:
            text = values.show(df, value)
        if column["fieldtype"] == "Data" and "<" in text:
            text = values.strip_tags(text)
        shown = {"text": text, "url": url, "code": is_code(text), "long": len(text) > 24, "numeric": column["numeric"]}
        cells.append({**shown, "negative": is_negative(value)})
    return {"cells": cells, "bold": bool(details.get("bold")) or total, "indent": range(cint(details.get("indent")))}


def is_negative(value) -> bool:
    return isinstance(value, (int, float)) and value < 0


def report_message(message) -> str:
    if isinstance(message, (list, tuple)):
        return "<br>".join(cstr(line) for line in message)
    return cstr(message)


def show_summary(item: dict) -> dict:
    df = frappe._dict(fieldtype=item.get("datatype") or "Data", options=None, precision=None)
    value = item.get("value")
    text = values.show(df, value) if value not in (None, "") else "0"
    return {"label": _(item.get("label") or ""), "text": text, "color": (item.get("indicator") or "").lower()}


def show_chart(chart: dict | None) -> dict | None:
    if not chart or not chart.get("data"):
        return None
    more = {key: chart[key] for key in ("barOptions", "lineOptions", "axisOptions") if chart.get(key)}
    found = charts.config(chart["data"], chart.get("type") or "bar", colors=chart.get("colors"), **more)
    return None if found["empty"] else found


def export(doc, answer: dict, fields: list[dict], kind: str):
    """The report as a workbook, or as a page of paper."""
    columns = [column for column in map(read_column, answer.get("columns") or []) if not column["hidden"]]
    rows = answer.get("result") or []
    if kind in ("xlsx", "csv"):
        frappe.has_permission(doc.ref_doctype, "export", throw=True)
        table = []
        for row in rows:
            line = []
            for column, value in zip(columns, cells_of(row, columns), strict=True):
                df = frappe._dict(fieldtype=column["fieldtype"], options=column["options"], precision=None)
                number = column["fieldtype"] in NUMBERS and isinstance(value, (int, float))
                line.append(flt(value) if number else values.show(df, value) if column["fieldtype"] == "Date" else value)
            table.append(line)
        return table_file(_(doc.name), [column["label"] for column in columns], table, kind)
    frappe.has_permission(doc.ref_doctype, "print", throw=True)
    from frappe.utils.pdf import get_pdf

    return download(get_pdf(paper(doc, columns, rows, fields)), f"{_(doc.name)}.pdf", "application/pdf", "inline")


def paper(doc, columns: list[dict], rows: list, fields: list[dict]) -> str:
    """The report as HTML for print: title, filters, table, time."""
    links = LinkCells()
    shown = [show_row(row, columns, links) for row in rows]
    head = "".join(f"<th>{html.escape(column['label'])}</th>" for column in columns)
    body = []
    for row in shown:
        cells = "".join(
            f"<td{' class=n' if cell['numeric'] else ''}>{html.escape(cell['text'])}</td>" for cell in row["cells"]
        )
        body.append(f"<tr{' class=b' if row['bold'] else ''}>{cells}</tr>")
    chosen = "; ".join(f"{field['label']}: {field['display']}" for field in fields if field["display"])
    moment = values.show_moment(now_datetime())
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><style>'
        "@page { size: A4 landscape; margin: 12mm } body { font-family: 'Noto Serif', 'DejaVu Serif', serif; "
        "font-size: 9pt } h1 { font-size: 14pt; margin: 0 0 2mm } p { margin: 0 0 3mm; color: #333 } "
        "table { border-collapse: collapse; width: 100% } th, td { border: 0.5pt solid #555; padding: 1mm 1.5mm; "
        "vertical-align: top } th { background: #eee; text-align: left } .n { text-align: right; white-space: nowrap } "
        ".b td { font-weight: bold } thead { display: table-header-group }"
        f"</style></head><body><h1>{html.escape(_(doc.name))}</h1><p>{html.escape(chosen)}<br>{html.escape(moment)}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></body></html>"
    )
