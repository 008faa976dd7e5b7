"""What is done about visits behind everybody's back: their tallies are kept short."""

from __future__ import annotations

from server.core import jobs
from server.core.db import db, transaction
from server.visits import tallies

SPARE_ROWS = 200


@jobs.every_quarter("visits.fold_tallies")
def fold_tallies() -> None:
    """Fold the tallies of villages where much has changed."""
    villages = tallies.crowded(SPARE_ROWS)
    db.session.rollback()
    for village in villages:
        with transaction():
            tallies.fold(village)
