"""Numbers of people in written texts: masked however they are written, and nothing else is."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.masking import mask_written
from tests.factories import id_number

WORDS = st.sampled_from(["核对", "本人说：", "（", "号", "，", "电话", " 见 ", "tel. ", "\n", ""])
BETWEEN = st.sampled_from([" ", "-", "\u3000", "－", "—", "\u00a0", " - ", "\u200b"])
DAYS = st.dates(date(1921, 1, 1), date(2025, 12, 31))
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
DIGITS = st.integers(0, 9_999).map("{:04}".format)


@st.composite
def grouped(draw, parts):
    """The parts of a number one after the other, or apart; in plain or in full-width digits."""
    between = draw(BETWEEN) if draw(st.booleans()) else ""
    text = between.join(parts)
    return text.translate(FULL_WIDTH) if draw(st.booleans()) else text


@st.composite
def identity(draw):
    """An identity number as people write it, and its day of birth."""
    born = draw(DAYS)
    number = id_number(born, draw(st.sampled_from(["male", "female"])))
    if born.year < 2000 and draw(st.booleans()):
        number = number[:6] + number[8:17]
        parts = [number[:6], number[6:12], number[12:]]
    else:
        cuts = draw(st.sampled_from([(6, 14), (6, 10, 14), (4, 8, 12, 16), (3, 6, 14), (17,)]))
        parts = [number[a:b] for a, b in zip((0, *cuts), (*cuts, 18), strict=True)]
    return draw(grouped(parts)), number[6:-4]


@st.composite
def telephone(draw):
    """A mobile number or a landline as people write it, and what lies in its middle."""
    middle, end = draw(DIGITS), draw(DIGITS)
    if draw(st.booleans()):
        front = draw(st.sampled_from(["138", "159", "199", "177"]))
        lead = draw(st.sampled_from(["", "+86", "+86 ", "86-", "0086", "＋86"]))
        return lead + draw(grouped([front, middle, end])), middle + end
    area = draw(st.sampled_from(["0773", "010", "(0773)", "（0771）"]))
    return draw(grouped([area, middle[1:] + end])), middle[1:] + end


def digits(text):
    """All digits of a text, one after the other, whatever stands between them."""
    return re.sub(r"[^\dX*]", "", unicodedata.normalize("NFKC", text))


@given(WORDS, st.one_of(identity(), telephone()), WORDS)
def test_a_number_of_a_person_is_masked_however_it_is_written(before, number, behind):
    written, secret = number
    shown = mask_written(before + written + behind)
    assert secret not in digits(shown), shown
    assert shown.startswith(before), "what stands before it is left alone"
    assert shown.endswith(behind), "what stands behind it is left alone"


REGION = st.sampled_from(["450321", "450321101", "450321101201", "45032110120101", "35042420020101"])
PLAIN = st.one_of(
    REGION,
    st.tuples(st.sampled_from(["45032110120101", "45032120020101"]), st.integers(0, 999)).map(
        lambda parts: f"{parts[0]}{parts[1]:03}"
    ),
    st.integers(0, 999).map(lambda number: f"450321101201{number:03}"),
    st.dates(date(1990, 1, 1), date(2099, 12, 31)).map(date.isoformat),
    st.dates(date(1990, 1, 1), date(2099, 12, 31)).map("{:%Y%m%d}".format),
    st.dates(date(1990, 1, 1), date(2099, 12, 31)).map("{:%Y-%m-%d 08:30}".format),
    st.decimals(0, 9_999_999, places=2).map(str),
    st.integers(0, 9_999_999).map("{:,}".format),
    st.integers(0, 9_999_999_999).map(str),
)


@given(st.lists(PLAIN, max_size=4), st.sampled_from(["，", "元", " 到 ", "；户编号"]))
def test_codes_household_numbers_days_and_amounts_stay(parts, between):
    text = between.join(parts)
    assert mask_written(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "150 20261123",
        "1500000 2026年",
        "45032120020101 2026年",
        "450321 2026-11-23",
        "2019 2020 2021 2022 20",
    ],
)
def test_numbers_beside_each_other_are_not_taken_for_one(text):
    assert mask_written(text) == text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("核对+8613812345678本人", "核对+86138****5678本人"),
        ("450321 19900101 9907", "450321********9907"),
        ("旧号450321900101990共十五位", "旧号450321*****1990共十五位"),
        ("电话0773-8812345", "电话0******2345"),
        ("45032119800504991x，138-1234-5678", "450321********991X，138****5678"),
        ("45032119900101990713812345678", "450321*******************5678"),
    ],
)
def test_how_they_look_afterwards(written, shown):
    assert mask_written(written) == shown
