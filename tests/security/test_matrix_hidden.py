"""Every field above a persona's levels: its value is in no answer, and no question tells whether one has guessed it.

Each field is asked for in every third way, the next field in the next third; SECURITY_WALK=all tries all of them.
"""

import os

import fence_table as table
import pytest
from test_matrix_around import client

pytestmark = pytest.mark.usefixtures("fence")
METHOD = "/api/method/"
TEXTS = ("Data", "Small Text", "Text")


def _hidden(persona: str) -> list[tuple[str, str]]:
    """(DocType, field) of texts that the persona may not see on rows it does see, on side A or B."""
    role = table.PERSONAS[persona][0]
    return [
        (doctype, field["fieldname"])
        for doctype in sorted(table.SCOPES)
        if table.sees(persona, doctype)
        for field in table.hidden(role, doctype)
        if field["fieldtype"] in TEXTS
    ]


READERS = [name for name in ("auditor", "finance_a", "commune_a", "bank_a", "outreach_b", "police_a") if _hidden(name)]


def asked_by(doctype: str, field: str) -> dict:
    """Ways to ask about one field: address, arguments for a text that the filter looks for."""
    listed = f"/api/resource/{doctype}"

    def said(text: str, name: str = field) -> list:
        return [[doctype, name, "like", f"{text}%"]]

    escaped = f"\\u{ord(field[0]):04x}{field[1:]}"
    return {
        "filter": (listed, lambda text: {"filters": said(text)}),
        "or_filter": (listed, lambda text: {"or_filters": said(text)}),
        "upper case": (listed, lambda text: {"filters": said(text, field.upper())}),
        "escaped": (listed, lambda text: {"filters": f'[["{doctype}","{escaped}","like","{text}%"]]'}),
        "value": (
            METHOD + "frappe.client.get_value",
            lambda text: {"doctype": doctype, "fieldname": "name", "filters": {field: ["like", f"{text}%"]}},
        ),
        "count": (METHOD + "frappe.client.get_count", lambda text: {"doctype": doctype, "filters": said(text)}),
        "groups": (
            METHOD + "frappe.desk.listview.get_group_by_count",
            lambda text: {"doctype": doctype, "current_filters": said(text), "field": "owner"},
        ),
        "import template": (
            METHOD + "frappe.core.doctype.data_import.data_import.download_template",
            lambda text: {
                "doctype": doctype, "export_fields": {doctype: ["name"]}, "export_records": "by_filter",
                "export_filters": said(text), "file_type": "CSV",
            },
        ),
    }  # fmt: skip


def shown_by(doctype: str, field: str) -> dict:
    """Ways to have a field's value come out."""
    listed, again = f"/api/resource/{doctype}", METHOD + "frappe.client.get_list"
    return {
        "column": (listed, {"fields": ["name", field]}),
        "columns": (again, {"doctype": doctype, "fields": [field, field, "name"]}),
        "alias": (again, {"doctype": doctype, "fields": [f"{field} as a", f"`tab{doctype}`.`{field}` as b"]}),
        "function": (listed, {"fields": [f"max({field}) as n"]}),
        "group": (listed, {"fields": ["count(name) as n"], "group_by": field}),
        "order": (listed, {"fields": ["name"], "order_by": f"`tab{doctype}`.`{field}` desc"}),
        "distinct": (again, {"doctype": doctype, "fields": [f"distinct {field}"], "pluck": field}),
        "value": (METHOD + "frappe.client.get_value", {"doctype": doctype, "fieldname": [field, field]}),
        "stats": (METHOD + "frappe.desk.reportview.get_stats", {"doctype": doctype, "stats": [field]}),
        "groups": (
            METHOD + "frappe.desk.listview.get_group_by_count",
            {"doctype": doctype, "current_filters": [], "field": field},
        ),
        "export": (
            METHOD + "frappe.desk.reportview.export_query",
            {"doctype": doctype, "fields": [field, "name", field], "file_format_type": "CSV", "title": "x"},
        ),
        "import template": (
            METHOD + "frappe.core.doctype.data_import.data_import.download_template",
            {"doctype": doctype, "export_fields": {doctype: ["name", field, field]}, "export_records": "all",
             "file_type": "CSV"},
        ),
        "data export": (
            METHOD + "frappe.core.doctype.data_export.exporter.export_data",
            {"doctype": doctype, "select_columns": {doctype: ["name", field]}, "with_data": "1", "file_type": "CSV"},
        ),
        "next": (
            METHOD + "frappe.desk.form.utils.get_next",
            {"doctype": doctype, "value": table.row("B", doctype), "prev": "0", "sort_field": field},
        ),
        "search": (
            METHOD + "frappe.desk.search.search_widget",
            {"doctype": doctype, "txt": "", "searchfield": field, "filter_fields": [field]},
        ),
    }  # fmt: skip


def tried(ways: dict, turn: int) -> list[tuple]:
    """Every third way, another third at the next turn."""
    found = list(ways.items())
    return found if os.environ.get("SECURITY_WALK") == "all" else found[turn % 3 :: 3]


@pytest.mark.parametrize("persona", READERS)
def test_no_question_tells_a_hidden_value(who, persona):
    reader = client(who, persona)
    for turn, (doctype, field) in enumerate(_hidden(persona)):
        side = table.sees(persona, doctype)[0]
        hit, miss = table.secret(side, doctype, field)[:-2], "no such text"
        for way, (path, arguments) in tried(asked_by(doctype, field), turn):
            first = reader.get(path, **arguments(hit))
            if first.status == 200:
                assert first.body == reader.get(path, **arguments(miss)).body, (way, doctype, field, first.text)


@pytest.mark.parametrize("persona", READERS)
def test_no_answer_holds_a_hidden_value(who, persona):
    reader = client(who, persona)
    for turn, (doctype, field) in enumerate(_hidden(persona)):
        for way, (path, arguments) in tried(shown_by(doctype, field), turn):
            answer = reader.get(path, **arguments)
            for side in table.SIDES:
                assert table.secret(side, doctype, field) not in answer.text, (way, doctype, field)
            if way in ("order", "next", "group"):
                assert answer.status in (403, 404), (way, doctype, field, answer.text)
        side = table.sees(persona, doctype)[0]
        opened = reader.get(f"/api/resource/{doctype}/{table.row(side, doctype)}")
        assert opened.status == 200 and table.secret(side, doctype, field) not in opened.text, (doctype, field)


@pytest.mark.parametrize("persona", ["auditor", "officer_a", "commune_a"])
def test_links_and_tables_hide_what_their_documents_hide(who, persona):
    """`link.field` is held to the linked row's area and levels, `tabTable.field` to those of the document."""
    reader, role = client(who, persona), table.PERSONAS[persona][0]
    for doctype in sorted(table.SCOPES):
        if not table.sees(persona, doctype):
            continue
        for field in table.doctypes()[doctype]["fields"]:
            other = field.get("options")
            if field["fieldtype"] == "Link" and other in table.SCOPES and table.may(role, other, "read"):
                names = [one["fieldname"] for one in table.hidden(role, other) if one["fieldtype"] in TEXTS]
                for name in names[:1]:
                    asked = [f"{field['fieldname']}.{name} as a", f"{field['fieldname']}.{name} as b"]
                    answer = reader.list(doctype, fields=asked)
                    assert table.secret("A", other, name) not in answer.text, (doctype, field["fieldname"], name)
                    path = f"{field['fieldname']}.{name}"
                    answer = reader.list(doctype, fields=["name"], filters={path: ["like", "A%"]})
                    assert answer.status != 200 or not answer.rows, (doctype, path)
            elif field["fieldtype"].startswith("Table"):
                for name in [one["fieldname"] for one in table.hidden_in(role, doctype, other)]:
                    secret = table.secret("A", other, name)
                    for asked in ([f"`tab{other}`.`{name}`", f"`tab{other}`.`{name}` as b"], ["name", name, name]):
                        answer = reader.list(doctype, fields=asked)
                        assert secret not in answer.text, (doctype, name)
                        answer = reader.list(other, parent=doctype, fields=asked)
                        assert secret not in answer.text, (other, name)
                    for told in ([[other, name, "like", "A%"]], [[other, name.upper(), "like", "A%"]]):
                        for asked in ({"filters": told}, {"or_filters": told}):
                            assert reader.list(doctype, **asked).status != 200, (doctype, name)
                            assert reader.list(other, parent=doctype, **asked).status != 200, (doctype, name)
