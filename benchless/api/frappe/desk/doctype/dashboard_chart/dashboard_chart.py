"""Dashboard Chart: labels and values of a chart, over what the session's user may read."""

import datetime

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, get_datetime, getdate, now_datetime

FUNCTIONS = {"Sum": "SUM", "Count": "COUNT", "Average": "AVG"}
TIMESPANS = {"Last Year": {"years": -1}, "Last Quarter": {"months": -3}, "Last Month": {"months": -1},
             "Last Week": {"weeks": -1}}  # fmt: skip


class DashboardChart(Document):
    def validate(self):
        if self.chart_type in ("Count", "Sum", "Average") and not (self.document_type and self.based_on):
            frappe.throw(_("Time series based on is required to create a dashboard chart"))
        if self.chart_type == "Group By" and not (self.document_type and self.group_by_based_on):
            frappe.throw(_("Group By field is required to create a dashboard chart"))
        if self.chart_type == "Report" and not self.report_name:
            frappe.throw(_("Report is required to create a dashboard chart"))


@frappe.whitelist()
def get(
    chart_name=None,
    chart=None,
    no_cache=None,
    filters=None,
    from_date=None,
    to_date=None,
    timespan=None,
    time_interval=None,
    heatmap_year=None,
    refresh=None,
):
    """{"labels", "datasets": [{"name", "values"}]} of a chart; of a Report chart the report's own chart or
    its y-axis fields, of a Custom chart what its source's `get` returns."""
    chart = (
        frappe.get_doc("Dashboard Chart", chart_name)
        if chart_name
        else frappe._dict(frappe.parse_json(chart))
    )
    filters = frappe.parse_json(filters) if filters else frappe.parse_json(chart.filters_json or "[]")

    if chart.chart_type == "Custom":
        return _from_source(chart, filters)
    if chart.chart_type == "Report":
        return _from_report(chart, filters)

    filters = list(filters or [])
    filters.append([chart.document_type, "docstatus", "<", 2])
    if chart.chart_type == "Group By":
        return _grouped(chart, filters)
    return _series(
        chart, filters, timespan or chart.timespan, time_interval or chart.time_interval, from_date, to_date
    )


def _field(doctype: str, fieldname: str) -> str:
    """The field's name, which goes into SQL, so it must be one of the DocType's."""
    if fieldname in ("creation", "modified", "owner", "name", "docstatus") or frappe.get_meta(
        doctype
    ).get_field(fieldname):
        return fieldname
    frappe.throw(_("{0} is not a field of {1}").format(fieldname, doctype))


def _from_source(chart, filters):
    from frappe.modules import get_module_app

    source = frappe.get_doc("Dashboard Chart Source", chart.source)
    name = frappe.scrub(source.name)
    module = frappe.scrub(source.module)
    path = f"{get_module_app(source.module)}.{module}.dashboard_chart_source.{name}.{name}.get"
    method = frappe.get_attr(path)
    frappe.is_whitelisted(method)
    return frappe.call(method, chart_name=chart.name, chart=chart, filters=filters, no_cache=1)


def _from_report(chart, filters) -> dict:
    from frappe.desk.query_report import run

    answer = run(chart.report_name, filters if isinstance(filters, dict) else {})
    if cint(chart.use_report_chart):
        return (answer.get("chart") or {}).get("data") or {"labels": [], "datasets": []}
    rows = [row for row in answer["result"] if isinstance(row, dict)]
    labels = {column.fieldname: column.label for column in answer["columns"]}
    return {
        "labels": [row.get(chart.x_field) for row in rows],
        "datasets": [
            {
                "name": labels.get(axis.y_field, axis.y_field),
                "values": [flt(row.get(axis.y_field)) for row in rows],
            }
            for axis in chart.y_axis
        ],
    }


def _grouped(chart, filters) -> dict:
    doctype = chart.document_type
    group = _field(doctype, chart.group_by_based_on)
    function = FUNCTIONS[chart.group_by_type or "Count"]
    value = "1" if function == "COUNT" else _field(doctype, chart.aggregate_function_based_on)
    rows = frappe.get_list(
        doctype,
        fields=[f"{group} as name", f"{function}({value}) as count"],
        filters=filters,
        group_by=group,
        order_by="count desc",
        limit_page_length=0,
        parent_doctype=chart.parent_document_type,
    )
    return {
        "labels": [row.name or _("Not Specified") for row in rows],
        "datasets": [{"name": chart.name, "values": [row["count"] for row in rows]}],
    }


def _series(chart, filters, timespan, interval, from_date, to_date) -> dict:
    doctype = chart.document_type
    datefield = _field(doctype, chart.based_on)
    value = _field(doctype, chart.value_based_on) if chart.value_based_on else "1"
    if timespan == "Select Date Range":
        from_date, to_date = from_date or chart.from_date, to_date or chart.to_date
    end = get_datetime(to_date) if to_date else now_datetime()
    start = (
        getdate(from_date)
        if from_date
        else getdate(frappe.utils.add_to_date(end, **TIMESPANS.get(timespan, {"years": -1})))
    )
    start = period_start(start, interval)

    filters += [[doctype, datefield, ">=", start], [doctype, datefield, "<=", end]]
    rows = frappe.get_list(
        doctype,
        fields=[f"{datefield} as day", f"SUM({value}) as total", "COUNT(*) as number"],
        filters=filters,
        group_by=datefield,
        order_by=datefield,
        limit_page_length=0,
        parent_doctype=chart.parent_document_type,
    )
    periods = {day: [0, 0] for day in _periods(start, getdate(end), interval)}
    for row in rows:
        bucket = periods.get(period_start(getdate(row.day), interval))
        if bucket is not None:
            bucket[0] += flt(row.total)
            bucket[1] += row.number
    choose = {
        "Count": lambda total, number: number,
        "Average": lambda total, number: total / number if number else 0,
    }.get(chart.chart_type, lambda total, number: total)
    return {
        "labels": [period_label(day, interval) for day in periods],
        "datasets": [{"name": chart.name, "values": [choose(*bucket) for bucket in periods.values()]}],
    }


def _periods(start, end, interval):
    day = start
    while day <= end:
        yield day
        steps = {
            "Daily": {"days": 1},
            "Weekly": {"days": 7},
            "Quarterly": {"months": 3},
            "Yearly": {"years": 1},
        }
        day = getdate(frappe.utils.add_to_date(day, **steps.get(interval, {"months": 1})))


def period_start(day: datetime.date, interval: str) -> datetime.date:
    """The first day of the period that a day lies in; a week begins on Monday."""
    if interval == "Daily":
        return day
    if interval == "Weekly":
        return day - datetime.timedelta(days=day.weekday())
    if interval == "Quarterly":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    if interval == "Yearly":
        return day.replace(month=1, day=1)
    return day.replace(day=1)


def period_label(day: datetime.date, interval: str) -> str:
    """How an axis names a period."""
    if interval in ("Daily", "Weekly"):
        return frappe.utils.formatdate(day)
    if interval == "Yearly":
        return str(day.year)
    if interval == "Quarterly":
        return f"{_('Quarter')} {(day.month - 1) // 3 + 1} {day.year}"
    return f"{day.month:02d}/{day.year}"


def has_permission(doc, ptype=None, user=None, debug=False) -> bool:
    """A chart is seen by its roles, else by those who may read what it shows."""
    if ptype not in (None, "read", "select"):
        return True
    if doc.roles:
        return bool({row.role for row in doc.roles}.intersection(frappe.get_roles(user)))
    if doc.chart_type == "Report":
        return bool(doc.report_name) and frappe.get_doc("Report", doc.report_name).is_permitted()
    return not doc.document_type or bool(frappe.has_permission(doc.document_type, "read", user=user))
