"""One-off grants: funeral support by base and date, three months at death, what has no answer is refused."""

from datetime import date

import pytest

from ansinh_app.core.errors import BadQuantity, EstimatedRate, NoAllowance, NoRateInForce, UnknownCategory
from ansinh_app.core.explain import render_all
from ansinh_app.core.months import Month
from ansinh_app.core.one_off import one_off

from .world import entitlement, law, person

TODAY = date(2026, 11, 22)


def amount(grant_type, month, as_of=TODAY, entitlements=(), **facts):
    return one_off(law(), grant_type, Month.parse(month), as_of, person(), entitlements, **facts)[0]


@pytest.mark.parametrize(
    ("grant_type", "month", "expected"),
    [
        ("MT-BTXH", "2024-06", 7_200_000),
        ("MT-BTXH", "2024-07", 10_000_000),
        ("MT-BTXH", "2026-07", 10_800_000),
        ("MT-TAI", "2024-07", 25_000_000),
        ("MT-HTXH", "2025-07", 10_000_000),
        ("MT-NCC", "2024-06", 18_000_000),
        ("MT-NCC", "2024-07", 23_400_000),
        ("MT-NCC", "2026-07", 25_300_000),
        ("BT-NCC", "2024-07", 2_789_000),
        ("TT-TQGC", "2024-07", 55_780_000),
        ("TC-LS", "2025-01", 1_400_000),
        ("GD-PT", "2024-09", 1_116_000),
    ],
)
def test_amounts_on_both_sides_of_each_date(grant_type, month, expected):
    assert amount(grant_type, month) == expected


def test_the_funeral_of_july_2026_counts_on_the_level_known_when_it_was_decided():
    assert amount("MT-BTXH", "2026-07", date(2026, 8, 1)) == 10_000_000
    assert amount("MT-BTXH", "2026-07", date(2026, 10, 5)) == 10_800_000


def test_three_months_of_what_the_person_of_merit_drew():
    held = [entitlement("NCC-07A", name="E1"), entitlement("NCC-03A", name="E2"), entitlement("BTXH-06B1")]
    assert amount("TC3T-NCC", "2024-08", entitlements=held[:2]) == 3 * (2_911_000 + 2_789_000)
    assert amount("TC3T-NCC", "2024-08", entitlements=held) == 3 * (2_911_000 + 2_789_000)
    with pytest.raises(NoAllowance):
        amount("TC3T-NCC", "2024-08", entitlements=held[2:])
    with pytest.raises(EstimatedRate):
        amount("TC3T-NCC", "2026-08", entitlements=held)


def test_what_has_no_answer_is_refused():
    with pytest.raises(NoRateInForce):
        amount("MT-HTXH", "2025-06")
    with pytest.raises(EstimatedRate):
        amount("DD-NHA", "2026-08")
    with pytest.raises(UnknownCategory):
        amount("BTXH-06B1", "2024-08")
    with pytest.raises(BadQuantity):
        amount("MT-BTXH", "2024-08", quantity=2)
    assert amount("BT-NCC", "2024-08", quantity=2) == 5_578_000


def test_a_one_off_grant_is_no_monthly_category():
    assert "MT-BTXH" not in law().categories
    with pytest.raises(UnknownCategory):
        law().category("MT-BTXH")


def test_the_steps_name_the_article_and_read_well():
    _amount, steps = one_off(law(), "MT-BTXH", Month(2024, 8), TODAY, person())
    assert render_all(steps) == (
        "Trợ cấp một lần: Hỗ trợ chi phí mai táng đối tượng bảo trợ xã hội, phát sinh tháng 08/2024 "
        "(NĐ 20/2021 Đ11).\n"
        "Mức chuẩn 500.000 đ × hệ số 20 = 10.000.000 đ (NĐ 20/2021 Đ11; 76/2024/NĐ-CP)."
    )
