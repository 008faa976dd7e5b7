"""One operation as a device signed it, and what can become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from server.core import jsontext
from server.core.canonical import NotCanonical, canonical, sha256_hex
from server.core.changes import Position
from server.core.problems import Problem

if TYPE_CHECKING:
    from server.visits.services import SignedVisit

VISIT, EDIT, HOUSEHOLD, MEMBER = KINDS = ("visit", "household.edit", "household.new", "member.new")
SCHEMA_MIN, SCHEMA_MAX = 1, 1

ACCEPTED, HELD, REJECTED, WAIT = STATES = ("accepted", "held", "rejected", "wait")
VERSION, SCOPE, CONFLICT, QUARANTINE = HELD_CODES = ("version", "scope", "conflict", "quarantine")
PROPOSED = "proposed"  # carried out as far as it can be: somebody has to agree to it
PARENT_MISSING, INTERNAL = "parent_missing", "internal"


class ToHold(Exception):
    """The operation cannot be carried out now; it is to be kept whole. ``code`` is one of HELD_CODES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ParentMissing(Exception):
    """Something the operation rests on has not arrived yet."""


@dataclass(frozen=True, kw_only=True)
class Op:
    """One operation. ``needs`` are operations that must be here first; ``n`` counts on the device.

    ``client_time`` is the device's clock when it was written and ``offset_ms`` what the device then knew of
    the server's time minus its own; ``drift_ms`` is that difference as measured when it was sent. ``raw`` is
    all of it as it came, ``opened`` a visit that was read already.
    """

    op_id: UUID
    kind: str
    entity: UUID
    schema_v: int
    sha256: str
    body: Any
    device_id: str
    n: int | None = None
    base_rev: int | None = None
    needs: tuple[UUID, ...] = ()
    app_v: str = ""
    client_time: datetime | None = None
    mono_ms: int | None = None
    offset_ms: int | None = None
    drift_ms: int | None = None
    raw: Any = None
    opened: SignedVisit | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of an operation. ``result`` is JSON text: the same bytes to every copy.

    ``region_code`` is where it took effect; ``is_new`` when this very copy did. ``tell`` makes the result
    where that is kept elsewhere: it takes a signature, for which nobody has to wait at the write lock.
    """

    st: str
    code: str | None = None
    position: Position | None = None
    result: str | None = None
    problem: Problem | None = None
    region_code: str = ""
    is_new: bool = False
    tell: Callable[[], str] | None = None

    def told(self) -> Outcome:
        """The same with its result."""
        return self if self.tell is None else replace(self, result=self.tell(), tell=None)


def is_newer(schema_v: int) -> bool:
    """Whether an operation is of an app that this server does not know yet."""
    return schema_v > SCHEMA_MAX


def rejected(problem: Problem) -> Outcome:
    """Not taken; sent again it is judged anew."""
    return Outcome(st=REJECTED, code=problem.code, problem=problem)


def waiting(code: str) -> Outcome:
    """Not taken yet; never final."""
    return Outcome(st=WAIT, code=code)


def check_hash(op: Op) -> str:
    """The canonical text of a body, once it is sure that its hash was made of it.

    Raises:
        Problem: body_hash_mismatch; invalid, for numbers that have no canonical form.
    """
    try:
        text = canonical(op.body)
    except NotCanonical as error:
        whole = {"code": "invalid", "message": "Numbers are whole; others travel as text."}
        raise Problem("invalid", errors={"body": [whole]}) from error
    if sha256_hex(text) != op.sha256:
        raise Problem("body_hash_mismatch")
    return text


def answer_text(op_id: str | None, sha256: str | None, outcome: Outcome) -> str:
    """One result of a push as JSON text; ``op_id`` and ``sha256`` as the device wrote them."""
    told = {
        "op_id": op_id,
        "sha256": sha256,
        "st": outcome.st,
        "code": outcome.code,
        "position": outcome.position.wire() if outcome.position else None,
        "problem": outcome.problem.document() if outcome.problem else None,
    }
    return f'{jsontext.dumps(told)[:-1]},"result":{outcome.result or "null"}}}'
