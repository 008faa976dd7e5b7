"""SQLite's log of what is written, and when it begins anew."""

from __future__ import annotations

from threading import Lock

from sqlalchemy import Connection

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
