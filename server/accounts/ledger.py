"""Acts on accounts and grids are carried out once, however often their request arrives."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from server.accounts import user_queries
from server.accounts.models import AccountOperation
from server.core import clock
from server.core.auth import Actor
from server.core.canonical import canonical, sha256_hex
from server.core.db import db
from server.core.problems import Problem


def begin(actor: Actor, op_id: UUID, kind: str, asked: dict[str, Any]) -> tuple[AccountOperation, bool]:
    """The line of an act in the ledger, and whether it was carried out before.

    Args:
        actor: who acts; nobody repeats another one's act.
        op_id: the number that the client made.
        kind: the operation, at most 20 letters.
        asked: all that was asked for, as JSON has it.

    Raises:
        Problem: operation_conflict, when another act has this number; busy, when the same one is being
            carried out at this moment.
    """
    digest = sha256_hex(canonical({"kind": kind, "asked": asked}))
    done = user_queries.operation(op_id)
    if done is not None:
        if (done.actor_id, done.digest) != (actor.id, digest):
            raise Problem("operation_conflict")
        return done, True
    line = AccountOperation(id=op_id, actor_id=actor.id, kind=kind, digest=digest, result="", at=clock.now())
    db.session.add(line)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Problem("busy", retry_after=1) from error
    return line, False
