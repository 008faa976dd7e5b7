"""Reads of visits. The region scope says which rows exist, ``visible_to`` which of them a role may open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import aliased, load_only, undefer

from server.core import clock, quick
from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import EVERYTHING, region_scope
from server.households.queries import lock_households
from server.visits.bodies import masked_body, open_body, open_own_body
from server.visits.models import APPROVED, ESCALATED, RETURNED, SEVERITIES, SUBMITTED, SUPERSEDED, Visit
from server.visits.tallies import VisitTally

__all__ = [
    "APPROVED",
    "ESCALATED",
    "LOWEST_RANK",
    "NEVER_LIT_PLACE",
    "PLACES",
    "RETURNED",
    "SEVERITIES",
    "SUBMITTED",
    "SUPERSEDED",
    "UNLIT_PLACE",
    "StoredBody",
    "Visit",
    "VisitTally",
    "body_of",
    "by_id",
    "by_ids",
    "check_visible",
    "current_of_household",
    "flagged_household",
    "get_visible",
    "get_visible_all",
    "hold",
    "hold_of_household",
    "is_taken",
    "masked_body",
    "of_household",
    "openable",
    "returned",
    "revisions",
    "stored_bodies",
    "visible_by_seq",
    "visible_of_household",
    "visible_of_households",
    "visible_to",
    "with_bodies",
    "written_by",
]

OWN_VISITS_DAYS = 90  # how far back a grid member sees their own visits
LOWEST_RANK = 3  # of a visit without lights
UNLIT_PLACE = 2 * LOWEST_RANK  # of ``queue_rank``, from where on no light is open
PLACES = UNLIT_PLACE + 6  # of ``queue_rank``, in all
NEVER_LIT_PLACE = UNLIT_PLACE + 2  # from where on none was dismissed either


def by_id(visit_id: UUID) -> Visit | None:
    """The visit of an identifier, if it is in scope."""
    return db.session.scalar(select(Visit).where(Visit.id == visit_id))


def hold(ids: Iterable[UUID]) -> dict[UUID, Visit]:
    """Hold visits' rows until the transaction ends, and read them as they are now, without bodies.

    Everybody takes rows in one order, else two people at one household would wait for each other: households
    first, then their visits, then what belongs to these (flags, re-checks, cases, proposals, what is held);
    of each kind by rising identifier. A run of the rules takes its own row before all of them. Nobody holds a
    visit without its household: who has a household's row may go on to any visit of it.
    """
    wanted = set(ids)
    lock_households(db.session.scalars(select(Visit.household_id).where(Visit.id.in_(wanted))))
    query = select(Visit).where(Visit.id.in_(wanted)).order_by(Visit.id)
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {visit.id: visit for visit in db.session.scalars(query)}


def hold_of_household(household_id: UUID, visit_id: UUID) -> Visit | None:
    """A visit of a household whose row is held, as it is now; its own row is held, too. None: not of it."""
    query = select(Visit).where(Visit.id == visit_id, Visit.household_id == household_id)
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return db.session.scalar(query)


def written_by(author_id: UUID, ids: Iterable[UUID]) -> dict[UUID, Visit]:
    """Those of several visits that an author wrote, wherever the household is by now, with their answers."""
    with region_scope(EVERYTHING):
        known = quick.rows(Visit, ("id",), "id", set(ids), also={"author_id": author_id})
        if not known:
            return {}  # the usual case: they are new
        query = select(Visit).where(Visit.id.in_([visit_id for (visit_id,) in known]))
        return {visit.id: visit for visit in db.session.scalars(query.options(undefer(Visit.result)))}


def is_taken(visit_id: UUID) -> bool:
    """Whether there is a visit of this identifier, in the scope or out of it."""
    with region_scope(EVERYTHING):
        return db.session.scalar(select(Visit.seq).where(Visit.id == visit_id)) is not None


def get_visible(actor: Actor, visit_id: UUID, *, lock: bool = False) -> Visit:
    """One visit that the actor may open, with its body; ``lock`` holds it as ``hold`` does.

    Raises:
        Problem: visit_not_found, whatever the reason.
    """
    if lock:
        hold([visit_id])
    query = select(Visit).where(Visit.id == visit_id, visible_to(actor)).options(undefer(Visit.body))
    visit = db.session.scalar(query)
    if visit is None:
        raise Problem("visit_not_found")
    return visit


def get_visible_all(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Visit]:
    """Those of several visits that the actor may open, held as ``hold`` does."""
    held = hold(ids)
    query = select(Visit).where(Visit.id.in_(held), visible_to(actor)).order_by(Visit.seq)
    return {visit.id: visit for visit in db.session.scalars(query)}


def visible_by_seq(actor: Actor, seq: int) -> Visit | None:
    """The visit of a server's number that the actor may open, with its first answer."""
    query = select(Visit).where(Visit.seq == seq, visible_to(actor)).options(undefer(Visit.result))
    return db.session.scalar(query)


def check_visible(actor: Actor, visit_id: UUID) -> None:
    """Do nothing when the actor may open the visit.

    Raises:
        Problem: visit_not_found.
    """
    if db.session.scalar(select(Visit.seq).where(Visit.id == visit_id, visible_to(actor))) is None:
        raise Problem("visit_not_found")


def openable(actor: Actor, visits: Iterable[UUID]) -> set[UUID]:
    """Which of several visits the actor may know of: a grid member knows the last one of each household."""
    wanted = set(visits)
    if not wanted or actor.role in ("grid_member", "first_secretary", "township"):
        return wanted
    return set(db.session.scalars(select(Visit.id).where(Visit.id.in_(wanted), visible_to(actor))))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Which visits of the scope a role may open (permissions.yaml says which roles may ask at all).

    A grid member sees their own of the last 90 days; village and township see all; the county sees
    everything of a household that has a flagged visit, and nothing of the others.
    """
    if actor.role == "grid_member":
        since = clock.now() - timedelta(days=OWN_VISITS_DAYS)
        return (Visit.author_id == actor.id) & (Visit.received_at >= since)
    if actor.role == "county":
        return flagged_household()
    return Visit.seq > 0 if actor.role in ("first_secretary", "township") else false()


def flagged_household() -> ColumnElement[bool]:
    """Whether the visit's household has a visit with a light on, one that somebody dismissed, or handed up.

    Asked of each household that is looked at: collecting all of a county's first would take longer.
    """
    other = aliased(Visit)
    same = other.household_id == Visit.household_id
    told = or_(other.queue_rank < NEVER_LIT_PLACE, other.handed_up.is_(True))
    return exists(select(other.seq).where(same, told).correlate(Visit))


def of_household(household_id: UUID) -> Sequence[Visit]:
    """Every visit and revision of a household with its body, newest first."""
    query = select(Visit).where(Visit.household_id == household_id).order_by(Visit.seq.desc())
    return db.session.scalars(query.options(undefer(Visit.body))).all()


def current_of_household(household_id: UUID) -> Sequence[Visit]:
    """The visits of a household that no revision replaced, with their bodies, the newest first."""
    query = select(Visit).where(Visit.household_id == household_id, Visit.state != SUPERSEDED)
    query = query.order_by(Visit.visited_at.desc(), Visit.id.desc())
    return db.session.scalars(query.options(undefer(Visit.body))).all()


def by_ids(ids: Iterable[UUID]) -> dict[UUID, Visit]:
    """Several visits by identifier, without bodies."""
    return {visit.id: visit for visit in db.session.scalars(select(Visit).where(Visit.id.in_(set(ids))))}


def visible_of_household(actor: Actor, household_id: UUID) -> Sequence[Visit]:
    """The visits and revisions of a household that the actor may open, newest first, without bodies."""
    query = select(Visit).where(Visit.household_id == household_id, visible_to(actor))
    return db.session.scalars(query.order_by(Visit.seq.desc())).all()


def visible_of_households(actor: Actor, household_ids: Iterable[UUID]) -> Sequence[Visit]:
    """What the actor may open of several households' visits, the newest first: only what a line shows."""
    shown = ("id", "household_id", "visited_at", "author_name", "revision", "state", "severity")
    query = select(Visit).where(Visit.household_id.in_(set(household_ids)), visible_to(actor))
    query = query.options(load_only(*(getattr(Visit, name) for name in shown)))
    return db.session.scalars(query.order_by(Visit.seq.desc())).all()


def revisions(root_id: UUID) -> Sequence[Visit]:
    """All revisions of one visit, oldest first."""
    return db.session.scalars(select(Visit).where(Visit.root_id == root_id).order_by(Visit.revision)).all()


def with_bodies(ids: Iterable[UUID | None]) -> dict[UUID, Visit]:
    """Several visits with their bodies, by identifier."""
    wanted = {given for given in ids if given is not None}
    if not wanted:
        return {}
    query = select(Visit).where(Visit.id.in_(wanted)).options(undefer(Visit.body))
    return {visit.id: visit for visit in db.session.scalars(query)}


class StoredBody(NamedTuple):
    """Of a visit, what its answers are read from."""

    id: UUID
    body: str


def stored_bodies(ids: Iterable[UUID | None]) -> dict[UUID, StoredBody]:
    """The sealed bodies of several visits, by identifier."""
    wanted = {given for given in ids if given is not None}
    return {row[0]: StoredBody._make(row) for row in quick.rows(Visit, StoredBody._fields, "id", wanted)}


def body_of(visit: Visit | StoredBody, *, for_author: bool = False) -> dict[str, Any]:
    """The body of a visit; only its author gets identity numbers unmasked."""
    return (open_own_body if for_author else open_body)(visit.id, visit.body)


def returned(household_ids: Iterable[UUID]) -> Sequence[Visit]:
    """Visits that a reviewer gave back and no revision has answered yet, oldest first, with their bodies."""
    query = select(Visit).where(Visit.state == RETURNED, Visit.household_id.in_(set(household_ids)))
    return db.session.scalars(query.order_by(Visit.seq).options(undefer(Visit.body))).all()


def ids_of_household(household_id: UUID) -> Sequence[UUID]:
    """The identifiers of all visits and revisions of a household."""
    return db.session.scalars(select(Visit.id).where(Visit.household_id == household_id)).all()
