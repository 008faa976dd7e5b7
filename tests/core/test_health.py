"""GET /healthz: 200 only when database and photo store can take work."""

from __future__ import annotations

import os

from server import __version__
from server.app import create_app
from server.core import state
from server.core.db import db, transaction
from server.core.scope import EVERYTHING, region_scope
from tests.factories import inside


def test_healthy_server_tells_version_and_epoch(app, client):
    with inside(app), transaction():
        state.ensure_epoch()
    with inside(app):
        epoch = state.epoch()
    reply = client.get("/healthz")
    assert reply.status_code == 200
    assert reply.json == {"status": "ok", "version": __version__, "epoch": epoch}


def test_epoch_is_made_once(app):
    with inside(app):
        with transaction():
            state.ensure_epoch()
        first = state.epoch()
        with transaction():
            state.ensure_epoch()
        assert state.epoch() == first
        assert len(first) == 16


def test_database_without_tables_is_not_healthy(make_settings, engine):
    empty = create_app(make_settings(engine))
    reply = empty.test_client().get("/healthz")
    assert (reply.status_code, reply.json["failing"]) == (503, "database")
    with empty.app_context():
        db.engine.dispose()  # a connection left to the garbage collector fails some later test
    with empty.app_context():
        db.engine.dispose()  # a connection left to the garbage collector fails some later test


def test_photo_store_that_cannot_be_written_is_not_healthy(client, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    reply = client.get("/healthz")
    assert (reply.status_code, reply.json["failing"]) == (503, "photo_store")


def test_health_check_leaves_no_scope_open(client):
    from server.core.scope import current_scope

    client.get("/healthz")
    assert current_scope() is None
    with region_scope(EVERYTHING):
        assert current_scope() == EVERYTHING
