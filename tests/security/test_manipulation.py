"""What a clever client sends: its own approval, another status, another total, somebody else's papers."""

import json

import pytest


@pytest.fixture()
def draft(who, told) -> str:
    """A batch of the neighbouring office that the manager prepared himself, so that he may not approve it."""
    batch = told["maker_batch"]
    answer = who("manager").post("/api/method/ansinh_app.api.prepare_period", period=told["periods"]["SEC-B"])
    assert answer.status == 200, answer.text
    return batch


def read(who, doctype: str, name: str) -> dict:
    return who("admin").get(f"/api/resource/{doctype}/{name}").json["data"]


def refused(answer, *words: str) -> None:
    assert 400 <= answer.status < 500, answer.text
    for word in words:
        assert word in answer.text, answer.text


WAYS = {
    "docstatus": lambda c, n: c.put(f"/api/resource/Payout Batch/{n}", docstatus=1),
    "docstatus and status": lambda c, n: c.put(f"/api/resource/Payout Batch/{n}", docstatus=1, status="Approved"),
    "run_method": lambda c, n: c.post(f"/api/resource/Payout Batch/{n}", run_method="submit"),
    "client.submit": lambda c, n: c.post(
        "/api/method/frappe.client.submit", doc=c.get(f"/api/resource/Payout Batch/{n}").json["data"]
    ),
    "workflow": lambda c, n: c.post(
        "/api/method/frappe.model.workflow.apply_workflow",
        doc=c.get(f"/api/resource/Payout Batch/{n}").json["data"],
        action="Approve",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_officer_seals_a_batch(who, draft, way):
    refused(WAYS[way](who("officer"), draft))
    assert read(who, "Payout Batch", draft)["docstatus"] == 0


@pytest.mark.parametrize("way", WAYS)
def test_the_maker_does_not_approve_whatever_the_way(who, told, way):
    """The officer made it; promoted to manager he is still its maker."""
    admin = who("admin")
    user = admin.get("/api/resource/User/officer@example.com").json["data"]
    roles = [{"role": row["role"]} for row in user["roles"]]
    admin.put("/api/resource/User/officer@example.com", roles=[*roles, {"role": "Social Affairs Manager"}])
    batch = told["batches"]["SEC-A BID"]
    try:
        if way == "workflow":
            document = who("officer").get(f"/api/resource/Payout Batch/{batch}").json["data"]
            if document["status"] == "Draft":
                sent = who("officer").post(
                    "/api/method/frappe.model.workflow.apply_workflow",
                    doc=document,
                    action="Submit for Approval",
                )
                assert sent.status == 200, sent.text
        refused(WAYS[way](who("officer"), batch))
        assert read(who, "Payout Batch", batch)["docstatus"] == 0
    finally:
        admin.put("/api/resource/User/officer@example.com", roles=roles)


def test_the_makers_refusal_is_said_in_vietnamese(who, told):
    admin = who("admin")
    batch = told["batches"]["SEC-A BID"]
    admin.put(
        "/api/resource/User/officer@example.com",
        roles=[{"role": "Social Affairs Officer"}, {"role": "Social Affairs Manager"}],
    )
    try:
        answer = who("officer").post(f"/api/resource/Payout Batch/{batch}", run_method="submit")
    finally:
        admin.put("/api/resource/User/officer@example.com", roles=[{"role": "Social Affairs Officer"}])
    refused(answer)
    messages = [json.loads(message)["message"] for message in json.loads(answer.json["_server_messages"])]
    assert any("người khác" in message for message in messages), messages


@pytest.mark.parametrize("persona", ["officer", "manager"])
def test_totals_seals_and_makers_are_not_set_by_hand(who, told, persona):
    for name in (told["batches"]["SEC-A STB"], told["batches"]["SEC-A VNPOST"]):
        before = read(who, "Payout Batch", name)
        values = {
            "total_amount": 1,
            "line_count": 1,
            "seal": "0" * 64,
            "prepared_by": "x@example.com",
            "approved_by": "x@example.com",
            "paid_amount": 5,
            "receiver": "BID",
            "owner": "manager@example.com",
        }
        who(persona).put(f"/api/resource/Payout Batch/{name}", **values)
        after = read(who, "Payout Batch", name)
        assert {key: after.get(key) for key in values} == {key: before.get(key) for key in values}


@pytest.mark.parametrize("status", ["Completed", "Cancelled", "Draft", "Pending Approval"])
def test_a_sealed_batch_does_not_change_its_status_by_hand(who, told, status):
    name = told["batches"]["SEC-A STB"]
    before = read(who, "Payout Batch", name)["status"]
    for persona in ("officer", "manager"):
        refused(who(persona).put(f"/api/resource/Payout Batch/{name}", status=status))
        who(persona).post(
            "/api/method/frappe.client.set_value",
            doctype="Payout Batch",
            name=name,
            fieldname="status",
            value=status,
        )
        assert read(who, "Payout Batch", name)["status"] == before


@pytest.mark.parametrize("persona", ["officer", "manager", "bank", "commune", "admin"])
def test_lines_are_written_by_nobody(who, told, persona):
    name = told["lines"][told["people"]["adult"]]
    client = who(persona)
    before = read(who, "Payout Line", name)
    for values in ({"status": "Paid"}, {"total": 9_000_000}, {"account_no": "999"}, {"batch": None}):
        refused(client.put(f"/api/resource/Payout Line/{name}", **values))
    refused(client.delete(f"/api/resource/Payout Line/{name}"))
    refused(client.post("/api/resource/Payout Line", beneficiary=told["people"]["adult"], total=1))
    assert read(who, "Payout Line", name) == before


@pytest.mark.parametrize("status", ["Closed", "Paying", "Prepared"])
def test_a_period_is_not_closed_by_hand(who, told, status):
    name = told["periods"]["SEC-A"]
    before = read(who, "Payout Period", name)["status"]
    who("manager").put(f"/api/resource/Payout Period/{name}", status=status, total_amount=1)
    assert read(who, "Payout Period", name)["status"] == before


@pytest.mark.parametrize("persona", ["commune", "neighbour", "bank", "post", "province"])
def test_people_are_not_changed_from_outside(who, told, persona):
    name = told["people"]["neighbour" if persona == "commune" else "adult"]
    refused(who(persona).put(f"/api/resource/Beneficiary/{name}", village="Thôn Lạ"))
    refused(who(persona).delete(f"/api/resource/Beneficiary/{name}"))


def test_a_commune_does_not_decide(who, told):
    """It may propose; death, verification and status come from decisions and from the police."""
    name = told["people"]["adult"]
    before = read(who, "Beneficiary", name)
    who("commune").put(
        f"/api/resource/Beneficiary/{name}",
        status="Stopped",
        verification_status="Verified",
        deceased_on="2024-01-01",
        death_known_on="2024-01-01",
    )
    after = read(who, "Beneficiary", name)
    for fieldname in ("status", "verification_status", "deceased_on", "death_known_on"):
        assert after.get(fieldname) == before.get(fieldname), fieldname
    entitlement = who("commune").post(
        "/api/resource/Entitlement",
        beneficiary=told["people"]["cash"],
        category="BTXH-04",
        quantity=1,
        decision_no="1",
        decision_date="2024-04-01",
        effective_from="2024-05-01",
        docstatus=1,
    )
    refused(entitlement)


def test_a_bank_answers_for_its_own_batch_only(who, told):
    other = told["batches"]["SEC-A BID"]
    answer = who("bank").post("/api/resource/Provider Result", batch=other, file="/private/files/x.xlsx")
    refused(answer)
