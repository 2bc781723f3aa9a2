"""Two processes on one site at the same moment: one of them waits or is told, and nothing is doubled."""

from tests.recovery.acts import JUNE, MAY, PEOPLE

MANAGER = "payout.manager@example.com"


def test_both_prepare(site):
    answers = [answer["result"] for answer in site.both(["prepare", MAY], ["prepare", MAY])]
    assert sorted(answer["created"] for answer in answers) == [0, PEOPLE]
    assert sorted(answer["unchanged"] for answer in answers) == [0, PEOPLE]
    after = site.state()
    assert after["lines"] == after["keys"] == PEOPLE
    assert after["total"] == answers[0]["total"] == answers[1]["total"]
    assert len(after["batches"]) == len({row["name"] for row in after["batches"]}) == 2


def test_two_months_of_one_office_are_not_prepared_side_by_side(site):
    """June would take May for unpaid and pay it as arrears, while May pays it too."""
    answers = site.both(["prepare", MAY], ["prepare", JUNE])
    assert sorted("error" in answer for answer in answers) == [False, True], answers
    assert {answer["error"] for answer in answers if "error" in answer} == {"PeriodStateError"}
    assert site.state()["lines"] == PEOPLE


def test_both_approve_the_same_batch(site):
    site.act("prepare", MAY)
    batch = site.state()["batches"][0]["name"]
    answers = site.both(["approve", batch, MANAGER], ["approve", batch, MANAGER])
    assert sorted("error" in answer for answer in answers) == [False, True], answers
    after = site.state()
    assert [row["docstatus"] for row in after["batches"]] == [1, 0]
    assert after["seals_hold"]


def test_one_prepares_while_the_other_approves(site):
    site.act("prepare", MAY)
    batch = site.state()["batches"][0]["name"]
    answers = site.both(["prepare", MAY], ["approve", batch, MANAGER])
    assert all("error" not in answer for answer in answers), answers
    after = site.state()
    assert after["lines"] == after["keys"] == PEOPLE
    assert after["seals_hold"]


def test_both_import_the_same_result(site):
    site.act("prepare", MAY)
    batch = site.state()["batches"][0]["name"]
    site.act("approve", batch, MANAGER)
    results = site.act("draft_results", batch)["result"]
    answers = [a["result"] for a in site.both(*(["apply_result", name] for name in results))]
    row = next(row for row in site.state()["batches"] if row["name"] == batch)
    assert sorted(answer["paid"] for answer in answers) == [0, row["line_count"]]
    assert sorted(answer["already_applied"] for answer in answers) == [0, row["line_count"]]
    assert (row["status"], int(row["paid_amount"])) == ("Completed", int(row["total_amount"]))


def test_the_same_result_document_is_applied_once(site):
    site.act("prepare", MAY)
    batch = site.state()["batches"][0]["name"]
    site.act("approve", batch, MANAGER)
    result = site.act("draft_results", batch)["result"][0]
    answers = site.both(["apply_result", result], ["apply_result", result])
    assert sorted("error" in answer for answer in answers) == [False, True], answers
    row = next(row for row in site.state()["batches"] if row["name"] == batch)
    assert row["paid_count"] == row["line_count"]


def test_both_run_the_same_import(site):
    before = site.state()
    one = site.act("imports")["result"][0]
    answers = site.both(["import_list", one], ["import_list", one])
    _imported_once(site, before, answers)


def test_both_import_the_same_workbook(site):
    before = site.state()
    answers = site.both(*(["import_list", one] for one in site.act("imports")["result"]))
    _imported_once(site, before, answers)


def _imported_once(site, before: dict, answers: list[dict]) -> None:
    taken = [answer["result"]["rows_created"] for answer in answers if "result" in answer]
    told = [answer["error"] for answer in answers if "error" in answer]
    assert sum(taken) == PEOPLE, answers
    assert set(told) <= {"ImportStateError"}, answers
    after = site.state()
    assert after["people"] == before["people"] + PEOPLE
    assert after["entitlements"] == before["entitlements"] + PEOPLE
