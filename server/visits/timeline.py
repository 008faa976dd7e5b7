"""The order of a household's visits: which one is the newest, and what each changed against the one before.

The result depends only on the set of visits, not on the order in which phones delivered them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from server.households.services import remember_visit
from server.visits import queries
from server.visits.bodies import mask_answers
from server.visits.changes import Change, differences
from server.visits.models import SUPERSEDED, Visit

if TYPE_CHECKING:
    from server.households.queries import Household, Standing
    from server.visits.queries import StoredBody


@dataclass(frozen=True)
class Comparison:
    """What a visit changed against the household's newest visit at the time of looking (None: the first)."""

    previous_id: UUID | None
    changes: list[Change]


def compare(last: Visit | StoredBody | None, answers: dict[str, Any]) -> Comparison:
    """Compare new answers with the household's newest visit, given with its body."""
    if last is None:
        return Comparison(None, [])
    return Comparison(last.id, differences(answers_of(last), mask_answers(answers)))


def comes_last(standing: Standing, visit: Visit, compared: Comparison) -> bool:
    """Whether a visit, no revision, is newer than all the household had and was compared with the newest."""
    if visit.revises_id is not None or compared.previous_id != standing.last_visit_id:
        return False
    if standing.last_visited_at is None or standing.last_visit_id is None:
        return True
    return (standing.last_visited_at, str(standing.last_visit_id)) < _moment(visit)


def rebuild(household: Household) -> None:
    """Order all visits of the household anew: for a visit that arrived late, and for a revision."""
    visits = queries.of_household(household.id)
    current = sorted((v for v in visits if v.state != SUPERSEDED), key=_moment)
    for visit in visits:
        earlier = [v for v in current if v.root_id != visit.root_id and _moment(v) < _moment(visit)]
        compared = compare(earlier[-1] if earlier else None, answers_of(visit))
        for name, value in noted(compared).items():
            setattr(visit, name, value)
    remember_visit(household, current[-1].id, current[-1].visited_at)


def answers_of(visit: Visit | StoredBody) -> dict[str, Any]:
    """The answers in a stored body, identity numbers masked."""
    answers: dict[str, Any] = queries.body_of(visit)["answers"]
    return answers


def _moment(visit: Visit) -> tuple[Any, str]:
    return visit.visited_at, str(visit.id)


def noted(compared: Comparison) -> dict[str, Any]:
    """What a visit changed, by its columns."""
    return {
        "previous_id": compared.previous_id,
        "changes": compared.changes,
        "changed_count": len(compared.changes),
    }
