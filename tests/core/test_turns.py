"""Writers take turns at SQLite's one write lock; a row of transactions keeps its turn."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy.exc import OperationalError

from server.core import audit
from server.core import db as core_db
from server.core.audit import AuditEntry
from server.core.db import db, transaction, turns
from server.core.sqlite_log import SQLITE_LOG
from tests.factories import GRID, inside

SQLITE_ONLY = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


def note(app, name):
    with inside(app), transaction():
        audit.record(f"turn.{name}", ("test", 1), GRID)


def write_and_fail():
    audit.record("turn.second", ("test", 1), GRID)
    _ = 1 / 0


def noted(app):
    with inside(app):
        names = db.session.scalars(db.select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    return [name for name in names if name.startswith("turn.")]


def other_writer(app):
    """Somebody who writes as soon as they are let; and the event that they have begun to wait."""
    begun = Event()

    def write():
        begun.set()
        note(app, "other")

    thread = Thread(target=write)
    thread.start()
    begun.wait(10)
    return thread


@SQLITE_ONLY
def test_nobody_comes_between_transactions_of_one_turn(app, engine):
    with app.app_context(), turns():
        note(app, "first")
        other = other_writer(app)
        other.join(0.3)
        assert other.is_alive()
        note(app, "second")
    other.join(10)
    assert noted(app) == ["turn.first", "turn.second", "turn.other"]


def test_each_transaction_of_a_turn_stands_by_itself(app):
    with app.app_context(), turns():
        note(app, "first")
        with inside(app), pytest.raises(ZeroDivisionError), transaction():
            write_and_fail()
        note(app, "third")
    assert noted(app) == ["turn.first", "turn.third"]


def test_a_commit_that_fails_leaves_nothing_open_for_the_next_one(app, monkeypatch):
    with app.app_context():
        dialect = db.engine.dialect

    def fail(_connection):
        raise dialect.loaded_dbapi.OperationalError("disk I/O error")

    with monkeypatch.context() as broken:
        broken.setattr(dialect, "do_commit", fail)
        with inside(app), pytest.raises(OperationalError), transaction():
            audit.record("turn.lost", ("test", 1), GRID)
    note(app, "next")
    assert noted(app) == ["turn.next"]


def test_a_turn_that_ended_in_an_error_is_over(app):
    with app.app_context(), pytest.raises(ZeroDivisionError), turns():
        _ = 1 / 0
    other = other_writer(app)
    other.join(10)
    assert noted(app) == ["turn.other"]


@SQLITE_ONLY
def test_a_database_that_stays_locked_is_busy_as_for_any_other_statement(app, engine, monkeypatch):
    with app.app_context():
        db.engine.dispose()
        monkeypatch.setattr(core_db, "BUSY_SECONDS", 1)
        stranger = sqlite3.connect(db.engine.url.database, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="database is locked"):
        note(app, "locked")
    stranger.close()
    monkeypatch.undo()
    with app.app_context():
        db.engine.dispose()  # with the connection that waits so little
    note(app, "later")
    assert noted(app) == ["turn.later"]


# --- SQLite's log -------------------------------------------------------------------------------------------


@pytest.fixture
def log_size(app, monkeypatch):
    """The length of the log, which begins empty and is looked after every five transactions."""
    monkeypatch.setattr(SQLITE_LOG, "TRANSACTIONS", 5)
    monkeypatch.setattr(SQLITE_LOG, "_count", 0)
    with app.app_context():
        path = Path(f"{db.engine.url.database}-wal")
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return lambda: path.stat().st_size


def grow(app, transactions):
    for _ in range(transactions):
        note(app, "grow")


def reading(app):
    """Somebody in the middle of reading."""
    with app.app_context():
        reader = sqlite3.connect(db.engine.url.database, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM audit_entry").fetchone()
    return reader


@SQLITE_ONLY
def test_the_log_is_written_from_its_start_again_and_again(app, engine, log_size):
    grow(app, 20)
    early = log_size()
    grow(app, 100)
    assert 0 < log_size() < early * 1.5


@SQLITE_ONLY
def test_a_reader_that_stays_does_not_stop_writers_and_the_log_is_folded_once_it_is_gone(
    app, engine, log_size
):
    grow(app, 5)
    reader = reading(app)
    started = time.monotonic()
    grow(app, 20)
    assert time.monotonic() - started < 5
    grown = log_size()
    reader.close()
    grow(app, 60)
    assert log_size() < grown * 1.5


@SQLITE_ONLY
def test_whoever_waits_for_the_turn_is_no_reader(app, engine):
    with inside(app):
        db.session.scalar(db.select(AuditEntry.seq).limit(1))
        with turns():
            assert not db.session().in_transaction()
