"""The key under which one device's work may be carried to us by others, in a file: derived, never stored."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select

from server.accounts.models import ACTIVE, Device, User
from server.core.auth import Actor
from server.core.crypto import sign
from server.core.db import db
from server.core.scope import EVERYTHING, region_scope

KEY_ID_DIGITS = 16


def relay_key(user_id: UUID, device_id: str) -> str:
    """The key that only the server and this device of this user know, 64 hex digits (AES-256)."""
    return sign("relay", f"{user_id}\n{device_id}".encode())


def key_id(key: str) -> str:
    """What a file names its key by, 16 hex digits; it tells neither the key nor the user."""
    return sha256(b"liangdeng/relay/id\n" + bytes.fromhex(key)).hexdigest()[:KEY_ID_DIGITS]


def holder_of(device_id: str, named: str) -> tuple[UUID, str] | None:
    """The user of a device whose key has this name, and the key; None when nobody's has.

    A phone may have several users, each with a key of their own.
    """
    with region_scope(EVERYTHING):
        users = db.session.scalars(select(Device.user_id).where(Device.device_id == device_id)).all()
    keys = ((user_id, relay_key(user_id, device_id)) for user_id in users)
    return next(((user_id, key) for user_id, key in keys if key_id(key) == named), None)


def load_author(user_id: UUID, device_id: str) -> Actor | None:
    """The user of a device as the database has them now, signed in or not; None when switched off."""
    columns = (User.id, User.role, User.region_code, User.display_name, Device.device_id)
    query = select(*columns, func.coalesce(Device.order, ACTIVE)).join(Device, Device.user_id == User.id)
    with region_scope(EVERYTHING):
        row = db.session.execute(
            query.where(User.id == user_id, User.active.is_(True), Device.device_id == device_id)
        ).one_or_none()
    if row is None:
        return None
    found_id, role, region_code, name, known_as, order = row
    return Actor(found_id, role, region_code, name, device_id=known_as, order=order)
