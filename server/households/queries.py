"""Reads of households; the region scope in force decides which exist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import load_only, selectinload

from server.core import cursors
from server.core.crypto import blind_index
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import code_range
from server.households.forms import FieldName
from server.households.models import Household, HouseholdEdit, Member
from server.households.snapshots import Home, snapshots

__all__ = [
    "Home",
    "Household",
    "HouseholdEdit",
    "Standing",
    "are_known",
    "carriers_of",
    "count_households",
    "edits_of",
    "get_household",
    "headings",
    "household_to_edit",
    "households_behind",
    "households_by_id",
    "lock_household",
    "lock_households",
    "members_with_id_number",
    "newest_edits",
    "numbers_of",
    "page_of_households",
    "snapshots",
    "standing_of",
]

PAGE = 500


@dataclass(frozen=True)
class Standing:
    """What of a household decides where a new visit belongs, as it was when somebody looked."""

    id: UUID
    region_code: str
    revision: int
    last_visit_id: UUID | None
    last_visited_at: datetime | None
    removed: bool


def standing_of(household: Home) -> Standing:
    """The present standing of a loaded household."""
    return Standing(
        household.id,
        household.region_code,
        household.revision,
        household.last_visit_id,
        household.last_visited_at,
        household.removed_at is not None,
    )


def get_household(household_id: UUID) -> Household:
    """One household with its members.

    Raises:
        Problem: household_not_found, also when it lies outside the scope.
    """
    query = select(Household).where(Household.id == household_id).options(selectinload(Household.members))
    household = db.session.scalar(query)
    if household is None:
        raise Problem("household_not_found")
    return household


def lock_household(household_id: UUID) -> Household:
    """What a new visit changes of a household, as it is now; its row is held until the transaction ends.

    Raises:
        Problem: household_not_found.
    """
    needed = ("id", "region_code", "revision", "last_visit_id", "last_visited_at")
    query = select(Household).where(Household.id == household_id).with_for_update()
    query = query.options(load_only(*(getattr(Household, name) for name in needed)))
    household = db.session.scalar(query.execution_options(populate_existing=True))
    if household is None:
        raise Problem("household_not_found")
    return household


def household_to_edit(household_id: UUID) -> Household:
    """A household with all its members, as they are now; its row is held until the transaction ends.

    Raises:
        Problem: household_not_found.
    """
    query = select(Household).where(Household.id == household_id).options(selectinload(Household.members))
    query = query.with_for_update().execution_options(populate_existing=True)
    household = db.session.scalar(query)
    if household is None:
        raise Problem("household_not_found")
    return household


def edits_of(household_id: UUID) -> dict[FieldName, list[HouseholdEdit]]:
    """The edits of a household by field, the oldest first."""
    found: dict[FieldName, list[HouseholdEdit]] = {}
    query = select(HouseholdEdit).where(HouseholdEdit.household_id == household_id)
    for edit in db.session.scalars(query.order_by(HouseholdEdit.seq)):
        found.setdefault(FieldName(edit.member_id, edit.field), []).append(edit)
    return found


def newest_edits(household_ids: Iterable[UUID]) -> dict[tuple[UUID, FieldName], HouseholdEdit]:
    """The newest edit of each field of several households, in one query."""
    query = select(HouseholdEdit).where(HouseholdEdit.household_id.in_(set(household_ids)))
    rows = db.session.scalars(query.order_by(HouseholdEdit.seq))
    return {(edit.household_id, FieldName(edit.member_id, edit.field)): edit for edit in rows}


def lock_households(ids: Iterable[UUID]) -> None:
    """Hold several households' rows until the transaction ends, as a visit of one of them would.

    Rows that only refer to a household are still written beside it. ``visits.queries.hold`` says in which
    order everybody takes rows.
    """
    query = select(Household.id).where(Household.id.in_(set(ids))).order_by(Household.id)
    db.session.execute(query.with_for_update(key_share=True)).all()


def page_of_households(after: str | None, limit: int = PAGE) -> tuple[Sequence[Household], str | None]:
    """One page in the order of region and number, and the cursor of the next (None at the end).

    Households that were removed from the register are on none.

    Raises:
        Problem: bad_request, for a cursor that is not one of ours.
    """
    following = None if after is None else _position(after)
    page, more = households_behind(following, limit)
    return page, cursors.pack("households", page[-1].region_code, page[-1].number) if more else None


def households_behind(after: tuple[str, str] | None, limit: int) -> tuple[Sequence[Household], bool]:
    """The households in the order of region and number behind a place of it, and whether there are more."""
    query = select(Household).options(selectinload(Household.members)).where(Household.removed_at.is_(None))
    query = query.order_by(Household.region_code, Household.number).limit(limit + 1)
    if after is not None:
        query = query.where(tuple_(Household.region_code, Household.number) > tuple_(*after))
    rows = db.session.scalars(query).all()
    return rows[:limit], len(rows) > limit


def _position(cursor: str) -> tuple[str, str]:
    parts = cursors.unpack("households", cursor)
    if len(parts) != 2:
        raise Problem("bad_request")
    return str(parts[0]), str(parts[1])


def households_by_id(ids: Iterable[UUID]) -> dict[UUID, Household]:
    """Several households with their members, by identifier; those out of scope are simply missing."""
    query = select(Household).where(Household.id.in_(set(ids))).options(selectinload(Household.members))
    return {household.id: household for household in db.session.scalars(query)}


def home_points(ids: Iterable[UUID]) -> dict[UUID, tuple[float, float]]:
    """Latitude and longitude (degrees) of the homes of several households; without those nobody located."""
    query = select(Household.id, Household.home_lat, Household.home_lon).where(Household.id.in_(set(ids)))
    rows = db.session.execute(query)
    return {home: (float(lat), float(lon)) for home, lat, lon in rows if lat is not None and lon is not None}


def headings(ids: Iterable[UUID]) -> Sequence[Household]:
    """Several households with no more than a line of a list shows: no members, no sealed columns."""
    shown = ("id", "head_name", "number", "kind", "lifted", "region_code", "natural_village_id")
    columns = [getattr(Household, name) for name in shown]
    query = select(Household).where(Household.id.in_(set(ids))).options(load_only(*columns))
    return db.session.scalars(query).all()


def are_known(ids: Iterable[UUID]) -> bool:
    """Whether any of several identifiers is that of a household or of a member."""
    wanted = set(ids)
    found = select(Household.id).where(Household.id.in_(wanted))
    others = select(Member.id).where(Member.id.in_(wanted))
    return db.session.scalars(found.union(others)).first() is not None


def numbers_of(prefix: str) -> Sequence[str]:
    """Numbers of households that begin with a region code, also of those that left the register."""
    least, beyond = code_range(prefix)
    return db.session.scalars(
        select(Household.number).where(Household.number >= least, Household.number < beyond)
    ).all()


def id_of_number(number: str) -> UUID | None:
    """The household of a number, also one that left the register; None outside the scope."""
    return db.session.scalar(select(Household.id).where(Household.number == number))


def count_households() -> int:
    """How many households the scope holds, without those removed from the register."""
    query = select(func.count()).select_from(Household).where(Household.removed_at.is_(None))
    return db.session.scalar(query) or 0


def counts_by_grid(codes: Iterable[str]) -> dict[str, int]:
    """How many households of the register are in each grid, of those that have any."""
    query = select(Household.region_code, func.count()).where(
        Household.region_code.in_(list(codes)), Household.removed_at.is_(None)
    )
    rows = db.session.execute(query.group_by(Household.region_code)).all()
    return {code: count for code, count in rows}  # noqa: C416 - rows are no pairs for mypy


def members_with_id_number(id_number: str) -> Sequence[Member]:
    """The members that carry an identity number; more than one means the register repeats itself."""
    query = select(Member).where(Member.id_index == blind_index(id_number.strip().upper()))
    return db.session.scalars(query.order_by(Member.id)).all()


@dataclass(frozen=True)
class Carrier:
    """A member who carries an identity number, and the household they live in."""

    member_id: UUID
    household_id: UUID
    household_number: str
    head_name: str
    region_code: str


def carriers_of(id_number: str) -> list[Carrier]:
    """Who carries an identity number in the scope and still lives in a household of the register."""
    query = select(Member.id, Household.id, Household.number, Household.head_name, Household.region_code)
    query = query.join(Household, Member.household_id == Household.id)
    living = (Member.removed_at.is_(None), Household.removed_at.is_(None))
    query = query.where(Member.id_index == blind_index(id_number), *living).order_by(Household.number)
    return [Carrier(*row) for row in db.session.execute(query)]
