"""Refresh tokens that make way for the next: what is lost on the way, what comes twice, what was copied."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask_jwt_extended import decode_token
from sqlalchemy import select

from server.accounts import services
from server.accounts.models import LoginSession
from server.core import state
from server.core.audit import AuditEntry
from server.core.db import db
from tests.accounts.test_login import sign_in
from tests.factories import MEI, inside, make_session, writing

URL = "/api/v1/auth/refresh"


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def refresh(client, token):
    return client.post(URL, headers=bearer(token))


def renewed(client, token):
    """The successor of a refresh token."""
    reply = refresh(client, token)
    assert reply.status_code == 200, reply.json
    return reply.json["refresh_token"]


def jti(app, token):
    with app.app_context():
        return decode_token(token)["jti"]


@pytest.fixture
def first(client):
    """The refresh token of a sign-in."""
    return sign_in(client).json["refresh_token"]


def code(reply):
    return reply.status_code, reply.json["code"]


def test_each_use_gives_a_new_token(app, client, first):
    second = renewed(client, first)
    third = renewed(client, second)
    assert len({jti(app, token) for token in (first, second, third)}) == 3


def test_a_hundred_lost_answers_cost_no_sign_in(app, client, first):
    """Every time the phone asks, the answer gets lost once, and it asks again with what it has."""
    held = first
    for _ in range(100):
        lost = renewed(client, held)
        again = renewed(client, held)
        assert jti(app, lost) == jti(app, again)
        held = again
    assert refresh(client, held).status_code == 200


def test_a_token_before_the_last_one_ends_the_sign_in(app, client, clock, first):
    access = sign_in(client).json["access_token"]
    second = renewed(client, first)
    third = renewed(client, second)
    clock.advance(minutes=2)
    assert code(refresh(client, first)) == (401, "token_reused")
    for token in (first, second, third):
        assert code(refresh(client, token)) == (401, "token_invalid")
    with inside(app):
        entries = db.session.scalars(
            select(AuditEntry.target_id).where(AuditEntry.action == "account.token_reused")
        ).all()
    assert entries == [str(MEI.id)]
    assert client.get("/api/v1/me", headers=bearer(access)).status_code == 200  # another sign-in


def test_a_request_that_the_line_held_back_ends_nothing(client, clock, first):
    """The phone gave it up, asked again, was answered, and went on; then the first request arrives."""
    second = renewed(client, first)
    third = renewed(client, second)
    clock.advance(seconds=90)
    for _ in range(3):
        assert code(refresh(client, first)) == (409, "token_late")
    assert refresh(client, third).status_code == 200


def test_only_the_last_but_two_may_be_late(client, first):
    second = renewed(client, first)
    renewed(client, renewed(client, second))
    assert code(refresh(client, first)) == (401, "token_reused")


def test_whoever_asks_all_the_time_does_not_hide_that_there_are_two(client, clock, first):
    """A thief who took the phone's next token keeps the predecessor warm: the owner's own still tells."""
    second = renewed(client, first)
    renewed(client, second)
    clock.advance(seconds=100)
    renewed(client, second)
    clock.advance(seconds=21)
    assert code(refresh(client, first)) == (401, "token_reused")


def test_signing_out_with_an_old_token_hides_nothing(app, client, clock, first):
    """Whoever holds it is not known to be the owner; the sign-in ends, and the audit says why."""
    second = renewed(client, first)
    third = renewed(client, second)
    clock.advance(minutes=2)
    assert code(client.post("/api/v1/auth/logout", headers=bearer(first))) == (401, "token_reused")
    assert code(refresh(client, third)) == (401, "token_invalid")
    with inside(app):
        actions = db.session.scalars(select(AuditEntry.action)).all()
    assert "account.token_reused" in actions
    assert "account.logout" not in actions


def test_reuse_ends_the_access_tokens_too(client, clock, first):
    reply = refresh(client, first)
    renewed(client, reply.json["refresh_token"])
    clock.advance(minutes=2)
    refresh(client, first)
    assert code(client.get("/api/v1/me", headers=bearer(reply.json["access_token"]))) == (
        401,
        "token_invalid",
    )


def test_an_old_client_that_keeps_its_first_token_stays_signed_in(client, clock, first):
    for _ in range(6):
        clock.advance(days=7)
        reply = refresh(client, first)
        assert reply.status_code == 200
        assert client.get("/api/v1/me", headers=bearer(reply.json["access_token"])).status_code == 200


def test_two_tabs_that_refresh_at_once_get_the_same_successor(app, first):
    gate = Barrier(2)

    def tab(_):
        gate.wait()
        return refresh(app.test_client(), first)

    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(tab, range(2)))
    assert [reply.status_code for reply in replies] == [200, 200]
    assert len({jti(app, reply.json["refresh_token"]) for reply in replies}) == 1


@pytest.mark.parametrize(("days", "outcome"), [(14, 200), (44, 200), (46, 401)])
def test_a_phone_may_be_silent_for_45_days(client, clock, first, days, outcome):
    clock.advance(days=days)
    reply = refresh(client, first)
    assert reply.status_code == outcome
    assert outcome == 200 or reply.json["code"] == "token_expired"


def test_every_use_starts_the_45_days_anew_until_180_days_are_over(client, clock, first):
    held = first
    for _ in range(4):
        clock.advance(days=44)
        held = renewed(client, held)
    clock.advance(days=3)
    held = renewed(client, held)
    clock.advance(days=2)
    assert code(refresh(client, held)) == (401, "token_expired")


def test_the_end_never_moves_beyond_180_days(app, client, clock, first):
    start = clock.now
    held = first
    for _ in range(4):
        clock.advance(days=44)
        held = renewed(client, held)
    with inside(app):
        session = db.session.scalars(select(LoginSession)).one()
    assert session.expires_at == session.ends_at == start + timedelta(days=180)


def test_signing_out_with_the_predecessor_ends_the_sign_in(client, first):
    second = renewed(client, first)
    assert client.post("/api/v1/auth/logout", headers=bearer(first)).status_code == 204
    assert code(refresh(client, second)) == (401, "token_invalid")


def test_a_sign_in_that_ended_between_check_and_use_is_not_renewed(clock, client, first, monkeypatch):
    """Somebody signs out on the other tab while this one waits for the write lock."""
    honest = services.renew

    def late(session_id, *args):
        db.session.scalar(select(LoginSession).where(LoginSession.id == session_id)).revoked_at = clock.now
        return honest(session_id, *args)

    monkeypatch.setattr(services, "renew", late)
    assert code(refresh(client, first)) == (401, "token_invalid")


def test_other_sign_ins_of_the_user_go_on(app, client, first):
    other = make_session(app, MEI, "phone-2")
    renewed(client, renewed(client, first))
    refresh(client, first)
    with inside(app):
        assert db.session.scalar(select(LoginSession.revoked_at).where(LoginSession.id == other.id)) is None


def restored(app, since):
    """The server goes back to what it was at an instant."""
    with writing(app):
        state.renew_epoch(since)


def forget(app, held):
    """The sign-in as a backup has it that was made before the token was given."""
    with writing(app):
        session = db.session.scalars(select(LoginSession)).one()
        session.refresh_jti, session.previous_jti, session.last_used_at = held, None, session.created_at


def test_a_token_given_in_the_time_a_restore_took_is_good_after_a_second_restore_as_well(
    app, client, clock, first
):
    backup = clock.now
    clock.advance(hours=2)
    second = renewed(client, first)
    clock.advance(hours=2)
    restored(app, backup)
    forget(app, jti(app, first))
    clock.advance(days=1)
    later_backup = clock.now
    clock.advance(hours=5)
    restored(app, later_backup)
    assert refresh(client, second).status_code == 200


def test_the_last_eight_restores_are_remembered(app, clock):
    moments = []
    for _ in range(20):
        since = clock.now
        clock.advance(hours=1)
        moments.append(int(clock.now.timestamp()) - 60)
        restored(app, since)
        clock.advance(hours=1)
    with inside(app):
        assert [state.was_lost(moment) for moment in moments] == [False] * 12 + [True] * 8
        assert len(state.read("lost")) <= 200
        assert not state.was_lost(moments[-1] + 1800)
