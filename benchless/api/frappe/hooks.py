"""The framework's own hooks: who may see files, cards and charts; attached files follow their document."""

app_name = "frappe"
app_title = "Frappe Framework"

has_permission = {
    "File": "frappe.core.doctype.file.file.has_permission",
    "Number Card": "frappe.desk.doctype.number_card.number_card.has_permission",
    "Dashboard Chart": "frappe.desk.doctype.dashboard_chart.dashboard_chart.has_permission",
}

permission_query_conditions = {
    "File": "frappe.core.doctype.file.file.get_permission_query_conditions",
}

doc_events = {
    "*": {"on_update": "frappe.core.doctype.file.utils.attach_files_to_document"},
}
