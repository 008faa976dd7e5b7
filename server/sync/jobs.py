"""What the worker does for the phones' sake."""

from __future__ import annotations

from datetime import timedelta

from server.core import changelog, clock, jobs
from server.core.db import transaction
from server.photos.services import keep_strays
from server.sync import holding

CHANGES_KEPT = timedelta(days=180)
AT_ONCE = 5000
PHOTOS_KEPT = timedelta(days=15)


@jobs.every_minute("sync.prune_changes")
def prune_changes() -> None:
    """Forget changes that every phone in use has long heard of; one that was silent longer begins anew."""
    before = clock.now() - CHANGES_KEPT
    while changelog.prunable(before):
        with transaction():
            if not changelog.prune(before, AT_ONCE):
                return  # only the newest is left


@jobs.every_quarter("sync.keep_photos_of_held")
def keep_photos_of_held() -> None:
    """A photo of a visit that waits to be decided on waits with it, however long that takes."""
    with transaction():
        keep_strays(holding.undecided_visits(), clock.now() - PHOTOS_KEPT)
