"""/api/method: which functions are called, with which arguments, by which verb; older and newer addresses."""

import json

import frappe
import pytest
from frappe.tests.utils import patch_hooks
from rest_client import Http
from rest_world import NOTE, ORDER, OWNER, PASSWORD

pytestmark = pytest.mark.usefixtures("notes")
COUNT = "/api/method/frappe.client.get_count"
CLIENT = "/api/method/frappe.client."


@pytest.mark.parametrize("path", ["/api/method/ping", "/api/method/frappe.ping", "/api/v1/method/ping"])
def test_ping(guest, path):
    assert guest.get(path).json == {"message": "pong"}


def test_cmd_names_the_method_at_the_root(guest, owner):
    assert guest.get("/", {"cmd": "ping"}).json == {"message": "pong"}
    assert owner.post("/", form={"cmd": "frappe.client.get_count", "doctype": NOTE}).json == {"message": 3}
    assert owner.post("/", {"cmd": "frappe.client.get_count", "doctype": NOTE}).json == {"message": 3}


def test_cmd_login(guest):
    answer = guest.post("/", form={"cmd": "login", "usr": OWNER, "pwd": PASSWORD})
    assert answer.json["message"] == "Logged In"
    assert guest.get("/api/method/frappe.auth.get_logged_user").json == {"message": OWNER}


def test_arguments_come_from_query_form_or_json(owner):
    wanted = {"doctype": NOTE, "filters": json.dumps({"kind": "Short"})}
    assert owner.get(COUNT, wanted).json == {"message": 2}
    assert owner.post(COUNT, form=wanted).json == {"message": 2}
    assert owner.post(COUNT, {**wanted, "filters": {"kind": "Short"}}).json == {"message": 2}
    assert owner.request("DELETE", COUNT, query=wanted).json == {"message": 2}
    assert owner.put(COUNT, wanted).json == {"message": 2}


def test_arguments_that_the_method_does_not_know_are_left_out(owner):
    assert owner.get(COUNT, {"doctype": NOTE, "surprise": 1}).json == {"message": 3}
    assert owner.get(COUNT + "/more", {"doctype": NOTE}).json == {"message": 3}


@pytest.mark.parametrize("name", ["frappe.no_such.thing", "frappe.nothing", "nothing", "no_app.method"])
def test_an_unknown_method(owner, name):
    answer = owner.get(f"/api/method/{name}")
    assert answer.status_code == 417 and answer.json["exc_type"] == "ValidationError"
    assert "Failed to get method" in answer.json["_server_messages"]


@pytest.mark.parametrize("name", ["frappe.get_all", "frappe.utils.cint", "frappe.db.sql", "frappe.delete_doc"])
def test_only_whitelisted_functions_are_called(owner, name):
    answer = owner.get(f"/api/method/{name}", {"doctype": NOTE})
    assert 400 <= answer.status_code < 500 and "message" not in answer.json


def test_guests_call_what_is_open_to_guests(guest):
    answer = guest.get(COUNT, {"doctype": NOTE})
    assert answer.status_code == 403 and answer.json["exc_type"] == "PermissionError"
    entry = json.loads(json.loads(answer.json["_server_messages"])[0])
    assert entry["title"] == "Method Not Allowed"


@pytest.mark.parametrize("verb", ["GET", "DELETE"])
def test_a_method_takes_the_verbs_it_names(owner, verb):
    query = {"doc": json.dumps({"doctype": NOTE, "title": "G"})}
    answer = owner.request(verb, CLIENT + "insert", query=query)
    assert answer.status_code == 403 and answer.json["exc_type"] == "PermissionError"
    frappe.db.rollback()
    assert not frappe.db.exists(NOTE, "G")


def test_no_method_takes_patch(owner):
    assert owner.request("PATCH", COUNT, query={"doctype": NOTE}).status_code == 403


@pytest.mark.parametrize(
    "method, arguments, name",
    [
        ("validate_link", {"doctype": NOTE, "docname": ["x"]}, "docname"),
        ("validate_link", {"doctype": {"a": 1}, "docname": "x"}, "doctype"),
        ("get_list", {"doctype": NOTE, "as_dict": "maybe"}, "as_dict"),
    ],
)
def test_arguments_have_the_types_of_their_annotations(owner, method, arguments, name):
    answer = owner.post(CLIENT + method, arguments)
    assert answer.status_code == 417 and answer.json["exc_type"] == "FrappeTypeError"
    assert f"Argument '{name}' should be of type" in answer.json["exception"]


def test_a_missing_argument_is_the_servers_error(owner):
    answer = owner.get(CLIENT + "get_list")
    assert answer.status_code == 500 and answer.json["exc_type"] == "TypeError"


def test_get_never_commits(owner):
    owner.get("/api/method/run_doc_method", {"dt": NOTE, "dn": "N1", "method": "nothing"})
    order = owner.post(f"/api/resource/{ORDER}", {"rows": [{"item": "a"}]}).json["data"]["name"]
    answer = owner.get("/api/method/run_doc_method", {"dt": ORDER, "dn": order, "method": "submit"})
    assert answer.status_code == 200 and answer.json["docs"][0]["docstatus"] == 1
    frappe.db.rollback()
    assert frappe.db.get_value(ORDER, order, "docstatus") == 0


def test_what_a_failed_post_wrote_is_undone(owner):
    docs = [{"doctype": NOTE, "title": "M1"}, {"doctype": NOTE, "title": "N1"}]
    assert owner.post(CLIENT + "insert_many", {"docs": docs}).status_code == 409
    frappe.db.rollback()
    assert not frappe.db.exists(NOTE, "M1")


def test_an_answer_that_is_nothing(owner):
    assert owner.post(CLIENT + "delete", {"doctype": NOTE, "name": "N1"}).json == {}


def test_override_whitelisted_methods(owner):
    with patch_hooks({"override_whitelisted_methods": {"frappe.client.get_count": ["frappe.ping"]}}):
        assert owner.get(COUNT, {"doctype": NOTE}).json == {"message": "pong"}
    assert owner.get(COUNT, {"doctype": NOTE}).json == {"message": 3}


def _only_two(*_args) -> None:
    """A hook: whatever is asked of the notes, it is asked of N2."""
    if frappe.form_dict.get("doctype") == NOTE:
        frappe.form_dict["filters"] = json.dumps({"name": "N2"})


def test_before_request_may_change_the_arguments(owner):
    with patch_hooks({"before_request": [_only_two]}):
        assert owner.get(COUNT, {"doctype": NOTE, "filters": json.dumps({"name": "N1"})}).json == {"message": 1}
        rows = owner.get(CLIENT + "get_list", {"doctype": NOTE, "filters": json.dumps({"name": "N1"})})
        assert rows.json == {"message": [{"name": "N2"}]}


# version 2


def test_version_2_answers_with_data(owner):
    path = f"/api/v2/document/{NOTE}"
    rows = owner.get(path, {"fields": json.dumps(["name"]), "order_by": "name asc", "limit": 2})
    assert rows.json == {"data": [{"name": "N1"}, {"name": "N2"}]}
    assert owner.get(f"{path}/N1").json["data"]["amount"] == 1000.0
    assert owner.post(path, {"title": "V1"}).json["data"]["name"] == "V1"
    assert owner.request("PATCH", f"{path}/V1", body={"amount": 3}).json["data"]["amount"] == 3
    assert owner.put(f"{path}/V1", {"amount": 4}).json["data"]["amount"] == 4
    gone = owner.delete(f"{path}/V1")
    assert gone.status_code == 202 and gone.json == {"data": "ok"}
    assert owner.get("/api/v2/method/frappe.client.get_count", {"doctype": NOTE}).json == {"data": 3}
    assert owner.get(f"/api/v2/doctype/{NOTE}/count").json == {"data": 3}


def test_version_2_runs_methods_of_documents(owner):
    order = owner.post(f"/api/v2/document/{ORDER}", {"rows": [{"item": "a"}]}).json["data"]
    done = owner.post(f"/api/v2/document/{ORDER}/{order['name']}/method/submit")
    assert done.json["data"]["docstatus"] == 1
    sent = owner.post(f"/api/v2/document/{ORDER}", {"rows": [{"item": "a"}]}).json["data"]
    done = owner.post("/api/v2/method/run_doc_method", {"method": "submit", "document": sent})
    assert done.json["docs"][0]["docstatus"] == 1


def test_version_2_tells_the_definition(owner, guest):
    meta = owner.get(f"/api/v2/doctype/{NOTE}/meta").json["data"]
    assert [field["fieldname"] for field in meta["fields"]] == ["title", "amount", "kind", "day", "secret"]
    assert guest.get(f"/api/v2/doctype/{NOTE}/meta").status_code == 403


@pytest.mark.parametrize(
    "verb, path, body, status, kind",
    [
        ("GET", f"document/{NOTE}/nothing", None, 404, "DoesNotExistError"),
        ("POST", f"document/{NOTE}", {"title": "N1"}, 409, "DuplicateEntryError"),
        ("POST", f"document/{NOTE}", {}, 417, "ValidationError"),
        ("GET", "method/frappe.nothing", None, 417, "ValidationError"),
        ("GET", "resource/" + NOTE, None, 404, "DoesNotExistError"),
    ],
)
def test_version_2_lists_its_errors(owner, verb, path, body, status, kind):
    answer = owner.request(verb, f"/api/v2/{path}", body=body)
    assert answer.status_code == status
    assert [error["type"] for error in answer.json["errors"]] == [kind]
    assert "exc_type" not in answer.json and "data" not in answer.json


def test_version_2_puts_the_message_into_its_error(owner):
    error = owner.post(f"/api/v2/document/{NOTE}", {}).json["errors"][0]
    assert error["message"] == "Title is required" and error["indicator"] == "red"


def test_version_2_knows_the_session(rest_site):
    http = Http(rest_site).sign_in(OWNER, PASSWORD)
    path = "/api/v2/method/frappe.auth.get_logged_user"
    assert http.get(path).json == {"data": OWNER}
    assert http.post("/api/v2/method/logout").status_code == 200
    assert http.get(path).status_code == 403


def test_rate_limit(notes, monkeypatch):
    from frappe.rate_limiter import rate_limit

    @rate_limit(key="who", limit=2, seconds=60)
    def limited():
        return "done"

    monkeypatch.setattr(frappe.local, "request", frappe._dict(method="GET"), raising=False)
    monkeypatch.setattr(frappe.local, "request_ip", "192.0.2.1", raising=False)
    for who in ("a", "b"):
        frappe.local.form_dict = frappe._dict(cmd=frappe.generate_hash(length=8), who=who)
        assert [limited(), limited()] == ["done", "done"]
        with pytest.raises(frappe.RateLimitExceededError):
            limited()
    frappe.local.form_dict = frappe._dict()
