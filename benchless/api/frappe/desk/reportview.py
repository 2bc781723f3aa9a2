"""List queries of the desk's clients: frappe.desk.reportview.get and its count."""

import frappe


def build_match_conditions(doctype, user=None, as_condition=True):
    """What limits a user's rows of a DocType: SQL, or (as_condition=False) [{linked DocType: names}]."""
    from frappe.model.db_query import DatabaseQuery

    match = DatabaseQuery(doctype, user=user).build_match_conditions(as_condition=as_condition)
    return match.replace("%", "%%") if as_condition and match else match


def _arguments() -> frappe._dict:
    form = frappe.local.form_dict
    limit = form.get("page_length") or form.get("limit_page_length") or form.get("limit") or 20
    return frappe._dict(
        doctype=form.doctype,
        fields=frappe.parse_json(form.fields) if form.fields else ["name"],
        filters=frappe.parse_json(form.filters) if form.filters else [],
        or_filters=frappe.parse_json(form.or_filters) if form.or_filters else [],
        order_by=form.order_by or None,
        group_by=form.group_by or None,
        limit_start=frappe.utils.cint(form.get("start") or form.get("limit_start")),
        limit_page_length=frappe.utils.cint(limit),
    )


@frappe.whitelist()
def get_list():
    """Rows (dicts) of the request's doctype, fields, filters, order and page."""
    return frappe.get_list(**{key: value for key, value in _arguments().items() if value not in (None, [])})


@frappe.whitelist()
def get() -> dict:
    """The same as {"keys": […], "values": [[…]]}, which is smaller to send."""
    rows = get_list()
    if not rows:
        return {"keys": [], "values": []}
    keys = list(rows[0])
    return {"keys": keys, "values": [[row.get(key) for key in keys] for row in rows]}


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
