"""Installations of their own, to back up and to restore: their database is exchanged, so none is shared."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect

from server import config
from server.accounts.routes import issue_tokens
from server.app import create_app
from server.backups import keys, services
from server.backups.archive import Container
from server.core import state
from server.core.changes import Position
from server.core.db import Base, db
from server.core.jobs import run_pending
from tests import factories
from tests.conftest import Clock, client_of
from tests.factories import MEI, Person, inside, make_household
from tests.photos.conftest import digest
from tests.photos.pictures import picture
from tests.visits.bodies import send, visit_of

PASSPHRASE = "an umbrella for the well"
PICTURES = [picture(size=(120 + n, 90), quality=90) for n in range(4)]


class Office:
    """An installation: its app, its commands, one phone."""

    def __init__(self, app: Flask, clock: Clock) -> None:
        self.app, self.clock = app, clock
        self.settings: config.Settings = app.extensions["settings"]

    def set_up_empty(self) -> Office:
        """A new database, as flask setup leaves it."""
        with self.app.app_context():
            Base.metadata.create_all(db.engine)
        with factories.writing(self.app):
            state.ensure_epoch()
        return self

    def has_tables(self) -> bool:
        """Whether there is a database of ours."""
        with self.app.app_context():
            return bool(inspect(db.engine).get_table_names())

    def set_up(self) -> Office:
        """A new database with the cast of the tests."""
        self.set_up_empty()
        factories.build_world(self.app)
        self.household = make_household(self.app)
        return self

    def run(
        self, *words: str, passphrase: str | None = PASSPHRASE, code: int = 0, busy: bool = False
    ) -> Result:
        """A ``flask backup`` command as the shell runs it; nobody else is connected unless ``busy``."""
        if not busy:
            self.close()
        before = self.app.extensions["settings"]
        self.app.extensions["settings"] = replace(before, backup_passphrase=passphrase or "")
        try:
            done = self.app.test_cli_runner().invoke(args=["backup", *words])
        finally:
            self.app.extensions["settings"] = before
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == code, done.output + done.stderr
        return done

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def create(self, *words: str, busy: bool = False) -> Path:
        """Make a backup, a minute after the last; its path."""
        self.clock.advance(minutes=1)
        done = self.run("create", *words, busy=busy)
        return self.settings.backup_dir / done.stdout.split()[0]

    def client(self, person: Person = MEI) -> FlaskClient:
        """Somebody signed in."""
        return client_of(self.app, factories.make_session(self.app, person))

    def sign_in(self, person: Person = MEI) -> str:
        """The refresh token of somebody who signed in."""
        session = factories.make_session(self.app, person)
        with self.app.app_context():
            return issue_tokens(session)["refresh_token"]

    def visit(self, client: FlaskClient, *photos: bytes, check: bool = True, **changes: Any) -> str:
        """Send a visit with photos and have them checked; the visit's id."""
        promised = [
            {"sha256": digest(data), "length": len(data), "kind": "house", "taken_at": None}
            for data in photos
        ]
        body = visit_of(self.household.id, photos=promised, **changes)
        reply = send(client, body)
        assert reply.status_code == 201, reply.json
        for data in photos:
            self.send_photo(client, body["id"], data, check=check)
        return str(body["id"])

    def send_photo(self, client: FlaskClient, visit_id: str, data: bytes, *, check: bool = True) -> None:
        """Send a photo whole."""
        address = f"/api/v1/visits/{visit_id}/photos/{digest(data)}"
        reply = client.put(address, data=data, content_type="application/octet-stream")
        assert reply.status_code in (200, 201), reply.json
        if check:
            run_pending(self.app)

    def epoch(self) -> str | None:
        """The database's."""
        with inside(self.app):
            return state.epoch()

    def durable(self) -> Position:
        """What phones may forget."""
        with inside(self.app):
            return services.durable_position()

    def rows(self, query: Any) -> list[Any]:
        """Rows past every scope."""
        with inside(self.app):
            return list(db.session.execute(query).all())

    def contents(self) -> list[Path]:
        """The photo contents in the backup folder."""
        return sorted(p for p in (self.settings.backup_dir / "photos").rglob("*") if len(p.name) == 40)

    def photo_files(self) -> dict[str, bytes]:
        """Everything in the photo folder."""
        folder = self.settings.photo_dir
        return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(autouse=True)
def _cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slowness of the real recipe is not what these tests are about."""
    monkeypatch.setattr(keys, "COST", 2**14)


Maker = Callable[..., Office]


@contextmanager
def offices(engine: str, make_settings: Callable[..., config.Settings], clock: Clock) -> Iterator[Maker]:
    made: list[Office] = []

    def make(**changes: Any) -> Office:
        office = Office(create_app(make_settings(engine, **changes)), clock)
        made.append(office)
        return office

    yield make
    for office in made:
        office.close()
        shutil.rmtree(office.settings.data_dir)


@pytest.fixture
def make_office(engine: str, make_settings: Callable[..., config.Settings], clock: Clock) -> Iterator[Maker]:
    """``make_office()`` is an installation without a database yet."""
    with offices(engine, make_settings, clock) as make:
        yield make


@pytest.fixture
def office(make_office: Maker) -> Office:
    """A working installation."""
    return make_office().set_up()


@pytest.fixture
def make_small_office(make_settings: Callable[..., config.Settings], clock: Clock) -> Iterator[Maker]:
    """The same on SQLite, for what has nothing to do with the database."""
    with offices("sqlite", make_settings, clock) as make:
        yield make


@pytest.fixture
def small_office(make_small_office: Maker) -> Office:
    """A working installation on SQLite."""
    return make_small_office().set_up()


@pytest.fixture
def postgres_office(make_settings: Callable[..., config.Settings], clock: Clock) -> Iterator[Office]:
    """One on PostgreSQL, for what only happens there."""
    with offices("postgresql", make_settings, clock) as make:
        yield make().set_up()


def manifest(path: Path) -> dict[str, Any]:
    """The table of contents of a backup."""
    return Container(path, PASSPHRASE).manifest()
