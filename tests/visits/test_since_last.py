"""What a phone says of answers beside those of the last visit: taken in, shown to reviewers, never needed."""

import json
from uuid import UUID

import pytest
from sqlalchemy import select

from server.core import audit
from server.core.db import db
from server.visits.bodies import seal_body
from server.visits.models import Visit
from tests.factories import MEI, WEI, inside, make_household
from tests.visits.bodies import CLEAN, NOW, new_id, send, visit_of


@pytest.fixture
def mei(login):
    return login(MEI)


@pytest.fixture
def household(app):
    return make_household(app)


def shown(login, body):
    return login(WEI).get(f"/api/v1/visits/{body['id']}").json["since_last"]


def test_a_reviewer_sees_what_was_taken_over_and_why_the_rest_changed(login, mei, household):
    first = visit_of(household.id, at=NOW.replace(day=2))
    send(mei, first)
    said = {
        "same": {"house_state": first["id"], f"ill_type@{new_id()}": first["id"]},
        "changes": {"basic_lack": {"visit_id": first["id"], "reason": "real"}},
    }
    body = visit_of(household.id, CLEAN | {"basic_lack": []}, since_last=said)
    assert send(mei, body).status_code == 201
    assert shown(login, body) == said


def test_an_answer_that_differs_was_not_taken_over_whatever_the_phone_says(login, mei, household):
    first = visit_of(household.id, CLEAN | {"biz_event": "none"}, at=NOW.replace(day=2))
    send(mei, first)
    said = {"same": {"ask_help": first["id"], "water_state": first["id"]}, "changes": {}}
    body = visit_of(household.id, CLEAN | {"ask_help": "report"}, since_last=said)
    assert send(mei, body).status_code == 201, "a problem of its own opens no question here"
    assert shown(login, body)["same"] == {"water_state": first["id"]}


def test_older_phones_say_nothing_and_are_taken_in(login, mei, household):
    silent, null = visit_of(household.id), visit_of(household.id, since_last=None)
    for body in (silent, null):
        assert send(mei, body).status_code == 201
        assert shown(login, body) is None


WRONG = [
    "same",
    {"same": {}},
    {"same": {"House": new_id()}, "changes": {}},
    {"same": {"house_state@m1": new_id()}, "changes": {}},
    {"same": {"house_state": "yesterday"}, "changes": {}},
    {"same": {}, "changes": {"inc_wage": {"visit_id": new_id(), "reason": "because"}}},
    {"same": {}, "changes": {"inc_wage": {"reason": "real"}}},
    {"same": {f"q{n}": new_id() for n in range(201)}, "changes": {}},
]


@pytest.mark.parametrize("said", WRONG, ids=lambda said: json.dumps(said)[:60])
def test_a_wrong_form_is_refused_and_stored_it_is_not_shown(app, login, mei, household, said):
    reply = send(mei, visit_of(household.id, since_last=said))
    assert (reply.status_code, reply.json["code"]) == (422, "invalid")
    assert any(name.startswith("since_last") for name in reply.json["errors"])
    # A server of before these checks may have stored a field of that name.
    body = visit_of(household.id)
    assert send(mei, body).status_code == 201
    with inside(app):
        visit = db.session.scalar(select(Visit).where(Visit.id == UUID(body["id"])))
        audit.record("visit.store", ("visit", visit.id), visit.region_code)
        visit.body = seal_body(visit.id, json.dumps(body | {"since_last": said}))
        db.session.commit()
    assert shown(login, body) is None
