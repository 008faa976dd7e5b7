"""What follows from a decision on a visit: domains further on say it here, as this one does not know them."""

from __future__ import annotations

from collections.abc import Callable

from server.reviews.models import Review
from server.visits.queries import Visit

Follower = Callable[[Visit, Review], None]
_followers: dict[str, Follower] = {}


def follows_decisions(follower: Follower) -> Follower:
    """Declare what a domain does in the transaction of every decision."""
    _followers[f"{follower.__module__}.{follower.__qualname__}"] = follower
    return follower


def tell(visit: Visit, review: Review) -> None:
    """Tell everybody of a decision that was just taken; the visit's row is held and has its new state."""
    for follower in _followers.values():
        follower(visit, review)
