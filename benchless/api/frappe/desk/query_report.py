"""Reports: run a Script, Query or Custom Report for a user, shape its answer, export it."""

import datetime
import json
import os

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt, format_duration

NUMERIC = ("Currency", "Int", "Float", "Percent", "Duration")
CELL_TYPES = (
    str, bool, type(None), int, float, datetime.datetime, datetime.date, datetime.time, datetime.timedelta,
)  # fmt: skip


def get_report_doc(report_name: str):
    """The Report (for a Custom Report the one it is made from); throws where the user may not run it."""
    doc = frappe.get_doc("Report", report_name)
    doc.custom_columns, doc.custom_filters = [], []
    if doc.report_type == "Custom Report":
        custom = doc
        while doc.report_type == "Custom Report":
            doc = frappe.get_doc("Report", doc.reference_report)
        saved = json.loads(custom.json or "{}")
        doc.custom_report = report_name
        doc.custom_columns = saved.get("columns")
        doc.custom_filters = saved.get("filters")
        doc.is_custom_report = True

    if not doc.is_permitted():
        frappe.throw(_("You don't have access to Report: {0}").format(_(doc.name)), frappe.PermissionError)
    if not frappe.has_permission(doc.ref_doctype, "report"):
        frappe.throw(
            _("You don't have permission to get a report on: {0}").format(_(doc.ref_doctype)),
            frappe.PermissionError,
        )
    if doc.disabled:
        frappe.throw(_("Report {0} is disabled").format(_(report_name)))
    return doc


@frappe.whitelist()
def run(
    report_name,
    filters=None,
    user=None,
    ignore_prepared_report=False,
    custom_columns=None,
    is_tree=False,
    parent_field=None,
    are_default_filters=True,
) -> dict:
    """Run a report: a dict of columns, result, message, chart, report_summary, skip_total_row, add_total_row.

    Rows are dicts, filtered by the User Permissions of `user` (the session's by default); a total row
    is a list at the end.
    """
    # a report of someone else's rows is only Administrator's to run: the rights are the session's
    user = user if user and frappe.session.user == "Administrator" else frappe.session.user
    filters = frappe.parse_json(filters) if isinstance(filters, str) else filters
    validate_filters_permissions(report_name, filters, user)
    report = get_report_doc(report_name)
    if frappe.utils.sbool(are_default_filters) and report.custom_filters:
        filters = report.custom_filters

    try:
        result = generate_report_result(
            report,
            filters,
            user,
            frappe.parse_json(custom_columns) if custom_columns else None,
            is_tree,
            parent_field,
        )
    except frappe.ValidationError:
        raise
    except Exception:
        frappe.log_error(title="Report Error", reference_doctype="Report", reference_name=report_name)
        raise

    result["add_total_row"] = bool(report.add_total_row and not result.get("skip_total_row"))
    if frappe.utils.sbool(are_default_filters) and report.custom_filters:
        result["custom_filters"] = report.custom_filters
    return result


def generate_report_result(
    report, filters=None, user=None, custom_columns=None, is_tree=False, parent_field=None
) -> dict:
    """Execute the report and shape what it returns."""
    user = user or frappe.session.user
    filters = frappe.parse_json(filters) if isinstance(filters, str) else (filters or {})
    answer = list(get_report_result(report, filters) or [])
    answer += [None] * (6 - len(answer))
    columns, result, message, chart, report_summary, skip_total_row = answer[:6]

    columns = [get_column_as_dict(column) for column in columns or []]
    result = normalize_result(result or [], columns)
    if report.custom_columns:
        columns = [get_column_as_dict(column) for column in report.custom_columns]
    for column in custom_columns or []:
        columns.insert(cint(column.get("insert_after_index")) + 1, get_column_as_dict(column))

    if result:
        result = get_filtered_data(report.ref_doctype, columns, result, user)
    if cint(report.add_total_row) and result and not skip_total_row:
        result = add_total_row(result, columns, is_tree=is_tree, parent_field=parent_field)

    return {
        "result": result,
        "columns": columns,
        "message": message,
        "chart": chart,
        "report_summary": report_summary,
        "skip_total_row": skip_total_row or 0,
        "status": None,
        "execution_time": 0,
    }


def get_report_result(report, filters):
    """What the report's own code answers."""
    if report.report_type == "Query Report":
        return report.execute_query_report(filters)
    if report.report_type == "Script Report":
        return report.execute_script_report(filters)
    frappe.throw(_("Report {0} cannot be run: {1}").format(report.name, report.report_type))


def normalize_result(result, columns) -> list:
    """Rows as dicts, also where the report gives lists."""
    names = [column["fieldname"] for column in columns]
    if result and isinstance(result[0], (list, tuple)):
        return [dict(zip(names, row, strict=False)) for row in result]
    return list(result)


def get_column_as_dict(column) -> frappe._dict:
    """A column from a dict, or from Frappe's shorthand "Label:Type/Options:Width"."""
    if not isinstance(column, str):
        found = frappe._dict(column)
        found.setdefault("fieldname", frappe.scrub(found.get("label") or ""))
        return found

    parts = column.split(":")
    found = frappe._dict(label=parts[0], fieldname=frappe.scrub(parts[0]))
    if len(parts) > 1:
        fieldtype, _slash, options = parts[1].partition("/")
        found.fieldtype = fieldtype or "Data"
        if options:
            found.options = options
    if len(parts) > 2:
        found.width = parts[2]
    return found


def get_columns_dict(columns) -> frappe._dict:
    """Columns by position and by field name."""
    found = frappe._dict()
    for position, column in enumerate(columns):
        column = get_column_as_dict(column)
        found[position] = column
        found[column.fieldname] = column
    return found


# rows that a user's User Permissions allow


def get_filtered_data(ref_doctype, columns, data, user) -> list:
    """The rows whose links the user may see, by User Permissions of every linked DocType, as on Frappe."""
    linked = get_linked_doctypes(columns, data)
    matches = get_user_match_filters(linked, user)
    if not matches:
        return list(data)
    if_owner = _reports_own_only(ref_doctype, user)
    by_key = get_columns_dict(columns)
    return [row for row in data if has_match(row, linked, matches, ref_doctype, if_owner, by_key, user)]


def _reports_own_only(ref_doctype, user) -> bool:
    from frappe.permissions import get_role_permissions

    rights = get_role_permissions(frappe.get_meta(ref_doctype), user)
    return bool((rights.get("if_owner") or {}).get("report"))


def get_linked_doctypes(columns, data) -> dict:
    """{DocType: field name} of the Link columns that hold something; of two to one DocType the last."""
    linked = {
        column.options: column.fieldname
        for column in (get_column_as_dict(c) for c in columns)
        if column.get("fieldtype") == "Link" and column.get("options")
    }
    filled = {key for row in data if isinstance(row, dict) for key, value in row.items() if value}
    return {doctype: key for doctype, key in linked.items() if key in filled}


def get_user_match_filters(doctypes, user) -> dict:
    """{DocType: [{linked DocType: allowed names}]} from the user's User Permissions."""
    from frappe.desk.reportview import build_match_conditions

    found = {doctype: build_match_conditions(doctype, user, False) for doctype in doctypes}
    return {doctype: filters for doctype, filters in found.items() if filters}


def has_match(row, linked, matches, ref_doctype, if_owner, columns, user) -> bool:
    """Whether every DocType's filters accept the row: one of its filter sets must, for each DocType."""
    if not row:
        return True
    for doctype, filter_sets in matches.items():
        if doctype == ref_doctype and if_owner:
            key = linked.get("User")
            if key is not None and row.get(key) == user and key == "owner":
                continue
        if not any(_accepts(row, linked, filters) for filters in filter_sets):
            return False
    return True


def _accepts(row, linked, filters) -> bool:
    for doctype, key in linked.items():
        if doctype == "User" and key == "owner":
            continue
        value = row.get(key)
        if doctype in filters and value not in filters[doctype] and frappe.db.exists(doctype, value):
            return False
    return True


def validate_filters_permissions(report_name, filters=None, user=None) -> None:
    """A Link filter of the Report's own filter table may only name what the user may read or select."""
    if not filters:
        return
    filters = json.loads(filters) if isinstance(filters, str) else filters
    for field in frappe.get_doc("Report", report_name).filters:
        value = filters.get(field.fieldname) if isinstance(filters, dict) else None
        if field.fieldtype != "Link" or not value:
            continue
        if not any(
            frappe.has_permission(field.options, ptype, doc=value, user=user) for ptype in ("read", "select")
        ):
            frappe.throw(
                _("You do not have permission to access {0}: {1}.").format(field.options, value),
                frappe.PermissionError,
            )


# totals


def add_total_row(result, columns, meta=None, is_tree=False, parent_field=None) -> list:
    """Append a row (a list) with the sums of the number columns, the mean of the percent columns."""
    totals = [""] * len(columns)
    for position, column in enumerate(columns):
        df = meta.get_field(column) if meta and isinstance(column, str) else get_column_as_dict(column)
        if not df:
            continue
        cells = [
            _cell(row, position, df.fieldname) for row in result if not (is_tree and row.get(parent_field))
        ]
        fieldtype = df.get("fieldtype") or _number_type(cells)
        if fieldtype in NUMERIC:
            numbers = [cell for cell in cells if flt(cell)]
            if numbers:
                # whole numbers stay whole: money in a float loses its last unit past 2**53
                whole = all(isinstance(cell, int) for cell in numbers)
                totals[position] = sum(numbers) if whole else sum(flt(cell) for cell in numbers)
            if fieldtype == "Percent":
                totals[position] = flt(totals[position]) / len(result)
        elif fieldtype == "Time":
            spans = [cell for cell in cells if cell]
            totals[position] = sum(spans, datetime.timedelta()) if spans else ""
        elif fieldtype == "Link" and df.get("options") == "Currency":
            totals[position] = _cell(result[0], position, df.fieldname)

    first = columns[0] if columns else {}
    if get_column_as_dict(first).get("fieldtype") not in ("Currency", "Int", "Float", "Percent", "Date"):
        totals[0] = _("Total")
    result.append(totals)
    return result


def _cell(row, position, fieldname):
    if isinstance(row, dict):
        return row.get(fieldname)
    return row[position] if position < len(row) else None


def _number_type(cells) -> str | None:
    kinds = {type(cell) for cell in cells if cell is not None}
    return "Float" if float in kinds else "Int" if int in kinds else None


# script and export


@frappe.whitelist()
def get_script(report_name) -> dict:
    """The report's client script (its filters live there), HTML format and filter rows."""
    report = get_report_doc(report_name)
    path = None
    if report.is_standard == "Yes":
        module = report.module or frappe.db.get_value("DocType", report.ref_doctype, "module")
        name = frappe.scrub(report.name)
        path = os.path.join(frappe.get_module_path(module), "report", name, name)
    script = frappe.read_file(path + ".js") if path else None
    return {
        "script": script or report.javascript or f"frappe.query_reports[{json.dumps(report_name)}] = {{}};",
        "html_format": frappe.read_file(path + ".html") if path else None,
        "execution_time": 0,
        "filters": [row.as_dict() for row in report.filters],
        "custom_report_name": report.get("custom_report"),
    }


@frappe.whitelist()
def export_query() -> None:
    """Answer the request with a report as Excel or CSV; needs the right to export its DocType."""
    from frappe.desk.utils import get_csv_bytes, pop_csv_params, provide_binary_file
    from frappe.utils.xlsxutils import make_xlsx

    form = frappe._dict(frappe.local.form_dict)
    csv_params = pop_csv_params(form)
    report_name = form.report_name
    frappe.has_permission(frappe.get_cached_value("Report", report_name, "ref_doctype"), "export", throw=True)

    data = frappe._dict(
        run(
            report_name,
            frappe.parse_json(form.filters) if form.filters else {},
            custom_columns=form.custom_columns,
            are_default_filters=False,
        )
    )
    if not data.columns:
        frappe.throw(_("You can try changing the filters of your report."), title=_("No data to export"))
    data.filters = frappe.parse_json(form.applied_filters) if form.applied_filters else {}
    format_duration_fields(data)
    visible = frappe.parse_json(form.visible_idx) if form.visible_idx else []
    rows, widths = build_xlsx_data(
        data, visible, form.include_indentation, include_filters=form.include_filters
    )

    if form.file_format_type == "CSV":
        provide_binary_file(report_name, "csv", get_csv_bytes(rows, csv_params))
    else:
        provide_binary_file(
            report_name, "xlsx", make_xlsx(rows, "Query Report", column_widths=widths).getvalue()
        )


def format_duration_fields(data) -> None:
    for position, column in enumerate(data.columns):
        if column.get("fieldtype") == "Duration":
            for row in data.result:
                key = column.get("fieldname") if isinstance(row, dict) else position
                if row[key]:
                    row[key] = format_duration(row[key])


def build_xlsx_data(data, visible_idx, include_indentation, include_filters=False, ignore_visible_idx=False):
    """(rows, column widths) of a report's answer: the filters if wanted, the heads, the visible rows."""
    rows = []
    if cint(include_filters):
        for name, value in (data.filters or {}).items():
            if value:
                rows.append(
                    [
                        cstr(name),
                        ", ".join(cstr(v) for v in value) if isinstance(value, list) else cstr(value),
                    ]
                )
        rows.append([])

    shown = [(i, column) for i, column in enumerate(data.columns) if not column.get("hidden")]
    rows.append([_(column.get("label")) for _i, column in shown])
    every = ignore_visible_idx or not visible_idx or len(visible_idx) == len(data.result)
    visible = set(visible_idx or ())
    for number, row in enumerate(data.result):
        if not row or not (every or number in visible):
            continue
        cells = []
        for position, column in shown:
            value = _cell(row, position, column.get("fieldname"))
            value = value if isinstance(value, CELL_TYPES) else cstr(value)
            if cint(include_indentation) and isinstance(row, dict) and "indent" in row and position == 0:
                value = "    " * cint(row["indent"]) + cstr(value)
            cells.append(value)
        rows.append(cells)
    return rows, [cint(column.get("width") or 0) / 10 for _i, column in shown]
