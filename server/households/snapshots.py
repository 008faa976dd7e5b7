"""Households as a visit is judged by: read in two statements, known to no session, changed by nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from server.core import quick
from server.households.models import Household, Member


class Resident(NamedTuple):
    """What of a member decides which questions are asked and what the rules see (see ``Member``)."""

    household_id: UUID
    id: UUID
    removed_at: datetime | None
    relation: str
    sex: str | None
    birth_on: date | None
    stage: str | None
    labour: str
    disability_grade: int | None


class Snapshot(NamedTuple):
    """What of a household decides how a visit is judged and where it belongs (see ``Household``)."""

    id: UUID
    region_code: str
    revision: int
    last_visit_id: UUID | None
    last_visited_at: datetime | None
    removed_at: datetime | None
    home_lat: str | None
    home_lon: str | None
    lifted: bool | None
    kind: str
    released: bool | None
    monitored_since: date | None
    dibao: bool | None
    tekun: bool | None
    tekun_scattered: bool | None
    orphan: bool | None
    highrisk_job: bool | None
    pcni_prev: Decimal | None
    net_prev: Decimal | None
    poor10: bool | None
    online_flag: bool | None
    members: tuple[Resident, ...]
    living: tuple[Resident, ...]


Home = Household | Snapshot
Person = Member | Resident
_COLUMNS = Snapshot._fields[:-2]


def snapshots(ids: Iterable[UUID]) -> dict[UUID, Snapshot]:
    """Several households with their members, by identifier; those out of scope are simply missing."""
    wanted = set(ids)
    members: dict[UUID, list[Resident]] = {household_id: [] for household_id in wanted}
    for row in quick.rows(
        Member, Resident._fields, "household_id", wanted, order=("household_id", "position")
    ):
        members[row[0]].append(Resident._make(row))
    return {row[0]: _snapshot(row, members[row[0]]) for row in quick.rows(Household, _COLUMNS, "id", wanted)}


def _snapshot(row: tuple[object, ...], members: list[Resident]) -> Snapshot:
    living = tuple(member for member in members if member.removed_at is None)
    return Snapshot._make((*row, tuple(members), living))
