"""What the desk's own clients ask: choices of Links, list views, reports."""

import json

import frappe
import pytest
from rest_world import NOTE, ROLE

pytestmark = pytest.mark.usefixtures("notes")
VIEW = "/api/method/frappe.desk.reportview."
SEARCH = "/api/method/frappe.desk.search.search_link"


def test_search_link(owner, outsider):
    found = owner.get(SEARCH, {"doctype": NOTE, "txt": "n1"}).json["message"]
    assert [choice["value"] for choice in found] == ["N1"] and "description" in found[0]
    narrowed = owner.get(SEARCH, {"doctype": NOTE, "txt": "", "filters": json.dumps({"kind": "Long"})})
    assert [choice["value"] for choice in narrowed.json["message"]] == ["N3"]
    assert len(owner.get(SEARCH, {"doctype": NOTE, "txt": "", "page_length": 2}).json["message"]) == 2
    assert owner.get(SEARCH, {"doctype": NOTE, "txt": "zzz"}).json == {"message": []}
    assert outsider.get(SEARCH, {"doctype": NOTE, "txt": "N1"}).status_code == 403


def view_query(**more) -> dict:
    fields = [f"`tab{NOTE}`.`name`", f"`tab{NOTE}`.`amount`"]
    query = {"doctype": NOTE, "fields": fields, "filters": [], "order_by": f"`tab{NOTE}`.`name` asc", **more}
    return {key: json.dumps(value) if isinstance(value, list) else value for key, value in query.items()}


def test_the_rows_of_a_list_view(owner):
    query = view_query(filters=[[NOTE, "kind", "=", "Short"]], start=0, page_length=20, view="List")
    answer = owner.get(VIEW + "get", query).json["message"]
    assert answer["keys"] == ["name", "amount"] and answer["values"] == [["N1", 1000.0], ["N2", 2000.0]]
    assert owner.get(VIEW + "get", view_query(start=1, page_length=1)).json["message"]["values"] == [["N2", 2000.0]]
    assert owner.get(VIEW + "get", view_query(filters=[[NOTE, "kind", "=", "none"]])).json == {"message": []}


def test_rows_as_dicts_and_their_number(owner):
    rows = owner.get(VIEW + "get_list", view_query()).json["message"]
    assert rows[0] == {"name": "N1", "amount": 1000.0} and len(rows) == 3
    counted = view_query(filters=[[NOTE, "kind", "=", "Short"]], fields=[])
    assert owner.get(VIEW + "get_count", counted).json == {"message": 2}


def test_who_may_not_read_gets_no_view(outsider, guest):
    for http in (outsider, guest):
        assert http.get(VIEW + "get", view_query()).status_code == 403


def test_a_view_refuses_unknown_fields(owner):
    answer = owner.get(VIEW + "get", view_query(fields=["nothing"]))
    assert answer.status_code == 417 and answer.json["exc_type"] == "DataError"


REPORT = "Rest Amounts"
RUN = "/api/method/frappe.desk.query_report.run"


@pytest.fixture
def report(notes):
    if not frappe.db.exists("Report", REPORT):
        frappe.get_doc(
            {
                "doctype": "Report", "report_name": REPORT, "ref_doctype": NOTE, "report_type": "Query Report",
                "is_standard": "No", "roles": [{"role": ROLE}],
                "query": f"select name as 'Note:Link/{NOTE}:120', amount as 'Amount:Currency:120' from `tab{NOTE}` "
                "where kind = %(kind)s order by name",
            }
        ).insert()  # fmt: skip
        frappe.db.commit()


def test_a_report_runs_with_its_filters(owner, report):
    answer = owner.get(RUN, {"report_name": REPORT, "filters": json.dumps({"kind": "Short"})})
    assert answer.status_code == 200, answer.text
    found = answer.json["message"]
    assert [column["label"] for column in found["columns"]] == ["Note", "Amount"]
    assert [column["fieldtype"] for column in found["columns"]] == ["Link", "Currency"]
    values = [list(row.values()) if isinstance(row, dict) else row for row in found["result"]]
    assert [row[0] for row in values] == ["N1", "N2"]


def test_a_report_is_for_its_roles(outsider, guest, report):
    for http in (outsider, guest):
        assert http.get(RUN, {"report_name": REPORT, "filters": '{"kind": "Short"}'}).status_code == 403


def test_an_unknown_report(owner):
    answer = owner.get(RUN, {"report_name": "No Such Report"})
    assert answer.status_code == 404 and answer.json["exc_type"] == "DoesNotExistError"
