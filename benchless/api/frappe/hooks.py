"""The framework's own hooks: who may see files, cards and charts; files follow their document; what is scheduled."""

app_name = "frappe"
app_title = "Frappe Framework"

has_permission = {
    "List Filter": "frappe.desk.doctype.list_filter.list_filter.has_permission",
    "ToDo": "frappe.desk.doctype.todo.todo.has_permission",
    "Notification Log": "frappe.desk.doctype.notification_log.notification_log.has_permission",
    "File": "frappe.core.doctype.file.file.has_permission",
    "Number Card": "frappe.desk.doctype.number_card.number_card.has_permission",
    "Dashboard Chart": "frappe.desk.doctype.dashboard_chart.dashboard_chart.has_permission",
}

permission_query_conditions = {
    "List Filter": "frappe.desk.doctype.list_filter.list_filter.get_permission_query_conditions",
    "ToDo": "frappe.desk.doctype.todo.todo.get_permission_query_conditions",
    "Notification Log": "frappe.desk.doctype.notification_log.notification_log.get_permission_query_conditions",
    "File": "frappe.core.doctype.file.file.get_permission_query_conditions",
}

doc_events = {
    "*": {
        "on_update": "frappe.core.doctype.file.utils.attach_files_to_document",
        "on_change": "frappe.utils.global_search.update_global_search",
        "after_delete": "frappe.utils.global_search.delete_for_document",
        "after_rename": "frappe.utils.global_search.follow_rename",
    },
}

after_migrate = ["frappe.utils.global_search.rebuild_missing", "frappe.database._statistics.refresh"]

scheduler_events = {
    "all": ["frappe.email.queue.flush"],
    "daily": [
        "frappe.email.doctype.notification.notification.trigger_daily_alerts",
        "frappe.utils.scheduler.clear_old_logs",
        "frappe.sessions.clear_expired_sessions",
        "frappe.core.doctype.file.utils.remove_unfinished",
        "frappe.database._statistics.refresh",
    ],
    "daily_long": [
        "frappe.email.doctype.auto_email_report.auto_email_report.send_daily",
        "frappe.utils.backups.scheduled_backup",
    ],
    "monthly": ["frappe.email.doctype.auto_email_report.auto_email_report.send_monthly"],
}
