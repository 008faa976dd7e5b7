"""The list of devices: which there are in an area, the worst trouble first, and how many of each trouble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from server import __version__
from server.accounts.models import ACTIVE, Device, User
from server.core import clock, cursors
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import within

LISTING = "devices"
FIELD_ROLE = "grid_member"
SILENT_AFTER = timedelta(days=3)
UNSENT_AFTER = timedelta(hours=24)
UNSENT_LONG_AFTER = timedelta(hours=72)
CLOCK_WRONG_MS = 600_000
SILENT, UNSENT, CLOCK, OLD, ORDERED = STATES = ("silent", "unsent", "clock", "old", "ordered")


@dataclass(frozen=True, kw_only=True)
class DeviceFilters:
    """What the list is narrowed to; None = everything. ``q`` is part of a person's name or user name."""

    township: str | None = None
    state: str | None = None
    q: str | None = None


@dataclass(frozen=True)
class OwnedDevice:
    """A device and the user who signed in on it."""

    device: Device
    user: User


def page(filters: DeviceFilters, cursor: str | None, limit: int) -> tuple[Sequence[OwnedDevice], str | None]:
    """One page, the worst trouble first and within it the newest contact, and the cursor of the next.

    Raises:
        Problem: bad_request, for a cursor that is not one of ours.
    """
    now, after = clock.now(), None
    if cursor is not None:
        now, after = _position(cursor)  # a device must not change its place while somebody turns pages
    rank = _rank(now)
    query = select(Device, User, rank).join(User, User.id == Device.user_id).where(*_matching(filters, now))
    query = query.order_by(rank, Device.last_contact_at.desc(), Device.id).limit(limit + 1)
    rows = db.session.execute(query.where(_beyond(rank, after)) if after else query).all()
    following = _cursor(now, rows[limit - 1][2], rows[limit - 1][0]) if len(rows) > limit else None
    return [OwnedDevice(device, user) for device, user, _rank in rows[:limit]], following


def counts(filters: DeviceFilters) -> dict[str, int]:
    """How many devices there are in all and in each state, under the same area and search."""
    now = clock.now()
    each = [func.count().filter(condition) for condition in _states(now).values()]
    everywhere = DeviceFilters(township=filters.township, q=filters.q)
    query = select(func.count(), *each).select_from(Device).join(User, User.id == Device.user_id)
    found = db.session.execute(query.where(*_matching(everywhere, now))).one()
    return dict(zip(("all", *STATES), found, strict=True))


def by_id(device_id: UUID, *, lock: bool = False) -> OwnedDevice | None:
    """A device in scope by its identifier here; ``lock`` holds the row until the transaction ends."""
    query = select(Device, User).join(User, User.id == Device.user_id).where(Device.id == device_id)
    row = db.session.execute(query.with_for_update(of=Device) if lock else query).one_or_none()
    return OwnedDevice(*row) if row else None


def _states(now: datetime) -> dict[str, ColumnElement[bool]]:
    """Only who collects visits can have them unsent; a wiped device has nothing left to worry about."""
    there = Device.wiped_at.is_(None)
    return {
        SILENT: and_(there, User.role == FIELD_ROLE, Device.last_contact_at < now - SILENT_AFTER),
        UNSENT: and_(there, Device.oldest_unsent_at < now - UNSENT_AFTER),
        CLOCK: and_(there, func.abs(Device.clock_offset_ms) > CLOCK_WRONG_MS),
        OLD: and_(there, Device.app_version != __version__),
        ORDERED: Device.order != ACTIVE,
    }


def _rank(now: datetime) -> ColumnElement[int]:
    states = _states(now)
    return case(
        (Device.wiped_at.is_not(None), 6),
        (Device.oldest_unsent_at < now - UNSENT_LONG_AFTER, 0),
        (states[UNSENT], 1),
        (states[SILENT], 2),
        (or_(states[CLOCK], Device.dead_count > 0), 3),
        (User.role == FIELD_ROLE, 4),
        else_=5,
    )


def _matching(filters: DeviceFilters, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.township:
        conditions.append(within(Device.region_code, filters.township))
    if filters.state:
        conditions.append(_states(now)[filters.state])
    if filters.q:
        names = (User.display_name, User.username)
        conditions.append(or_(*(name.icontains(filters.q.strip(), autoescape=True) for name in names)))
    return conditions


def _beyond(rank: ColumnElement[int], after: tuple[int, datetime, UUID]) -> ColumnElement[bool]:
    last_rank, last_contact, last_id = after
    later = or_(
        Device.last_contact_at < last_contact,
        and_(Device.last_contact_at == last_contact, Device.id > last_id),
    )
    return or_(rank > last_rank, and_(rank == last_rank, later))


def _cursor(now: datetime, rank: int, last: Device) -> str:
    return cursors.pack(LISTING, now.isoformat(), rank, last.last_contact_at.isoformat(), str(last.id))


def _position(cursor: str) -> tuple[datetime, tuple[int, datetime, UUID]]:
    try:
        now, rank, contact, device_id = cursors.unpack(LISTING, cursor)
        after = (int(str(rank)), datetime.fromisoformat(str(contact)), UUID(str(device_id)))
        return datetime.fromisoformat(str(now)), after
    except ValueError as error:
        raise Problem("bad_request") from error
