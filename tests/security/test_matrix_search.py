"""The search in everything and the desks: whatever they find, list and count is what their reader may list.

Each persona opens every third desk and card, SECURITY_WALK=all all of them.
"""

import json
import re

import fence_table as table
import pytest
from test_matrix_rows import client, tried

pytestmark = pytest.mark.usefixtures("fence")
METHOD = "/api/method/"
SEARCH = METHOD + "frappe.utils.global_search.search"
DESKS = sorted(
    (json.loads(path.read_text(encoding="utf-8")) for path in table.APP.glob("*/workspace/*/*.json")),
    key=lambda one: one["name"],
)
CARDS = sorted(
    (json.loads(path.read_text(encoding="utf-8")) for path in table.APP.glob("*/number_card/*/*.json")),
    key=lambda one: one["name"],
)
# One of each role, where there is one with an area of its own.
VISITORS = ("officer_a", "manager_b", "finance_a", "treasury_b", "auditor_a", "commune_a", "police_a", "outreach_b",
            "bank_b", "post", "province", "outsider")  # fmt: skip
# A word of each searched field, parted as the search in everything parts what it looks for.
WORDS = " & ".join(
    sorted(
        {
            field["fieldname"]
            for doctype in table.searched()
            for field in table.doctypes()[doctype]["fields"]
            if field.get("in_global_search")
        }
    )
)


def found(answer) -> set[str]:
    return {one["name"] for one in answer.json.get("message") or () if one["name"].startswith("ROW-")}


@pytest.mark.parametrize("persona", table.PERSONAS)
def test_the_search_in_everything_finds_what_is_listed(who, persona):
    answer = client(who, persona).get(SEARCH, text=WORDS, limit="500")
    assert answer.status == 200, answer.text
    wanted = {table.row(side, doctype) for doctype in table.searched() for side in table.sees(persona, doctype)}
    assert found(answer) == wanted
    sides = table.PERSONAS[persona][2]
    assert not [side for side in set(table.SIDES) - set(sides) if f"ROW-{side}" in answer.text], answer.text


def test_a_part_of_it_is_a_part_of_what_is_listed(who):
    """One kind of document, page after page, and whoever has not signed in."""
    reader = client(who, "commune_b")
    asked = {"text": "full_name", "doctype": "Beneficiary"}
    assert found(reader.get(SEARCH, **asked, limit="1")) == {"ROW-B-Beneficiary"}
    assert found(reader.get(SEARCH, **asked, start="1")) == set()
    assert client(who, "bank_b").get(SEARCH, **asked).json.get("message") in ([], None)
    assert who("guest").get(SEARCH, **asked).status in (401, 403)


def desk(reader, name: str):
    """(status, text) of a desk as either host shows it: a page, or a bench's parts of one."""
    page = reader.raw("GET", "/desk/workspace/" + name.replace(" ", "%20"), None, "text/html", Accept="text/html")
    if page.status != 404:
        return page.status, page.text
    asked = json.dumps({"name": name, "title": name, "public": 1})
    answer = reader.get(METHOD + "frappe.desk.desktop.get_desktop_page", page=asked)
    return answer.status, answer.text


@pytest.mark.parametrize("persona", VISITORS)
def test_desks_show_rows_of_the_own_area_and_doors_the_role_has(who, persona):
    """All desks, also those of other roles, asked for by their name."""
    reader, (role, _areas, sides) = who.anew(f"fen.{persona}"), table.PERSONAS[persona]
    for one in tried(persona, DESKS):
        status, text = desk(reader, one["name"])
        assert status in (200, 403, 404), (one["name"], text[:300])
        foreign = [side for side in set(table.SIDES) - set(sides) if re.search(rf"ROW-{side}|FEN-{side}\b", text)]
        assert not foreign, (one["name"], foreign)
        linked = {link["link_to"] for link in (*one["links"], *one["shortcuts"]) if link.get("link_to") in table.SCOPES}
        for doctype in linked:
            said = f'"link_to": "{doctype}"' in text or f'"link_to":"{doctype}"' in text
            assert not said or table.may(role, doctype, "read", own=True), (one["name"], doctype)


@pytest.mark.parametrize("persona", ["officer_a", "manager_b", "commune_a", "police_nowhere", "bank_b", "auditor_a", "outsider"])
def test_cards_of_the_desks_count_what_is_listed(who, persona):
    reader, counted = client(who, persona), 0
    for card in tried(persona, CARDS):
        doctype = card.get("document_type")
        if card["type"] != "Document Type" or card["function"] != "Count":
            continue
        filters = json.loads(card["filters_json"] or "[]")
        answer = reader.post(
            METHOD + "frappe.desk.doctype.number_card.number_card.get_result",
            doc={"document_type": doctype, "function": "Count", "name": card["name"]}, filters=filters,
        )  # fmt: skip
        listed = reader.list(doctype, fields=["name"], filters=[one[:4] for one in filters])
        if listed.status == 200:
            assert answer.status == 200 and answer.json["message"] == len(listed.rows), (card["name"], answer.text)
            counted += len(listed.rows)
        else:
            assert answer.status != 200 or not answer.json["message"], (card["name"], answer.text)
    assert counted or persona in ("police_nowhere", "outsider")
