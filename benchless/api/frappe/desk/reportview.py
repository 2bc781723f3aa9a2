"""List queries of the desk's clients: frappe.desk.reportview.get and its count; reports kept from the report view."""

import re

import frappe
from frappe import _
from frappe.model import child_table_fields, default_fields, optional_fields

STANDARD_FIELDS = {*default_fields, *child_table_fields, *optional_fields}


def build_match_conditions(doctype, user=None, as_condition=True):
    """What limits a user's rows of a DocType: SQL, or (as_condition=False) [{linked DocType: names}]."""
    from frappe.model.db_query import DatabaseQuery

    match = DatabaseQuery(doctype, user=user).build_match_conditions(as_condition=as_condition)
    return match.replace("%", "%%") if as_condition and match else match


def _arguments() -> frappe._dict:
    form = frappe.local.form_dict
    limit = form.get("page_length") or form.get("limit_page_length") or form.get("limit") or 20
    return validate_args(
        frappe._dict(
            doctype=form.doctype,
            fields=form.fields or ["name"],
            filters=form.filters or [],
            or_filters=form.or_filters or [],
            order_by=form.order_by or None,
            group_by=form.group_by or None,
            limit_start=frappe.utils.cint(form.get("start") or form.get("limit_start")),
            limit_page_length=frappe.utils.cint(limit),
        )
    )


def validate_args(args: frappe._dict) -> frappe._dict:
    """Read JSON in `fields`, `filters` and `or_filters`; refuse what is no JSON (ValidationError) and names that are
    no fields (DataError). Functions and the user's rights are the query's business."""
    for key in ("fields", "filters", "or_filters"):
        try:
            args[key] = frappe.parse_json(args.get(key))
        except (ValueError, RecursionError):
            frappe.throw(_("Invalid request arguments"))
        if not isinstance(args[key], (str, list, tuple, dict, type(None))):
            frappe.throw(_("Invalid request arguments"))
    fields = [args.fields] if isinstance(args.fields, str) else args.fields or []
    for field in fields:
        if isinstance(field, str):
            _check_field(args.doctype, re.split(r"\s+as\s+", field.strip(), flags=re.IGNORECASE)[0])
    for filters in (args.filters, args.or_filters):
        if isinstance(filters, dict):
            filters = [[name, "=", value] for name, value in filters.items()]
        for condition in filters or []:
            if isinstance(condition, (list, tuple)) and len(condition) == 3:
                _check_field(args.doctype, condition[0])
    return args


def _check_field(doctype: str, name) -> None:
    if not isinstance(name, str) or not re.fullmatch(r"\w+", name) or name in STANDARD_FIELDS:
        return
    meta = frappe.get_meta(doctype)
    if not meta.get_field(name) and not meta.issingle:
        frappe.throw(_("Field not permitted in query") + f": {name}", frappe.DataError)


@frappe.whitelist()
def get_list():
    """Rows (dicts) of the request's doctype, fields, filters, order and page."""
    return frappe.get_list(**{key: value for key, value in _arguments().items() if value not in (None, [])})


@frappe.whitelist()
def get() -> dict | list:
    """The same as {"keys": […], "values": [[…]]}, which is smaller to send; [] where there are none."""
    rows = get_list()
    if not rows:
        return []
    keys = list(rows[0])
    return {"keys": keys, "values": [[row.get(key) for key in keys] for row in rows], "user_info": {}}


@frappe.whitelist()
def get_count() -> int:
    """How many rows the user may see."""
    args = _arguments()
    rows = frappe.get_list(
        args.doctype,
        filters=args.filters,
        or_filters=args.or_filters,
        fields=[f"count(distinct `tab{args.doctype}`.`name`) as total_count"],
        limit_page_length=1,
    )
    return rows[0].total_count if rows else 0


@frappe.whitelist()
def export_query() -> None:
    """Answer the request with the rows of a report view as Excel or CSV; needs the right to export its DocType."""
    from frappe.core.doctype.access_log.access_log import make_access_log
    from frappe.desk.utils import get_csv_bytes, pop_csv_params, provide_binary_file
    from frappe.utils.xlsxutils import make_xlsx

    form = frappe._dict(frappe.local.form_dict)
    csv_params, args = pop_csv_params(form), _arguments()
    frappe.has_permission(args.doctype, "export", throw=True)
    if form.selected_items:
        args.filters = {"name": ("in", frappe.parse_json(form.selected_items))}
    make_access_log(
        doctype=args.doctype, file_type=form.file_format_type, report_name=form.report_name, filters=args.filters
    )
    rows = frappe.get_list(**{**{k: v for k, v in args.items() if v not in (None, [])}, "limit_page_length": 0})
    keys = list(rows[0]) if rows else []
    data = [[_("Sr"), *(_(frappe.get_meta(args.doctype).get_label(key)) for key in keys)]]
    data += [[number, *(row[key] for key in keys)] for number, row in enumerate(rows, 1)]
    title = form.title or args.doctype
    if form.file_format_type == "CSV":
        provide_binary_file(title, "csv", get_csv_bytes(data, csv_params))
    else:
        provide_binary_file(title, "xlsx", make_xlsx(data, args.doctype).getvalue())


@frappe.whitelist()
def save_report(name: str, doctype: str, report_settings: str) -> str:
    """Keep the report view's columns, filters and order (JSON) as a Report of type Report Builder; its name."""
    frappe.has_permission(doctype, "report", throw=True)
    if frappe.db.exists("Report", name):
        report = frappe.get_doc("Report", name)
        _check_may_change(report, "write")
    else:
        report = frappe.new_doc("Report")
        report.report_name = name
        report.ref_doctype = doctype
    report.report_type = "Report Builder"
    report.json = report_settings
    report.save(ignore_permissions=True)
    return report.name


@frappe.whitelist()
def delete_report(name: str) -> None:
    """Delete a report that was kept from the report view."""
    report = frappe.get_doc("Report", name)
    _check_may_change(report, "delete")
    report.delete(ignore_permissions=True)


def _check_may_change(report, right: str) -> None:
    """Only Report Builder reports of the site; its owner may, and who has the right on reports."""
    if report.is_standard == "Yes":
        frappe.throw(_("Standard Reports cannot be edited"))
    if report.report_type != "Report Builder":
        frappe.throw(_("Only reports of type Report Builder can be edited"))
    if report.owner != frappe.session.user and not report.has_permission(right):
        frappe.throw(_("Insufficient Permissions for editing Report"), frappe.PermissionError)


@frappe.whitelist()
def delete_items() -> None:
    """Delete the request's `items` (a JSON list of names); those that cannot go stay."""
    delete_bulk(frappe.form_dict.doctype, sorted(frappe.parse_json(frappe.form_dict["items"]), reverse=True))


def delete_bulk(doctype: str, items: list[str]) -> None:
    """Delete documents one by one; says which ones are left."""
    left = []
    for name in items:
        try:
            frappe.delete_doc(doctype, name)
            frappe.db.commit()
        except frappe.ValidationError:
            left.append(name)
            frappe.db.rollback()
    if left:
        frappe.clear_messages()
        frappe.msgprint(_("The following items could not be deleted: {0}").format(", ".join(left)))
