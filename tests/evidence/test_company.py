"""What several visits are compared with, read at once, is what each would have been compared with alone."""

from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select

from server.core.db import db
from server.core.jobs import run_pending
from server.core.scope import EVERYTHING
from server.evidence.company import Company
from server.evidence.models import VisitTrace
from tests.factories import LAN, MEI, inside, make_household
from tests.visits.bodies import CLEAN, DRY, NOW, send, visit_of

HOURS_AGO = (0, 1, 2.9, 3, 3.1, 6, 9, 24 * 44.9, 24 * 45, 24 * 45.1, 24 * 48)


@pytest.fixture
def traces(app, login):
    """Traces of fifty visits by two people in four homes each, often three hours or 45 days apart."""
    dice = Random(4)
    homes = [(who, make_household(app, region_code=who.region_code)) for who in (MEI, LAN) for _ in range(4)]
    for _ in range(50):
        finished = NOW - timedelta(hours=dice.choice(HOURS_AGO), milliseconds=dice.choice((0, 0, 0, 0, 1)))
        began = finished - timedelta(minutes=20)
        at = {"started_at": wire(began), "finished_at": wire(finished)}
        who, home = dice.choice(homes)
        body = visit_of(home.id, dice.choice((CLEAN, DRY)), **at)
        assert send(login(who), body).status_code == 201
    run_pending(app)
    with inside(app, EVERYTHING):
        found = db.session.scalars(select(VisitTrace)).all()
        assert len(found) == 50
        yield found


def wire(instant) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def others(trace, traces):
    """The author's visits elsewhere, as the words say it."""
    return [
        one for one in traces if one.author_id == trace.author_id and one.household_id != trace.household_id
    ]


def nearest(trace, traces) -> set[timedelta]:
    """How far off in time the nearest visits are, at most three hours: before (or just then), and after."""
    apart = [one.ended_at - trace.ended_at for one in others(trace, traces)]
    before = [gap for gap in apart if timedelta(hours=-3) <= gap <= timedelta()]
    after = [gap for gap in apart if timedelta() < gap <= timedelta(hours=3)]
    return {*(max(gaps) for gaps in [before] if gaps), *(min(gaps) for gaps in [after] if gaps)}


def alike(trace, traces) -> set[UUID]:
    """The visits elsewhere with the same answers, none older by more than 45 days."""
    same = [one for one in others(trace, traces) if trace.answers and one.answers == trace.answers]
    return {one.visit_id for one in same if one.ended_at >= trace.ended_at - timedelta(days=45)}


def test_all_at_once_and_each_alone_are_told_the_same(traces):
    together = Company.of(traces)
    for trace in traces:
        for company in (together, Company.of([trace])):
            gaps = {one.ended_at - trace.ended_at for one in company.neighbours(trace)}
            assert gaps == nearest(trace, traces)
            same = company.answered_alike(trace)
            assert {row.visit_id for row in same} == alike(trace, traces)
            times = [row.ended_at for row in same]
            assert times == sorted(times, reverse=True)


def test_nobody_is_compared_with_nothing(app):
    with inside(app, EVERYTHING):
        assert Company.of([])
