"""Reads of the audit trail: who may see which entries, found by person, object, action and time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select, tuple_

from server.accounts import queries as accounts
from server.audit.models import AuditCheck
from server.core import cursors
from server.core.audit import AuditEntry
from server.core.audit_chain import SYSTEM, chain_of
from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import EVERYTHING, region_scope
from server.households import queries as households
from server.photos import queries as photos
from server.proposals import queries as proposals
from server.visits import queries as visits

LISTING = "audit"
WHOLE_TRAIL = ("auditor", "county", "township", "first_secretary")
_VILLAGE = 12
FEW = 500


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the trail is searched for; None = everything. ``household`` is all that concerns a household.

    ``q`` is a part of a person's name or user name (what they did, and what was done to their account), or
    the whole number of a household.
    """

    actor: UUID | None = None
    target_type: str | None = None
    target: str | None = None
    household: UUID | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    q: str | None = None


def page(
    actor: Actor, filters: Filters, cursor: str | None, limit: int
) -> tuple[Sequence[AuditEntry], str | None]:
    """One page, the newest first, and the cursor of the next.

    Raises:
        Problem: bad_request, for a cursor that is not one of ours.
    """
    query = select(AuditEntry).where(*_visible_to(actor), *_matching(filters))
    query = query.order_by(AuditEntry.at.desc(), AuditEntry.seq.desc()).limit(limit + 1)
    if cursor is not None:
        query = query.where(tuple_(AuditEntry.at, AuditEntry.seq) < tuple_(*_place(cursor)))
    with region_scope(EVERYTHING) if actor.role == "admin" else nullcontext():
        rows = db.session.scalars(query).all()
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else cursors.pack(LISTING, last.at.isoformat(), last.seq)
    return rows[:limit], following


def _visible_to(actor: Actor) -> list[ColumnElement[bool]]:
    """Beside the region scope: the administrator sees what concerns no county, who only works, what they did.

    A county's index is named where the area is wide; a village has few entries and is found by its place.
    """
    if actor.role == "admin":
        return [AuditEntry.chain == SYSTEM]
    if actor.role not in WHOLE_TRAIL:
        return [AuditEntry.actor_id == actor.id]
    return [AuditEntry.chain == chain_of(actor.region_code)] if len(actor.region_code) < _VILLAGE else []


def _matching(filters: Filters) -> list[ColumnElement[bool]]:
    conditions = []
    if filters.actor:
        conditions.append(AuditEntry.actor_id == filters.actor)
    if filters.target_type:
        conditions.append(AuditEntry.target_type == filters.target_type)
    if filters.target:
        conditions.append(AuditEntry.target_id == filters.target)
    if filters.household:
        conditions.append(AuditEntry.target_id.in_(_objects_of(filters.household)))
    if filters.q:
        conditions.append(_found_by(filters.q.strip()))
    if filters.action:
        conditions.append(_named(filters.action))
    if filters.since:
        conditions.append(AuditEntry.at >= filters.since)
    if filters.until:
        conditions.append(AuditEntry.at < filters.until)
    return conditions


def _named(action: str) -> ColumnElement[bool]:
    """One action, or, written ``visit.*``, all of a domain."""
    if not action.endswith(".*"):
        return AuditEntry.action == action
    start = action[:-1]
    return and_(AuditEntry.action >= start, AuditEntry.action < start[:-1] + "/")


def _objects_of(household: UUID) -> list[str]:
    """The identifiers of a household and of what belongs to it, as far as the scope reaches."""
    ids = visits.ids_of_household(household)
    found = [household, *ids, *photos.ids_of_visits(ids), *proposals.ids_of_household(household)]
    return [str(each) for each in found]


def _found_by(text: str) -> ColumnElement[bool]:
    """A person by a part of the name, or a household by its number.

    Few people are named in the query, for the indexes' sake; with many, the newest entries are near anyway.
    Where they belong today is not asked: they may have moved, or be an administrator.
    """
    named = accounts.named_like(text)
    people = db.session.scalars(named.limit(FEW + 1)).all()
    household = households.id_of_number(text)
    objects = _objects_of(household) if household else []
    if len(people) > FEW:
        return or_(AuditEntry.actor_id.in_(named), _concerns(named), AuditEntry.target_id.in_(objects))
    objects += [str(each) for each in people]
    return or_(AuditEntry.actor_id.in_(people), AuditEntry.target_id.in_(objects))


def _concerns(named: Select[UUID]) -> ColumnElement[bool]:
    """Whether an entry is about one of these accounts; identifiers without dashes, as SQLite keeps them."""
    found = named.subquery()
    plain = select(func.replace(cast(found.c.id, String), "-", ""))
    return func.replace(AuditEntry.target_id, "-", "").in_(plain)


def _place(cursor: str) -> tuple[datetime, int]:
    at, seq = cursors.unpack(LISTING, cursor)
    try:
        return datetime.fromisoformat(str(at)), int(seq or 0)
    except ValueError as error:
        raise Problem("bad_request") from error


def check(chain: str) -> AuditCheck | None:
    """The last verification of a chain."""
    return db.session.scalar(select(AuditCheck).where(AuditCheck.chain == chain))


def checks() -> Sequence[AuditCheck]:
    """The last verification of every chain."""
    return db.session.scalars(select(AuditCheck)).all()
