"""Reads of the review desk: the list, its counts, and the decisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from server.core import cursors
from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import within
from server.households.queries import Household
from server.reviews.models import Review
from server.visits.queries import SEVERITIES, SUPERSEDED, UNLIT_PLACE, Visit, visible_to

LISTING = "queue"
TOWNSHIP_DIGITS = 9


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a reviewer narrows the list to; None = everything. Superseded revisions only when asked for.

    ``latest`` leaves only the newest visit of each registered household, so that counts are of those.
    """

    region: str | None = None
    severity: str | None = None
    risk: str | None = None
    state: str | None = None
    flagged: bool | None = None
    latest: bool | None = None


@dataclass(frozen=True)
class Group:
    """How many visits agree in severity, in having changed since last time, in township and in risks."""

    severity: str
    changed: bool
    township: str
    risks: str
    count: int


def page(
    actor: Actor, filters: Filters, cursor: str | None, limit: int
) -> tuple[Sequence[Visit], str | None]:
    """One page in the order of ``Visit.queue_rank``, the newest first within it, and the cursor of the next.

    Raises:
        Problem: bad_request, for a cursor that is not one of ours.
    """
    query = select(Visit).where(*_matching(actor, filters), *_listed(actor, filters))
    query = query.order_by(Visit.queue_rank, Visit.seq.desc()).limit(limit + 1)
    if cursor is not None:
        rank, seq = _position(cursor)
        query = query.where(or_(Visit.queue_rank > rank, and_(Visit.queue_rank == rank, Visit.seq < seq)))
    rows = db.session.scalars(query).all()
    shown = rows[:limit]
    more = len(rows) > limit
    return shown, cursors.pack(LISTING, shown[-1].queue_rank, shown[-1].seq) if more else None


def _position(cursor: str) -> tuple[int, int]:
    parts = cursors.unpack(LISTING, cursor)
    if len(parts) != 2 or not all(isinstance(part, int) for part in parts):
        raise Problem("bad_request")
    return int(parts[0] or 0), int(parts[1] or 0)


def groups(actor: Actor, filters: Filters) -> list[Group]:
    """One grouped query for all counts; the county counts also the visits that it does not see."""
    township = func.substr(Visit.region_code, 1, TOWNSHIP_DIGITS)
    keys = (Visit.severity_rank, Visit.changed_count > 0, township, Visit.risks)
    query = select(*keys, func.count()).where(*_matching(actor, filters)).group_by(*keys)
    return [
        Group(SEVERITIES[rank], bool(changed), place, risks, count)
        for rank, changed, place, risks, count in db.session.execute(query)
    ]


def _matching(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions that the counts share with the list."""
    conditions = [] if actor.role == "county" else [visible_to(actor)]
    conditions += [within(Visit.region_code, filters.region)] if filters.region else []
    conditions += [Visit.risks.contains(f"|{filters.risk}|", autoescape=True)] if filters.risk else []
    if filters.latest:
        registered = select(Household.last_visit_id).where(Household.removed_at.is_(None))
        conditions.append(Visit.id.in_(registered))
    conditions.append(Visit.state == filters.state if filters.state else Visit.state != SUPERSEDED)
    return conditions


def _listed(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions of the list alone."""
    conditions: list[ColumnElement[bool]] = []
    if filters.severity:
        conditions.append(_of_severity(SEVERITIES.index(filters.severity)))
    if filters.flagged or actor.role == "county":
        conditions.append(Visit.queue_rank < UNLIT_PLACE)
    elif filters.flagged is False:
        conditions.append(Visit.queue_rank >= UNLIT_PLACE)
    return conditions


def _of_severity(rank: int) -> ColumnElement[bool]:
    place = 2 * rank
    return Visit.queue_rank >= place if place == UNLIT_PLACE else Visit.queue_rank.between(place, place + 1)


def by_id(review_id: UUID) -> Review | None:
    """The decision of an identifier, if it is in scope."""
    return db.session.scalar(select(Review).where(Review.id == review_id))


def known(ids: Iterable[UUID]) -> set[UUID]:
    """Which of several decisions are here."""
    return set(db.session.scalars(select(Review.id).where(Review.id.in_(set(ids)))))


def of_visits(visit_ids: Iterable[UUID]) -> dict[UUID, list[Review]]:
    """The decisions on several visits, oldest first, in one query."""
    found: dict[UUID, list[Review]] = {visit_id: [] for visit_id in visit_ids}
    query = select(Review).where(Review.visit_id.in_(found)).order_by(Review.created_at, Review.id)
    for review in db.session.scalars(query):
        found[review.visit_id].append(review)
    return found
