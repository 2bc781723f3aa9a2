"""A backup older than what the bank has paid is brought back: the office sees it, and nobody is paid again."""

import os
import shutil
from pathlib import Path

import pytest

from tests import command_mother
from tests.recovery.conftest import ROOT, SITE

OFFICE = "CUNGAY"
MAY, JUNE = f"{OFFICE}-2024-05", f"{OFFICE}-2024-06"
BANK, CASH = "Bank Transfer", "Cash"
LOST = "LostListError"


@pytest.fixture()
def office(site):
    site.done("month.small_office", OFFICE, 4)
    return site


def command(site, *arguments: str) -> str:
    environment = {**os.environ, "BENCHLESS_SITES": str(site.folder), "PYTHONPATH": str(ROOT)}
    done = command_mother.run(["--site", SITE, *arguments], site.folder, environment)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout + done.stderr


def saved(site) -> str:
    file = str(site.folder / "old.tar.gz")
    command(site, "backup", "--to", file)
    return file


def restored(site, file: str) -> None:
    said = command(site, "restore", file)
    assert "Traceback" not in said, said


def paid_month(site) -> dict[str, str]:
    """May is approved, sent and paid; the banks' files outside of the site, by channel."""
    files = {}
    site.done("month.prepare", MAY)
    for channel in (BANK, CASH):
        for act in ("ask", "approve", "write_file", "send"):
            site.done(f"month.{act}", MAY, channel)
        result = site.done("month.bring_answer", MAY, channel)
        url = site.done("month.values", "Provider Result", result, "file")[0]
        files[channel] = str(site.folder / Path(url).name)
        shutil.copyfile(f"{site.folder}/{SITE}{url}", files[channel])
        site.done("month.apply_answer", result)
    return files


def refused(site, act: str, *arguments) -> str:
    answer = site.act(f"month.{act}", *arguments, lang="vi")
    assert answer.get("error") == LOST, answer
    return answer["message"]


def test_a_month_paid_since_is_prepared_again_and_nobody_is_paid_twice(office):
    old = saved(office)
    files = paid_month(office)
    names = {channel: office.done("month.batch", MAY, channel) for channel in (BANK, CASH)}
    restored(office, old)
    assert office.done("month.money", OFFICE)["lines"] == 0

    seen = office.done("month.blocks", MAY, lang="vi")["lost_list_sent"]
    assert len(seen) == 2 and all(name in " ".join(seen) for name in names.values()), seen
    assert "3 dòng, 1.620.000 đồng" in " ".join(seen)
    told = refused(office, "prepare", JUNE)
    assert names[BANK] in told and names[CASH] in told
    assert names[BANK] in command(office, "doctor")
    assert office.done("month.tell_of_lists") == 1

    # Another list than the one the bank has is not approved.
    decision = office.done("month.take_on", MAY)
    office.done("month.prepare", MAY)
    office.done("month.ask", MAY, BANK)
    assert names[BANK] in refused(office, "approve", MAY, BANK)
    office.done("month.take_back", decision)
    office.done("month.prepare", MAY)
    for channel in (BANK, CASH):
        office.done("month.ask", MAY, channel)
        office.done("month.approve", MAY, channel, lang="vi")
        batch = office.done("month.batch", MAY, channel)
        assert office.done("month.values", "Payout Batch", batch, "status") == ["Sent"]
        assert any("không gửi lần nữa" in text for text in office.done("month.comments", "Payout Batch", batch))
    for channel, count in ((BANK, 3), (CASH, 1)):
        result = office.done("month.bring_file", files[channel], MAY, channel)
        found = office.done("month.apply_answer", result)
        assert (found["paid"], found["unmatched"]) == (count, 0), found
    assert names[BANK] not in command(office, "doctor")
    office.done("month.prepare", JUNE)
    assert office.done("month.money", OFFICE)["sums"] == [540_000] * 8


def test_where_the_list_cannot_be_made_again_a_manager_says_what_the_provider_has(office):
    old = saved(office)
    office.done("month.take_on", MAY)
    files = paid_month(office)
    restored(office, old)
    office.done("month.prepare", MAY)
    for channel in (BANK, CASH):
        office.done("month.ask", MAY, channel)
    refused(office, "approve", MAY, BANK)
    office.done("month.approve", MAY, CASH)
    answer = office.act("month.say_of_lists", JUNE, "lost_list_sent")
    assert answer["error"] == "ChangeNotAllowedError", answer
    office.done("month.say_of_lists", MAY, "lost_list_sent")
    refused(office, "prepare", JUNE)
    office.done("month.approve", MAY, BANK)
    bank = office.done("month.batch", MAY, BANK)
    assert office.done("month.values", "Payout Batch", bank, "status") == ["Sent"]
    found = office.done("month.apply_answer", office.done("month.bring_file", files[BANK], MAY, BANK))
    assert (found["paid"], found["unmatched"]) == (3, 1), found
    office.done("month.prepare", JUNE)
    assert office.done("month.money", OFFICE)["sums"] == [540_000] * 8


def test_what_nobody_was_paid_by_is_put_aside_with_a_reason(office):
    old = saved(office)
    office.done("month.take_on", MAY)
    office.done("month.prepare", MAY)
    office.done("month.ask", MAY, BANK)
    office.done("month.approve", MAY, BANK)
    lost = office.done("month.batch", MAY, BANK)
    restored(office, old)
    assert lost in office.done("month.blocks", MAY)["lost_list_unsent"][0]
    office.done("month.say_of_lists", MAY, "lost_list_unsent")
    assert not office.done("month.blocks", MAY).keys() & {"lost_list_sent", "lost_list_unsent"}
    office.done("month.whole_month", MAY)
    office.done("month.prepare", JUNE)
    assert office.done("month.money", OFFICE)["sums"] == [540_000] * 8


def test_sent_or_cancelled_since_is_neither_cancelled_nor_sent(office):
    office.done("month.prepare", MAY)
    for channel in (BANK, CASH):
        office.done("month.ask", MAY, channel)
        office.done("month.approve", MAY, channel)
        office.done("month.ask_to_cancel", MAY, channel)
    old = saved(office)
    bank, cash = (office.done("month.batch", MAY, channel) for channel in (BANK, CASH))
    for act, *arguments in (("take_wish_back", MAY, BANK), ("send", MAY, BANK), ("cancel", cash)):
        office.done(f"month.{act}", *arguments)
    restored(office, old)
    assert bank in refused(office, "cancel", bank)
    office.done("month.take_wish_back", MAY, CASH)
    for act in ("send", "write_file"):
        assert cash in refused(office, act, MAY, CASH)
    office.done("month.take_wish_back", MAY, BANK)
    office.done("month.send", MAY, BANK)
    office.done("month.ask_to_cancel", MAY, CASH)
    office.done("month.cancel", cash)


def test_a_database_without_its_book_pays_only_when_a_manager_has_answered(office):
    paid_month(office)
    book = office.folder / SITE / "private" / "seal-book.jsonl"
    known = office.done("month.book")
    assert [state for _name, state in known] == ["sent", "sent"]
    book.unlink()
    refused(office, "prepare", JUNE)
    assert "database_moved" in office.done("month.blocks", JUNE)
    office.done("month.say_of_lists", JUNE, "database_moved")
    office.done("month.catch_up")
    assert office.done("month.book") == known
    office.done("month.prepare", JUNE)
    for act in ("ask", "approve"):
        office.done(f"month.{act}", JUNE, BANK)
    # Brought elsewhere once more: the first answer does not count for it.
    book.unlink()
    refused(office, "prepare", JUNE)


def test_the_book_outlives_a_kill_and_a_line_cut_short(office):
    office.done("month.prepare", MAY)
    for channel in (BANK, CASH):
        office.done("month.ask", MAY, channel)
    office.killed("month.approve", MAY, BANK, die={"place": "ansinh_app.payouts.seal_book.append", "times": 1})
    bank = office.done("month.batch", MAY, BANK)
    assert office.done("month.values", "Payout Batch", bank, "status") == ["Approved"]
    assert office.done("month.book") == []
    book = office.folder / SITE / "private" / "seal-book.jsonl"
    with open(book, "a") as file:
        file.write('{"batch": "cut sho')
    office.done("month.catch_up")
    office.done("month.approve", MAY, CASH)
    cash = office.done("month.batch", MAY, CASH)
    assert office.done("month.book") == [[bank, "sealed"], [cash, "sealed"]]
    book.write_bytes(b"\xff\x00 not a book")
    refused(office, "prepare", JUNE)
