"""A month worked out both ways: in parts and by people alike, as a run does, and whole, one by one, line by line."""

from unittest.mock import patch

import frappe
from frappe.utils import getdate

from ansinh_app.core.alike import AlikeRuns
from ansinh_app.payouts import plan
from ansinh_app.payouts.book import questions
from ansinh_app.payouts.run import _list_order


def assert_same(case, period: str, as_of=None) -> None:
    """Both ways give the same lines, column by column and in the same order, and hold and propose the same."""
    document = frappe.get_doc("Payout Period", period)
    known_on = getdate(as_of or document.as_of or None)
    slow = _slow(document, known_on)
    with patch.object(plan, "_PART", 2):
        parts = list(plan.Planner(document, known_on).parts())
    for way in (parts, [_whole(document, known_on)]):
        case.assertEqual(_merged(way, "lines"), slow.lines)
        case.assertEqual(_merged(way, "proposals"), slow.proposals)
        case.assertEqual(_held(way), _held([slow]))
        case.assertEqual(_taken(way), _taken([slow]))
        case.assertEqual(_listed(way), _listed([slow]))


def _whole(document, known_on):
    """Everybody in one plan."""
    planner = plan.Planner(document, known_on)
    return planner.plan(planner.who())


def _slow(document, known_on):
    """Without any short cut: every line is read as it stands, and the rules are asked for every person."""
    read = questions.lines

    def one_by_one(who, own_month_only):
        return read(who, 0) + read(who, 1)

    with (
        patch.object(AlikeRuns, "pattern", lambda *_args: None),
        patch.object(questions, "runs_of_lines", lambda _who: ()),
        patch.object(questions, "lines", one_by_one),
    ):
        return _whole(document, known_on)


def _merged(plans: list, name: str) -> dict:
    found = {}
    for one in plans:
        rows = getattr(one, name)
        assert not found.keys() & rows.keys()
        found |= rows
    return found


def _held(plans: list) -> list[tuple]:
    return sorted(
        (held.beneficiary, held.code, held.detail, held.blocking) for one in plans for held in one.held
    )


def _taken(plans: list) -> list[str]:
    people = (person for one in plans for person in one.book.people.values())
    return sorted(key for person in people for key in person.taken)


def _listed(plans: list) -> list[str]:
    """The keys in the order of the list."""
    return [line["line_key"] for one in plans for line in sorted(one.lines.values(), key=_list_order(one))]
