"""Where the change log can be read up to, and that reading its end does not mean reading all of it."""

from uuid import uuid4

import pytest
from sqlalchemy import event

from server.core import audit, changelog, changes
from server.core.changes import Position
from server.core.db import db, transaction
from tests.factories import GRID, OTHER_GRID, inside


def write(app, number, region_code=GRID, kind="household"):
    keys = [uuid4() for _ in range(number)]
    with inside(app), transaction():
        audit.record("test.note", ("test", 1), region_code)
        return [(key, changes.note(kind, key, region_code)) for key in keys]


def test_changes_are_read_in_their_order_between_two_places(app):
    first, second = write(app, 3), write(app, 3)
    written = first + second
    with inside(app):
        end = changelog.settled()
        assert changelog.changes("household", changelog.START, end, 10) == written
        for n, (_, place) in enumerate(written):
            assert changelog.changes("household", place, end, 10) == written[n + 1 :]
            assert changelog.changes("household", changelog.START, place, 10) == written[: n + 1]
        assert changelog.changes("household", written[1][1], end, 2) == written[2:4]
        assert changelog.changes("household", end, end, 10) == []


def test_changes_of_other_kinds_and_other_places_are_not_read(app):
    write(app, 2, kind="photo")
    write(app, 2, OTHER_GRID)
    mine = write(app, 1)
    with inside(app, GRID):
        assert changelog.changes("household", changelog.START, changelog.settled(), 10) == mine


def test_nothing_is_settled_before_anything_happened(app, engine):
    with inside(app):
        assert (changelog.settled() == Position(0, 0)) == (engine == "sqlite")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_the_end_of_the_log_is_looked_up_by_number(app):
    written = write(app, 5)
    told = []
    with inside(app, GRID):
        note = lambda _c, cursor, text, values, *_: told.append((text, values))  # noqa: E731 - removed below
        event.listen(db.engine, "before_cursor_execute", note)
        changelog.changes("household", written[2][1], changelog.settled(), 10)
        event.remove(db.engine, "before_cursor_execute", note)
        text, values = next(each for each in told if "entity_id" in each[0])
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).all()
    assert "xid=? AND seq>? AND seq<?" in str(plan)
