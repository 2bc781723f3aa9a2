"""Workspaces: which ones a user sees, and what stands on one (cards, shortcuts, links, charts)."""

import json

import frappe
from django.urls import reverse
from frappe import _
from frappe.utils import cint, flt

from benchless.desk import charts
from benchless.desk.values import group_digits, show_number, strip_tags

AGGREGATES = {"Sum": "sum", "Average": "avg", "Minimum": "min", "Maximum": "max"}


def allowed_workspaces() -> list:
    """Public workspaces of the user's roles, and the user's own, in their order. Asked for once a request."""
    cached = getattr(frappe.local, "desk_workspaces", None)
    if cached is not None:
        return cached
    roles = set(frappe.get_roles())
    rows = frappe.get_all(
        "Workspace",
        fields=["name", "title", "icon", "public", "for_user", "is_hidden", "sequence_id", "parent_page"],
        order_by="sequence_id asc, name asc",
    )
    needed = {}
    for row in frappe.get_all(
        "Has Role", filters={"parenttype": "Workspace"}, fields=["parent", "role"], ignore_permissions=True
    ):
        needed.setdefault(row.parent, set()).add(row.role)
    allowed = []
    for row in rows:
        mine = row.for_user == frappe.session.user
        if cint(row.is_hidden) or not (mine or cint(row.public)):
            continue
        wanted = needed.get(row.name)
        if wanted and not wanted & roles and frappe.session.user != "Administrator":
            continue
        allowed.append(row)
    frappe.local.desk_workspaces = allowed
    return allowed


def listable_doctypes() -> list[str]:
    """DocTypes whose list this user may open."""
    rows = frappe.get_all("DocType", filters={"istable": 0, "issingle": 0}, pluck="name", order_by="name")
    return [name for name in rows if frappe.has_permission(name, "read")]


def contents(workspace) -> list[dict]:
    """The workspace's blocks in its order, each ready to show; what the user may not see is left out."""
    blocks = json.loads(workspace.content or "[]")
    if not blocks:
        blocks = default_blocks(workspace)
    cards = link_cards(workspace)
    shown = []
    for block in blocks:
        data, kind = block.get("data") or {}, block.get("type")
        item = {"kind": kind, "col": cint(data.get("col")) or 12}
        if kind in ("header", "paragraph"):
            item["text"] = _(strip_tags(data.get("text") or ""))
            keep = bool(item["text"])
        elif kind == "number_card":
            keep = item["card"] = number_card(find(workspace.number_cards, data.get("number_card_name")))
        elif kind == "shortcut":
            keep = item["shortcut"] = shortcut(find(workspace.shortcuts, data.get("shortcut_name")))
        elif kind == "chart":
            keep = item["chart"] = chart_block(find(workspace.charts, data.get("chart_name")))
        elif kind == "card":
            keep = item["links"] = cards.get(data.get("card_name"))
            item["title"] = _(data.get("card_name") or "")
        elif kind == "quick_list":
            keep = item["quick"] = quick_list(find(workspace.quick_lists, data.get("quick_list_name")))
        else:
            keep = kind == "spacer"
        if keep:
            shown.append(item)
    return without_empty_headers(shown)


def without_empty_headers(blocks: list[dict]) -> list[dict]:
    """A heading whose whole part is not for this user is left out too."""
    kept = []
    for position, block in enumerate(blocks):
        if block["kind"] == "header":
            following = next((b for b in blocks[position + 1 :] if b["kind"] != "spacer"), None)
            if following is None or following["kind"] == "header":
                continue
        kept.append(block)
    return kept


def default_blocks(workspace) -> list[dict]:
    """A workspace without a layout shows everything it has."""
    blocks = [{"type": "number_card", "data": {"number_card_name": c.label, "col": 4}} for c in workspace.number_cards]
    blocks += [{"type": "shortcut", "data": {"shortcut_name": s.label, "col": 3}} for s in workspace.shortcuts]
    blocks += [{"type": "chart", "data": {"chart_name": c.label, "col": 12}} for c in workspace.charts]
    blocks += [
        {"type": "card", "data": {"card_name": link.label, "col": 4}}
        for link in workspace.links
        if link.type == "Card Break"
    ]
    return blocks


def find(rows, label):
    """The child row a block names (by label, or by what it stands for)."""
    for row in rows or []:
        if label in (row.get("label"), row.get("number_card_name"), row.get("chart_name"), row.get("name")):
            return row
    return None


def known(doctype: str, name: str | None):
    """A definition (a Report, a card) as this process keeps it, None where there is none; a page asks for dozens."""
    if not name:
        return None
    try:
        return frappe.get_meta(name) if doctype == "DocType" else frappe.get_cached_doc(doctype, name)
    except frappe.DoesNotExistError:
        frappe.clear_last_message()
        return None


def number_card(row) -> dict | None:
    """A counted or summed figure under the user's own permissions; None if it is not for them."""
    card = known("Number Card", row and (row.get("number_card_name") or row.get("label")))
    if card is None:
        return None
    result = {"label": _(row.get("label") or card.label or card.name), "color": safe_color(card.color), "link": None}
    try:
        if card.type == "Report":
            return {**result, **report_card(card)}
        if card.type == "Custom":
            return {**result, **custom_card(card)}
        if not frappe.has_permission(card.document_type, "read"):
            return None
        filters = charts.filters_of(card)
        function = card.function or "Count"
        if function == "Count":
            value = count(card.document_type, filters)
        else:
            field = card.aggregate_function_based_on
            check_readable(card.document_type, field)
            rows = frappe.get_list(
                card.document_type, fields=[f"{AGGREGATES[function]}({field}) as result"], filters=filters
            )
            value = flt(rows[0].result) if rows else 0
        result["value"] = show_number(value)
        result["link"] = reverse("admin:list", args=[card.document_type]) + charts.as_query(filters)
    except frappe.PermissionError:
        return None
    return result


def check_readable(doctype: str, fieldname: str) -> None:
    """Sums must not tell what the form hides (fields above the user's permission level)."""
    meta = frappe.get_meta(doctype)
    field = meta.get_field(fieldname)
    if field and cint(field.permlevel) and cint(field.permlevel) not in meta.get_permlevel_access("read"):
        raise frappe.PermissionError


def count(doctype: str, filters) -> int:
    rows = frappe.get_list(doctype, fields=["count(name) as result"], filters=filters, order_by=None)
    return cint(rows[0].result) if rows else 0


def custom_card(card) -> dict:
    """A figure from the app's own method: {value, fieldtype, route, route_options}."""
    method = frappe.get_attr(card.method)
    frappe.is_whitelisted(method)
    answer = frappe.call(method, filters=frappe.parse_json(card.filters_json or "{}"))
    if not isinstance(answer, dict):
        answer = {"value": answer}
    value = answer.get("value")
    link = None
    if answer.get("route"):
        link = "/app/" + "/".join(str(part) for part in answer["route"])
        link += charts.as_query(answer.get("route_options") or {})
    return {"value": show_number(value) if isinstance(value, (int, float)) else str(value or ""), "link": link}


def report_card(card) -> dict:
    """A figure from one column of a report."""
    from frappe.desk.query_report import run

    answer = run(card.report_name, frappe.parse_json(card.filters_json or "{}"), ignore_prepared_report=True)
    numbers = [flt(row.get(card.report_field)) for row in answer.get("result") or [] if isinstance(row, dict)]
    functions = {"Sum": sum, "Minimum": min, "Maximum": max, "Average": lambda found: sum(found) / len(found)}
    value = functions[card.report_function or "Sum"](numbers) if numbers else 0
    return {"value": show_number(value), "link": reverse("admin:report", args=[card.report_name])}


def safe_color(color: str | None) -> str:
    return color if color and color.startswith("#") and color[1:].isalnum() and len(color) <= 9 else ""


def shortcut(row) -> dict | None:
    """A shortcut's label, address and, for a filtered list, how many documents wait there."""
    if row is None:
        return None
    item = {"label": _(row.label), "color": (row.color or "").lower(), "count": None, "icon": "arrow_outward"}
    if row.type == "URL":
        if not (row.url or "").startswith("/"):
            return None
        return {**item, "link": row.url, "icon": "link"}
    link = link_to(row.type, row.link_to, row.doc_view)
    if link is None:
        return None
    item["link"] = link
    if row.type == "DocType" and row.stats_filter:
        filters = charts.parse_filters(row.stats_filter, row.link_to)
        item["link"] += charts.as_query(filters)
        number = count(row.link_to, filters)
        item["count"] = (row.format or "{}").replace("{}", group_digits(number))
        item["count"] = _(item["count"]) if "{}" not in (row.format or "{}") else item["count"]
    item["icon"] = {"New": "add", "Report": "lab_profile"}.get(row.doc_view or row.type, item["icon"])
    return item


def link_to(kind: str, target: str | None, view: str | None = None) -> str | None:
    """The address of a DocType's list (or new form) or of a report; None if the user may not open it."""
    if kind == "DocType" and (meta := known("DocType", target)):
        if not frappe.has_permission(target, "create" if view == "New" else "read"):
            return None
        if meta.issingle:
            return reverse("admin:single", args=[target])
        return reverse("admin:new" if view == "New" else "admin:list", args=[target])
    if kind == "Report" and (report := known("Report", target)):
        if cint(report.disabled) or not report.is_permitted():
            return None
        if not frappe.has_permission(report.ref_doctype, "report"):
            return None
        return reverse("admin:report", args=[target])
    return None


def link_cards(workspace) -> dict[str, list[dict]]:
    """{card label: links the user may open}. Asked for once a request: the sidebar and the workspace show the same."""
    kept = getattr(frappe.local, "desk_link_cards", None) or {}
    if workspace.name not in kept:
        frappe.local.desk_link_cards = {**kept, workspace.name: _link_cards(workspace)}
    return frappe.local.desk_link_cards[workspace.name]


def _link_cards(workspace) -> dict[str, list[dict]]:
    cards, current = {}, None
    for row in workspace.links:
        if row.type == "Card Break":
            current = cards.setdefault(row.label, [])
        elif current is not None and not cint(row.hidden):
            link = link_to(row.link_type, row.link_to)
            if link:
                current.append(
                    {
                        "label": _(row.label or row.link_to),
                        "link": link,
                        "target": row.link_to,
                        "report": row.link_type == "Report",
                    }
                )
    return cards


def chart_block(row) -> dict | None:
    name = row and row.chart_name
    if not name or not frappe.db.exists("Dashboard Chart", name):
        return None
    return charts.dashboard_chart(frappe.get_doc("Dashboard Chart", name), row.get("label"))


def quick_list(row) -> dict | None:
    """The newest few documents of a filtered list."""
    doctype = row and row.document_type
    if not doctype or not frappe.has_permission(doctype, "read"):
        return None
    meta = frappe.get_meta(doctype)
    filters = charts.parse_filters(row.quick_list_filter, doctype)
    title = meta.get_title_field()
    rows = frappe.get_list(
        doctype, fields=list({"name", title, "modified"}), filters=filters, limit_page_length=5, order_by="modified desc"
    )
    return {
        "label": _(row.label or doctype),
        "link": reverse("admin:list", args=[doctype]) + charts.as_query(filters),
        "rows": [
            {"title": r.get(title) or r.name, "link": reverse("admin:form", args=[doctype, r.name]), "when": r.modified}
            for r in rows
        ],
    }
