"""frappe.client.* over HTTP: what Frappe's own clients call."""

import json

import frappe
import pytest
from rest_world import NOTE, ORDER, ROW, SETTING

pytestmark = pytest.mark.usefixtures("notes")


def call(http, method: str, **arguments):
    """The message of a reading call."""
    answer = http.get(f"/api/method/frappe.client.{method}", {k: json.dumps(v) if isinstance(v, (dict, list)) else v
                                                             for k, v in arguments.items()})  # fmt: skip
    assert answer.status_code == 200, answer.text
    return answer.json.get("message")


def post(http, method: str, **arguments):
    return http.post(f"/api/method/frappe.client.{method}", arguments)


def test_get(owner):
    note = call(owner, "get", doctype=NOTE, name="N1")
    assert note["amount"] == 1000.0 and note["doctype"] == NOTE and not note.get("secret")
    assert call(owner, "get", doctype=NOTE, filters={"kind": "Long"})["name"] == "N3"
    assert call(owner, "get", doctype=SETTING)["greeting"] == "Chào"


def test_get_list(owner):
    rows = call(owner, "get_list", doctype=NOTE, fields=["name"], order_by="name asc", limit_page_length=1)
    assert rows == [{"name": "N1"}]
    assert call(owner, "get_list", doctype=NOTE, filters={"kind": "Long"}, fields=["name", "amount"], as_dict=0) == [
        ["N3", 3000.0]
    ]


@pytest.mark.parametrize(
    "arguments, wanted",
    [
        ({"fieldname": "amount", "filters": {"name": "N2"}}, {"amount": 2000.0}),
        ({"fieldname": ["amount", "kind"], "filters": "N2"}, {"amount": 2000.0, "kind": "Short"}),
        ({"fieldname": "amount", "filters": "N2", "as_dict": 0}, [2000.0]),
        ({"fieldname": "amount", "filters": "nothing"}, {}),
        ({"fieldname": "name", "filters": {"kind": "Long"}}, {"name": "N3"}),
    ],
)
def test_get_value(owner, arguments, wanted):
    found = call(owner, "get_value", doctype=NOTE, **arguments)
    assert found in (wanted, wanted[0]) if isinstance(wanted, list) else found == wanted


def test_values_of_a_single(owner):
    assert call(owner, "get_value", doctype=SETTING, fieldname="greeting") == {"greeting": "Chào"}
    assert call(owner, "get_single_value", doctype=SETTING, field="most") == 3


def test_get_count(owner):
    assert call(owner, "get_count", doctype=NOTE) == 3
    assert call(owner, "get_count", doctype=NOTE, filters=[["kind", "=", "Short"]]) == 2


def test_questions_about_rights(owner, outsider):
    asked = {"doctype": NOTE, "docname": "N1"}
    assert call(owner, "has_permission", **asked, perm_type="write") == {"has_permission": True}
    assert call(outsider, "has_permission", **asked, perm_type="write") == {"has_permission": False}
    assert call(owner, "get_doc_permissions", **asked)["permissions"]["read"] == 1


def test_validate_link(owner):
    assert call(owner, "validate_link", doctype=NOTE, docname="N1") == {"name": "N1"}
    assert call(owner, "validate_link", doctype=NOTE, docname="N1", fields=["amount"]) == {"name": "N1", "amount": 1000.0}
    assert not call(owner, "validate_link", doctype=NOTE, docname="nothing").get("name")


@pytest.mark.parametrize(
    "method, arguments",
    [
        ("get", {"doctype": NOTE, "name": "N1"}),
        ("get_list", {"doctype": NOTE}),
        ("get_value", {"doctype": NOTE, "fieldname": "amount", "filters": "N1"}),
        ("get_single_value", {"doctype": SETTING, "field": "most"}),
        ("validate_link", {"doctype": NOTE, "docname": "N1"}),
        ("set_value", {"doctype": NOTE, "name": "N1", "fieldname": "amount", "value": 0}),
        ("insert", {"doc": {"doctype": NOTE, "title": "X"}}),
        ("delete", {"doctype": NOTE, "name": "N1"}),
        ("rename_doc", {"doctype": NOTE, "old_name": "N1", "new_name": "X"}),
        ("save", {"doc": {"doctype": NOTE, "name": "N1", "title": "N1", "amount": 0}}),
    ],
)
def test_the_outsider_and_the_guest_are_refused(outsider, guest, method, arguments):
    for http in (outsider, guest):
        answer = post(http, method, **arguments)
        assert answer.status_code in (403, 417), answer.text
        assert "1000" not in answer.text
    frappe.db.rollback()
    assert frappe.get_all(NOTE, pluck="amount", order_by="name") == [1000, 2000, 3000]


def test_child_rows_need_their_parent(owner):
    order = post(owner, "insert", doc={"doctype": ORDER, "rows": [{"item": "a"}]}).json["message"]
    rows = call(owner, "get_list", doctype=ROW, parent=ORDER, fields=["item"])
    assert rows == [{"item": "a"}]
    assert owner.get("/api/method/frappe.client.get_list", {"doctype": ROW}).status_code == 403
    child = {"doctype": ROW, "parenttype": ORDER, "parent": order["name"], "parentfield": "rows", "item": "b"}
    assert [row["item"] for row in post(owner, "insert", doc=child).json["message"]["rows"]] == ["a", "b"]


def test_insert_set_and_save(owner):
    made = post(owner, "insert", doc={"doctype": NOTE, "title": "C1"}).json["message"]
    assert made["name"] == "C1"
    assert post(owner, "set_value", doctype=NOTE, name="C1", fieldname="amount", value=5).json["message"]["amount"] == 5
    many = post(owner, "set_value", doctype=NOTE, name="C1", fieldname={"amount": 6, "kind": "Long"}).json["message"]
    assert (many["amount"], many["kind"]) == (6, "Long")
    saved = post(owner, "save", doc={**many, "amount": 7})
    assert saved.json["message"]["amount"] == 7
    stale = post(owner, "save", doc={**many, "amount": 8})
    assert stale.status_code == 417 and stale.json["exc_type"] == "TimestampMismatchError"


@pytest.mark.parametrize("fieldname", ["owner", "modified", "docstatus", "parent"])
def test_what_the_framework_keeps_is_not_set(owner, fieldname):
    answer = post(owner, "set_value", doctype=NOTE, name="N1", fieldname=fieldname, value="x")
    assert answer.status_code == 417 and "Cannot edit standard fields" in answer.json["_server_messages"]


def test_insert_many_and_no_more_than_200(owner):
    docs = [{"doctype": NOTE, "title": f"M{number}"} for number in range(3)]
    assert post(owner, "insert_many", docs=docs).json["message"] == ["M0", "M1", "M2"]
    assert post(owner, "insert_many", docs=[{"doctype": NOTE}] * 201).status_code == 417


def test_bulk_update_names_what_failed(owner):
    docs = [{"doctype": NOTE, "docname": "N1", "amount": 9}, {"doctype": NOTE, "docname": "nothing", "amount": 9}]
    failed = post(owner, "bulk_update", docs=json.dumps(docs)).json["message"]["failed_docs"]
    assert [entry["doc"]["docname"] for entry in failed] == ["nothing"]
    frappe.db.rollback()
    assert frappe.db.get_value(NOTE, "N1", "amount") == 9


def test_rename_and_delete(owner):
    answer = post(owner, "rename_doc", doctype=NOTE, old_name="N1", new_name="N1b")
    assert answer.json["message"] == "N1b" and "Document renamed" in answer.json["_server_messages"]
    assert post(owner, "delete", doctype=NOTE, name="N1b").status_code == 200
    gone = post(owner, "delete", doctype=NOTE, name="N1b")
    assert gone.status_code == 404 and gone.json["exc_type"] == "DoesNotExistError"


def test_submit_cancel_and_amend(owner):
    made = post(owner, "insert", doc={"doctype": ORDER, "rows": [{"item": "a"}]}).json["message"]
    assert post(owner, "submit", doc=made).json["message"]["docstatus"] == 1
    assert not call(owner, "is_document_amended", doctype=ORDER, docname=made["name"])
    assert post(owner, "cancel", doctype=ORDER, name=made["name"]).json["message"]["docstatus"] == 2
    amended = {"doctype": ORDER, "amended_from": made["name"], "rows": [{"item": "a"}]}
    new = post(owner, "insert", doc=amended).json["message"]
    assert new["name"] == f"{made['name']}-1"
    assert call(owner, "is_document_amended", doctype=ORDER, docname=made["name"]) == new["name"]


def test_attach_file(owner, outsider):
    file = {"filename": "a.txt", "filedata": "xin", "doctype": NOTE, "docname": "N1", "is_private": 1}
    assert post(outsider, "attach_file", **file).status_code == 403
    made = post(owner, "attach_file", **file).json["message"]
    assert made["attached_to_name"] == "N1" and made["is_private"] == 1
