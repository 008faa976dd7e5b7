"""The database handle, its column types, and the one way to open a transaction."""

from __future__ import annotations

import fcntl
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from threading import Lock
from typing import IO, Any, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Connection, DateTime, Engine, Integer, MetaData, event
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from server.core.prepared import send

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_SECONDS = 10  # how long a writer waits for others before it gives up
_LOOK_SECONDS = 0.001
_FEN = Decimal(100)
_CONNECTION = "connection"
_writing: ContextVar[bool] = ContextVar("writing", default=False)
_in_turn: ContextVar[bool] = ContextVar("in_turn", default=False)
_threads = Lock()


class Base(DeclarativeBase):
    """Base of every table; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(naming_convention=_NAMES)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

# SQLite numbers rows by itself only for its own INTEGER PRIMARY KEY.
SequenceInteger = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant on both engines (SQLite itself keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants: they would silently shift by eight hours."""
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant must carry its zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give back an aware instant."""
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """Decimal yuan with two places, kept as whole fen: exact on both engines."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Refuse what does not fit whole fen instead of rounding it."""
        if value is None:
            return None
        fen = value * _FEN
        if fen != fen.to_integral_value():
            raise ValueError("money has at most two decimals")
        return int(fen)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Give back yuan."""
        return None if value is None else (Decimal(int(value)) / _FEN).quantize(Decimal("0.01"))


@contextmanager
def transaction() -> Iterator[None]:
    """One write transaction: commits when the block ends, rolls back when it raises.

    Opened by a route, a job or a command, never by a service. On SQLite it takes the write lock at
    its first statement (``BEGIN IMMEDIATE``), so that a reader never turns writer half-way and fails
    with "database is locked".
    """
    db.session.rollback()  # ends the read transaction that authorising the request began
    token = _writing.set(True)
    try:
        with turns():
            yield from _committed()
    finally:
        _writing.reset(token)


def present_connection() -> Connection:
    """The connection of the present transaction, begun if need be; the session is asked once in each."""
    session = db.session()
    found: Connection | None = session.info.get(_CONNECTION)
    if found is None:
        found = session.info[_CONNECTION] = session.connection()
    return found


@event.listens_for(Session, "after_transaction_end")
def _forget_connection(session: Session, ended: Any) -> None:
    if ended.parent is None:
        session.info.pop(_CONNECTION, None)


@contextmanager
def session_on(bind: Engine | Connection) -> Iterator[None]:
    """Run a block with ``db.session`` on another database, or on a connection with a snapshot of its own.

    For commands that look at a database as a whole; never inside a request.
    """
    db.session.remove()
    db.session.registry.set(cast("Any", Session(bind, expire_on_commit=False)))
    try:
        yield
    finally:
        db.session.remove()


def _committed() -> Iterator[None]:
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


@contextmanager
def turns() -> Iterator[None]:
    """Queue for SQLite's one write lock, so that it does not lie idle while many phones send at once.

    SQLite itself lets those who wait sleep longer and longer; here they look again after a millisecond. After
    the time that SQLite would wait they go on, and get its "database is locked". Around several transactions
    it keeps the turn from one to the next: while they are written, other processes prepare theirs.
    """
    if _in_turn.get():
        yield
        return
    token = _in_turn.set(True)
    try:
        with _turn():
            yield
    finally:
        _in_turn.reset(token)


@contextmanager
def _turn() -> Iterator[None]:
    url = db.engine.url
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        yield
        return
    deadline = time.monotonic() + BUSY_SECONDS
    is_first = _threads.acquire(timeout=BUSY_SECONDS)  # one thread of a process looks, the others sleep
    try:
        with open(f"{url.database}-turn", "a") as queue:  # noqa: PTH123 - a lock file, never read
            while not _taken(queue) and time.monotonic() < deadline:
                time.sleep(_LOOK_SECONDS)
            yield
    finally:
        if is_first:
            _threads.release()


def _taken(queue: IO[str]) -> bool:
    try:
        fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@event.listens_for(Engine, "connect")
def _configure_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",  # first: the next one may have to wait for another process
        "journal_mode = WAL",
        "synchronous = FULL",  # an acknowledged visit survives a power cut
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -16000",
        "mmap_size = 268435456",  # what another process has written meanwhile need not be copied in again
        "wal_autocheckpoint = 4000",  # pages: a visit writes thirty, most of them again and again
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        send(connection, "BEGIN IMMEDIATE" if _writing.get() else "BEGIN")
