"""Acts at the accounts desk, as its screen sends them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from server.accounts.models import User
from server.core.audit import AuditEntry
from server.core.db import db
from tests.accounts.test_login import sign_in
from tests.factories import GRID, Person, inside

CHOSEN = "river-and-7-hills"


def user_of(app: Flask, username: str) -> User:
    """The account of a user name as it is now."""
    with inside(app):
        return db.session.scalars(select(User).where(User.username == username)).one()


def entries(app: Flask, action: str) -> list[AuditEntry]:
    """The audit entries of an action."""
    with inside(app):
        return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def new_account(**changes: Any) -> dict[str, Any]:
    """A grid member to create in Mei's grid, with whatever differs."""
    body = {"op_id": str(uuid4()), "username": "xiaohua", "display_name": "韦小花", "role": "grid_member"}
    return body | {"region_code": GRID, "department": None, "reason": ""} | changes


def create(client: FlaskClient, **changes: Any) -> TestResponse:
    """Make an account."""
    return client.post("/api/v1/users", json=new_account(**changes))


def act(client: FlaskClient, person: Person | User, what: str, version: int = 1, **more: Any) -> TestResponse:
    """``act(zhou, MEI, "transfer", region_code=…)``; without a name it is an edit."""
    body = {"op_id": str(uuid4()), "version": version, "reason": "人员调整"} | more
    address = f"/api/v1/users/{person.id}" + (f"/{what}" if what else "")
    return client.post(address, json=body) if what else client.patch(address, json=body)


def code(reply: TestResponse) -> tuple[int, str | None]:
    """Status and code of an answer."""
    return reply.status_code, (reply.json or {}).get("code")


def sign_in_first(
    app: Flask, username: str, password: str, chosen: str | None = CHOSEN, device: str = "p-1"
) -> Any:
    """Sign in with a one-time password and the one to take its place."""
    body = {
        "username": username,
        "password": password,
        "device": {"id": device, "name": "", "app_version": ""},
    }
    if chosen is not None:
        body["new_password"] = chosen
    return app.test_client().post("/api/v1/auth/login", json=body)


def signs_in(app: Flask, username: str, password: str) -> bool:
    """Whether a password opens an account."""
    return bool(sign_in(app.test_client(), username, password).status_code == 200)
