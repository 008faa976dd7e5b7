"""What the wire forms of the audit trail show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from server.accounts.queries import people
from server.audit import queries
from server.audit.heads import signed
from server.core.audit import AuditEntry
from server.core.audit_chain import SYSTEM, chain_of
from server.core.auth import Actor


def entries(rows: Sequence[AuditEntry]) -> list[dict[str, Any]]:
    """Entries with the names of who did it."""
    accounts = {row.seq: _account(row) for row in rows}
    names = people({*(row.actor_id for row in rows), *accounts.values()})
    return [
        {
            "chain": row.chain,
            "number": row.number,
            "at": row.at,
            "actor_id": row.actor_id,
            "actor_name": names[row.actor_id][0] if row.actor_id in names else None,
            "actor_role": row.actor_role,
            "action": row.action,
            "target_type": row.target_type,
            "target_id": row.target_id,
            "target_name": _name(names, accounts[row.seq]),
            "region_code": row.region_code,
            "details": row.details,
        }
        for row in rows
    ]


def _name(names: dict[UUID, tuple[str, str]], account: UUID | None) -> str | None:
    return names[account][0] if account is not None and account in names else None


def _account(row: AuditEntry) -> UUID | None:
    """The account that an entry is about."""
    try:
        return UUID(row.target_id) if row.target_type == "user" else None
    except ValueError:
        return None  # a failed sign-in to an account that is not there


def state(actor: Actor) -> dict[str, Any]:
    """The signed head of the actor's chain, and what its last verification found."""
    chain = chain_of(actor.region_code) if actor.role != "admin" else SYSTEM
    document = signed([chain])
    found = queries.check(chain)
    return {
        "chain": chain,
        "count": document["heads"][0]["count"],
        "hash": document["heads"][0]["hash"],
        "check": None if found is None else _check(found),
        "document": document,
    }


def _check(found: Any) -> dict[str, Any]:
    return {"number": found.number, "at": found.at, "findings": found.findings}
