"""Has the database changed, in which tables and places; and back to how it was."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask

from server.core.db import Base, db

Rows = dict[str, list[tuple[Any, ...]]]
NO_PLACE = ("", "0", "-")


class State:
    """The database as it was when this was made."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            self.url = db.engine.url
        self.tables = [table.name for table in Base.metadata.sorted_tables]
        self.is_sqlite = self.url.drivername.startswith("sqlite")
        self.connection = self._connect()
        self.before = {} if self.is_sqlite else {name: self._rows(name) for name in self.tables}
        self.version = self._version()

    def _connect(self) -> Any:
        if not self.is_sqlite:
            return self._connect_postgres()
        self.copy = sqlite3.connect(f"{self.url.database}.copy")
        live = sqlite3.connect(str(self.url.database), timeout=30, isolation_level=None)
        live.backup(self.copy)
        live.execute("ATTACH DATABASE ? AS base", (f"{self.url.database}.copy",))
        return live

    def _connect_postgres(self) -> Any:
        plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(plain, autocommit=True)
        connection.execute("CREATE SCHEMA base")
        for name in self.tables:
            connection.execute(f'CREATE TABLE base."{name}" AS TABLE public."{name}"')
        return connection

    def _version(self) -> Any:
        """Something that differs when anybody else has written; cheap."""
        if self.is_sqlite:
            return self.connection.execute("PRAGMA data_version").fetchone()
        # xmin is the transaction that wrote a row: new and changed rows have another, and rows are counted.
        written = "coalesce(sum(xmin::text::bigint), 0)"
        parts = (f"SELECT '{name}' AS n, count(*), {written} FROM public.\"{name}\"" for name in self.tables)
        return self.connection.execute(" UNION ALL ".join(parts)).fetchall()

    def _rows(self, name: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.connection.execute(f'SELECT * FROM "{name}"').fetchall()]

    def changes(self) -> dict[str, set[str]]:
        """Tables that changed, each with the region codes of the rows that came, went or differ."""
        version = self._version()
        if version == self.version:
            return {}
        found = {
            name: self._places(name, rows)
            for name in self._suspects(version)
            if (rows := self._differing(name))
        }
        if not found:
            self.version = version
        return found

    def _suspects(self, version: Any) -> list[str]:
        if self.is_sqlite:
            return self.tables
        return [new[0] for new, old in zip(version, self.version, strict=True) if new != old]

    def _differing(self, name: str) -> list[tuple[Any, ...]]:
        if self.is_sqlite:
            here, then = f'SELECT * FROM main."{name}"', f'SELECT * FROM base."{name}"'
            query = f"SELECT * FROM ({here} EXCEPT {then}) UNION ALL SELECT * FROM ({then} EXCEPT {here})"
            return [tuple(row) for row in self.connection.execute(query)]
        before, now = ({repr(row): row for row in rows} for rows in (self.before[name], self._rows(name)))
        return [
            row
            for one, other in ((before, now), (now, before))
            for key, row in one.items()
            if key not in other
        ]

    def _places(self, name: str, rows: list[tuple[Any, ...]]) -> set[str]:
        columns = [d[0] for d in self.connection.execute(f'SELECT * FROM "{name}" LIMIT 0').description]
        key = next((c for c in ("region_code", "county_code") if c in columns), None)
        return {row[columns.index(key)] for row in rows} - set(NO_PLACE) if key else set()

    def restore(self) -> None:
        """Put every row back."""
        if self.is_sqlite:
            self.copy.backup(self.connection)
        else:
            self._put_back()
        self.version = self._version()

    def _put_back(self) -> None:
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers, no foreign keys
            for name in self.changes():
                query = (
                    "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
                    "WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'"
                )
                (columns,) = cursor.execute(query, (name,)).fetchone() or ("",)
                cursor.execute(f'DELETE FROM public."{name}"')
                copied = f'INSERT INTO public."{name}" ({columns}) SELECT {columns} FROM base."{name}"'
                cursor.execute(copied)

    def close(self) -> None:
        self.connection.close()
        if self.is_sqlite:
            self.copy.close()
            Path(f"{self.url.database}.copy").unlink(missing_ok=True)
