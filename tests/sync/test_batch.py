"""POST /visits/batch: each visit its own transaction and its own answer."""

import json
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from server.core.db import db
from server.sync import services
from server.visits.models import Visit
from tests.factories import LAN, MEI, WEI, inside, make_household
from tests.visits.bodies import CLEAN, DRY, hash_of, new_id, send, send_batch, visit_of


@pytest.fixture
def mei(login):
    return login(MEI)


@pytest.fixture
def households(app):
    return [make_household(app) for _ in range(4)]


def count(app):
    with inside(app):
        return db.session.scalar(select(func.count()).select_from(Visit))


def test_a_batch_answers_in_its_order(mei, households):
    bodies = [visit_of(household.id, DRY if n % 2 else CLEAN) for n, household in enumerate(households)]
    reply = send_batch(mei, *bodies)
    assert reply.status_code == 200
    assert [result["id"] for result in reply.json["results"]] == [body["id"] for body in bodies]
    assert [result["severity"] for result in reply.json["results"]] == ["none", "red", "none", "red"]
    assert reply.json["server_time"] == "2026-11-23T02:00:00.000Z"


def test_one_poisoned_visit_is_rejected_and_the_others_are_taken(app, mei, households):
    bodies = [visit_of(household.id) for household in households]
    bodies[1]["answers"]["water_state"] = "salty"
    results = send_batch(mei, *bodies).json["results"]
    assert [result["state"] for result in results] == ["accepted", "rejected", "accepted", "accepted"]
    assert results[1]["id"] == bodies[1]["id"]
    assert results[1]["problem"]["code"] == "invalid_answers"
    assert list(results[1]["problem"]["errors"]) == ["water_state"]
    assert count(app) == 3


@pytest.mark.parametrize(
    "poison", [None, 7, "text", [], {}, {"id": "x"}, {"id": "\ud800"}, {"body": {"body": 1}}]
)
def test_an_entry_that_is_no_visit_is_rejected_alone(app, mei, households, poison):
    good = visit_of(households[0].id)
    entries = [{"sha256": "0" * 64, "body": poison}, poison, {"sha256": hash_of(good), "body": good}]
    text = json.dumps({"visits": entries})
    reply = mei.post("/api/v1/visits/batch", data=text, content_type="application/json")
    assert reply.status_code == 200
    assert [result["state"] for result in reply.json["results"]] == ["rejected", "rejected", "accepted"]
    assert [result["id"] for result in reply.json["results"]] == [None, None, good["id"]]


def test_a_visit_that_trips_a_bug_does_not_block_the_others(app, mei, households, monkeypatch):
    bodies = [visit_of(household.id) for household in households[:3]]
    real = services.judge

    def judge(household, *rest):
        if str(household.id) == bodies[1]["household_id"]:
            raise ZeroDivisionError
        return real(household, *rest)

    monkeypatch.setattr(services, "judge", judge)
    results = send_batch(mei, *bodies).json["results"]
    assert [result.get("problem", {}).get("code") for result in results] == [None, "internal", None]
    assert count(app) == 2


def test_a_batch_sent_again_whole_answers_the_same(app, mei, households):
    bodies = [visit_of(household.id, DRY) for household in households]
    first, again = send_batch(mei, *bodies), send_batch(mei, *bodies)
    assert first.json["results"] == again.json["results"]
    assert count(app) == 4


def test_a_visit_sent_alone_and_in_a_batch_is_one_visit(mei, households):
    body = visit_of(households[0].id)
    alone = send(mei, body)
    (result,) = send_batch(mei, body).json["results"]
    assert result == alone.json


def test_the_same_visit_twice_in_one_batch_gets_one_answer(app, mei, households):
    body = visit_of(households[0].id)
    one, two = send_batch(mei, body, body).json["results"]
    assert one == two
    assert count(app) == 1


@pytest.mark.parametrize("wrong", [{}, {"visits": []}, {"visits": {}}, {"visits": "many"}, [], 3])
def test_a_wrong_envelope_is_refused_whole(mei, wrong):
    reply = mei.post("/api/v1/visits/batch", json=wrong)
    assert (reply.status_code, reply.json["code"]) == (422, "invalid")


def test_more_than_fifty_visits_are_refused_whole(app, mei, households):
    bodies = [visit_of(households[0].id) for _ in range(51)]
    assert send_batch(mei, *bodies).status_code == 422
    assert count(app) == 0


def test_a_batch_over_the_size_limit_is_refused(mei):
    reply = mei.post("/api/v1/visits/batch", data=b" " * (513 * 1024), content_type="application/json")
    assert (reply.status_code, reply.json["code"]) == (413, "too_large")


def test_a_batch_does_not_reach_into_another_village(app, login, households):
    results = send_batch(login(LAN), visit_of(households[0].id), visit_of(uuid4())).json["results"]
    assert [result["problem"]["code"] for result in results] == ["household_not_found"] * 2


def test_a_reviewer_has_no_batch_to_send(login):
    assert send_batch(login(WEI), visit_of(new_id())).status_code == 403
