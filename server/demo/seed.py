"""Fills an empty database with the demo county, a hundred households a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from server.core import clock
from server.core.auth import Actor
from server.core.db import db, transaction
from server.core.scope import EVERYTHING
from server.demo import devices, homes, places, users, visits
from server.demo.people import People
from server.demo.story import Event, VisitEvent, events
from server.households import queries, services
from server.households.forms import NewHousehold
from server.regions import queries as regions
from server.regions import services as region_services

BATCH = 100
STARTED_BEFORE = timedelta(days=240)
"""How long before the last day the county began to use the system."""

Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What to seed; ``until`` is the last day that has visits."""

    county: str
    households: int
    seed: int
    until: date


def is_empty() -> bool:
    """Whether nothing has been seeded or entered yet."""
    return queries.count_households() == 0 and not regions.under(EVERYTHING)


def seed(wish: Wish, say: Progress) -> None:
    """Seed everything, with a clock that stands in the story, so that ages and dates follow ``until``."""
    rng = Random(wish.seed)
    plan = places.plan(wish.county, wish.households, rng)
    people = users.users(plan, rng)
    start = datetime.combine(wish.until - STARTED_BEFORE, time(1, 0), tzinfo=UTC)
    with clock.clock_at(start):
        with transaction():
            region_services.add_regions(plan.regions)
            for grid in plan.grids:
                for hamlet in grid.hamlets:
                    region_services.add_natural_village(hamlet.id, grid.village, hamlet.name)
            users.create(people)
        say(f"{len(plan.regions)} regions, {len(plan.grids)} grids")
        forms = list(_households(wish, plan))
        _register(forms)
    say(f"{len(forms)} households")
    happenings = list(_happenings(wish, plan, forms))
    visits.play(happenings, _actors(people), wish.seed)
    devices.seed(people, wish.until, Random(f"{wish.seed}:devices"))
    say(f"{sum(isinstance(event, VisitEvent) for event in happenings)} visits")


def _households(wish: Wish, plan: places.Plan) -> Iterator[NewHousehold]:
    """The households of every grid; each has its own generator, so that a bigger county only adds some."""
    people = People(wish.county, wish.until)
    for serial in range(wish.households):
        grid, index = plan.grids[serial % len(plan.grids)], serial // len(plan.grids)
        rng = Random(f"{wish.seed}:{serial}")
        yield homes.household(grid, index, serial, people, wish.until, rng)


def _happenings(wish: Wish, plan: places.Plan, forms: Sequence[NewHousehold]) -> Iterator[Event]:
    for serial, form in enumerate(forms):
        rng = Random(f"{wish.seed}:{serial}:visits")
        yield from events(form, serial // len(plan.grids), wish.until, rng)


def _actors(people: Sequence[users.DemoUser]) -> dict[str, Actor]:
    """Who visits and who reviews, by the place they work in."""
    return {
        user.form.region_code: Actor(user.id, user.form.role, user.form.region_code, user.form.display_name)
        for user in people
        if user.form.role in ("grid_member", "first_secretary")
    }


def _register(forms: Sequence[NewHousehold]) -> None:
    for first in range(0, len(forms), BATCH):
        with transaction():
            for form in forms[first : first + BATCH]:
                services.register(form)
        db.session.expunge_all()
