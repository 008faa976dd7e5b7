"""Devices: known from the first sign-in, heard of with every push, told to hand over and to wipe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from server.accounts import device_queries, queries
from server.accounts.device_queries import OwnedDevice
from server.accounts.models import ACTIVE, DRAIN, KILL, Device
from server.core import audit, clock, quick
from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import EVERYTHING, region_scope

TOWNSHIP = "township"
CONTACT_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class ClientDevice:
    """The phone or browser somebody signs in from, as it describes itself."""

    id: str
    name: str
    app_version: str


@dataclass(frozen=True, kw_only=True)
class SelfCheck:
    """What a device found when it checked itself, by its own clock; codes, see the app's self-check."""

    at: datetime
    warn: tuple[str, ...]
    bad: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DeviceReport:
    """What a device says of itself. None is "not said"; ``oldest_unsent`` is by the device's own clock.

    ``dead`` counts refused records that nobody corrected yet; ``offset_ms`` is server time minus device time.
    """

    outbox_count: int
    photos_unsent: int
    oldest_unsent: datetime | None
    dead: int
    storage_persisted: bool | None
    app_version: str
    offset_ms: int | None
    check: SelfCheck | None = None


@dataclass(frozen=True, kw_only=True)
class DeviceOrder:
    """What somebody answerable wants of a device, and why."""

    order: str
    reason: str


def order_for(actor: Actor) -> str:
    """What the server wants of the device that asks: active, drain or kill."""
    return actor.order


def register(user_id: UUID, region_code: str, client: ClientDevice) -> Device:
    """Note that a user signed in on a device, new or known; one that was wiped starts with nothing said."""
    device = queries.device_of(user_id, client.id, lock=True)
    if device is None:
        queries.lock_user(user_id)  # two first sign-ins at once are one device
        device = queries.device_of(user_id, client.id)
    if device is None:
        device = _new(user_id, region_code, client)
        db.session.add(device)
    if device.wiped_at is not None and device.order != KILL:
        _assign(device, dict.fromkeys(_SAID), wiped_at=None)
    _assign(device, name=client.name, app_version=client.app_version, region_code=region_code)
    device.last_contact_at = clock.now()
    db.session.flush()
    return device


def note_contact(actor: Actor, client: ClientDevice) -> None:
    """Note that a device was heard of; one that signed in before devices were kept becomes known here."""
    device = queries.device_of(actor.id, client.id)
    if device is None:
        register(actor.id, actor.region_code, client)
        return
    device.last_contact_at, device.region_code = clock.now(), actor.region_code


def report_due(actor: Actor, report: DeviceReport | None, client_time: datetime | None) -> bool:
    """Whether ``note_report`` has something to write; reads only, so that it needs no transaction."""
    with region_scope(EVERYTHING):
        seen = _seen(actor)
        return seen is None or seen.order == DRAIN or bool(_differences(seen, actor, report, client_time))


def note_report(
    actor: Actor, device_id: str, report: DeviceReport | None, client_time: datetime | None
) -> str:
    """Keep what a device says of itself, in the caller's transaction: once a minute, or when it changed.

    A device that was told to hand over everything and says that nothing is left is ordered to wipe.

    Args:
        actor: who asks; the device is the one they signed in on.
        device_id: what the device calls itself; only used when the sign-in does not name one.
        report: None when only the contact counts.
        client_time: the device's clock when it asked; tells the offset when the report does not.

    Returns:
        The order that holds now: active, drain or kill.
    """
    with region_scope(EVERYTHING):
        order = _noted(actor, report, client_time)
        if order is not None:
            return order
        known_as = actor.device_id or device_id
        device = queries.device_of(actor.id, known_as, lock=True)
        if device is None:
            device = register(actor.id, actor.region_code, _client_of(actor, known_as))
        changes = _differences(device, actor, report, client_time)
        if changes:
            _assign(device, changes)
            audit.record("device.report", ("device", device.id), device.region_code)
        if _has_drained(device, report):
            device.order = KILL
            audit.record("device.drained", ("device", device.id), device.region_code)
        db.session.flush()
        return device.order


class _Seen(NamedTuple):
    """What is known of a device, read without the ORM: every push asks (see ``Device``)."""

    id: UUID
    order: str
    region_code: str
    last_contact_at: datetime
    app_version: str
    outbox_count: int | None
    photos_unsent: int | None
    oldest_unsent_at: datetime | None
    dead_count: int | None
    storage_persisted: bool | None
    clock_offset_ms: int | None
    check_at: datetime | None
    check_warn: str | None
    check_bad: str | None


def _seen(actor: Actor) -> _Seen | None:
    ours = {"user_id": actor.id}
    rows = quick.rows(Device, _Seen._fields, "device_id", [actor.device_id], also=ours)
    return _Seen._make(rows[0]) if rows else None


def _noted(actor: Actor, report: DeviceReport | None, client_time: datetime | None) -> str | None:
    """Note the usual report in one statement; the order, or None where more is to be done."""
    seen = _seen(actor)
    if seen is None or seen.order == DRAIN:
        return None
    changes = _differences(seen, actor, report, client_time)
    if not changes:
        return seen.order
    if not quick.change(Device, {"id": seen.id, "order": seen.order}, changes):
        return None  # somebody orders it at this moment
    audit.record("device.report", ("device", seen.id), actor.region_code)
    return seen.order


def give_order(actor: Actor, device_id: UUID, form: DeviceOrder) -> OwnedDevice:
    """Order a device; the order that is in force already changes nothing.

    A township orders the phones of grid members only, the county every device of its area, and nobody the one
    in their own hands.

    Raises:
        Problem: device_not_found, role_not_allowed, own_device.
    """
    found = device_queries.by_id(device_id, lock=True)
    if found is None:
        raise Problem("device_not_found")
    device = found.device
    if actor.role == TOWNSHIP and found.user.role != device_queries.FIELD_ROLE:
        raise Problem("role_not_allowed")
    if (device.user_id, device.device_id) == (actor.id, actor.device_id):
        raise Problem("own_device")
    if device.order == form.order:
        return found
    details = {"order": form.order, "before": device.order}
    _assign(device, order=form.order, order_reason=form.reason)
    _assign(device, ordered_by=actor.display_name, ordered_at=clock.now())
    if form.order == KILL:
        device.wiped_at = None  # it has to be told anew
    audit.record("device.order", ("device", device.id), device.region_code, **details)
    db.session.flush()
    return found


def ordered_to_wipe(username: str, device_id: str) -> Device | None:
    """The device of this name and user if it is to be wiped."""
    user = queries.user_by_name(username)
    device = queries.device_of(user.id, device_id) if user else None
    return device if device is not None and device.order == KILL else None


def note_wipe(user_id: UUID, session_id: UUID) -> None:
    """Note that the device of a sign-in session was told to wipe, and end every sign-in on it."""
    session = queries.session_by_id(session_id)
    if session is not None:
        note_wiped(user_id, session.device_id)


def note_wiped(user_id: UUID, device_id: str) -> None:
    """Note that a device was told to wipe, and end every sign-in on it: let in again, it signs in anew."""
    device = queries.device_of(user_id, device_id, lock=True)
    if device is None or device.wiped_at is not None:
        return
    device.wiped_at = device.last_contact_at = clock.now()
    for session in queries.sessions_of(user_id, device_id):
        session.revoked_at = device.wiped_at
    audit.record("device.wipe", ("device", device.id), device.region_code)
    db.session.flush()


_SAID = (
    "outbox_count",
    "photos_unsent",
    "oldest_unsent_at",
    "dead_count",
    "storage_persisted",
    "clock_offset_ms",
    "check_at",
    "check_warn",
    "check_bad",
)
_INSTANTS = ("oldest_unsent_at", "check_at")
_JITTER_MS = 2_000  # an offset that was measured anew differs by the delay of the network; that is no change


def _new(user_id: UUID, region_code: str, client: ClientDevice) -> Device:
    return Device(
        id=uuid4(),
        user_id=user_id,
        device_id=client.id,
        region_code=region_code,
        order=ACTIVE,
        created_at=clock.now(),
    )


def _client_of(actor: Actor, known_as: str) -> ClientDevice:
    session = queries.session_by_id(actor.session_id) if actor.session_id else None
    if session is None:
        return ClientDevice(id=known_as, name="", app_version="")
    return ClientDevice(id=known_as, name=session.device_name, app_version=session.app_version)


def _has_drained(device: Device, report: DeviceReport | None) -> bool:
    """Whether all is handed over that was asked for; a refused record is work too, on the phone alone."""
    if report is None or device.order != DRAIN:
        return False
    if not report.outbox_count == report.photos_unsent == report.dead == 0:
        return False
    return not queries.others_wait_on(device)


def _differences(
    device: Device | _Seen, actor: Actor, report: DeviceReport | None, client_time: datetime | None
) -> dict[str, Any]:
    """The columns to write; none when the device says what it said within the last minute."""
    said: dict[str, Any] = {"region_code": actor.region_code}
    said |= _said(report, client_time) if report is not None else {}
    changed = {name: value for name, value in said.items() if _differs(name, getattr(device, name), value)}
    silent = clock.now() - device.last_contact_at >= CONTACT_NOTED_EVERY
    return said | {"last_contact_at": clock.now()} if changed or silent else {}


def _said(report: DeviceReport, client_time: datetime | None) -> dict[str, Any]:
    offset = report.offset_ms
    if offset is None and client_time is not None:
        offset = (clock.now() - client_time) // timedelta(milliseconds=1)
    return {
        "app_version": report.app_version,
        "outbox_count": report.outbox_count,
        "photos_unsent": report.photos_unsent,
        "oldest_unsent_at": _by_our_clock(report.oldest_unsent, offset),
        "dead_count": report.dead,
        "storage_persisted": report.storage_persisted,
        "clock_offset_ms": offset,
    } | _checked(report.check, offset)


def _checked(check: SelfCheck | None, offset_ms: int | None) -> dict[str, Any]:
    """A report that says nothing of a check takes nothing back: it was told once, or the app is older."""
    if check is None:
        return {}
    codes = {"check_warn": " ".join(check.warn), "check_bad": " ".join(check.bad)}
    return codes | {"check_at": _by_our_clock(check.at, offset_ms)}


def _by_our_clock(instant: datetime | None, offset_ms: int | None) -> datetime | None:
    """An instant of a device's clock, put right by how far that clock is off, and never in the future."""
    if instant is None:
        return None
    try:
        corrected = instant + timedelta(milliseconds=offset_ms or 0)
    except OverflowError:
        corrected = instant
    return min(corrected, clock.now())


def _differs(name: str, kept: Any, said: Any) -> bool:
    if kept is None or said is None:
        return kept is not said
    if name == "clock_offset_ms":
        return bool(abs(kept - said) > _JITTER_MS)
    if name in _INSTANTS:
        return bool(abs(kept - said) > timedelta(milliseconds=_JITTER_MS))
    return bool(kept != said)


def _assign(device: Device, values: dict[str, Any] | None = None, **more: Any) -> None:
    for name, value in {**(values or {}), **more}.items():
        setattr(device, name, value)
