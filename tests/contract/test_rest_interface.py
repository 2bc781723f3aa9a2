"""Frappe's HTTP interface: shapes, status codes, permissions; what a REST client relies on, on either host."""

import io
import json

import frappe
import pytest
from rest_client import Http
from rest_world import NOTE, OUTSIDER, OWNER, PASSWORD

pytestmark = pytest.mark.usefixtures("notes")


def test_login_answers_as_frappe_and_sets_the_sid(guest):
    response = guest.post("/api/method/login", form={"usr": OWNER, "pwd": PASSWORD})
    assert response.json["message"] == "Logged In" and response.json["full_name"] == "Rest"
    cookie = next(c for c in response.headers.getlist("Set-Cookie") if c.strip().startswith("sid="))
    assert "HttpOnly" in cookie
    assert guest.get("/api/method/frappe.auth.get_logged_user").json == {"message": OWNER}


def test_a_wrong_password_is_401(guest):
    response = guest.post("/api/method/login", form={"usr": OUTSIDER, "pwd": "no"})
    assert response.status_code == 401


def test_logout_ends_the_session(guest):
    owner = guest.sign_in(OWNER, PASSWORD)
    assert owner.post("/api/method/logout").status_code == 200
    assert owner.get(f"/api/resource/{NOTE}").status_code in (401, 403)


def test_a_guest_reads_nothing(guest):
    assert guest.get(f"/api/resource/{NOTE}").status_code in (401, 403)
    assert guest.get(f"/api/resource/{NOTE}/N1").status_code in (401, 403)
    assert guest.get("/api/method/frappe.auth.get_logged_user").status_code in (401, 403)


def test_a_list_has_names_by_default_and_the_fields_asked_for(owner):
    assert owner.get(f"/api/resource/{NOTE}", {"order_by": "name asc"}).json == {
        "data": [{"name": "N1"}, {"name": "N2"}, {"name": "N3"}]
    }
    query = {
        "fields": json.dumps(["name", "amount"]),
        "filters": json.dumps([["amount", ">", 1000]]),
        "order_by": "amount desc",
        "limit_page_length": 1,
        "limit_start": 1,
    }
    assert owner.get(f"/api/resource/{NOTE}", query).json == {"data": [{"name": "N2", "amount": 2000.0}]}
    either = {"or_filters": json.dumps([["name", "=", "N1"], ["amount", "=", 3000]]), "order_by": "name asc"}
    assert [row["name"] for row in owner.get(f"/api/resource/{NOTE}", either).json["data"]] == ["N1", "N3"]


def test_a_document_comes_whole_but_for_fields_above_ones_level(owner):
    data = owner.get(f"/api/resource/{NOTE}/N1").json["data"]
    assert data["doctype"] == NOTE and data["amount"] == 1000.0 and data["docstatus"] == 0
    assert data["modified"] and not data.get("secret")


def test_create_update_delete(owner):
    created = owner.post(f"/api/resource/{NOTE}", {"title": "N9", "amount": 9})
    assert created.status_code == 200 and created.json["data"]["name"] == "N9"
    assert created.json["data"]["owner"] == OWNER
    assert owner.put(f"/api/resource/{NOTE}/N9", {"amount": 10}).json["data"]["amount"] == 10
    assert owner.get(f"/api/resource/{NOTE}/N9").json["data"]["amount"] == 10
    gone = owner.delete(f"/api/resource/{NOTE}/N9")
    assert gone.status_code == 202 and gone.json["data"] == "ok"
    assert owner.get(f"/api/resource/{NOTE}/N9").status_code == 404


def test_errors_have_frappes_codes_and_shape(owner):
    missing = owner.get(f"/api/resource/{NOTE}/nothing")
    assert missing.status_code == 404 and missing.json["exc_type"] == "DoesNotExistError"
    invalid = owner.post(f"/api/resource/{NOTE}", {"amount": 1})
    assert invalid.status_code == 417
    assert invalid.json["exc_type"] in ("MandatoryError", "ValidationError")
    twice = owner.post(f"/api/resource/{NOTE}", {"title": "N1"})
    assert twice.status_code == 409 and twice.json["exc_type"] == "DuplicateEntryError"
    messages = [json.loads(text) for text in json.loads(twice.json["_server_messages"])]
    assert all(message["message"] for message in messages)


def test_a_failed_request_writes_nothing(owner):
    owner.post(f"/api/resource/{NOTE}", {"title": "N1"})
    frappe.db.rollback()
    assert frappe.db.count(NOTE) == 3


def test_an_outsider_is_refused_with_403(outsider):
    for response in (
        outsider.get(f"/api/resource/{NOTE}"),
        outsider.get(f"/api/resource/{NOTE}/N1"),
        outsider.post(f"/api/resource/{NOTE}", {"title": "X"}),
        outsider.put(f"/api/resource/{NOTE}/N1", {"amount": 0}),
        outsider.delete(f"/api/resource/{NOTE}/N1"),
    ):
        assert response.status_code == 403 and response.json["exc_type"] == "PermissionError"
    frappe.db.rollback()
    assert frappe.db.get_value(NOTE, "N1", "amount") == 1000


def test_a_level_one_field_cannot_be_written_from_below(owner):
    owner.put(f"/api/resource/{NOTE}/N1", {"secret": "mine", "amount": 5})
    frappe.db.rollback()
    assert frappe.db.get_value(NOTE, "N1", ["secret", "amount"]) == ("hidden", 5)


def test_get_rolls_back_and_post_commits(owner):
    arguments = {"doctype": NOTE, "name": "N1", "fieldname": "amount", "value": 77}
    refused = owner.get("/api/method/frappe.client.set_value", arguments)
    frappe.db.rollback()
    assert frappe.db.get_value(NOTE, "N1", "amount") == 1000 and refused.status_code in (200, 403)
    assert owner.post("/api/method/frappe.client.set_value", arguments).status_code == 200
    frappe.db.rollback()
    assert frappe.db.get_value(NOTE, "N1", "amount") == 77


def test_only_whitelisted_methods_can_be_called(owner):
    assert owner.get("/api/method/frappe.get_all", {"doctype": NOTE}).status_code == 403
    assert owner.get("/api/method/frappe.no_such.thing").status_code in (404, 417, 500)


def test_a_method_answers_under_message(owner):
    response = owner.get("/api/method/frappe.client.get_count", {"doctype": NOTE})
    assert response.json == {"message": 3}


def test_a_stale_document_is_refused(owner):
    data = owner.get(f"/api/resource/{NOTE}/N1").json["data"]
    assert owner.put(f"/api/resource/{NOTE}/N1", {"amount": 2, "modified": data["modified"]}).status_code == 200
    late = owner.put(f"/api/resource/{NOTE}/N1", {"amount": 3, "modified": data["modified"]})
    assert late.json["exc_type"] == "TimestampMismatchError"


def test_api_keys_need_no_session(guest):
    user = frappe.get_doc("User", OWNER)
    user.api_key, user.api_secret = "restkey0001", "restsecret0001"
    user.save()
    frappe.db.commit()
    right = {"Authorization": "token restkey0001:restsecret0001"}
    assert guest.get("/api/method/frappe.auth.get_logged_user", headers=right).json == {"message": OWNER}
    assert guest.post(f"/api/resource/{NOTE}", {"title": "ByKey"}, headers=right).status_code == 200
    wrong = {"Authorization": "token restkey0001:wrong"}
    assert guest.get("/api/method/frappe.auth.get_logged_user", headers=wrong).status_code == 401


def test_an_uploaded_file_is_private_to_those_who_may_read_its_document(owner, outsider, guest):
    form = {
        "file": (io.BytesIO("chào".encode()), "chao.txt"),
        "is_private": "1", "doctype": NOTE, "docname": "N1", "fieldname": "",
    }  # fmt: skip
    response = owner.post("/api/method/upload_file", form=form)
    assert response.status_code == 200, response.text
    url = response.json["message"]["file_url"]
    assert url.startswith("/private/files/")
    assert owner.get(url).data.decode() == "chào"
    assert outsider.get(url).status_code == 403
    assert Http(frappe.local.site).get(url).status_code in (302, 403)
    refused = outsider.post(
        "/api/method/upload_file",
        form={"file": (io.BytesIO(b"x"), "x.txt"), "is_private": "1", "doctype": NOTE, "docname": "N1"},
    )
    assert refused.status_code == 403
