"""Who else has something to do when lights change without a visit. A domain above declares it here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from server.visits.queries import Visit

Ranks = Mapping[UUID, int]
Follower = Callable[[Sequence[Visit], Ranks], None]
_followers: dict[str, Follower] = {}


def follows_rejudging(follower: Follower) -> Follower:
    """Declare what a domain does in the transaction in which visits were judged again."""
    _followers[f"{follower.__module__}.{follower.__qualname__}"] = follower
    return follower


def tell(visits: Sequence[Visit], before: Ranks) -> None:
    """Tell everybody of visits whose lights just changed, and the severity of each before.

    They and their households are held.
    """
    if visits:
        for follower in _followers.values():
            follower(visits, before)
