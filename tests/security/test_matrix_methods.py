"""Every whitelisted function of the app: nobody without a role gets anything out of it, nobody acts on a foreign row."""

import ast
import json
from functools import cache

import fence_table as table
import pytest

pytestmark = pytest.mark.usefixtures("fence")
METHOD = "/api/method/"
KEY = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
# Functions that are no action of a DocType: what to call them with; "@Payout Batch" is that row on side A.
CALLS = {
    "api.import_registry": {"registry_import": "@Registry Import"},
    "api.preflight": {"period": "@Payout Period"},
    "api.prepare_period": {"period": "@Payout Period"},
    "api.explain": {"beneficiary": "@Beneficiary", "month": "2024-05"},
    "api.provider_file": {"batch": "@Payout Batch"},
    "api.verify_seal": {"batch": "@Payout Batch"},
    "payee_accounts.counter.people": {"campaign": "@Account Campaign", "session": "x"},
    "payee_accounts.counter.find": {"campaign": "@Account Campaign", "text": "ROW"},
    "payee_accounts.counter.numbers": {"account_request": "@Account Request"},
    "payee_accounts.counter.take": {
        "account_request": "@Account Request", "visit_key": KEY, "step": "papers", "values": {}, "session": "x",
    },
    "payouts.signed_lists.places": {"batch": "@Payout Batch"},
    "payouts.signed_lists.sheet": {"batch": "@Payout Batch", "numbers": "1"},
    "payouts.signed_lists.take": {
        "batch": "@Payout Batch", "numbers": "1", "list_key": KEY, "values": {}, "stated_total": 0,
    },
    "registry.mandates.revoke": {
        "beneficiary": "@Beneficiary", "representative": "@Representative", "reason": "none at all",
    },
    "gate.guards.submitted_linked_docs": {"doctype": "Beneficiary", "name": "@Beneficiary"},
    "gate.guards.toggle_like": {"doctype": "Beneficiary", "name": "@Beneficiary", "add": "Yes"},
    "gate.guards.get_for_reader": {"doctype": "Beneficiary", "name": "@Beneficiary"},
}  # fmt: skip
# Functions that answer whoever asks with what he may see: to somebody without a role nothing, or a refusal.
ASKED = {
    "api.forecast": {"from_month": "2024-05", "to_month": "2024-06"},
    "outreach.cases.open_for_me": {},
    "outreach.cases.overdue_for_me": {},
    "oversight.leader.as_pdf": {},
    "payee_accounts.counter.campaigns": {},
    "payouts.cards.lines_not_paid": {},
    "payouts.signed_lists.batches": {},
    "permissions.count_for_reader": {"doctype": "Beneficiary"},
    "registry.finding.people": {
        "doctype": "Beneficiary", "txt": "ROW", "searchfield": "name", "start": 0, "page_len": 20, "filters": "{}",
    },
    "gate.exports.export_list": {"doctype": "Beneficiary", "fields": ["name"], "file_format_type": "CSV", "title": "x"},
    "gate.guards.link_title": {"doctype": "Beneficiary", "docname": "ROW-A-Beneficiary"},
    "gate.guards.mark_onboarding_step": {"name": "x", "field": "description", "value": "x"},
    "gate.guards.no_goal_graph": {},
    "gate.search.search_for_reader": {"text": "ROW & full_name", "limit": 500},
    "utils.report_files.export_query": {"report_name": "Data Quality", "file_format_type": "CSV", "filters": "{}"},
    **dict.fromkeys(
        (
            "outreach.dashboard_chart_source.outreach_by_channel.outreach_by_channel.get",
            "oversight.dashboard_chart_source.looks_by_action.looks_by_action.get",
            "payouts.dashboard_chart_source.drawn_by_month.drawn_by_month.get",
            "payouts.dashboard_chart_source.lines_by_status.lines_by_status.get",
            "payouts.dashboard_chart_source.payout_by_month.payout_by_month.get",
            "registry.dashboard_chart_source.identities_by_status.identities_by_status.get",
            "registry.dashboard_chart_source.people_by_payment_method.people_by_payment_method.get",
        ),
        {},
    ),
}  # fmt: skip
# Sums alone, of units and offices, of no person.
NOTHING = ({"message": 0}, {"message": []}, {"message": {}}, {"message": None}, {})


@cache
def actions() -> dict[str, list[str]]:
    """Method -> the DocTypes whose buttons call it with a document."""
    found: dict[str, list[str]] = {}
    for name, document in table.doctypes().items():
        for action in document.get("actions", ()):
            found.setdefault(action["action"].removeprefix("ansinh_app."), []).append(name)
    return found


@cache
def whitelisted() -> dict[str, bool]:
    """Every whitelisted function of the app, without those open to all -> whether only POST reaches it."""
    found = {}
    for path in sorted(table.APP.rglob("*.py")):
        text = path.read_text()
        if "tests" in path.relative_to(table.APP).parts or "frappe.whitelist" not in text:
            continue
        module = ".".join(path.relative_to(table.APP).with_suffix("").parts)
        for node in ast.walk(ast.parse(text)):
            for decorator in getattr(node, "decorator_list", ()):
                said = ast.unparse(decorator)
                name = f"{module}.{node.name}"
                if said.startswith("frappe.whitelist") and name not in table.OPEN_TO_ALL:
                    assert "allow_guest" not in said, module
                    found[name] = "POST" in said
    return found


def call(client, name: str, arguments: dict):
    post = whitelisted()[name]
    asked = {key: filled(value) for key, value in arguments.items()}
    path = METHOD + "ansinh_app." + name
    return client.post(path, **asked) if post else client.get(path, **asked)


def filled(value):
    return table.row("A", value[1:]) if isinstance(value, str) and value[:1] == "@" else value


def on(doctype: str) -> dict:
    return {"doc": json.dumps({"doctype": doctype, "name": table.row("A", doctype)})}


def test_every_function_has_its_entry():
    """A new whitelisted function is either a button of a DocType or stands in a table above."""
    assert len(whitelisted()) > 100
    assert set(whitelisted()) == set(actions()) | set(CALLS) | set(ASKED)
    assert not (set(CALLS) | set(ASKED)) & set(actions())


@pytest.mark.parametrize("persona", ["guest", "fen.outsider"])
def test_nobody_without_a_role_gets_anything(who, persona):
    client = who(persona)
    for name, doctypes in actions().items():
        for doctype in doctypes[:1]:
            answer = call(client, name, on(doctype))
            # Where the fence has no row, nothing is found.
            assert answer.status in ((401, 403) if doctype in table.SCOPES else (401, 403, 404)), (name, answer.text)
    for name, arguments in CALLS.items():
        refused(call(client, name, arguments), name)
    for name, arguments in ASKED.items():
        answer = call(client, name, arguments)
        if answer.status in (401, 403, 417):
            continue
        assert answer.status == 200 and "ROW-A full" not in answer.text and empty(answer), (name, answer.text)


@pytest.mark.parametrize("persona", ["manager_b", "commune_b", "bank_b", "police_b"])
def test_nobody_acts_on_a_foreign_row(who, persona):
    name_of = "police_nowhere" if persona == "police_b" else persona
    client, role = who(f"fen.{name_of}"), table.PERSONAS[name_of][0]
    tried = 0
    for name, doctypes in actions().items():
        for doctype in doctypes:
            if doctype in table.SCOPES and table.may(role, doctype, "read"):
                refused(call(client, name, on(doctype)), (name, doctype))
                tried += 1
    assert tried > 3, persona
    for name, arguments in CALLS.items():
        refused(call(client, name, arguments), name)


def empty(answer) -> bool:
    """Whether a chart, a card or a list holds nothing."""
    said = answer.json
    message = said.get("message")
    if isinstance(message, dict):
        numbers = [message.get("value", 0), *(n for one in message.get("datasets", ()) for n in one["values"])]
        return not any(numbers)
    return said in NOTHING or not message or message == "ROW-A-Beneficiary"


def refused(answer, what) -> None:
    assert answer.status in (401, 403), (what, answer.status, answer.text)
