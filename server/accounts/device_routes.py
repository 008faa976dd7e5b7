"""HTTP routes of the page about devices: parse, delegate, dump."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from server import __version__
from server.accounts import device_queries, devices
from server.accounts.device_queries import DeviceFilters, OwnedDevice
from server.accounts.devices import DeviceOrder
from server.accounts.schemas import (
    DeviceListQuerySchema,
    DeviceListSchema,
    DeviceOrderSchema,
    DeviceSchema,
)
from server.core import clock
from server.core.auth import current_actor
from server.core.db import transaction
from server.core.masking import mask_written
from server.core.scope import NOTHING
from server.regions import queries as regions

blueprint = Blueprint("devices", __name__, url_prefix="/api/v1", description="Phones and browsers in use")
TOWNSHIP_DIGITS, VILLAGE_DIGITS = 9, 12


@blueprint.get("/devices")
@blueprint.arguments(DeviceListQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, DeviceListSchema)
def list_devices(filters: DeviceFilters, cursor: str | None, limit: int) -> dict[str, Any]:
    """The devices of one's area, the worst trouble first, with counts for the filters."""
    rows, following = device_queries.page(filters, cursor, limit)
    return {
        "items": _described(rows),
        "next": following,
        "counts": device_queries.counts(filters),
        "at": clock.now(),
        "app_version": __version__,
    }


@blueprint.post("/devices/<uuid:device_id>/orders")
@blueprint.arguments(DeviceOrderSchema)
@blueprint.response(200, DeviceSchema)
def order_device(form: DeviceOrder, device_id: UUID) -> dict[str, Any]:
    """Order a device to hand over its work and wipe, to wipe at once, or to go on."""
    with transaction():
        found = devices.give_order(current_actor(), device_id, form)
    return _described([found])[0]


def _described(rows: Sequence[OwnedDevice]) -> list[dict[str, Any]]:
    names = regions.names_of(row.device.region_code for row in rows if row.device.region_code != NOTHING)
    return [_one(row, names) for row in rows]


def _one(row: OwnedDevice, names: dict[str, str]) -> dict[str, Any]:
    code = row.device.region_code
    own = {column.key: getattr(row.device, column.key) for column in row.device.__mapper__.columns}
    codes = {name: (own[name] or "").split() for name in ("check_warn", "check_bad")}
    reason = own["order_reason"]
    return (
        own
        | codes
        | {"order_reason": reason and mask_written(reason)}
        | {
            "display_name": row.user.display_name,
            "username": row.user.username,
            "role": row.user.role,
            "township": _name(names, code, TOWNSHIP_DIGITS),
            "village": _name(names, code, VILLAGE_DIGITS),
        }
    )


def _name(names: dict[str, str], code: str, digits: int) -> str | None:
    return names.get(code[:digits]) if len(code) >= digits else None
