"""The world of the tests: two counties, two townships in each, two villages in each, two grids in each.

The cast is always the same. Of one county: Mei works grid 1 of village 1, Ping grid 2 of the same village,
Lan grid 1 of the other village, Hong grid 1 of the other township. Secretary Wei leads village 1, Secretary
Tan the other; Zhou and Lu review for the two townships; Qin works for the county. Fang and Gong sit in the
other county and must see nothing. Every name, number and place of a household is made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID, uuid4, uuid5

from flask import Flask
from stdnum.cn import ric

from server.accounts import devices, passwords, services
from server.accounts.models import LoginSession, User
from server.core import audit, clock
from server.core.db import db, transaction
from server.core.scope import EVERYTHING, region_scope
from server.households import services as households
from server.households.forms import NewHousehold, NewMember
from server.households.models import Household
from server.regions import services as regions

PASSWORD = "made-for-tests"
COUNTY, OTHER_COUNTY = "450321", "451381"
TOWNSHIP, OTHER_TOWNSHIP = "450321100", "450321101"
VILLAGE, OTHER_VILLAGE = "450321100200", "450321100201"
GRID, OTHER_GRID = "45032110020001", "45032110020002"
GRID_IN_OTHER_VILLAGE, GRID_IN_OTHER_TOWNSHIP = "45032110020101", "45032110120001"
GRID_IN_OTHER_COUNTY = "45138110020001"
_NAMESPACE = UUID("6f0f2a52-6a0b-4c0b-9d53-2a2a5a3a3a3a")
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """One of the cast; ``id`` follows from the username."""

    username: str
    role: str
    region_code: str
    department: str | None = None

    @property
    def id(self) -> UUID:
        """The same in every test."""
        return uuid5(_NAMESPACE, self.username)


MEI = Person("mei", "grid_member", GRID)
PING = Person("ping", "grid_member", OTHER_GRID)
LAN = Person("lan", "grid_member", GRID_IN_OTHER_VILLAGE)
HONG = Person("hong", "grid_member", GRID_IN_OTHER_TOWNSHIP)
WEI = Person("wei", "first_secretary", VILLAGE)
TAN = Person("tan", "first_secretary", OTHER_VILLAGE)
ZHOU = Person("zhou", "township", TOWNSHIP)
LU = Person("lu", "township", OTHER_TOWNSHIP)
QIN = Person("qin", "county", COUNTY)
DENG = Person("deng", "department", COUNTY, department="education")
FANG = Person("fang", "grid_member", GRID_IN_OTHER_COUNTY)
GONG = Person("gong", "county", OTHER_COUNTY)
ADMIN = Person("admin", "admin", "-")
AUDITOR = Person("auditor", "auditor", COUNTY)
CAST = (MEI, PING, LAN, HONG, WEI, TAN, ZHOU, LU, QIN, DENG, FANG, GONG, ADMIN, AUDITOR)
BY_ROLE = {person.role: person for person in (MEI, WEI, ZHOU, QIN, DENG, ADMIN, AUDITOR)}


def region_names() -> list[tuple[str, str]]:
    """(code, name) of every region of the world."""
    names = []
    for county in (COUNTY, OTHER_COUNTY):
        townships = [f"{county}{n}" for n in (100, 101)]
        villages = [f"{township}{n}" for township in townships for n in (200, 201)]
        grids = [f"{village}{n:02}" for village in villages for n in (1, 2)]
        names += [(code, f"区域{code}") for code in (county, *townships, *villages, *grids)]
    return names


@contextmanager
def inside(app: Flask, scope: str = EVERYTHING) -> Iterator[None]:
    """Be inside the app with a region scope, as a command is. No request in it: it would share g."""
    with app.app_context(), region_scope(scope):
        yield


@contextmanager
def writing(app: Flask) -> Iterator[None]:
    """Be inside one audited write transaction with everything in scope."""
    with inside(app), transaction():
        audit.record("test.arrange", ("test", "world"), "0")
        yield


@cache
def password_hash() -> str:
    """Hash of ``PASSWORD``, made once: hashing is slow on purpose."""
    return passwords.hash_password(PASSWORD)


def build_world(app: Flask) -> None:
    """The regions and the cast."""
    with writing(app):
        regions.add_regions(region_names())
        db.session.add_all(_user(person) for person in CAST)


def _user(person: Person) -> User:
    return User(
        id=person.id,
        username=person.username,
        password_hash=password_hash(),
        display_name=person.username.title(),
        role=person.role,
        region_code=person.region_code,
        department=person.department,
        active=True,
        locale="zh-CN",
        created_at=clock.now(),
    )


def make_user(app: Flask, role: str, region_code: str, username: str = "") -> Person:
    """One more user beside the cast."""
    person = Person(username or f"{role}{next(_numbers)}", role, region_code)
    with writing(app):
        db.session.add(_user(person))
    return person


def make_session(app: Flask, person: Person, device_id: str = "phone-1") -> LoginSession:
    """A sign-in of a person, without the slow password."""
    device = devices.ClientDevice(id=device_id, name="Test phone", app_version="0")
    with writing(app):
        user = User(id=person.id, region_code=person.region_code)
        return services.open_session(user, device, timedelta(days=45))


def id_number(birth_on: date, sex: str, sequence: int = 990, place: str = COUNTY) -> str:
    """A valid number that belongs to nobody: sequences 990 to 999 are not given out (odd is male)."""
    sequence += (sequence % 2 == 0) == (sex == "male")
    body = f"{place}{birth_on:%Y%m%d}{sequence:03}"
    return body + ric.calc_check_digit(body + "0")


def make_member(**changes: Any) -> NewMember:
    """A working adult, with whatever differs."""
    given: dict[str, Any] = {
        "name": "韦小山",
        "relation": "户主",
        "sex": "male",
        "birth_on": date(1980, 5, 4),
    }
    given |= {"labour": "full", "main_labour": True} | changes
    if "id_number" not in given and given["birth_on"] and given["sex"]:
        given["id_number"] = id_number(given["birth_on"], given["sex"])
    return NewMember(**given)


def make_household(app: Flask, region_code: str = GRID, *, members: Any = None, **changes: Any) -> Household:
    """A stored household in a grid; ``members`` is a number of adults or a list of ``NewMember``."""
    if members is None or isinstance(members, int):
        wives = [make_member(name="莫小水", relation="配偶", sex="female")]
        wives += [make_member(name=f"韦小{n}", relation="之子") for n in range(9)]
        members = [make_member(), *wives][: members or 2]
    given: dict[str, Any] = {"number": f"{region_code[:12]}{next(_numbers):06}", "phone": "19900000000"}
    given |= {"home": ("24.780000", "110.490000"), "pcni_prev": Decimal("15000.00"), "address": "大榕屯3号"}
    form = NewHousehold(region_code=region_code, members=members, **(given | {"id": uuid4()} | changes))
    with writing(app):
        return households.register(form)
