"""Every entry has its place in a chain, whoever writes at the same time, and nobody can change it."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from server.core import audit, audit_rows
from server.core.audit import AuditEntry
from server.core.audit_chain import chain_of
from server.core.canonical import canonical
from server.core.db import db, transaction
from tests.audit import tampering
from tests.factories import COUNTY, GRID, GRID_IN_OTHER_COUNTY, inside


@pytest.mark.parametrize(
    ("place", "chain"),
    [(GRID, COUNTY), (COUNTY, COUNTY), ("0", "-"), ("-", "-"), ("45", "-"), ("", "-"), ("45032x", "-")],
)
def test_a_place_belongs_to_the_chain_of_its_county(place, chain):
    assert chain_of(place) == chain


def test_numbers_have_no_gaps_and_each_entry_holds_the_hash_of_the_one_before(app):
    tampering.write_trail(app)
    with inside(app):
        found = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
        for chain in tampering.CHAINS:
            mine = [row for row in found if row.chain == chain]
            assert [row.number for row in mine] == list(range(1, len(mine) + 1))
            assert [row.previous for row in mine] == [bytes(32), *(row.hash for row in mine[:-1])]
            assert audit_rows.end(chain) == audit_rows.End(len(mine), mine[-1].hash.hex())
        assert tampering.findings() == []


def test_the_hash_is_that_of_the_canonical_text_of_all_columns(app):
    with inside(app), transaction():
        audit.record("test.told", ("test", 7), GRID, b=2, a="低")
    with inside(app):
        row = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "test.told")).one()
        text = canonical({
            "chain": COUNTY, "number": row.number, "previous": row.previous.hex(), "seq": row.seq,
            "at": "2026-11-23 02:00:00.000000", "actor_id": None, "actor_role": "system",
            "action": "test.told", "target_type": "test", "target_id": "7", "region_code": GRID,
            "request_id": None, "details": '{"a":"低","b":2}',
        })  # fmt: skip
        assert row.hash == hashlib.sha256(text.encode()).digest()


def test_what_was_rolled_back_takes_no_number(app):
    with inside(app), pytest.raises(ZeroDivisionError), transaction():  # noqa: PT012 - both in one
        audit.record("test.lost", ("test", 1), GRID)
        _ = 1 / 0
    tampering.write_trail(app, each=2)
    with inside(app):
        assert tampering.findings() == []


ONLY = {"INSERTOR": "sqlite", "TRUNCATEaudit_entry": "postgresql"}


def write_many(app, turn):
    places = [GRID, GRID_IN_OTHER_COUNTY, "0"]
    for step in range(12):
        order = places[(turn + step) % 3 :] + places[: (turn + step) % 3]
        with inside(app), transaction():
            for place in order[: 1 + step % 3]:
                audit.record("test.many", ("test", f"{turn}-{step}"), place)


def test_writers_at_the_same_time_keep_the_chains_whole(app):
    """Each takes the counties in another order; were heads taken so, PostgreSQL would see a deadlock."""
    with inside(app):
        before = len(tampering.rows())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda turn: write_many(app, turn), range(8)))
    with inside(app):
        assert len(tampering.rows()) == before + 8 * 24
        assert tampering.findings() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'test.other'",
        "DELETE FROM audit_entry",
        "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry",
        "TRUNCATE audit_entry",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(app, engine, statement):
    if engine != ONLY.get(statement.split()[0] + statement.split()[1], engine):
        return  # the other engine has no such statement
    with inside(app):
        before = tampering.rows()
        with (
            pytest.raises(DatabaseError, match="audit entries are never changed"),
            db.engine.begin() as connection,
        ):
            connection.exec_driver_sql(statement)
        assert tampering.rows() == before
