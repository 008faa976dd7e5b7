"""Reads of the county's desk: cases with their counts, decisions, assignments, filters, and who looked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, tuple_

from server.accounts import queries as accounts
from server.core import cursors
from server.core.audit import AuditEntry
from server.core.clock import COUNTY_TIME
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import within
from server.county_desk.models import Assignment, AssignmentBatch, CountyDecision, SavedFilter
from server.rechecks.queries import HANDED_UP, Recheck
from server.visits.queries import SEVERITIES

LISTING = "cases"
TOWNSHIP_DIGITS, COUNTY_DIGITS = 9, 6
ME, NOBODY = "me", "nobody"
# Entries that tell of somebody who looked at what is masked for others.
READS = ("household.reveal", "member.reveal", "visit.reveal", "photo.reveal")
MOST_READS = 200


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the county narrows its cases to; None = everything.

    ``until``: handed up on that day at the latest, for a meeting; ``month``: handed up in it, by days of the
    county. ``severity``: of the lights as they are now. ``assigned``: to the caller or to nobody.
    """

    state: str = HANDED_UP
    region: str | None = None
    severity: str | None = None
    cause: str | None = None
    department: str | None = None
    assigned: str | None = None
    month: str | None = None
    until: date | None = None


@dataclass(frozen=True)
class Group:
    """Households and persons of a township and cause; ``unassigned`` households are nobody's yet."""

    township: str
    cause: str
    households: int
    persons: int
    unassigned: int


def page(me: UUID, filters: Filters, cursor: str | None, limit: int) -> tuple[Sequence[Recheck], str | None]:
    """One page, what was handed up first at the top, and the next cursor. Raises Problem: bad_request."""
    query = select(Recheck).where(*_matching(me, filters))
    if cursor is not None:
        query = query.where(tuple_(Recheck.handed_up_at, Recheck.visit_id) > _place(cursor))
    query = query.order_by(Recheck.handed_up_at, Recheck.visit_id).limit(limit + 1)
    rows = db.session.scalars(query).all()
    shown, last = rows[:limit], rows[limit - 1] if len(rows) > limit else None
    if last is None or last.handed_up_at is None:
        return shown, None
    return shown, cursors.pack(LISTING, last.handed_up_at.isoformat(), str(last.visit_id))


def _place(cursor: str) -> Any:
    parts = cursors.unpack(LISTING, cursor)
    try:
        at, visit_id = datetime.fromisoformat(str(parts[0])), UUID(str(parts[1]))
    except (ValueError, IndexError) as error:
        raise Problem("bad_request") from error
    return tuple_(literal(at, Recheck.handed_up_at.type), literal(visit_id, Recheck.visit_id.type))


def _matching(me: UUID, filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [Recheck.state == filters.state, Recheck.handed_up_at.is_not(None)]
    conditions += [within(Recheck.region_code, filters.region)] if filters.region else []
    if filters.severity:
        conditions.append(Recheck.severity_rank == SEVERITIES.index(filters.severity))
    conditions += [Recheck.cause == filters.cause] if filters.cause else []
    conditions += [Recheck.department == filters.department] if filters.department else []
    if filters.assigned == ME:
        conditions.append(Recheck.assignee_id == me)
    elif filters.assigned == NOBODY:
        conditions.append(_nobodys())
    return conditions + _handed_up_in(filters)


def _handed_up_in(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.month:
        first = date.fromisoformat(f"{filters.month}-01")
        following = (first + timedelta(days=31)).replace(day=1)
        conditions = [Recheck.handed_up_at >= _beginning(first), Recheck.handed_up_at < _beginning(following)]
    if filters.until is not None:
        conditions.append(Recheck.handed_up_at < _beginning(filters.until + timedelta(days=1)))
    return conditions


def _beginning(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=COUNTY_TIME)


def _nobodys() -> ColumnElement[bool]:
    """Given to nobody, or to somebody who cannot sign in any more."""
    person, office = Recheck.assignee_id, Recheck.department
    no_person = or_(person.is_(None), person.not_in(accounts.at_work()))
    there = tuple_(office, func.substr(Recheck.region_code, 1, COUNTY_DIGITS))
    return and_(no_person, or_(office.is_(None), there.not_in(accounts.departments_at_work())))


def groups(me: UUID, filters: Filters) -> list[Group]:
    """All counts in one grouped query."""
    township = func.substr(Recheck.region_code, 1, TOWNSHIP_DIGITS)
    figures = (func.count(), func.sum(Recheck.persons), func.count().filter(_nobodys()))
    query = select(township, Recheck.cause, *figures).where(*_matching(me, filters))
    rows = db.session.execute(query.group_by(township, Recheck.cause))
    return [
        Group(place, cause or "other", n, int(persons or 0), free) for place, cause, n, persons, free in rows
    ]


def decision_by_id(decision_id: UUID) -> CountyDecision | None:
    """The decision of an identifier, if it is in scope."""
    return db.session.scalar(select(CountyDecision).where(CountyDecision.id == decision_id))


def decisions_of(household_id: UUID) -> Sequence[CountyDecision]:
    """The county's decisions on a household, the oldest first."""
    query = select(CountyDecision).where(CountyDecision.household_id == household_id)
    return db.session.scalars(query.order_by(CountyDecision.created_at, CountyDecision.id)).all()


def decisions_on(visit_ids: Iterable[UUID]) -> Sequence[CountyDecision]:
    """The county's decisions on several visits, the oldest first."""
    query = select(CountyDecision).where(CountyDecision.visit_id.in_(set(visit_ids)))
    return db.session.scalars(query.order_by(CountyDecision.created_at, CountyDecision.id)).all()


def batch_by_id(batch_id: UUID) -> AssignmentBatch | None:
    """The batch of an identifier, if it is in scope."""
    return db.session.scalar(select(AssignmentBatch).where(AssignmentBatch.id == batch_id))


def assignments_of(household_id: UUID) -> Sequence[Assignment]:
    """To whom a household's cases were given, the oldest first."""
    query = select(Assignment).where(Assignment.household_id == household_id)
    return db.session.scalars(query.order_by(Assignment.created_at)).all()


def newest_notes(visit_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What was said with the newest assignment of each case."""
    query = select(Assignment.visit_id, Assignment.note).where(Assignment.visit_id.in_(set(visit_ids)))
    return dict(db.session.execute(query.order_by(Assignment.created_at)).all())


def filters_of(user_id: UUID) -> Sequence[SavedFilter]:
    """A user's saved filters, in the order they were made."""
    query = select(SavedFilter).where(SavedFilter.user_id == user_id)
    return db.session.scalars(query.order_by(SavedFilter.created_at, SavedFilter.id)).all()


def filter_by_id(filter_id: UUID) -> SavedFilter | None:
    """The filter of an identifier, whoever's it is."""
    return db.session.scalar(select(SavedFilter).where(SavedFilter.id == filter_id))


def reads_of(targets: Iterable[UUID]) -> Sequence[AuditEntry]:
    """Who looked at unmasked data of some records, the newest first."""
    wanted = {str(each) for each in targets}
    query = select(AuditEntry).where(AuditEntry.target_id.in_(wanted), AuditEntry.action.in_(READS))
    return db.session.scalars(query.order_by(AuditEntry.seq.desc()).limit(MOST_READS)).all()
