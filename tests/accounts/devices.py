"""Phones of the tests: signed in, heard of, ordered."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from server.accounts import devices
from server.accounts.devices import DeviceReport
from server.accounts.models import Device
from server.core.auth import Actor
from server.core.db import db, transaction
from tests.factories import Person, inside, make_session


def make_report(**changes: Any) -> DeviceReport:
    """A phone with nothing unsent, with whatever differs."""
    given: dict[str, Any] = {"outbox_count": 0, "photos_unsent": 0, "oldest_unsent": None, "dead": 0}
    given |= {"storage_persisted": True, "app_version": "0.1.0", "offset_ms": 0}
    return DeviceReport(**(given | changes))


def known(app: Flask, person: Person, device_id: str = "phone-1") -> Device:
    """The device of a person as it is kept now; there must be one."""
    with inside(app):
        return db.session.scalars(
            select(Device).where(Device.user_id == person.id, Device.device_id == device_id)
        ).one()


def make_phone(app: Flask, person: Person, device_id: str = "phone-1") -> Device:
    """A phone somebody signed in on."""
    make_session(app, person, device_id)
    return known(app, person, device_id)


def actor_of(person: Person, device_id: str = "phone-1", **changes: Any) -> Actor:
    """A person as a request on their phone has them."""
    given: dict[str, Any] = {"session_id": None, "device_id": device_id, "order": "active"}
    return Actor(person.id, person.role, person.region_code, person.username.title(), **(given | changes))


def hear(
    app: Flask,
    person: Person,
    report: DeviceReport | None,
    client_time: Any = None,
    phone: str = "phone-1",
) -> str | None:
    """What a push does with its report: None when there was nothing to write, else the order that holds."""
    actor = actor_of(person, phone)
    with inside(app, person.region_code):
        if not devices.report_due(actor, report, client_time):
            return None
        with transaction():
            return devices.note_report(actor, actor.device_id, report, client_time)


def order(client: Any, device: Device, wanted: str, reason: str = "手机丢失") -> Any:
    """The answer to an order."""
    return client.post(f"/api/v1/devices/{device.id}/orders", json={"order": wanted, "reason": reason})
