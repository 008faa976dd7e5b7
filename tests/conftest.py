"""Fixtures of the whole suite. Every test that asks for ``app`` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from server import config
from server.accounts.models import LoginSession
from server.accounts.routes import issue_tokens, limiter
from server.app import create_app
from server.core import clock as core_clock
from server.core import disk
from server.core.db import Base, db
from tests import factories
from tests.contract import conformance
from tests.factories import Person
from tests.support import fresh, postgres

SECRET = "a secret only the tests know, long enough"


def pytest_configure(config: pytest.Config) -> None:
    """One folder for the PostgreSQL servers of this run; workers inherit its name."""
    if postgres.FOLDER_VARIABLE not in os.environ:
        os.environ[postgres.FOLDER_VARIABLE] = tempfile.mkdtemp(prefix="liangdeng-test-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that started the run, not a worker, ends the servers."""
    if not hasattr(config, "workerinput"):
        postgres.stop_all(Path(os.environ.pop(postgres.FOLDER_VARIABLE)))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many requests the matrix of everybody and everything took, and how many cases were generated."""
    reports = [each for each in terminalreporter.getreports("passed") if each.when == "call"]
    for name, what in (
        ("matrix_requests", "requests by callers"),
        ("fuzz_cases", "generated cases by callers"),
    ):
        counts = [value for each in reports for key, value in each.user_properties if key == name]
        if counts:
            terminalreporter.write_line(f"{name}: {sum(counts)} {what} in {len(counts)} runs, no fault")


@pytest.fixture(autouse=True, scope="session")
def _roomy_disk() -> Iterator[None]:
    """Whoever runs the tests may have a full disk."""
    with disk.measured_by(lambda _folder: 50.0):
        yield


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Which database engine the test runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def make_settings(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., config.Settings]:
    """Settings of an app with its own folder: ``make_settings("sqlite", photo_max_bytes=10)``."""

    def make(engine: str, **changes: Any) -> config.Settings:
        folder = tmp_path_factory.mktemp("data")
        values: dict[str, Any] = {
            "data_dir": folder,
            "jobs_url": "memory:",
            "secret_key": SECRET,
            "testing": True,
        }
        values |= {"pwa_dir": folder / "no-pwa", "login_attempts_per_minute": 1000, "log_level": "WARNING"}
        if engine == "postgresql":
            values["database_url"] = new_postgres_database(folder.name)
        return config.from_values(values | changes)

    return make


def new_postgres_database(name: str) -> str:
    """URL of an empty database on the server of this run."""
    port = postgres.server_port()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with psycopg.connect(f"postgresql://tester@127.0.0.1:{port}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{worker}_{name}"')
    return f"postgresql://tester@127.0.0.1:{port}/{worker}_{name}"


@pytest.fixture(scope="session")
def _shared_app(engine: str, make_settings: Callable[..., config.Settings]) -> Iterator[Flask]:
    app = create_app(make_settings(engine))
    conformance.watch(app)
    with app.app_context():
        fresh.hurry(db.engine)
        Base.metadata.create_all(db.engine)
    gc.freeze()  # it stays until the end: looking through it again and again took a tenth of the tests' time
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(_shared_app: Flask, clock: Clock) -> Iterator[Flask]:
    """The app with the regions and cast of ``tests.factories`` and nothing else; its clock stands still."""
    begin_again(_shared_app)
    limiter.storage.reset()
    yield _shared_app
    _shared_app.extensions["job_queue"].flush()


def begin_again(app: Flask) -> None:
    """The regions, the cast, and nothing else. Their rows are made once and then put back as they were."""
    with app.app_context():
        if "as_it_was" not in app.extensions:
            app.extensions["empty"] = fresh.keep(db.engine, "empty")
            factories.build_world(app)
            app.extensions["as_it_was"] = fresh.keep(db.engine, "as_it_was")
        app.extensions["as_it_was"]()


def empty(app: Flask) -> None:
    """Not even the regions and the cast."""
    with app.app_context():
        app.extensions["empty"]()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller who has not signed in."""
    return app.test_client()


@pytest.fixture
def login(app: Flask) -> Callable[[Person], FlaskClient]:
    """``login(MEI)`` is a client that sends Mei's access token."""

    def sign_in(person: Person) -> FlaskClient:
        return client_of(app, factories.make_session(app, person))

    return sign_in


def client_of(app: Flask, session: LoginSession, kind: str = "access_token") -> FlaskClient:
    """A client that sends one of a session's tokens."""
    client = app.test_client()
    with app.app_context():
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {issue_tokens(session)[kind]}"
    return client


class Clock:
    """A clock that stands still until told otherwise."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def advance(self, **by: float) -> None:
        """Let time pass: ``clock.advance(minutes=5)``."""
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """10:00 on 23 November 2026 in the county, standing still; ``app`` lives by it."""
    standing = Clock(datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    with core_clock.clock_at(lambda: standing.now):
        yield standing


@pytest.fixture
def as_user(app: Flask, login: Callable[[Person], FlaskClient]) -> Callable[[str, str], FlaskClient]:
    """``as_user("township", "450321100")`` is a signed-in client of a new user."""
    return lambda role, region_code: login(factories.make_user(app, role, region_code))
