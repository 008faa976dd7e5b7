"""The engines' logs of what is written: how long SQLite's grows, and when PostgreSQL's is on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, cast

from sqlalchemy import Connection, Engine

from server.core.prepared import send

BUSY_SECONDS = 10  # how long a writer waits for others before it gives up


class _SqliteLog:
    """SQLite's log of this process: after so many transactions it is folded back and written from its start.

    SQLite by itself folds back what no reader needs, but begins anew only when it finds none. Under load
    there always is one: the log grew without end, and every commit tried again. Here the few readers there
    are, with their milliseconds, are waited for while nobody writes. A log that is written over costs a
    commit half the time of one that grows.
    """

    TRANSACTIONS, PATIENCE_MS = 150, 100

    def __init__(self) -> None:
        self._count, self._lock = 0, Lock()

    def grown(self, connection: Connection, transactions: int) -> None:
        """So many transactions more; the connection is in none, and has the turn."""
        with self._lock:
            self._count += transactions
            if self._count < self.TRANSACTIONS:
                return
            self._count = 0
        driver = connection.connection.cursor()
        driver.execute(f"PRAGMA busy_timeout = {self.PATIENCE_MS}")
        driver.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
        driver.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


SQLITE_LOG = _SqliteLog()


FLUSH = "SELECT pg_logical_emit_message(true, 'liangdeng', '')"
"""A commit of its own in PostgreSQL's log: once it is on the disk, so is all that was committed before."""


def flush_log(engine: Engine) -> None:
    """On PostgreSQL, wait until all that was committed before is on the disk; SQLite's commits always are.

    For whoever tells somebody of rows that others may have committed in a turn that has not ended yet.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            by_itself(connection, FLUSH)


def by_itself(connection: Connection, text: str) -> None:
    """Run a statement of PostgreSQL's in a transaction of its own, with one message each way."""
    with without_begin(connection):
        send(connection, text)


@contextmanager
def without_begin(connection: Connection) -> Iterator[None]:
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
