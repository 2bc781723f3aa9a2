"""Steps as Vietnamese sentences; the neutral form tells nothing of an illness."""

import json
from datetime import date

from ansinh_app.core.explain import as_data, render, render_all
from ansinh_app.core.ledger import RecoveryCase, Settled, Step
from ansinh_app.core.months import Month
from ansinh_app.core.one_off import one_off
from ansinh_app.core.payout import run_person

from .world import change, entitlement, law, person


def everything():
    """Lines that together use every kind of step a run can produce."""
    back = [Settled("BTXH", Month(2024, 8), {Month(2024, 8): 1000000}, 0, "Failed")]
    case = RecoveryCase("BTXH", {}, 90000, 30000, True, "REC-1")
    resumed = (change("2024-07", False), change("2024-08", True, date(2024, 8, 1), "đã bổ sung hồ sơ"))
    old = person(
        born=date(1944, 1, 1), dob_precision="Year", died_on=date(2024, 9, 2), death_known_on=date(2024, 9, 3)
    )
    both = {"both_schemes_on": date(2024, 8, 1)}
    several = [
        entitlement("BTXH-05A1", "2024-08", changes=resumed, **both),
        entitlement("BTXH-08", "2024-08", name="E2", **both),
        entitlement("BTXH-04", "2024-08", name="E3", quantity=2, **both),
        entitlement("NCC-03A", "2024-08", name="E4", settled_through=Month(2024, 8)),
        entitlement("CS-06H", "2024-09", name="E5", settled_through=Month(2024, 9)),
    ]
    run = run_person(old, several, Month(2024, 9), date(2024, 9, 3), law(), back, [case], Month(2024, 1))
    return [step for line in run.lines for step in line.steps]


def test_every_step_of_a_run_has_a_sentence_and_survives_json():
    steps = everything()
    assert {step.code for step in steps} >= {
        "entitled",
        "resumed",
        "age",
        "birth_assumed",
        "band",
        "coefficient",
        "fixed_amount",
        "only_higher",
        "death_month",
        "month_owed",
        "carried_over",
        "recovery",
    }
    stored = json.loads(json.dumps(as_data(steps)))
    assert [render(step) for step in stored] == [render(step) for step in steps]
    for sentence in render_all(steps).splitlines():
        assert sentence.endswith(".") and "{" not in sentence and "None" not in sentence


def test_the_sentence_of_a_coefficient_reads_as_a_clerk_would_write_it():
    step = next(step for step in everything() if step.code == "coefficient")
    assert render(step) == "Mức chuẩn 500.000 đ × hệ số 2 = 1.000.000 đ (NĐ 20/2021 Đ6.1.đ; 76/2024/NĐ-CP)."
    counted = Step("coefficient", step.params | {"quantity": 2, "amount": 2000000, "certainty": "design"})
    assert "× hệ số 2 × 2 = 2.000.000 đ" in render(counted) and "cần đối chiếu" in render(counted)


def test_the_remaining_steps_have_sentences():
    assert (
        render(Step("settled_outside", {"through": "2024-09"}))
        == "Đã chi trả ngoài hệ thống đến hết tháng 09/2024."
    )
    assert "thôi hưởng từ tháng sau" in render(
        Step("last_month_of_age", {"age": 16, "article": "NĐ 20/2021 Đ8.2"})
    )


def test_the_neutral_form_names_no_category_and_no_clause():
    sick = entitlement("BTXH-08", "2024-09", decided_on=date(2024, 8, 1))
    child = entitlement("BTXH-03A", "2024-09", decided_on=date(2024, 8, 1))
    for given, born in ((sick, date(1980, 1, 1)), (child, date(2016, 1, 1))):
        run = run_person(person(born=born), [given], Month(2024, 9), date(2024, 8, 24), law())
        assert "HIV" in render_all(run.lines[0].steps)
        told = render_all(run.lines[0].steps, neutral=True)
        for word in ("HIV", "BTXH-0", "Đ5", "Đ6", "khoản", "nghèo"):
            assert word not in told
        assert "500.000 đ × hệ số" in told


def test_arrears_that_wait_and_months_of_allowance_are_said():
    wait = Step("arrears_wait", {"amount": 5578000, "article": "TT 44/2022/TT-BTC Đ15"})
    assert render(wait) == (
        "Truy lĩnh 5.578.000 đ chi một lần trong tháng sau tháng ra quyết định (TT 44/2022/TT-BTC Đ15)."
    )
    held = [entitlement("NCC-03A")]
    _amount, steps = one_off(law(), "TC3T-NCC", Month(2024, 8), date(2024, 9, 1), person(), held)
    assert render(steps[-1]) == (
        "Trợ cấp hằng tháng đang hưởng 2.789.000 đ × 3 = 8.367.000 đ (Pháp lệnh 02/2020; 77/2024/NĐ-CP) "
        "(cần đối chiếu văn bản)."
    )
    assert "Pháp lệnh" not in render(steps[-1], neutral=True)


def test_the_decision_is_named_by_its_number():
    run = run_person(
        person(),
        [entitlement("BTXH-06B1", "2024-08", decision_no="88/QĐ-UBND")],
        Month(2024, 8),
        date(2024, 8, 1),
        law(),
    )
    assert "theo quyết định 88/QĐ-UBND (ký ngày" in render(run.lines[0].steps[0])


def test_a_birth_is_told_as_far_as_it_is_known():
    """A year alone is never shown as a 1 January; what the age was counted from is said apart."""
    for precision, told in (
        ("Year", "(sinh năm 1944)"),
        ("Month", "(sinh tháng 06/1944)"),
        ("Day", "(sinh ngày 15/06/1944)"),
    ):
        old = person(born=date(1944, 6, 15), dob_precision=precision)
        run = run_person(old, [entitlement("BTXH-05D", "2024-09")], Month(2024, 9), date(2024, 9, 3), law())
        said = render_all(run.lines[0].steps)
        assert told in said
        assert ("tính tuổi từ ngày" in said) == (precision != "Day")
