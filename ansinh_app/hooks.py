"""What the app asks of its host: installation, permissions, events, fixtures."""

app_name = "ansinh_app"
app_title = "An Sinh"
app_publisher = "An Sinh"
app_description = "Cashless payout of monthly social assistance in Vietnam"
app_email = "ansinh@example.com"
app_license = "MIT"
required_apps = []
# Mends what a bench's desk shows wrongly on our forms; no form depends on it.
app_include_js = ["/assets/ansinh_app/js/ansinh.js"]

after_install = "ansinh_app.install.after_install"
after_migrate = ["ansinh_app.install.after_migrate"]
before_tests = "ansinh_app.install.before_tests"

_ROLES = [
    "Social Affairs Officer",
    "Social Affairs Manager",
    "Commune Officer",
    "Police Officer",
    "Post Office Clerk",
    "Bank Officer",
    "Treasury Officer",
    "Finance Officer",
    "Outreach Officer",
    "Province Viewer",
    "Auditor",
]
_WORKFLOWS = [
    "Registry Change Approval",
    "Payout Batch Approval",
    "Bank Contract Approval",
    "Account Request Course",
    "Identity Verification Course",
    "ID Card Request Course",
    "Support Case Course",
    "Inspection Course",
]

fixtures = [
    {"dt": "Role", "filters": [["name", "in", _ROLES]]},
    {"dt": "Workflow", "filters": [["name", "in", _WORKFLOWS]]},
    {
        "dt": "Workflow State",
        "filters": [
            [
                "name",
                "in",
                [
                    "Draft",
                    "Proposed",
                    "Approved",
                    "Rejected",
                    "Pending Approval",
                    "Sent",
                    "Completed",
                    "Cancelled",
                    "Checked",
                    "Active",
                    "Ended",
                    "Confirmed",
                    "Opened",
                    "Handed Over",
                    "Withdrawn",
                    "Requested",
                    "Verified",
                    "To Decide",
                    "Settled",
                    "Appointment",
                    "Issued",
                    "Refused",
                    "Legal Check",
                    "Signed",
                    "Expiring",
                    "New",
                    "In Hand",
                    "Answered",
                    "Closed",
                    "Reopened",
                    "Planned",
                    "Visited",
                    "Follow-up",
                ],
            ]
        ],
    },
    {
        "dt": "Workflow Action Master",
        "filters": [
            [
                "name",
                "in",
                [
                    "Propose",
                    "Approve",
                    "Reject",
                    "Return",
                    "Submit for Approval",
                    "Mark as Sent",
                    "Check",
                    "Activate",
                    "End",
                    "Cancel",
                    "Confirm",
                    "Send to Provider",
                    "Mark as Opened",
                    "Hand Over",
                    "Withdraw",
                    "Try Again",
                    "Send to Police",
                    "Confirm Identity",
                    "Report Difference",
                    "Settle",
                    "Ask Again",
                    "Ask Police",
                    "Set Appointment",
                    "Mark as Issued",
                    "Refuse",
                    "Send to Legal Check",
                    "Sign",
                    "Take in Hand",
                    "Answer",
                    "Close",
                    "Reopen",
                    "Record Visit",
                    "Follow Up",
                ],
            ]
        ],
    },
]

# One place decides which rows a user may see; every DocType that holds people, money or contracts asks it.
# Units, offices and providers are public knowledge, and a transfer must be able to name the other commune.
_GUARDED = [
    "Account Campaign",
    "Account Request",
    "Account Request List",
    "Bank Contract",
    "Beneficiary",
    "Budget Allotment",
    "Data Incident",
    "Data Subject Request",
    "Campaign Visit",
    "Commune Report",
    "Duplicate Finding",
    "Entitlement",
    "ID Card List",
    "ID Card Request",
    "Identity Verification",
    "Identity Verification List",
    "Inspection",
    "Obstacle Summary",
    "One-off Grant",
    "Outreach Activity",
    "Pay Point",
    "Payment Account",
    "Payment Notice",
    "Payment Move",
    "Payout Batch",
    "Payout Line",
    "Payout Period",
    "Personal Data Consent",
    "Personal Data Log",
    "Preflight Override",
    "Provider Inquiry",
    "Provider Result",
    "Recovery Case",
    "Registry Change",
    "Registry Change List",
    "Registry Change List Row",
    "Registry Import",
    "Registry Import Layout",
    "Registry Import Row",
    "Report Dispatch",
    "Report Schedule",
    "Representative",
    "Retention Item",
    "Retention Run",
    "Settlement",
    "Signed Cash List",
    "Support Case",
    "Treasury Drawdown",
    "Treasury Return",
    "Unit Move",
]
permission_query_conditions = {doctype: "ansinh_app.permissions.query_conditions" for doctype in _GUARDED}
# A bench lists the tables of documents by the right to their DocType alone, whosever the documents are.
_ROWS_IN_GUARDED = [
    "Account Status Change",
    "Beneficiary Representative",
    "Beneficiary Spouse",
    "Campaign Session",
    "Contract Commitment",
    "Contract Programme",
    "Contract Signatory",
    "Drawdown Batch",
    "Entitlement Change",
    "Identity Difference",
    "Inspection Finding",
    "Inspection Member",
    "Obstacle Summary Row",
    "Outreach Picture",
    "Payment Move Row",
    "Payment Notice Row",
    "Payout Batch File",
    "Period Advance",
    "Provider Result Row",
    "Recovery Repayment",
    "Registry Change Person",
    "Registry Import Column",
    "Registry Import Sheet",
    "Support Case Answer",
    "Treasury Return Case",
    "Unmatched Answer",
    "Unmatched Identity Row",
]
permission_query_conditions.update(
    (doctype, "ansinh_app.permissions.child_query_conditions") for doctype in _ROWS_IN_GUARDED
)
permission_query_conditions["File"] = "ansinh_app.permissions.file_query_conditions"
override_whitelisted_methods = {
    "frappe.client.get": "ansinh_app.gate.guards.get_for_reader",
    "frappe.core.doctype.user.user.reset_password": "ansinh_app.gate.guards.ask_new_password",
    "frappe.desk.desktop.update_onboarding_step": "ansinh_app.gate.guards.mark_onboarding_step",
    "frappe.utils.global_search.search": "ansinh_app.gate.search.search_for_reader",
    "frappe.client.get_count": "ansinh_app.permissions.count_for_reader",
    "frappe.desk.form.linked_with.get_submitted_linked_docs": "ansinh_app.gate.guards.submitted_linked_docs",
    "frappe.desk.like.toggle_like": "ansinh_app.gate.guards.toggle_like",
    "frappe.desk.reportview.export_query": "ansinh_app.gate.exports.export_list",
    "frappe.desk.query_report.export_query": "ansinh_app.utils.report_files.export_query",
    "frappe.desk.search.get_link_title": "ansinh_app.gate.guards.link_title",
    "frappe.utils.goal.get_monthly_goal_graph_data": "ansinh_app.gate.guards.no_goal_graph",
}
has_permission = {doctype: "ansinh_app.permissions.has_permission" for doctype in _GUARDED}
# Within an area not everybody has to do with every case.
permission_query_conditions["Support Case"] = "ansinh_app.outreach.case_rights.query_conditions"
has_permission["Support Case"] = "ansinh_app.outreach.case_rights.has_permission"
permission_query_conditions["Number Reveal"] = "ansinh_app.oversight.reveal_rights.query_conditions"
has_permission["Number Reveal"] = "ansinh_app.oversight.reveal_rights.has_permission"

scheduler_events = {
    "all": ["ansinh_app.oversight.sending.carry_back"],
    "hourly": [
        "ansinh_app.oversight.incidents.watch_clocks",
        "ansinh_app.oversight.log_seals.seal",
        "ansinh_app.oversight.number_keys.carry_on",
        "ansinh_app.payouts.seal_book.catch_up",
    ],
    "daily": [
        "ansinh_app.oversight.log_seals.watch",
        "ansinh_app.oversight.sending.send_due",
        "ansinh_app.payee_accounts.contracts.watch_terms",
        "ansinh_app.payouts.lost_lists.watch",
        "ansinh_app.payee_accounts.doctype.provider_inquiry.provider_inquiry.mark_overdue",
        "ansinh_app.registry.mandates.watch",
        "ansinh_app.outreach.cases.watch",
        "ansinh_app.oversight.inspections.watch",
        "ansinh_app.oversight.commune_reports.daily",
    ]
}

# Masked copies of numbers, a history that does not tell them, and who looked at whom.
_MASKED_ON_SAVE = ["Account Request", "ID Card Request", "Identity Verification", "Registry Change"]
_PERSONS = [
    "Account Request",
    "Beneficiary",
    "Data Subject Request",
    "Entitlement",
    "ID Card Request",
    "Identity Verification",
    "One-off Grant",
    "Payment Account",
    "Payout Line",
    "Personal Data Consent",
    "Provider Inquiry",
    "Recovery Case",
    "Registry Change",
    "Registry Import Row",
    "Representative",
    "Support Case",
]
_PEOPLE_ON_PAPER = ["Account Campaign", "Account Request List", "ID Card List", "Identity Verification List"]
_PEOPLE_ON_PAPER += ["Payout Batch", "Provider Result", "Registry Change List", "Registry Import"]
_PEOPLE_ON_PAPER += ["Settlement", "Treasury Drawdown"]
_WATCH = "ansinh_app.oversight.personal_data."
doc_events = {
    **{doctype: {"before_print": _WATCH + "on_print"} for doctype in _PEOPLE_ON_PAPER},
    **{doctype: {"onload": _WATCH + "on_form", "before_print": _WATCH + "on_print"} for doctype in _PERSONS},
    "Version": {"before_insert": "ansinh_app.utils.masking.mask_version"},
}
doc_events["Account Request"]["on_update"] = "ansinh_app.oversight.consents.from_request"
doc_events["Paying Office"] = {
    "after_insert": "ansinh_app.setup.schedules.of_new_office",
    "on_trash": "ansinh_app.setup.schedules.with_the_office",
}
doc_events["File"] = {"after_insert": _WATCH + "on_list_written"}
doc_events["Account Request List"]["on_update"] = _WATCH + "on_list_sent"
doc_events["Document Follow"] = {"validate": "ansinh_app.gate.guards.only_what_is_read"}
for _doctype in _MASKED_ON_SAVE:
    doc_events[_doctype]["validate"] = "ansinh_app.utils.masking.set_shown_on_save"
_WITH_FILES = ["Account Request List", "Bank Contract", "Beneficiary", "Data Subject Request", "ID Card List"]
_WITH_FILES += ["Identity Verification List", "Inspection", "Outreach Activity", "Payout Batch"]
_WITH_FILES += ["Personal Data Consent", "Provider Inquiry", "Provider Result", "Registry Change List"]
_WITH_FILES += ["Registry Import", "Signed Cash List", "Support Case", "Unit Reform"]
for _doctype in _WITH_FILES:
    doc_events.setdefault(_doctype, {})["validate"] = "ansinh_app.gate.own_files.check_attachments"
doc_events["*"] = {
    event: "ansinh_app.gate.plain_text.keep_plain"
    for event in ("before_validate", "before_update_after_submit", "onload", "before_print")
}
for _doctype in _GUARDED:
    _events = doc_events.setdefault(_doctype, {})
    _noted = [_events["before_print"]] if "before_print" in _events else []
    _events["before_print"] = ["ansinh_app.gate.guards.as_stored", *_noted]
override_doctype_class = {
    "Access Log": "ansinh_app.oversight.access.WatchedAccessLog",
    "Deleted Document": "ansinh_app.oversight.access.SealedDeletedDocument",
    "File": "ansinh_app.gate.own_files.OwnFile",
    "Report": "ansinh_app.oversight.access.WatchedReport",
}
# What tells of a document does not hold it back.
ignore_links_on_delete = ["Personal Data Log", "Number Reveal"]
# Numbers may be sealed in the database: what a request asks of them is put as tables hold it.
before_request = [
    "ansinh_app.gate.plain_values.refuse_objects",
    "ansinh_app.gate.kept_fields.keep_read_only",
    "ansinh_app.gate.sealed_questions.seal_question",
]
site_checks = ["ansinh_app.oversight.number_keys.problems", "ansinh_app.payouts.lost_lists.problems"]
standard_queries = {
    doctype: "ansinh_app.registry.finding.people" for doctype in ("Beneficiary", "Representative", "Payment Account")
}

jinja = {
    "methods": [
        "ansinh_app.utils.printing.payment_list_paper",
        "ansinh_app.payouts.cash_lists.cash_list_paper",
        "ansinh_app.utils.printing.drawdown_paper",
        "ansinh_app.utils.printing.return_paper",
        "ansinh_app.utils.printing.settlement_paper",
        "ansinh_app.payouts.explanation_paper.explanation_paper",
        "ansinh_app.payouts.hand_payments.transfer_paper",
        "ansinh_app.oversight.papers.answer_paper",
        "ansinh_app.oversight.papers.extract_paper",
        "ansinh_app.oversight.papers.incident_paper",
        "ansinh_app.payee_accounts.papers.application_paper",
        "ansinh_app.payee_accounts.papers.mandate_paper",
        "ansinh_app.payee_accounts.papers.mandate_papers",
        "ansinh_app.payee_accounts.papers.contract_paper",
        "ansinh_app.payee_accounts.papers.annexes_paper",
        "ansinh_app.payee_accounts.campaign_papers.day_list_paper",
        "ansinh_app.payee_accounts.campaign_papers.notice_paper",
        "ansinh_app.payee_accounts.home_delivery.home_delivery_paper",
        "ansinh_app.registry.history.history_paper",
        "ansinh_app.registry.declarations.declaration_paper",
        "ansinh_app.registry.decisions.decision_paper",
        "ansinh_app.payouts.period_papers.changes_list_paper",
        "ansinh_app.payouts.period_papers.funding_paper",
        "ansinh_app.payouts.payee_table.payee_table_paper",
        "ansinh_app.payouts.recovery_notice.recovery_notice_paper",
        "ansinh_app.oversight.month_letters.report_letter_paper",
        "ansinh_app.oversight.month_letters.communes_letter_paper",
        "ansinh_app.oversight.commune_report_paper.commune_report_paper",
        "ansinh_app.oversight.inspections.inspection_paper",
        "ansinh_app.outreach.papers.case_answer_paper",
        "ansinh_app.outreach.papers.obstacle_paper",
        "ansinh_app.outreach.papers.payment_notice_paper",
        "ansinh_app.outreach.papers.activity_paper",
    ]
}
