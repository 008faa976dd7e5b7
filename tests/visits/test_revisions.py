"""Revisions: a newer one stands beside the older, which is kept whole."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from server.core.db import db
from server.flags.models import Flag
from server.households.queries import get_household
from server.reviews import services as reviews
from server.visits import timeline
from server.visits.models import Visit
from server.visits.queries import body_of, with_bodies
from tests.factories import MEI, PING, WEI, inside, make_household, make_user
from tests.support import interrupting
from tests.visits.bodies import CLEAN, DRY, NOW, new_id, send, send_batch, visit_of


@pytest.fixture
def household(app):
    return make_household(app)


@pytest.fixture
def mei(login):
    return login(MEI)


def stored(app, body):
    with inside(app):
        return db.session.scalar(select(Visit).where(Visit.id == UUID(body["id"])))


def test_a_revision_replaces_the_visit_and_keeps_it_whole(app, mei, household):
    first = visit_of(household.id, DRY)
    send(mei, first)
    second = visit_of(household.id, revises=first["id"], at=NOW)
    reply = send(mei, second)
    assert (reply.status_code, reply.json["revision"], reply.json["severity"]) == (201, 2, "none")
    old, new = stored(app, first), stored(app, second)
    assert (old.state, new.state) == ("superseded", "submitted")
    assert (new.root_id, new.revises_id) == (old.id, old.id)
    with inside(app):
        assert body_of(with_bodies([old.id])[old.id]) == first


def test_a_revision_closes_the_flags_of_the_visit_before(app, mei, household):
    first = visit_of(household.id, DRY)
    send(mei, first)
    send(mei, visit_of(household.id, DRY, revises=first["id"], at=NOW))
    with inside(app):
        flags = db.session.scalars(select(Flag).where(Flag.rule == "R-WAT-01").order_by(Flag.seq)).all()
    assert [flag.state for flag in flags] == ["closed", "open"]
    assert [flag.closed_at for flag in flags] == [NOW, None]


def test_revising_a_replaced_visit_is_outdated(mei, household):
    first = visit_of(household.id)
    send(mei, first)
    send(mei, visit_of(household.id, revises=first["id"]))
    reply = send(mei, visit_of(household.id, DRY, revises=first["id"]))
    assert (reply.status_code, reply.json["code"]) == (409, "revision_outdated")


def test_two_revisions_at_once_leave_one(app, mei, household):
    first = visit_of(household.id)
    send(mei, first)
    rivals = [visit_of(household.id, DRY, revises=first["id"]) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda body: send(mei, body), rivals))
    assert sorted(reply.status_code for reply in replies) == [201, 409, 409, 409]
    assert {reply.json["code"] for reply in replies if reply.status_code == 409} == {"revision_outdated"}


def test_a_revision_that_overtook_its_visit_is_told_to_wait(mei, household):
    reply = send(mei, visit_of(household.id, revises=new_id()))
    assert (reply.status_code, reply.json["code"]) == (409, "revision_unknown")


def test_a_revision_before_its_visit_in_one_batch_is_taken_after_it(mei, household):
    first = visit_of(household.id, DRY)
    second = visit_of(household.id, revises=first["id"], at=NOW)
    third = visit_of(household.id, DRY, revises=second["id"], at=NOW)
    results = send_batch(mei, third, second, first).json["results"]
    assert [result["id"] for result in results] == [third["id"], second["id"], first["id"]]
    assert [result["revision"] for result in results] == [3, 2, 1]


def test_visits_that_revise_each_other_in_a_circle_are_refused_and_end(mei, household):
    one, two = visit_of(household.id), visit_of(household.id)
    one["revises"], two["revises"] = two["id"], one["id"]
    results = send_batch(mei, one, two).json["results"]
    assert [result["problem"]["code"] for result in results] == ["revision_unknown"] * 2


def test_a_visit_of_another_household_cannot_be_revised(app, mei, household):
    first = visit_of(household.id)
    send(mei, first)
    reply = send(mei, visit_of(make_household(app).id, revises=first["id"]))
    assert (reply.status_code, reply.json["code"]) == (409, "revision_unknown")


def test_a_colleague_of_the_grid_revises_only_what_came_back(app, login, mei, household):
    first = visit_of(household.id)
    send(mei, first)
    colleague = login(make_user(app, "grid_member", household.region_code))
    reply = send(colleague, visit_of(household.id, revises=first["id"]))
    assert (reply.status_code, reply.json["code"]) == (409, "revision_outdated")
    assert send(login(PING), visit_of(household.id, revises=first["id"])).status_code == 404


def test_the_newest_visit_of_a_household_is_the_latest_made_not_the_latest_sent(app, mei, household):
    late = visit_of(household.id, at=NOW - timedelta(days=30))
    newest = visit_of(household.id, DRY, at=NOW)
    send(mei, newest)
    send(mei, late)
    with inside(app):
        assert str(get_household(household.id).last_visit_id) == newest["id"]


def test_changes_compare_with_the_visit_made_before_even_when_that_arrives_late(app, mei, household):
    newest = visit_of(household.id, CLEAN | {"ask_help": "report", "sign": "oral"}, at=NOW)
    send(mei, newest)
    assert stored(app, newest).changed_count == 0
    late = visit_of(household.id, at=NOW - timedelta(days=30))
    send(mei, late)
    visit = stored(app, newest)
    assert str(visit.previous_id) == late["id"]
    assert {"question": "ask_help", "item": None, "before": "none", "after": "report"} in visit.changes


def test_a_revision_is_compared_with_the_visit_before_not_with_what_it_replaces(app, mei, household):
    before = visit_of(household.id, at=NOW - timedelta(days=30))
    first = visit_of(household.id, DRY, at=NOW - timedelta(days=1))
    second = visit_of(household.id, revises=first["id"], at=NOW)
    for body in (before, first, second):
        assert send(mei, body).status_code == 201
    assert stored(app, first).changed_count > 0
    assert (str(stored(app, second).previous_id), stored(app, second).changes) == (before["id"], [])


def test_an_identity_number_in_the_edits_is_sealed_at_rest_and_masked_in_changes(app, mei, household):
    number = "11010519491231002X"
    edit = {"op": "add", "name": "韦小新", "sex": "female", "relation": "之女", "id_number": number}
    answers = CLEAN | {"roster_change": ["born"], "roster_edit": [edit], "cert_gap": []}
    follow = {name: DRY[name] for name in DRY if name.startswith(("inc_", "exp_"))}
    follow |= {"neg_items": [], "hardship_src": [], "sign": "oral", "inc_band": "above"}
    send(mei, visit_of(household.id, at=NOW - timedelta(days=30)))
    body = visit_of(household.id, answers | follow) | {"notes": {"roster_change": f"户口本上是{number}。"}}
    assert send(mei, body).status_code == 201
    visit = stored(app, body)
    (change,) = [each for each in visit.changes if each["question"] == "roster_edit"]
    assert change["after"][0]["id_number"] == "110105********002X"
    with inside(app):
        row = db.session.execute(select(Visit.body, Visit.result).where(Visit.id == visit.id)).one()
        assert number not in str(tuple(row))
        visit = with_bodies([visit.id])[visit.id]
        assert body_of(visit, for_author=True)["answers"]["roster_edit"] == [edit]
        assert number not in str(body_of(visit))
        assert body_of(visit)["notes"] == {"roster_change": "户口本上是110105********002X。"}


def decision_on(client, body):
    form = {"id": new_id(), "decision": "approved", "comment": "", "comments": []}
    return lambda: client.post(f"/api/v1/visits/{body['id']}/reviews", json=form)


def test_a_correction_never_takes_the_place_of_an_approval_of_that_moment(
    app, login, mei, household, monkeypatch
):
    first = visit_of(household.id)
    send(mei, first)
    revision = visit_of(household.id, DRY, revises=first["id"], at=NOW)
    act = interrupting.after(monkeypatch, reviews, "decide", lambda: send(mei, revision))
    assert decision_on(login(WEI), first)().status_code == 201
    assert (act.result().status_code, act.result().json["code"]) == (409, "revision_outdated")
    assert stored(app, first).state == "approved"
    assert stored(app, revision) is None


def test_an_approval_never_takes_the_place_of_a_correction_of_that_moment(
    app, login, mei, household, monkeypatch
):
    first = visit_of(household.id)
    send(mei, first)
    act = interrupting.before(monkeypatch, timeline, "rebuild", decision_on(login(WEI), first))
    revision = visit_of(household.id, DRY, revises=first["id"], at=NOW)
    assert send(mei, revision).status_code == 201
    assert (act.result().status_code, act.result().json["code"]) == (409, "visit_not_reviewable")
    assert stored(app, first).state == "superseded"
