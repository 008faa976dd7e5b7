"""Operations as they were sent, and the answer to all of them: for a push, and for what somebody carries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from server.backups.services import durable_position
from server.core import clock, jsontext, state
from server.core.auth import Actor
from server.core.problems import Problem
from server.core.wire import instant_text
from server.sync import runner
from server.sync.operations import Op, Outcome, answer_text, rejected
from server.sync.push_schemas import echo, read_op


def answer_push(
    actor: Actor,
    ops: Sequence[Any],
    device_id: str,
    drift_ms: int | None,
    along: Callable[[], str] | None = None,
) -> str:
    """Take in operations of a sender; the whole answer to a push as JSON text.

    Args:
        actor: whose operations they are.
        ops: as they were sent; a wrong one is its own affair.
        device_id: what the device calls itself.
        drift_ms: how far its clock is off, as measured at this sending; None where nobody can tell.
        along: writes in the same turn, and gives the order that holds for the device from now on.

    Raises:
        SenderRefused: they may not send any more; what was carried out before stays.
    """
    orders = [actor.order]
    note = None if along is None else (lambda: orders.append(along()))
    with runner.few_at_a_time():
        told = {"epoch": state.epoch() or "", "durable": durable_position().wire()}
        results = _results(actor, ops, device_id, drift_ms, note)
    head = jsontext.dumps(told | {"server_time": instant_text(clock.now()), "order": orders[-1]})
    return f'{head[:-1]},"results":[{",".join(results)}]}}'


def _results(
    actor: Actor,
    ops: Sequence[Any],
    device_id: str,
    drift_ms: int | None,
    along: Callable[[], None] | None,
) -> list[str]:
    """The results of the operations as JSON texts, in their order."""
    read = [_read(raw, device_id, drift_ms) for raw in ops]
    outcomes = iter(runner.deliver(actor, [op for op in read if isinstance(op, Op)], along=along))
    return [
        answer_text(str(op.op_id), op.sha256, next(outcomes))
        if isinstance(op, Op)
        else answer_text(*echo(raw), op)
        for raw, op in zip(ops, read, strict=True)
    ]


def _read(raw: Any, device_id: str, drift_ms: int | None) -> Op | Outcome:
    try:
        return read_op(raw, device_id, drift_ms)
    except Problem as problem:
        return rejected(problem)
