"""Runs over a county: asked for by people, by a setting, or found necessary by the look once a minute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import partial
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from server.core import jobs, processes
from server.core.again import persistently
from server.core.db import db, transaction
from server.core.logs import log
from server.flags import queries, recheck, rejudging
from server.flags.models import SETTING
from server.flags.rejudging import Begun, Step, TakenOver
from server.flags.services import facts_source, today_bench
from server.regions import queries as regions

RUN = "flags.rejudge"
CHANGED = "flags.rejudge_when_rules_changed"
RANGE, AT_ONCE, FILL = 3000, 200, 100
"""Households read in one piece, written in one transaction, and given facts in one transaction."""


@jobs.job(RUN)
def rejudge(run_id: str) -> None:
    """Go through a county from where the run stands; ends quietly when another process has it."""
    with suppress(TakenOver):
        run = persistently(lambda: rejudging.begin(UUID(run_id)))
        _fill(run)
        _go_through(run)
        persistently(lambda: rejudging.finish(run.id))
        log.info("rejudged", run=run_id)


@jobs.job(CHANGED)
def rejudge_when_rules_changed(county: str, reason: str) -> None:
    """A county's setting was signed or revoked: judge its households again, if the rules of today differ."""
    with transaction():
        run, _ = rejudging.request(county, reason, SETTING)
    rejudge(str(run.id))


@jobs.every_minute("flags.rejudge_sweep")
def sweep() -> None:
    """Take up runs that wait or were left, and start one where rules differ from those of the last run."""
    waiting = [(run.id, run.region_code) for run in queries.active_runs()]
    db.session.rollback()
    for run_id, county in waiting:
        with _by_itself(county):
            rejudge(str(run_id))
    for county in regions.counties():
        with _by_itself(county):
            if rejudging.outdated(county):
                _start(county)


@contextmanager
def _by_itself(county: str) -> Iterator[None]:
    """What goes wrong in one county, as with settings that somebody altered, keeps no other one waiting."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - logged; the next look tries it again
        log.error("rejudge_failed", county=county, kind=type(error).__name__, exc_info=error)
    finally:
        db.session.rollback()


def _start(county: str) -> None:
    try:
        with transaction():
            run, _ = rejudging.request(county, *rejudging.cause(county))
    except IntegrityError:
        return  # somebody asked in the same moment
    rejudge(str(run.id))


def _fill(run: Begun) -> None:
    after: UUID | None = None
    while ids := queries.without_facts(run.county, after, FILL):
        persistently(partial(rejudging.fill, run.id, ids))
        db.session.expunge_all()
        after = ids[-1]
    db.session.rollback()


def _go_through(run: Begun) -> None:
    tasks = queries.ranges(run.county, RANGE, run.cursor)
    program = rejudging.program_of(today_bench(run.county))
    db.session.rollback()  # no transaction stays open while others work
    setup = {
        "source": asdict(facts_source("met", "kind")),
        "program": program.as_json() if program is not None else None,
    }
    behind = run.cursor
    with processes.working(recheck.ENTRY, setup, processes.how_many(len(tasks))) as results:
        for (_, upper), result in zip(tasks, results(tasks), strict=True):
            found = [UUID(key) for key in result["differing"]]
            step = Step(upper, result["households"], found, result["unreadable"])
            behind = _take_step(run.id, behind, step)


def _take_step(run_id: UUID, behind: str, step: Step) -> str:
    """Write a range's differences, some households a transaction; the run passes the range with the last."""
    ids = step.differing
    for first in range(0, max(len(ids) - AT_ONCE, 0), AT_ONCE):
        persistently(partial(rejudging.apply, run_id, behind, ids[first : first + AT_ONCE]))
        db.session.expunge_all()
    rest = ids[(max(len(ids) - 1, 0) // AT_ONCE) * AT_ONCE :]
    persistently(partial(rejudging.apply, run_id, behind, rest, step))
    db.session.expunge_all()
    return step.upper
