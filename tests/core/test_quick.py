"""Rows written without the unit of work keep every guard."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from server.core import audit, clock, quick, state
from server.core.audit import AuditEntry, AuditMissing
from server.core.changes import HERE, Change
from server.core.db import db, transaction
from server.core.scope import EVERYTHING, NOTHING, ScopeRequired, region_scope
from server.households.models import Household
from tests.factories import GRID, GRID_IN_OTHER_VILLAGE, VILLAGE, inside, make_household, writing


def entry(region_code=GRID):
    return Change(at=clock.now(), kind="test", entity_id=uuid4(), region_code=region_code)


def count(app):
    with inside(app, EVERYTHING):
        return db.session.scalar(select(func.count()).where(Change.kind == "test"))


def test_a_single_row_learns_its_number(app):
    with inside(app, VILLAGE), transaction():
        first, second = entry(), entry()
        quick.add(first)
        quick.add(second)
        audit.record("test.told", ("test", 1), GRID)
    assert second.seq == first.seq + 1
    assert count(app) == 2


def test_several_rows_are_written_in_their_order_with_their_defaults(app):
    with inside(app, VILLAGE), transaction():
        quick.add(*(entry() for _ in range(3)))
        audit.record("test.told", ("test", 1), GRID)
    with inside(app, VILLAGE):
        rows = db.session.scalars(select(Change).where(Change.kind == "test")).all()
    assert [row.effect for row in rows] == [HERE, HERE, HERE]


@pytest.mark.parametrize("scope", [VILLAGE, NOTHING])
def test_a_row_outside_the_scope_is_refused(app, scope):
    with inside(app, scope), pytest.raises(ScopeRequired), transaction():
        quick.add(entry(), entry(GRID_IN_OTHER_VILLAGE))
    assert count(app) == 0


def test_nothing_is_written_without_an_audit_entry(app):
    with inside(app, VILLAGE), pytest.raises(AuditMissing), transaction():
        quick.add(entry())
    assert count(app) == 0


def test_a_doubled_row_is_refused_and_its_transaction_leaves_nothing(app):
    make_household(app)
    with inside(app):
        twin = db.session.scalars(select(Household)).one()
        values = {column.key: getattr(twin, column.key) for column in Household.__mapper__.columns}
    with inside(app, VILLAGE), pytest.raises(IntegrityError), transaction():  # noqa: PT012 - both in one
        audit.record("test.quick", ("test", 1), GRID)
        quick.add(entry())
        quick.add(Household(**values | {"id": uuid4()}))
    assert count(app) == 0


def moved_on(app, household, revision, scope):
    with inside(app, scope), transaction():
        with region_scope(EVERYTHING):  # an entry outside the village would be refused before the change
            audit.record("test.told", ("test", 1), GRID)
        where = {"id": household.id, "revision": revision, "last_visit_id": None}
        return quick.change(Household, where, {"last_visit_id": uuid4(), "last_visited_at": clock.now()})


def test_a_row_is_changed_only_as_it_was_seen_and_only_in_scope(app):
    household = make_household(app)
    assert not moved_on(app, household, household.revision + 1, VILLAGE)
    assert not moved_on(app, household, household.revision, GRID_IN_OTHER_VILLAGE)
    assert not moved_on(app, household, household.revision, NOTHING)
    assert moved_on(app, household, household.revision, VILLAGE)
    assert not moved_on(app, household, household.revision, VILLAGE)


def test_a_statement_without_a_scope_is_refused(app):
    with app.app_context(), pytest.raises(ScopeRequired):
        quick.change(Household, {"id": uuid4()}, {"revision": 2})


def test_an_object_written_quickly_stays_out_of_the_session(app):
    with writing(app), region_scope(VILLAGE):
        row = entry()
        quick.add(row)
        assert row not in db.session


def entries(app, scope, numbers, order=("seq",)):
    with inside(app, scope):
        return quick.rows(AuditEntry, ("seq", "at", "actor_id", "details"), "seq", numbers, order)


def test_rows_are_read_as_the_orm_reads_them(app):
    with inside(app), transaction():
        for count in range(7):
            audit.record("test.quick", ("test", count), GRID, count=count)
    with inside(app):
        query = select(AuditEntry).where(AuditEntry.action == "test.quick").order_by(AuditEntry.seq)
        wanted = db.session.scalars(query).all()
    numbers = {row.seq for row in wanted}
    expected = [(row.seq, row.at, row.actor_id, row.details) for row in wanted]
    assert entries(app, VILLAGE, numbers | {0}) == expected
    assert entries(app, EVERYTHING, [min(numbers)]) == expected[:1]
    assert entries(app, VILLAGE, set()) == []


def test_rows_out_of_scope_are_not_found(app):
    with inside(app), transaction():
        audit.record("test.quick", ("test", 1), GRID)
    with inside(app):
        query = select(AuditEntry.seq).where(AuditEntry.action == "test.quick")
        numbers = db.session.scalars(query).all()
    assert entries(app, VILLAGE, numbers)
    assert entries(app, NOTHING, numbers) == []
    assert entries(app, GRID_IN_OTHER_VILLAGE, numbers) == []
    with app.app_context(), pytest.raises(ScopeRequired):
        quick.rows(AuditEntry, ("seq",), "seq", numbers)


def test_a_query_asked_outside_of_any_transaction_leaves_none_behind(app):
    with inside(app, EVERYTHING):
        assert state.epoch() is None
        assert not db.session().in_transaction()
        assert db.engine.pool.checkedout() == 0


def test_a_query_sees_what_its_transaction_has_written(app):
    with inside(app, EVERYTHING), transaction():
        state.write("seen", "yes")
        audit.record("test.told", ("test", 1), GRID)
        assert state.read("seen") == "yes"
