"""VietQR against the test vector of DOMAIN §4.6, and read back tag by tag."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh_app.core.errors import BadCell
from ansinh_app.core.vietqr import crc16, payload

VECTOR = (
    "00020101021238560010A0000007270126000697040301120601234567890208QRIBFTTA530370454065400005802VN"
    "62270823TC BTXH T11/2026 LS0001630419DA"
)


def tags(text):
    found = {}
    while text:
        number, size = text[:2], int(text[2:4])
        found[number], text = text[4 : 4 + size], text[4 + size :]
    return found


def test_the_vector():
    # its memo has 23 characters: the vector's "LS0001" ends the memo, "6304" begins the check
    assert payload("970403", "060123456789", 540000, "TC BTXH T11/2026 LS0001") == VECTOR


@given(
    st.from_regex(r"\A[0-9]{6}\Z"), st.from_regex(r"\A[0-9]{6,19}\Z"), st.one_of(st.none(), st.integers(1, 10**13 - 1)),
    st.text("ABCDEFGHĐẨỐ 0123456789/", max_size=25),
)  # fmt: skip
def test_every_part_is_read_back(bin_code, number, amount, memo):
    text = payload(bin_code, number, amount, memo)
    found = tags(text)
    assert tags(tags(found["38"])["01"]) == {"00": bin_code, "01": number}
    assert found.get("54") == (None if amount is None else str(amount))
    assert int(found["63"], 16) == crc16(text[:-4].encode())
    assert text.isascii()


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("97040", "060123456789"), "bin"),
        (("97040٠", "060123456789"), "bin"),
        (("970403", "12"), "account_no"),
        (("970403", "060123456789", 0), "amount"),
        (("970403", "060123456789", 10**13), "amount"),
        (("970403", "060123456789", 1, "x" * 26), "memo"),
    ],
)
def test_what_cannot_be_a_code_is_refused(arguments, field):
    with pytest.raises(BadCell) as caught:
        payload(*arguments)
    assert caught.value.data["field"] == field
