"""What people see at the end, held against the database: reviewers, phones, receipts, what lies readable."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from server.core.canonical import canonical
from tests.sim import county
from tests.sim.people import Desk
from tests.sim.records import Records
from tests.sim.simulation import Simulation

RECEIPTS_CHECKED = 6
Look = dict[str, Any]


def of_reviewers(desks: list[Desk], records: Records) -> list[str]:
    """Every reviewer sees each visit of their area as the database has it, and nothing else."""
    found = []
    for desk in desks:
        flagged_only = desk.person.role == "county"
        shown = {item["id"]: (item["state"], item["severity"]) for item in desk.pages("/visits?limit=100")}
        there = {
            key: (visit.state, visit.severity)
            for key, visit in records.visits.items()
            if visit.region_code.startswith(desk.person.region_code)
            and visit.state != "superseded"
            and not (flagged_only and visit.severity == "none")
        }
        found += _differences(desk.person.username, "visit", shown, there)
    return found


def of_phones(sim: Simulation, looks: dict[str, Look]) -> list[str]:
    """Every phone shows exactly the households of its owner's area, each as it is now."""
    found = []
    for name, look in looks.items():
        phone = sim.phones[name]
        if look["user"] is not None and not phone.lost and not phone.drained:
            found += of_phone(sim, name, look)
    return found


def of_phone(sim: Simulation, name: str, look: Look, apart: Collection[str] = ()) -> list[str]:
    """The same for one phone, some households apart."""
    desk = Desk(sim, sim.phones[name].person)
    there = {item["id"]: _essence(item) for item in desk.pages("/households?limit=200", "after")}
    shown = {item["id"]: _essence(item) for item in look["households"]}
    for household_id in apart:
        there.pop(household_id, None)
        shown.pop(household_id, None)
    return _differences(name, "household", shown, there)


def _essence(household: Look) -> Look:
    """All a phone shows of a household, but not what changes with the calendar."""
    ages = [{k: v for k, v in member.items() if k != "age"} for member in household["members"]]
    return {k: v for k, v in household.items() if k not in ("roster", "due_on")} | {"members": ages}


def _differences(who: str, what: str, shown: dict[str, Any], there: dict[str, Any]) -> list[str]:
    found = []
    for key in sorted(shown.keys() | there.keys()):
        for path, here, real in _unlike(shown.get(key), there.get(key)):
            found.append(f"{who} sees {what} {key}{path} as {here!r}, it is {real!r}"[:400])
    return found


def _unlike(here: Any, real: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The places in which two values differ."""
    if isinstance(here, dict) and isinstance(real, dict):
        for name in sorted(here.keys() | real.keys()):
            yield from _unlike(here.get(name), real.get(name), f"{path}.{name}")
    elif isinstance(here, list) and isinstance(real, list) and len(here) == len(real):
        for place, pair in enumerate(zip(here, real, strict=True)):
            yield from _unlike(*pair, f"{path}.{place}")
    elif here != real:
        yield path, here, real


def of_receipts(sim: Simulation, desks: list[Desk], looks: dict[str, Look], records: Records) -> list[str]:
    """A receipt on a phone opens by its number, and its signature holds for what the phone saved."""
    kept = [
        (entry, entry["receipt"])
        for look in looks.values()
        for entry in look["entries"]
        if entry["receipt"] and _is_carried_out(entry, records)
    ]
    chosen = sim.dice.sample(kept, min(RECEIPTS_CHECKED, len(kept)))
    return [text for entry, receipt in chosen for text in _bad_receipt(desks, entry, receipt, records)]


def _is_carried_out(entry: Look, records: Records) -> bool:
    """After a restore another text may stand under this number: this one is held then, its receipt void."""
    visit = records.visits.get(entry["id"])
    return visit is not None and visit.sha256 == entry["sha256"]


def _bad_receipt(desks: list[Desk], entry: Look, receipt: Look, records: Records) -> list[str]:
    visit = records.visits[entry["id"]]
    desk = next(
        desk
        for desk in desks
        if desk.person.role == "township" and visit.region_code.startswith(desk.person.region_code)
    )
    answer = desk.ask("GET", f"/receipts/{receipt['number']}")
    if answer.status != 200:
        return [f"receipt {receipt['number']} of {entry['id']} is unknown: {answer.text[:80]}"]
    told = answer.json()
    if (told["visit_id"], told["sha256"]) != (entry["id"], entry["sha256"]):
        return [f"receipt {receipt['number']} of {entry['id']} is of {told['visit_id']}"]
    signed = {
        "visit": entry["id"],
        "sha256": entry["sha256"],
        "photos": [photo["sha256"] for photo in told["photos"]],
        "received_at": told["received_at"],
        "seq": told["seq"],
    }
    key = Ed25519PublicKey.from_public_bytes(_bytes_of(told["public_key"]))
    try:
        key.verify(_bytes_of(told["signature"]), canonical(signed).encode())
    except InvalidSignature:
        return [f"the signature of receipt {receipt['number']} of {entry['id']} does not hold"]
    return []


def _bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def of_disks(sim: Simulation) -> list[str]:
    """No word of a household lies readable on a phone."""
    found = []
    for name in sim.phones:
        hits = sim.run(sim.ask_host({"c": "scan", "phone": name, "needle": county.CANARY.pattern}))
        found += [f"{hit} lies readable on the phone of {name}" for hit in hits]
    return found
