"""The report view of a DocType: chosen columns, filters, groups and sums; kept as a Report of type Report Builder."""

import json

import frappe
from django.contrib import messages as flash
from django.http import HttpResponseRedirect, QueryDict
from django.urls import reverse
from frappe import _
from frappe.core.doctype.access_log.access_log import make_access_log
from frappe.utils import cint, cstr, flt

from benchless.desk import charts, values
from benchless.desk.listing import OPERATORS, DocumentList, label_of
from benchless.desk.render import page
from benchless.desk.sheets import table_file
from benchless.desk.views.lists import EXPORT_LIMIT, check_doctype, is_code, typed_to_filter, views_of

PAGE = 500  # rows on the page; the file has them all
FUNCTIONS = {"count": "Count", "sum": "Sum", "avg": "Average"}
GROUP_COLUMN = "_aggregate_column"  # as Frappe names it
SUMMED = ("Currency", "Int", "Float")


class BuiltReport:
    """What the address, else the kept report, says; every field checked against the user's rights."""

    def __init__(self, doctype: str, args: QueryDict):
        self.doctype = doctype
        self.args = args
        self.listing = DocumentList(doctype, args, columns=[])
        self.meta = self.listing.meta
        self.tables = {
            df.options: df for df in self.meta.get_table_fields() if not cint(df.hidden) and self.listing.layout.can_read(df)
        }
        self.group_by = self.field_of(args.get("_group") or "")
        self.function = args.get("_function") if args.get("_function") in FUNCTIONS else "count"
        self.on = self.field_of(args.get("_on") or "")
        if self.on is None or self.on.fieldtype not in values.NUMBER_TYPES:
            self.on, self.function = None, "count"
        self.totals = bool(cint(args.get("_totals")))
        self.columns = self.read_columns()

    def field_of(self, text: str):
        """The field behind `fieldname` or `Child DocType.fieldname` if the user may read it; else None."""
        doctype, _dot, fieldname = text.rpartition(".")
        if not doctype or doctype == self.doctype:
            df = self.listing.readable(fieldname)
            found = frappe._dict(df if isinstance(df, dict) else df.as_dict()) if df is not None else None
            doctype = self.doctype
        else:
            df = frappe.get_meta(doctype).get_field(fieldname) if doctype in self.tables else None
            found = frappe._dict(df.as_dict()) if df is not None and self.listing.layout.can_read(df) else None
        if found is None or found.fieldtype in (*values.NO_VALUE_TYPES, *values.TABLE_TYPES, "Password"):
            return None
        if found.get("is_virtual"):
            return None
        found.update(doctype_of=doctype, key=fieldname if doctype == self.doctype else f"{doctype}.{fieldname}")
        return found

    def read_columns(self) -> list:
        named = [text for text in (self.args.get("_fields") or "").split(",") if text]
        if not named:
            named = ["name", *[df.fieldname for df in self.meta.fields if cint(df.in_list_view)]]
        found = [df for df in map(self.field_of, dict.fromkeys(named)) if df is not None]
        return found or [self.field_of("name")]

    def choices(self) -> list[dict]:
        """Everything that can be a column, the child tables' fields after the document's own."""
        shown = {df.key for df in self.columns}
        keys = ["name", *[df.fieldname for df in self.meta.fields], "owner", "creation", "modified"]
        keys += [f"{child}.{df.fieldname}" for child in self.tables for df in frappe.get_meta(child).fields]
        found = []
        for key in keys:
            df = self.field_of(key)
            if df is not None and not cint(df.get("hidden")):
                label = label_of(df)
                if df.doctype_of != self.doctype:
                    label = f"{_(self.tables[df.doctype_of].label)}: {label}"
                found.append({"name": key, "label": label, "chosen": key in shown, "number": df.fieldtype in SUMMED})
        return found

    def rows(self, limit: int) -> list[dict]:
        """The rows as {key: value}."""
        if self.group_by is not None:
            return self.grouped()
        asked = self.listing.asked([f"{sql_name(df)} as `c{number}`" for number, df in enumerate(self.columns)])
        shown = frappe.get_list(
            self.doctype,
            fields=asked.fields,
            filters=asked.filters,
            or_filters=asked.or_filters,
            order_by=self.listing.order_by,
            limit_page_length=limit,
        )
        return [{df.key: row.get(f"c{number}") for number, df in enumerate(self.columns)} for row in shown]

    def grouped(self) -> list[dict]:
        function = "count(*)" if self.on is None else f"{self.function}({sql_name(self.on)})"
        asked = self.listing.asked([f"{sql_name(self.group_by)} as `label`", f"{function} as `{GROUP_COLUMN}`"])
        found = frappe.get_list(
            self.doctype,
            fields=asked.fields,
            filters=asked.filters,
            or_filters=asked.or_filters,
            group_by=sql_name(self.group_by),
            order_by=f"`{GROUP_COLUMN}` desc",
            limit_page_length=0,
        )
        return [{self.group_by.key: row.label, GROUP_COLUMN: row[GROUP_COLUMN]} for row in found]

    def shown_columns(self) -> list:
        if self.group_by is None:
            return self.columns
        label = _("Count") if self.on is None else f"{_(FUNCTIONS[self.function])}: {label_of(self.on)}"
        kind = "Int" if self.on is None else self.on.fieldtype if self.function == "sum" else "Float"
        return [self.group_by, frappe._dict(key=GROUP_COLUMN, fieldname=GROUP_COLUMN, label=label, fieldtype=kind)]

    def total_row(self, rows: list[dict]) -> dict | None:
        """Sums of the amounts; only of rows that stand for a document each, so that nothing counts twice."""
        if not self.totals or not rows:
            return None
        several = {df.doctype_of for df in self.columns} - {self.doctype}
        sums = {}
        for df in self.shown_columns():
            own = df.get("doctype_of") == self.doctype
            averages = df.key == GROUP_COLUMN and self.function == "avg"
            if df.fieldtype in SUMMED and not averages and not (several and own and self.group_by is None):
                sums[df.key] = sum(flt(row.get(df.key)) for row in rows)
        return sums

    def settings(self) -> dict:
        """As Frappe keeps a Report Builder's JSON."""
        kept = {
            "filters": self.listing.stored_filters(),
            "fields": [[df.fieldname, df.doctype_of] for df in self.columns],
            "order_by": self.listing.order_by,
            "add_totals_row": int(self.totals),
            "page_length": PAGE,
            "column_widths": {},
            "group_by": None,
        }
        if self.group_by is not None:
            kept["group_by"] = {"group_by": sql_name(self.group_by), "aggregate_function": self.function}
            if self.on is not None:
                kept["group_by"]["aggregate_on"] = sql_name(self.on)
            kept["group_by"]["name"] = self.group_by.fieldname
        return kept


def sql_name(df) -> str:
    return f"`tab{df.doctype_of}`.`{df.fieldname}`"


def address_of(report) -> str:
    """The report view's address that says what a kept Report Builder says."""
    kept = json.loads(report.json or "{}")
    doctype = report.ref_doctype
    pairs = QueryDict(mutable=True)
    pairs.update(QueryDict(charts.as_query(charts.parse_filters(kept.get("filters"), doctype)).lstrip("?")))
    fields = [(f if isinstance(f, (list, tuple)) else [f, doctype]) for f in kept.get("fields") or kept.get("columns") or []]
    names = [name if parent == doctype else f"{parent}.{name}" for name, parent in (f[:2] for f in fields)]
    pairs["_fields"] = ",".join(name for name in names if name != GROUP_COLUMN)
    pairs["_sort"] = plain_order(kept)
    if group := kept.get("group_by"):
        pairs["_group"], pairs["_function"] = plain(group.get("group_by"), doctype), group.get("aggregate_function")
        pairs["_on"] = plain(group.get("aggregate_on"), doctype)
    pairs["_totals"] = "1" if cint(kept.get("add_totals_row")) else ""
    pairs["_name"] = report.name
    for key in [key for key in pairs if not pairs[key]]:
        del pairs[key]
    return reverse("admin:report_builder", args=[doctype]) + "?" + pairs.urlencode()


def plain(text: str | None, doctype: str) -> str:
    """`tabX`.`y` as y (of the report's own DocType) or X.y."""
    parent, _dot, name = cstr(text).replace("`", "").rpartition(".")
    parent = parent.removeprefix("tab")
    return name if parent in ("", doctype) else f"{parent}.{name}"


def plain_order(kept: dict) -> str:
    """The first order of a kept report as `field desc`."""
    if kept.get("sort_by"):
        return f"{kept['sort_by'].rpartition('.')[2]} {kept.get('sort_order') or 'desc'}"
    first = cstr(kept.get("order_by")).split(",")[0].replace("`", "").rpartition(".")[2].split()
    return f"{first[0]} {first[1] if len(first) > 1 else 'asc'}" if first else ""


def report_builder(request, doctype: str):
    check_doctype(doctype)
    frappe.has_permission(doctype, "report", throw=True)
    if request.method == "POST":
        return keep(request, doctype)
    if request.GET.getlist("_column"):  # the column form's boxes become one list
        query = request.GET.copy()
        query["_fields"] = ",".join(query.pop("_column"))
        for key in [key for key in query if not query[key]]:
            del query[key]
        return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")
    if target := typed_to_filter(request, doctype):
        return HttpResponseRedirect(target)
    report = BuiltReport(doctype, request.GET)
    wanted = request.GET.get("_export")
    rows = report.rows(EXPORT_LIMIT if wanted else PAGE + 1)
    columns = report.shown_columns()
    if wanted:
        return export(report, columns, rows, wanted)
    cut = len(rows) > PAGE and report.group_by is None
    shown = rows[:PAGE] if cut else rows
    totals = report.total_row(shown)
    kept = request.GET.get("_name") or ""
    context = {
        "doctype": doctype,
        "columns": [{"label": label_of(df), "key": df.key, "numeric": df.fieldtype in values.NUMBER_TYPES,
                     "order": order_of(report, df)} for df in columns],
        "rows": [cells(report, columns, row) for row in shown],
        "totals": [text_of_total(df, totals) for df in columns] if totals is not None else None,
        "cut": cut,
        "choices": report.choices(),
        "group": request.GET.get("_group", ""),
        "function": report.function,
        "functions": [{"value": key, "label": _(label)} for key, label in FUNCTIONS.items()],
        "on": request.GET.get("_on", ""),
        "with_totals": report.totals,
        "chips": report.listing.chips(set()),
        "filter_choices": report.listing.filter_choices(),
        "operators": [{"value": value, "label": _(label)} for value, label in OPERATORS],
        "kept": kept,
        "may_keep": may_keep(kept),
        "reports": reports_of(doctype),
        "may_export": bool(frappe.has_permission(doctype, "export")),
        "query": request.GET.urlencode(),
        "others": [(key, text) for key in request.GET for text in request.GET.getlist(key) if not key.startswith("_")],
        "views": views_of(doctype, "report", report.listing.filters),
    }  # fmt: skip
    return page(request, "desk/report_builder.html", _(kept) if kept else _(doctype), context, crumbs(doctype, kept))


def crumbs(doctype: str, kept: str) -> list[tuple]:
    return [(_(doctype), reverse("admin:list", args=[doctype]))] if kept else []


def order_of(report: BuiltReport, df) -> dict | None:
    """The order a click on a column asks for; the document's own columns only."""
    if report.group_by is not None or df.get("doctype_of") != report.doctype:
        return None
    field, direction = report.listing.sort
    here = field == df.fieldname
    return {
        "next": f"{df.fieldname} {'desc' if here and direction == 'asc' else 'asc'}",
        "sorted": {"asc": "ascending", "desc": "descending"}[direction] if here else "",
    }


def cells(report: BuiltReport, columns: list, row: dict) -> list[dict]:
    found = []
    for df in columns:
        value = row.get(df.key)
        is_id = df.fieldname == "name" and df.get("doctype_of") == report.doctype
        text = cstr(value) if is_id else values.show(df, value, row)
        url = reverse("admin:form", args=[report.doctype, value]) if is_id and value else ""
        numeric = df.fieldtype in values.NUMBER_TYPES
        found.append({"text": text, "url": url, "numeric": numeric, "code": is_code(text),
                      "negative": numeric and flt(value) < 0})  # fmt: skip
    return found


def text_of_total(df, totals: dict) -> dict:
    numeric = df.fieldtype in values.NUMBER_TYPES
    return {"text": values.show(df, totals[df.key]) if df.key in totals else "", "numeric": numeric}


def export(report: BuiltReport, columns: list, rows: list[dict], kind: str):
    frappe.has_permission(report.doctype, "export", throw=True)
    asked = frappe.as_json(report.args.dict(), indent=None)
    make_access_log(doctype=report.doctype, file_type=kind, report_name=report.args.get("_name"), filters=asked)
    table = []
    for row in rows:
        line = []
        for df in columns:
            value = row.get(df.key)
            plain = df.fieldtype in SUMMED or df.fieldname == "name"
            line.append(value if plain else values.show(df, value, row))
        table.append(line)
    return table_file(report.args.get("_name") or _(report.doctype), [label_of(df) for df in columns], table, kind)


def reports_of(doctype: str) -> list[dict]:
    """The kept reports of this DocType that the user may run."""
    found = []
    filters = {"ref_doctype": doctype, "report_type": "Report Builder", "disabled": 0}
    for name in frappe.get_all("Report", filters=filters, pluck="name", order_by="name"):
        report = frappe.get_cached_doc("Report", name)
        if report.is_permitted():
            found.append({"label": _(name), "link": reverse("admin:report", args=[name])})
    return found


def may_keep(name: str) -> bool:
    """Whether the open report is the user's to change."""
    if not name or not frappe.db.exists("Report", name):
        return False
    report = frappe.get_doc("Report", name)
    return report.report_type == "Report Builder" and report.is_standard != "Yes" and (
        report.owner == frappe.session.user or bool(report.has_permission("write"))
    )


def keep(request, doctype: str):
    """Save what is shown under a name, or delete the kept report."""
    from frappe.desk.reportview import delete_report, save_report

    name = (request.POST.get("report_name") or "").strip()
    if request.POST.get("_action") == "delete":
        delete_report(name)
        flash.success(request, _("Deleted"))
        return HttpResponseRedirect(reverse("admin:report_builder", args=[doctype]))
    if not name:
        frappe.throw(_("Give the report a name"), frappe.MandatoryError)
    report = BuiltReport(doctype, request.GET)
    name = save_report(name, doctype, json.dumps(report.settings(), ensure_ascii=False))
    flash.success(request, _("Report {0} saved").format(name))
    return HttpResponseRedirect(reverse("admin:report", args=[name]))
