"""The police's answer against the registry: differences, where an identity stands, and reading their sheet."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from ansinh_app.core.errors import BadTable
from ansinh_app.core.identity import answers, certificate, verification
from ansinh_app.core.identity.answers import Asked
from ansinh_app.core.identity.verification import Found, Identity, Record

TODAY = date(2024, 6, 1)
AN = Identity("Nguyễn Văn Hoà", date(1950, 1, 1), "Year", "Male", "020050001111")
HEADS = ["STT", "Mã", "Họ và tên", "Số ĐDCN/CCCD", "Kết quả", "Họ tên đúng", "Ngày sinh đúng", "Giới tính đúng",
         "Số định danh đúng", "Ngày chết", "Nơi chuyển đến", "Ngày chuyển", "Ghi chú"]  # fmt: skip


def fields_of(found: Found, asked: Identity = AN) -> list[str]:
    return [difference.field for difference in verification.differences(asked, found)]


def test_only_what_really_differs_is_a_difference():
    same = Found("Verified", "NGUYỄN VĂN HÒA", date(1950, 1, 1), "Year", "Male", "020050001111")
    assert fields_of(same) == []
    exact = Found("Mismatch", born=date(1950, 3, 4))
    assert fields_of(exact) == ["date_of_birth"]
    assert fields_of(Found("Mismatch", "Nguyễn Văn Hoa", sex="Female")) == ["full_name", "sex"]
    assert fields_of(Found("Deceased", died_on=TODAY)) == ["death"]
    assert fields_of(Found("Moved", personal_id="020050009999", moved_to="Hà Nội")) == ["personal_id", "residence"]


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (Found("Verified"), ""),
        (Found("Verified", sex="Female"), "says_verified_but_differs"),
        (Found("Verified", died_on=TODAY), "says_verified_but_differs"),
        (Found("Mismatch", sex="Male"), "says_differs_but_names_nothing"),
        (Found("Mismatch", personal_id="123"), "bad_personal_id"),
        (Found("Mismatch", born=date(2030, 1, 1)), "birth_in_future"),
        (Found("Deceased"), "no_day_of_death"),
        (Found("Deceased", died_on=date(2025, 1, 1)), "death_in_future"),
        (Found("Deceased", died_on=date(1940, 1, 1)), "death_before_birth"),
        (Found("Moved"), "no_place_moved_to"),
        (Found("Not Found"), ""),
        (Found(""), "no_result"),
    ],
)
def test_an_answer_that_contradicts_itself_has_a_code(found, code):
    assert verification.problem(AN, found, TODAY) == code


def test_an_identity_is_verified_while_it_is_what_the_police_last_confirmed():
    born = date(1950, 3, 4)
    right = replace(AN, born=born, precision="Day", sex="Female")
    differed = Record(AN, Found("Mismatch", born=born, sex="Female"))
    cases = [
        (AN, [], "Unverified"),
        (AN, [Record(AN, None)], "Requested"),
        (AN, [Record(AN, Found("Verified"))], "Verified"),
        (replace(AN, full_name="Lê Văn Hoà"), [Record(AN, Found("Verified"))], "Unverified"),
        (replace(AN, full_name="NGUYỄN VĂN HÒA"), [Record(AN, Found("Verified"))], "Verified"),
        (AN, [differed], "Mismatch"),
        (replace(AN, sex="Female"), [differed], "Mismatch"),
        (right, [differed], "Verified"),
        (replace(right, full_name="Lê Văn Hoà"), [differed], "Unverified"),
        (AN, [differed, Record(AN, Found("Verified"))], "Mismatch"),
        (AN, [Record(AN, Found("Not Found"))], "Mismatch"),
        (AN, [Record(AN, Found("Deceased", died_on=TODAY), settled=True)], "Mismatch"),
        (AN, [Record(AN, Found("Moved", moved_to="Hà Nội"))], "Mismatch"),
        (AN, [Record(AN, Found("Moved", moved_to="Hà Nội"), settled=True)], "Verified"),
        (AN, [Record(AN, None), Record(AN, Found("Verified"))], "Requested"),
    ]
    for current, records, status in cases:
        assert verification.standing(current, records)[0] == status, (current, records)


def row(**values) -> list:
    return [values.get(head) for head in HEADS]


def test_a_sheet_is_read_whatever_its_order_and_its_words():
    heads = list(reversed(HEADS))
    rows = [
        row(STT=1, Mã="IDV-1", **{"Kết quả": "khớp"}),
        row(STT=2, Mã="IDV-2", **{"Kết quả": "Không khớp", "Ngày sinh đúng": "1951", "Số định danh đúng": 20051001111}),
        row(STT=3, Mã="IDV-3", **{"Ngày chết": datetime(2024, 5, 2)}),
        row(STT=4, Mã="IDV-4", **{"Kết quả": "Chuyển đi", "Nơi chuyển đến": "Hà Nội", "Ngày chuyển": "01/05/2024"}),
        row(STT=5, Mã="IDV-5"),
        row(STT=6, Mã="IDV-6", **{"Kết quả": "???"}),
        row(STT=7, Mã="IDV-7", **{"Ngày sinh đúng": "ngày mai"}),
        row(STT=8, Mã="IDV-8", **{"Số định danh đúng": "1.23E+11"}),
        row(**{"Kết quả": "Đúng"}),
    ]
    grid = [["DANH SÁCH"], [], heads, *[list(reversed(one)) for one in rows], ["CÔNG AN XÃ"]]
    found = answers.parse(grid, provinces={"020"})
    assert [(one.ref, one.found and one.found.result, one.problem) for one in found] == [
        ("IDV-1", "Verified", ""),
        ("IDV-2", "Mismatch", ""),
        ("IDV-3", "Deceased", ""),
        ("IDV-4", "Moved", ""),
        ("IDV-6", None, "unknown_result"),
        ("IDV-7", None, "bad_found_birth"),
        ("IDV-8", None, "bad_personal_id"),
    ]
    assert found[1].found.personal_id == "020051001111"  # the zero a number cell lost
    assert found[2].found.died_on == date(2024, 5, 2)
    assert (found[3].found.moved_to, found[3].found.moved_on) == ("Hà Nội", date(2024, 5, 1))
    with pytest.raises(BadTable):
        answers.parse([["STT", "Họ và tên"], [1, "A"]])


def test_a_row_is_matched_by_code_or_number_and_id_and_never_by_its_place():
    people = [replace(AN, full_name=f"Lý Văn {name}", personal_id=f"02005000000{index}")
              for index, name in enumerate("ABC", start=1)]  # fmt: skip
    asked = [Asked(f"IDV-{index}", index, person) for index, person in enumerate(people, start=1)]
    asked.append(Asked("IDV-4", 4, replace(AN, full_name="Lý Văn D", personal_id=None)))
    good = {"Kết quả": "Đúng"}

    def result(*rows) -> tuple[list[str], list[str]]:
        matching = answers.match(asked, answers.parse([HEADS, *rows]))
        return [one.ref for one, _answer in matching.matched], [code for _answer, code in matching.unmatched]

    assert result(row(STT=2, Mã="IDV-1", **good)) == (["IDV-1"], [])
    assert result(row(STT=2, **{"Số ĐDCN/CCCD": "020050000002"}, **good)) == (["IDV-2"], [])
    assert result(row(STT=4, **{"Họ và tên": "LÝ VĂN D"}, **good)) == (["IDV-4"], [])
    assert result(row(STT=1, **{"Số ĐDCN/CCCD": "020050000003"}, **good)) == (["IDV-3"], [])
    assert result(row(STT=2, **{"Họ và tên": "Lý Văn B"}, **good)) == ([], ["not_sure"])
    assert result(row(Mã="IDV-9", **good)) == ([], ["no_such_row"])
    assert result(row(Mã="IDV-1", **{"Số ĐDCN/CCCD": "020050000002"}, **good)) == ([], ["id_differs"])
    assert result(row(Mã="IDV-1", **{"Họ và tên": "Lý Văn B"}, **good)) == ([], ["name_differs"])
    assert result(row(Mã="IDV-1", **good), row(Mã="IDV-1", **good)) == (["IDV-1"], [])
    assert result(row(Mã="IDV-1", **good), row(Mã="IDV-1", **{"Kết quả": "Không tìm thấy"})) == (
        ["IDV-1"],
        ["repeated_row"],
    )


def test_certificates_are_doubted_and_never_refused():
    assert certificate.validate("15/2019", date(2019, 1, 5)) == []
    assert [one.code for one in certificate.validate("15/2018", date(2019, 1, 5))] == ["certificate_before_birth"]
    assert [one.code for one in certificate.validate("quyển số 3")] == ["certificate_shape"]
    assert certificate.validate("") == certificate.validate(None) == []
