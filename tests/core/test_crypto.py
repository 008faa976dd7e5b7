"""Sealed fields, blind indexes, signed cursors."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag

from server.core import crypto, cursors
from server.core.problems import Problem
from tests.factories import inside


@pytest.fixture(autouse=True)
def _in_app(app):
    with inside(app):
        yield


def test_sealed_text_opens_for_the_record_it_was_sealed_for():
    assert crypto.unseal(crypto.seal("450321", "member:1"), "member:1") == "450321"


def test_sealed_text_does_not_open_for_another_record():
    with pytest.raises(InvalidTag):
        crypto.unseal(crypto.seal("450321", "member:1"), "member:2")


def test_altered_sealed_text_does_not_open():
    sealed = crypto.seal("450321", "member:1")
    other = "A" if sealed[20] != "A" else "B"
    with pytest.raises(InvalidTag):
        crypto.unseal(sealed[:20] + other + sealed[21:], "member:1")


def test_same_text_is_sealed_differently_each_time():
    assert crypto.seal("x", "m") != crypto.seal("x", "m")


def test_blind_index_is_the_same_each_time_and_needs_the_key():
    assert crypto.blind_index("450321") == crypto.blind_index("450321")
    other = crypto.Keyring("another secret, as long as it must be").key("index")
    assert other != crypto.keyring().key("index")


def test_no_two_purposes_share_a_key():
    keys = crypto.Keyring("a secret of at least thirty-two chars")
    purposes = ("token", "field", "index", "receipt", "cursor", "policy", "signature", "recovery")
    assert len({keys.key(purpose) for purpose in purposes}) == len(purposes)


def test_signature_is_checked():
    signature = crypto.sign("receipt", b"message")
    assert crypto.verify("receipt", b"message", signature)
    assert not crypto.verify("receipt", b"massage", signature)
    assert not crypto.verify("cursor", b"message", signature)


def test_cursor_comes_back():
    assert cursors.unpack("visits", cursors.pack("visits", 2, "韦", None)) == [2, "韦", None]


@pytest.mark.parametrize("text", ["", "x", "AAAA", "####", "韦", "A" * 400])
def test_invented_cursor_is_refused(text):
    with pytest.raises(Problem) as refused:
        cursors.unpack("visits", text)
    assert refused.value.code == "bad_request"


def test_altered_cursor_is_refused():
    good = cursors.pack("visits", 100)
    for place in range(len(good)):
        other = "A" if good[place] != "A" else "B"
        altered = good[:place] + other + good[place + 1 :]
        with pytest.raises(Problem):
            cursors.unpack("visits", altered)


def test_cursor_of_another_listing_is_refused():
    with pytest.raises(Problem):
        cursors.unpack("visits", cursors.pack("households", 1))
