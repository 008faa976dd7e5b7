"""The days on which a profile's rules or figures change, so that a thousand dates need only a few benches."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta

from .engine import Bench
from .model import Library


def first_days(library: Library, profile: str) -> tuple[date, ...]:
    """Every day on which a pack of ``profile`` begins or has just ended, or a figure changes, in order.

    Raises KeyError for an unknown profile.
    """
    return tuple(sorted({date.min, *_changes(library, profile)}))


def _changes(library: Library, profile: str) -> Iterator[date]:
    chosen = (library.packs[name] for name in library.profiles[profile].choosable.values())
    for pack in (*library.packs_of(profile), *chosen):
        yield pack.in_force.since
        if pack.in_force.until is not None and pack.in_force.until < date.max:
            yield pack.in_force.until + timedelta(days=1)
        for parameter in pack.parameters:
            yield from (since for since, _ in parameter.values)


class Benches:
    """The benches of one profile by day; one is compiled for all days between two changes."""

    def __init__(self, library: Library, profile: str) -> None:
        """Raises KeyError for an unknown profile."""
        self._library, self.profile = library, profile
        self._days = first_days(library, profile)
        self._made: dict[date, Bench] = {}

    def on(self, day: date) -> Bench:
        """The bench of a day."""
        first = self._days[bisect_right(self._days, day) - 1]
        if first not in self._made:
            self._made[first] = Bench(self._library, self.profile, first)
        return self._made[first]
