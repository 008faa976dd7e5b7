"""Steps that are begun again when the database gave them up because somebody else was at work."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from server.core.db import db, transaction
from server.core.logs import log

ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 0.1
_SERIALIZATION, _DEADLOCK, _LOCKED = "40001", "40P01", "55P03"
T = TypeVar("T")


def is_busy(error: OperationalError) -> bool:
    """Whether the same transaction may go through a moment later.

    PostgreSQL says so by a code, as its words are in the language of its host; SQLite only in words.
    """
    code = getattr(error.orig, "sqlstate", None)
    if code is not None:
        return code in (_SERIALIZATION, _DEADLOCK, _LOCKED)
    text = str(error.orig).lower()
    return "locked" in text or "busy" in text


def persistently(step: Callable[[], T]) -> T:
    """Do a step in a transaction of its own; where others are in its way, again from its beginning.

    For work in the background, which nobody would send again. What the step changes outside of the database
    it changes each time.
    """
    for attempt in range(1, ATTEMPTS):
        try:
            return _do(step)
        except OperationalError as error:
            if not is_busy(error):
                raise
            log.warning("step_again", attempt=attempt, kind=type(error.orig).__name__)
        db.session.expunge_all()
        time.sleep(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
    return _do(step)


def _do(step: Callable[[], T]) -> T:
    with transaction():
        return step()
