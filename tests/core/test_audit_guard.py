"""No change without an audit entry in the same transaction."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select, update

from server.core import audit
from server.core.audit import AuditEntry, AuditMissing
from server.core.db import db, transaction
from server.households.models import Household
from server.regions.models import Region
from tests.factories import GRID, MEI, VILLAGE, inside, make_household


def test_new_row_without_entry_does_not_commit(app):
    with inside(app), pytest.raises(AuditMissing), transaction():
        db.session.add(Region(code="46", name="x", level="county"))
    with inside(app):
        assert db.session.scalar(select(Region).where(Region.code == "46")) is None


def test_changed_row_without_entry_does_not_commit(app):
    make_household(app)
    with inside(app), pytest.raises(AuditMissing), transaction():
        db.session.scalars(select(Household)).one().address = "elsewhere"


def test_deleted_row_without_entry_does_not_commit(app):
    with inside(app), pytest.raises(AuditMissing), transaction():
        db.session.delete(db.session.scalars(select(Region).where(Region.code == GRID)).one())


@pytest.mark.parametrize(
    "statement", [update(Region).values(name="x"), delete(Region).where(Region.code == GRID)]
)
def test_bulk_statement_without_entry_does_not_commit(app, statement):
    with inside(app), pytest.raises(AuditMissing), transaction():
        db.session.execute(statement)


def test_entry_makes_the_change_commit(app):
    with inside(app), transaction():
        audit.record("region.add", ("region", "46"), "46")
        db.session.add(Region(code="46", name="x", level="county"))
    with inside(app):
        assert db.session.scalar(select(Region.name).where(Region.code == "46")) == "x"


def test_entry_of_one_transaction_does_not_cover_the_next(app):
    with inside(app):
        with transaction():
            audit.record("test.first", ("test", 1), "0")
        with pytest.raises(AuditMissing), transaction():
            db.session.add(Region(code="46", name="x", level="county"))


def test_entry_rolled_back_covers_nothing(app):
    with inside(app):
        with pytest.raises(ZeroDivisionError), transaction():
            fail_after_entry()
        with pytest.raises(AuditMissing), transaction():
            db.session.add(Region(code="46", name="x", level="county"))


def test_reading_needs_no_entry(app):
    with inside(app), transaction():
        assert db.session.scalar(select(func.count()).select_from(Region)) > 0


def test_failed_change_leaves_no_entry(app):
    with inside(app), pytest.raises(ZeroDivisionError), transaction():
        fail_after_entry()
    with inside(app):
        assert db.session.scalar(select(AuditEntry).where(AuditEntry.action == "test.first")) is None


def fail_after_entry():
    audit.record("test.first", ("test", 1), "0")
    db.session.flush()
    _ = 1 / 0


def test_entry_outside_a_request_names_the_system(app):
    with inside(app), transaction():
        audit.record("test.job", ("test", 1), GRID, count=3)
    with inside(app):
        row = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "test.job")).one()
        assert (row.actor_id, row.actor_role, row.details) == (None, "system", {"count": 3})


def test_entries_are_read_by_the_place_they_concern(app):
    with inside(app), transaction():
        audit.record("test.here", ("test", 1), GRID)
        audit.record("test.there", ("test", 1), "45138110020001")
    with inside(app, VILLAGE):
        query = select(AuditEntry.action).where(AuditEntry.action.like("test.%"))
        assert db.session.scalars(query).all() == ["test.here"]


def test_entry_within_a_request_names_its_actor_and_its_number(app, login):
    """Any write of a signed-in user will do; signing out needs no other domain."""
    from server.core.auth import Actor

    with app.test_request_context(), inside(app):
        from flask import g

        g.actor = Actor(MEI.id, MEI.role, GRID, "Mei")
        g.request_id = "r-1"
        with transaction():
            audit.record("test.request", ("test", 1), GRID)
        row = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "test.request")).one()
        assert (row.actor_id, row.actor_role, row.request_id) == (MEI.id, "grid_member", "r-1")
