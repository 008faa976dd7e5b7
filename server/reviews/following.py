"""What follows from a decision on a visit: domains further on say it here, as this one does not know them."""

from __future__ import annotations

from collections.abc import Callable

from server.reviews.models import Review
from server.visits.queries import Visit

Follower = Callable[[Visit, Review], None]
Guard = Callable[[Visit], None]
_followers: dict[str, Follower] = {}
_guards: dict[str, Guard] = {}


def follows_decisions(follower: Follower) -> Follower:
    """Declare what a domain does in the transaction of every decision."""
    _followers[f"{follower.__module__}.{follower.__qualname__}"] = follower
    return follower


def guards_decisions(guard: Guard) -> Guard:
    """Declare what a domain asks before a decision; it raises a Problem where there may be none any more."""
    _guards[f"{guard.__module__}.{guard.__qualname__}"] = guard
    return guard


def ask(visit: Visit) -> None:
    """Ask everybody whether a visit may be decided on; its row is held. Raises Problem."""
    for guard in _guards.values():
        guard(visit)


def tell(visit: Visit, review: Review) -> None:
    """Tell everybody of a decision that was just taken; the visit's row is held and has its new state."""
    for follower in _followers.values():
        follower(visit, review)
