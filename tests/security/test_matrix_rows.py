"""Each persona against every DocType of the app over REST: lists, documents, counts, changes, tables in documents.

Every DocType is listed by everybody; of the rest each persona tries every third, SECURITY_WALK=all all of them.
"""

import os

import fence_table as table
import pytest

pytestmark = pytest.mark.usefixtures("fence")
PERSONAS = [*table.PERSONAS, "guest"]
PLAIN = sorted(name for name, doc in table.doctypes().items() if not doc.get("istable"))
LISTED = [name for name in PLAIN if not table.doctypes()[name].get("issingle")]
GUARDED = sorted(table.SCOPES)
# One persona for each role, and those without any.
FIRST = [*{role: name for name, (role, _areas, _sides) in reversed(table.PERSONAS.items())}.values(), "guest"]
METHOD = "/api/method/frappe.client."


def own(persona: str, doctype: str) -> set[str]:
    sides = table.sees(persona, doctype) if persona in table.PERSONAS else ""
    return {table.row(side, doctype) for side in sides}


def role_of(persona: str) -> str | None:
    return table.PERSONAS[persona][0] if persona in table.PERSONAS else None


def client(who, persona: str):
    return who("guest" if persona == "guest" else f"fen.{persona}")


def tried(persona: str, doctypes: list[str]) -> list[str]:
    """Every third DocType, another third for the next persona."""
    if os.environ.get("SECURITY_WALK") == "all":
        return doctypes
    return doctypes[PERSONAS.index(persona) % 3 :: 3]


def fenced(answer) -> set[str]:
    """The fence's rows in a list; a refused list has none."""
    assert answer.status in (200, 401, 403), answer.text
    return {row["name"] for row in answer.rows if str(row["name"]).startswith("ROW-")}


def test_every_doctype_has_its_place_in_the_table():
    assert set(PLAIN) == set(GUARDED) | table.NEUTRAL
    assert {role for doctype in PLAIN for role in table.roles(doctype)} <= {*table.KINDS, "System Manager"}
    assert set(table.KINDS) == {role for role, _areas, _sides in table.PERSONAS.values() if role}


def test_every_guarded_doctype_has_rows_on_each_side(who):
    for doctype in GUARDED:
        names = fenced(who("admin").list(doctype, fields=["name"]))
        assert names == {table.row(side, doctype) for side in table.SIDES}, doctype


@pytest.mark.parametrize("persona", PERSONAS)
def test_lists_show_what_is_ones_own(who, persona):
    reader, role = client(who, persona), role_of(persona)
    for doctype in LISTED:
        if not table.may(role, doctype, "read", own=True):
            if persona in FIRST:
                refused(reader.list(doctype, fields=["name"]), doctype)
            continue
        answer = reader.list(doctype, fields=["name"])
        assert answer.status == 200, (doctype, answer.text)
        if doctype in table.SCOPES:
            assert fenced(answer) == own(persona, doctype), doctype


@pytest.mark.parametrize("persona", PERSONAS)
def test_documents_open_and_change_for_whom_they_are_listed(who, persona):
    reader, role = client(who, persona), role_of(persona)
    for doctype in tried(persona, GUARDED):
        if not table.may(role, doctype, "read"):
            if persona in FIRST:
                refused(reader.get(f"/api/resource/{doctype}/{table.row('A', doctype)}"), doctype)
                refused(reader.delete(f"/api/resource/{doctype}/{table.row('A', doctype)}"), doctype)
            continue
        seen = table.sees(persona, doctype)
        for side in seen[:1]:
            path = f"/api/resource/{doctype}/{table.row(side, doctype)}"
            assert reader.get(path).status == 200, path
            if not table.may(role, doctype, "write"):
                refused(reader.put(path, docstatus=0), path)
            if not table.may(role, doctype, "delete"):
                refused(reader.delete(path), path)
        for side in sorted(set(table.SIDES) - set(seen))[:1]:
            path = f"/api/resource/{doctype}/{table.row(side, doctype)}"
            refused(reader.get(path), path)
            refused(reader.put(path, docstatus=0), path)
            refused(reader.delete(path), path)


@pytest.mark.parametrize("persona", [name for name in FIRST if name not in ("outsider", "guest")])
def test_rights_are_those_of_the_role_within_ones_area(who, persona):
    """What the desk asks before it shows a button, right by right, on an own and on a foreign row."""
    reader, role = client(who, persona), role_of(persona)
    for doctype in tried(persona, GUARDED):
        if not table.may(role, doctype, "read"):
            continue
        seen = table.sees(persona, doctype)
        foreign = next((side for side in table.SIDES if side not in seen), None)
        for side in filter(None, (seen[:1], foreign)):
            for right in ("write", "delete", "submit", "cancel", "print"):
                if right in ("submit", "cancel") and not table.doctypes()[doctype].get("is_submittable"):
                    continue
                asked = reader.get(
                    METHOD + "has_permission", doctype=doctype, docname=table.row(side, doctype), perm_type=right
                )
                wanted = side in seen and table.may(role, doctype, right)
                assert asked.json["message"]["has_permission"] == wanted, (doctype, side, right)


@pytest.mark.parametrize("persona", FIRST)
def test_who_may_not_create_creates_nothing(who, persona):
    reader = client(who, persona)
    for doctype in tried(persona, LISTED):
        if not table.may(role_of(persona), doctype, "create", own=True):
            refused(reader.post(f"/api/resource/{doctype}", office="FEN-A"), doctype)


@pytest.mark.parametrize("persona", ["officer_a", "commune_b", "bank_a", "auditor", "outsider", "guest"])
def test_tables_in_documents_follow_their_documents(who, persona):
    """A bench lists a table of documents by the right to the DocType of the documents alone."""
    reader = client(who, persona)
    for parent in tried(persona, GUARDED):
        for field in table.tables(parent):
            ending = f"-{field['fieldname']}"
            kids = {name + ending for name in own(persona, parent)}
            listed = reader.list(field["options"], parent=parent, fields=["name"])
            found = {name for name in fenced(listed) if name.endswith(ending) and f"-{parent}-" in name}
            assert found == kids, (parent, field["fieldname"])
            for side in "AB":
                name = f"{table.row(side, parent)}-{field['fieldname']}"
                asked = reader.get(
                    METHOD + "get_value", doctype=field["options"], parent=parent, fieldname="parent",
                    filters={"name": name},
                )  # fmt: skip
                assert (table.row(side, parent) in asked.text) == (name in kids), (name, asked.text)
                opened = reader.get(f"/api/resource/{field['options']}/{name}")
                assert (opened.status == 200) == (name in kids), (name, opened.text)


@pytest.mark.parametrize("persona", ["officer_a", "manager_b", "commune_a", "commune_nowhere", "bank_b", "post"])
def test_counts_values_and_names_are_those_of_the_list(who, persona):
    reader = client(who, persona)
    for doctype in tried(persona, GUARDED):
        if not table.may(role_of(persona), doctype, "read"):
            continue
        seen = own(persona, doctype)
        counted = reader.get(METHOD + "get_count", doctype=doctype, filters={"name": ["like", "ROW-%"]})
        assert counted.json["message"] == len(seen), (doctype, counted.text)
        grouped = reader.list(doctype, fields=["count(name) as n"], filters=[["name", "like", "ROW-%"]])
        assert grouped.rows[0]["n"] == len(seen), doctype
        for side in "AC":
            name = table.row(side, doctype)
            asked = reader.get(METHOD + "get_value", doctype=doctype, fieldname="name", filters={"name": name})
            assert (name in asked.text) == (name in seen), (name, asked.text)


def refused(answer, what: str) -> None:
    assert answer.status in (401, 403), (what, answer.status, answer.text)
