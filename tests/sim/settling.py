"""After the storm: every line works, everybody comes back, what waits is decided; then all is checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from tests.sim import county, moving, registers, strangers, views
from tests.sim.checker import Checker, Seen, Verdict
from tests.sim.loop import Died, Refused
from tests.sim.network import DAY, MINUTE
from tests.sim.people import Desk
from tests.sim.phone import Phone
from tests.sim.records import read, something_waits
from tests.sim.simulation import Simulation

ROUNDS = 8
WITH_PHOTOS = {"accepted", "complete", "durable"}
AT_REST = {"accepted", "complete", "durable", "pruned", "held", "rejected", "conflicted"}


def settle(sim: Simulation, desks: list[Desk]) -> Verdict:
    """Calm everything down, wait until nothing moves any more, and say what is wrong."""
    sim.network.calm = True
    for person in county.FIELD:
        moving.assign(sim, person, person.role, person.region_code)
    for _ in range(ROUNDS):
        if something_waits(sim.server):
            for desk in desks:
                desk.decide(1.0)
        looks = _round(sim)
        if all(_rests(look) for look in looks.values()):
            break
        if any(entry["reason"] == "parent_missing" for look in looks.values() for entry in look["entries"]):
            sim.run_until(sim.loop.now + 1.5 * DAY)  # a phone waits a day for what another may still bring
    return _verdict(sim, desks, _round(sim))


def _round(sim: Simulation) -> dict[str, dict[str, Any]]:
    """Every phone comes back and has time to talk; what each shows then."""
    for phone in sim.phones.values():
        with suppress(Died, Refused):
            sim.run(sim.loop.start(_come_back(phone)))
    sim.run_until(sim.loop.now + 40 * MINUTE)
    sim.server.sweep()
    return {phone.name: _look(sim, phone) for phone in sim.phones.values()}


async def _come_back(phone: Phone) -> None:
    """Open the newest app on a good line, sign in if need be, and press the button."""
    phone.set(quota=None, steps=None)
    phone.use_line("good")
    if phone.app != "current":
        phone.upgrade()
    phone.open("a")
    seen = await phone.call("glance", tab="a")
    if seen["user"] is None and (phone.lost or phone.drained):
        return
    await phone.sign_in_if_asked(seen)
    await phone.call("sync", tab="a")


def _not_offered(sim: Simulation, looks: dict[str, dict[str, Any]]) -> list[str]:
    """What this life of the database was never told of, though a phone holds it: refused things as well."""
    return [
        f"{entry['kind']} {entry['id']} ({name}) was not offered again; it is {entry['state']}"
        for name, look in looks.items()
        for entry in look["entries"]
        if entry["id"] not in sim.offered and entry["state"] != "pruned" and not entry["corrected"]
    ]


def _look(sim: Simulation, phone: Phone) -> dict[str, Any]:
    try:
        look: dict[str, Any] = sim.run(phone.call("look"), DAY)
    except (Died, Refused):
        look = {"user": None, "entries": [], "households": [], "gone": True}
    return look


def _rests(look: dict[str, Any]) -> bool:
    """Whether a phone waits for nothing any more."""
    return all(entry["state"] in AT_REST for entry in look["entries"]) and not list(_unsure_photos(look))


def _unsure_photos(look: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Photos without a verdict, of visits that were carried out and whose household is still on the list."""
    here = {household["id"] for household in look["households"]}
    for entry in look["entries"]:
        if entry["state"] in WITH_PHOTOS and entry["household_id"] in here:
            for photo in entry["photos"]:
                if photo["state"] not in ("ready", "refused"):
                    yield entry, photo


def _verdicts_unheard(sim: Simulation, looks: dict[str, dict[str, Any]]) -> list[str]:
    """A photo that the server refused may exist on its phone only: its author has to hear of it.

    Not on a phone that was ordered to hand over everything: it is told nothing any more.
    """
    return [
        f"{name} never heard what became of photo {photo['sha256'][:8]} of {entry['id']}"
        for name, look in looks.items()
        if not sim.phones[name].drained
        for entry, photo in _unsure_photos(look)
    ]


def _verdict(sim: Simulation, desks: list[Desk], looks: dict[str, dict[str, Any]]) -> Verdict:
    records = read(sim.server)
    seen = {
        name: Seen(
            {entry["id"]: entry for entry in look["entries"]},
            exists=not sim.phones[name].lost,
            drained=sim.phones[name].drained,
        )
        for name, look in looks.items()
    }
    verdict = Checker(records, sim.attempts, seen, sim.signed).check()
    verdict.wrong += strangers.try_doors(sim, records)
    verdict.wrong += sorted(sim.leaks) + sim.troubles + sim.server.troubles
    verdict.lost += _not_offered(sim, looks)
    verdict.views_differ += _verdicts_unheard(sim, looks)
    registers.check(records, sim.attempts, verdict)
    verdict.wrong += views.of_receipts(sim, desks, looks, records) + views.of_disks(sim)
    verdict.views_differ += sim.unlike + views.of_reviewers(desks, records) + views.of_phones(sim, looks)
    return verdict
