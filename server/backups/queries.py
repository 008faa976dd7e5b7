"""Reads of the backups that this database knows to be good."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from server.backups.models import Backup
from server.core.db import db


def newest(epoch: str, limit: int) -> Sequence[Backup]:
    """Verified backups of an epoch, the newest first."""
    query = select(Backup).where(Backup.epoch == epoch)
    return db.session.scalars(query.order_by(Backup.created_at.desc(), Backup.id.desc()).limit(limit)).all()
