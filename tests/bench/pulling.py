"""Whether a device that pulls from PostgreSQL hears of every change while eight connections write."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from flask import Flask

from server.app import create_app
from server.config import from_values
from server.core.db import Base, db
from tests import factories
from tests.bench.common import Bench, County, Result, machine
from tests.conftest import client_of
from tests.support import postgres, pull_race

WRITERS, ROWS, PAUSE = 8, 3000, 0.002


@contextmanager
def _postgres() -> Iterator[str]:
    """Address of an empty database on a server of its own, in a folder that its user may enter."""
    folder = tempfile.mkdtemp(prefix="liangdeng-bench-")
    os.environ[postgres.FOLDER_VARIABLE] = folder
    try:
        address = f"postgresql://tester@127.0.0.1:{postgres.server_port()}"
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE pulling")
        yield f"{address}/pulling"
    finally:
        postgres.stop_all(Path(os.environ.pop(postgres.FOLDER_VARIABLE)))


def _make(folder: Path, url: str) -> Flask:
    values = {
        "data_dir": folder,
        "jobs_url": "memory:",
        "secret_key": "of the benchmark, long enough to be one",
    }
    app = create_app(from_values(values | {"database_url": url, "log_level": "WARNING"}))
    with app.app_context():
        Base.metadata.create_all(db.engine)
    factories.build_world(app)
    return app


def pg_pull_missed(county: County) -> Iterator[Result]:
    """Changes that a device never hears of although they were committed; must be 0."""
    with _postgres() as url:
        app = _make(county.folder / "pulling", url)
        client = client_of(app, factories.make_session(app, factories.MEI))
        started = time.perf_counter()
        race = pull_race.run(app, client, factories.GRID, writers=WRITERS, rows=ROWS, pause=PAUSE)
        seconds = time.perf_counter() - started
        with app.app_context():
            db.engine.dispose()
    note = (
        f"PostgreSQL, {WRITERS} writers, {ROWS} changes each in transactions of 1 to 5 that overtake "
        f"each other, one device pulling all the while: {race.pulls} pulls in {seconds:.0f} s; {machine()}"
    )
    yield Result("pg_pull_missed", len(race.missed), "changes", len(race.written), note)


BENCHES: dict[str, Bench] = {"pg_pull_missed": pg_pull_missed}
