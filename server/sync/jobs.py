"""What the worker does for the phones' sake."""

from __future__ import annotations

from datetime import date, timedelta

from server.core import audit, changelog, clock, jobs, state
from server.core.db import db, transaction
from server.households.services import note_new_day
from server.photos.services import keep_strays
from server.sync import holding, replay

CHANGES_KEPT = timedelta(days=180)
AT_ONCE = 5000
PHOTOS_KEPT = timedelta(days=15)
SHOWN_DAY = "shown_day"
HOUSEHOLDS_AT_ONCE = 500


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


@jobs.at_start("sync.replay")
def replay_held() -> None:
    """A worker that starts may be a newer one: carry out what only a newer server understands."""
    replay.replay()


@jobs.every_minute("sync.new_day")
def new_day() -> None:
    """Once a day, note the households that show something else only because another day has come.

    Or because an earlier one has: the server's clock was ahead, and phones show what would have been then.
    """
    today, known = clock.today(), state.read(SHOWN_DAY)
    db.session.rollback()  # no transaction stays open between the writing ones
    if known == today.isoformat():
        return
    noted = _note_all(*sorted((date.fromisoformat(known), today))) if known is not None else 0
    with transaction():
        state.write(SHOWN_DAY, today.isoformat())
        audit.record("changes.new_day", ("server", SHOWN_DAY), "0", households=noted)


def _note_all(before: date, today: date) -> int:
    """Some households a transaction: phones send their visits all the while."""
    total, after, is_first = 0, None, True
    while is_first or after is not None:
        with transaction():
            after, noted = note_new_day(before, today, after, HOUSEHOLDS_AT_ONCE)
            if noted:
                audit.record("changes.new_day_step", ("server", SHOWN_DAY), "0", households=noted)
        db.session.expunge_all()
        total, is_first = total + noted, False
    return total
