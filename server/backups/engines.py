"""What a database engine must be able to do: a snapshot, a trial, and taking a database's place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Engine

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Snapshot:
    """A database as it was at one instant.

    ``bind`` reads it; ``pieces`` are its bytes, as ``trial`` and ``aside`` take them. ``oldest_running`` is
    the lowest number of a transaction that had not ended (PostgreSQL); 0 where writers queue (SQLite).
    """

    bind: Engine | Connection
    oldest_running: int
    pieces: Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class Aside:
    """A restored database beside the old one; ``take_over`` exchanges them and says where the old one is."""

    engine: Engine
    take_over: Callable[[], str]


class DatabaseEngine(Protocol):
    """The two engines. Everything raises ``Trouble`` with a sentence for people when it cannot."""

    name: str

    def snapshot(self, progress: Progress) -> AbstractContextManager[Snapshot]:
        """The database at this instant, while others go on writing."""

    def trial(self, pieces: Iterable[bytes]) -> AbstractContextManager[Engine]:
        """The bytes restored into a temporary place, checked by the engine itself, removed afterwards."""

    def aside(self, pieces: Iterable[bytes]) -> AbstractContextManager[Aside]:
        """The bytes restored beside the database; removed when the block ends without ``take_over``."""

    def target(self) -> AbstractContextManager[Engine | None]:
        """The database that would be replaced; None when there is none."""

    def refuse_if_used(self) -> None:
        """Raise Trouble when another process has the database open."""
