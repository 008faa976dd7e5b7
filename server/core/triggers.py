"""What the database itself keeps in step: triggers, declared beside the table whose rows they write.

For copies and counts that must follow a row whoever changes it and however. They exist on both engines under
the same name; whatever makes tables makes them (``create_all``, the migrations, also after a migration that
copied a table and so lost those of the old one).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, event, inspect

from server.core.db import Base


@dataclass(frozen=True)
class Triggers:
    """Statements that make the triggers of one purpose; made again they change nothing.

    ``tables`` are those they are about: without one of them there is nothing to do yet. ``names`` are the
    triggers', for tests and for a way back.
    """

    tables: frozenset[str]
    names: tuple[str, ...]
    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]


_declared: list[Triggers] = []


def declare(tables: Iterable[str], names: Iterable[str], sqlite: str, postgresql: str) -> Triggers:
    """Have triggers made with the tables; several statements are parted by lines that hold ``--`` only."""
    made = Triggers(frozenset(tables), tuple(names), _parts(sqlite), _parts(postgresql))
    _declared.append(made)
    return made


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("\n--\n") if part.strip())


def declared() -> tuple[Triggers, ...]:
    """Everything that was declared."""
    return tuple(_declared)


def ensure(connection: Connection) -> None:
    """Make the triggers that are missing, as far as their tables are there."""
    there = set(inspect(connection).get_table_names())
    for one in _declared:
        if one.tables <= there:
            for statement in getattr(one, connection.dialect.name):
                connection.exec_driver_sql(statement)


@event.listens_for(Base.metadata, "after_create")
def _with_tables(_metadata: Any, connection: Connection, **_: Any) -> None:
    ensure(connection)
