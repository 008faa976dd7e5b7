"""Rows of a region-scoped table read with the bare driver: for worker processes that go through a county.

SQLAlchemy would take longer to start than the work takes. Only whole ranges of region codes can be asked
for, so that a caller always says whose rows it wants; services pass the scope they were given.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag

from server.core.sealing import Sealer

_ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Source:
    """Where the rows are and how to open what is sealed; travels over a pipe, never on a command line.

    ``sealed`` is the column that holds sealed bytes bound to ``table:key``, ``key`` the row's first column.
    """

    url: str
    secret: str
    table: str
    columns: Sequence[str]
    sealed: str

    def rows(self, lower: str, upper: str) -> Iterator[tuple[Any, ...]]:
        """The columns of every row of the region codes ``lower`` to ``upper``, both included.

        The last value is the unsealed bytes, or None where they cannot be opened.
        """
        cipher = Sealer(bytes.fromhex(self.secret))
        names = ", ".join(_checked(name) for name in (*self.columns, self.sealed))
        query = f"SELECT {names} FROM {_checked(self.table)} WHERE region_code >= ? AND region_code <= ?"  # noqa: S608 - checked names
        for row in _fetched(self.url, query, (lower, upper)):
            yield (*row[:-1], self._opened(cipher, row))

    def _opened(self, cipher: Sealer, row: Sequence[Any]) -> bytes | None:
        try:
            return cipher.unseal(bytes(row[-1]), f"{self.table}:{key_text(row[0])}")
        except (InvalidTag, ValueError):
            return None


def key_text(key: Any) -> str:
    """A UUID as 32 hex digits, whichever way the driver gives it."""
    return key if isinstance(key, str) else str(key.hex)


def _checked(name: str) -> str:
    if not name.isidentifier() or not name.isascii():
        raise ValueError(f"{name!r} is no column")
    return name


def _fetched(url: str, query: str, values: tuple[str, str]) -> Iterator[Sequence[Any]]:
    if url.startswith("sqlite:///"):
        path = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
            yield from _batches(connection.execute(query, values))
        return
    import psycopg  # noqa: PLC0415 - only this engine needs the driver

    with psycopg.connect(url) as rows, psycopg.ServerCursor(rows, "rows") as cursor:
        yield from _batches(cursor.execute(query.replace("?", "%s").encode(), values, binary=True))


def _batches(cursor: Any) -> Iterator[Sequence[Any]]:
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        yield from rows
