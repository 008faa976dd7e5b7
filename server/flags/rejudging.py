"""Judging a county's latest facts again: what a run is, and what each of its steps changes.

Worker processes read and judge; they name the households whose outcome differs. Only those are judged once
more here, with causes and articles, under the lock that a visit of theirs would take, and written. A step
done twice changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag

from server.core import audit, changes, clock
from server.core.db import db
from server.core.problems import Problem
from server.flags import facts as keeping
from server.flags import queries
from server.flags.dismissing import Dismissed, count_lights, dismissed_of
from server.flags.following import tell
from server.flags.models import (
    CLOSED,
    DONE,
    PACKS,
    RUNNING,
    SETTING,
    WAITING,
    Flag,
    HouseholdFacts,
    Rejudgement,
)
from server.flags.services import keep_newest_of, new_flag, today_bench
from server.households.queries import lock_households
from server.local_policy.queries import acts_of
from server.policy.codegen import ParameterRefused, program
from server.policy.codeterms import CannotCompile
from server.policy.engine import Bench
from server.policy.generated import Program, met_text
from server.visits.queries import Visit, hold

ABANDONED_AFTER = timedelta(seconds=90)
COUNTY_DIGITS = 6


class TakenOver(Exception):
    """Another process goes on with the run."""


@dataclass(frozen=True)
class Step:
    """What judging one range of grids found; ``upper`` is its last region code."""

    upper: str
    households: int
    differing: Sequence[UUID]
    unreadable: int


def request(county: str, reason: str, trigger: str, name: str | None = None) -> tuple[Rejudgement, bool]:
    """The county's run that is under way, or a new one; and whether it is new."""
    if (active := queries.active_run(county)) is not None:
        return active, False
    run = Rejudgement(
        id=uuid4(),
        region_code=county,
        trigger=trigger,
        reason=reason,
        requested_by=name,
        state=WAITING,
        day=clock.today(),
        version=today_bench(county).version,
        created_at=clock.now(),
    )
    db.session.add(run)
    audit.record("policy.rejudge_ask", ("rejudgement", run.id), county, trigger=trigger)
    db.session.flush()
    return run, True


@dataclass(frozen=True)
class Begun:
    """A run as it stands when a process takes it up."""

    id: UUID
    county: str
    cursor: str


def begin(run_id: UUID) -> Begun:
    """Start a run, or go on with one that was left; from the beginning when the rules changed meanwhile.

    Raises:
        TakenOver: it is done, or somebody else works on it.
    """
    run = queries.run_by_id(run_id, lock=True)
    if run.state == DONE or (run.state == RUNNING and not _abandoned(run)):
        raise TakenOver(str(run_id))
    version = today_bench(run.region_code).version
    if run.state == WAITING or run.version != version:
        run.cursor, run.done, run.unreadable = "", 0, 0
    run.state, run.day, run.version = RUNNING, clock.today(), version
    run.started_at = run.started_at or clock.now()
    run.beat_at = clock.now()
    run.total = sum(count for _, count in queries.grid_counts(run.region_code))
    audit.record("policy.rejudge_begin", ("rejudgement", run.id), run.region_code, version=version)
    return Begun(run.id, run.region_code, run.cursor)


def _abandoned(run: Rejudgement) -> bool:
    return run.beat_at is None or run.beat_at < clock.now() - ABANDONED_AFTER


def fill(run_id: UUID, ids: Sequence[UUID]) -> None:
    """Keep the facts of visited households that have none yet: visits from before facts were kept."""
    run = queries.run_by_id(run_id, lock=True)
    lock_households(ids)
    kept = sum(keep_newest_of(household_id, {}) for household_id in ids)
    run.total, run.beat_at = run.total + kept, clock.now()
    audit.record("policy.rejudge_fill", ("rejudgement", run.id), run.region_code, households=kept)


@lru_cache(maxsize=16)
def program_of(bench: Bench) -> Program | None:
    """The generated rules of a bench; None where they cannot be generated: then all are judged here."""
    try:
        return program(bench, bench.params)
    except (CannotCompile, ParameterRefused):
        return None


def apply(run_id: UUID, behind: str, differing: Sequence[UUID], finished: Step | None = None) -> None:
    """Judge households once more and write what differs; ``finished`` moves the run past its range.

    Raises:
        TakenOver: the run is no longer where this process left it.
    """
    run = queries.run_by_id(run_id, lock=True)
    if run.state != RUNNING or run.cursor != behind:
        raise TakenOver(str(run_id))
    _rewrite(run, differing)
    run.beat_at = clock.now()
    if finished is not None:
        run.cursor, run.done = finished.upper, run.done + finished.households
        run.unreadable += finished.unreadable
    audit.record(
        "policy.rejudge_step",
        ("rejudgement", run.id),
        run.region_code,
        done=run.done,
        opened=run.opened,
        closed=run.closed,
    )


def finish(run_id: UUID) -> None:
    """The whole county is done."""
    run = queries.run_by_id(run_id, lock=True)
    if run.state != RUNNING:
        raise TakenOver(str(run_id))
    run.state, run.finished_at, run.beat_at = DONE, clock.now(), None
    run.total = run.done
    audit.record(
        "policy.rejudge_finish",
        ("rejudgement", run.id),
        run.region_code,
        households=run.done,
        opened=run.opened,
        closed=run.closed,
    )


def outdated(county: str) -> bool:
    """Whether a county's households were last judged by other rules than today's.

    Raises:
        Problem: policy_altered.
    """
    version = today_bench(county).version
    latest = queries.latest_run(county)
    if latest is not None:
        return latest.state == DONE and latest.version != version
    return not _known_good(county, version)


def cause(county: str) -> tuple[str, str]:
    """Why a county's rules differ from those of its last run, and as which trigger.

    The look once a minute may come before the job of a setting, and a setting may begin on a later day:
    whoever reads the run wants the words that were signed all the same.
    """
    latest, today = queries.latest_run(county), clock.today()
    for act in reversed(acts_of(county)):
        is_new = latest is None or act.signed_at >= latest.created_at or act.since > latest.day
        if is_new and act.since <= today:
            return act.reason, SETTING
    return "the rules in force changed", PACKS


_good: set[tuple[str, str]] = set()


def _known_good(county: str, version: str) -> bool:
    """Looked up once a process and version: it reads every household of the county."""
    if (county, version) not in _good and not queries.judged_otherwise(county, version):
        _good.add((county, version))
    return (county, version) in _good


def _rewrite(run: Rejudgement, ids: Sequence[UUID]) -> None:
    if not ids:
        return
    lock_households(ids)
    rows = queries.facts_of_households(ids)
    seen = hold(row.visit_id for row in rows)
    flags: dict[UUID, list[Flag]] = {row.visit_id: [] for row in rows}
    for flag in queries.open_of_visits(flags):
        flags[flag.visit_id].append(flag)
    bench, dismissed = today_bench(run.region_code), dismissed_of(flags)
    before = {visit.id: visit.severity_rank for visit in seen.values()}
    changed = [
        seen[row.visit_id]
        for row in rows
        if _judge(run, bench, row, seen[row.visit_id], flags[row.visit_id], dismissed[row.visit_id])
    ]
    db.session.flush()
    tell(changed, before)


def _judge(
    run: Rejudgement,
    bench: Bench,
    row: HouseholdFacts,
    visit: Visit,
    flags: Sequence[Flag],
    dismissed: Dismissed,
) -> bool:
    """Whether the visit's lights changed."""
    try:
        found = bench.judge(keeping.facts_in(row))
    except InvalidTag:
        return False  # counted as unreadable by whoever read the range
    lights = {result.rule: result.as_light() for result in found.met}
    met = met_text(lights)
    lights = {rule: light for rule, light in lights.items() if not dismissed.covers(light)}
    changed = _switch(run, visit, flags, lights)
    if (row.met, row.kind, row.severity) != (met, found.proposed_kind, found.severity):
        row.met, row.kind, row.severity = met, found.proposed_kind, found.severity
        row.version, row.judged_at = bench.version, clock.now()
        run.households_changed += 1
    if changed:
        count_lights(visit, list(lights.values()), dismissed.count_beside(lights))
        changes.note("household", visit.household_id, visit.region_code)
    return changed


def _switch(
    run: Rejudgement, visit: Visit, flags: Sequence[Flag], lights: Mapping[str, Mapping[str, Any]]
) -> bool:
    """Close the flags that no longer are, open those that are new; whether there were any."""
    gone = [flag for flag in flags if flag.rule not in lights]
    new = lights.keys() - {flag.rule for flag in flags}
    for flag in gone:
        flag.state, flag.closed_at, flag.closed_run_id = CLOSED, clock.now(), run.id
    db.session.add_all(new_flag(visit, lights[rule], run.id) for rule in sorted(new))
    run.opened, run.closed = run.opened + len(new), run.closed + len(gone)
    return bool(gone or new)


def county_of(region_code: str) -> str:
    """The county of a region code.

    Raises:
        Problem: role_not_allowed, for a scope wider than a county.
    """
    if len(region_code) < COUNTY_DIGITS:
        raise Problem("role_not_allowed")
    return region_code[:COUNTY_DIGITS]
