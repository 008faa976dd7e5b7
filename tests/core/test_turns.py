"""Writers take turns at SQLite's one write lock; a row of transactions keeps its turn."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from server.core import audit, changelog
from server.core import db as core_db
from server.core.audit import AuditEntry
from server.core.db import db, transaction, turns
from tests.factories import GRID, inside

POSTGRES_ONLY = pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")
SQLITE_ONLY = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


def note(app, name):
    with inside(app), transaction():
        audit.record(f"turn.{name}", ("test", 1), GRID)


def write_and_fail():
    audit.record("turn.second", ("test", 1), GRID)
    _ = 1 / 0


def note_and_fail(app):
    note(app, "first")
    with inside(app), transaction():
        write_and_fail()


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


# --- PostgreSQL's log ---------------------------------------------------------------------------------------


@pytest.fixture
def told(app):
    """What PostgreSQL was told about its log, and each commit, in order."""
    heard = []

    def statement(_connection, _cursor, text, *_):
        if "synchronous_commit" in text or "emit_message" in text:
            heard.append(text.split("(")[0])

    def commit(_connection):
        heard.append("commit")

    with app.app_context():
        engine = db.engine
        engine.dispose()  # listeners are heard by connections made after them
    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    yield heard
    event.remove(engine, "before_cursor_execute", statement)
    event.remove(engine, "commit", commit)


OFF, RESET = "SET synchronous_commit = off", "RESET synchronous_commit"
FLUSH = "SELECT pg_logical_emit_message"


@POSTGRES_ONLY
def test_the_disk_is_waited_for_once_for_all_transactions_of_a_turn_and_before_it_ends(app, engine, told):
    with app.app_context(), turns():
        note(app, "first")
        note(app, "second")
        assert told == [OFF, "commit", "commit"]
    assert told == [OFF, "commit", "commit", RESET, FLUSH]


@POSTGRES_ONLY
def test_a_turn_that_only_found_what_others_wrote_waits_for_the_disk_too(app, engine, told):
    with app.app_context(), turns():
        pass
    assert told == [FLUSH]


@POSTGRES_ONLY
def test_a_transaction_by_itself_waits_for_the_disk_as_it_always_did(app, engine, told):
    note(app, "alone")
    assert told == ["commit"]


@POSTGRES_ONLY
def test_after_an_error_the_connection_waits_for_the_disk_again(app, engine, told):
    with app.app_context(), pytest.raises(ZeroDivisionError), turns():
        note_and_fail(app)
    assert told == [OFF, "commit", RESET, FLUSH]
    with app.app_context(), db.engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT setting = reset_val FROM pg_settings WHERE name = 'synchronous_commit'"
        )
        assert found.scalar()
    assert noted(app) == ["turn.first"]


@POSTGRES_ONLY
def test_the_place_a_phone_has_read_up_to_is_on_the_disk(app, engine, told):
    with inside(app):
        changelog.settled()
    assert told == [FLUSH]


# --- SQLite's log -------------------------------------------------------------------------------------------


@pytest.fixture
def log_size(app, monkeypatch):
    """The length of the log, which begins empty and is looked after every five transactions."""
    monkeypatch.setattr(core_db.SQLITE_LOG, "TRANSACTIONS", 5)
    monkeypatch.setattr(core_db.SQLITE_LOG, "_count", 0)
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
