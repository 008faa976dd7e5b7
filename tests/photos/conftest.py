"""A phone with a household, and what it takes to send photos."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from server.core.audit import AuditEntry
from server.core.db import db
from server.core.jobs import run_pending
from tests.factories import MEI, inside, make_household
from tests.visits.bodies import send, visit_of

OCTETS = "application/octet-stream"


class Phone:
    """Mei's phone: sends a visit with photos, then the photos."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self.app, self.client = app, client
        self.household = make_household(app)

    def visit(self, *photos: bytes, **changes: Any) -> str:
        """Send a visit that promises photos; its id."""
        promised = [
            {"sha256": digest(data), "length": len(data), "kind": "house", "taken_at": None}
            for data in photos
        ]
        body = visit_of(self.household.id, photos=promised, **changes)
        reply = send(self.client, body)
        assert reply.status_code == 201, reply.json
        return str(body["id"])

    def put(self, visit_id: str, data: bytes, sha: str | None = None, **options: Any) -> TestResponse:
        """Send the bytes of a photo."""
        options = {"content_type": OCTETS} | options
        return self.client.put(
            f"/api/v1/visits/{visit_id}/photos/{sha or digest(data)}", data=data, **options
        )

    def patch(
        self,
        visit_id: str,
        data: bytes,
        offset: int = 0,
        end: int | None = None,
        declared: int = 0,
        **headers: str,
    ) -> TestResponse:
        """Send a piece of a photo; by default all that is left of it. ``declared``: as Content-Length."""
        piece = data[offset:end]
        sent = {"Upload-Offset": str(offset), "Upload-Length": str(len(data))}
        sent |= {"X-Content-SHA256": digest(piece), "X-Photo": digest(data)} | headers
        address = f"/api/v1/s1/visits/{visit_id}/photos/{sent.pop('X-Photo')}"
        options = {"environ_overrides": {"CONTENT_LENGTH": str(declared)}} if declared else {}
        return self.client.patch(address, data=piece, headers=sent, content_type=OCTETS, **options)

    def head(self, visit_id: str, data: bytes) -> tuple[str, int]:
        """State and offset of a photo as its sender is told."""
        reply = self.client.head(f"/api/v1/s1/visits/{visit_id}/photos/{digest(data)}")
        assert reply.status_code == 200, reply.status_code
        return reply.headers["X-Photo-State"], int(reply.headers["Upload-Offset"])

    def photos(self, visit_id: str) -> list[dict[str, Any]]:
        """Where the photos of a visit stand."""
        reply = self.client.get(f"/api/v1/visits/{visit_id}/photos")
        items: list[dict[str, Any]] = reply.json["items"]
        return items

    def sent_and_checked(self, data: bytes) -> dict[str, Any]:
        """A photo of a new visit after the server has dealt with it."""
        visit_id = self.visit(data)
        assert self.put(visit_id, data).status_code == 201
        run_pending(self.app)
        (photo,) = self.photos(visit_id)
        return photo


def files(app: Flask) -> list[str]:
    """Names of all files in the photo folder."""
    folder = app.extensions["settings"].photo_dir
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def lies_whole(app: Flask, data: bytes) -> bool:
    """Whether the one original in the photo folder is the photo, byte for byte."""
    (path,) = app.extensions["settings"].photo_dir.rglob("*.orig")
    return path.read_bytes() == data


def age_parts(app: Flask, now: datetime, **by: float) -> None:
    """Let the parts on the disk be older than a moment: ``age_parts(app, clock.now, days=31)``."""
    then = (now - timedelta(**by)).timestamp()
    for path in app.extensions["settings"].photo_dir.rglob("*.part"):
        os.utime(path, (then, then))


def audited(app: Flask, action: str) -> list[AuditEntry]:
    """The audit entries of an action."""
    with inside(app):
        return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def digest(data: bytes) -> str:
    """The identity of a photo."""
    return sha256(data).hexdigest()


@pytest.fixture(autouse=True)
def _empty_folder(request: pytest.FixtureRequest) -> None:
    """The app is that of every test; so is its folder."""
    if "app" in request.fixturenames:
        settings = request.getfixturevalue("app").extensions["settings"]
        for path in settings.photo_dir.rglob("*.*"):
            path.unlink()


@pytest.fixture
def mei(login: Callable[..., FlaskClient]) -> FlaskClient:
    """Mei, signed in."""
    return login(MEI)


@pytest.fixture
def phone(app: Flask, mei: FlaskClient) -> Phone:
    """Her phone and one household."""
    return Phone(app, mei)
