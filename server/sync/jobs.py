"""What the worker does for the phones' sake."""

from __future__ import annotations

from datetime import timedelta

from server.core import changelog, clock, jobs
from server.core.db import transaction

CHANGES_KEPT = timedelta(days=180)
AT_ONCE = 5000


@jobs.every_minute("sync.prune_changes")
def prune_changes() -> None:
    """Forget changes that every phone in use has long heard of; one that was silent longer begins anew."""
    before = clock.now() - CHANGES_KEPT
    while changelog.prunable(before):
        with transaction():
            if not changelog.prune(before, AT_ONCE):
                return  # only the newest is left
