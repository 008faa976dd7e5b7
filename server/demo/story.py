"""What happens in the demo county: visits, reviews and corrections, each an event at its own time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from server.core.clock import COUNTY_TIME
from server.demo.troubles import Trouble, trouble
from server.households.forms import NewHousehold

VISITED_SHARE = 0.7
TROUBLED_SHARE = 0.2
WAITING_DAYS = 8
"""Visits of so many last days mostly still wait for review."""
_SHOWPIECES = 5
"""The first households of every grid have a known history, so that each demo user finds every state."""
_WAITING_PLACES = (0, 1)
_RETURNED_PLACE = 3


@dataclass(frozen=True, kw_only=True)
class VisitEvent:
    """A visit reaches the server at ``at``; ``finished_at`` is the time on the phone."""

    at: datetime
    finished_at: datetime
    id: UUID
    home: NewHousehold
    trouble: Trouble | None
    revises: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ReviewEvent:
    """The village's first secretary decides on a visit."""

    at: datetime
    id: UUID
    visit: UUID
    home: NewHousehold
    approved: bool


Event = VisitEvent | ReviewEvent


def make_uuid7(at: datetime, rng: Random) -> UUID:
    """An identifier as phones make them (RFC 9562, version 7), random part from the seed."""
    stamp = int(at.timestamp() * 1000) << 80
    return UUID(int=stamp | 7 << 76 | rng.getrandbits(12) << 64 | 2 << 62 | rng.getrandbits(62))


def events(home: NewHousehold, place: int, until: date, rng: Random) -> Iterator[Event]:
    """Everything that happens to one household up to the evening before ``until``."""
    if place >= _SHOWPIECES and rng.random() >= VISITED_SHARE:
        return
    days = _days(home, until, rng)
    if place in _WAITING_PLACES or place == _RETURNED_PLACE:
        days[-1] = until - timedelta(days=rng.randint(1, 3) + 3 * (place == _RETURNED_PLACE))
    for number, day in enumerate(days):
        newest = number == len(days) - 1
        visit = _visit(
            home,
            day,
            until,
            _trouble_on(home, day, rng, certain=newest and place in (0, _RETURNED_PLACE)),
            rng,
        )
        yield visit
        if newest and place == _RETURNED_PLACE:
            yield _review(visit, visit.at + timedelta(days=1), rng, approved=False)
        elif not (newest and place in _WAITING_PLACES):
            yield from _afterwards(visit, until, rng)


def _days(home: NewHousehold, until: date, rng: Random) -> list[date]:
    """One to three days of visits, oldest first: monitored households monthly, the others quarterly."""
    monitored = home.kind != "none"
    count = 3 if monitored else rng.choices((1, 2, 3), (52, 34, 14))[0]
    newest = rng.randint(1, 20 if monitored else 62)
    gap = 30 if monitored else 84
    return [until - timedelta(days=newest + gap * n + rng.randint(0, 5) * (n > 0)) for n in range(count)][
        ::-1
    ]


def _trouble_on(home: NewHousehold, day: date, rng: Random, *, certain: bool) -> Trouble | None:
    share = 0.55 if home.kind != "none" else TROUBLED_SHARE
    return trouble(home, day, rng) if certain or rng.random() < share else None


def _visit(home: NewHousehold, day: date, until: date, found: Trouble | None, rng: Random) -> VisitEvent:
    finished = datetime.combine(day, time(9), COUNTY_TIME) + timedelta(minutes=rng.randint(0, 500))
    offline = timedelta(hours=rng.randint(3, 40)) if rng.random() < 0.1 else timedelta(0)
    received = finished + offline + timedelta(minutes=rng.randint(1, 40))
    evening = datetime.combine(until, time(0), COUNTY_TIME) - timedelta(minutes=rng.randint(1, 60))
    return VisitEvent(
        at=max(finished, min(received, evening)),
        finished_at=finished,
        id=make_uuid7(finished, rng),
        home=home,
        trouble=found,
    )


def _review(visit: VisitEvent, at: datetime, rng: Random, *, approved: bool) -> ReviewEvent:
    return ReviewEvent(at=at, id=make_uuid7(at, rng), visit=visit.id, home=visit.home, approved=approved)


def _afterwards(visit: VisitEvent, until: date, rng: Random) -> Iterator[Event]:
    """What becomes of a visit: decided after some days, sometimes returned, corrected and then approved."""
    end = datetime.combine(until, time(0), COUNTY_TIME)
    decided = visit.at + timedelta(days=rng.randint(0, 5), hours=rng.randint(1, 8))
    recent = end - visit.at < timedelta(days=WAITING_DAYS)
    if decided >= end or rng.random() < (0.75 if recent else 0.04):
        return
    if rng.random() < 0.975:
        yield _review(visit, decided, rng, approved=True)
        return
    yield _review(visit, decided, rng, approved=False)
    corrected = decided + timedelta(days=2)
    if corrected + timedelta(days=2) >= end:
        return
    second = VisitEvent(
        at=corrected,
        finished_at=corrected - timedelta(minutes=5),
        id=make_uuid7(corrected, rng),
        home=visit.home,
        trouble=visit.trouble,
        revises=visit.id,
    )
    yield second
    yield _review(second, corrected + timedelta(days=1), rng, approved=True)
