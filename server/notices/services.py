"""Makes notices out of the audit trail, and remembers who has seen them.

No domain has to think of notices: what it did stands in the trail, chain by chain without gaps, and is read
from there. A notice names a record; who may not open that record finds nothing behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from server.core import audit, clock, quick, state
from server.core.audit_chain import SYSTEM
from server.core.auth import Actor
from server.core.db import db
from server.households.queries import headings
from server.notices import queries
from server.notices.kinds import told
from server.notices.models import Notice, NoticeMark
from server.proposals.queries import households_of as of_proposals
from server.visits import queries as visits

AT_ONCE = 1000
FIRST_DAY = timedelta(days=1)
KEPT = timedelta(days=90)
Wire = dict[str, Any]


def waiting() -> dict[str, tuple[int, int]]:
    """Chains with entries that were not read yet: the number read last, and the one to read up to."""
    found = {}
    for chain, count in queries.heads().items():
        if chain == SYSTEM:
            continue  # concerns no place; and what is done here is noted there
        read = _read(chain)
        if count > read:
            found[chain] = read, min(count, read + AT_ONCE)
    return found


def _read(chain: str) -> int:
    """How far a chain was read; where it never was, notices begin with yesterday."""
    text = state.read(_mark(chain))
    if text is not None:
        return int(text)
    first = queries.first_since(chain, clock.now() - FIRST_DAY)
    return queries.heads()[chain] if first is None else first - 1


def _mark(chain: str) -> str:
    return f"notices.{chain}"


def tell(chain: str, behind: int, upto: int) -> int:
    """Read a piece of a chain in the caller's transaction; how many notices came of it."""
    rows = [
        {
            "chain": chain,
            "number": entry.number,
            "at": entry.at,
            "role": role,
            "kind": kind,
            "region_code": entry.region_code,
            "actor_id": entry.actor_id,
            "subject": entry.target_type,
            "subject_id": entry.target_id,
        }
        for entry in queries.acts(chain, behind, upto)
        for kind, role in told(entry.action, entry.details)
    ]
    quick.insert_rows(Notice, rows)
    state.write(_mark(chain), str(upto))
    audit.record("notices.tell", ("chain", chain), "0", upto=upto, notices=len(rows))
    return len(rows)


def tidy() -> int:
    """Remove notices that are three months old, in the caller's transaction; how many."""
    rows = queries.old(clock.now() - KEPT, AT_ONCE)
    for row in rows:
        db.session.delete(row)
    if rows:
        audit.record("notices.tidy", ("server", "notices"), "0", notices=len(rows))
    return len(rows)


def see(actor: Actor, upto: int) -> None:
    """Note how far a user has read; never back, and never beyond what there is."""
    reached = min(upto, queries.newest_for(actor))
    mark = queries.mark_of(actor.id)
    if reached <= (mark.seq if mark else 0):
        return
    if mark is None:
        db.session.add(NoticeMark(user_id=actor.id, seq=reached))
    else:
        mark.seq = reached
    audit.record("notices.see", ("user", actor.id), actor.region_code, upto=reached)


def present(actor: Actor, rows: Sequence[Notice]) -> list[Wire]:
    """Notices as shown, with the household each concerns where it may be seen."""
    seen = queries.seen(actor.id)
    homes = _households(rows)
    names = {home.id: home.head_name for home in headings(set(homes.values()))}
    return [
        {
            "seq": row.seq,
            "at": row.at,
            "kind": row.kind,
            "region_code": row.region_code,
            "subject": row.subject,
            "subject_id": row.subject_id,
            "head_name": names.get(homes[row.seq]) if row.seq in homes else None,
            "unread": row.seq > seen,
        }
        for row in rows
    ]


def _households(rows: Sequence[Notice]) -> dict[int, UUID]:
    """The household behind each notice of a visit or a proposal."""
    by_kind = {kind: [row for row in rows if row.subject == kind] for kind in ("visit", "proposal")}
    ids = {kind: {UUID(row.subject_id) for row in some} for kind, some in by_kind.items()}
    known = {key: visit.household_id for key, visit in visits.by_ids(ids["visit"]).items()}
    known |= of_proposals(ids["proposal"])
    listed = [*by_kind["visit"], *by_kind["proposal"]]
    return {row.seq: known[UUID(row.subject_id)] for row in listed if UUID(row.subject_id) in known}
