"""Phones of the demo county: most do well, some have the troubles that a county looks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from server import __version__
from server.accounts import devices, queries
from server.accounts.devices import ClientDevice, DeviceOrder, DeviceReport
from server.core import clock
from server.core.auth import Actor
from server.core.clock import COUNTY_TIME
from server.core.db import transaction
from server.demo.users import DemoUser

_PHONES = (
    "Android 9; Redmi 7A",
    "Android 10; HONOR 8X",
    "Android 11; vivo 1904",
    "Android 12; OPPO A57",
    "Android 10; K",
)
_DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"
_OLD_VERSION = "0.0.9"
_SHOWN = ("well", "waiting", "stuck", "clock", "old", "silent", "drain", "kill", "refused")
"""The first grid members have these, so that every trouble is there to see; the others mostly do well."""


@dataclass(frozen=True, kw_only=True)
class _Story:
    """How a device does in the evening: how long ago it was heard of, how long its oldest record waits."""

    silent: timedelta
    waits: timedelta | None = None
    records: int = 0
    photos: int = 0
    refused: int = 0
    offset_ms: int = 0
    version: str = __version__
    persisted: bool | None = True


def seed(people: Sequence[DemoUser], until: date, rng: Random) -> None:
    """Sign everybody in once, and let their devices say how they do in the evening before ``until``."""
    evening = datetime.combine(until, time(0), COUNTY_TIME) - timedelta(hours=2)
    field = [user for user in people if user.form.role == "grid_member"]
    desks = [user for user in people if user.form.role in ("first_secretary", "township", "county")]
    with transaction():
        for order, user in enumerate(field):
            kind = _SHOWN[order] if order < len(_SHOWN) else _kind(rng)
            _tell(
                user,
                f"Mozilla/5.0 (Linux; {rng.choice(_PHONES)}) AppleWebKit/537.36",
                evening,
                _story(kind, rng),
            )
            if kind in ("drain", "kill"):
                _order(user, kind, evening, people)
        for user in desks:
            days = timedelta(hours=rng.randint(0, 90))
            _tell(user, _DESK, evening, _Story(silent=days, persisted=None))


def _kind(rng: Random) -> str:
    kinds, weights = ("well", "waiting", "stuck", "clock", "old", "silent"), (74, 9, 4, 3, 6, 4)
    return rng.choices(kinds, weights)[0]


def _story(kind: str, rng: Random) -> _Story:
    lately = timedelta(minutes=rng.randint(5, 600))
    days, hours = timedelta(days=rng.randint(4, 9)), timedelta(hours=rng.randint(25, 60))
    few, many = rng.randint(1, 4), rng.randint(5, 20)
    minutes = rng.choice((-1, 1)) * rng.randint(11, 180)
    taken_back = _Story(silent=timedelta(days=2), waits=timedelta(days=2, hours=3), records=2, photos=5)
    stories = {
        "waiting": _Story(silent=lately, waits=hours, records=few, photos=2 * few),
        "stuck": _Story(silent=days, waits=days + timedelta(hours=5), records=few + 2, photos=many),
        "clock": _Story(silent=lately, offset_ms=minutes * 60_000),
        "old": _Story(silent=lately, version=_OLD_VERSION, persisted=False),
        "silent": _Story(silent=2 * days),
        "drain": taken_back,
        "kill": taken_back,
        "refused": _Story(silent=lately, waits=timedelta(hours=12), records=1, refused=1),
    }
    return stories.get(kind) or _Story(silent=lately, persisted=rng.random() < 0.85)


def _tell(user: DemoUser, name: str, evening: datetime, story: _Story) -> None:
    client = ClientDevice(id=f"demo-{user.id}", name=name, app_version=story.version)
    at = evening - story.silent
    with clock.clock_at(at - timedelta(days=30)):
        devices.register(user.id, user.form.region_code, client)
    report = DeviceReport(
        outbox_count=story.records,
        photos_unsent=story.photos,
        oldest_unsent=evening - story.waits if story.waits else None,
        dead=story.refused,
        storage_persisted=story.persisted,
        app_version=story.version,
        offset_ms=story.offset_ms,
    )
    with clock.clock_at(at):
        devices.note_report(_actor(user, client.id), client.id, report, None)


def _actor(user: DemoUser, device_id: str) -> Actor:
    form = user.form
    return Actor(user.id, form.role, form.region_code, form.display_name, device_id=device_id)


def _order(user: DemoUser, wanted: str, evening: datetime, people: Sequence[DemoUser]) -> None:
    """The county orders a phone; the one it kills hears of it an hour later."""
    county = next(one for one in people if one.form.role == "county")
    device = queries.device_of(user.id, f"demo-{user.id}")
    if device is None:
        return
    reason = "手机在集市上丢失" if wanted == "kill" else "人员调整，手机收回"
    with clock.clock_at(evening - timedelta(hours=20)):
        form = DeviceOrder(order=wanted, reason=reason)
        devices.give_order(_actor(county, f"demo-{county.id}"), device.id, form)
    if wanted == "kill":
        with clock.clock_at(evening - timedelta(hours=19)):
            devices.note_wiped(user.id, device.device_id)
