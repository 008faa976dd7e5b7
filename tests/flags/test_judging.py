"""What a visit is judged on: the answers and the register, and nothing when the family did not agree."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from server.core.db import db
from server.visits.models import Visit
from tests.factories import MEI, inside, make_household, make_member
from tests.visits.bodies import CLEAN, ROSTER, send, visit_of

SCHOOL = {"edu_school", "edu_cannot"}


@pytest.fixture
def mei(login):
    return login(MEI)


def test_a_family_on_the_list_of_the_poorest_lights_by_the_register_alone(app, mei):
    household = make_household(app, poor10=True)
    lights = send(mei, visit_of(household.id, CLEAN)).json["lights"]
    assert "R-SPC-06" in [light["rule"] for light in lights]


def test_a_family_that_did_not_agree_is_on_record_and_not_judged(app, mei):
    household = make_household(app, poor10=True)
    reply = send(mei, visit_of(household.id, {"consent": "no"}))
    assert (reply.status_code, reply.json["severity"]) == (201, "none")
    assert (reply.json["lights"], reply.json["unknown"]) == ([], [])


@pytest.fixture
def parents(app):
    """A household whose register has two children of compulsory age."""
    children = [make_member(name=f"韦小{n}", relation="之子", birth_on=date(2016, n, 1)) for n in (1, 2)]
    wife = make_member(name="莫小水", relation="配偶", sex="female")
    return make_household(app, members=[make_member(), wife, *children], tekun_scattered=False)


def stored(app, body):
    with inside(app):
        visit = db.session.scalar(select(Visit).where(Visit.id == UUID(body["id"])))
        return visit.not_asked, visit.judgement["unknown"]


def to_ask(reply):
    return {name for rule in reply.json["unknown"] for name in rule["ask"]}


def test_what_a_stale_phone_did_not_ask_is_unknown_and_not_nothing_wrong(app, mei, parents):
    body = visit_of(parents.id, CLEAN)
    reply = send(mei, body)
    assert (reply.status_code, reply.json["severity"]) == (201, "none")
    assert "R-EDU-01" in {rule["rule"] for rule in reply.json["unknown"]}
    assert "edu_school" in to_ask(reply)
    not_asked, unknown = stored(app, body)
    assert set(not_asked) >= SCHOOL
    assert unknown == reply.json["unknown"]


def test_a_stale_phone_leaves_open_what_a_fresh_one_leaves_open(app, mei, parents):
    counted = ROSTER | {"n_members": 4, "n_compulsory": 2}
    stale, fresh = visit_of(parents.id, CLEAN), visit_of(parents.id, CLEAN, roster=counted)
    first, second = send(mei, stale), send(mei, fresh)
    assert first.json["unknown"] == second.json["unknown"] != []
    assert stored(app, stale) == stored(app, fresh)


def test_a_phone_that_asked_about_school_leaves_nothing_open(mei, parents):
    counted = ROSTER | {"n_members": 4, "n_compulsory": 2}
    answers = CLEAN | {"edu_school": "all", "edu_cannot": "no"}
    assert send(mei, visit_of(parents.id, answers, roster=counted)).json["unknown"] == []


def test_answers_about_children_the_register_no_longer_has_still_count(app, mei):
    household = make_household(app, tekun_scattered=False)
    answers = CLEAN | {"edu_school": "out", "edu_out_reason": "other", "edu_cannot": "no"}
    reply = send(mei, visit_of(household.id, answers, roster=ROSTER | {"n_compulsory": 1}))
    assert reply.status_code == 201
    assert not to_ask(reply) & SCHOOL


def test_notes_and_photos_of_a_family_that_did_not_agree_are_kept_and_not_judged(app, mei, parents):
    photo = {"sha256": "ab" * 32, "length": 9, "kind": "water", "taken_at": None}
    body = visit_of(parents.id, {"consent": "no"}, notes={"consent": "门关着"}, photos=[photo])
    reply = send(mei, body)
    assert reply.status_code == 201
    assert (reply.json["severity"], reply.json["lights"], reply.json["unknown"]) == ("none", [], [])
    assert len(reply.json["photos"]) == 1
