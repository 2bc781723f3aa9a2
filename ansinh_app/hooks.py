"""What the app asks of its host: installation, permissions, events, fixtures."""

app_name = "ansinh_app"
app_title = "An Sinh"
app_publisher = "An Sinh"
app_description = "Cashless payout of monthly social assistance in Vietnam"
app_email = "ansinh@example.com"
app_license = "MIT"
required_apps = []

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
_WORKFLOWS = ["Registry Change Approval", "Payout Batch Approval", "Bank Contract Approval", "Account Request Course"]

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
    "Entitlement",
    "One-off Grant",
    "Pay Point",
    "Payment Account",
    "Payout Batch",
    "Payout Line",
    "Payout Period",
    "Preflight Override",
    "Provider Inquiry",
    "Provider Result",
    "Recovery Case",
    "Registry Change",
    "Registry Import",
    "Registry Import Layout",
    "Registry Import Row",
    "Report Schedule",
    "Representative",
    "Settlement",
    "Treasury Drawdown",
    "Treasury Return",
]
permission_query_conditions = {doctype: "ansinh_app.permissions.query_conditions" for doctype in _GUARDED}
override_whitelisted_methods = {"frappe.client.get_count": "ansinh_app.permissions.count_for_reader"}
has_permission = {doctype: "ansinh_app.permissions.has_permission" for doctype in _GUARDED}

scheduler_events = {
    "daily": [
        "ansinh_app.oversight.doctype.report_schedule.report_schedule.send_due",
        "ansinh_app.payee_accounts.contracts.watch_terms",
    ]
}

jinja = {
    "methods": [
        "ansinh_app.utils.printing.payment_list_paper",
        "ansinh_app.utils.printing.drawdown_paper",
        "ansinh_app.utils.printing.return_paper",
        "ansinh_app.utils.printing.settlement_paper",
        "ansinh_app.payouts.explanation_paper.explanation_paper",
        "ansinh_app.payee_accounts.papers.application_paper",
        "ansinh_app.payee_accounts.papers.mandate_paper",
        "ansinh_app.payee_accounts.papers.contract_paper",
    ]
}
