"""How far a phone's clock was off when it wrote a visit: stored and shown, never used to order anything."""

from __future__ import annotations

from dataclasses import dataclass

SUSPECT_MS = 600_000


@dataclass(frozen=True)
class ClockMark:
    """``offset_ms`` is server time minus the phone's, None where nobody knows; ``suspect``: ten minutes."""

    offset_ms: int | None = None
    suspect: bool = False


def clock_mark(said_ms: int | None, measured_ms: int | None) -> ClockMark:
    """The mark of a visit.

    Args:
        said_ms: the offset the phone knew when it wrote the visit.
        measured_ms: the offset of its clock when it sent the visit, which is all there is for a phone that
            had no contact before.
    """
    known = [offset for offset in (said_ms, measured_ms) if offset is not None]
    suspect = any(abs(offset) > SUSPECT_MS for offset in known)
    return ClockMark(known[0] if known else None, suspect)
