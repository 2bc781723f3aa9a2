"""GET /api/resource/<DocType>: its arguments, and what it refuses."""

import json

import frappe
import pytest
from rest_world import NOTE, ORDER, ROW, SETTING

pytestmark = pytest.mark.usefixtures("notes")
NOTES = f"/api/resource/{NOTE}"


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["name"] for row in answer.json["data"]]


@pytest.mark.parametrize("path", [NOTES, NOTES + "/", f"/api/v1/resource/{NOTE}"])
def test_three_addresses_are_one_list(owner, path):
    assert names(owner.get(path, {"order_by": "name asc"})) == ["N1", "N2", "N3"]


@pytest.mark.parametrize(
    "query, wanted",
    [
        ({"filters": {"kind": "Short"}}, ["N1", "N2"]),
        ({"filters": [["kind", "=", "Short"], ["amount", ">", 1000]]}, ["N2"]),
        ({"filters": [[NOTE, "amount", "in", [1000, 3000]]]}, ["N1", "N3"]),
        ({"filters": [["day", "between", ["2025-01-02", "2025-01-03"]]]}, ["N2", "N3"]),
        ({"filters": {"name": ["like", "%2"]}}, ["N2"]),
        ({"or_filters": [["name", "=", "N1"], ["kind", "=", "Long"]]}, ["N1", "N3"]),
        ({"filters": {"kind": "Short"}, "or_filters": {"name": "N1", "amount": 3000}}, ["N1"]),
        ({"limit_page_length": 2}, ["N1", "N2"]),
        ({"limit": 2}, ["N1", "N2"]),
        ({"limit": 2, "limit_page_length": 1}, ["N1"]),
        ({"limit_page_length": 0}, ["N1", "N2", "N3"]),
        ({"limit_start": 1}, ["N2", "N3"]),
        ({"limit_start": 1, "limit_page_length": 1}, ["N2"]),
        ({"debug": 1}, ["N1", "N2", "N3"]),
        ({"debug": "True"}, ["N1", "N2", "N3"]),
        ({"surprise": 1}, ["N1", "N2", "N3"]),
        ({"order_by": "amount desc"}, ["N3", "N2", "N1"]),
    ],
)
def test_arguments(owner, query, wanted):
    query = {key: json.dumps(value) if isinstance(value, (dict, list)) else value for key, value in query.items()}
    assert names(owner.get(NOTES, {"order_by": "name asc", **query})) == wanted


def test_twenty_rows_are_a_page(owner):
    for number in range(20):
        frappe.get_doc({"doctype": NOTE, "title": f"P{number}"}).insert()
    frappe.db.commit()
    assert len(names(owner.get(NOTES))) == 20
    assert len(names(owner.get(NOTES, {"limit_page_length": 21}))) == 21


def test_fields(owner):
    query = {"fields": json.dumps(["name", "amount", "day"]), "filters": json.dumps({"name": "N2"})}
    assert owner.get(NOTES, query).json == {"data": [{"name": "N2", "amount": 2000.0, "day": "2025-01-02"}]}
    alias = {"fields": json.dumps(["name as note"]), "order_by": "name asc", "limit": 1}
    assert owner.get(NOTES, alias).json == {"data": [{"note": "N1"}]}


def test_all_fields_but_those_above_ones_level(owner):
    row = owner.get(NOTES, {"fields": json.dumps(["*"]), "filters": json.dumps({"name": "N1"})}).json["data"][0]
    assert row["amount"] == 1000.0 and row["owner"] == "Administrator" and "secret" not in row
    asked = owner.get(NOTES, {"fields": json.dumps(["name", "secret"]), "order_by": "name asc", "limit": 1})
    assert "hidden" not in asked.text


@pytest.mark.parametrize("no", ["0", "False", "false"])
def test_rows_as_lists(owner, no):
    query = {"fields": json.dumps(["name", "amount"]), "as_dict": no, "order_by": "name asc", "limit": 2}
    assert owner.get(NOTES, query).json == {"data": [["N1", 1000.0], ["N2", 2000.0]]}


def test_groups(owner):
    query = {"fields": json.dumps(["kind", "count(name) as n"]), "group_by": "kind", "order_by": "kind asc"}
    assert owner.get(NOTES, query).json == {"data": [{"kind": "Long", "n": 1}, {"kind": "Short", "n": 2}]}


@pytest.fixture
def order(notes, owner):
    rows = [{"item": "bút", "quantity": 2}, {"item": "giấy", "quantity": 1}]
    return owner.post(f"/api/resource/{ORDER}", {"note": "N1", "rows": rows}).json["data"]["name"]


def test_rows_of_a_child_table_need_their_parent(owner, outsider, order):
    query = {"parent": ORDER, "fields": json.dumps(["item", "quantity"]), "order_by": "idx asc"}
    rows = [{"item": "bút", "quantity": 2}, {"item": "giấy", "quantity": 1}]
    assert owner.get(f"/api/resource/{ROW}", query).json == {"data": rows}
    for refused in (
        owner.get(f"/api/resource/{ROW}"),
        owner.get(f"/api/resource/{ROW}", {"parent": NOTE}),
        outsider.get(f"/api/resource/{ROW}", query),
    ):
        assert refused.status_code == 403 and refused.json["exc_type"] == "PermissionError"


def test_filters_look_into_child_tables(owner, order):
    path = f"/api/resource/{ORDER}"
    assert names(owner.get(path, {"filters": json.dumps([[ROW, "item", "=", "bút"]])})) == [order]
    assert names(owner.get(path, {"filters": json.dumps([[ROW, "item", "=", "mực"]])})) == []


@pytest.mark.parametrize(
    "query, status, kind",
    [
        ({"fields": ["nothing"]}, 417, "DataError"),
        ({"filters": {"nothing": 1}}, 417, "DataError"),
        ({"filters": [["name", "resembles", "N"]]}, 417, "ValidationError"),
    ],
)
def test_what_is_no_question_is_refused(owner, query, status, kind):
    answer = owner.get(NOTES, {key: json.dumps(value) for key, value in query.items()})
    assert answer.status_code == status and answer.json["exc_type"] == kind
    assert "data" not in answer.json


@pytest.mark.parametrize("query", [{"fields": "nope"}, {"filters": "{nope"}, {"order_by": "nothing asc"}])
def test_what_cannot_be_read_is_refused(owner, query):
    answer = owner.get(NOTES, query)
    assert answer.status_code >= 400 and "data" not in answer.json


def test_an_unknown_doctype(owner):
    answer = owner.get("/api/resource/No Such Type")
    assert answer.status_code == 404 and answer.json["exc_type"] == "DoesNotExistError"


def test_who_may_not_read_sees_no_list(guest, outsider):
    for http in (guest, outsider):
        answer = http.get(NOTES)
        assert answer.status_code == 403 and answer.json["exc_type"] == "PermissionError"
        assert answer.json["_error_message"] == f"No permission for {NOTE}"


def test_a_single_is_read_as_a_document(owner):
    path = f"/api/resource/{SETTING}/{SETTING}"
    data = owner.get(path).json["data"]
    assert data["greeting"] == "Chào" and data["most"] == 3 and data["doctype"] == SETTING
    assert owner.put(path, {"greeting": "Xin chào"}).json["data"]["greeting"] == "Xin chào"
    assert owner.get(path).json["data"]["greeting"] == "Xin chào"
