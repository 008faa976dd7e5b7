"""A first secretary corrects the register at the desk, by the same merge as phones do."""

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.households.fields import HOUSEHOLD, MEMBER
from tests.factories import LAN, MEI, QIN, TAN, WEI, ZHOU, make_household


@pytest.fixture
def household(app):
    return make_household(app, members=2)


@pytest.fixture
def wei(login):
    return login(WEI)


def correct(client, household, *fields, **more):
    body = {"op_id": str(uuid4()), "base_revision": 1, "set": list(fields)} | more
    return client.post(f"/api/v1/households/{household.id}/edits", json=body)


def test_the_first_secretary_corrects_in_place(app, login, household):
    member = str(household.members[1].id)
    reply = correct(
        login(WEI),
        household,
        {"field": "address", "value": "new"},
        {"member_id": member, "field": "sex", "value": "male"},
    )
    assert reply.json == {
        "revision": 2,
        "applied": [{"member_id": None, "field": "address"}, {"member_id": member, "field": "sex"}],
        "unchanged": [],
        "proposal": None,
    }


def test_a_correction_sent_twice_is_one(app, login, household):
    wei, key = login(WEI), str(uuid4())
    first = correct(wei, household, {"field": "address", "value": "new"}, op_id=key)
    assert correct(wei, household, {"field": "address", "value": "new"}, op_id=key).json == first.json


@pytest.mark.parametrize("person", [MEI, ZHOU, QIN, LAN])
def test_nobody_else_corrects_by_this_door(login, household, person):
    assert correct(login(person), household, {"field": "address", "value": "new"}).status_code == 403


def test_the_secretary_of_another_village_finds_no_household(login, household):
    reply = correct(login(TAN), household, {"field": "address", "value": "new"})
    assert (reply.status_code, reply.json["code"]) == (404, "household_not_found")


@pytest.mark.parametrize(
    "wrong",
    [
        {"op_id": "1"}, {"base_revision": -1}, {"base_revision": "1"}, {"base_revision": 2**40}, {"set": []},
        {"set": [{"field": "address", "value": "x"}] * 21}, {"set": [{"field": "address"}]}, {"set": "x"},
        {"reason": "x" * 501}, {"written_at": "yesterday"}, {"set": [{"value": "x"}]},
    ],
)  # fmt: skip
def test_a_wrong_form_is_refused(login, household, wrong):
    assert correct(login(WEI), household, {"field": "address", "value": "x"}, **wrong).status_code == 422


def test_a_wrong_value_is_refused_by_its_place(login, household):
    reply = correct(
        login(WEI), household, {"field": "address", "value": "x"}, {"field": "phone", "value": "x"}
    )
    assert (reply.status_code, list(reply.json["errors"])) == (422, ["set.1.value"])


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inside: (
        st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(["lat", "lon", "x"]), inside)
    ),
    max_leaves=6,
)
DIGITS = st.text("0123456789Xx-+. ٣½", min_size=1, max_size=19)
FIELDS = st.sampled_from([*HOUSEHOLD, *MEMBER, "revision", "head_name"])


@given(st.lists(st.tuples(st.booleans(), FIELDS, ANYTHING | DIGITS), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_is_carried_out_or_refused_by_its_place(wei, household, sent):
    member = str(household.members[0].id)
    wanted = [
        {"member_id": member if of_member else None, "field": f, "value": v} for of_member, f, v in sent
    ]
    reply = correct(wei, household, *wanted, base_revision=1000)
    assert reply.status_code in (200, 422), reply.text
    if reply.status_code == 422:
        assert all(key.startswith("set.") for key in reply.json["errors"])
