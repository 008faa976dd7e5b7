"""What a phone needs to know of its households beside the register: the last visit, and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from server.core.auth import Actor
from server.flags.services import lit_of
from server.households.services import present
from server.photos import queries as photos
from server.photos.services import present as present_photos
from server.reviews import queries as reviews
from server.visits import queries as visits

if TYPE_CHECKING:
    from server.households.queries import Household
    from server.visits.queries import Visit

Wire = dict[str, Any]


def assignments(actor: Actor, page: Sequence[Household]) -> list[Wire]:
    """Wire form of a page of households, in a fixed number of queries."""
    last = visits.with_bodies(household.last_visit_id for household in page)
    open_to_actor = visits.openable(actor, last)
    ids = [household.id for household in page]
    returned, past = _returned(actor, ids), _history(actor, ids)
    lit = lit_of([visit for key, visit in last.items() if key in open_to_actor])
    return [
        shown
        | {
            "last_visit": _last_visit(last[key], lit[key])
            if (key := household.last_visit_id) in lit
            else None,
            "history": past.get(household.id, []),
            "returned": returned.get(household.id),
        }
        for household, shown in zip(page, present(page), strict=True)
    ]


def _last_visit(visit: Visit, lights: Sequence[Wire]) -> Wire:
    copied = ("id", "visited_at", "state", "severity", "checklist_version")
    answers = visits.body_of(visit)["answers"]
    return {name: getattr(visit, name) for name in copied} | {"answers": answers, "lights": lights}


def _history(actor: Actor, household_ids: Sequence[UUID]) -> dict[UUID, list[Wire]]:
    """What a grid member may see of past visits, by household; other roles read it where they review."""
    if actor.role != "grid_member":
        return {}
    copied = ("id", "visited_at", "author_name", "revision", "state", "severity")
    found: dict[UUID, list[Wire]] = {}
    for visit in visits.visible_of_households(actor, household_ids):
        found.setdefault(visit.household_id, []).append({name: getattr(visit, name) for name in copied})
    return found


def _returned(actor: Actor, household_ids: Sequence[UUID]) -> dict[UUID, Wire]:
    """What a grid member is to correct, by household; other roles correct nothing."""
    if actor.role != "grid_member":
        return {}
    rows = visits.returned(household_ids)
    decisions = reviews.of_visits(visit.id for visit in rows)
    pictures = photos.of_visits(visit.id for visit in rows)
    return {
        visit.household_id: _to_correct(actor, visit, decisions[visit.id][-1], pictures[visit.id])
        for visit in rows
    }


def _to_correct(actor: Actor, visit: Visit, decision: Any, pictures: Sequence[Any]) -> Wire:
    """The author gets back what they wrote, whole; anybody else with identity numbers masked."""
    body = visits.body_of(visit, for_author=visit.author_id == actor.id)
    return {
        "visit_id": visit.id,
        "comment": decision.comment,
        "comments": decision.comments,
        "answers": body["answers"],
        "notes": body["notes"],
        "photos": present_photos(pictures, body),
        "reviewed_at": decision.created_at,
        "reviewer_name": decision.reviewer_name,
    }
