"""What a phone has heard of, it shows: its list is the server's up to the place that it says it knows."""

from __future__ import annotations

from typing import Any

from server.core import changelog, cursors, state
from server.core.changes import Position
from server.core.problems import Problem
from server.sync.pull import HOUSEHOLD, LISTING
from tests.sim import views
from tests.sim.people import Desk
from tests.sim.phone import Phone
from tests.sim.records import everything
from tests.sim.simulation import Simulation

ALL_CHANGES = 1_000_000


async def compare(phone: Phone) -> None:
    """Look at a phone whose app was opened at this very moment, before it hears anything new."""
    look = await phone.call("look", tab="a")
    sim = phone.sim
    place = _place_of(sim, phone, look)
    if place is None or Desk(sim, phone.person).ask("GET", "/households?limit=1").status != 200:
        return  # who works in another office for a while has no list
    changed = _changed_since(sim, place)
    for text in views.of_phone(sim, phone.name, look, changed):
        sim.unlike.append(f"{text}, though it has heard all up to {place.wire()}")


def _place_of(sim: Simulation, phone: Phone, look: dict[str, Any]) -> Position | None:
    """Up to where a phone has heard all; None while it is not sure of that itself, or has to begin anew."""
    if look["user"] is None or look.get("cursor") is None or look["order"] != "active":
        return None
    with everything(sim.server):
        epoch = state.epoch()
    try:
        with sim.server.app.app_context():
            of_epoch, _, xid, seq, behind, _ = cursors.unpack(LISTING, look["cursor"])
    except Problem:
        return None
    is_old = of_epoch != epoch or behind is not None or look["scope"] != sim.region_of(phone.person.username)
    return None if is_old else Position(int(xid or 0), int(seq or 0))


def _changed_since(sim: Simulation, place: Position) -> set[str]:
    """Households of which there is news that a phone at this place has not heard."""
    with everything(sim.server):
        found = changelog.changes(HOUSEHOLD, place, max(changelog.settled(), place), ALL_CHANGES)
    return {str(key) for key, _ in found}
