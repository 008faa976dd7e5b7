"""What changes by the date alone reaches devices that only ask for changes."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from server.core.audit import AuditEntry
from server.core.changes import Change
from server.core.db import db, transaction
from server.households import calendar
from server.households.queries import household_to_edit
from server.sync import jobs
from tests.factories import MEI, WEI, inside, make_household, make_member
from tests.proposals.edits import change
from tests.sync.pulling import Puller
from tests.visits.bodies import send, visit_of


def new_day(app):
    with inside(app):
        jobs.new_day()


def aged(years, day):
    """A member who turns so many years old on a day."""
    return make_member(birth_on=date(day.year - years, day.month, day.day), id_number=None)


@pytest.fixture
def shown(app, login, clock):
    """``shown()`` is what a device hears after the night; it had everything the day before."""
    new_day(app)
    device = Puller(login(MEI))
    device.all()

    def next_day(days=1):
        clock.advance(days=days)
        new_day(app)
        device.client = login(MEI)
        device.all()
        fresh = Puller(device.client)
        fresh.all()
        assert device.rows == fresh.rows
        return device

    return next_day


def test_a_birthday_reaches_the_phone(app, shown):
    home = make_household(app, members=[aged(60, date(2026, 11, 24)), make_member()])
    make_household(app, members=[aged(60, date(2026, 11, 25))])
    device = shown()
    assert device.rows[str(home.id)]["roster"]["n_60plus"] == 1
    assert device.rows[str(home.id)]["members"][0]["age"] == 60


def test_another_month_of_monitoring_reaches_the_phone(app, shown):
    home = make_household(app, kind="unstable", monitored_since=date(2026, 1, 24))
    assert shown().rows[str(home.id)]["roster"]["months_tracked"] == 10


def test_a_day_by_which_nobody_came_reaches_the_phone(app, shown):
    home = make_household(app, kind="sudden", monitored_since=None)
    assert shown(8).rows[str(home.id)]["due_on"] == "2026-12-31"


def test_on_most_days_nothing_is_noted(app, shown):
    for _ in range(3):
        make_household(app)
    device = shown()
    pages = device.pages
    assert shown().pages == pages + 1
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(Change)) == 3


def test_a_day_is_looked_at_once_and_written_down(app, shown, clock):
    make_household(app, members=[aged(60, date(2026, 11, 24))])
    shown()
    new_day(app), new_day(app)
    with inside(app):
        query = select(AuditEntry).where(AuditEntry.action == "changes.new_day").order_by(AuditEntry.seq)
        assert [entry.details["households"] for entry in db.session.scalars(query)] == [0, 1]


def test_what_a_clock_years_ahead_showed_is_taken_back_when_it_is_put_right(app, shown):
    home = make_household(app, members=[aged(60, date(2026, 11, 24)), make_member()])
    assert shown(days=800).rows[str(home.id)]["members"][0]["age"] == 62
    assert shown(days=-800).rows[str(home.id)]["members"][0]["age"] == 59
    assert shown(days=1).rows[str(home.id)]["members"][0]["age"] == 60


def test_a_clock_set_back_a_little_notes_nothing(app, shown, clock):
    make_household(app, members=[aged(60, date(2026, 11, 24))])
    clock.advance(days=-3)
    new_day(app)
    clock.advance(days=3)
    assert shown().pages > 0


def test_many_households_are_looked_at_some_at_a_time(app, shown, monkeypatch):
    monkeypatch.setattr(jobs, "HOUSEHOLDS_AT_ONCE", 2)
    for number in (1, 2, 3, 4):
        for _ in range(number):
            make_household(app, members=[aged(60, date(2026, 11, 23) + timedelta(days=number))])
        shown()


def test_nothing_is_noted_of_who_is_gone(app, shown):
    home = make_household(app, members=[make_member(), aged(60, date(2026, 11, 24))])
    removed = make_household(app, members=[aged(60, date(2026, 11, 24))])
    change(app, WEI, home, (home.members[1].id, "removed", True))
    change(app, WEI, removed, ("removed", True))
    with inside(app):
        before = db.session.scalar(select(func.count()).select_from(Change))
    shown()
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(Change)) == before


def test_a_visited_household_is_due_as_its_visit_says(app, login, shown):
    home = make_household(app)
    send(login(MEI), visit_of(home.id))
    assert shown(60).rows[str(home.id)]["due_on"] == "2026-12-31"


DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@given(
    born=st.dates(date(1950, 1, 1), date(2025, 12, 31)) | st.just(date(1960, 2, 29)),
    since=DAYS | st.none(),
    kind=st.sampled_from(["none", "unstable"]),
    before=DAYS | st.just(date(2027, 2, 28)),
    days=st.integers(1, 70),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_household_that_shows_something_else_is_overlooked(app, born, since, kind, before, days):
    today = before + timedelta(days=days)
    member = make_member(birth_on=born, id_number=None)
    home = make_household(app, members=[member], kind=kind, monitored_since=since)
    with inside(app), transaction():
        row = household_to_edit(home.id)
        differs = calendar._by_date(row, before) != calendar._by_date(row, today)
        found = {each.id for each in calendar._candidates(before, today, None, 500)}
    assert home.id in found or not differs
