"""About forty-five callers: a user of each role in each place, and those who may not come in as they are."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

NAMESPACE = UUID("0d6f3a54-93f1-4f54-9a51-5d0b8e7a11c1")
COUNTIES = ("450321", "451381")
TOWNSHIPS = tuple(f"{county}{n}" for county in COUNTIES for n in (100, 101))
VILLAGES = tuple(f"{township}{n}" for township in TOWNSHIPS for n in (200, 201))
GRIDS = tuple(f"{village}{n:02}" for village in VILLAGES for n in (1, 2))
REGIONS = (*COUNTIES, *TOWNSHIPS, *VILLAGES, *GRIDS)


@dataclass(frozen=True)
class Caller:
    """Somebody who calls. ``trouble`` is what is wrong with their sign-in or their place, if anything."""

    name: str
    role: str
    place: str
    trouble: str = ""

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE, self.name)

    @property
    def region_code(self) -> str:
        return self.place


def _everywhere() -> list[Caller]:
    found = [Caller(f"grid-{code}", "grid_member", code) for code in GRIDS]
    found += [Caller(f"first-{code}", "first_secretary", code) for code in VILLAGES]
    found += [Caller(f"town-{code}", "township", code) for code in TOWNSHIPS]
    for role in ("county", "department", "auditor"):
        found += [Caller(f"{role}-{code}", role, code) for code in COUNTIES]
    return [*found, Caller("admin", "admin", "-")]


REGULAR = _everywhere()
MOVED = Caller("moved", "grid_member", GRIDS[5])
MOVED_FROM = GRIDS[0]
TROUBLED = [
    Caller("anonymous", "", "", "token_missing"),
    Caller("expired", "grid_member", GRIDS[0], "token_expired"),
    Caller("wrong-signature", "county", COUNTIES[0], "token_invalid"),
    Caller("disabled", "first_secretary", VILLAGES[0], "account_disabled"),
    Caller("signed-out", "township", TOWNSHIPS[0], "token_invalid"),
    Caller("wiped-device", "grid_member", GRIDS[0], "device_wiped"),
    Caller("draining-device", "grid_member", GRIDS[0], "device_draining"),
    Caller("secretary-of-a-county", "first_secretary", COUNTIES[0], "account_misplaced"),
    Caller("everywhere", "county", "", "account_misplaced"),
]
CALLERS = [*REGULAR, MOVED, *TROUBLED]
HALF = [caller for caller in REGULAR if caller.role == "grid_member" and caller.place[-2:] == "02"]
ALIKE = [caller for caller in HALF if caller.place.startswith(COUNTIES[1])]
"""They fill their grids; called as are their neighbours, who differ in nothing."""
BY_NAME = {caller.name: caller for caller in CALLERS}
STATUS = {"device_wiped": 403, "device_draining": 403, "account_misplaced": 403}


def of(role: str, place: str) -> Caller:
    """The regular user of a role who answers for a place."""
    return next(c for c in REGULAR if c.role == role and place.startswith(c.place))
