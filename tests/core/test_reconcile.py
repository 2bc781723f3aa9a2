"""Matching a provider's rows with the lines sent, and the settlement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh_app.core.bankfile import ResultRow
from ansinh_app.core.reconcile import SentLine, match, settlement


def line(ref="LS000001", account_no="060123456789", name="Lý Văn Mẫu", amount=750000, status="Sent"):
    return SentLine(ref, account_no, name, amount, status)


def row(ref="", account_no="", name="", amount=750000, status="Paid", number=5, reason=""):
    return ResultRow(number, ref, account_no, name, amount, status, reason)


def reasons(matching):
    return [reason for _row, reason in matching.unmatched]


def test_a_reference_matches_alone_or_within_the_memo():
    one, two = line(), line("LS000002", "0601", amount=1)
    found = match([one, two], [row("TC BTXH T11/2026 ls000001"), row("LS000002", amount=None)])
    assert [pair[0] for pair in found.matched] == [one, two] and found.missing == []


def test_the_memo_of_one_line_names_it_where_name_and_amount_do_not():
    lines = [
        SentLine("L1", "", "LY VAN A", 540000, memo="TC BTXH T06/2024 1"),
        SentLine("L2", "", "LY VAN A", 540000, memo="TC BTXH T06/2024 2"),
    ]
    rows = [
        ResultRow(5, "TC BTXH T06/2024 2", "", "LY VAN A", 540000, "Paid", ""),
        ResultRow(6, "tc btxh t06/2024 1", "", "LY VAN A", 540000, "Failed", "absent"),
    ]
    assert {(line.ref, row.status) for line, row in match(lines, rows).matched} == {
        ("L2", "Paid"),
        ("L1", "Failed"),
    }


def test_a_memo_that_all_lines_share_names_none():
    lines = [SentLine(ref, "", "LY VAN A", 540000, memo="TC BTXH T06/2024") for ref in ("L1", "L2")]
    found = match(lines, [ResultRow(5, "TC BTXH T06/2024", "", "LY VAN A", 540000, "Paid", "")])
    assert not found.matched and found.unmatched[0][1] == "several_candidates"


def test_account_and_amount_match_even_when_a_zero_was_lost():
    assert len(match([line()], [row(account_no="60123456789")]).matched) == 1
    assert reasons(match([line()], [row(account_no="060123456789", amount=1)])) == ["no_such_line"]


def test_name_and_amount_match_last():
    assert len(match([line()], [row(name="LY VAN MAU")]).matched) == 1
    assert reasons(match([line()], [row(name="LY VAN MAU", amount=None)])) == ["no_such_line"]


def test_a_guardian_with_two_equal_lines_is_left_to_a_person():
    found = match([line("A1"), line("A2")], [row(account_no="060123456789"), row(account_no="060123456789")])
    assert found.matched == [] and reasons(found) == ["several_candidates"] * 2 and len(found.missing) == 2


def test_two_equal_rows_for_one_line_are_left_to_a_person():
    found = match([line()], [row(account_no="060123456789"), row(account_no="060123456789", number=6)])
    assert found.matched == [] and reasons(found) == ["several_candidates"] * 2


def test_references_take_their_lines_out_of_the_guess():
    found = match([line("A1"), line("A2")], [row("A1"), row(account_no="060123456789")])
    assert {pair[0].ref for pair in found.matched} == {"A1", "A2"}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"amount": 1}, "amount_differs"),
        ({"account_no": "999999999"}, "account_differs"),
        ({"status": ""}, "no_status"),
    ],
)
def test_a_reference_with_other_facts_is_listed_and_not_matched(facts, reason):
    found = match([line()], [row("LS000001", **facts)])
    assert found.matched == [] and reasons(found) == [reason] and found.missing == [line()]


def test_a_masked_account_says_nothing_against_the_reference():
    assert len(match([line()], [row("LS000001", account_no="********6789")]).matched) == 1


def test_rows_that_contradict_one_another_are_both_listed():
    assert (
        reasons(match([line()], [row("LS000001"), row("LS000001", status="Failed")]))
        == ["conflicting_rows"] * 2
    )


def test_a_row_said_twice_counts_once():
    found = match([line()], [row("LS000001"), row("LS000001", number=6)])
    assert len(found.matched) == 1 and reasons(found) == ["repeated_row"]


def test_the_same_file_again_changes_nothing():
    found = match([line(status="Paid")], [row("LS000001")])
    assert found.matched == [] and found.unmatched == [] and len(found.unchanged) == 1


@pytest.mark.parametrize(("known", "said"), [("Failed", "Paid"), ("Uncollected", "Paid"), ("Paid", "Failed")])
def test_a_row_against_an_earlier_result_is_left_to_a_person(known, said):
    found = match([line(status=known)], [row("LS000001", status=said)])
    assert found.matched == [] and reasons(found) == ["contradicts_earlier_result"]


sent_lines = st.lists(
    st.builds(
        SentLine,
        st.integers(0, 30).map("LS{:04d}".format),
        st.sampled_from(["0601234567", "0607654321", "AB12345678", ""]),
        st.sampled_from(["Lý Văn A", "Lý Thị B", "Vi C"]),
        st.sampled_from([540000, 750000]),
        st.sampled_from(["Sent", "Paid", "Failed"]),
    ),
    max_size=8,
    unique_by=lambda line: line.ref,
)
answers = st.lists(
    st.builds(
        ResultRow,
        st.integers(2, 99),
        st.one_of(st.just(""), st.integers(0, 35).map("TC LS{:04d}".format)),
        st.sampled_from(["0601234567", "607654321", "AB12345678", ""]),
        st.sampled_from(["LY VAN A", "LY THI B", "VI C", ""]),
        st.sampled_from([540000, 750000, None]),
        st.sampled_from(["Paid", "Failed", "Uncollected", ""]),
        st.just(""),
    ),
    max_size=10,
)


@given(sent_lines, answers)
def test_every_row_and_every_line_is_accounted_for_once(lines, rows):
    found = match(lines, rows)
    seen = [pair[1] for pair in found.matched + found.unchanged] + [pair[0] for pair in found.unmatched]
    assert sorted(map(str, seen)) == sorted(map(str, rows))
    refs = [pair[0].ref for pair in found.matched + found.unchanged] + [item.ref for item in found.missing]
    assert sorted(refs) == sorted(item.ref for item in lines)
    for item, said in found.matched:
        assert item.status == "Sent" and said.status and said.amount in (None, item.amount)


def test_the_settlement_holds_what_came_in_and_did_not_go_out():
    found = settlement(carried_in=100, received=1000, due=1100, paid=900, unpaid=150, returned=50)
    assert (found.g_held, found.difference, found.uncounted) == (150, 0, 50)
    assert settlement(0, 1000, 1000, 900, 50).difference == 50
