"""Who is told of what, once, and only within their place."""

import pytest
from sqlalchemy import select

from server.core.db import db
from server.core.jobs import run_pending
from server.notices import jobs, services
from server.notices.kinds import ACTIONS, KINDS, told
from server.notices.models import Notice
from tests.factories import (
    ADMIN,
    AUDITOR,
    DENG,
    LAN,
    MEI,
    QIN,
    TAN,
    WEI,
    ZHOU,
    inside,
    make_household,
    make_member,
    writing,
)
from tests.visits.bodies import CLEAN, DRY, new_id, send, visit_of

SEEN = "/api/v1/notices/seen"


@pytest.fixture
def inbox(app, login):
    def read(person, **query):
        run_pending(app)
        reply = login(person).get("/api/v1/notices", query_string=query)
        assert reply.status_code == 200, reply.json
        return reply.json

    return read


def kinds(page):
    return [item["kind"] for item in page["items"]]


def red_visit(app, login, person=MEI):
    body = visit_of(make_household(app, region_code=person.region_code).id, DRY)
    assert send(login(person), body).status_code == 201
    return body


def decide(client, body, **form):
    sent = {"id": new_id(), "decision": "returned", "comment": "Look again.", "comments": []} | form
    reply = client.post(f"/api/v1/visits/{body['id']}/reviews", json=sent)
    assert reply.status_code == 201, reply.json


def test_a_red_light_is_told_to_the_first_secretary_of_the_village_alone(app, login, inbox):
    body = red_visit(app, login)
    send(login(MEI), visit_of(make_household(app).id, CLEAN))
    page = inbox(WEI)
    assert page["items"] == [
        {
            "seq": page["items"][0]["seq"],
            "at": page["items"][0]["at"],
            "kind": "red_light",
            "region_code": MEI.region_code,
            "subject": "visit",
            "subject_id": body["id"],
            "head_name": make_member().name,
            "unread": True,
        }
    ]
    assert [kinds(inbox(person)) for person in (TAN, ZHOU, QIN)] == [[], [], []]


def test_a_corrected_visit_and_one_that_is_handed_up(app, login, inbox):
    body = red_visit(app, login)
    decide(login(WEI), body)
    second = visit_of(body["household_id"], DRY, revises=body["id"])
    send(login(MEI), second)
    assert kinds(inbox(WEI)) == ["corrected", "red_light"]
    decide(login(WEI), second, decision="escalated")
    assert kinds(inbox(ZHOU)) == ["escalated"]
    assert kinds(inbox(QIN)) == []


def test_reading_the_trail_again_tells_nothing_twice(app, login, inbox):
    red_visit(app, login)
    assert len(inbox(WEI)["items"]) == 1
    run_pending(app)
    with inside(app):
        assert services.waiting() == {}
        assert jobs.tell()
    assert len(inbox(WEI)["items"]) == 1


def test_what_was_seen_is_not_unread_and_never_goes_back(app, login, inbox):
    red_visit(app, login)
    red_visit(app, login)
    newer, older = (item["seq"] for item in inbox(WEI)["items"])
    wei = login(WEI)
    assert inbox(WEI)["unread"] == 2
    assert wei.post(SEEN, json={"upto": older}).json == {"unread": 1}
    assert [item["unread"] for item in inbox(WEI)["items"]] == [True, False]
    assert wei.post(SEEN, json={"upto": newer}).json == {"unread": 0}
    assert wei.post(SEEN, json={"upto": older}).json == {"unread": 0}
    red_visit(app, login)
    assert inbox(WEI)["unread"] == 1


def test_nobody_marks_what_is_still_to_come(app, login, inbox):
    red_visit(app, login)
    assert inbox(WEI)["unread"] == 1
    assert login(WEI).post(SEEN, json={"upto": 2**53 - 1}).json == {"unread": 0}
    red_visit(app, login)
    assert inbox(WEI)["unread"] == 1


@pytest.mark.parametrize("body", [{}, {"upto": -1}, {"upto": "3"}, {"upto": 2**53}])
def test_a_mark_that_is_none_is_refused(login, body):
    assert login(WEI).post(SEEN, json=body).status_code == 422


def test_pages_follow_each_other(app, login, inbox):
    for _ in range(3):
        red_visit(app, login)
    first = inbox(WEI, limit=2)
    second = inbox(WEI, limit=2, cursor=first["next"])
    found = [item["seq"] for item in (*first["items"], *second["items"])]
    assert found == sorted(found, reverse=True)
    assert (len(set(found)), second["next"]) == (3, None)
    assert login(WEI).get("/api/v1/notices?cursor=abc").status_code == 400


def test_a_household_that_moved_away_has_no_name_any_more(app, login, inbox):
    from server.households.models import Household

    body = red_visit(app, login)
    with writing(app):
        from server.households.following import move_rows

        home = db.session.scalar(select(Household))
        move_rows(home.id, LAN.region_code)
        home.region_code = LAN.region_code
    (item,) = inbox(WEI)["items"]
    assert (item["subject_id"], item["head_name"]) == (body["id"], None)


@pytest.mark.parametrize("person", [MEI, DENG, ADMIN, AUDITOR])
def test_roles_without_an_inbox(login, person):
    assert login(person).get("/api/v1/notices").status_code == 403
    assert login(person).post(SEEN, json={"upto": 1}).status_code == 403


def test_an_installation_that_is_new_to_notices_begins_with_yesterday(app, login, inbox, clock):
    red_visit(app, login)
    clock.advance(hours=30)
    red_visit(app, login)
    assert len(inbox(WEI)["items"]) == 1


def test_after_three_months_a_notice_goes(app, login, inbox, clock):
    red_visit(app, login)
    assert len(inbox(WEI)["items"]) == 1
    clock.advance(days=91)
    with inside(app):
        jobs.tidy()
        assert db.session.scalars(select(Notice)).all() == []
    with inside(app):
        jobs.tidy()


def test_every_act_tells_a_kind_that_is_known():
    roles = {"first_secretary", "township", "county"}
    decisions = {"visit.review": "escalated", "recheck.conclude": "hand_up", "county.decide": "back"}
    for action in ACTIONS:
        details = {"severity": "red", "level": "village", "role": "county"}
        details |= {"decision": decisions.get(action)}
        assert all(kind in KINDS and role in roles for kind, role in told(action, details))
        assert told(action, details)
    assert told("visit.accept", {"severity": "yellow", "revision": 1}) == []
    assert told("visit.review", {"decision": "approved"}) == []
    assert told("account.ask", {"role": "grid_member"}) == [("asked", "township")]
    assert told("household.edit", {}) == []
