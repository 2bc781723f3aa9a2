"""Questions put where a name or a value belongs, and documents brought along: each tells what nobody may ask."""

import json

import pytest

METHOD = "/api/method/"
GUESSES = ("BTXH-08", "BTXH-07")  # what the person draws, and what not

# Ways to name a document; each was an answer to "does this person draw this?" before names had to be plain.
LOOKUPS = {
    "client.get by name": ("frappe.client.get", lambda asked: {"doctype": "Entitlement", "name": asked}),
    "client.get by filters": (
        "frappe.client.get",
        lambda asked: {"doctype": "Entitlement", "filters": json.dumps(asked)},
    ),
    "client.set_value": (
        "frappe.client.set_value",
        lambda asked: {"doctype": "Entitlement", "name": asked, "fieldname": "quantity", "value": 1},
    ),
    "client.cancel": ("frappe.client.cancel", lambda asked: {"doctype": "Entitlement", "name": asked}),
    "client.get_doc_permissions": (
        "frappe.client.get_doc_permissions",
        lambda asked: {"doctype": "Entitlement", "docname": asked},
    ),
    "client.attach_file": (
        "frappe.client.attach_file",
        lambda asked: {"filename": "x.txt", "filedata": "eA==", "doctype": "Entitlement", "docname": asked},
    ),
    "run_doc_method": ("run_doc_method", lambda asked: {"dt": "Entitlement", "dn": asked, "method": "x"}),
    "run_doc_method with a document": (
        "run_doc_method",
        lambda asked: {"docs": {"doctype": "Entitlement", "name": asked}, "method": "submit"},
    ),
    "assign_to.add": (
        "frappe.desk.form.assign_to.add",
        lambda asked: {"doctype": "Entitlement", "name": asked, "assign_to": '["neighbour@example.com"]'},
    ),
    "bulk update": (
        "frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs",
        lambda asked: {"doctype": "Entitlement", "docnames": json.dumps([asked]), "action": "submit"},
    ),
    "upload_file": (
        "upload_file",
        lambda asked: {"doctype": "Entitlement", "docname": asked, "file_url": "https://x.example/x"},
    ),
    "our own action": (
        "ansinh_app.oversight.reveal.show_numbers",
        lambda asked: {"doc": json.dumps({"doctype": "Entitlement", "name": asked})},
    ),
}


def said(answer, *words: str) -> tuple[int, str]:
    """An answer without what was asked and without the traceback a site may show."""
    text = answer.text.split('"exc":')[0]
    for word in words:
        text = text.replace(word, "?")
    return answer.status, text


@pytest.mark.parametrize("persona", ["neighbour", "treasury"])
@pytest.mark.parametrize("way", LOOKUPS)
def test_no_name_is_a_question(who, told, persona, way):
    method, arguments = LOOKUPS[way]
    answers = []
    for category in GUESSES:
        asked = {"beneficiary": told["people"]["hiv"], "category": category}
        answer = who(persona).post(METHOD + method, **arguments(asked))
        assert 400 <= answer.status < 500, answer.text
        answers.append(said(answer, *GUESSES))
    assert answers[0] == answers[1]


def test_a_link_to_save_is_no_question_either(who, told):
    """By REST, as JSON that calls itself text, and in a row of a table."""
    asked = {"full_name": ["like", "Lý Thị Sáng"]}
    neighbour = who("neighbour")
    bodies = [
        {"beneficiary": asked, "subject": "x"},
        {"beneficiary": told["people"]["neighbour"], "replies": [{"answer": asked}]},
    ]
    for body in bodies:
        refused = neighbour.post("/api/resource/Support Case", **body)
        assert 400 <= refused.status < 500, refused.text
        assert "Sáng" not in refused.text and "BEN-0000001" not in refused.text


@pytest.mark.parametrize("persona", ["bank", "commune"])
def test_escapes_capitals_and_other_arguments_hide_no_question(who, told, persona):
    """What one may not see is refused as a question however it is written; on a bench each of these had an answer."""
    asker, line = who(persona), "/api/resource/Payout Line"
    told_apart = '[["Payout Line","benefit","like","BTXH%"]]'
    card = json.dumps({"document_type": "Payout Line", "function": "Count"})
    cards = METHOD + "frappe.desk.doctype.number_card.number_card.get_result"
    questions = [
        (line, {"filters": '[["bene\\u0066it","like","BTXH%"]]'}),
        (line, {"filters": '{"bene\\u0066it":["like","BTXH%"]}'}),
        (line, {"or_filters": '[["Benefit","like","BTXH%"]]'}),
        (line, {"order_by": "BENEFIT asc"}),
        (line, {"order_by": "`tabPayout Line`.`Benefit` asc"}),
        (line, {"fields": '["count(name) as n"]', "group_by": "Benefit"}),
        (cards, {"doctype": "User", "doc": card, "filters": told_apart}),
        (cards, {"doc": card, "filters": told_apart}),
        (
            METHOD + "frappe.desk.listview.get_group_by_count",
            {"doctype": "Payout Line", "current_filters": told_apart, "field": "status"},
        ),
        (METHOD + "frappe.desk.search.search_link", {"doctype": "Payout Line", "txt": "B", "searchfield": "BENEFIT"}),
        (METHOD + "frappe.client.get", {"doctype": "Payout Line", "filters": told_apart}),
    ]
    for path, query in questions:
        answer = asker.get(path, **query)
        assert 400 <= answer.status < 500, (path, query, answer.text)
    computed = asker.get(line, fields='["name","max\\u0028bene\\u0066it) as b"]')
    assert not any("b" in row for row in computed.rows)  # refused, or left out


def test_a_document_brought_along_is_not_believed(who, told):
    """The print view takes a document as JSON: other links, and another bank's list came out as one's own."""
    batch = told["batches"]["SEC-A STB"]
    real = who("admin").get(f"/api/resource/Payout Batch/{batch}").json["data"]
    person = who("admin").get(f"/api/resource/Beneficiary/{told['people']['hiv']}").json["data"]
    mine = {"office": "SEC-B", "administrative_unit": told["unit_b"], "provider": "BID", "receiver": "BID"}
    for persona, document in (("other_bank", real), ("other_office", real), ("neighbour", person)):
        for more in ({}, {"__islocal": 1}):
            brought = json.dumps({**document, **mine, **more})
            for method in ("frappe.www.printview.get_html_and_style", "frappe.www.printview.get_rendered_raw_commands"):
                answer = who(persona).post(METHOD + method, doc=brought, print_format="Payment List")
                assert answer.status != 200 and "Sáng" not in answer.text, (persona, method)
    own = who("admin").get(f"/api/resource/Beneficiary/{told['people']['neighbour']}").json["data"]
    request = {"doctype": "Account Request", "name": "ACR-NONE", "beneficiary": person["name"], **mine}
    for brought in ({**own, "full_name": "Forged Name"}, request):
        answer = who("neighbour").post(METHOD + "frappe.www.printview.get_html_and_style", doc=json.dumps(brought))
        assert "Sáng" not in answer.text and "Forged Name" not in answer.text


def test_doors_without_rights_are_closed(who, told):
    """A link's title, and sums of any column of any table, were anybody's on a bench."""
    titles = {
        persona: who(persona).post(
            METHOD + "frappe.desk.search.get_link_title", doctype="Beneficiary", docname=told["people"]["hiv"]
        )
        for persona in ("officer", "treasury", "neighbour", "bank")
    }
    assert titles.pop("officer").json["message"] == "Lý Thị Sáng"
    assert {answer.json["message"] for answer in titles.values()} == {told["people"]["hiv"]}
    graph = {
        "title": "x", "doctype": "User", "docname": "bank@example.com", "goal_value_field": "idx",
        "goal_total_field": "idx", "goal_history_field": "bio", "goal_doctype": "Entitlement",
        "goal_doctype_link": "beneficiary", "goal_field": "category", "date_field": "creation", "aggregation": "max",
    }  # fmt: skip
    assert who("bank").get(METHOD + "frappe.utils.goal.get_monthly_goal_graph_data", **graph).status == 403


def test_who_knows_a_files_address_does_not_get_the_file(who, told):
    url, neighbour = told["file"], who("neighbour")
    unit = {"administrative_unit": told["unit_b"], "programme": "BTXH"}
    ways = [
        neighbour.post("/api/resource/File", file_url=url, file_name="x.xlsx"),
        neighbour.post("/api/resource/File", file_url=url.replace("/private", "/%70rivate"), file_name="x.xlsx"),
        neighbour.post(METHOD + "upload_file", file_url=url, file_name="x.xlsx"),
        neighbour.post("/api/resource/Registry Import", file=url, **unit),
    ]
    for path in ("/private/files/../../site_config.json", "/files/../../site_config.json", "/etc/passwd", "file:///etc/passwd"):
        ways.append(neighbour.post("/api/resource/File", file_url=path, file_name="x.txt"))
        ways.append(neighbour.get(METHOD + "download_file", file_url=path))
    for answer in ways:
        assert answer.status >= 400, answer.text
        assert "admin_password" not in answer.text and "secret_key" not in answer.text
    assert neighbour.get(url).status == 403
    assert who("bank").get(url).status == 200
