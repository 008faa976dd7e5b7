"""POST /auth/login: who gets in, what they get, what is written down."""

from __future__ import annotations

import base64
import json

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from server.accounts import passwords
from server.accounts.models import LoginSession, LoginThrottle, User
from server.core.audit import AuditEntry
from server.core.db import db
from tests.factories import ADMIN, GRID, MEI, PASSWORD, inside, writing

URL = "/api/v1/auth/login"
DEVICE = {"id": "phone-1", "name": "Mei's phone", "app_version": "1"}


def sign_in(client, username="mei", password=PASSWORD, device=DEVICE):
    return client.post(URL, json={"username": username, "password": password, "device": device})


def audit_rows(app):
    with inside(app):
        rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
        return [row for row in rows if row.action.startswith("account.")]


def test_right_password_gives_tokens_and_the_user(client):
    reply = sign_in(client)
    assert reply.status_code == 200
    assert reply.json["user"] == {
        "id": str(MEI.id),
        "username": "mei",
        "display_name": "Mei",
        "role": "grid_member",
        "department": None,
        "locale": "zh-CN",
        "region": {
            "code": GRID,
            "name": f"区域{GRID}",
            "level": "grid",
            "path": ["区域450321", "区域450321100", "区域450321100200", f"区域{GRID}"],
        },
    }


def test_access_token_opens_the_api(client):
    token = sign_in(client).json["access_token"]
    reply = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert (reply.status_code, reply.json["username"]) == (200, "mei")


def test_token_names_user_and_session_and_nothing_about_their_rights(client):
    payload = sign_in(client).json["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    expected = {"sub", "session", "exp", "iat", "nbf", "jti", "iss", "aud", "type", "fresh"}
    assert set(claims) == expected


def test_administrator_works_nowhere(client):
    region = sign_in(client, ADMIN.username).json["user"]["region"]
    assert region == {"code": "-", "name": "", "level": "system", "path": []}


def test_username_is_found_whatever_its_case(client):
    assert sign_in(client, " MEI ").status_code == 200


def test_wrong_password_and_unknown_user_get_the_same_answer(client):
    wrong, unknown = sign_in(client, password="not-it-at-all"), sign_in(client, username="nobody")
    assert (wrong.status_code, wrong.json["code"]) == (401, "wrong_credentials")
    differing = {"request_id"}
    assert {k: v for k, v in wrong.json.items() if k not in differing} == {
        k: v for k, v in unknown.json.items() if k not in differing
    }


def test_unknown_user_costs_one_password_check_like_a_known_one(client, monkeypatch):
    checks = []
    monkeypatch.setattr(passwords, "matches", lambda digest, _password: checks.append(digest) or False)
    sign_in(client, password="not-it-at-all")
    sign_in(client, username="nobody")
    assert len(checks) == 2


def test_no_password_matches_the_hash_of_nobody():
    assert passwords.matches(None, "the password of no account") is False


def test_disabled_account_is_told_so_only_with_the_right_password(app, client):
    with writing(app):
        db.session.scalar(select(User).where(User.id == MEI.id)).active = False
    assert sign_in(client).json["code"] == "account_disabled"
    assert sign_in(client, password="not-it-at-all").json["code"] == "wrong_credentials"


def test_login_opens_one_session_that_remembers_the_device(app, client):
    sign_in(client)
    with inside(app):
        session = db.session.scalars(select(LoginSession)).one()
        assert (session.user_id, session.device_id, session.app_version) == (MEI.id, "phone-1", "1")
        assert (session.expires_at - session.created_at).days == 45


def test_success_and_failure_leave_an_audit_entry_at_the_users_place(app, client):
    sign_in(client, password="not-it-at-all")
    sign_in(client)
    found = [(row.action, row.target_id, row.region_code) for row in audit_rows(app)]
    assert found == [("account.login_failed", str(MEI.id), GRID), ("account.login", str(MEI.id), GRID)]


def test_nothing_that_was_typed_is_kept(app, client):
    sign_in(client, username="my-password-by-mistake", password="another-secret")
    with inside(app):
        kept = [str(vars(row)) for row in db.session.scalars(select(LoginThrottle))]
    kept += [str(vars(row)) for row in audit_rows(app)]
    assert len(kept) == 2
    assert not any("my-password" in row or "another-secret" in row for row in kept)


def test_password_hashed_with_old_parameters_is_hashed_anew(app, client):
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    with writing(app):
        db.session.scalar(select(User).where(User.id == MEI.id)).password_hash = weak
    assert sign_in(client).status_code == 200
    with inside(app):
        stored = db.session.scalar(select(User.password_hash).where(User.id == MEI.id))
    assert "m=19456,t=2,p=1" in stored
    assert passwords.matches(stored, PASSWORD)


@pytest.mark.parametrize("missing", ["username", "password", "device"])
def test_missing_field_is_named(client, missing):
    body = {"username": "mei", "password": PASSWORD, "device": DEVICE}
    del body[missing]
    reply = client.post(URL, json=body)
    assert (reply.status_code, reply.json["code"], list(reply.json["errors"])) == (422, "invalid", [missing])


def test_a_newer_app_may_send_more_than_we_know(client):
    body = {"username": "mei", "password": PASSWORD, "device": DEVICE | {"screen": "6.1"}, "theme": "dark"}
    assert client.post(URL, json=body).status_code == 200


@pytest.mark.parametrize("password", ["seven77", "x" * 129])
def test_password_of_unfit_length_is_refused(password):
    with pytest.raises(passwords.PasswordRefused):
        passwords.hash_password(password)


def test_recovery_secret_is_of_one_user_on_one_device_and_stays_the_same(client):
    first, again = (sign_in(client).json["recovery_secret"] for _ in range(2))
    assert first == again
    assert len(bytes.fromhex(first)) == 32
    other_phone = sign_in(client, device=DEVICE | {"id": "phone-2"}).json["recovery_secret"]
    other_user = sign_in(client, "lan").json["recovery_secret"]
    assert len({first, other_phone, other_user}) == 3


def test_recovery_secret_is_given_for_the_password_only(client):
    tokens = sign_in(client).json
    bearer = {"Authorization": f"Bearer {tokens['refresh_token']}"}
    renewed = client.post("/api/v1/auth/refresh", headers=bearer)
    assert renewed.status_code == 200
    assert "recovery_secret" not in renewed.json
    assert "recovery_secret" not in sign_in(client, password="not it").json
