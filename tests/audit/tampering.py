"""A short trail, and what somebody with the database in hand may do to it."""

from __future__ import annotations

import json
from random import Random
from typing import Any
from uuid import UUID

from flask import Flask, g
from sqlalchemy import text

from server.audit import services
from server.audit.verifying import Finding
from server.core import audit, audit_guard
from server.core.auth import Actor
from server.core.db import db, transaction
from server.core.scope import EVERYTHING, region_scope
from tests.factories import COUNTY, GRID, GRID_IN_OTHER_COUNTY, MEI, OTHER_COUNTY

CHAINS = (COUNTY, OTHER_COUNTY, "-")
PLACES = (GRID, GRID_IN_OTHER_COUNTY, "0")
COLUMNS = (
    "seq", "at", "actor_id", "actor_role", "action", "target_type", "target_id", "region_code", "request_id",
    "details", "chain", "number", "previous", "hash",
)  # fmt: skip
SAYS = COLUMNS[1:10]


def write_trail(app: Flask, each: int = 8) -> None:
    """Entries of three chains, in transactions of several kinds."""
    with app.test_request_context(), region_scope(EVERYTHING):
        g.actor = Actor(MEI.id, MEI.role, GRID, "Mei")
        g.request_id = "r-1"
        for turn in range(each // 2):
            with transaction():
                for place in PLACES:
                    audit.record("test.first", ("test", turn), place, count=turn, why="低保")
            for place in PLACES:
                with transaction():
                    audit.record("test.second", ("test", f"{turn}-{place}"), place)


def rows() -> list[dict[str, Any]]:
    """Every entry as the database has it."""
    with db.engine.connect() as connection:
        names = ", ".join(COLUMNS)
        found = connection.execute(text(f"SELECT {names} FROM audit_entry ORDER BY seq")).mappings()
        return [dict(row) for row in found]


def unguard() -> None:
    """What whoever owns the database can do first."""
    with db.engine.begin() as connection:
        for statement in audit_guard.removal(connection.dialect.name):
            connection.exec_driver_sql(statement)


def guard() -> None:
    """Put the triggers back."""
    with db.engine.begin() as connection:
        for statement in audit_guard.statements(connection.dialect.name):
            connection.exec_driver_sql(statement)


def put(row: dict[str, Any], seq: Any = None) -> None:
    """Overwrite the entry of a key."""
    values = {name: _bound(value) for name, value in row.items()}
    sets = ", ".join(f"{name} = {_place(name)}" for name in row)
    with db.engine.begin() as connection:
        connection.execute(
            text(f"UPDATE audit_entry SET {sets} WHERE seq = :old"), values | {"old": seq or row["seq"]}
        )


def insert(*given: dict[str, Any], instead: bool = False) -> None:
    """Rows nobody wrote through the server; ``instead`` of all that are there."""
    values = [{name: _bound(value) for name, value in row.items()} for row in given]
    places = ", ".join(_place(name) for name in given[0])
    with db.engine.begin() as connection:
        if instead:
            connection.exec_driver_sql("DELETE FROM audit_entry")
        connection.execute(text(f"INSERT INTO audit_entry ({', '.join(given[0])}) VALUES ({places})"), values)


def delete(*seqs: int) -> None:
    """Remove entries."""
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_entry WHERE seq = :seq"), [{"seq": seq} for seq in seqs])


def _bound(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value


def _place(name: str) -> str:
    if db.engine.dialect.name == "postgresql" and name == "details":
        return "CAST(:details AS json)"
    return f":{name}"


def changed(row: dict[str, Any], name: str, rng: Random) -> Any:
    """Another value for a column, of its kind."""
    value, place = row[name], rng.randrange(32)
    if name in ("previous", "hash"):
        return bytes([*value[:place], value[place] ^ 1 << rng.randrange(8), *value[place + 1 :]])
    if name == "at":
        return value.replace("2026", "2025") if isinstance(value, str) else value.replace(year=2025)
    special = {
        "seq": rng.randint(1000, 9000),
        "number": rng.randint(1000, 9000),
        "details": {"count": rng.randint(100, 10**6)},
        "actor_id": _somebody(rng),
        "request_id": rng.choice([None, "r-2"]),
        "chain": rng.choice(["450322", "451382", ""]),
    }
    return special[name] if name in special else value[:-1] + rng.choice(["", chr(ord(value[-1]) + 1)])


def _somebody(rng: Random) -> Any:
    other = UUID(int=rng.getrandbits(128))
    return other if db.engine.dialect.name == "postgresql" else other.hex


def findings(kept: Any = ()) -> list[Finding]:
    """What the verification says."""
    return list(services.verify_all(kept, lambda *_: None))
