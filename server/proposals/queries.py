"""Reads of proposals; the region scope says which exist, the level who decides on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, true, tuple_

from server.core import cursors
from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import EVERYTHING, region_scope
from server.proposals.models import OPEN, Proposal

__all__ = [
    "Proposal",
    "by_operation",
    "get_decidable",
    "households_of",
    "ids_of_household",
    "is_proposed",
    "page",
]

LISTING = "proposals"
DECIDES_ON = {"first_secretary": "village", "township": "township"}


def page(actor: Actor, state: str, after: str | None, limit: int) -> tuple[Sequence[Proposal], str | None]:
    """Proposals of the actor's level (the county sees all), and the cursor of the next page.

    The open ones begin with the one that waits longest, the decided ones with the newest.

    Raises:
        Problem: bad_request, for a cursor that is not one of ours.
    """
    is_open = state == OPEN
    place = tuple_(Proposal.created_at, Proposal.id)
    order = (
        (Proposal.created_at, Proposal.id) if is_open else (Proposal.created_at.desc(), Proposal.id.desc())
    )
    query = select(Proposal).where(_of_level(actor), (Proposal.state == OPEN) == is_open).order_by(*order)
    if after is not None:
        last = tuple_(*_position(after))
        query = query.where(place > last if is_open else place < last)
    rows = db.session.scalars(query.limit(limit + 1)).all()
    shown = rows[:limit]
    return shown, _cursor(shown[-1]) if len(rows) > limit else None


def _cursor(last: Proposal) -> str:
    return cursors.pack(LISTING, last.created_at.isoformat(), str(last.id))


def _position(cursor: str) -> tuple[datetime, UUID]:
    parts = cursors.unpack(LISTING, cursor)
    if len(parts) != 2:
        raise Problem("bad_request")
    return datetime.fromisoformat(str(parts[0])), UUID(str(parts[1]))


def _of_level(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.role == "county" else Proposal.level == DECIDES_ON.get(actor.role, "")


def get_decidable(actor: Actor, proposal_id: UUID, *, lock: bool = False) -> Proposal:
    """A proposal that the actor's level decides on; ``lock`` reads it anew and holds it.

    Raises:
        Problem: proposal_not_found.
    """
    query = select(Proposal).where(Proposal.id == proposal_id, _of_level(actor))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise Problem("proposal_not_found")
    return found


def by_operation(author_id: UUID, op_id: UUID) -> Proposal | None:
    """The proposal that an operation of an author became."""
    return db.session.scalar(select(Proposal).where(Proposal.author_id == author_id, Proposal.op_id == op_id))


def is_proposed(subject_id: UUID) -> bool:
    """Whether a household or member of an identifier was proposed before, by whomever and wherever."""
    with region_scope(EVERYTHING):
        return db.session.scalar(select(Proposal.id).where(Proposal.subject_id == subject_id)) is not None


def ids_of_household(household_id: UUID) -> Sequence[UUID]:
    """The identifiers of all proposals about a household."""
    return db.session.scalars(select(Proposal.id).where(Proposal.household_id == household_id)).all()


def households_of(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The household of each proposal that concerns one of the register."""
    query = select(Proposal.id, Proposal.household_id).where(Proposal.id.in_(set(ids)))
    return {key: home for key, home in db.session.execute(query) if home is not None}
