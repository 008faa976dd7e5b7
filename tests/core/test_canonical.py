"""The canonical form, as both languages have it."""

import pytest

from server.core.canonical import NotCanonical, canonical, sha256_hex


def test_keys_are_sorted_by_code_point_and_nothing_is_spaced():
    assert canonical({"b": [1, None], "a": True, "韦": "\n", "𠀀": "", "ﬀ": 0}) == (
        '{"a":true,"b":[1,null],"韦":"\\n","ﬀ":0,"𠀀":""}'
    )


def test_text_is_hashed_as_utf_8():
    assert sha256_hex(canonical("走访")) == (
        "5b4b29a4eb3900429a7dab28ced3e13e89680a2f02cdb027b88222670e690489"
    )


@pytest.mark.parametrize("value", [1.0, {"a": [0.5]}, 2**53, -(2**53), float("inf")])
def test_a_number_that_is_not_safely_whole_has_no_canonical_form(value):
    with pytest.raises(NotCanonical):
        canonical(value)


def test_a_lone_surrogate_becomes_the_replacement_character():
    assert canonical({"\ud800": "a\udfff"}) == '{"\ufffd":"a\ufffd"}'


def test_a_whole_pair_stays():
    assert canonical("\U0001f600") == '"\U0001f600"'
