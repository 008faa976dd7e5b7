"""Pushes as phones send them, and the database as text."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Executable, func, select
from werkzeug.test import TestResponse

from server.accounts.models import User
from server.core.db import Base, db
from server.sync import runner
from server.visits.models import Visit
from tests.factories import Person, inside, writing
from tests.visits.bodies import NOW, hash_of, instant, new_id

Wire = dict[str, Any]


def op_of(body: Wire, **changes: Any) -> Wire:
    """The operation that brings a visit."""
    op: Wire = {
        "op_id": body.get("id"),
        "n": 1,
        "kind": "visit",
        "entity": body.get("id"),
        "base_rev": None,
        "needs": [],
        "schema_v": 1,
        "app_v": "0.2.0",
        "client_time": instant(NOW),
        "mono_ms": 1234,
        "offset_ms": 250,
        "sha256": hash_of(body),
        "body": body,
    }
    return op | changes


def edit_of(household_id: object, base_rev: int, *fields: tuple[Any, str, Any], **changes: Any) -> Wire:
    """The operation that corrects fields of a household: (member_id, field, value) each."""
    body = {
        "household_id": str(household_id),
        "reason": changes.pop("reason_text", "电话里说的"),
        "set": [{"member_id": m and str(m), "field": field, "value": value} for m, field, value in fields],
    }
    head = {"op_id": new_id(), "kind": "household.edit", "entity": str(household_id), "base_rev": base_rev}
    return op_of(body) | head | changes


def assign(app: Flask, person: Person, region_code: str, role: str = "grid_member") -> None:
    """Give a person another place of work."""
    with writing(app):
        user = db.session.scalar(select(User).where(User.id == person.id))
        assert user is not None
        user.region_code, user.role = region_code, role


def report_of(**changes: Any) -> Wire:
    """What a phone says of itself."""
    said: Wire = {"outbox_count": 2, "photos_unsent": 0, "oldest_unsent": None, "dead": 0}
    said |= {"storage_persisted": True, "app_version": "0.2.0", "offset_ms": 250}
    return said | changes


def push_text(*ops: Any, **changes: Any) -> bytes:
    """The body of a push."""
    envelope: Wire = {"v": 1, "device": "phone-1", "client_time": instant(NOW), "report": None}
    return json.dumps(envelope | {"ops": list(ops)} | changes, ensure_ascii=True).encode()


def push_bytes(phone: FlaskClient, data: bytes, **headers: str) -> TestResponse:
    """POST bytes as a push, with the hash of the bytes unless told otherwise."""
    sent = {"X-Content-SHA256": sha256(data).hexdigest()} | headers
    return phone.post("/api/v1/s1/push", data=data, content_type="application/json", headers=sent)


def push(phone: FlaskClient, *ops: Any, **changes: Any) -> TestResponse:
    """POST operations."""
    return push_bytes(phone, push_text(*ops, **changes))


def results(phone: FlaskClient, *ops: Any, **changes: Any) -> list[Wire]:
    """What became of operations."""
    reply = push(phone, *ops, **changes)
    assert reply.status_code == 200, reply.text
    found: list[Wire] = reply.json["results"]
    return found


def refusal(reply: TestResponse) -> tuple[int, str]:
    """Status and code of a problem."""
    assert reply.json is not None
    return reply.status_code, reply.json["code"]


def told(found: list[Wire]) -> list[tuple[str, str | None]]:
    """State and code of each result."""
    return [(each["st"], each["code"]) for each in found]


def dump(app: Flask) -> dict[str, list[str]]:
    """Every row of every table as text; equal dumps are databases that say the same, byte for byte."""
    with inside(app), db.engine.connect() as connection:
        return {
            table.name: sorted(str(tuple(row)) for row in connection.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }


def count(app: Flask, model: Any = Visit) -> int:
    """How many rows there are."""
    with inside(app):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def before_the_third(monkeypatch: pytest.MonkeyPatch, statement: Executable) -> None:
    """Another process changes something between the second and the third operation of a push."""
    real, calls = runner._attempt, []

    def attempt(*args: Any, **options: Any) -> Any:
        calls.append(args)
        if len(calls) == 3:
            with db.engine.begin() as stranger:
                stranger.execute(statement)
        return real(*args, **options)

    monkeypatch.setattr(runner, "_attempt", attempt)
