"""Reads the trail twice a second, sends counts once a minute, and forgets what is three months old."""

from __future__ import annotations

from uuid import UUID

from server.core import jobs
from server.core.db import db, transaction
from server.core.logs import log
from server.notices import queries, sending, services


@jobs.watch("notices.tell")
def tell() -> bool:
    """Make notices of what stands in the audit trail since last time."""
    waiting = services.waiting()
    db.session.rollback()
    for chain, (behind, upto) in waiting.items():
        with transaction():
            services.tell(chain, behind, upto)
    return True


@jobs.every_minute("notices.send")
def send() -> None:
    """Send what waits for each webhook; one that does not answer costs the others ten seconds.

    Each belongs to another county: what goes wrong with one is logged, waits, and keeps nobody waiting.
    """
    for webhook_id in sending.due():
        db.session.rollback()
        try:
            _send(webhook_id)
        except Exception as error:  # noqa: BLE001 - the other counties are sent theirs whatever happens to one
            _broke_off(webhook_id, error)


def _broke_off(webhook_id: UUID, error: Exception) -> None:
    log.error("webhook_failed", webhook=str(webhook_id), kind=type(error).__name__, exc_info=error)
    db.session.rollback()
    with transaction():
        sending.put_off(webhook_id)


def _send(webhook_id: UUID) -> None:
    with transaction():
        message = sending.begin(webhook_id)
        row = queries.webhook(webhook_id)
        kind = row.format if row is not None else ""
    if message is None:
        return
    error = sending.send(message, kind)
    with transaction():
        sending.settle(webhook_id, error)
    log.info("webhook", webhook=str(webhook_id), error=error)


@jobs.every_quarter("notices.tidy")
def tidy() -> None:
    """Remove old notices."""
    with transaction():
        services.tidy()
