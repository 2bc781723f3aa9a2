"""Names: one spelling, one key, and the five ways two of them agree."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh_app.core.names import Match, ascii_upper, compare, is_legacy_font, normalise, search_key

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
WORDS = st.text(LETTERS, min_size=1, max_size=7).map(str.capitalize)
NAMES = st.lists(WORDS, min_size=2, max_size=5).map(" ".join)


def test_normalise_composes_and_cleans():
    assert normalise(unicodedata.normalize("NFD", "Nguyễn  Thị\u00a0Hoà ")) == "Nguyễn Thị Hoà"
    assert normalise("\u00d0àm V\u00e1n\u200b ") == "Đàm Ván"
    assert normalise("\u00f0ức") == "đức"


@given(NAMES)
def test_decomposed_and_composed_forms_are_one_name(name):
    apart = unicodedata.normalize("NFD", name)
    assert normalise(apart) == normalise(name)
    assert compare(apart, name.upper()) is Match.EXACT
    assert set(ascii_upper(name)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ ")
    assert ascii_upper(ascii_upper(name)) == ascii_upper(name)
    assert search_key(name) == ascii_upper(name).lower()


@pytest.mark.parametrize(
    ("one", "two", "match"),
    [
        ("Nguyễn Văn An", "NGUYEN VAN AN", Match.EXACT),
        ("Hoà Đức", "Hòa Ðức", Match.EXACT),
        ("H'Mông Y", "HMONG Y", Match.EXACT),
        ("Nguyễn Văn An", "AN NGUYEN VAN", Match.ORDER),
        ("Nguyễn Thị Hoàng Yến", "NGUYEN THI YEN", Match.MISSING_MIDDLE),
        ("Nguyễn Văn An (GH)", "NGUYEN VAN AN", Match.MISSING_MIDDLE),
        ("Lí Văn Tư", "LY VAN TU", Match.ONE_LETTER),
        ("Lý Văn Tư", "LY VANTU", Match.ONE_LETTER),
        ("Lý Văn Tư", "LY VAN TUU", Match.ONE_LETTER),
        ("Lý Văn Tư", "LY THI TU", Match.DIFFERENT),
        ("Lý Văn Tư", "LY", Match.DIFFERENT),
        ("Lý Văn Tư Minh", "LY TU", Match.DIFFERENT),
        ("", "", Match.DIFFERENT),
        ("Lý", "", Match.DIFFERENT),
    ],
)
def test_two_names_agree_in_one_of_five_ways(one, two, match):
    assert compare(one, two) is match
    assert compare(two, one) is match


def test_text_of_old_fonts_is_told_from_unicode():
    assert is_legacy_font("Hoµng ThÞ B¶y")
    assert not is_legacy_font("Hoàng Thị Bảy – số 12/QĐ-UBND")
