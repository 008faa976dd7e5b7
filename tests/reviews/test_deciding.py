"""POST /visits/{id}/reviews: approve or give back, once, and never one's own work."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from server.core.audit import AuditEntry
from server.core.db import db
from server.reviews.models import Review
from tests.factories import GONG, LAN, LU, MEI, QIN, TAN, VILLAGE, WEI, ZHOU, inside, make_household, writing
from tests.visits.bodies import DRY, NOW, new_id, send, visit_of


@pytest.fixture
def mei(login):
    return login(MEI)


@pytest.fixture
def wei(login):
    return login(WEI)


@pytest.fixture
def visit(app, mei):
    body = visit_of(make_household(app).id, DRY)
    assert send(mei, body).status_code == 201
    return body


def decision_on(visit, decision="approved", **changes):
    given = {"id": new_id(), "decision": decision, "comment": "", "comments": []}
    return f"/api/v1/visits/{visit['id']}/reviews", given | changes


def decide(reviewer, visit, decision="approved", **changes):
    address, body = decision_on(visit, decision, **changes)
    return reviewer.post(address, json=body)


def state_of(reviewer, visit):
    return reviewer.get(f"/api/v1/visits/{visit['id']}").json["state"]


@pytest.mark.parametrize("person", [WEI, ZHOU])
def test_village_and_township_approve(login, visit, person):
    reviewer = login(person)
    reply = decide(reviewer, visit)
    assert reply.status_code == 201
    assert reply.json["reviewer_name"] == person.username.title()
    assert reply.json["reviewer_role"] == person.role
    assert state_of(reviewer, visit) == "approved"


def test_a_visit_given_back_is_corrected_and_then_approved(mei, wei, visit):
    remark = {"question": "water_fix", "text": "Ask the head."}
    reply = decide(wei, visit, "returned", comment="Water?", comments=[remark])
    assert (reply.status_code, reply.json["comments"]) == (201, [remark])
    revision = visit_of(visit["household_id"], revises=visit["id"], at=NOW)
    assert send(mei, revision).json["revision"] == 2
    assert state_of(wei, visit) == "superseded"
    assert decide(wei, revision).status_code == 201
    detail = wei.get(f"/api/v1/visits/{revision['id']}").json
    assert [review["decision"] for review in detail["reviews"]] == ["returned", "approved"]
    assert [(r["revision"], r["state"]) for r in detail["revisions"]] == [(1, "superseded"), (2, "approved")]


def test_the_same_decision_sent_again_is_one_decision(app, wei, visit):
    address, body = decision_on(visit)
    first, again = wei.post(address, json=body), wei.post(address, json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(Review)) == 1


def test_another_decision_under_the_same_number_is_a_conflict(wei, visit):
    address, body = decision_on(visit)
    wei.post(address, json=body)
    reply = wei.post(address, json=body | {"decision": "returned", "comment": "No."})
    assert (reply.status_code, reply.json["code"]) == (409, "review_conflict")


def test_a_number_used_in_another_village_is_a_conflict(app, login, wei, visit):
    address, body = decision_on(visit)
    wei.post(address, json=body)
    there = visit_of(make_household(app, LAN.region_code).id)
    send(login(LAN), there)
    reply = login(TAN).post(f"/api/v1/visits/{there['id']}/reviews", json=body)
    assert (reply.status_code, reply.json["code"]) == (409, "review_conflict")


def test_a_decided_visit_cannot_be_decided_again(login, wei, visit):
    decide(wei, visit)
    reply = decide(login(ZHOU), visit, "returned", comment="No.")
    assert (reply.status_code, reply.json["code"]) == (409, "visit_not_reviewable")


def test_two_reviewers_at_once_leave_one_decision(login, wei, visit):
    reviewers = [wei, login(ZHOU), wei, login(ZHOU)]
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda reviewer: decide(reviewer, visit), reviewers))
    assert sorted(reply.status_code for reply in replies) == [201, 409, 409, 409]


def test_a_replaced_visit_cannot_be_decided(mei, wei, visit):
    send(mei, visit_of(visit["household_id"], revises=visit["id"], at=NOW))
    reply = decide(wei, visit)
    assert (reply.status_code, reply.json["code"]) == (409, "visit_not_reviewable")


def test_nobody_decides_on_their_own_visit(app, login, visit):
    from server.accounts.models import User

    with writing(app):
        promoted = db.session.scalar(select(User).where(User.id == MEI.id))
        promoted.role, promoted.region_code = "first_secretary", VILLAGE
    reply = decide(login(MEI), visit)
    assert (reply.status_code, reply.json["code"]) == (409, "own_work")


@pytest.mark.parametrize("decision", ["returned", "escalated"])
def test_giving_back_and_handing_up_need_a_reason(wei, visit, decision):
    reply = decide(wei, visit, decision, comment="  ")
    assert (reply.status_code, list(reply.json["errors"])) == (422, ["comment"])


@pytest.mark.parametrize(("decision", "comment"), [("approved", ""), ("returned", "Look again.")])
def test_what_the_village_hands_up_the_township_decides(login, clock, wei, visit, decision, comment):
    assert decide(wei, visit, "escalated", comment="房子裂缝，村里定不了。").status_code == 201
    assert state_of(wei, visit) == "escalated"
    again = decide(wei, visit)
    assert (again.status_code, again.json["code"]) == (409, "visit_not_reviewable")
    clock.advance(minutes=1)
    assert decide(login(ZHOU), visit, decision, comment=comment).status_code == 201
    assert state_of(wei, visit) == decision
    history = wei.get(f"/api/v1/households/{visit['household_id']}").json["history"][0]
    assert [one["decision"] for one in history["reviews"]] == ["escalated", decision]


def test_only_the_village_hands_up(login, visit):
    reply = decide(login(ZHOU), visit, "escalated", comment="Up.")
    assert (reply.status_code, reply.json["code"]) == (403, "role_not_allowed")


def test_a_visit_handed_up_is_not_corrected_before_the_township_has_looked(mei, wei, visit):
    decide(wei, visit, "escalated", comment="Up.")
    reply = send(mei, visit_of(visit["household_id"], revises=visit["id"], at=NOW))
    assert reply.json["code"] == "revision_outdated"


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("id", "not-a-number"),
        ("id", None),
        ("decision", "perhaps"),
        ("decision", None),
        ("comment", 3),
        ("comment", "a\u0000b"),
        ("comment", "x" * 1001),
        ("comments", "none"),
        ("comments", [{"question": "water_fix"}]),
        ("comments", [{"question": "colour", "text": "?"}]),
        ("comments", [{"question": "water_fix", "text": "x"}] * 61),
    ],
)
def test_a_wrong_field_is_named(wei, visit, field, bad):
    reply = decide(wei, visit, **{field: bad})
    assert reply.status_code == 422
    assert {name.split(".")[0] for name in reply.json["errors"]} == {field}
    assert state_of(wei, visit) == "submitted"


@pytest.mark.parametrize("person", [TAN, LU])
def test_a_visit_of_another_village_or_township_looks_absent(login, visit, person):
    reply = decide(login(person), visit)
    assert (reply.status_code, reply.json["code"]) == (404, "visit_not_found")


@pytest.mark.parametrize("person", [MEI, QIN, GONG])
def test_only_village_and_township_decide(login, visit, person):
    assert decide(login(person), visit).status_code == 403


def test_a_decision_is_in_the_audit_log_without_its_words(app, wei, visit):
    decide(wei, visit, "returned", comment="韦小山 has a well")
    with inside(app):
        entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "visit.review"))
    assert (entry.actor_id, entry.target_id) == (WEI.id, visit["id"])
    assert entry.details == {"decision": "returned"}
