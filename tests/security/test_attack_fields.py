"""Fields that only steps may write: by REST, a form's JSON, set_value and bulk update they stay as they are."""

import json
import threading

import pytest

METHOD = "/api/method/"
# DocType, who may write it, what he tries.
TRIES = [
    ("Beneficiary", "officer", {"verification_status": "Verified", "personal_id_shown": "0", "search_name": "x"}),
    ("Entitlement", "manager", {"effective_to": "2030-01-01", "stop_reason": "x", "stop_decision_date": "2024-01-01"}),
    ("Payout Period", "manager", {"status": "Closed", "total_amount": 1}),
    ("Bank Contract", "manager", {"warned_days": 5}),
    ("Administrative Unit", "manager", {"lft": 1, "rgt": 9999}),
    ("Report Schedule", "manager", {"switched_on_by": "Administrator", "last_status": "x"}),
]


def stored(who, doctype: str, name: str) -> dict:
    return who("admin").get(f"/api/resource/{doctype}/{name}").json["data"]


def ways(client, doctype: str, document: dict, values: dict):
    """Every way a request writes values into a document."""
    name, whole = document["name"], {**document, **values}
    address = f"/api/resource/{doctype}/{name}"
    yield lambda: client.put(address, **values)
    yield lambda: client.put(address, data=json.dumps(values))
    yield lambda: client.put(f"/api/v2/document/{doctype}/{name}", **values)
    yield lambda: client.post(
        METHOD + "frappe.client.set_value", doctype=doctype, name=name, fieldname=json.dumps(values)
    )
    for field, value in values.items():
        yield lambda field=field, value=value: client.post(
            METHOD + "frappe.client.set_value", doctype=doctype, name=name, fieldname=field, value=value
        )
    yield lambda: client.post(METHOD + "frappe.client.save", doc=whole)
    yield lambda: client.post(METHOD + "frappe.desk.form.save.savedocs", doc=json.dumps(whole), action="Save")
    yield lambda: client.post(
        METHOD + "frappe.client.bulk_update", docs=json.dumps([{"doctype": doctype, "docname": name, **values}])
    )
    yield lambda: client.post(METHOD + "run_doc_method", docs=json.dumps(whole), method="save")


@pytest.mark.parametrize(("doctype", "persona", "values"), TRIES)
def test_what_is_read_only_is_not_written_from_outside(who, doctype, persona, values):
    client = who(persona)
    name = client.list(doctype).rows[0]["name"]
    before = stored(who, doctype, name)
    for number, _way in enumerate(ways(client, doctype, before, values)):
        document = stored(who, doctype, name)
        list(ways(client, doctype, document, values))[number]()
        after = stored(who, doctype, name)
        assert [after.get(key) or None for key in values] == [before.get(key) or None for key in values], number


def test_a_body_that_calls_itself_text_is_read_the_same(who, told):
    name = told["people"]["cash"]
    before = stored(who, "Beneficiary", name)
    body = json.dumps({"verification_status": "Verified"}).encode()
    who("officer").raw("PUT", f"/api/resource/Beneficiary/{name}", body, "text/plain")
    assert stored(who, "Beneficiary", name)["verification_status"] == before["verification_status"]


def test_other_fields_are_written_all_the_same(who, told):
    name = told["people"]["cash"]
    answer = who("officer").put(f"/api/resource/Beneficiary/{name}", village="Thôn Mới", verification_status="Verified")
    assert answer.status == 200, answer.text
    after = stored(who, "Beneficiary", name)
    assert (after["village"], after["verification_status"]) == ("Thôn Mới", "Unverified")


def test_a_new_document_begins_at_the_beginning(who, told):
    values = {"full_name": "Người Mới Đến", "date_of_birth": "1960-05-06", "sex": "Female"}
    where = {"administrative_unit": told["unit_a"], "office": "SEC-A"}
    made = who("officer").post("/api/resource/Beneficiary", verification_status="Verified", **values, **where)
    assert made.status == 200, made.text
    assert stored(who, "Beneficiary", made.json["data"]["name"])["verification_status"] == "Unverified"
    assert who("admin").delete(f"/api/resource/Beneficiary/{made.json['data']['name']}").status == 202


@pytest.mark.parametrize("field", ["owner", "creation"])
def test_nobody_else_becomes_the_maker(who, told, field):
    name = told["people"]["cash"]
    before = stored(who, "Beneficiary", name)
    value = {"owner": "manager@example.com", "creation": "2001-01-01 00:00:00"}[field]
    answer = who("officer").put(f"/api/resource/Beneficiary/{name}", **{field: value})
    assert answer.status == 417 and answer.json["exc_type"] == "CannotChangeConstantError"
    assert stored(who, "Beneficiary", name)[field] == before[field]


def test_the_same_approval_twice_and_at_once_counts_once(who, told):
    """Two sessions of the manager press Approve in the same moment, and a third sends the request once more."""
    batch, officer = told["batches"]["SEC-A VNPOST"], who("officer")
    document = officer.get(f"/api/resource/Payout Batch/{batch}").json["data"]
    if document["status"] == "Draft":
        officer.post(METHOD + "frappe.model.workflow.apply_workflow", doc=document, action="Submit for Approval")
    waiting = stored(who, "Payout Batch", batch)
    assert waiting["status"] == "Pending Approval"
    sessions, answers = [who.anew("manager") for _ in range(2)], []

    def approve(client):
        call = METHOD + "frappe.model.workflow.apply_workflow"
        answers.append(client.post(call, doc=waiting, action="Approve").status)

    threads = [threading.Thread(target=approve, args=(client,)) for client in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    approve(sessions[0])
    assert sorted(answers)[0] == 200 and all(status != 200 for status in sorted(answers)[1:]), answers
    after = stored(who, "Payout Batch", batch)
    assert (after["docstatus"], after["status"]) == (1, "Approved")
    comments = who("admin").list(
        "Comment", filters={"reference_name": batch, "comment_type": "Workflow", "content": ["like", "%Approved%"]}
    )
    assert len(comments.rows) <= 1
    sessions[1].post(f"/api/resource/Payout Batch/{batch}", run_method="submit")
    once_more = stored(who, "Payout Batch", batch)
    for key in ("status", "seal", "approved_by", "approved_on", "total_amount"):
        assert once_more[key] == after[key], key
