"""Column types: money is exact, instants carry their zone, on both engines; and transactions hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from threading import Event, Thread
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from server.app import create_app
from server.core import audit
from server.core.db import Money, UtcDateTime, db, transaction
from server.households.models import Household
from tests.factories import GRID, inside, make_household, writing


@pytest.mark.parametrize("text", ["0.00", "0.01", "12000.00", "99999999.99", "-35.50"])
def test_money_comes_back_exactly(app, text):
    make_household(app, pcni_prev=Decimal(text))
    with inside(app):
        stored = db.session.scalar(select(Household.pcni_prev))
        assert (str(stored), type(stored)) == (text, Decimal)


def test_unknown_money_stays_unknown(app):
    make_household(app, pcni_prev=None)
    with inside(app):
        assert db.session.scalar(select(Household.pcni_prev)) is None


def test_money_is_added_up_in_the_database_without_loss(app):
    for _ in range(3):
        make_household(app, net_prev=Decimal("0.10"))
    with inside(app):
        assert db.session.scalar(select(func.sum(Household.net_prev))) == Decimal("0.30")


def test_money_below_a_fen_is_refused_not_rounded(app):
    with pytest.raises(StatementError, match="two decimals"):
        make_household(app, pcni_prev=Decimal("0.001"))


def test_instant_comes_back_in_utc(app):
    eight = datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=8)))
    household = make_household(app)
    with writing(app):
        db.session.scalars(select(Household)).one().last_visited_at = eight
    with inside(app):
        stored = db.session.scalar(select(Household.last_visited_at).where(Household.id == household.id))
        assert (stored, stored.utcoffset()) == (datetime(2026, 11, 23, 2, 0, tzinfo=UTC), timedelta(0))


def test_instant_without_zone_is_refused(app):
    make_household(app)
    with inside(app), pytest.raises(StatementError, match="zone"), transaction():
        db.session.scalars(select(Household)).one().last_visited_at = datetime(2026, 11, 23)  # noqa: DTZ001


def test_types_pass_none_through():
    assert Money().process_bind_param(None, None) is None
    assert UtcDateTime().process_result_value(None, None) is None


def test_failing_block_writes_nothing(app):
    with pytest.raises(ZeroDivisionError), writing(app):
        write_and_fail()
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(Household)) == 0


def write_and_fail():
    db.session.add(
        Household(
            id=uuid4(), region_code=GRID, number="1", head_name="x", pinyin="x", initials="x", kind="none"
        )
    )
    db.session.flush()
    _ = 1 / 0


def test_transaction_that_reads_first_may_still_write_when_another_wants_to(app):
    """SQLite fails such a writer with "database is locked" unless it asked for the lock at its begin."""
    household, has_read, other_done, failures = make_household(app), Event(), Event(), []

    def write_meanwhile():
        try:
            has_read.wait(10)
            change_address(app, household.id, "meanwhile")
            other_done.set()
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    thread = Thread(target=write_meanwhile)
    thread.start()
    change_address(app, household.id, "first", lambda: (has_read.set(), other_done.wait(0.5)))
    thread.join(20)
    assert failures == []
    assert other_done.is_set()


def change_address(app, household_id, address, between=lambda: None):
    with inside(app), transaction():
        row = db.session.scalars(select(Household).where(Household.id == household_id)).one()
        between()
        row.address = address
        audit.record("test.move", ("household", household_id), GRID)


def test_sqlite_survives_a_power_cut_and_checks_references(make_settings):
    app = create_app(make_settings("sqlite"))  # the one of the other tests need not survive anything
    with app.app_context(), db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
