"""kill -9 before any write, commit or file of each act of a month, from the list to the closing.

A month is played once without a fault. Each of its acts is then repeated on copies of the site as it was before,
killed on its way, and asked for again: what a kill leaves is the site as it was or as it is after the act, and
the second try ends where the undisturbed one did, row by row and column by column. The moments of an act are
counted, and some of them drawn by lot (RECOVERY_MOMENTS=all tries every one).
"""

import os
import random

import pytest

from tests.recovery.conftest import differences

OFFICE = "THANG"
MAY = f"{OFFICE}-2024-05"
BANK, CASH = "Bank Transfer", "Cash"
MOMENTS = os.environ.get("RECOVERY_MOMENTS", "1")
STILL = {"clock": "2024-05-02 08:00:00.123456", "seed": 7, "part": 2, "lang": "vi"}

# The acts that are killed, in their order; before each, what other people do meanwhile.
STORY = {
    "prepare": ([], ["prepare", MAY]),
    "prepare again": ([["change_the_registry", MAY]], ["prepare", MAY]),
    "approve": ([["ask", MAY, BANK], ["ask", MAY, CASH]], ["approve", MAY, BANK]),
    "cancel by two": ([["ask_to_cancel", MAY, BANK]], ["cancel", "batch"]),
    "prepare after cancelling": ([], ["prepare", MAY]),
    "send": ([["ask", MAY, BANK], ["approve", MAY, BANK], ["approve", MAY, CASH]], ["send", MAY, BANK]),
    "provider's file": ([["send", MAY, CASH]], ["write_file", MAY, BANK]),
    "result": ([["bring_answer", MAY, BANK, [1]]], ["apply_answer", "result"]),
    "answer a row": (
        [["bring_answer", MAY, BANK, [0, 1]], ["apply_answer", "result"]],
        ["reply", "result", "Reversed"],
    ),
    "drawdowns": ([], ["make_drawdowns", MAY]),
    "submit drawdowns": ([], ["submit_drawdowns", MAY]),
    "settlements": (
        [["bring_answer", MAY, CASH], ["apply_answer", "result"]],
        ["make_settlements", MAY],
    ),
    "settle": ([["submit_settlement", MAY, "VNPOST"]], ["submit_settlement", MAY, "STB"]),
    "close": ([], ["close", MAY]),
    "reopen": ([["give_reason", MAY]], ["reopen", MAY]),
    "return to the treasury": (
        [
            ["small_office", "NOPTRA", 2],
            ["whole_month", "NOPTRA-2024-05", [0, 1]],
            ["make_drawdowns", "NOPTRA-2024-05"],
            ["submit_drawdowns", "NOPTRA-2024-05"],
            ["stop_for_good", "NOPTRA-2024-05", 0],
            ["stop_for_good", "NOPTRA-2024-05", 1],
            ["draft_return", "NOPTRA-2024-06", "STB", 540_000],
        ],
        ["give_back", "return"],
    ),
    "cash on a closed account": ([["close_account", MAY, 4]], ["pay_in_cash", "account"]),
}
# What earlier acts answered and later ones need: the newest name each of these makes.
MAKES = {"bring_answer": "result", "draft_return": "return", "close_account": "account"}


class Played:
    """An act of the story: the site before it, its moments, and what it makes of the site undisturbed."""

    def __init__(self, site, act: list, events: list, before: dict, after: dict, again: dict) -> None:
        self.site, self.act, self.events = site, act, events
        self.before, self.after, self.again = before, after, again

    def moments(self, name: str) -> list[int]:
        """The numbers of the events to die before; one more than there are is after all of them."""
        last = len(self.events) + 1
        if MOMENTS == "all":
            return list(range(1, last + 1))
        ends = [number for number, event in enumerate(self.events, 1) if event == "commit"]
        lot = random.Random(f"{name} {len(self.events)}")
        some = lot.sample(range(1, last), min(int(MOMENTS), last - 1))
        return sorted({*some, *ends[-1:], last})


def filled(words: list, made: dict) -> list:
    return [made.get(word, word) if isinstance(word, str) else word for word in words]


@pytest.fixture(scope="module")
def story(_built, tmp_path_factory):
    """Every act by name, played once without a fault on one site."""
    now = _built.copy(tmp_path_factory.mktemp("story"))
    now.done("month.small_office", OFFICE, **STILL)
    made, played = {}, {}
    for number, (name, (meanwhile, act)) in enumerate(STORY.items()):
        for step, *arguments in meanwhile:
            # Other dice for other acts: no two of them draw the same names.
            options = STILL | {"seed": f"{name} {step} {arguments}"}
            answer = now.done(f"month.{step}", *filled(arguments, made), **options)
            made[MAKES.get(step, "")] = answer
        if "batch" in act:
            made["batch"] = now.done("month.batch", MAY, BANK)
        act = filled(act, made)
        kept = now.copy(tmp_path_factory.mktemp("before") / str(number))
        before = now.dump()
        events = now.act(f"month.{act[0]}", *act[1:], watch=True, **STILL | {"seed": name})
        assert "result" in events, (name, events)
        after = now.dump()
        again = now.act(f"month.{act[0]}", *act[1:], **STILL | {"seed": f"{name} again"})
        played[name] = Played(kept, act, events["events"], before, after, again)
        print(name, len(events["events"]), again)
        assert not differences(after, now.dump()), f"{name} a second time"
    return played


@pytest.mark.parametrize("name", STORY)
def test_killed_on_its_way_and_asked_again(story, name, tmp_path):
    one = story[name]
    assert differences(one.before, one.after), "the act does nothing"
    call = [f"month.{one.act[0]}", *one.act[1:]]
    for moment in one.moments(name):
        where = f"{moment} of {len(one.events)}: {[*one.events, 'end'][moment - 1]}"
        site = one.site.copy(tmp_path / str(moment))
        site.killed(*call, die={"event": moment}, **STILL | {"seed": name})
        left = site.dump()
        done = moment > len(one.events)
        if not done:
            # A file written for an act that was cut off may lie on the disk, or a part of it under another name;
            # no document knows it, nobody can fetch it.
            left = {key: left[key] for key in left if key in one.before or left[key] != one.after.get(key, left[key])}
        assert not differences(one.after if done else one.before, left), where
        answer = site.act(*call, **STILL | {"seed": f"{name} again" if done else name})
        assert ("error" in answer) == (done and "error" in one.again), (where, answer)
        end = {key: rows for key, rows in site.dump().items() if not key.endswith(".part")}
        assert not differences(one.after, end), where
