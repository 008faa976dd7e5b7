"""The order of a household's visits: which one is the newest, and what each changed against the one before.

The result depends only on the set of visits, not on the order in which phones delivered them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.households.services import remember_visit
from server.visits import queries
from server.visits.bodies import mask_answers
from server.visits.changes import differences
from server.visits.models import SUPERSEDED, Visit

if TYPE_CHECKING:
    from server.households.queries import Household


def place(household: Household, visit: Visit, answers: dict[str, Any]) -> None:
    """Compare a new visit, not yet in the database, with the one before it and remember it as the newest."""
    last_id = household.last_visit_id
    previous = queries.with_bodies([last_id]).get(last_id) if last_id else None
    if previous is not None and previous.root_id != visit.root_id:
        _compare(visit, previous, mask_answers(answers))
    remember_visit(household, visit.id, visit.visited_at)


def comes_last(household: Household, visit: Visit) -> bool:
    """Whether a visit, no revision, is newer than all the household has: the usual and quick case."""
    if visit.revises_id is not None:
        return False
    if household.last_visited_at is None or household.last_visit_id is None:
        return True
    return (household.last_visited_at, str(household.last_visit_id)) < _moment(visit)


def rebuild(household: Household) -> None:
    """Order all visits of the household anew: for a visit that arrived late, and for a revision."""
    visits = queries.of_household(household.id)
    current = sorted((v for v in visits if v.state != SUPERSEDED), key=_moment)
    for visit in visits:
        earlier = [v for v in current if v.root_id != visit.root_id and _moment(v) < _moment(visit)]
        _compare(visit, earlier[-1] if earlier else None, answers_of(visit))
    remember_visit(household, current[-1].id, current[-1].visited_at)


def answers_of(visit: Visit) -> dict[str, Any]:
    """The answers in a stored body, identity numbers masked."""
    answers: dict[str, Any] = queries.body_of(visit)["answers"]
    return answers


def _moment(visit: Visit) -> tuple[Any, str]:
    return visit.visited_at, str(visit.id)


def _compare(visit: Visit, previous: Visit | None, answers: dict[str, Any]) -> None:
    changes = [] if previous is None else differences(answers_of(previous), answers)
    visit.previous_id = None if previous is None else previous.id
    visit.changes, visit.changed_count = changes, len(changes)
