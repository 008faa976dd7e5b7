"""A database as it was: taken once when the world of the tests is made, put back before every test.

Deleting and inserting rows table by table took a third of an ordinary test's time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, event

from server.core.db import Base


def hurry(engine: Engine) -> None:
    """Let SQLite not wait for the disk: what a test wrote need not survive a power cut."""

    @event.listens_for(engine, "connect")
    def _hurry(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous = OFF")


def keep(engine: Engine, name: str) -> Callable[[], None]:
    """Remember every row of the database under a name; the result puts them back and removes all others."""
    return _keep_sqlite(engine) if engine.dialect.name == "sqlite" else _keep_postgres(engine, name)


def _keep_sqlite(engine: Engine) -> Callable[[], None]:
    """A copy in memory, page by page: triggers that a test dropped are there again, too."""
    copy = sqlite3.connect(":memory:", check_same_thread=False)
    with engine.connect() as connection:
        _driver(connection).backup(copy)

    def put_back() -> None:
        with engine.connect() as connection:
            copy.backup(_driver(connection))

    return put_back


def _keep_postgres(engine: Engine, kept: str) -> Callable[[], None]:
    """Copies in a schema beside, and one function that deletes only where there is something."""
    names = [table.name for table in Base.metadata.sorted_tables]
    with engine.begin() as connection:
        send = connection.exec_driver_sql
        send(f"CREATE SCHEMA {kept}")
        filled = [name for name in names if send(f'SELECT EXISTS (SELECT 1 FROM "{name}")').scalar_one()]
        for name in filled:
            send(f'CREATE TABLE {kept}."{name}" AS SELECT * FROM "{name}"')
        deletes = (f'IF EXISTS (SELECT 1 FROM "{name}") THEN DELETE FROM "{name}"; END IF;' for name in names)
        inserts = (f'INSERT INTO "{name}" SELECT * FROM {kept}."{name}";' for name in filled)
        body = "\n".join(["BEGIN", *deletes, *inserts, "END"])
        # As a replica it asks neither the triggers nor the foreign keys.
        send(
            f"CREATE FUNCTION {kept}.put_back() RETURNS void LANGUAGE plpgsql"
            f" SET session_replication_role = replica AS $body$ {body} $body$"
        )

    def put_back() -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT {kept}.put_back()")

    return put_back


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
