"""Orders to a device: given by the right people, heard at every operation, by every token that was ours."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest
from sqlalchemy import select

from server.accounts.models import LoginSession, User
from server.core import permissions
from server.core.audit import AuditEntry
from server.core.db import db
from tests.accounts.devices import hear, known, make_phone, make_report, order
from tests.accounts.test_forged_tokens import FORGERIES, forge
from tests.accounts.test_login import sign_in
from tests.conftest import client_of
from tests.factories import (
    ADMIN,
    FANG,
    GONG,
    HONG,
    LAN,
    LU,
    MEI,
    PING,
    QIN,
    WEI,
    ZHOU,
    inside,
    make_session,
    writing,
)
from tests.test_guards import call, guarded

WIPED = (403, "device_wiped")
DRAINING = (403, "device_draining")
PHONE = {"id": "phone-1", "name": "Redmi", "app_version": "0.1.0"}


def code(reply):
    return reply.status_code, reply.json["code"]


@pytest.fixture
def session(app):
    return make_session(app, MEI)


@pytest.fixture
def phone(app, session):
    return known(app, MEI)


def entries(app, action):
    with inside(app):
        return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


# --- kill -------------------------------------------------------------------------------------------------


def expired(app, session):
    return forge(app, session, exp=int(time.time()) - 60)


def expired_refresh(app, session):
    return forge(app, session, type="refresh", exp=int(time.time()) - 60)


def with_token(app, token):
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def test_every_operation_tells_a_killed_phone_to_wipe(app, login, session, phone):
    order(login(QIN), phone, "kill")
    client = client_of(app, session)
    found = {name: code(call(client, method, address)) for name, method, address in guarded(app)}
    assert set(found.values()) == {WIPED}
    assert len(found) > 30


@pytest.mark.parametrize("ended", ["revoked", "idle", "disabled", "password"])
def test_a_killed_phone_is_told_so_whatever_became_of_its_sign_in(app, login, clock, session, phone, ended):
    order(login(QIN), phone, "kill")
    with writing(app):
        kept = db.session.scalar(select(LoginSession).where(LoginSession.id == session.id))
        if ended == "revoked":
            kept.revoked_at = clock.now
        if ended == "disabled":
            db.session.scalar(select(User).where(User.id == MEI.id)).active = False
    if ended == "idle":
        clock.advance(days=46)
    if ended == "password":
        result = app.test_cli_runner().invoke(
            args=["accounts", "set-password", "mei", "--password", "another-one"]
        )
        assert result.exit_code == 0, result.output
    assert code(client_of(app, session).get("/api/v1/me")) == WIPED
    assert code(client_of(app, session, "refresh_token").post("/api/v1/auth/refresh")) == WIPED


@pytest.mark.parametrize("make", [expired, expired_refresh])
def test_a_token_of_ours_whose_time_is_over_still_tells_whose_phone_it_is(app, login, session, phone, make):
    order(login(QIN), phone, "kill")
    client = with_token(app, make(app, session))
    for method, address in (("GET", "/api/v1/me"), ("POST", "/api/v1/auth/refresh")):
        assert code(client.open(address, method=method)) == WIPED


EXPIRED = {"expired", "expired long ago", "expired before time began"}  # ours, whenever that was
WHEN_EXPIRED = {*EXPIRED, "a refresh token", "a refresh token's claims", "not yet valid"}


@pytest.mark.parametrize("name", sorted(set(FORGERIES) - EXPIRED))
@pytest.mark.filterwarnings("ignore:The HMAC key")
def test_a_forged_token_learns_nothing_of_an_order(app, login, session, phone, name):
    order(login(QIN), phone, "kill")
    reply = with_token(app, forge(app, session, **FORGERIES[name])).get("/api/v1/me")
    assert (reply.status_code, reply.json["code"] in ("token_invalid", "token_expired")) == (401, True)


@pytest.mark.parametrize("name", sorted(set(FORGERIES) - WHEN_EXPIRED))
@pytest.mark.filterwarnings("ignore:The HMAC key")
def test_nor_does_one_whose_time_is_over_besides(app, login, session, phone, name):
    order(login(QIN), phone, "kill")
    changes = {"exp": int(time.time()) - 60} | FORGERIES[name]
    reply = with_token(app, forge(app, session, **changes)).get("/api/v1/me")
    assert (reply.status_code, reply.json["code"] in ("token_invalid", "token_expired")) == (401, True)


def test_renewing_does_not_get_around_an_order(app, login, session, phone):
    order(login(QIN), phone, "kill")
    assert code(client_of(app, session, "refresh_token").post("/api/v1/auth/refresh")) == WIPED
    assert code(client_of(app, session, "refresh_token").post("/api/v1/auth/logout")) == WIPED


@pytest.mark.parametrize("password", ["made-for-tests", "wrong-one"])
def test_a_killed_phone_cannot_sign_in(app, client, login, phone, password):
    order(login(QIN), phone, "kill")
    assert code(sign_in(client, password=password, device=PHONE)) == WIPED
    assert known(app, MEI).wiped_at is not None


def test_only_the_order_to_wipe_makes_the_browser_forget(app, client, login, session, phone):
    """The header empties the browser also where the app is too old to know the order."""
    mei = client_of(app, session)
    assert "Clear-Site-Data" not in mei.get("/api/v1/me").headers
    order(login(QIN), phone, "drain")
    assert "Clear-Site-Data" not in mei.get("/api/v1/me").headers
    order(login(QIN), phone, "kill")
    assert mei.get("/api/v1/me").headers["Clear-Site-Data"] == '"storage"'
    assert "Clear-Site-Data" not in client.get("/api/v1/me").headers


def test_another_phone_and_another_user_are_not_meant(app, client, login, session, phone):
    order(login(QIN), phone, "kill")
    assert sign_in(client, device=PHONE | {"id": "phone-2"}).status_code == 200
    assert sign_in(client, "ping", device=PHONE).status_code == 200


def test_the_first_time_it_is_told_is_noted_once_and_ends_its_sign_ins(app, login, clock, session, phone):
    order(login(QIN), phone, "kill")
    assert known(app, MEI).wiped_at is None
    told = clock.now
    client = client_of(app, session)
    for _ in range(3):
        assert code(client.get("/api/v1/me")) == WIPED
        clock.advance(minutes=5)
    assert known(app, MEI).wiped_at == told
    assert len(entries(app, "device.wipe")) == 1
    order(login(QIN), phone, "active", "手机找到了")
    assert code(client.get("/api/v1/me")) == (401, "token_invalid")


def test_a_phone_found_before_it_was_told_goes_on_as_if_nothing_had_been(app, login, session, phone):
    order(login(QIN), phone, "kill")
    order(login(QIN), phone, "active", "手机找到了")
    assert client_of(app, session).get("/api/v1/me").status_code == 200


def test_a_wiped_phone_that_is_let_in_again_starts_with_nothing_said(app, client, login, session, phone):
    hear(app, MEI, make_report(outbox_count=4))
    order(login(QIN), phone, "kill")
    client_of(app, session).get("/api/v1/me")
    order(login(QIN), phone, "active", "手机找到了")
    assert known(app, MEI).wiped_at is not None  # until somebody signs in on it
    assert sign_in(client, device=PHONE).status_code == 200
    found = known(app, MEI)
    assert (found.wiped_at, found.outbox_count) == (None, None)


def test_a_second_kill_has_to_be_told_anew(app, client, login, clock, session, phone):
    order(login(QIN), phone, "kill")
    client_of(app, session).get("/api/v1/me")
    order(login(QIN), phone, "active", "手机找到了")
    token = sign_in(client, device=PHONE).json["access_token"]
    clock.advance(days=1)
    order(login(QIN), phone, "kill")
    assert code(with_token(app, token).get("/api/v1/me")) == WIPED
    assert known(app, MEI).wiped_at == clock.now


# --- drain ------------------------------------------------------------------------------------------------


def test_a_draining_phone_reaches_only_what_takes_its_work(app, login, session, phone):
    order(login(QIN), phone, "drain")
    client = client_of(app, session)
    replies = {name: call(client, method, address) for name, method, address in guarded(app)}
    refused = {name for name, reply in replies.items() if (reply.status_code, _code(reply)) == DRAINING}
    assert refused == set(replies) - permissions.draining()
    assert len(refused) > 25


def _code(reply):
    return (reply.json or {}).get("code")


def test_a_draining_phone_keeps_its_sign_in_for_as_long_as_it_takes(app, client, login, session, phone):
    order(login(QIN), phone, "drain")
    assert client_of(app, session, "refresh_token").post("/api/v1/auth/refresh").status_code == 200
    assert sign_in(client, device=PHONE).status_code == 200
    assert code(client_of(app, session, "refresh_token").post("/api/v1/auth/logout")) == DRAINING


def test_what_a_draining_phone_may_call_are_operations_there_are():
    assert permissions.draining() <= set(permissions.table())


# --- who gives orders -------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["drain", "kill"])
def test_an_order_says_who_when_and_why(app, login, clock, phone, wanted):
    reply = order(login(ZHOU), phone, wanted, " 手机丢在镇上 ")
    assert reply.status_code == 200
    given = {"order": wanted, "ordered_by": "Zhou", "order_reason": "手机丢在镇上", "wiped_at": None}
    assert {name: reply.json[name] for name in given} == given
    assert reply.json["ordered_at"] == "2026-11-23T02:00:00.000Z"
    (entry,) = entries(app, "device.order")
    assert (entry.actor_id, entry.target_id, entry.details) == (
        ZHOU.id,
        str(phone.id),
        {"order": wanted, "before": "active"},
    )


def test_the_order_in_force_changes_nothing(app, login, clock, phone):
    order(login(ZHOU), phone, "kill", "第一次")
    clock.advance(hours=1)
    reply = order(login(QIN), phone, "kill", "第二次")
    assert (reply.status_code, reply.json["ordered_by"], reply.json["order_reason"]) == (
        200,
        "Zhou",
        "第一次",
    )
    assert len(entries(app, "device.order")) == 1


@pytest.mark.parametrize("person", [LU, GONG], ids=lambda person: person.username)
def test_a_device_of_another_area_is_as_if_it_did_not_exist(app, login, phone, person):
    client = login(person)
    foreign, absent = (
        order(client, phone, "kill"),
        client.post(f"/api/v1/devices/{uuid4()}/orders", json={"order": "kill", "reason": "x"}),
    )
    assert code(foreign) == code(absent) == (404, "device_not_found")
    assert known(app, MEI).order == "active"


@pytest.mark.parametrize("person", [MEI, WEI, ADMIN], ids=lambda person: person.username)
def test_nobody_else_gives_orders(app, login, phone, person):
    assert code(order(login(person), phone, "kill")) == (403, "role_not_allowed")
    assert known(app, MEI).order == "active"


@pytest.mark.parametrize("person", [WEI, ZHOU], ids=lambda person: person.username)
def test_a_township_orders_the_phones_of_grid_members_only(app, login, person):
    device = make_phone(app, person, "desk-2")
    assert code(order(login(ZHOU), device, "kill")) == (403, "role_not_allowed")
    assert order(login(QIN), device, "kill").status_code == 200


@pytest.mark.parametrize("person", [MEI, PING, LAN, HONG, WEI, ZHOU, LU], ids=lambda person: person.username)
def test_the_county_orders_every_device_of_its_area(app, login, person):
    assert order(login(QIN), make_phone(app, person), "drain").status_code == 200


def test_nobody_orders_the_device_in_their_own_hands(app, login):
    client = login(QIN)
    assert code(order(client, known(app, QIN), "kill")) == (409, "own_device")
    lost = make_phone(app, QIN, "lost-laptop")
    assert order(client, lost, "kill").status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"order": "explode", "reason": "x"}, "order"),
        ({"order": "kill", "reason": ""}, "reason"),
        ({"order": "kill", "reason": "  "}, "reason"),
        ({"order": "kill", "reason": "x" * 201}, "reason"),
        ({"order": "kill", "reason": "a\u0000b"}, "reason"),
        ({"order": "kill"}, "reason"),
        ({"reason": "x"}, "order"),
    ],
)
def test_an_order_that_is_not_whole_is_refused(app, login, phone, body, field):
    reply = login(QIN).post(f"/api/v1/devices/{phone.id}/orders", json=body)
    assert (reply.status_code, list(reply.json["errors"])) == (422, [field])
    assert known(app, MEI).order == "active"


def test_a_foreign_user_on_the_same_phone_is_not_in_the_area(app, login):
    make_session(app, FANG, "shared")
    make_session(app, MEI, "shared")
    theirs = known(app, FANG, "shared")
    assert code(order(login(QIN), theirs, "kill")) == (404, "device_not_found")
