"""One person in two records, two people who look alike, and how well a search tells them apart."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from ansinh_app.core import duplicates
from ansinh_app.core.duplicates import Known, Record
from benchmarks.duplicates import make_world, score

ONE = Record(
    "A", "Lăng Thị Xuân Quyên", date(1950, 5, 12), sex="Female", personal_id="020150001234", unit="U1", village="1"
)
OTHER = replace(ONE, key="B", personal_id="", unit="U2", village="7")


def pair(one: Record, other: Record, bearers: int = 2, **more):
    known = [Known(one), Known(other)]
    return duplicates.weigh(*known, Counter({row.loose: bearers for row in known}), **more)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, "name_same"),
        ({"full_name": "LANG THI XUAN QUYEN"}, "name_unmarked"),
        ({"full_name": "Lăng Xuân Thị Quyên"}, "name_order"),
        ({"full_name": "Lăng Thị Quyên"}, "name_middle_missing"),
        ({"full_name": "Lăng Thị Xuân Quyênn"}, "name_letter"),
        ({"full_name": "Lăng T. Xuân Quyên"}, "name_short"),
        ({"full_name": "Lăng Thị Xuân Quyện"}, "name_marks_differ"),
        ({"born": date(1950, 12, 5)}, "birth_swapped"),
        ({"born": date(1950, 1, 1), "precision": "Year"}, "birth_year"),
        ({"born": date(1950, 1, 1)}, "birth_year"),
        ({"personal_id": "020150001243"}, "id_almost"),
    ],
)
def test_a_slip_between_two_communes_is_seen_through_and_named(changed, reason):
    found = pair(ONE, replace(OTHER, **changed))
    assert found and reason in found.reasons and "other_commune" in found.reasons
    assert found.kind == "Name and Birth" and duplicates.WORTH_A_LOOK <= found.score <= 99


def test_spelling_is_no_difference():
    for one, other in (("Lý Thị Mỹ", "Lí Thị Mĩ"), ("Nông Văn Hoà", "Nông Văn Hòa"), ("Đỗ Thị Thuý", "Đỗ Thị Thúy")):
        assert pair(replace(ONE, full_name=one), replace(OTHER, full_name=other)).reasons[-1:] != ("name_differs",)
        assert Known(replace(ONE, full_name=one)).marked == Known(replace(OTHER, full_name=other)).marked


@pytest.mark.parametrize(
    "changed",
    [
        {"full_name": "Lăng Thị Xuân Quỳnh"},  # a twin: one day, one house
        {"full_name": "Lăng Thị Xuân Hạnh"},
        {"born": date(1951, 5, 12), "personal_id": "020151009999"},
        {"born": date(1927, 5, 12)},
    ],
)
def test_who_only_looks_alike_in_one_house_is_left_in_peace(changed):
    assert pair(ONE, replace(OTHER, unit="U1", village="1", **changed)) is None


def test_the_more_namesakes_the_less_a_name_says():
    scores = [pair(ONE, OTHER, bearers=many) for many in (2, 200)]
    assert scores[0].score > scores[1].score
    year_only = replace(OTHER, born=date(1950, 1, 1), precision="Year")
    assert pair(ONE, year_only, bearers=2) and pair(ONE, year_only, bearers=50) is None


def test_two_people_the_population_database_knows_are_two():
    verified = replace(ONE, verified=True)
    twin = replace(ONE, key="B", personal_id="020150999876", unit="U2", verified=True)
    assert pair(verified, twin) is None
    assert pair(verified, replace(twin, verified=False, personal_id="")).score > 90


@pytest.mark.parametrize(
    ("one", "other", "kind", "reason"),
    [
        ({"old_id": "080123456"}, {"old_id": "080123456"}, "Old and New ID", "same_old_id"),
        ({"personal_id": "080123456"}, {"old_id": "080123456"}, "Old and New ID", "id_is_old_id"),
        ({}, {"personal_id": "020150001234"}, "Same ID", "same_id"),
    ],
)
def test_a_shared_number_is_looked_at_whatever_the_names(one, other, kind, reason):
    stranger = replace(OTHER, full_name="Hoàng Văn Khác", born=date(1971, 2, 3), sex="Male")
    for second in (OTHER, stranger):
        found = duplicates.find([replace(ONE, **one), replace(second, **other)])
        assert [(pair.kind, reason in pair.reasons) for pair in found] == [(kind, True)]


def test_one_own_account_for_two_people_is_looked_at():
    stranger = replace(OTHER, full_name="Hoàng Văn Khác", born=date(1971, 2, 3))
    assert pair(ONE, stranger) is None
    assert pair(ONE, stranger, same_account=True).kind == "Same Account"


def test_two_schemes_come_before_the_way_a_pair_was_found():
    kind = duplicates.kind_with_schemes
    assert kind("Name and Birth", {"BTXH", "CARE"}, {"NCC"}) == "Two Schemes"
    assert kind("Name and Birth", {"BTXH"}, {"CARE"}) == "Name and Birth"
    assert kind("Same Account", {"BTXH"}, {"NCC"}) == "Same Account"


def test_a_search_finds_nearly_all_and_is_nearly_always_right():
    """The same measure as the benchmark's, on a smaller registry; the numbers there are of 100,000 people."""
    world = make_world(12_000)
    found = duplicates.find(world.records)
    result = score(world, found)
    assert result.recall >= 0.85 and result.precision >= 0.85 and result.sure >= 0.9
    assert min(result.recall_by[slip] for slip in ("none", "marks lost", "old card", "middle order")) >= 0.8
    assert result.wrong["twins"] == 0 and result.wrong["father and son"] == 0
    assert len({(pair.first, pair.second) for pair in found}) == len(found)
    assert all(pair.first < pair.second for pair in found)
