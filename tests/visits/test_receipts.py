"""Receipt numbers that people read out on the telephone."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.crypto import Keyring
from server.visits import receipts

KEYS = Keyring("a secret only the tests know, long enough")
VISIT, SHA = UUID(int=7), "ab" * 32


@pytest.fixture(autouse=True, scope="module")
def _keys():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server.core.crypto.keyring", lambda: KEYS)
        yield


@given(st.integers(1, 32**6 - 1))
def test_every_number_is_well_formed_and_short(seq):
    number = receipts.number(seq, VISIT, SHA)
    assert receipts.is_well_formed(number)
    assert receipts.is_well_formed(number.lower().replace("-", ""))
    assert len(number) <= 11


@given(st.integers(1, 32**4), st.data())
def test_one_misheard_character_is_noticed(seq, data):
    number = receipts.number(seq, VISIT, SHA).replace("-", "")
    place = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from(receipts.ALPHABET).filter(lambda letter: letter != number[place]))
    assert not receipts.is_well_formed(number[:place] + other + number[place + 1 :])


def test_the_tail_depends_on_the_record_so_that_no_number_can_be_made_up():
    tails = {receipts.number(9, UUID(int=n), SHA)[-4:] for n in range(50)}
    assert len(tails) > 40


@pytest.mark.parametrize("text", ["", "7K4M", "7K4M-29X!", "ILOU-ILOU"])
def test_text_that_is_no_number_is_refused(text):
    assert not receipts.is_well_formed(text)
