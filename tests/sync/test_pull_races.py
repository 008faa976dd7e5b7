"""Pulling while others write: whatever commits late is heard of, and these tests would notice if not."""

import random
import threading
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from server.core import audit, changelog, changes
from server.core.changes import Change, Position
from server.core.db import db, transaction
from server.core.scope import EVERYTHING, region_scope
from server.households import services as households
from server.households.forms import NewHousehold
from server.households.queries import household_to_edit
from server.households.services import MOVE, Author, FieldName, set_fields
from server.sync import pull as pulling
from tests.factories import GRID, MEI, OTHER_GRID, WEI, inside, make_household, make_member, writing
from tests.support import pull_race
from tests.sync.pulling import Puller

on_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")


# --- planted bugs -----------------------------------------------------------------------------------------


def read_by_number_alone(monkeypatch):
    """The cursor everybody writes first: the last number seen."""

    def newest():
        with region_scope(EVERYTHING):
            return Position(0, db.session.scalar(select(func.max(Change.seq))) or 0)

    def by_number(kind, after, until, limit):
        query = select(Change.entity_id, Change.seq).where(Change.kind == kind, Change.seq > after.seq)
        rows = db.session.execute(query.where(Change.seq <= until.seq).order_by(Change.seq).limit(limit))
        return [(key, Position(0, seq)) for key, seq in rows]

    monkeypatch.setattr(changelog, "settled", newest)
    monkeypatch.setattr(changelog, "changes", by_number)


def begin_where_everything_ends(monkeypatch):
    """The start of the changes taken when a page is read, not before the first one."""
    given = pulling._all
    monkeypatch.setattr(
        pulling, "_all", lambda cursor, limit: given(replace(cursor, position=changelog.settled()), limit)
    )


# --- a transaction that commits late ------------------------------------------------------------------------


@contextmanager
def unfinished(app, write):
    """A transaction in another thread that has written, and commits when the block ends."""
    wrote, may_commit = threading.Event(), threading.Event()

    def work():
        with inside(app), transaction():
            write()
            audit.record("test.late", ("test", 1), GRID)
            db.session.flush()
            wrote.set()
            assert may_commit.wait(20)

    thread = threading.Thread(target=work)
    thread.start()
    assert wrote.wait(20)
    try:
        yield
    finally:
        may_commit.set()
        thread.join(20)


def register(key):
    households.register(NewHousehold(id=key, region_code=GRID, number="0-late", members=[make_member()]))


def test_what_was_written_before_everything_was_pulled_and_committed_after_it_comes(app, login):
    for _ in range(3):
        make_household(app)
    key, device = uuid4(), Puller(login(MEI), 2)
    with unfinished(app, lambda: register(key)):
        device.all()
        assert str(key) not in device.ids
    device.all()
    assert str(key) in device.ids


@on_postgresql
@pytest.mark.parametrize("pulled_before", [True, False])
def test_a_later_transaction_that_commits_first_does_not_hide_an_earlier_one(app, login, pulled_before):
    key, device = uuid4(), Puller(login(MEI))
    if pulled_before:
        device.all()
    with unfinished(app, lambda: register(key)):
        first = make_household(app)
        device.all()
        device.all()
    device.all()
    assert device.ids == {str(first.id), str(key)}


@on_postgresql
def test_a_cursor_of_numbers_alone_would_be_noticed(app, login, monkeypatch):
    read_by_number_alone(monkeypatch)
    key, device = uuid4(), Puller(login(MEI))
    device.all()
    with unfinished(app, lambda: register(key)):
        make_household(app)
        device.all()
    device.all()
    assert str(key) not in device.ids


def test_a_late_start_of_the_changes_would_be_noticed(app, login, monkeypatch):
    begin_where_everything_ends(monkeypatch)
    for _ in range(3):
        make_household(app, OTHER_GRID)
    device = Puller(login(WEI), 2)
    device.page()
    early = make_household(app, GRID)
    device.all()
    device.all()
    assert str(early.id) not in device.ids


# --- many at once ------------------------------------------------------------------------------------------


def test_a_device_hears_of_every_change_while_eight_write(app, login):
    race = pull_race.run(app, login(MEI), GRID, writers=8, rows=60, pause=0.002)
    assert len(race.written) == 480
    assert race.missed == set()
    assert race.pulls > 5


@on_postgresql
def test_the_same_race_catches_a_cursor_of_numbers_alone(app, login, monkeypatch):
    read_by_number_alone(monkeypatch)
    race = pull_race.run(app, login(MEI), GRID, writers=8, rows=60, pause=0.002)
    assert race.missed != set()


def disturb(app, homes, seed):
    """Correct, move and register households of a village, some dozen times."""
    dice = random.Random(seed)
    for _ in range(25):
        with writing(app):
            household = household_to_edit(dice.choice(homes).id)
            there = OTHER_GRID if household.region_code == GRID else GRID
            address = {FieldName(None, "address"): str(dice.random())}
            author = Author(MEI.id, "Mei", uuid4(), None)
            set_fields(household, dice.choice(({MOVE: there}, address)), author)
        if dice.random() < 0.3:
            make_household(app, dice.choice((GRID, OTHER_GRID)), number=f"{seed}-{dice.random()}")


def test_everything_pulled_while_others_write_is_right_in_the_end(app, login):
    homes = [make_household(app, (GRID, OTHER_GRID)[n % 2]) for n in range(12)]
    devices = [Puller(login(person), 3) for person in (WEI, MEI)]
    threads = [threading.Thread(target=disturb, args=(app, homes, seed)) for seed in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for device in devices:
            device.page()
    for device in devices:
        device.all()
        device.all()
        fresh = Puller(device.client)
        fresh.all()
        assert device.rows == fresh.rows
        assert fresh.rows


def test_a_place_in_the_log_is_never_before_one_that_was_settled(app):
    """What is settled stays settled: a device never goes back."""
    with inside(app):
        before = changelog.settled()
    make_household(app)
    with inside(app), transaction():
        noted = changes.note("household", MEI.id, GRID)
        audit.record("test.note", ("test", 1), GRID)
    with inside(app):
        after = changelog.settled()
    assert before < noted <= after
