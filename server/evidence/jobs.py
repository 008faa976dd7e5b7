"""Looks at what has come in, twice a second, behind everybody's back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from server.core import jobs
from server.core.db import db, transaction
from server.core.logs import log
from server.evidence import services

AT_ONCE = 50


@jobs.watch("evidence.look")
def look() -> bool:
    """Compare the visits that nobody looked at yet; whether all could be."""
    waiting = services.waiting(AT_ONCE)
    db.session.rollback()
    if not waiting:
        return True
    if _compared(waiting):
        return True
    alone = [_compared([visit_id]) for visit_id in waiting]  # one that trips a bug does not stop the others
    return all(alone)


def _compared(visit_ids: Sequence[UUID]) -> bool:
    """Traces first: visits that came together are compared, too. No lock is held while comparing."""
    try:
        with transaction():
            services.leave_traces(visit_ids)
        looks = services.compare(visit_ids)
        db.session.rollback()
        with transaction():
            hints = services.note(looks)
    except Exception as error:  # noqa: BLE001 - whatever a visit trips over, the worker goes on
        log.error("evidence_failed", kind=type(error).__name__, exc_info=error)
        db.session.rollback()
        return False
    finally:
        db.session.expunge_all()
    log.info("evidence", visits=len(looks), hints=hints)
    return True
