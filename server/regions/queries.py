"""Reads of the region tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import or_, select

from server.core.db import db
from server.core.scope import EVERYTHING, NOTHING, within
from server.regions.models import COUNTY, GRID, LEVEL_BY_LENGTH, VILLAGE, NaturalVillage, Region


def ancestors(code: str) -> list[str]:
    """Codes from the county down to ``code`` itself."""
    return [code[:length] for length in LEVEL_BY_LENGTH if length <= len(code)]


def path_of(code: str) -> list[Region]:
    """The regions from the county down to ``code``; empty for the code of nowhere."""
    if code == NOTHING:
        return []
    found = db.session.scalars(select(Region).where(Region.code.in_(ancestors(code))))
    return sorted(found, key=lambda region: len(region.code))


def under(prefix: str) -> Sequence[Region]:
    """The regions under a scope and those above it, ordered by code."""
    if prefix == NOTHING:
        return []
    query = select(Region).where(Region.closed_at.is_(None)).order_by(Region.code)
    if prefix != EVERYTHING:
        query = query.where(or_(within(Region.code, prefix), Region.code.in_(ancestors(prefix))))
    return db.session.scalars(query).all()


def counties() -> Sequence[str]:
    """Codes of the counties in scope, in order."""
    return db.session.scalars(select(Region.code).where(Region.level == COUNTY).order_by(Region.code)).all()


def all_counties() -> Sequence[Region]:
    """Every county, by code."""
    return db.session.scalars(select(Region).where(Region.level == COUNTY).order_by(Region.code)).all()


def is_grid(code: str) -> bool:
    """Whether a code is that of a grid, and not of a closed one."""
    query = select(Region.code).where(Region.code == code, Region.level == GRID, Region.closed_at.is_(None))
    return db.session.scalar(query) is not None


def held_open(codes: Iterable[str]) -> set[str]:
    """Which of several places are there and not closed; nobody closes these before the transaction ends."""
    query = select(Region.code).where(Region.code.in_(set(codes)), Region.closed_at.is_(None))
    return set(db.session.scalars(query.order_by(Region.code).with_for_update(read=True)))


def grids_under(prefix: str, *, closed: bool = False) -> Sequence[Region]:
    """The grids under a scope, by code; the closed ones only when asked for."""
    if prefix == NOTHING:
        return []
    query = select(Region).where(Region.level == GRID).order_by(Region.code)
    if prefix != EVERYTHING:
        query = query.where(within(Region.code, prefix))
    return db.session.scalars(query if closed else query.where(Region.closed_at.is_(None))).all()


def grid_of(code: str, *, lock: bool = False) -> Region | None:
    """The grid of a code, closed ones too; ``lock`` as below."""
    region = region_of(code, lock=lock)
    return region if region is not None and region.level == GRID else None


def is_village(code: str, *, lock: bool = False) -> bool:
    """Whether a code is that of a village; ``lock`` as below."""
    region = region_of(code, lock=lock)
    return region is not None and region.level == VILLAGE


def region_of(code: str, *, lock: bool = False) -> Region | None:
    """The region of a code; ``lock`` holds its row until the transaction ends."""
    query = select(Region).where(Region.code == code)
    return db.session.scalar(query.with_for_update() if lock else query)


def village_of(natural_village_id: UUID) -> str | None:
    """Code of the village a natural village lies in; None when there is none of that identifier."""
    query = select(NaturalVillage.village_code).where(NaturalVillage.id == natural_village_id)
    return db.session.scalar(query)


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Name of each region code, and of every region above it, in one query."""
    wanted = {code for given in codes for code in ancestors(given)}
    rows = db.session.execute(select(Region.code, Region.name).where(Region.code.in_(wanted)))
    return {row.code: row.name for row in rows}


def natural_village_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Name of each natural village."""
    wanted = {given for given in ids if given is not None}
    if not wanted:
        return {}
    query = select(NaturalVillage.id, NaturalVillage.name).where(NaturalVillage.id.in_(wanted))
    return {row.id: row.name for row in db.session.execute(query)}
