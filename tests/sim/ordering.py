"""The county orders a phone to be wiped, at once or after it has handed over everything."""

from __future__ import annotations

from tests.sim.network import DAY
from tests.sim.people import Desk
from tests.sim.phone import Phone


async def order(desk: Desk, phone: Phone, what: str, after_days: float) -> None:
    """Give the order some day; until then the phone is like all others."""
    sim = desk.sim
    await sim.loop.sleep(after_days * DAY)
    listed = desk.ask("GET", "/devices").json()["items"]
    mine = [each for each in listed if each["user_id"] == str(phone.person.id)]
    if not mine:
        return
    sim.network.faults[what] += 1
    for device in mine:
        answer = desk.ask("POST", f"/devices/{device['id']}/orders", {"order": what, "reason": "手机丢失"})
        sim.note(f"{what} for {phone.name}: {answer.status}")
    phone.lost, phone.drained = what == "kill", what == "drain"
