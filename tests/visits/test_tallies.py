"""The counts kept by village are those a fresh count gives, whatever was done to visits, also at once."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import func, inspect, select

from server.core import triggers
from server.core.db import db
from server.core.scope import region_scope
from server.households.following import end_rows, move_rows
from server.households.models import Household
from server.reviews import queries
from server.reviews.queries import SORTS, Filters
from server.visits import jobs, tallies
from server.visits.models import SEVERITIES, SUBMITTED, Visit
from server.visits.tallies import VisitTally
from tests.factories import (
    COUNTY,
    GRID,
    GRID_IN_OTHER_TOWNSHIP,
    GRID_IN_OTHER_VILLAGE,
    MEI,
    OTHER_GRID,
    QIN,
    TOWNSHIP,
    VILLAGE,
    WEI,
    ZHOU,
    inside,
    make_household,
    writing,
)
from tests.visits.bodies import CLEAN, DRY, NOW, new_id, send, visit_of

GRIDS = (GRID, OTHER_GRID, GRID_IN_OTHER_VILLAGE, GRID_IN_OTHER_TOWNSHIP)
STEPS = 60
FILTERS = [
    Filters(region=region, risk=risk, state=state, latest=latest)
    for region, risk, state, latest in product(
        (None, TOWNSHIP, VILLAGE), (None, "unsafe_water"), (None, SUBMITTED, "approved"), (None, True)
    )
]


def lines(rows):
    """Counts by sort, those that are nothing left out."""
    found = {}
    for row in rows:
        for sort, count in zip(SORTS, row[-len(SORTS) :], strict=True):
            found[*row[: -len(SORTS)], *sort] = int(count or 0)
    return {key: count for key, count in found.items() if count}


def check(app):
    """Every count that somebody may ask for is what counting the visits gives."""
    for person in (QIN, ZHOU, WEI):
        with inside(app, person.region_code):
            for filters, by in product(FILTERS, (None, "township", "risks")):
                kept = lines(db.session.execute(queries._tallied(filters, by)))
                counted = lines(db.session.execute(queries._fresh(person, filters, by)))
                assert kept == counted, (person.username, filters, by)
    with inside(app):
        newest = select(Household.last_visit_id).where(Household.removed_at.is_(None))
        marked = set(db.session.scalars(select(Visit.id).where(Visit.latest.is_(True))))
        assert marked == set(db.session.scalars(newest)) - {None}


class World:
    """Households of four grids, and what may happen to their visits."""

    def __init__(self, app, login, dice):
        self.app, self.dice = app, dice
        self.mei, self.wei = login(MEI), login(WEI)
        self.at = NOW
        self.homes = [make_household(app, GRID).id for _ in range(4)]
        self.bodies = []

    def visit(self):
        """A visit, newer or older than what there is."""
        self.at += timedelta(minutes=1)
        at = self.at if self.dice.random() < 0.7 else NOW - timedelta(minutes=self.dice.randint(1, 5000))
        self._send(visit_of(self.dice.choice(self.homes), self._answers(), at=at))

    def revise(self):
        if self.bodies:
            old = self.dice.choice(self.bodies)
            self.at += timedelta(minutes=1)
            self._send(visit_of(old["household_id"], self._answers(), revises=old["id"], at=self.at))

    def _answers(self):
        return self.dice.choice((CLEAN, DRY, CLEAN | {"job_state": "unstable"}))

    def _send(self, body):
        if send(self.mei, body).status_code == 201:
            self.bodies.append(body)

    def decide(self):
        if self.bodies:
            body = self.dice.choice(self.bodies)
            form = {"id": new_id(), "decision": self.dice.choice(("approved", "returned")), "comment": "改"}
            self.wei.post(f"/api/v1/visits/{body['id']}/reviews", json=form | {"comments": []})

    def move(self):
        home, grid = self.dice.choice(self.homes), self.dice.choice(GRIDS)
        with writing(self.app):
            db.session.scalar(select(Household).where(Household.id == home)).region_code = grid
            db.session.flush()
            move_rows(home, grid)

    def remove(self):
        home = self.dice.choice(self.homes)
        with writing(self.app):
            row = db.session.scalar(select(Household).where(Household.id == home))
            row.removed_at = None if row.removed_at else NOW
            if row.removed_at:
                end_rows(home)

    def judge_again(self):
        """What a run or a dismissal does: lights open or close, and the row follows."""
        with writing(self.app):
            for visit in db.session.scalars(select(Visit)).all():
                if self.dice.random() < 0.3:
                    visit.severity_rank = self.dice.randrange(4)
                    visit.severity = SEVERITIES[visit.severity_rank]
                    visit.risks = self.dice.choice(("", "|unsafe_water|", "|illness|unsafe_water|"))

    def fold(self):
        with writing(self.app):
            tallies.fold(self.dice.choice((VILLAGE, GRID_IN_OTHER_VILLAGE[:12])))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kept_counts_are_fresh_counts_after_anything(app, login, seed):
    dice = random.Random(seed)
    world = World(app, login, dice)
    steps = [world.visit, world.visit, world.revise, world.decide, world.move, world.remove]
    steps += [world.judge_again, world.fold]
    for number in range(STEPS):
        dice.choice(steps)()
        if number % 20 == 19:
            check(app)
    with inside(app, COUNTY):
        assert lines(db.session.execute(queries._tallied(Filters(), None)))


def test_kept_counts_are_right_when_many_write_at_once(app, login):
    homes = [make_household(app).id for _ in range(8)]
    mei, wei = login(MEI), login(WEI)

    def work(place):
        home = homes[place]
        for turn in range(5):
            body = visit_of(home, (CLEAN, DRY)[turn % 2], at=NOW + timedelta(minutes=turn))
            assert send(mei, body).status_code == 201
            form = {"id": new_id(), "decision": "approved", "comment": "", "comments": []}
            assert wei.post(f"/api/v1/visits/{body['id']}/reviews", json=form).status_code == 201
            with inside(app):
                jobs.fold_tallies()

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(4) as pool:
        patch.setattr(jobs, "SPARE_ROWS", 5)
        list(pool.map(work, range(8)))
    check(app)


def test_folding_leaves_one_row_a_sort_and_tells_the_audit(app, login):
    world = World(app, login, random.Random(4))
    for _ in range(10):
        world.visit()
    with inside(app):
        before = db.session.scalar(select(func.count()).select_from(VisitTally))
        assert tallies.crowded(1) == [VILLAGE]
        jobs.fold_tallies()
        assert db.session.scalar(select(func.count()).select_from(VisitTally)) == before  # not worth it yet
        db.session.rollback()
    with writing(app):
        tallies.fold(VILLAGE)
    with inside(app):
        assert tallies.crowded(1) == []
        assert db.session.scalar(select(func.count()).select_from(VisitTally)) < before
    check(app)


def test_the_counts_of_a_county_are_nobody_elses(app, login):
    assert send(login(MEI), visit_of(make_household(app).id, DRY)).status_code == 201
    with inside(app), region_scope("451381"):
        assert db.session.scalars(select(VisitTally)).all() == []


def test_every_declared_trigger_is_there(app):
    with inside(app), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        else:
            query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        there = {name for (name,) in connection.exec_driver_sql(query)}
        assert {name for one in triggers.declared() for name in one.names} <= there
        assert {table for one in triggers.declared() for table in one.tables} <= set(
            inspect(connection).get_table_names()
        )


def test_visits_of_a_removed_household_are_no_newest(app, login):
    home = make_household(app).id
    body = visit_of(home, DRY)
    assert send(login(MEI), body).status_code == 201
    with writing(app):
        row = db.session.scalar(select(Household).where(Household.id == home))
        row.removed_at = NOW
    with inside(app):
        assert db.session.scalar(select(Visit.latest).where(Visit.id == UUID(body["id"]))) is False
    check(app)
