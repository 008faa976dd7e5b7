"""Other tests run in the same process: the simulator leaves it as it was."""

from __future__ import annotations

import os

import jwt.api_jws
import jwt.api_jwt
from flask_jwt_extended import tokens
from sqlalchemy import create_engine, text

from server.photos import services as photo_services
from tests.sim.seeds import machinery


def stood_in() -> list[object]:
    """What a simulation replaces in the process."""
    return [
        jwt.api_jws.PyJWS._load, jwt.api_jwt.datetime, tokens.datetime, photo_services.inspect, os.urandom,
    ]  # fmt: skip


def disk_is_waited_for(folder) -> int:
    """SQLite's setting on a connection that is none of the simulator's."""
    engine = create_engine(f"sqlite:///{folder}/other.db")
    with engine.connect() as connection:
        found = int(connection.execute(text("PRAGMA synchronous")).scalar_one())
    engine.dispose()
    return found


def test_nothing_of_it_stays_behind(tmp_path):
    before, waited = stood_in(), disk_is_waited_for(tmp_path)
    with machinery() as (_node, server):
        server.begin(1, lambda size: b"\0" * size)
        assert stood_in() != before
        assert disk_is_waited_for(tmp_path) == waited
    assert stood_in() == before
