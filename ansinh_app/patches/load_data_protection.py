"""Sites of before the register of personal data: load it, the retention rules and the deadlines."""

import frappe

from ansinh_app.core import data_deadlines
from ansinh_app.setup.oversight import load_data_register, load_retention_rules


def execute():
    """Reference data is inserted where it is missing; settings only where nobody has set them."""
    load_data_register()
    load_retention_rules()
    settings = frappe.get_single("An Sinh Settings")
    days = {f"days_{kind.split()[0].lower()}": value for kind, value in data_deadlines.DAYS.items()}
    for field, value in {
        **days,
        "incident_hours": data_deadlines.BREACH_HOURS,
        "bulk_export_alert": 200,
    }.items():
        if not settings.get(field):
            frappe.db.set_single_value("An Sinh Settings", field, value)
