"""Charts of workspaces and reports: the numbers, in the shape frappe-charts draws."""

import json
from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.utils import add_to_date, cint, flt, getdate, nowdate

KINDS = {"Line": "line", "Bar": "bar", "Pie": "pie", "Donut": "donut", "Percentage": "percentage"}
SPANS = {"Last Year": {"years": -1}, "Last Quarter": {"months": -3}, "Last Month": {"months": -1}, "Last Week": {"days": -7}}
GROUPS = 10


def parse_filters(text, doctype: str) -> list:
    """Stored filters as a list of [doctype, field, operator, value]."""
    filters = json.loads(text) if isinstance(text, str) and text.strip() else (text or [])
    if isinstance(filters, dict):
        return [
            [doctype, field, *(value if isinstance(value, list) else ["=", value])] for field, value in filters.items()
        ]
    cleaned = []
    for item in filters:
        item = list(item)
        cleaned.append(item[:4] if len(item) >= 4 else [doctype, *item])
    return cleaned


def filters_of(doc) -> list:
    """A card's or chart's filters, the dynamic ones evaluated."""
    filters = parse_filters(doc.filters_json, doc.document_type)
    for item in parse_filters(doc.get("dynamic_filters_json"), doc.document_type):
        filters.append([*item[:3], dynamic_value(item[3])])
    return filters


def dynamic_value(expression: str):
    """The few expressions dynamic filters hold in practice; anything else is taken as it stands."""
    known = {
        "frappe.datetime.get_today()": nowdate,
        "frappe.datetime.nowdate()": nowdate,
        "frappe.datetime.month_start()": lambda: str(frappe.utils.get_first_day(nowdate())),
        "frappe.datetime.month_end()": lambda: str(frappe.utils.get_last_day(nowdate())),
        "frappe.datetime.year_start()": lambda: str(frappe.utils.get_year_start(nowdate())),
        "frappe.session.user": lambda: frappe.session.user,
    }
    function = known.get(str(expression).strip())
    return function() if function else expression


def as_query(filters) -> str:
    """Filters as a list page's address: ?status=Open&amount=[">",0]."""
    if isinstance(filters, dict):
        filters = [[None, field, *(value if isinstance(value, list) else ["=", value])] for field, value in filters.items()]
    pairs = []
    for doctype, field, operator, value in filters or []:
        if operator == "=" and value in ("", None):
            operator, value = "is", "not set"
        if operator == "=" and not isinstance(value, (list, dict)) and not searched_by_part(doctype, field):
            pairs.append((field, value))
        else:
            pairs.append((field, json.dumps([operator, value], ensure_ascii=False)))
    return "?" + urlencode(pairs) if pairs else ""


def searched_by_part(doctype: str | None, field: str) -> bool:
    """Whether a list takes a plain value of this field as a part of the text: then `=` is spelt out."""
    df = frappe.get_meta(doctype).get_field(field) if doctype else None
    return df is not None and df.fieldtype in ("Data", "Small Text", "Text", "Long Text")


def dashboard_chart(chart, label: str | None = None) -> dict | None:
    """{"label", "config" (for frappe-charts), "empty"} under the user's permissions; None if it is not for them."""
    if chart.get("roles") and frappe.session.user != "Administrator":
        if not {row.role for row in chart.roles} & set(frappe.get_roles()):
            return None
    try:
        if chart.chart_type == "Report":
            data = report_data(chart)
        elif chart.chart_type == "Custom":
            data = custom_data(chart)
        elif not frappe.has_permission(chart.document_type, "read"):
            return None
        elif chart.chart_type == "Group By":
            data = group_data(chart)
        else:
            data = time_data(chart)
    except frappe.PermissionError:
        return None
    kind = data.pop("type", None) or KINDS.get(chart.type, "bar")
    return {"label": _(label or chart.chart_name), **config(data, kind, chart.color)}


def config(data: dict, kind: str, color: str | None = None, colors=None, **more) -> dict:
    """What frappe-charts needs, and whether there is anything to draw."""
    palette = colors or [color or "#0e7490", "#f59e0b", "#10b981", "#6366f1", "#ef4444", "#8b5cf6", "#84cc16", "#64748b"]
    filled = any(flt(v) for dataset in data.get("datasets") or [] for v in dataset.get("values") or [])
    chart = {"data": data, "type": kind, "height": 260, "colors": list(palette), **more}
    return {"config": chart, "empty": not filled, "table": table_of(data)}


def table_of(data: dict) -> dict:
    """The same numbers as a table, for those who cannot see the drawing."""
    from benchless.desk.values import show_number

    datasets = data.get("datasets") or []
    rows = [
        [_(str(label)), *(show_number(d["values"][at]) if at < len(d.get("values") or []) else "" for d in datasets)]
        for at, label in enumerate(data.get("labels") or [])
    ]
    return {"heads": [d.get("name") or "" for d in datasets], "rows": rows}


def function_sql(kind: str, field: str | None, doctype: str) -> str:
    from benchless.desk.workspace import check_readable

    if kind in ("Sum", "Average") and field:
        check_readable(doctype, field)
        return f"{'sum' if kind == 'Sum' else 'avg'}({field})"
    return "count(name)"


def group_data(chart) -> dict:
    """One value for each value of a field: the largest first, but days in their order (the last ones)."""
    from benchless.desk.workspace import check_readable

    field = chart.group_by_based_on
    check_readable(chart.document_type, field)
    aggregate = function_sql(chart.group_by_type, chart.aggregate_function_based_on, chart.document_type)
    df = frappe.get_meta(chart.document_type).get_field(field)
    dated = df is not None and df.fieldtype in ("Date", "Datetime")
    rows = frappe.get_list(
        chart.document_type,
        fields=[f"{field} as label", f"{aggregate} as result"],
        filters=filters_of(chart),
        group_by=field,
        order_by="label desc" if dated else "result desc",
        limit_page_length=cint(chart.number_of_groups) or GROUPS,
    )
    if dated:
        rows.reverse()
    from benchless.desk.values import show

    labels = [(show(df, row.label) if df else row.label) or _("Not set") for row in rows]
    return {"labels": labels, "datasets": [{"name": _(chart.chart_name), "values": [flt(r.result) for r in rows]}]}


def time_data(chart) -> dict:
    """A value per month (or year, quarter, week, day) over the chart's span."""
    end = getdate(chart.to_date) if chart.timespan == "Select Date Range" and chart.to_date else getdate(nowdate())
    if chart.timespan == "Select Date Range" and chart.from_date:
        start = getdate(chart.from_date)
    else:
        start = getdate(add_to_date(end, **SPANS.get(chart.timespan, {"years": -1})))
    based_on = chart.based_on or "creation"
    aggregate = function_sql(chart.chart_type, chart.value_based_on, chart.document_type)
    rows = frappe.get_list(
        chart.document_type,
        fields=[f"{based_on} as moment", f"{aggregate} as result", "count(name) as weight"],
        filters=[
            *filters_of(chart),
            [chart.document_type, based_on, ">=", str(start)],
            [chart.document_type, based_on, "<", str(add_to_date(end, days=1))],
        ],
        group_by=based_on,
        order_by="moment asc",
        limit_page_length=0,
    )
    sums, weights = {}, {}
    for row in rows:
        key = bucket(getdate(row.moment), chart.time_interval)
        weight = cint(row.weight) if chart.chart_type == "Average" else 1
        sums[key] = sums.get(key, 0) + flt(row.result) * weight
        weights[key] = weights.get(key, 0) + weight
    labels = buckets(start, end, chart.time_interval)
    average = chart.chart_type == "Average"
    values = [sums.get(label, 0) / (weights.get(label) or 1) if average else sums.get(label, 0) for label in labels]
    return {"labels": labels, "datasets": [{"name": _(chart.chart_name), "values": values}]}


def bucket(day, interval: str | None) -> str:
    """The label of the time slice a day falls into."""
    if interval == "Yearly":
        return str(day.year)
    if interval == "Quarterly":
        return f"{(day.month + 2) // 3}/{day.year}"
    if interval == "Weekly":
        return add_to_date(day, days=-day.weekday()).strftime("%d/%m/%y")
    if interval == "Daily":
        return day.strftime("%d/%m/%y")
    return day.strftime("%m/%Y")


def buckets(start, end, interval: str | None) -> list[str]:
    """Every slice between two days, in order."""
    labels, day = [], start
    while day <= end:
        label = bucket(day, interval)
        if not labels or labels[-1] != label:
            labels.append(label)
        day = getdate(add_to_date(day, days=1))
    return labels


def report_data(chart) -> dict:
    """A report's own chart, or one of its columns against another."""
    from frappe.desk.query_report import run

    answer = run(chart.report_name, frappe.parse_json(chart.filters_json or "{}"), ignore_prepared_report=True)
    if cint(chart.use_report_chart) or not chart.x_field:
        own = answer.get("chart") or {}
        return {**(own.get("data") or {"labels": [], "datasets": []}), "type": own.get("type")}
    rows = [row for row in answer.get("result") or [] if isinstance(row, dict) and row.get(chart.x_field)]
    labels = {column.get("fieldname"): column.get("label") for column in answer.get("columns") or []}
    return {
        "labels": [str(row.get(chart.x_field)) for row in rows],
        "datasets": [
            {"name": labels.get(y.y_field) or y.y_field, "values": [flt(row.get(y.y_field)) for row in rows]}
            for y in chart.y_axis
        ],
    }


def custom_data(chart) -> dict:
    """A Dashboard Chart Source of an app: its module's `get`."""
    source = frappe.get_doc("Dashboard Chart Source", chart.source)
    app = frappe.db.get_value("Module Def", source.module, "app_name")
    scrubbed = frappe.scrub(source.name)
    method = frappe.get_attr(
        f"{app}.{frappe.scrub(source.module)}.dashboard_chart_source.{scrubbed}.{scrubbed}.get"
    )
    frappe.is_whitelisted(method)
    return frappe.call(method, chart_name=chart.name, filters=frappe.parse_json(chart.filters_json or "{}"))
