"""docs/permissions.md says what the metadata says, and every guarded DocType has its rule and its hooks."""

from ansinh_app import hooks, permissions
from tools.permissions import PAGE, ROLES, files, write


def test_the_page_is_up_to_date():
    assert PAGE.read_text() == write(), "run `make permissions`"


def test_every_document_role_report_and_paper_stands_on_it():
    page = PAGE.read_text()
    named = [one["name"] for kind in ("doctype", "report", "print_format") for one in files(kind) if not one.get("istable")]
    assert len(named) > 120
    for name in [*named, *ROLES]:
        assert f" {name} |" in page, name


def test_each_rule_is_asked_for_lists_and_documents_and_the_tables_in_them():
    assert set(permissions.RULES) <= set(hooks.permission_query_conditions) & set(hooks.has_permission)
    for document in files("doctype"):
        if document["name"] in permissions.RULES:
            for field in document["fields"]:
                if field["fieldtype"].startswith("Table"):
                    assert field["options"] in hooks.permission_query_conditions, (document["name"], field["fieldname"])
