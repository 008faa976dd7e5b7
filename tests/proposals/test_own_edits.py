"""A first secretary corrects the register at the desk, by the same merge as phones do."""

from uuid import uuid4

import pytest

from tests.factories import LAN, MEI, QIN, TAN, WEI, ZHOU, make_household


@pytest.fixture
def household(app):
    return make_household(app, members=2)


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
