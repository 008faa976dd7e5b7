"""The county of every seed: who lives and works where. Each household carries a word found nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

from flask import Flask

from server.accounts import services as accounts
from server.accounts.models import LoginSession, User
from server.core import state
from tests import factories
from tests.factories import GRID, OTHER_GRID, Person, make_household, writing

GRID_OF_LAN, GRID_OF_HONG = factories.GRID_IN_OTHER_VILLAGE, factories.GRID_IN_OTHER_TOWNSHIP
VILLAGE_OF_HONG = GRID_OF_HONG[:12]
MEI, PING, LAN, HONG = factories.MEI, factories.PING, factories.LAN, factories.HONG
BO = Person("bo", "grid_member", GRID)
JIN = Person("jin", "grid_member", OTHER_GRID)
ZED = Person("zed", "grid_member", GRID_OF_HONG)
SU = Person("su", "first_secretary", VILLAGE_OF_HONG)
FIELD = (MEI, BO, PING, JIN, LAN, HONG)
SECRETARIES = (factories.WEI, factories.TAN, SU)
TOWNSHIPS = (factories.ZHOU, factories.LU)
COUNTY = factories.QIN
STRANGERS = (factories.FANG, factories.GONG)
REVIEWERS = (*SECRETARIES, *TOWNSHIPS, COUNTY)
EVERYBODY = (*FIELD, ZED, *REVIEWERS, *STRANGERS)
GRIDS = (GRID, OTHER_GRID, GRID_OF_LAN, GRID_OF_HONG)
HOUSEHOLDS_A_GRID = 5
CANARY = re.compile(r"kx[0-9]{3}q")
_SPACE = UUID("2f6f5f7e-5a55-4b55-8f0a-4a5f7a1d0c11")


@dataclass(frozen=True)
class Home:
    """A household of the simulation as it begins."""

    id: UUID
    canary: str
    region_code: str


def homes() -> list[Home]:
    """All households; the same in every seed."""
    places = [grid for grid in GRIDS for _ in range(HOUSEHOLDS_A_GRID)]
    return [Home(uuid5(_SPACE, str(n)), f"kx{n:03}q", place) for n, place in enumerate(places)]


def settle(app: Flask) -> None:
    """Fill an empty database."""
    factories.build_world(app)
    with writing(app):
        state.ensure_epoch()
    for person in (BO, JIN, ZED, SU):
        factories.make_user(app, person.role, person.region_code, person.username)
    for place, home in enumerate(homes()):
        number = f"{home.region_code[:12]}{place:06}"
        make_household(app, home.region_code, id=home.id, number=number, address=f"大榕屯{home.canary}号")


def sign_in(app: Flask, person: Person, device_id: str, version: str) -> LoginSession:
    """A sign-in without the password, which would cost more than everything else together."""
    device = accounts.Device(id=device_id, name="phone", app_version=version)
    with writing(app):
        user = User(id=person.id, region_code=person.region_code)
        return accounts.open_session(user, device, timedelta(days=45))
