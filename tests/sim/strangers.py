"""Whoever knows a number opens nothing with it that is not theirs: every door with an id, tried by others."""

from __future__ import annotations

from random import Random

from tests.factories import Person
from tests.sim import county
from tests.sim.people import Desk
from tests.sim.records import Records
from tests.sim.simulation import Simulation

TRIED = 2  # numbers a person and kind of thing
CLOSED = (403, 404)


def try_doors(sim: Simulation, records: Records) -> list[str]:
    """Ask as everybody for things of other places; what was opened."""
    dice = Random(f"{sim.seed}/strangers")
    people = [*county.REVIEWERS, *county.FIELD, *county.STRANGERS]
    return [text for person in people for text in _tried(sim, person, records, dice)]


def _tried(sim: Simulation, person: Person, records: Records, dice: Random) -> list[str]:
    desk = Desk(sim, person)
    scope = sim.region_of(person.username)
    found = []
    for kind, things in _doors(sim, records).items():
        foreign = sorted(path for path, region in things if not region.startswith(scope))
        for path in dice.sample(foreign, min(TRIED, len(foreign))):
            status = desk.ask("GET", path).status
            if status not in CLOSED:
                found.append(f"{person.username} opened a {kind} of another place: {path} said {status}")
    return found


def _doors(sim: Simulation, records: Records) -> dict[str, set[tuple[str, str]]]:
    """Paths with the place of what is behind them."""
    visits = {key: visit.region_code for key, visit in records.visits.items()}
    photos = {str(photo.id): photo.region_code for photo in records.photos.values()}
    held = {str(row.id): row.region_code for row in records.held.values()}
    return {
        "household": {(f"/households/{home.id}", sim.place_of(home.canary)) for home in county.homes()},
        "visit": {(f"/visits/{key}", place) for key, place in visits.items()},
        "list of photos": {(f"/visits/{key}/photos", place) for key, place in visits.items()},
        "photo": {(f"/photos/{key}/full", place) for key, place in photos.items()},
        "held operation": {(f"/held/{key}", place) for key, place in held.items()},
    }
