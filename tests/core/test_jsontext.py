"""The quick JSON reader and writer say what Python's own say; so does the quick look at a body's depth."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core import http, jsontext
from server.core.canonical import canonical

# Every character there is, half ones too, and whole numbers of any length.
TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
LEAVES = st.none() | st.booleans() | st.integers() | TEXTS
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=12)
SAFE = st.recursive(
    st.none() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=12,
)


def plain(value, **options):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), **options)


@given(VALUES)
def test_the_text_is_pythons_own(value):
    assert jsontext.dumps(value) == plain(value)


@given(SAFE)
def test_the_canonical_text_is_pythons_own_with_half_characters_replaced(value):
    assert canonical(value) == re.sub("[\ud800-\udfff]", "\ufffd", plain(value, sort_keys=True))


@given(SAFE, st.booleans())
def test_what_was_written_is_read(value, ascii_only):
    assert jsontext.loads(json.dumps(value, ensure_ascii=ascii_only)) == value


@pytest.mark.parametrize("text", ["", "{", "[1,]", "{'a':1}", "01", '"\n"'])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError, match="line 1"):
        jsontext.loads(text)


def depth_of(value):
    if isinstance(value, list | dict):
        inner = value.values() if isinstance(value, dict) else value
        return 1 + max(map(depth_of, inner), default=0)
    return 0


BRACKETS = st.text('[]{}"\\ a', max_size=6)


@given(
    st.recursive(
        BRACKETS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(BRACKETS, inner, max_size=2)
    ),
    st.integers(0, 30),
    st.booleans(),
)
def test_a_body_is_too_deep_exactly_above_twenty_levels(value, around, as_list):
    for _ in range(around):
        value = [value] if as_list else {'"[{': value}
    assert http._too_deep(plain(value).encode()) == (depth_of(value) > http.MAX_DEPTH)


@given(VALUES, st.integers(0, 6))
def test_how_deep_a_value_is_can_be_asked(value, levels):
    assert jsontext.deeper_than(value, levels) == (depth_of(value) > levels)


@pytest.mark.parametrize("body", [b"[" * 21, b'{"a":' * 21, b"[" * 21 + b'"\\', b"[{" * 12 + b"]}" * 12])
def test_a_body_that_never_closes_is_too_deep_all_the_same(body):
    assert http._too_deep(body)


@pytest.mark.parametrize("text", ['{"a":%s}', "[-%s]", "%s", '{"a":"\\"",b:%s}', '["x",%s', '{"a":1.%s}'])
def test_a_number_without_an_end_is_not_given_to_the_parser(text):
    assert not http.is_readable((text % ("7" * 1000)).encode())


@pytest.mark.parametrize("text", ['{"a":"%s"}', '["\\"%s"]', '"\\\\%s"'])
def test_digits_in_a_text_are_no_number(text):
    assert http.is_readable((text % ("7" * 5000)).encode())
