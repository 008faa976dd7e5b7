"""New households and members as phones send them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from server.households.fields import HEAD
from tests.factories import GRID, id_number
from tests.sync.pushing import Wire, op_of
from tests.visits.bodies import new_id

NUMBER = id_number(date(1990, 5, 6), "female", 992)


def person(key: str, **said: Any) -> list[Wire]:
    """The fields of one member: a woman who heads her household, or what differs; None leaves one out."""
    told = {"name": "蒙小芳", "relation": HEAD, "labour": "full", "id_number": NUMBER} | said
    return [{"member_id": key, "field": f, "value": v} for f, v in told.items() if v is not None]


def household_op(
    *people: list[Wire], own: list[Wire] | None = None, grid: str = GRID, **changes: Any
) -> Wire:
    """The operation that proposes a household, of one woman unless told otherwise."""
    fields = own if own is not None else [{"member_id": None, "field": "address", "value": "上寨9号"}]
    members = [field for one in people or [person(new_id())] for field in one]
    body = {"grid": grid, "reason": changes.pop("reason", "住在村尾，名单上没有"), "set": [*fields, *members]}
    return op_of(body) | {"op_id": new_id(), "kind": "household.new", "entity": str(uuid4())} | changes


def member_op(household_id: object, key: str, **changes: Any) -> Wire:
    """The operation that proposes one more member: a daughter, unless ``said`` tells otherwise."""
    said = {"relation": "之女", "labour": "none"} | changes.pop("said", {})
    body = {"household_id": str(household_id), "reason": "刚出生", "set": person(key, **said)}
    return op_of(body) | {"op_id": new_id(), "kind": "member.new", "entity": key} | changes
