"""Making, renaming and closing grids. A grid's code is its village's and two digits, never given twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from server.accounts import queries as accounts
from server.accounts import services as account_services
from server.core.auth import Actor
from server.core.problems import Problem
from server.core.scope import EVERYTHING, covers
from server.households import queries as households
from server.regions import queries as regions
from server.regions import services as region_services

ADMIN = "admin"
MOST_GRIDS = 99


@dataclass(frozen=True)
class GridRow:
    """A grid with its active grid members; ``households`` is None for whom the register is no business."""

    code: str
    name: str
    members: list[tuple[UUID, str]]
    households: int | None


def listed(actor: Actor, place: str | None) -> list[GridRow]:
    """The open grids of one's area, or of a place in it, by code; those without anybody are among them."""
    area = EVERYTHING if actor.role == ADMIN else actor.region_code
    if place is not None and not _reaches(actor, place):
        return []
    return _described(actor, ((one.code, one.name) for one in regions.grids_under(place or area)))


def read(actor: Actor, code: str) -> GridRow:
    """One open grid of one's area.

    Raises:
        Problem: region_not_found.
    """
    region = regions.grid_of(code)
    if region is None or region.closed_at is not None or not _reaches(actor, code):
        raise Problem("region_not_found")
    return _described(actor, [(region.code, region.name)])[0]


def _described(actor: Actor, grids: Iterable[tuple[str, str]]) -> list[GridRow]:
    found = list(grids)
    codes = [code for code, _name in found]
    counted = None if actor.role == ADMIN else households.counts_by_grid(codes)
    members: dict[str, list[tuple[UUID, str]]] = {}
    for code, key, name in accounts.members_of(codes):
        members.setdefault(code, []).append((key, name))
    return [
        GridRow(code, name, members.get(code, []), None if counted is None else counted.get(code, 0))
        for code, name in found
    ]


def create(actor: Actor, op_id: UUID, village: str, name: str) -> str:
    """Add a grid to a village of one's area, and give its code.

    Raises:
        Problem: region_not_found, grids_full, operation_conflict.
    """
    asked = {"village": village, "name": name}
    line, again = account_services.once(actor, op_id, "grid_create", asked)
    if again:
        return line.result
    if not _reaches(actor, village) or not regions.is_village(village, lock=True):
        raise Problem("region_not_found")
    taken = [int(one.code[-2:]) for one in regions.grids_under(village, closed=True)]
    number = max(taken, default=0) + 1
    if number > MOST_GRIDS:
        raise Problem("grids_full")
    line.result = f"{village}{number:02}"
    region_services.add_regions([(line.result, name)])
    return line.result


def rename(actor: Actor, code: str, name: str) -> None:
    """Give a grid another name; the same name again changes nothing.

    Raises:
        Problem: region_not_found.
    """
    read(actor, code)
    region_services.rename(code, name)


def close(actor: Actor, code: str) -> None:
    """Close a grid that has neither households nor people; one that is closed stays so.

    Raises:
        Problem: region_not_found, grid_not_empty.
    """
    region = regions.grid_of(code, lock=True)
    if region is None or not _reaches(actor, code):
        raise Problem("region_not_found")
    if region.closed_at is not None:
        return
    if households.counts_by_grid([code]) or accounts.members_of([code]):
        raise Problem("grid_not_empty")
    region_services.close(code)


def _reaches(actor: Actor, code: str) -> bool:
    return actor.role == ADMIN or covers(actor.region_code, code)
