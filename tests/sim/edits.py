"""Corrections of the register as people make them on their phones."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.sim import county

LABOUR = ("full", "skilled", "half", "none")
STAGES = ("preschool", "primary", "junior", "senior", "college")


def change(dice: Random, household: dict[str, Any], number: int) -> dict[str, Any]:
    """One to three fields of a household; the reason is a word of its own."""
    chosen = dice.sample([_address, _phone, _labour, _stage, _name], dice.choice([1, 1, 2, 3]))
    fields = [make(dice, household, number) for make in chosen]
    if dice.random() < 0.08:
        fields.append(_field(None, "grid", dice.choice(county.GRIDS)))
    return {"household_id": household["id"], "reason": f"ee{number:05}q", "set": fields}


def _field(member_id: str | None, field: str, value: Any) -> dict[str, Any]:
    return {"member_id": member_id, "field": field, "value": value}


def _address(dice: Random, household: dict[str, Any], number: int) -> dict[str, Any]:
    canary = county.CANARY.findall(household["address"])[0]
    return _field(None, "address", f"大榕屯{canary}号之{number % 7}")


def _phone(dice: Random, _household: dict[str, Any], _number: int) -> dict[str, Any]:
    return _field(None, "phone", f"1990000{dice.randrange(10):04}")


def _labour(dice: Random, household: dict[str, Any], _number: int) -> dict[str, Any]:
    return _field(household["members"][0]["id"], "labour", dice.choice(LABOUR))


def _stage(dice: Random, household: dict[str, Any], _number: int) -> dict[str, Any]:
    return _field(household["members"][-1]["id"], "stage", dice.choice(STAGES))


def _name(dice: Random, household: dict[str, Any], _number: int) -> dict[str, Any]:
    return _field(household["members"][-1]["id"], "name", f"莫小{dice.choice('山水田禾')}")
