"""Changes of the region tree."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from server.core import audit, clock
from server.core.db import db
from server.regions import queries
from server.regions.models import LEVEL_BY_LENGTH, NaturalVillage, Region


def parent_of(code: str) -> str | None:
    """The code one level up, None for a county.

    Raises:
        ValueError: the code has no length of a level, or is not all digits.
    """
    lengths = list(LEVEL_BY_LENGTH)
    if len(code) not in lengths or not (code.isascii() and code.isdigit()):
        raise ValueError(f"{code!r} is not a region code")
    place = lengths.index(len(code))
    return code[: lengths[place - 1]] if place else None


def add_regions(names: Iterable[tuple[str, str]]) -> None:
    """Add regions given as (code, name); the level follows from the code's length."""
    rows = [
        Region(code=code, name=name, level=LEVEL_BY_LENGTH[len(code)], parent_code=parent_of(code))
        for code, name in sorted(names, key=lambda pair: len(pair[0]))
    ]
    for row in rows:
        audit.record("region.add", ("region", row.code), row.code, level=row.level)
    db.session.add_all(rows)
    db.session.flush()


def rename(code: str, name: str) -> None:
    """Give a region that is there another name; the same name again changes nothing."""
    region = queries.region_of(code, lock=True)
    if region is not None and region.name != name:
        region.name = name
        audit.record("region.rename", ("region", code), code)
        db.session.flush()


def close(code: str) -> None:
    """Close a grid; its code is never given again."""
    region = queries.region_of(code, lock=True)
    if region is not None and region.closed_at is None:
        region.closed_at = clock.now()
        audit.record("region.close", ("region", code), code)
        db.session.flush()


def add_natural_village(key: UUID, village_code: str, name: str) -> None:
    """Add a hamlet to an administrative village."""
    audit.record("natural_village.add", ("natural_village", key), village_code)
    db.session.add(NaturalVillage(id=key, village_code=village_code, name=name))
