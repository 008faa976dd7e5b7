"""The other visits of their authors that several visits are compared with, read at once.

Four questions a visit, each a statement of its own, took the worker longer than taking the visit in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Self
from uuid import UUID

from server.evidence import queries
from server.evidence.models import VisitTrace
from server.evidence.queries import Past
from server.evidence.signs import Neighbour
from server.households.queries import home_points
from server.visits.distance import metres_between

SAME_TIME = timedelta(days=45)
Point = tuple[float, float]


class Company:
    """What was read of the visits around those that are compared."""

    def __init__(self, near: Sequence[Past], like: Sequence[Past], homes: dict[UUID, Point]) -> None:
        self._homes = homes
        self._near: dict[UUID, list[Past]] = defaultdict(list)
        self._like: dict[tuple[UUID, str | None], list[Past]] = defaultdict(list)
        for row in near:
            self._near[row.author_id].append(row)
        for row in like:
            self._like[row.author_id, row.answers].append(row)

    @classmethod
    def of(cls, traces: Collection[VisitTrace]) -> Self:
        """Read it for visits that left a trace; those visits are in each other's company, too."""
        near = queries.near(traces)
        homes = home_points({row.household_id for row in near})
        return cls(near, queries.like(traces, SAME_TIME), homes)

    def neighbours(self, trace: VisitTrace) -> list[Neighbour]:
        """The author's visits at other households nearest in time before and after, within three hours."""
        others = [row for row in self._near[trace.author_id] if row.household_id != trace.household_id]
        before = [row for row in others if trace.ended_at - queries.NEAR <= row.ended_at <= trace.ended_at]
        after = [row for row in others if trace.ended_at < row.ended_at <= trace.ended_at + queries.NEAR]
        return [
            Neighbour(row.visit_id, row.ended_at, self._metres(trace.household_id, row.household_id))
            for row in (*before[-1:], *after[:1])
        ]

    def answered_alike(self, trace: VisitTrace) -> list[Past]:
        """The author's visits of other households with the very same answers in 45 days, the newest first."""
        if trace.answers is None:
            return []
        since = trace.ended_at - SAME_TIME
        same = self._like[trace.author_id, trace.answers]
        return [row for row in same if row.household_id != trace.household_id and row.ended_at >= since][::-1]

    def _metres(self, here: UUID, there: UUID) -> float | None:
        homes = [self._homes[home] for home in (here, there) if home in self._homes]
        return metres_between(*homes) if len(homes) == 2 else None
