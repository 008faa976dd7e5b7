"""Made-up households: where they live, what the register says about them, what they earned last year."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from server.demo.people import People
from server.demo.places import Grid, make_uuid
from server.households.forms import NewHousehold, NewMember

# Shares of all households in per cent: none of the monitored kinds 97, lifted 18 (some of them monitored).
_STATUS: tuple[tuple[float, dict[str, Any]], ...] = (
    (79.6, {"lifted": False, "kind": "none"}),
    (16.4, {"lifted": True, "kind": "none"}),
    (1.0, {"lifted": True, "kind": "none", "released": True}),
    (1.2, {"lifted": True, "kind": "unstable"}),
    (1.1, {"lifted": False, "kind": "marginal"}),
    (0.7, {"lifted": False, "kind": "sudden"}),
)
_INCOMES = {"unstable": (5200, 8600), "marginal": (5400, 9000), "sudden": (5800, 12000)}
_LIFTED_INCOME, _ORDINARY_INCOME = (9500, 18500), (12000, 29000)


def household(grid: Grid, index: int, serial: int, people: People, today: date, rng: Random) -> NewHousehold:
    """One household of a grid; ``index`` counts within the grid, ``serial`` over the county."""
    members = people.family(rng)
    status = dict(rng.choices([s for _, s in _STATUS], [weight for weight, _ in _STATUS])[0])
    hamlet = grid.hamlets[index % len(grid.hamlets)]
    return NewHousehold(
        id=make_uuid(rng),
        region_code=grid.code,
        number=f"{grid.code}{index + 1:03}",
        members=members,
        natural_village_id=hamlet.id,
        address=f"{hamlet.name}{index + 1}号",
        phone=str(19_900_000_000 + serial),
        home=_home(grid, rng),
        monitored_since=_monitored_since(str(status["kind"]), today, rng),
        **status,
        **_circumstances(members, str(status["kind"]), rng),
        **_income(members, status, rng),
    )


def _home(grid: Grid, rng: Random) -> tuple[str, str]:
    lat, lon = grid.centre
    return f"{lat + rng.uniform(-0.006, 0.006):.6f}", f"{lon + rng.uniform(-0.006, 0.006):.6f}"


def _monitored_since(kind: str, today: date, rng: Random) -> date | None:
    return None if kind == "none" else today - timedelta(days=rng.randint(40, 700))


def _circumstances(members: list[NewMember], kind: str, rng: Random) -> dict[str, Any]:
    able = any(member.labour in ("full", "skilled") for member in members)
    alone = len(members) == 1 and not able
    tekun = alone and rng.random() < 0.25
    poor = 0.35 if kind != "none" else 0.16 if not able else 0.02
    return {
        "tekun": tekun,
        "tekun_scattered": tekun and rng.random() < 0.8,
        "dibao": not tekun and rng.random() < poor,
        "orphan": False,
        "highrisk_job": able and rng.random() < 0.04,
        "poor10": rng.random() < poor / 4,
        "online_flag": rng.random() < (0.08 if kind != "none" else 0.01),
    }


def _income(members: list[NewMember], status: dict[str, Any], rng: Random) -> dict[str, Any]:
    if rng.random() < 0.03:
        return {"pcni_prev": None, "net_prev": None}
    ordinary = _LIFTED_INCOME if status["lifted"] else _ORDINARY_INCOME
    low, high = _INCOMES.get(status["kind"], ordinary)
    each = Decimal(rng.randint(low, high))
    return {"pcni_prev": each, "net_prev": each * len(members)}
