"""Templates are the System Manager's, and what people type is never taken for one; nor for markup.

Each persona tries every third, SECURITY_WALK=all all of them.
"""

import re
import urllib.parse

import fence_table as table
import pytest
from test_attack_sessions import ON_A_BENCH
from test_matrix_rows import FIRST, client, tried

pytestmark = pytest.mark.usefixtures("fence")
METHOD = "/api/method/"
ASKS = "{{ frappe.db.get_all('User') }}{{ 191 * 70007 }}"
TAKEN = "13371337"
# What is worked out as a template, a script or a rule: one row of each, as somebody would try it.
MADE = {
    "Address Template": {"country": "Vietnam", "template": ASKS},
    "Assignment Rule": {"document_type": "Beneficiary", "description": ASKS, "assign_condition": "1", "rule": "Round Robin"},
    "Auto Email Report": {"report": "Data Quality", "email_to": "x@example.com", "format": "HTML", "user": "Administrator"},
    "Auto Repeat": {"reference_doctype": "ToDo", "frequency": "Daily", "message": ASKS},
    "Client Script": {"dt": "Beneficiary", "script": "window.__pwned = 1", "enabled": 1},
    "Custom DocPerm": {"parent": "Beneficiary", "role": "Guest", "read": 1},
    "Custom Field": {"dt": "Beneficiary", "fieldname": "x", "fieldtype": "HTML", "options": ASKS},
    "DocType": {"module": "Core", "custom": 1, "fields": [{"fieldname": "x", "fieldtype": "Data"}]},
    "Email Template": {"subject": ASKS, "response": ASKS},
    "Letter Head": {"letter_head_name": "x", "content": ASKS},
    "Notification": {"subject": ASKS, "message": ASKS, "document_type": "Beneficiary", "event": "Save"},
    "Print Format": {"doc_type": "Beneficiary", "html": ASKS, "custom_format": 1, "standard": "No"},
    "Property Setter": {"doc_type": "Beneficiary", "property": "title_field", "value": ASKS, "doctype_or_field": "DocType"},
    "Report": {"report_name": "x", "ref_doctype": "Beneficiary", "report_type": "Query Report", "query": "select 1"},
    "Role": {"role_name": "x"},
    "Server Script": {"script_type": "API", "api_method": "x", "script": "frappe.db.sql('select 1')"},
    "Translation": {"language": "vi", "source_text": "Name", "translated_text": ASKS},
    "User Permission": {"user": "bank@example.com", "allow": "Payment Service Provider", "for_value": "BID"},
    "Web Page": {"title": "x", "main_section": ASKS, "dynamic_template": 1},
    "Webhook": {"webhook_doctype": "Beneficiary", "request_url": "http://127.0.0.1:9/", "webhook_json": ASKS},
    "Workflow": {"workflow_name": "x", "document_type": "Payout Batch"},
}  # fmt: skip
# Methods that are given a text and work something out.
CALLED = {
    "frappe.automation.doctype.auto_repeat.auto_repeat.generate_message_preview": {
        "reference_dt": "ToDo", "reference_doc": "x", "message": ASKS, "subject": ASKS,
    },
    "frappe.utils.print_format.report_to_pdf": {"html": ASKS},
    "frappe.desk.desktop.update_onboarding_step": {"name": "x", "field": "description", "value": ASKS},
    "frappe.www.printview.get_html_and_style": {"doc": {"doctype": "ToDo", "description": ASKS}},
}  # fmt: skip


@pytest.mark.parametrize("persona", FIRST)
def test_nobody_of_the_app_makes_or_changes_a_template(who, persona):
    writer = client(who, persona)
    for doctype in MADE if persona in ("guest", "outsider") else tried(persona, list(MADE)):
        values = MADE[doctype]
        answer = writer.post(f"/api/resource/{doctype}", name="x", **values)
        assert answer.status in (401, 403, 404), (doctype, answer.status, answer.text[:300])
    for doctype, name, values in (
        ("Print Format", "Payment List", {"html": ASKS}),
        ("Report", "Data Quality", {"report_script": ASKS}),
        ("System Settings", "System Settings", {"app_name": ASKS}),
        ("Workspace", "Bank Desk", {"content": "[]", "title": "x"}),
        ("DocType", "Beneficiary", {"description": ASKS}),
    ):
        answer = writer.put(f"/api/resource/{doctype}/{name}", **values)
        assert answer.status in (401, 403, 404, 417), (doctype, answer.status, answer.text[:300])
    for method in tried(persona, list(CALLED)):
        asked = CALLED[method]
        answer = writer.post(METHOD + method, **asked)
        assert answer.status < 500 and TAKEN not in answer.text, (method, answer.text[:300])
    kept = who("admin").get("/api/resource/Print Format/Payment List").json["data"]
    assert ASKS not in str(kept)


def test_what_was_typed_is_text_on_papers(who):
    """The fence's rows of side C hold a template and markup in every text; a bench prints them, as benchless does."""
    admin, shown = who.anew("admin"), 0
    for doctype in tried("guest", sorted(table.SCOPES)):
        query = {"doctype": doctype, "name": table.row("C", doctype), "format": "Standard"}
        page = admin.raw("GET", "/printview?" + urllib.parse.urlencode(query), None, "text/html", Accept="text/html")
        assert TAKEN not in page.text, doctype
        # What is saved is plain on both hosts (gate/plain_text.py); benchless escapes also what came in otherwise.
        assert ON_A_BENCH or not markup(doctype, page.text), (doctype, markup(doctype, page.text))
        shown += "191 * 70007" in page.text
    assert shown > 6


def markup(doctype: str, text: str) -> list[str]:
    """Texts of the fence that stand as markup; where a field is rich text, markup is what it is for."""
    rich = {f["fieldname"] for f in table.doctypes()[doctype]["fields"] if f["fieldtype"] == "Text Editor"}
    return [name for name in re.findall(r"ROW-C (\w+) \{\{ 191 \* 70007 \}\}<b>", text) if name not in rich]
