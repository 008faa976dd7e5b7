"""Refreshing, signing out, and what a token is worth after its user changed."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select

from server.accounts.models import User
from server.accounts.services import load_actor
from server.core.audit import AuditEntry
from server.core.db import db
from tests.conftest import client_of
from tests.factories import LAN, MEI, OTHER_GRID, inside, make_session, writing


@pytest.fixture
def session(app):
    return make_session(app, MEI)


@pytest.fixture
def phone(app, session):
    return client_of(app, session)


@pytest.fixture
def refresher(app, session):
    return client_of(app, session, "refresh_token")


def code(reply):
    return reply.status_code, reply.json["code"]


def test_refresh_gives_a_working_access_token(client, refresher):
    token = refresher.post("/api/v1/auth/refresh").json["access_token"]
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).json["username"] == "mei"


def test_access_token_does_not_refresh(phone):
    assert code(phone.post("/api/v1/auth/refresh")) == (401, "token_invalid")


def test_refresh_token_does_not_read(refresher):
    assert code(refresher.get("/api/v1/me")) == (401, "token_invalid")


def test_refresh_without_token_asks_to_sign_in(client):
    assert code(client.post("/api/v1/auth/refresh")) == (401, "token_missing")


def test_after_signing_out_neither_token_works(phone, refresher):
    assert refresher.post("/api/v1/auth/logout").status_code == 204
    assert code(phone.get("/api/v1/me")) == (401, "token_invalid")
    assert code(refresher.post("/api/v1/auth/refresh")) == (401, "token_invalid")


def test_signing_out_leaves_the_other_phone_signed_in(app, refresher):
    other = client_of(app, make_session(app, MEI, "phone-2"))
    refresher.post("/api/v1/auth/logout")
    assert other.get("/api/v1/me").status_code == 200


def test_disabled_user_is_out_at_once(app, phone):
    with writing(app):
        db.session.scalar(select(User).where(User.id == MEI.id)).active = False
    assert code(phone.get("/api/v1/me")) == (401, "account_disabled")


def test_moved_user_sees_the_new_place_with_the_old_token(app, phone):
    with writing(app):
        db.session.scalar(select(User).where(User.id == MEI.id)).region_code = OTHER_GRID
    assert phone.get("/api/v1/regions").json["items"][-1]["code"] == OTHER_GRID


def test_session_ends_after_45_days(clock, phone):
    clock.advance(days=45, seconds=1)
    assert code(phone.get("/api/v1/me")) == (401, "token_expired")


def test_session_of_another_user_opens_nothing(app, session):
    with inside(app):
        assert load_actor(LAN.id, session.id) is None


def test_who_is_asking_costs_one_query(app, session):
    seen = []
    with inside(app):
        listen = ("before_cursor_execute", lambda *args: seen.append(args[2][:6]))
        event.listen(db.engine, *listen)
        actor = load_actor(MEI.id, session.id)
        event.remove(db.engine, *listen)
    assert actor.display_name == "Mei"
    assert seen.count("SELECT") == 1


def entries(app, action):
    with inside(app):
        return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def test_signing_out_leaves_an_audit_entry(app, refresher):
    refresher.post("/api/v1/auth/logout")
    assert [row.target_id for row in entries(app, "account.logout")] == [str(MEI.id)]


def test_use_of_an_old_token_that_stays_good_is_noted_once_an_hour(app, clock, refresher):
    for _ in range(3):
        refresher.post("/api/v1/auth/refresh")
    assert len(entries(app, "account.session_used")) == 1
    clock.advance(hours=1)
    for _ in range(2):
        refresher.post("/api/v1/auth/refresh")
    assert len(entries(app, "account.session_used")) == 2
