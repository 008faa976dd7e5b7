"""The own account: another password, and the devices it is signed in on."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.accounts.desk import CHOSEN, code, entries, signs_in
from tests.conftest import client_of
from tests.factories import CAST, MEI, PASSWORD, PING, make_session


@pytest.fixture
def session(app):
    return make_session(app, MEI)


@pytest.fixture
def mei(app, session):
    return client_of(app, session)


def change(client, password=PASSWORD, new_password=CHOSEN):
    return client.post("/api/v1/me/password", json={"password": password, "new_password": new_password})


def test_the_own_password_is_changed_and_other_sign_ins_end(app, mei):
    other = client_of(app, make_session(app, MEI, "old-phone"))
    assert change(mei).status_code == 204
    assert mei.get("/api/v1/me").status_code == 200
    assert code(other.get("/api/v1/me")) == (401, "token_invalid")
    assert signs_in(app, "mei", CHOSEN)
    assert not signs_in(app, "mei", PASSWORD)


def test_sent_again_it_is_one_change(app, mei):
    assert [change(mei).status_code for _ in range(2)] == [204, 204]
    assert len(entries(app, "account.change_password")) == 1


def test_a_wrong_present_password_changes_nothing_and_counts(app, clock, mei):
    replies = [code(change(mei, "wrong-one")) for _ in range(6)]
    assert replies == [(403, "wrong_password")] * 5 + [(429, "too_many_attempts")]
    clock.advance(minutes=1)
    assert signs_in(app, "mei", PASSWORD)


@pytest.mark.parametrize(
    ("chosen", "why"), [("short7", "too_short"), ("mei-and-2026", "has_name"), (PASSWORD, "same")]
)
def test_a_weak_one_is_refused(app, mei, chosen, why):
    reply = change(mei, new_password=chosen)
    assert (code(reply), reply.json["errors"]["new_password"][0]["code"]) == ((422, "invalid"), why)


@pytest.mark.parametrize("person", CAST, ids=lambda person: person.username)
def test_everybody_sees_the_own_sign_ins_only(app, person):
    make_session(app, PING, "elsewhere")
    client = client_of(app, make_session(app, person, "in-hand"))
    items = client.get("/api/v1/me/sessions").json["items"]
    assert [item["current"] for item in items].count(True) == 1
    assert len(items) == (2 if person is PING else 1)


def test_a_lost_phone_is_signed_out_from_another(app, mei):
    lost = make_session(app, MEI, "lost")
    address = f"/api/v1/me/sessions/{lost.id}/end"
    assert [mei.post(address).status_code for _ in range(2)] == [204, 204]
    assert code(client_of(app, lost).get("/api/v1/me")) == (401, "token_invalid")
    assert len(entries(app, "account.end_session")) == 1


def test_not_the_one_in_the_own_hands_and_nobody_elses(app, mei, session):
    foreign = make_session(app, PING)
    assert code(mei.post(f"/api/v1/me/sessions/{session.id}/end")) == (409, "own_device")
    for key in (foreign.id, uuid4()):
        assert code(mei.post(f"/api/v1/me/sessions/{key}/end")) == (404, "session_not_found")
    assert client_of(app, foreign).get("/api/v1/me").status_code == 200
