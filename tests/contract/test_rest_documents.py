"""/api/resource/<DocType>/<name>: bodies, names, errors and methods of documents."""

import json
from urllib.parse import quote

import frappe
import pytest
from rest_world import NOTE, ORDER, OUTSIDER, OWNER

pytestmark = pytest.mark.usefixtures("notes")
NOTES, ORDERS = f"/api/resource/{NOTE}", f"/api/resource/{ORDER}"


def stored(name: str, field: str = "amount"):
    frappe.db.rollback()
    return frappe.db.get_value(NOTE, name, field)


def told(answer) -> list[dict]:
    """The messages of an answer: JSON in JSON."""
    return [json.loads(text) for text in json.loads(answer.json["_server_messages"])]


# bodies


@pytest.mark.parametrize("body", ["json", "form", "data"])
def test_a_document_is_sent_as_json_as_a_form_or_as_data(owner, body):
    values = {"title": "N9", "amount": 9.5, "day": "2025-02-03"}
    if body == "json":
        answer = owner.post(NOTES, values)
    else:
        answer = owner.post(NOTES, form=values if body == "form" else {"data": json.dumps(values)})
    assert answer.status_code == 200, answer.text
    data = answer.json["data"]
    assert (data["name"], data["amount"], data["day"], data["docstatus"]) == ("N9", 9.5, "2025-02-03", 0)
    assert data["doctype"] == NOTE and data["owner"] == data["modified_by"] == OWNER
    assert stored("N9") == 9.5


@pytest.mark.parametrize("body", ["json", "form", "data"])
def test_so_are_changes(owner, body):
    values = {"amount": 12}
    if body == "json":
        answer = owner.put(f"{NOTES}/N1", values)
    else:
        form = values if body == "form" else {"data": json.dumps(values)}
        answer = owner.request("PUT", f"{NOTES}/N1", form=form)
    assert answer.status_code == 200 and answer.json["data"]["amount"] == 12.0
    assert stored("N1") == 12


def test_the_doctype_of_the_address_counts(owner):
    assert owner.post(NOTES, {"doctype": "User", "title": "N9"}).json["data"]["doctype"] == NOTE


def test_rows_of_tables_are_made_changed_and_dropped(owner):
    made = owner.post(ORDERS, {"rows": [{"item": "bút", "quantity": 2}, {"item": "giấy"}]}).json["data"]
    assert [(row["idx"], row["item"], row["quantity"]) for row in made["rows"]] == [(1, "bút", 2), (2, "giấy", 0)]
    assert {row["parent"] for row in made["rows"]} == {made["name"]}
    kept = {**made["rows"][1], "quantity": 5}
    changed = owner.put(f"{ORDERS}/{made['name']}", {"rows": [kept, {"item": "mực"}]}).json["data"]
    assert [(row["item"], row["quantity"]) for row in changed["rows"]] == [("giấy", 5), ("mực", 0)]
    assert changed["rows"][0]["name"] == made["rows"][1]["name"]


def test_unknown_fields_are_left_out(owner):
    answer = owner.post(NOTES, {"title": "N9", "surprise": 5})
    assert answer.status_code == 200 and "surprise" not in owner.get(f"{NOTES}/N9").json["data"]


# names


@pytest.mark.parametrize("name", ["Đơn số 1/2", "a & b?c=d", "100% (ă)", "một/hai/ba", "chấm.phẩy;"])
def test_any_name_can_stand_in_an_address(owner, name):
    assert owner.post(NOTES, {"title": name}).json["data"]["name"] == name
    path = f"{NOTES}/{quote(name, safe='')}"
    assert owner.get(path).json["data"]["title"] == name
    assert owner.put(path, {"amount": 3}).json["data"]["amount"] == 3
    assert owner.get(f"{path}/").json["data"]["amount"] == 3
    assert owner.delete(path).status_code == 202
    assert owner.get(path).status_code == 404


# errors


@pytest.mark.parametrize(
    "values, status, kind, message",
    [
        ({"amount": 1}, 417, "ValidationError", "Title is required"),
        ({}, 417, "ValidationError", "Title is required"),
        ({"title": "S", "kind": "Wide"}, 417, "ValidationError", 'Kind cannot be "Wide"'),
        ({"title": "N1"}, 409, "DuplicateEntryError", "already exists"),
    ],
)
def test_what_cannot_be_made_is_said(owner, values, status, kind, message):
    answer = owner.post(NOTES, values)
    assert answer.status_code == status and answer.json["exc_type"] == kind
    assert answer.json["exception"].startswith(f"frappe.exceptions.{kind}")
    assert any(message in entry["message"] for entry in told(answer))
    assert frappe.db.count(NOTE) == 3


def test_a_link_to_nothing(owner):
    answer = owner.post(ORDERS, {"note": "nothing"})
    assert answer.status_code == 417 and answer.json["exc_type"] == "LinkValidationError"
    assert told(answer)[0]["message"] == "Could not find Note: nothing"
    assert told(answer)[0]["indicator"] == "red" and told(answer)[0]["raise_exception"] == 1


def test_a_row_without_its_mandatory_field(owner):
    answer = owner.post(ORDERS, {"rows": [{"quantity": 1}]})
    assert answer.status_code == 417 and answer.json["exc_type"] == "MandatoryError"


def test_a_date_that_is_none_is_not_stored(owner):
    assert owner.post(NOTES, {"title": "D", "day": "not a day"}).status_code >= 400
    frappe.db.rollback()
    assert not frappe.db.exists(NOTE, "D")


@pytest.mark.parametrize("body", [b"{broken", b'"text"', b"5"])
def test_a_body_that_is_no_document(owner, body):
    headers = {"Content-Type": "application/json"}
    answer = owner.request("POST", NOTES, headers=headers, form=body)
    assert answer.status_code >= 400 and "data" not in answer.json
    assert frappe.db.count(NOTE) == 3


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE"])
def test_a_document_that_is_not_there(owner, verb):
    answer = owner.request(verb, f"{NOTES}/nothing", body={"amount": 1} if verb == "PUT" else None)
    assert answer.status_code == 404 and answer.json["exc_type"] == "DoesNotExistError"


def test_an_unknown_doctype_makes_nothing(owner):
    assert owner.get("/api/resource/No Such Type/x").status_code in (404, 500)
    assert owner.post("/api/resource/No Such Type", {"x": 1}).status_code in (404, 500)


@pytest.mark.parametrize("path", ["/api/nothing", "/api/resource", "/api/"])
def test_an_unknown_address(owner, path):
    assert owner.get(path).status_code == 404


@pytest.mark.parametrize("verb, path", [("PATCH", f"{NOTES}/N1"), ("DELETE", NOTES), ("PUT", NOTES)])
def test_a_verb_that_the_address_does_not_take(owner, verb, path):
    assert owner.request(verb, path).status_code in (404, 405)
    assert stored("N1") == 1000


def test_head_is_get_without_a_body(owner):
    answer = owner.request("HEAD", f"{NOTES}/N1")
    assert answer.status_code == 200 and not answer.data


def test_options_asks_nothing(guest):
    answer = guest.request("OPTIONS", NOTES)
    assert answer.status_code == 200 and not answer.data


def test_a_linked_document_stays(owner):
    owner.post(ORDERS, {"note": "N1"})
    answer = owner.delete(f"{NOTES}/N1")
    assert answer.status_code == 417 and answer.json["exc_type"] == "LinkExistsError"
    assert stored("N1") == 1000


def test_a_stale_change_is_refused(owner):
    answer = owner.put(f"{NOTES}/N1", {"amount": 1, "modified": "2020-01-01 00:00:00.000000"})
    assert answer.status_code == 417 and answer.json["exc_type"] == "TimestampMismatchError"
    assert stored("N1") == 1000


@pytest.mark.parametrize("verb, path", [("GET", f"{NOTES}/N1"), ("PUT", f"{NOTES}/N1"), ("DELETE", f"{NOTES}/N1"),
                                        ("POST", NOTES)])  # fmt: skip
def test_who_has_no_right_is_told_which(guest, outsider, verb, path):
    body = {"title": "X", "amount": 0} if verb in ("PUT", "POST") else None
    for http, user in ((guest, "Guest"), (outsider, OUTSIDER)):
        answer = http.request(verb, path, body=body)
        assert answer.status_code == 403 and answer.json["exc_type"] == "PermissionError"
        assert user in answer.json["_server_messages"]
    assert stored("N1") == 1000 and frappe.db.count(NOTE) == 3


# methods of documents


@pytest.fixture
def order(notes, owner):
    return owner.post(ORDERS, {"note": "N1", "rows": [{"item": "bút"}]}).json["data"]["name"]


def test_submitting_and_cancelling(owner, order):
    done = owner.post(f"{ORDERS}/{order}", {"run_method": "submit"})
    assert done.status_code == 200 and done.json["data"]["docstatus"] == 1
    changed = owner.put(f"{ORDERS}/{order}", {"note": "N2"})
    assert changed.status_code == 417 and changed.json["exc_type"] == "UpdateAfterSubmitError"
    assert owner.delete(f"{ORDERS}/{order}").status_code == 417
    undone = owner.post(f"{ORDERS}/{order}", {"run_method": "cancel"})
    assert undone.json["data"]["docstatus"] == 2


def test_a_document_can_be_made_submitted(owner):
    assert owner.post(ORDERS, {"docstatus": 1, "rows": [{"item": "bút"}]}).json["data"]["docstatus"] == 1


def test_get_runs_the_method_and_rolls_it_back(owner, order):
    owner.get(f"{ORDERS}/{order}", {"run_method": "submit"})
    frappe.db.rollback()
    assert frappe.db.get_value(ORDER, order, "docstatus") == 0


def test_only_whitelisted_methods_run(owner, order):
    forbidden = owner.post(f"{ORDERS}/{order}", {"run_method": "delete"})
    assert forbidden.status_code == 403 and forbidden.json["exc_type"] == "PermissionError"
    assert owner.post(f"{ORDERS}/{order}", {"run_method": "nothing"}).status_code == 404
    frappe.db.rollback()
    assert frappe.db.exists(ORDER, order)


def test_who_may_not_write_runs_nothing(outsider, order):
    assert outsider.post(f"{ORDERS}/{order}", {"run_method": "submit"}).status_code == 403


def test_run_doc_method(owner, outsider, order):
    path, asked = "/api/method/run_doc_method", {"dt": ORDER, "dn": order, "method": "submit"}
    assert outsider.post(path, asked).status_code == 403
    assert owner.post(path, {**asked, "method": "delete"}).status_code == 403
    answer = owner.post(path, asked)
    assert answer.status_code == 200 and answer.json["docs"][0]["docstatus"] == 1
    sent = owner.get(f"{ORDERS}/{order}").json["data"]
    undone = owner.post(path, {"docs": json.dumps(sent), "method": "cancel"})
    assert undone.json["docs"][0]["docstatus"] == 2
    stale = owner.post(path, {"docs": json.dumps(sent), "method": "cancel"})
    assert stale.status_code == 417 and stale.json["exc_type"] == "TimestampMismatchError"
