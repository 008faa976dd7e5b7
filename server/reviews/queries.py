"""Reads of the review desk: the list, its counts, and the decisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from server.core import cursors
from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import within
from server.reviews.models import Review
from server.visits.queries import PLACES, SEVERITIES, SUPERSEDED, UNLIT_PLACE, Visit, VisitTally, visible_to

__all__ = ["Filters", "Group", "Review", "by_id", "groups", "known", "of_visits", "page"]

LISTING = "queue"
TOWNSHIP_DIGITS, VILLAGE_DIGITS = 9, 12


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


By = Literal["township", "risks"] | None
SORTS = list(product(range(len(SEVERITIES)), (False, True)))
"""Severity and whether something changed: what every count tells apart."""


@dataclass(frozen=True)
class Group:
    """How many visits agree in severity, in having changed since last time, and in what was asked for."""

    severity: str
    changed: bool
    count: int
    township: str = ""
    risks: str = ""


def page(
    actor: Actor, filters: Filters, cursor: str | None, limit: int
) -> tuple[Sequence[Visit], str | None]:
    """One page in the order of ``Visit.queue_rank``, the newest first within it, and the cursor of the next.

    Raises:
        Problem: bad_request, for a cursor that is not one of ours.
    """
    rank, seq = (0, None) if cursor is None else _position(cursor)
    found: list[int] = []
    for place in (each for each in _places(actor, filters) if each >= rank):
        behind = [Visit.seq < seq] if seq is not None and place == rank else []
        found += _numbers(actor, filters, [_placed(actor, place), *behind], limit + 1 - len(found))
        if len(found) > limit:
            break
    shown = _in_order(found[:limit])
    more = len(found) > limit
    return shown, cursors.pack(LISTING, shown[-1].queue_rank, shown[-1].seq) if more else None


def _places(actor: Actor, filters: Filters) -> list[int]:
    """The places of the queue that are asked for; each is one stretch of the list's index."""
    found = list(range(PLACES))
    if filters.severity:
        place = 2 * SEVERITIES.index(filters.severity)
        found = found[place:] if place == UNLIT_PLACE else found[place : place + 2]
    if filters.flagged or actor.role == "county":
        return [place for place in found if place < UNLIT_PLACE]
    return [place for place in found if place >= UNLIT_PLACE] if filters.flagged is False else found


def _numbers(actor: Actor, filters: Filters, place: list[ColumnElement[bool]], limit: int) -> Sequence[int]:
    """Numbers of the visits of one place, which an index alone can tell; rows are read afterwards."""
    query = select(Visit.seq).where(*place, *_matching(actor, filters))
    return db.session.scalars(query.order_by(Visit.seq.desc()).limit(limit)).all()


def _placed(actor: Actor, place: int) -> ColumnElement[bool]:
    """The visits of one place; a grid member's are found by their author, not by the list's index."""
    rank = Visit.queue_rank
    return (rank.op("+")(0) if actor.role == "grid_member" else rank) == place


def _in_order(numbers: Sequence[int]) -> list[Visit]:
    rows = {row.seq: row for row in db.session.scalars(select(Visit).where(Visit.seq.in_(numbers)))}
    return [rows[number] for number in numbers if number in rows]


def _position(cursor: str) -> tuple[int, int | None]:
    parts = cursors.unpack(LISTING, cursor)
    if len(parts) != 2 or not all(isinstance(part, int) for part in parts):
        raise Problem("bad_request")
    return int(parts[0] or 0), int(parts[1] or 0)


def groups(actor: Actor, filters: Filters, by: By = None) -> list[Group]:
    """All counts by severity and change, and by one thing more; the county counts also what it does not see.

    Whole villages were counted already; what is less than a village is counted now. One thing at a time: by
    township and by risks together a county has thousands of groups, which takes longer than two questions.
    """
    narrowest = max(actor.region_code, filters.region or "", key=len)
    counted = actor.role != "grid_member" and len(narrowest) <= VILLAGE_DIGITS
    rows = db.session.execute(_tallied(filters, by) if counted else _fresh(actor, filters, by))
    return [
        Group(SEVERITIES[rank], changed, int(count), **({by: row[0]} if by else {}))
        for row in rows
        for (rank, changed), count in zip(SORTS, row[-len(SORTS) :], strict=True)
        if count
    ]


def _tallied(filters: Filters, by: By) -> Select[Any]:
    """The counts of whole villages, added up; a column for each of ``SORTS``: sorting rows by it is slow."""
    rank, changed, further = VisitTally.severity_rank, VisitTally.changed, _further(VisitTally, by)
    figures = [func.sum(VisitTally.visits).filter(rank == r, changed.is_(c)) for r, c in SORTS]
    conditions = [within(VisitTally.region_code, filters.region)] if filters.region else []
    if filters.risk:
        conditions.append(VisitTally.risks.contains(f"|{filters.risk}|", autoescape=True))
    if filters.latest:
        conditions.append(VisitTally.latest.is_(True))
    state = VisitTally.state
    conditions.append(state == filters.state if filters.state else state != SUPERSEDED)
    return select(*further, *figures).where(*conditions).group_by(*further)


def _fresh(actor: Actor, filters: Filters, by: By) -> Select[Any]:
    rank, changed, further = Visit.severity_rank, Visit.changed_count > 0, _further(Visit, by)
    figures = [func.count().filter(rank == r, changed if c else ~changed) for r, c in SORTS]
    return select(*further, *figures).where(*_matching(actor, filters)).group_by(*further)


def _further(table: type[VisitTally | Visit], by: By) -> list[Any]:
    if by == "township":
        return [func.substr(table.region_code, 1, TOWNSHIP_DIGITS)]
    return [table.risks] if by == "risks" else []


def _matching(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions that the counts share with the list."""
    conditions = [] if actor.role == "county" else [visible_to(actor)]
    conditions += [within(Visit.region_code, filters.region)] if filters.region else []
    conditions += [Visit.risks.contains(f"|{filters.risk}|", autoescape=True)] if filters.risk else []
    conditions += [Visit.latest.is_(True)] if filters.latest else []
    conditions.append(Visit.state == filters.state if filters.state else Visit.state != SUPERSEDED)
    return conditions


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
