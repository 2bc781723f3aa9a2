"""The framework's own hooks: who may see files, cards and charts."""

has_permission = {
    "File": "frappe.core.doctype.file.file.has_permission",
    "Number Card": "frappe.desk.doctype.number_card.number_card.has_permission",
    "Dashboard Chart": "frappe.desk.doctype.dashboard_chart.dashboard_chart.has_permission",
}

permission_query_conditions = {
    "File": "frappe.core.doctype.file.file.get_permission_query_conditions",
}
