"""The reports and reminders every office has, switched off until it wants them (DESIGN: days 5, 15, 20 and 25)."""

import frappe

_STAFF = ("Social Affairs Officer", "Social Affairs Manager")
# report, day, rule, month told, to whom, only when there is something
SET = (
    ("Late Commune Reports", 5, "Working Day After", "Month Before", _STAFF, 0),
    ("Account Coverage", 14, "Working Day Before", "This Month", ("Province Viewer",), 0),
    ("Monthly Payout", 14, "Working Day Before", "This Month", ("Province Viewer",), 0),
    ("Results Awaited", 19, "Working Day Before", "This Month", ("Bank Officer", "Post Office Clerk", *_STAFF), 1),
    ("Lists Due", 24, "Working Day Before", "Next Month", _STAFF, 1),
    ("Contracts Ending", 1, "Working Day After", "This Month", _STAFF, 1),
    ("Mandates Ending by Commune", 1, "Working Day After", "This Month", ("Commune Officer", *_STAFF), 1),
    ("Open Cases", 10, "Working Day After", "This Month", _STAFF, 1),
)


def load_schedules() -> dict[str, int]:
    """The set of each office that has none yet."""
    there = set(frappe.get_all("Report Schedule", pluck="office"))
    made = 0
    for office in frappe.get_all("Paying Office", pluck="name", order_by="name"):
        if office not in there:
            made += make_set(office)
    return {"Report Schedule": made}


def make_set(office: str) -> int:
    """The schedules of an office that are missing, all switched off; returns how many."""
    # Papers, which schedules mail, read people, who read this package.
    from ansinh_app.oversight.doctype.report_schedule.report_schedule import role_field

    made = 0
    for report, day, rule, told, roles, only_if_any in SET:
        if frappe.db.exists("Report Schedule", {"report": report, "office": office}):
            continue
        # A report of this release may come after the office, while an older site is brought up.
        if not frappe.db.exists("Report", report):
            continue
        doc = frappe.get_doc(
            {
                "doctype": "Report Schedule",
                "report": report,
                "office": office,
                "day_of_month": day,
                "day_rule": rule,
                "month_told": told,
                "only_if_any": only_if_any,
                **{role_field(role): 1 for role in roles},
            }
        )
        doc.flags.ignore_permissions = True
        doc.insert()
        made += 1
    return made


def of_new_office(doc, method=None) -> None:
    """Event of Paying Office: a new one gets its set."""
    make_set(doc.name)


def with_the_office(doc, method=None) -> None:
    """Event of Paying Office: schedules that never sent anything go with it."""
    for name in frappe.get_all("Report Schedule", {"office": doc.name, "last_sent_on": ["is", "not set"]}, pluck="name"):
        frappe.delete_doc("Report Schedule", name, ignore_permissions=True)
