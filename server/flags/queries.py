"""Reads of flags."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from server.core.db import db
from server.flags.models import OPEN, Flag


def open_of_visit(visit_id: UUID) -> Sequence[Flag]:
    """The flags of a visit that are still open."""
    return db.session.scalars(select(Flag).where(Flag.visit_id == visit_id, Flag.state == OPEN)).all()
