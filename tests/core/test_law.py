"""Law: bands by age, the rate in force as known on a day, provinces, gaps and estimates."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ansinh_app.core.errors import EstimatedRate, NoRateInForce, UnknownCategory
from ansinh_app.core.law import Law, RateLine, RateVersion
from ansinh_app.core.months import Month

from .world import law, rows, shipped_categories, shipped_versions

LATE = date(2026, 11, 20)


def code_of(category, born, month):
    band = law().band(category, born, Month.parse(month))
    return band and band.code


def a_version(**facts):
    line = RateLine("BTXH-06B1", facts.pop("coefficient", Decimal("1.5")), None, "NQ Đ1", "law")
    values = {
        "name": "V",
        "programme": "BTXH",
        "effective_from": date(2025, 1, 1),
        "in_force_on": date(2025, 1, 1),
        "base_amount": 600000,
        "instrument": "NQ 1",
        "unit": "20",
        "certainty": "law",
        "lines": {"BTXH-06B1": line},
    }
    return RateVersion(**(values | facts))


def with_versions(*more):
    return Law(shipped_categories(), [*shipped_versions(), *more])


def test_a_band_counts_from_the_month_of_the_birthday():
    born = date(2020, 7, 31)
    assert code_of("BTXH-01A", born, "2024-06") == "BTXH-01A"
    assert code_of("BTXH-01A", born, "2024-07") == "BTXH-01B"


def test_who_grows_out_of_the_last_band_is_paid_for_the_birthday_month():
    born = date(2008, 5, 2)
    assert code_of("BTXH-01A", born, "2024-05") == "BTXH-01B"
    assert code_of("BTXH-01A", born, "2024-06") is None


def test_who_is_too_young_fits_no_band_before_the_birthday_month():
    born = date(1944, 5, 20)
    assert code_of("BTXH-05C", born, "2024-04") is None
    assert code_of("BTXH-05C", born, "2024-05") == "BTXH-05C"


def test_a_child_fits_from_the_month_of_birth_and_not_before():
    born = date(2024, 5, 31)
    assert code_of("BTXH-06A2", born, "2024-05") == "BTXH-06A2"
    assert code_of("BTXH-06A2", born, "2024-04") is None


def test_a_birthday_on_29_february_falls_in_february():
    assert code_of("BTXH-06A1", date(1964, 2, 29), "2024-01") == "BTXH-06A1"
    assert code_of("BTXH-06A1", date(1963, 2, 28), "2023-02") == "BTXH-06A3"
    assert code_of("BTXH-01A", date(2020, 2, 29), "2023-02") == "BTXH-01A"
    assert code_of("BTXH-07", date(2020, 2, 29), "2023-03") is None


def test_without_a_birth_date_only_a_category_without_ages_fits():
    assert code_of("BTXH-04", None, "2024-05") == "BTXH-04"
    assert code_of("BTXH-06A1", None, "2024-05") is None


def test_unknown_categories_are_refused():
    for ask in (
        law().category,
        law().benefit,
        lambda code: law().band(code, date(1980, 1, 1), Month(2024, 1)),
    ):
        with pytest.raises(UnknownCategory):
            ask("BTXH-99")


@pytest.mark.parametrize(
    ("codes", "benefit"),
    [
        (["BTXH-01A", "BTXH-06B1", "BTXH-08", "HTXH-75", "HTXH-70"], "BTXH"),
        (["BTXH-04"], "BTXH-04"),
        (["CS-01A", "CS-01B"], "CS-01"),
        (["CS-06M1", "CS-06M2"], "CS-06M"),
        (["CS-06H"], "CS-06H"),
        (["NCC-03A", "NCC-03B", "NCC-03C"], "NCC-03"),
        (["NCC-06-21", "NCC-06-100"], "NCC-06"),
        (["NCC-06B-21"], "NCC-06B"),
        (["NCC-06-PC81", "NCC-06-PC81DB"], "NCC-06-PC"),
        (["NCC-07A", "NCC-07F"], "NCC-07"),
        (["NCC-08CON61", "NCC-08CON81"], "NCC-08CON"),
        (["NCC-04PV", "NCC-06PV81", "NCC-07PV81DB"], "NCC-PV"),
        (["NCC-01TN", "NCC-10N"], "NCC-TN"),
        (["NCC-11A", "NCC-11B"], "NCC-11"),
        (["NCC-04"], "NCC-04"),
        (["NCC-04-PC"], "NCC-04-PC"),
        (["NCC-06T"], "NCC-06T"),
    ],
)
def test_one_benefit_is_what_is_paid_once(codes, benefit):
    assert {law().benefit(code) for code in codes} == {benefit}


@pytest.mark.parametrize(
    ("month", "as_of", "amount"),
    [
        ("2024-06", date(2024, 7, 24), 540000),
        ("2024-07", date(2024, 6, 30), 540000),
        ("2024-07", date(2024, 7, 1), 750000),
        ("2026-07", date(2026, 10, 4), 750000),
        ("2026-07", date(2026, 10, 5), 810000),
        ("2026-06", date(2026, 10, 5), 750000),
    ],
)
def test_a_rate_counts_when_it_was_known(month, as_of, amount):
    rate = law().rate("BTXH-06B1", Month.parse(month), as_of)
    assert rate.amount_per_unit == amount
    assert rate.base * rate.coefficient == amount


def test_a_rate_names_where_it_is_written():
    rate = law().rate("BTXH-06B1", Month(2024, 8), LATE)
    assert (rate.article, rate.instrument) == ("NĐ 20/2021 Đ6.1.e", "76/2024/NĐ-CP")


def test_nothing_in_force_is_an_error_that_names_category_and_month():
    with pytest.raises(NoRateInForce, match=r"BTXH-06B1 in 2021-06") as caught:
        law().rate("BTXH-06B1", Month(2021, 6), LATE)
    assert caught.value.data["category"] == "BTXH-06B1"
    assert caught.value.data["month"] == "2021-06"
    assert caught.value.code == "no_rate_in_force"


def test_a_category_missing_in_the_new_decree_does_not_fall_back_to_the_old_one():
    assert law().rate("NCC-06-61", Month(2026, 7), date(2026, 9, 30)).amount_per_unit == 5450000
    with pytest.raises(NoRateInForce):
        law().rate("NCC-06-61", Month(2026, 7), LATE)


def test_a_category_that_ended_within_a_version_has_no_rate_after():
    assert law().rate("BTXH-05C", Month(2025, 6), LATE).amount_per_unit == 500000
    with pytest.raises(NoRateInForce):
        law().rate("BTXH-05C", Month(2025, 7), LATE)


def test_an_estimate_never_pays():
    with pytest.raises(EstimatedRate):
        law().rate("NCC-01A", Month(2026, 7), LATE)
    assert law().rate("NCC-03A", Month(2026, 7), LATE).amount_per_unit == 3012000


def test_a_province_beats_the_state_only_where_higher_and_only_for_its_units():
    richer = with_versions(a_version())
    assert richer.rate("BTXH-06B1", Month(2025, 1), LATE, ("05977", "20")).amount_per_unit == 900000
    assert richer.rate("BTXH-06B1", Month(2025, 1), LATE, ("51",)).amount_per_unit == 750000
    assert richer.rate("BTXH-06B1", Month(2024, 12), LATE, ("20",)).amount_per_unit == 750000
    assert richer.rate("BTXH-06B2", Month(2025, 1), LATE, ("20",)).amount_per_unit == 1000000
    poorer = with_versions(a_version(base_amount=400000))
    assert poorer.rate("BTXH-06B1", Month(2025, 1), LATE, ("20",)).amount_per_unit == 750000


def test_a_province_version_counts_from_its_own_day_in_force():
    later = with_versions(a_version(in_force_on=date(2025, 3, 1)))
    assert later.rate("BTXH-06B1", Month(2025, 1), date(2025, 2, 1), ("20",)).amount_per_unit == 750000
    assert later.rate("BTXH-06B1", Month(2025, 1), date(2025, 3, 1), ("20",)).amount_per_unit == 900000


def test_of_two_versions_from_one_day_the_later_decided_corrects_the_earlier():
    corrected = with_versions(
        a_version(unit=None, name="first"),
        a_version(unit=None, name="second", in_force_on=date(2025, 6, 1), base_amount=620000),
    )
    assert corrected.rate("BTXH-06B1", Month(2025, 2), date(2025, 5, 1)).version == "first"
    assert corrected.rate("BTXH-06B1", Month(2025, 2), date(2025, 6, 1)).version == "second"


def test_every_payable_amount_as_shipped_is_whole_thousands():
    for code, category in law().categories.items():
        for month in (Month(2023, 8), Month(2024, 1), Month(2025, 1), Month(2026, 8)):
            try:
                amount = law().rate(code, month, LATE).amount_per_unit
            except (NoRateInForce, EstimatedRate):
                continue
            assert amount > 0 and amount % 1000 == 0, (category.code, month)


def test_what_the_law_ended_is_told_from_what_is_not_loaded():
    assert law().ended_on("BTXH-05C", Month(2025, 6)) is None
    assert law().ended_on("BTXH-05C", Month(2025, 7)) == date(2025, 6, 30)
    assert law().ended_on("BTXH-05B", Month(2026, 8)) == date(2025, 6, 30)
    assert law().ended_on("NCC-06-61", Month(2026, 8)) is None
    assert law().ended_on("BTXH-06B1", Month(2030, 1)) is None


def test_every_category_pays_what_the_decrees_print():
    """statutory_amounts.csv was copied from the decrees' own tables, apart from the data the app ships."""
    table = rows(Path(__file__).with_name("statutory_amounts.csv"))
    numbered = re.compile(r"NCC-06B?-\d+$")
    every = {code for code in law().categories if not numbered.match(code)}
    assert {row["category"] for row in table} >= every
    for row in table:
        ask = (row["category"], Month.parse(row["month"]), LATE)
        if row["amount"] == "estimate":
            with pytest.raises(EstimatedRate):
                law().rate(*ask)
        elif not row["amount"]:
            with pytest.raises(NoRateInForce):
                law().rate(*ask)
        else:
            assert law().rate(*ask).amount_per_unit == int(row["amount"]), row


def test_the_tables_by_injury_percentage_are_complete_and_rise():
    for table in ("NCC-06", "NCC-06B"):
        for month in ("2023-07", "2024-07"):
            amounts = [
                law().rate(f"{table}-{percent}", Month.parse(month), LATE).amount_per_unit
                for percent in range(21, 101)
            ]
            assert amounts == sorted(set(amounts)) and len(amounts) == 80
