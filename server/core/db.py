"""The database handle, its column types, and the one way to open a transaction."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar, cast

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import URL, BigInteger, Connection, DateTime, Engine, Integer, MetaData, event
from sqlalchemy.engine import Dialect, RootTransaction
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from server.core.prepared import send
from server.core.sqlite_log import BUSY_SECONDS, SQLITE_LOG

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_LOOK_SECONDS = 0.0002
_FEN = Decimal(100)
_CONNECTION, _HELD = "connection", "held"
_writing: ContextVar[bool] = ContextVar("writing", default=False)
_turn_at_hand: ContextVar[Turn | None] = ContextVar("turn", default=None)
_threads = Lock()
_checks: list[Callable[[Session], None]] = []
_short_lived = [_CONNECTION]
T = TypeVar("T")


class Base(DeclarativeBase):
    """Base of every table; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(naming_convention=_NAMES)


class HeldSession(FlaskSession):
    """A session that joins the connection a transaction was begun on."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        """The held connection, else the engine."""
        held: Connection | None = self.info.get(_HELD)
        return super().get_bind(*args, **kwargs) if held is None else held


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "class_": HeldSession})

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

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """On SQLite the text that SQLAlchemy would make of it, made in one step: a visit writes twelve."""
        return instant_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give back an aware instant."""
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def instant_text(value: datetime | None) -> str | None:
    """An instant as SQLite keeps it, in UTC. Raises ValueError for a naive one."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("an instant must carry its zone")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


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

    Opened by a route, a job or a command, never by a service. On SQLite it takes the write lock at its begin
    (``BEGIN IMMEDIATE``), so that a reader never turns writer half-way and fails with "database is locked".
    """
    session = db.session()
    session.rollback()  # ends the read transaction that authorising the request began
    _forget(session)
    token = _writing.set(True)
    try:
        with turns():
            if isinstance(session, HeldSession):
                yield from _held(session, _turn_at_hand.get() or Turn())
            else:
                yield from _committed(session)
    finally:
        _writing.reset(token)


def _held(session: HeldSession, turn: Turn) -> Iterator[None]:
    """A transaction on the turn's connection. The session joins it only if somebody asks the session."""
    connection = turn.connect(session)
    begun = connection.begin()
    session.info[_HELD] = session.info[_CONNECTION] = connection
    try:
        yield
        if session.in_transaction():
            session.commit()  # flushes and checks; what it joined is committed below
        else:
            _check(session)
        _commit(connection, begun)
    except BaseException:
        session.rollback()
        turn.close()  # and with it whatever was begun
        raise
    finally:
        session.info.pop(_HELD, None)
        _forget(session)


def _commit(connection: Connection, begun: RootTransaction) -> None:
    """Commit; after a failure nobody knows what is still open there, so nobody gets the connection again."""
    try:
        begun.commit()
    except BaseException:
        connection.invalidate()
        raise


def _committed(session: Session) -> Iterator[None]:
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


def disconnect() -> None:
    """Close the connections that wait to be used again; new ones are opened when they are needed."""
    db.engine.dispose()


def present_connection() -> Connection:
    """The connection of the present transaction, begun if need be; the session is asked once in each."""
    session = db.session()
    found: Connection | None = session.info.get(_CONNECTION)
    if found is None:
        found = session.info[_CONNECTION] = session.connection()
    return found


@contextmanager
def brief_connection() -> Iterator[Connection]:
    """The connection of the present transaction; outside of any, one for a statement that only reads.

    Such a statement sees all that is committed and leaves no transaction open behind it, which on SQLite
    keeps the log from being folded back and on PostgreSQL costs two more messages.
    """
    session = db.session()
    if session.in_transaction() or _HELD in session.info or not isinstance(session, HeldSession):
        yield present_connection()
        return
    with db.engine.connect() as connection, _without_begin(connection):
        yield connection


@contextmanager
def _without_begin(connection: Connection) -> Iterator[None]:
    """Run a block on a connection that is in no transaction, each of its statements by itself."""
    driver = cast("Any", connection.connection.dbapi_connection)
    is_postgres = connection.dialect.name == "postgresql"  # SQLite begins only when it is told to
    if is_postgres:
        driver.autocommit = True
    try:
        yield
    finally:
        if is_postgres:
            driver.autocommit = False


def before_commit(check: Callable[[Session], None]) -> Callable[[Session], None]:
    """Have a function look at every transaction before it commits; it raises to prevent that."""
    _checks.append(check)
    event.listen(Session, "before_commit", check)
    return check


def lives_a_transaction(name: str) -> str:
    """Declare an entry of ``session.info`` that is forgotten when the transaction ends."""
    _short_lived.append(name)
    return name


def _check(session: Session) -> None:
    for check in _checks:
        check(session)


def _forget(session: Session) -> None:
    for name in _short_lived:
        session.info.pop(name, None)


@event.listens_for(Session, "after_transaction_end")
def _forget_at_end(session: Session, ended: Any) -> None:
    if ended.parent is None:
        _forget(session)


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


class Turn:
    """One after the other on the same connection: what it has read of the database it need not read again."""

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._count = 0
        self.memo: dict[Any, Any] = {}

    def connect(self, session: Session) -> Connection:
        """The connection of its next transaction, the same for all."""
        if self._connection is None:
            self._connection = cast("Engine", session.get_bind()).connect()
        self._count += 1
        return self._connection

    def end(self) -> None:
        """Look after the log, as long as nobody else may write."""
        if self._connection is not None and self._connection.dialect.name == "sqlite":
            SQLITE_LOG.grown(self._connection, self._count)

    def close(self) -> None:
        """Give the connection back; what was begun on it is rolled back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


@contextmanager
def turns() -> Iterator[None]:
    """Queue for SQLite's one write lock, so that it does not lie idle while many phones send at once.

    SQLite itself lets those who wait sleep longer and longer; here they look again after a millisecond. After
    the time that SQLite would wait they go on, and get its "database is locked". Around several transactions
    it keeps the turn from one to the next: while they are written, other processes prepare theirs.
    """
    if _turn_at_hand.get() is not None:
        yield
        return
    db.session.rollback()  # whoever waits must not keep the log from being folded back
    turn = Turn()
    token = _turn_at_hand.set(turn)
    try:
        with _turn():
            yield
            turn.end()
    finally:
        _turn_at_hand.reset(token)
        turn.close()


def known_since(key: Any, ask: Callable[[], T]) -> T:
    """What ``ask`` gives, asked again in this turn only when another connection has written meanwhile.

    For what the transactions of a turn do not change themselves. Where the database cannot say whether
    somebody has written (PostgreSQL), and outside of any turn, it is asked each time.
    """
    turn, connection = _turn_at_hand.get(), present_connection()
    if turn is None or connection.dialect.name != "sqlite":
        return ask()
    (version,) = send(connection, "PRAGMA data_version").fetchone()
    seen = (connection, version)
    if turn.memo.get(key, (None,))[0] != seen:
        turn.memo[key] = (seen, ask())
    found: T = turn.memo[key][1]
    return found


@contextmanager
def _turn() -> Iterator[None]:
    path = _turn_file(db.engine.url)
    if path is None:
        yield
        return
    deadline = time.monotonic() + BUSY_SECONDS
    is_first = _threads.acquire(timeout=BUSY_SECONDS)  # one thread of a process looks, the others sleep
    try:
        queue = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)  # a lock, never read
        try:
            while not _taken(queue) and time.monotonic() < deadline:
                time.sleep(_LOOK_SECONDS)
            yield
        finally:
            os.close(queue)
    finally:
        if is_first:
            _threads.release()


@lru_cache(maxsize=16)
def _turn_file(url: URL) -> str | None:
    """What processes lock to take turns; None where the engine needs no turns."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return f"{url.database}-turn"


def _taken(queue: int) -> bool:
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
        "wal_autocheckpoint = 40000",  # pages: a last resort, see sqlite_log
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        send(connection, "BEGIN IMMEDIATE" if _writing.get() else "BEGIN")
