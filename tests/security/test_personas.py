"""What each persona reads and does over REST: owner, superior, neighbour, outsider, the scoped without area, nobody."""

import pytest

GUARDED = (
    "Beneficiary",
    "Entitlement",
    "Registry Change",
    "Registry Import",
    "Representative",
    "Payment Account",
    "Bank Contract",
    "Payout Period",
    "Payout Batch",
    "Payout Line",
    "Provider Result",
    "Treasury Drawdown",
    "Settlement",
    "Recovery Case",
    "Budget Allotment",
)
HERE, THERE = {"hiv", "adult", "cash", "merit"}, {"neighbour"}
SEES_PEOPLE = {
    "officer": HERE | THERE,
    "manager": HERE | THERE,
    "auditor": HERE | THERE,
    "other_office": THERE,
    "commune": HERE,
    "neighbour": THERE,
    "above": HERE | THERE,
    "homeless": set(),
    "bank": set(),
    "other_bank": set(),
    "homeless_bank": set(),
    "post": set(),
    "treasury": set(),
    "province": set(),
    "guest": set(),
}
SEES_LINES = SEES_PEOPLE | {
    "bank": {"hiv", "adult", "neighbour"},
    "other_bank": {"merit"},
    "post": {"cash"},
    "police": set(),
}


def listed(answer) -> set[str]:
    """The names in a list, without the rows of fence.py."""
    return {row["name"] for row in answer.rows if not row["name"].startswith("ROW-")}


@pytest.mark.parametrize("persona", SEES_PEOPLE)
def test_people_are_listed_for_those_who_answer_for_them(who, told, persona):
    names = listed(who(persona).list("Beneficiary"))
    assert names == {told["people"][key] for key in SEES_PEOPLE[persona]}
    held = who(persona).list("Entitlement", fields=["name", "beneficiary"])
    assert {row["beneficiary"] for row in held.rows if row["name"] in listed(held)} == names


@pytest.mark.parametrize("persona", SEES_LINES)
def test_lines_are_listed_for_office_commune_and_own_provider(who, told, persona):
    names = listed(who(persona).list("Payout Line"))
    assert names == {told["lines"][told["people"][key]] for key in SEES_LINES[persona]}


@pytest.mark.parametrize("persona", SEES_PEOPLE)
def test_documents_are_guarded_as_lists_are(who, told, persona):
    for key, name in told["people"].items():
        wanted = 200 if key in SEES_PEOPLE[persona] else 403
        assert who(persona).get(f"/api/resource/Beneficiary/{name}").status == wanted, (persona, key)
    for key, name in told["people"].items():
        line = told["lines"][name]
        wanted = 200 if key in SEES_LINES[persona] else 403
        assert who(persona).get(f"/api/resource/Payout Line/{line}").status == wanted, (persona, key)


@pytest.mark.parametrize("persona", ["guest", "homeless", "homeless_bank"])
def test_nobody_and_the_scoped_without_an_area_see_nothing(who, persona):
    for doctype in GUARDED:
        assert who(persona).list(doctype).rows == [], doctype


def test_police_sees_no_money_and_the_treasury_no_registry(who):
    for doctype in ("Payment Account", "Bank Contract", "Payout Batch", "Payout Line", "Settlement"):
        assert who("police").list(doctype).rows == [], doctype
    for doctype in ("Beneficiary", "Entitlement", "Representative", "Payment Account", "Payout Line"):
        assert who("treasury").list(doctype).rows == [], doctype


@pytest.mark.parametrize("persona", ["other_bank", "homeless_bank", "post", "neighbour", "province", "guest"])
def test_files_of_others_are_not_served(who, told, persona):
    answer = who(persona).get(told["file"])
    # A browser that has not signed in is sent to the sign-in page.
    assert answer.status in (403, 404) or (persona == "guest" and not answer.body.startswith(b"PK"))


def test_the_bank_reads_its_own_batch_and_no_other(who, told):
    own, other = told["batches"]["SEC-A STB"], told["batches"]["SEC-A BID"]
    assert who("bank").get(f"/api/resource/Payout Batch/{own}").status == 200
    assert who("bank").get(f"/api/resource/Payout Batch/{other}").status == 403
    assert who("bank").get("/api/method/ansinh_app.api.verify_seal", batch=own).json["message"]["valid"]
    assert who("bank").get("/api/method/ansinh_app.api.verify_seal", batch=other).status == 403


@pytest.mark.parametrize(
    "persona", ["other_office", "commune", "bank", "post", "police", "treasury", "province", "auditor", "guest"]
)
def test_only_the_office_runs_its_month(who, told, persona):
    period, batch = told["periods"]["SEC-A"], told["batches"]["SEC-A STB"]
    for path, body in (
        ("prepare_period", {"period": period}),
        ("provider_file", {"batch": batch}),
    ):
        answer = who(persona).post(f"/api/method/ansinh_app.api.{path}", **body)
        assert answer.status == 403, (path, answer.text)
    assert who(persona).get("/api/method/ansinh_app.api.preflight", period=period).status == 403
    if persona != "auditor":
        hidden = told["people"]["hiv"]
        wanted = 200 if persona == "commune" else 403
        answer = who(persona).get("/api/method/ansinh_app.api.explain", beneficiary=hidden, month="2024-05")
        assert answer.status == wanted


def test_what_writes_is_not_reached_by_get(who, told):
    for method in ("prepare_period", "provider_file", "import_registry"):
        answer = who("manager").get(f"/api/method/ansinh_app.api.{method}", period=told["periods"]["SEC-A"])
        assert answer.status in (403, 405), (method, answer.status)


def test_a_list_cannot_be_widened_by_filters_children_or_functions(who, told):
    bank = who("bank")
    merit = told["people"]["merit"]
    assert bank.list("Payout Line", filters=[["beneficiary", "=", merit]]).rows == []
    assert bank.list("Payout Line", or_filters=[["beneficiary", "=", merit], ["name", "!=", ""]]).rows != []
    names = {
        row["name"]
        for row in bank.list("Payout Line", or_filters=[["beneficiary", "=", merit], ["name", "!=", ""]]).rows
    }
    assert told["lines"][merit] not in names
    commune = who("commune")
    for query in ({"fields": ["count(name) as n"]}, {"fields": ["max(full_name) as n"], "group_by": "office"}):
        answer = commune.list("Beneficiary", **query)
        assert "Láng" not in answer.text
        if answer.status == 200 and "count" in str(query):
            assert answer.rows[0]["n"] == len(HERE)
    answer = commune.get("/api/method/frappe.client.get_count", doctype="Beneficiary")
    assert answer.json["message"] == len(HERE)
    answer = commune.get(
        "/api/method/frappe.client.get_value",
        doctype="Beneficiary",
        fieldname="full_name",
        filters={"name": told["people"]["neighbour"]},
    )
    assert "Láng" not in answer.text
