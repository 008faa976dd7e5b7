"""PostgreSQL: dumped by its own programs from an exported snapshot, restored into a database of its own."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import BigInteger, Engine, NullPool, String, cast, create_engine, func, select
from sqlalchemy.engine import URL

from server.backups.engines import Aside, Progress, Snapshot
from server.backups.postgres_programs import dump, program, restore
from server.backups.trouble import Trouble
from server.core import clock

_LONGEST_NAME = 63
_CHECKED = "_check_"
_EXISTS = "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = %s"


class PostgresEngine:
    """One database of a PostgreSQL server. The role must own it and may create databases (CREATEDB)."""

    name = "postgresql"

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername="postgresql+psycopg")

    @contextmanager
    def snapshot(self, progress: Progress) -> Iterator[Snapshot]:
        """The database at this instant; every transaction below ``oldest_running`` has ended and is in it."""
        path = program("pg_dump", self._major)
        engine = self._engine(isolation_level="REPEATABLE READ")
        with engine.connect() as connection:
            exported = str(connection.scalar(select(func.pg_export_snapshot())))
            now = func.pg_snapshot_xmin(func.pg_current_snapshot())
            oldest = int(connection.scalar(select(cast(cast(now, String), BigInteger))) or 0)
            size = int(connection.scalar(select(func.pg_database_size(self._name))) or 0)

            def pieces() -> Iterator[bytes]:
                done = 0
                for piece in dump(path, self._libpq(), exported, self._environ()):
                    yield piece
                    done += len(piece)
                    progress("database", min(done, size), size)

            yield Snapshot(connection, oldest, pieces)
        engine.dispose()

    @contextmanager
    def trial(self, pieces: Iterable[bytes]) -> Iterator[Engine]:
        """Restored into a temporary database, with every constraint."""
        self._drop_trials()
        with self._created(f"{self._name}{_CHECKED}", pieces) as name, self._opened(name) as engine:
            yield engine

    @contextmanager
    def target(self) -> Iterator[Engine | None]:
        """The database in its place."""
        with self._office() as office:
            there = office.execute(_EXISTS, [self._name]).fetchone()
        if there is None:
            yield None
            return
        with self._opened(self._name) as engine:
            yield engine

    def refuse_if_used(self) -> None:
        """Raises Trouble when anybody is connected to the database."""
        count = (  # PostgreSQL's own helpers, autovacuum for one, are nobody's connections
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"
        )
        with self._office() as office:
            row = office.execute(count, [self._name]).fetchone()
        if row and row[0]:
            raise Trouble(
                f"还有 {row[0]} 个连接在使用数据库：请先停止服务器（systemctl stop liangdeng）。",
                f"{row[0]} connections use the database: stop the server first (systemctl stop liangdeng).",
            )

    @contextmanager
    def aside(self, pieces: Iterable[bytes]) -> Iterator[Aside]:
        """A database beside the target; two renames in one transaction let it take over."""
        with self._created(f"{self._name}_restore_", pieces) as name, self._opened(name) as engine:
            yield Aside(engine, lambda: self._take_over(engine, name))

    def _take_over(self, engine: Engine, name: str) -> str:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        engine.dispose()
        self.refuse_if_used()
        kept = _short(self._name, f"_before_{clock.now():%Y%m%d_%H%M%S}")
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        with self._told(), self._office() as office, office.transaction():
            there = office.execute(_EXISTS, [self._name]).fetchone()
            if there:
                office.execute(rename.format(sql.Identifier(self._name), sql.Identifier(kept)))
            office.execute(rename.format(sql.Identifier(name), sql.Identifier(self._name)))
        return kept if there else ""

    @contextmanager
    def _created(self, start: str, pieces: Iterable[bytes]) -> Iterator[str]:
        """A new database with the dump in it, dropped afterwards if it still has its name."""
        path, name = program("pg_restore", self._major), _short(start, secrets.token_hex(4))
        with self._told(), self._office() as office:
            office.execute(self._create(name, office.execute(_EXISTS, [self._name]).fetchone()))
        try:
            restore(path, self._libpq(name), pieces, self._environ())
            yield name
        finally:
            self._drop(name)

    def _create(self, name: str, like: tuple[str, ...] | None) -> sql.Composed:
        """Of the encoding and the sorting of the database in its place, if there is one."""
        plain = sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
        if like is None:
            return plain + sql.SQL(" ENCODING 'UTF8'")
        way = sql.SQL(" ENCODING {} LC_COLLATE {} LC_CTYPE {}")
        return plain + way.format(*(sql.Literal(each) for each in like))

    def _drop(self, name: str) -> None:
        with self._office() as office:
            office.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _drop_trials(self) -> None:
        """What a crash left behind."""
        with self._office() as office:
            rows = office.execute("SELECT datname FROM pg_database").fetchall()
        trial = re.compile(re.escape(_short(f"{self._name}{_CHECKED}", "0" * 8)[:-8]) + "[0-9a-f]{8}")
        for (name,) in rows:
            if trial.fullmatch(name):
                self._drop(name)

    @cached_property
    def _major(self) -> str:
        with self._office() as office:
            return str(office.info.server_version // 10000)

    @property
    def _name(self) -> str:
        return str(self._url.database)

    @contextmanager
    def _office(self) -> Iterator[psycopg.Connection]:
        """A connection to the server beside the database, for what concerns databases as a whole."""
        with psycopg.connect(self._libpq("postgres", password=True), autocommit=True) as connection:
            yield connection

    @contextmanager
    def _opened(self, database: str) -> Iterator[Engine]:
        engine = self._engine(database)
        try:
            yield engine
        finally:
            engine.dispose()

    def _engine(self, database: str = "", isolation_level: str | None = None) -> Engine:
        url = self._url.set(database=database) if database else self._url
        options = {"isolation_level": isolation_level} if isolation_level else {}
        return create_engine(url, poolclass=NullPool, **options)

    def _libpq(self, database: str = "", *, password: bool = False) -> str:
        """The address for PostgreSQL's programs; without the password, which any list of processes shows."""
        url = self._url
        given: dict[str, Any] = {name: str(value) for name, value in url.query.items()}
        given |= {"host": url.host, "port": url.port, "user": url.username, "dbname": database or self._name}
        given |= {"password": url.password} if password else {}
        return make_conninfo(**{name: value for name, value in given.items() if value})

    def _environ(self) -> dict[str, str]:
        known = {k: v for k, v in os.environ.items() if not k.startswith("LIANGDENG_")}
        return known | ({"PGPASSWORD": str(self._url.password)} if self._url.password else {})

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say what a role must be allowed."""
        try:
            yield
        except psycopg.errors.InsufficientPrivilege as error:
            role = self._url.username
            raise Trouble(
                f"数据库用户 {role} 需要建库权限（ALTER ROLE {role} CREATEDB），并且是该数据库的所有者。",
                f"Role {role} must own this database and may create others: ALTER ROLE {role} CREATEDB.",
            ) from error


def _short(start: str, end: str) -> str:
    """A database name of two parts, within PostgreSQL's length."""
    while len(start.encode()) + len(end) > _LONGEST_NAME:
        start = start[:-1]
    return start + end
