"""People who change their grid or their office while their phone is out of reach."""

from __future__ import annotations

from random import Random

from sqlalchemy import update

from server.accounts.models import User
from server.core import audit
from server.core.db import db, transaction
from server.core.scope import EVERYTHING, region_scope
from tests.factories import Person
from tests.sim import county
from tests.sim.network import DAY, HOUR
from tests.sim.simulation import Simulation


def assign(sim: Simulation, person: Person, role: str, region_code: str) -> None:
    """Give a person another office or place, as the command for administrators does."""
    with sim.server.app.app_context(), region_scope(EVERYTHING), transaction():
        changed = update(User).where(User.id == person.id).values(role=role, region_code=region_code)
        db.session.execute(changed)
        audit.record("account.assign", ("user", person.id), region_code, role=role)
    sim.note(f"{person.username} is now {role} of {region_code}")
    sim.world_changed()


async def reassign(sim: Simulation, until: float) -> None:
    """Somebody works elsewhere for a few days; somebody else becomes secretary for a day."""
    dice = Random(f"{sim.seed}/moving")
    while True:
        await sim.loop.sleep(dice.uniform(0.5, 4) * DAY)
        if sim.loop.now >= until:
            return
        person = dice.choice(county.FIELD)
        role, place = "grid_member", dice.choice(county.GRIDS)
        if dice.random() < 0.3:
            role, place = "first_secretary", person.region_code[:12]
        sim.network.faults["reassigned"] += 1
        assign(sim, person, role, place)
        await sim.loop.sleep(dice.uniform(6, 70) * HOUR)
        assign(sim, person, person.role, person.region_code)
