"""Tokens we did not make, or did not make for this: 401, at every operation."""

from __future__ import annotations

import time
from uuid import UUID

import jwt
import pytest

from tests.conftest import SECRET
from tests.factories import MEI, QIN, make_session
from tests.test_guards import call, guarded


def forge(app, of, /, **changes):
    """A token as the server makes them, except for what differs; ``key`` and ``algorithm`` sign it."""
    now = int(time.time())
    claims = {"sub": str(MEI.id), "session": str(of.id), "type": "access", "jti": "1", "fresh": False}
    claims |= {"iat": now, "nbf": now, "exp": now + 600, "iss": "liangdeng", "aud": "liangdeng"}
    key = changes.pop("key", app.extensions["keyring"].key("token").hex())
    algorithm, headers = changes.pop("algorithm", "HS256"), changes.pop("headers", None)
    claims |= changes
    kept = {name: value for name, value in claims.items() if value is not ...}
    return jwt.encode(kept, key, algorithm=algorithm, headers=headers)


PAST = int(time.time()) - 60
FORGERIES = {
    "no algorithm": {"algorithm": "none", "key": None},
    "another algorithm": {"algorithm": "HS512"},
    "a guessed key": {"key": "secret-secret-secret-secret-secret"},
    "the secret itself as key": {"key": SECRET},
    "expired": {"exp": PAST},
    "not yet valid": {"nbf": PAST + 4000},
    "another audience": {"aud": "elsewhere"},
    "no audience": {"aud": ...},
    "another issuer": {"iss": "elsewhere"},
    "no issuer": {"iss": ...},
    "a refresh token": {"type": "refresh"},
    "another user": {"sub": str(QIN.id)},
    "an unknown user": {"sub": str(UUID(int=1))},
    "a user that is no identifier": {"sub": "1 OR 1=1"},
    "a user that is a number": {"sub": 1},
    "no user": {"sub": ...},
    "an unknown session": {"session": str(UUID(int=1))},
    "a session that is no identifier": {"session": "../../etc"},
    "a session that is a number": {"session": 5},
    "no session": {"session": ...},
    "a key by address": {"key": "x" * 40, "headers": {"jku": "https://evil.example/keys"}},
    "a key by path": {"key": "\0", "headers": {"kid": "../../dev/null"}},
    "a key in the token": {"key": "x" * 40, "headers": {"jwk": {"kty": "oct", "k": "eHg"}}},
    "a certificate by address": {"key": "x" * 40, "headers": {"x5u": "https://evil.example/x5u"}},
    "a key by database": {"key": "x" * 40, "headers": {"kid": "' UNION SELECT 'x' --"}},
    "an empty key": {"key": "\0" * 32},
    "a longer hash": {"algorithm": "HS384"},
    "expired long ago": {"exp": 0},
    "expired before time began": {"exp": -1},
    "an end that is a text": {"exp": "tomorrow"},
    "an end that is a list": {"exp": [PAST + 9999]},
    "a beginning that is a text": {"nbf": "now"},
    "made in the future": {"iat": PAST + 9000},
    "made at no time": {"iat": "never"},
    "a list of others as audience": {"aud": ["elsewhere", "nowhere"]},
    "an audience of another case": {"aud": "Liangdeng"},
    "an issuer of another case": {"iss": "LIANGDENG"},
    "an issuer that is longer": {"iss": "liangdeng.evil.example"},
    "a user that is empty": {"sub": ""},
    "a user that is a list": {"sub": [str(MEI.id)]},
    "a user that is an object": {"sub": {"id": str(MEI.id)}},
    "a user with something behind": {"sub": f"{MEI.id}x"},
    "a session that is empty": {"session": ""},
    "a session that is null": {"session": None},
    "a session that is a list": {"session": []},
    "a session that is true": {"session": True},
    "a session with SQL behind": {"session": f"{UUID(int=1)}' OR '1'='1"},
    "a type that is none": {"type": "admin"},
    "a refresh token's claims": {"type": "refresh", "at": 1},
}
GARBAGE = ["", "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Bearer ..", "Basic bWVpOnB3", "Token x"]
PLACES = [(part, at) for part in (0, 1, 2) for at in (1, 5, -2)]


def test_there_are_sixty_forgeries():
    assert len(FORGERIES) + len(GARBAGE) + len(PLACES) >= 60


def test_token_made_the_right_way_works(app):
    """Otherwise the forgeries below would prove nothing."""
    token = forge(app, make_session(app, MEI))
    reply = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert reply.status_code == 200


@pytest.mark.parametrize("name", sorted(FORGERIES))
@pytest.mark.filterwarnings("ignore:The HMAC key")
def test_forged_token_is_refused(app, name):
    session = make_session(app, MEI)
    token = forge(app, session, **FORGERIES[name])
    reply = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert reply.status_code == 401
    assert reply.json["code"] in ("token_invalid", "token_expired", "account_disabled")


@pytest.mark.parametrize(("part", "at"), PLACES)
def test_token_changed_in_any_part_is_refused(app, part, at):
    parts = forge(app, make_session(app, MEI)).split(".")
    changed = "A" if parts[part][at] != "A" else "B"
    parts[part] = parts[part][:at] + changed + parts[part][at:][1:]
    reply = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {'.'.join(parts)}"})
    assert reply.status_code == 401


@pytest.mark.parametrize("header", GARBAGE)
def test_garbage_instead_of_a_token_is_refused(client, header):
    assert client.get("/api/v1/me", headers={"Authorization": header}).status_code == 401


def test_no_operation_opens_without_a_token(app, client):
    found = {name: call(client, method, address).status_code for name, method, address in guarded(app)}
    assert set(found.values()) == {401}


def test_no_operation_opens_with_an_expired_token(app, client):
    token = forge(app, make_session(app, MEI), exp=PAST)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    replies = [call(client, method, address) for _, method, address in guarded(app)]
    assert {(reply.status_code, reply.json["code"]) for reply in replies} == {(401, "token_expired")}


@pytest.mark.parametrize("place", ["query", "cookie", "body"])
def test_token_counts_in_its_header_only(app, client, place):
    token = forge(app, make_session(app, MEI))
    if place == "cookie":
        client.set_cookie("access_token_cookie", token)
    reply = client.get(
        "/api/v1/me",
        query_string={"jwt": token} if place == "query" else None,
        json={"access_token": token} if place == "body" else None,
    )
    assert reply.status_code == 401
