"""The communes' reports of a month in the sample city: two confirm theirs, the others are late."""

import frappe

from ansinh_app.core.months import Month
from ansinh_app.demo.office import COMMUNE_USER, OFFICE, OFFICER, unit_name
from ansinh_app.oversight import commune_reports
from ansinh_app.oversight.doctype.commune_report.commune_report import confirm_report

MONTH = Month(2024, 8)


def tell(say=print) -> None:
    """Play it once; what is there stays."""
    frappe.set_user(OFFICER)
    made = commune_reports.create(OFFICE, MONTH)
    if not made:
        return say("  Báo cáo của xã: đã làm trước đó")
    for code, user in COMMUNE_USER.items():
        name = commune_reports.report_name(OFFICE, unit_name(code), MONTH)
        if name in made:
            frappe.set_user(user)
            confirm_report({"doctype": "Commune Report", "name": name})
    frappe.db.commit()
    return say(f"  Báo cáo của xã tháng {MONTH.label}: {len(made)} báo cáo, {len(COMMUNE_USER)} xã đã xác nhận")
