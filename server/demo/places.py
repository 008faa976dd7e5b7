"""The regions of the demo county."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from random import Random
from uuid import UUID

HOUSEHOLDS_PER_GRID = 35

# Code, name and rough centre (WGS-84). Names and codes: policy digest B3.1.
COUNTIES = {"450321": "阳朔县（演示）"}
TOWNSHIPS = {
    "450321": (
        ("100", "阳朔镇", 24.778, 110.494),
        ("101", "白沙镇", 24.802, 110.421),
        ("102", "福利镇", 24.789, 110.556),
        ("103", "兴坪镇", 24.917, 110.527),
        ("104", "葡萄镇", 24.904, 110.416),
        ("105", "高田镇", 24.697, 110.437),
        ("200", "金宝乡", 24.771, 110.302),
        ("201", "普益乡", 24.703, 110.561),
        ("202", "杨堤乡", 24.981, 110.452),
    )
}
_VILLAGE_HEADS = "榕竹桂松枫樟柚桃柳杉兰荷"
_VILLAGE_TAILS = ("山", "河", "坪", "塘", "桥", "江", "坡", "田", "井")
_HAMLETS = (
    "上寨",
    "下寨",
    "大冲",
    "牛角湾",
    "新屋",
    "老圩",
    "水车",
    "石榴",
    "龙井",
    "月亮湾",
    "马山脚",
    "观音洞",
)


@dataclass(frozen=True)
class Hamlet:
    """A natural village."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Grid:
    """A grid with the hamlets its houses stand in; ``centre`` is WGS-84 latitude and longitude."""

    code: str
    name: str
    village: str
    township: str
    centre: tuple[float, float]
    hamlets: tuple[Hamlet, ...]


@dataclass(frozen=True)
class Plan:
    """All regions as (code, name), and the grids in the order they are filled."""

    county: str
    regions: list[tuple[str, str]]
    grids: list[Grid]


def make_uuid(rng: Random) -> UUID:
    """A random identifier that the seed decides."""
    return UUID(int=rng.getrandbits(128), version=4)


def plan(county: str, households: int, rng: Random) -> Plan:
    """Nine townships, at least four villages each, and as many grids as ``households`` fill."""
    count = max(2, round(households / HOUSEHOLDS_PER_GRID))
    townships = TOWNSHIPS[county]
    per_township = min(len(_VILLAGE_HEADS), max(4, ceil(count / (len(townships) * 4))))
    regions = [(county, COUNTIES[county])]
    regions += [(county + number, name) for number, name, *_ in townships]
    villages: list[tuple[str, str, tuple[float, float]]] = []
    # One village of every township in turn: a small demo county, too, has people in two townships.
    for place in range(per_township):
        for row, (number, _name, lat, lon) in enumerate(townships):
            name = f"{_VILLAGE_HEADS[place]}{_VILLAGE_TAILS[row]}村"
            centre = (lat + rng.uniform(-0.03, 0.03), lon + rng.uniform(-0.03, 0.03))
            villages.append((f"{county}{number}{200 + place}", name, centre))
    regions += [(code, name) for code, name, _centre in villages]
    grids = [_grid(villages[n % len(villages)], n // len(villages) + 1, rng) for n in range(count)]
    return Plan(county, regions + [(grid.code, grid.name) for grid in grids], grids)


def _grid(village: tuple[str, str, tuple[float, float]], number: int, rng: Random) -> Grid:
    code, _name, (lat, lon) = village
    hamlets = tuple(Hamlet(make_uuid(rng), f"{name}屯") for name in rng.sample(_HAMLETS, 2))
    centre = (lat + rng.uniform(-0.01, 0.01), lon + rng.uniform(-0.01, 0.01))
    return Grid(f"{code}{number:02}", f"第{number}网格", code, code[:9], centre, hamlets)
