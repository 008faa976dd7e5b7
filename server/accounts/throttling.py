"""How long a sign-in has to wait after failures. Pure: the caller brings the counts and the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

FREE_FAILURES = 5
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)


def delay_after(failures: int) -> timedelta | None:
    """The wait after so many failures in a row: none below five, then 30 s, doubling up to 15 minutes."""
    if failures < FREE_FAILURES:
        return None
    doublings = min(failures - FREE_FAILURES, 10)
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)


def seconds_left(blocked_until: datetime | None, now: datetime) -> int:
    """Whole seconds until the next attempt is heard, 0 when it would be heard now.

    A wait longer than any that is ever given comes from a clock that was ahead then, and is over.
    """
    if blocked_until is None or not now < blocked_until <= now + LONGEST_DELAY:
        return 0
    return max(1, round((blocked_until - now).total_seconds()))
