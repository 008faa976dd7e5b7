"""Reads of flags, of the facts households are kept by, and of the runs that judge them again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import defer

from server.core import cursors
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import region_scope, within
from server.flags.models import DONE, OPEN, Dismissal, Flag, HouseholdFacts, Rejudgement
from server.households.queries import Household

if TYPE_CHECKING:
    from server.visits.queries import Visit

__all__ = ["Dismissal", "Flag", "HouseholdFacts", "Rejudgement"]


@dataclass(frozen=True)
class Change:
    """How many flags of a rule a run opened or closed."""

    rule: str
    severity: str
    opened: int
    closed: int


def open_of_visit(visit_id: UUID) -> Sequence[Flag]:
    """The flags of a visit that are still open."""
    return open_of_visits([visit_id])


def open_of_visits(visit_ids: Iterable[UUID]) -> Sequence[Flag]:
    """The flags of several visits that are still open."""
    query = select(Flag).where(Flag.visit_id.in_(set(visit_ids)), Flag.state == OPEN)
    return db.session.scalars(query).all()


def dismissed_of_visits(visit_ids: Iterable[UUID]) -> Sequence[Flag]:
    """The flags of several visits that a person dismissed, in the order they were raised."""
    query = select(Flag).where(Flag.visit_id.in_(set(visit_ids)), Flag.dismissal_id.is_not(None))
    return db.session.scalars(query.order_by(Flag.seq)).all()


def dismissal_by_id(dismissal_id: UUID) -> Dismissal | None:
    """The dismissal of an identifier, if it is in scope."""
    return db.session.scalar(select(Dismissal).where(Dismissal.id == dismissal_id))


def dismissals_of(visit_ids: Iterable[UUID]) -> Sequence[Dismissal]:
    """The dismissals of lights of several visits, the oldest first."""
    query = select(Dismissal).where(Dismissal.visit_id.in_(set(visit_ids)))
    return db.session.scalars(query.order_by(Dismissal.created_at, Dismissal.id)).all()


def dismissals_by_id(ids: Iterable[UUID | None]) -> dict[UUID, Dismissal]:
    """Several dismissals by identifier."""
    wanted = {given for given in ids if given is not None}
    if not wanted:
        return {}
    query = select(Dismissal).where(Dismissal.id.in_(wanted))
    return {row.id: row for row in db.session.scalars(query)}


def of_visits(visits: Iterable[Visit], *, evidence: bool = True) -> Sequence[Flag]:
    """Every flag that visits ever had, in the order they were raised; without causes and articles if told."""
    homes = {visit.id: visit.household_id for visit in visits}
    query = select(Flag).where(Flag.household_id.in_(set(homes.values())), Flag.visit_id.in_(homes))
    if not evidence:
        query = query.options(defer(Flag.causes), defer(Flag.articles))
    return db.session.scalars(query.order_by(Flag.seq)).all()


def facts_of_households(ids: Iterable[UUID]) -> Sequence[HouseholdFacts]:
    """The facts of several households."""
    query = select(HouseholdFacts).where(HouseholdFacts.household_id.in_(set(ids)))
    return db.session.scalars(query).all()


def grid_counts(region_code: str, after: str = "") -> list[tuple[str, int]]:
    """Households with facts in each grid of a region, in the order of codes behind ``after``."""
    query = select(HouseholdFacts.region_code, func.count()).group_by(HouseholdFacts.region_code)
    query = query.where(within(HouseholdFacts.region_code, region_code)) if region_code else query
    query = query.where(HouseholdFacts.region_code > after) if after else query
    rows = db.session.execute(query.order_by(HouseholdFacts.region_code))
    return [(code, count) for code, count in rows]


def ranges(region_code: str, size: int, after: str = "") -> list[tuple[str, str]]:
    """First and last grid of pieces of about ``size`` households, covering a region behind ``after``."""
    found: list[tuple[str, str]] = []
    first, counted = "", 0
    for code, count in grid_counts(region_code, after):
        first, counted = first or code, counted + count
        if counted >= size:
            found.append((first, code))
            first, counted = "", 0
        last = code
    return [*found, (first, last)] if first else found


def without_facts(region_code: str, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Visited households of the register that have no facts, in the order of their ids."""
    query = select(Household.id).outerjoin(HouseholdFacts, HouseholdFacts.household_id == Household.id)
    query = query.where(within(Household.region_code, region_code), Household.last_visit_id.is_not(None))
    query = query.where(HouseholdFacts.household_id.is_(None), Household.removed_at.is_(None))
    query = query.order_by(Household.id).limit(limit)
    return db.session.scalars(query.where(Household.id > after) if after else query).all()


def judged_otherwise(region_code: str, version: str) -> bool:
    """Whether some household of a region was last judged by other rules than those of a version."""
    query = select(HouseholdFacts.household_id).where(within(HouseholdFacts.region_code, region_code))
    return db.session.scalar(query.where(HouseholdFacts.version != version).limit(1)) is not None


def run_by_id(run_id: UUID, *, lock: bool = False) -> Rejudgement:
    """A run in scope.

    Raises:
        Problem: not_found.
    """
    query = select(Rejudgement).where(Rejudgement.id == run_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    run = db.session.scalar(query)
    if run is None:
        raise Problem("not_found")
    return run


def runs_of(county: str, ids: Iterable[UUID]) -> Sequence[Rejudgement]:
    """Runs of a county by id, whatever part of it the caller may see: they change all of its lights."""
    wanted = set(ids)
    if not wanted:
        return []
    with region_scope(county):
        return db.session.scalars(select(Rejudgement).where(Rejudgement.id.in_(wanted))).all()


def active_run(region_code: str) -> Rejudgement | None:
    """The run of a county that is waiting or running."""
    query = select(Rejudgement).where(Rejudgement.region_code == region_code, Rejudgement.state != DONE)
    return db.session.scalar(query)


def active_runs() -> Sequence[Rejudgement]:
    """Every run that is waiting or running."""
    return db.session.scalars(select(Rejudgement).where(Rejudgement.state != DONE)).all()


def latest_run(region_code: str) -> Rejudgement | None:
    """The newest run of a county."""
    query = select(Rejudgement).where(Rejudgement.region_code == region_code)
    return db.session.scalar(query.order_by(Rejudgement.created_at.desc(), Rejudgement.id.desc()).limit(1))


def page_of_runs(after: str | None, limit: int) -> tuple[Sequence[Rejudgement], str | None]:
    """Runs of the scope, the newest first, and the cursor of the next page. Raises Problem: bad_request."""
    query = select(Rejudgement).order_by(Rejudgement.created_at.desc(), Rejudgement.id.desc())
    if after is not None:
        last = run_by_id(_uuid(cursors.unpack("rejudgements", after)))
        query = query.where(tuple_(Rejudgement.created_at, Rejudgement.id) < tuple_(last.created_at, last.id))
    rows = db.session.scalars(query.limit(limit + 1)).all()
    more = len(rows) > limit
    return rows[:limit], cursors.pack("rejudgements", str(rows[limit - 1].id)) if more else None


def _uuid(parts: list[str | int | None]) -> UUID:
    if len(parts) != 1:
        raise Problem("bad_request")
    return UUID(str(parts[0]))


def page_of_changes(
    run_id: UUID, direction: str | None, rule: str | None, after: str | None, limit: int
) -> tuple[Sequence[Flag], str | None]:
    """Flags that a run opened or closed, in their order, and the cursor. Raises Problem: bad_request."""
    query = select(Flag).where(_changed_by(run_id, direction)).order_by(Flag.seq).limit(limit + 1)
    if rule is not None:
        query = query.where(Flag.rule == rule)
    if after is not None:
        parts = cursors.unpack("changes", after)
        if len(parts) != 1 or not isinstance(parts[0], int):
            raise Problem("bad_request")
        query = query.where(Flag.seq > parts[0])
    rows = db.session.scalars(query).all()
    more = len(rows) > limit
    return rows[:limit], cursors.pack("changes", rows[limit - 1].seq) if more else None


def _changed_by(run_id: UUID, direction: str | None) -> ColumnElement[bool]:
    opened, closed = Flag.opened_run_id == run_id, Flag.closed_run_id == run_id
    return opened if direction == "opened" else closed if direction == "closed" else or_(opened, closed)


def changes_by_rule(run_id: UUID) -> list[Change]:
    """Flags opened and closed by a run, a line for each rule."""
    opened, closed = (
        {
            (rule, severity): count
            for rule, severity, count in db.session.execute(
                select(Flag.rule, Flag.severity, func.count())
                .where(column == run_id)
                .group_by(Flag.rule, Flag.severity)
            )
        }
        for column in (Flag.opened_run_id, Flag.closed_run_id)
    )
    return [Change(*key, opened.get(key, 0), closed.get(key, 0)) for key in sorted({*opened, *closed})]
