"""What moves with a household, or ends with one that is no more: each domain says it of its own rows.

Domains know only those left of them, so this one cannot call the others; they sign up here.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

Mover = Callable[[UUID, str], None]
Closer = Callable[[UUID], None]
_movers: dict[str, Mover] = {}
_closers: dict[str, Closer] = {}


def moves_along(mover: Mover) -> Mover:
    """Declare what gives a domain's rows of a household their new region code."""
    _movers[f"{mover.__module__}.{mover.__qualname__}"] = mover
    return mover


def ends_along(closer: Closer) -> Closer:
    """Declare what a domain does when a household is no longer in the register."""
    _closers[f"{closer.__module__}.{closer.__qualname__}"] = closer
    return closer


def move_rows(household_id: UUID, region_code: str) -> None:
    """Give every row of a household the region code; the scope must cover the old one and the new one."""
    for mover in _movers.values():
        mover(household_id, region_code)


def end_rows(household_id: UUID) -> None:
    """Tell everybody that a household is no longer in the register."""
    for closer in _closers.values():
        closer(household_id)
