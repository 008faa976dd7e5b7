"""Verifying the chains once a day, and when an auditor asks."""

from __future__ import annotations

from server.audit import services
from server.core import jobs
from server.core.db import db, transaction
from server.core.logs import log

CHECK = "audit.check"


@jobs.job(CHECK)
def check(chain: str) -> None:
    """Verify one chain and keep the result."""
    verdict = services.walk(chain)
    if verdict.total:
        log.error("audit_trail_altered", chain=chain, findings=verdict.total)
    with transaction():
        services.note(verdict)


@jobs.every_quarter("audit.check_sweep")
def sweep() -> None:
    """Verify what was not verified today."""
    waiting = services.due()
    db.session.rollback()  # no transaction stays open while a long chain is walked along
    for chain in waiting:
        check(chain)
