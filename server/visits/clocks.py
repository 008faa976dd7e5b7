"""How far a phone's clock was off when it wrote a visit, and when the visit was therefore really made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SUSPECT_MS = 600_000
TOLERANCE = timedelta(milliseconds=SUSPECT_MS)


@dataclass(frozen=True)
class ClockMark:
    """``offset_ms`` is server time minus the phone's, None where nobody knows; ``suspect``: ten minutes.

    ``offsets`` are all that was said or measured of it, in milliseconds.
    """

    offset_ms: int | None = None
    suspect: bool = False
    offsets: tuple[int, ...] = ()


def clock_mark(said_ms: int | None, measured_ms: int | None) -> ClockMark:
    """The mark of a visit.

    Args:
        said_ms: the offset the phone knew when it wrote the visit.
        measured_ms: the offset of its clock when it sent the visit, which is all there is for a phone that
            had no contact before.
    """
    known = tuple(offset for offset in (said_ms, measured_ms) if offset is not None)
    suspect = any(abs(offset) > SUSPECT_MS for offset in known)
    return ClockMark(known[0] if known else None, suspect, known)


def true_moment(told: datetime, mark: ClockMark, received_at: datetime) -> datetime:
    """When a visit was made that a phone says was made at an instant of its own clock.

    A clock that was right, or of which nothing is known, is believed. It may have been put right, or gone
    wrong, between writing and sending: of what the offsets make of the instant the latest counts that is not
    after the visit was received. Whatever a clock says, no visit is made after it was received.
    """
    offsets = mark.offsets if mark.suspect else (0,)
    possible = [moment for moment in _moved(told, offsets) if moment <= received_at + TOLERANCE]
    return min(max(possible, default=received_at), received_at)


def _moved(told: datetime, offsets: Iterable[int]) -> Iterable[datetime]:
    for offset in offsets:
        try:
            yield told + timedelta(milliseconds=offset)
        except OverflowError:
            continue
