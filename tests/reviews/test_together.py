"""POST /visits/approvals: many at once, each by itself, and a sample that nobody chooses."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.core.audit import AuditEntry
from server.core.db import db
from server.core.jobs import run_pending
from server.reviews import together
from tests.factories import LAN, MEI, QIN, TAN, WEI, ZHOU, inside, make_household, writing
from tests.reviews.test_deciding import decide
from tests.visits.bodies import CLEAN, DRY, NOW, new_id, send, visit_of

URL = "/api/v1/visits/approvals"


@pytest.fixture
def sent(app, login):
    """``sent(n)``: n visits without a light that changed nothing, hours apart: nothing to hint at."""

    def make(count, answers=CLEAN, person=MEI):
        phone, found = login(person), []
        for number in range(count):
            at = NOW - timedelta(hours=2 * number)
            body = visit_of(make_household(app, person.region_code).id, answers, at=at)
            assert send(phone, body).status_code == 201
            found.append(body["id"])
        run_pending(app)
        return found

    return make


@pytest.fixture
def nobody_drawn(monkeypatch):
    monkeypatch.setattr(together, "draw", lambda able, percent: set())


def approve(client, ids, number=None):
    return client.post(URL, json={"id": number or new_id(), "visit_ids": ids})


def outcomes(reply):
    assert reply.status_code == 200, reply.json
    return {one["visit_id"]: one["code"] or one["outcome"] for one in reply.json["results"]}


def states(client):
    return {one["id"]: one["state"] for one in client.get("/api/v1/visits").json["items"]}


def test_each_is_approved_in_its_own_right_but_for_a_sample(app, login, sent):
    wei, ids = login(WEI), sent(12)
    results = outcomes(approve(wei, ids))
    assert list(results) == ids
    drawn = [one for one, outcome in results.items() if outcome == "sampled"]
    assert len(drawn) >= 1
    assert {one for one, state in states(wei).items() if state == "submitted"} == set(drawn)
    line = next(one for one in wei.get("/api/v1/visits").json["items"] if one["id"] == drawn[0])
    assert line["spot_check"] is True
    approved = next(one for one, outcome in results.items() if outcome == "approved")
    (review,) = wei.get(f"/api/v1/visits/{approved}").json["reviews"]
    assert (review["decision"], review["reviewer_name"]) == ("approved", "Wei")
    assert review["batch_id"] is not None
    with inside(app):
        actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.actor_id == WEI.id)).all()
    assert actions.count("visit.review") == 12 - len(drawn)
    assert actions.count("visit.spot_check") == len(drawn)


def test_who_was_drawn_is_drawn_for_good_and_is_decided_by_itself(login, sent):
    wei, ids = login(WEI), sent(10)
    drawn = [one for one, outcome in outcomes(approve(wei, ids)).items() if outcome == "sampled"]
    assert set(outcomes(approve(wei, drawn)).values()) == {"sampled"}
    assert decide(wei, {"id": drawn[0]}).status_code == 201


def test_the_same_request_again_gives_the_same(app, login, sent):
    wei, ids, number = login(WEI), sent(11), new_id()
    first, again = approve(wei, ids, number), approve(wei, ids, number)
    assert first.json == again.json
    with inside(app):
        query = select(AuditEntry.action).where(AuditEntry.action.in_(("visit.review", "visit.spot_check")))
        assert len(db.session.scalars(query).all()) == 11


def test_only_what_is_plainly_unchanged_is_approved_unseen(app, login, sent, nobody_drawn):
    wei, mei = login(WEI), login(MEI)
    (fine,), (red,) = sent(1), sent(1, DRY)
    (there,) = sent(1, person=LAN)
    changed_home = make_household(app).id
    send(mei, visit_of(changed_home, DRY, at=NOW.replace(day=2)))
    changed = visit_of(changed_home, CLEAN)
    send(mei, changed)
    first = visit_of(make_household(app).id, CLEAN)
    second = visit_of(first["household_id"], CLEAN, revises=first["id"], at=NOW)
    for body in (first, second):
        send(mei, body)
    run_pending(app)
    ids = [fine, red, there, changed["id"], second["id"], first["id"], new_id()]
    assert list(outcomes(approve(wei, ids)).values()) == [
        "approved", "not_low_risk", "visit_not_found", "not_low_risk", "resubmitted", "visit_not_reviewable",
        "visit_not_found",
    ]  # fmt: skip
    assert outcomes(approve(wei, [fine])) == {fine: "visit_not_reviewable"}


def test_a_visit_whose_photos_are_not_here_is_looked_at_later(app, login, sent, nobody_drawn):
    from server.visits.models import Visit

    (one,) = sent(1)
    with writing(app):
        db.session.scalar(select(Visit)).photo_count = 2
    assert outcomes(approve(login(WEI), [one])) == {one: "photos_missing"}


def test_a_visit_that_deserves_a_second_look_is_looked_at_once(app, login, sent, nobody_drawn):
    one = visit_of(make_household(app).id, CLEAN)
    send(login(MEI), one | {"started_at": one["finished_at"]})
    run_pending(app)
    assert outcomes(approve(login(WEI), [one["id"]])) == {one["id"]: "hinted"}
    assert [line["hinted"] for line in login(WEI).get("/api/v1/visits").json["items"]] == [True]
    assert [line["hinted"] for line in login(MEI).get("/api/v1/visits").json["items"]] == [False]


def test_a_visit_that_was_not_compared_yet_waits_for_it_an_hour_at_most(app, login, clock, nobody_drawn):
    """Whether it deserves a second look is not known before; where no worker runs, nobody ever knows."""
    one = visit_of(make_household(app).id, CLEAN)
    send(login(MEI), one | {"started_at": one["finished_at"]})
    assert outcomes(approve(login(WEI), [one["id"]])) == {one["id"]: "not_compared"}
    run_pending(app)
    assert outcomes(approve(login(WEI), [one["id"]])) == {one["id"]: "hinted"}
    other = visit_of(make_household(app).id, CLEAN)
    send(login(MEI), other)
    clock.advance(minutes=59)
    assert outcomes(approve(login(WEI), [other["id"]])) == {other["id"]: "not_compared"}
    clock.advance(minutes=1)
    assert outcomes(approve(login(WEI), [other["id"]])) == {other["id"]: "approved"}


def test_nobody_approves_own_visits_among_others(app, login, sent, nobody_drawn):
    from server.accounts.models import User

    ids = sent(2)
    with writing(app):
        promoted = db.session.scalar(select(User).where(User.id == MEI.id))
        promoted.role, promoted.region_code = "first_secretary", WEI.region_code
    assert set(outcomes(approve(login(MEI), ids)).values()) == {"own_work"}


@pytest.mark.parametrize(("person", "status"), [(ZHOU, 200), (TAN, 200), (MEI, 403), (QIN, 403)])
def test_who_may_ask(login, sent, person, status):
    ids = sent(1)
    reply = approve(login(person), ids)
    assert reply.status_code == status
    if person is TAN:
        assert outcomes(reply) == {ids[0]: "visit_not_found"}


def test_two_villages_may_happen_upon_the_same_number(login, sent, nobody_drawn):
    number, ids = new_id(), sent(1)
    approve(login(WEI), ids, number)
    (there,) = sent(1, person=LAN)
    assert outcomes(approve(login(TAN), [there], number)) == {there: "approved"}


@pytest.mark.parametrize("bad", [[], ["x"], None, "all", [new_id() for _ in range(201)]])
def test_a_wrong_list_is_named(login, bad):
    reply = approve(login(WEI), bad)
    assert (reply.status_code, [name.split(".")[0] for name in reply.json["errors"]]) == (422, ["visit_ids"])


@pytest.mark.parametrize(
    ("count", "least", "mean"), [(200, 1, 10.0), (25, 1, 1.36), (9, 0, 0.45), (1, 0, 0.05)]
)
def test_the_sample_is_five_of_a_hundred_whatever_the_parts(count, least, mean):
    ids = [new_id() for _ in range(count)]
    sizes, chosen = [], set()
    for _ in range(2000):
        drawn = together.draw(ids, 5)
        sizes.append(len(drawn))
        chosen |= drawn
    assert min(sizes) >= least
    assert abs(sum(sizes) / 2000 - mean) < 0.12 + mean * 0.05
    assert len(chosen) == count or count == 200, "everybody may be drawn"
