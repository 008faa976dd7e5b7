"""The two database engines: how a fresh county, a backup and a restore are made quickly."""

from __future__ import annotations

import shutil
import sqlite3
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import Engine

from tests.support import postgres

_names = count(1)


class DatabaseEngine(Protocol):
    """What the simulator needs beside SQL."""

    url: str

    def keep(self, engine: Engine) -> None:
        """Remember the present state as the fresh county."""

    def fresh(self, engine: Engine) -> None:
        """Go back to the fresh county."""

    def backup(self, engine: Engine, name: str) -> None:
        """Copy the present state."""

    def restore(self, engine: Engine, name: str) -> None:
        """Go back to a copy."""


class Sqlite:
    """A file; its copies are files."""

    def __init__(self, folder: Path) -> None:
        (folder / "data").mkdir(parents=True, exist_ok=True)
        self._path = folder / "data" / "liangdeng.db"
        self._copies = folder / "copies"
        self._copies.mkdir(exist_ok=True)
        self.url = f"sqlite:///{self._path}"

    def keep(self, engine: Engine) -> None:
        self.backup(engine, "fresh")

    def fresh(self, engine: Engine) -> None:
        self.restore(engine, "fresh")

    def backup(self, engine: Engine, name: str) -> None:
        source, copy = sqlite3.connect(self._path), sqlite3.connect(self._copies / name)
        with source, copy:
            source.backup(copy)
        source.close()
        copy.close()

    def restore(self, engine: Engine, name: str) -> None:
        engine.dispose()
        for ending in ("-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self._copies / name, self._path)


class Postgres:
    """A database; its copies are databases made from it as a template."""

    def __init__(self) -> None:
        self._base = f"http://127.0.0.1:{postgres.server_port()}".removeprefix("http://")
        self._name = f"sim{next(_names)}_{id(self)}"
        self.url = f"postgresql://tester@{self._base}/{self._name}"
        self._run(f'CREATE DATABASE "{self._name}"')

    def _run(self, *statements: str) -> None:
        with psycopg.connect(f"postgresql://tester@{self._base}/postgres", autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def _copy(self, engine: Engine, source: str, target: str) -> None:
        engine.dispose()
        self._run(
            f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)',
            f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY file_copy',
        )

    def keep(self, engine: Engine) -> None:
        self.backup(engine, "fresh")

    def fresh(self, engine: Engine) -> None:
        self.restore(engine, "fresh")

    def backup(self, engine: Engine, name: str) -> None:
        self._copy(engine, self._name, f"{self._name}_{name}")

    def restore(self, engine: Engine, name: str) -> None:
        self._copy(engine, f"{self._name}_{name}", self._name)


def make(engine: str, folder: Path) -> DatabaseEngine:
    """The engine of a name: sqlite or postgresql."""
    return Sqlite(folder) if engine == "sqlite" else Postgres()
