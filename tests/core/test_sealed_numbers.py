"""Numbers under a key: the same for the same, another for any other; nothing but the right key opens them."""

import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh_app.core.sealed_numbers import LONGEST, Keys, WrongKey, is_sealed, read_key, version_of

ONE, TWO = bytes(range(64)), bytes(range(64, 128))
NUMBERS = st.text(alphabet="0123456789ABCDEFXYZ/-. Đ", min_size=1, max_size=LONGEST // 2)


@given(NUMBERS, NUMBERS)
def test_opens_to_what_it_was_and_equal_texts_mean_equal_numbers(first, second):
    keys = Keys({1: ONE}, 1)
    a, b = keys.seal("id", first), keys.seal("id", second)
    assert keys.unseal("id", a) == first
    assert (a == b) == (first == second)
    assert a.upper() == a and is_sealed(a) and version_of(a) == 1
    assert first not in a[3:] or len(first) < 4


def test_the_longest_fits_a_data_column():
    assert len(Keys({999: ONE}, 999).seal("account", "9" * LONGEST)) <= 140


def test_a_kind_is_bound_in():
    keys = Keys({1: ONE}, 1)
    assert keys.seal("id", "123456789") != keys.seal("account", "123456789")
    with pytest.raises(WrongKey):
        keys.unseal("account", keys.seal("id", "123456789"))


@pytest.mark.parametrize("other", [Keys({1: TWO}, 1), Keys({2: ONE}, 2)], ids=["another key", "another version"])
def test_no_other_key_opens(other):
    with pytest.raises(WrongKey):
        other.unseal("id", Keys({1: ONE}, 1).seal("id", "020150001234"))


@pytest.mark.parametrize("place", [3, 10, -2])
def test_a_changed_letter_is_noticed(place):
    keys = Keys({1: ONE}, 1)
    text = list(keys.seal("id", "020150001234"))
    text[place] = "A" if text[place] != "A" else "B"
    with pytest.raises(WrongKey):
        keys.unseal("id", "".join(text))


def test_rotation_opens_old_and_new_and_seeks_both():
    old, both = Keys({1: ONE}, 1), Keys({1: ONE, 2: TWO}, 2)
    stored, fresh = old.seal("id", "020150001234"), both.seal("id", "020150001234")
    assert {both.unseal("id", stored), both.unseal("id", fresh)} == {"020150001234"}
    assert both.sought("id", "020150001234") == ["020150001234", stored, fresh]
    assert version_of(fresh) == 2


def test_checks_tell_keys_apart():
    assert Keys({1: ONE}, 1).check(1) == Keys({1: ONE}, 1).check(1) != Keys({1: TWO}, 1).check(1)


@pytest.mark.parametrize("text", ["", "abc", "A" * 88, base64.b64encode(os.urandom(32)).decode(), None])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(WrongKey):
        read_key(text)


def test_a_key_is_read():
    key = os.urandom(64)
    assert read_key(base64.b64encode(key).decode()) == key


@pytest.mark.parametrize("text", ["", "$", "$$ABC", "$1$", "$1$abc", "$1$ABC!", "020150001234", "$x$ABC"])
def test_plain_text_is_not_taken_for_sealed(text):
    assert not is_sealed(text) and version_of(text) == 0
