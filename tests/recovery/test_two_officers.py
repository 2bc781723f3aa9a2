"""Two officers, one month, on SQLite and on MariaDB: one act comes in between while the other has begun.

The other one has read what it needs when it is stopped before it locks for the first (or second) time; then the
first passes, and the other goes on with what it knew. One of them wins, the other does the same as if it had
come later or is told in Vietnamese; no line, voucher or month is there twice.
"""

import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from tests import mariadb_server
from tests.recovery.conftest import make_site

BANK, CASH = "Bank Transfer", "Cash"
# test_two_at_once.py does it on SQLite, where the one lock is for all writers.
ON_MARIADB = pytest.mark.parametrize("place", ["mariadb"], indirect=True, scope="module")
_numbers = iter(range(1000))
# What a clerk may be told: the app's own words, or that the document was changed or moved on meanwhile.
TOLD = {
    "PeriodStateError", "SealedError", "ResultFileError", "SettlementError", "SelfApprovalError",
    "TimestampMismatchError", "WorkflowTransitionError", "DocstatusTransitionError", "ValidationError", "OvertakenError",
}  # fmt: skip


class Place:
    """A site on one engine, with an office of its own for each test."""

    def __init__(self, site, blocked) -> None:
        self.site, self.blocked, self.office = site, blocked, ""

    def stage(self, until: str, failing: list | None = None) -> dict:
        self.office = f"HAI{next(_numbers)}"
        self.may, self.june = f"{self.office}-2024-05", f"{self.office}-2024-06"
        return self.site.done("month.stage", self.office, until, failing)

    def late(self, first: list, second: list, lock: int = 1) -> list[dict]:
        first, second = (["month." + act[0], *act[1:]] for act in (first, second))
        answers = self.site.late(first, second, lock, self.blocked, lang="vi")
        for answer in answers:
            if "error" in answer:
                assert answer["error"] in TOLD, answers
                assert re.search("[ạảãàáâậầấẩẫăắằặẳẵóòọõỏôộổỗồốơờớợởỡéèẻẹẽêếềệểễúùụủũưựữửừứíìịỉĩýỳỷỵỹđ]", answer["message"])
        return answers

    def look(self, what: str, *arguments, **filters):
        return self.site.done(f"month.{what}", *arguments, **filters)

    def money(self) -> dict:
        found = self.look("money", self.office)
        assert found["lines"] == found["keys"]
        assert all(found["seals"])
        return found


@pytest.fixture(scope="module", params=["mariadb", "sqlite"])
def place(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("officers")
    if request.param == "sqlite":
        yield Place(request.getfixturevalue("_built").copy(folder), lambda: False)
        return
    with mariadb_server.running(folder) as address:
        import pymysql

        url = urlsplit(address)
        socket = parse_qs(url.query).get("socket", [None])[0]
        where = {"unix_socket": socket} if socket else {"host": url.hostname, "port": url.port or 3306}
        server = pymysql.connect(user=url.username, password=url.password, autocommit=True, **where)
        options = ["--db-type", "mariadb", "--db-root-username", url.username, "--db-root-password", url.password]
        options += ["--db-socket", socket] if socket else ["--db-host", url.hostname, "--db-port", str(url.port)]
        site = make_site(folder, *options)

        def blocked() -> bool:
            time.sleep(0.12)  # the server renews this table when nobody has looked at it for a tenth of a second
            with server.cursor() as cursor:
                cursor.execute("select count(*) from information_schema.innodb_trx where trx_state = 'LOCK WAIT'")
                return cursor.fetchone()[0] > 0

        yield Place(site, blocked)
        site.mother.close()


def won(answers: list[dict]) -> list[bool]:
    return ["result" in answer for answer in answers]


@ON_MARIADB
@pytest.mark.parametrize("lock", [1, 2])
def test_prepare_and_prepare(place, lock):
    place.stage("prepared")
    answers = place.late(["prepare", place.may], ["prepare", place.may], lock)
    assert any(won(answers)), answers
    assert place.money() == {"lines": 4, "keys": 4, "sums": [540_000] * 4, "months": ["2024-05"], "seals": []}


@ON_MARIADB
@pytest.mark.parametrize("lock", [1, 2])
def test_approve_and_approve(place, lock):
    names = place.stage("asked")
    answers = place.late(["approve", place.may, BANK], ["approve", place.may, BANK], lock)
    assert sorted(won(answers)) == [False, True], answers
    assert place.look("values", "Payout Batch", names["bank"], "docstatus", "status") == [1, "Approved"]
    assert place.money()["lines"] == 4


@ON_MARIADB
@pytest.mark.parametrize("lock", [1, 2])
def test_prepare_and_approve(place, lock):
    place.stage("asked")
    answers = place.late(["prepare", place.may], ["approve", place.may, BANK], lock)
    assert any(won(answers)), answers
    answers = place.late(["approve", place.may, CASH], ["prepare", place.may], lock)
    assert any(won(answers)), answers
    assert place.money()["sums"] == [540_000] * 4


def test_send_and_cancel(place):
    names = place.stage("wished")
    answers = place.late(["cancel", names["bank"]], ["send", place.may, BANK])
    assert won(answers) == [True, False], answers
    assert place.look("values", "Payout Batch", names["bank"], "docstatus") == [2]


def test_both_batches_cancelled(place):
    names = place.stage("wished")
    answers = place.late(["cancel", names["bank"]], ["cancel", names["cash"]])
    if not all(won(answers)):
        place.look("cancel", names["cash"])
    assert place.look("values", "Payout Period", place.may, "status") == ["Prepared"], answers
    assert place.money()["lines"] == 0


def test_cancel_and_prepare(place):
    names = place.stage("wished")
    answers = place.late(["cancel", names["bank"]], ["prepare", place.may])
    assert won(answers)[0], answers
    place.look("prepare", place.may)
    assert place.money()["sums"] == [540_000] * 4


@ON_MARIADB
def test_the_same_result_by_two(place):
    names = place.stage("sent")
    first, second = names["results"]
    answers = place.late(["apply_answer", first], ["apply_answer", second])
    if won(answers) == [True, False]:
        answers[1] = {"result": place.look("apply_answer", second)}
    assert [answer["result"]["paid"] for answer in answers] == [3, 0]
    assert answers[1]["result"]["already_applied"] == 3
    assert place.look("values", "Payout Batch", names["bank"], "status", "paid_count") == ["Completed", 3]


def test_paid_after_all_and_the_next_list(place):
    """The next list takes up what came back; meanwhile the office learns that it was paid: never both."""
    names = place.stage("contradicted", failing=[0])
    answers = place.late(["reply", names["other"], "Paid After All"], ["prepare", place.june])
    assert won(answers)[0], answers
    assert set(place.money()["sums"]) == {540_000}, answers
    place.look("prepare", place.june)
    assert place.money()["sums"] == [540_000] * 8


def test_the_next_list_and_paid_after_all(place):
    names = place.stage("contradicted", failing=[0])
    answers = place.late(["prepare", place.june], ["reply", names["other"], "Paid After All"])
    assert won(answers) == [True, False], answers
    assert place.money()["sums"] == [540_000] * 8


def test_settle_and_reverse(place):
    """What is settled is what stands in the lists, also where a payment is reversed in that moment."""
    names = place.stage("contradicted")
    place.look("make_drawdowns", place.may)
    place.look("submit_drawdowns", place.may)
    place.look("make_settlements", place.may)
    for first, second in (
        (["reply", names["other"], "Reversed"], ["submit_settlement", place.may, "STB"]),
        (["submit_settlement", place.may, "STB"], ["reply", names["other"], "Reversed"]),
    ):
        place.late(first, second)
    _settled_as_paid(place, names)


def _settled_as_paid(place, names):
    name = place.look("names", "Settlement", place.may)[0]
    paid, unpaid = place.look("values", "Payout Batch", names["bank"], "paid_amount", "unpaid_amount")
    assert place.look("values", "Settlement", name, "paid", "unpaid") == [paid, unpaid]


@pytest.mark.parametrize("act", ["make_drawdowns", "make_settlements"])
def test_papers_are_drafted_once(place, act):
    place.stage("answered")
    place.late([act, place.may], [act, place.may])
    doctype = {"make_drawdowns": "Treasury Drawdown", "make_settlements": "Settlement"}[act]
    assert len(place.look("names", doctype, place.may)) == 2


def test_close_and_take_back_a_settlement(place):
    names = place.stage("settled")
    answers = place.late(["cancel_settlement", names["settlements"][0]], ["close", place.may])
    assert won(answers) == [True, False], answers
    answers = place.late(["make_settlements", place.may], ["close", place.may])
    assert won(answers) == [True, False], answers
    place.look("submit_settlement", place.may, "STB")
    place.look("submit_settlement", place.may, "VNPOST")
    answers = place.late(["close", place.may], ["cancel_settlement", place.look("names", "Settlement", place.may)[0]])
    assert won(answers) == [True, False], answers


def test_close_and_close_reopen_and_reopen_and_the_next_list(place):
    place.stage("settled")
    answers = place.late(["close", place.may], ["close", place.may])
    assert won(answers) == [True, False], answers
    place.look("give_reason", place.may)
    answers = place.late(["reopen", place.may], ["reopen", place.may])
    assert won(answers) == [True, False], answers
    place.look("close", place.may)
    place.look("give_reason", place.may)
    answers = place.late(["reopen", place.may], ["prepare", place.june])
    assert any(won(answers)), answers
    place.look("prepare", place.june)
    assert place.money()["sums"] == [540_000] * 8


def test_a_result_and_the_closing(place):
    """A result that says otherwise of a line is either seen by who closes, or comes to a closed month and is refused."""
    place.stage("settled")
    late = place.look("bring_answer", place.may, BANK, [2])
    answers = place.late(["apply_answer", late], ["close", place.may])
    assert won(answers) == [True, False], answers
    assert place.look("values", "Payout Period", place.may, "status") == ["Paying"]
    place.look("reply", late, "Settled With the Provider")
    later = place.look("bring_answer", place.may, BANK, [1])
    answers = place.late(["close", place.may], ["apply_answer", later])
    assert won(answers)[0], answers
    assert place.look("values", "Payout Period", place.may, "status") == ["Closed"]
    assert place.money()["sums"] == [540_000] * 4


@ON_MARIADB
def test_killed_on_its_way_on_mariadb(place):
    """The server undoes what a killed process had begun, and frees its locks; asked again, it is done once."""
    place.office = f"HAI{next(_numbers)}"
    may = f"{place.office}-2024-05"
    place.look("small_office", place.office, 4)
    untouched = {"lines": 0, "keys": 0, "sums": [], "months": [], "seals": []}
    for event in (1, 5, 9):
        place.site.killed("month.prepare", may, die={"event": event})
        assert place.money() == untouched, event
    place.look("prepare", may)
    place.look("ask", may, BANK)
    for event in (1, 4):
        place.site.killed("month.approve", may, BANK, die={"event": event})
        assert place.money()["seals"] == [], event
    place.look("approve", may, BANK)
    result = place.look("bring_answer", may, BANK)
    for event in (2, 5):
        place.site.killed("month.apply_answer", result, die={"event": event})
        assert place.look("values", "Payout Batch", place.look("batch", may, BANK), "status") == ["Approved"], event
    assert place.look("apply_answer", result)["paid"] == 3
    assert place.money()["sums"] == [540_000] * 4
