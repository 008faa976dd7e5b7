"""Verifying the chains of the audit trail, for the command and for the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from server.audit import queries
from server.audit.models import AuditCheck
from server.audit.verifying import UNGUARDED, Finding, Verdict, against, verify
from server.core import audit, audit_guard, audit_rows, clock
from server.core.audit_chain import SYSTEM, is_chain
from server.core.db import brief_connection, db

CHECKED_EVERY = timedelta(days=1)
NOWHERE = "0"
_KEPT_FINDINGS = 20
Tell = Callable[[str, int, int], None]


def verify_all(kept: Iterable[tuple[str, int, str]], tell: Tell) -> Iterator[Finding]:
    """What is wrong with the trail: its guards, each chain, and against heads kept elsewhere."""
    with brief_connection() as connection:
        missing = audit_guard.missing(connection)
    if missing:
        yield Finding(SYSTEM, None, UNGUARDED)
    for chain in audit_rows.chains():
        yield from walk(chain, tell).findings
    yield from against(kept, audit_rows.hash_at)


def walk(chain: str, tell: Tell = lambda _chain, _number, _count: None) -> Verdict:
    """Verify one chain as the database has it."""
    end = audit_rows.end(chain)
    count = end.count or 0
    rows = audit_rows.entries(chain)
    return verify(chain, rows, end, lambda: audit_rows.end(chain), lambda number: tell(chain, number, count))


def due() -> list[str]:
    """The chains that were not verified within the last day."""
    since = clock.now() - CHECKED_EVERY
    fresh = {one.chain for one in queries.checks() if one.at > since}
    return [chain for chain in audit_rows.chains() if chain not in fresh]


def note(verdict: Verdict) -> None:
    """Keep the result of a verification in place of the one before; it is in the trail itself too."""
    found = [{"number": one.number, "kind": one.kind} for one in verdict.findings[:_KEPT_FINDINGS]]
    row = queries.check(verdict.chain)
    if row is None:
        row = AuditCheck(chain=verdict.chain)
        db.session.add(row)
    row.number, row.hash, row.at = verdict.number, bytes.fromhex(verdict.hash), clock.now()
    row.findings = found
    told = {"entries": verdict.number, "findings": verdict.total}
    audit.record("audit.check", ("chain", verdict.chain), _place(verdict.chain), **told)


def note_asked(chain: str) -> None:
    """Somebody wants a chain verified now."""
    audit.record("audit.check_ask", ("chain", chain), _place(chain))


def _place(chain: str) -> str:
    return chain if is_chain(chain) and chain != SYSTEM else NOWHERE
