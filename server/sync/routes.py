"""HTTP routes of the protocol "S1": who is there, operations in, what changed out."""

from __future__ import annotations

import hmac
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from server import __version__
from server.accounts.devices import note_report, order_for, report_due
from server.backups.services import durable_position
from server.core import clock, state
from server.core.auth import current_actor
from server.core.db import transaction
from server.core.http import allow_depth
from server.core.problems import Problem
from server.flags.services import income_line
from server.households.services import cadence_of
from server.sync import jobs, moving  # noqa: F401 - importing them declares them
from server.sync import pull as pulling
from server.sync.intake import answer_push
from server.sync.operations import SCHEMA_MAX, SCHEMA_MIN
from server.sync.push_schemas import (
    DEEPEST,
    MAX_OPS,
    HelloSchema,
    Push,
    PushAnswerSchema,
    PushSchema,
    read_push,
)
from server.sync.schemas import PullQuerySchema, PullSchema

blueprint = Blueprint("sync", __name__, url_prefix="/api/v1", description="The protocol of the phones")
HASH_HEADER = "X-Content-SHA256"
PUSH_BYTES = CHUNK_BYTES = 256 * 1024
_HASH_PARAMETER = {
    "in": "header",
    "name": HASH_HEADER,
    "required": True,
    "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "description": "SHA-256 of the bytes of the body",
}
_BODY = {"required": True, "content": {"application/json": {"schema": PushSchema}}}


@blueprint.get("/s1/hello")
@blueprint.response(200, HelloSchema)
def hello() -> dict[str, Any]:
    """Whom a device is talking to, and what is wanted of it."""
    position = durable_position()
    return {
        "epoch": state.epoch() or "",
        "server_time": clock.now(),
        "schema": {"min": SCHEMA_MIN, "max": SCHEMA_MAX},
        "durable": position.wire(),
        "order": order_for(current_actor()),
        "limits": {"ops": MAX_OPS, "push_bytes": PUSH_BYTES, "chunk_bytes": CHUNK_BYTES},
        "app_version": __version__,
    }


@blueprint.post("/s1/push")
@blueprint.doc(requestBody=_BODY, parameters=[_HASH_PARAMETER])
@blueprint.response(200, PushAnswerSchema)
def push() -> Response:
    """Take in operations; each gets its own answer, the same to every copy, and none stops the others."""
    sent = read_push(_intact_json())
    drift_ms = (clock.now() - sent.client_time) // timedelta(milliseconds=1)
    actor = current_actor()
    due = report_due(actor, sent.report, sent.client_time)
    along = partial(_note_device, sent) if due else None
    text = answer_push(actor, sent.ops, sent.device, drift_ms, along)
    return Response(text, content_type="application/json")


@blueprint.get("/s1/pull")
@blueprint.arguments(PullQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, PullSchema)
def pull(cursor: str | None, limit: int) -> dict[str, Any]:
    """What changed of the caller's households since the cursor; without one all of them, page by page."""
    actor = current_actor()
    page = pulling.pull(actor, cursor, limit)
    told = {"cadence": cadence_of(actor.region_code).wire(), "income_line": income_line(actor.region_code)}
    return page | told | {"server_time": clock.now()}


def _intact_json() -> Any:
    """The value of the body, once it is sure that these are the bytes the device sent.

    Raises:
        Problem: too_large, type_unsupported, malformed_json, body_hash_mismatch.
    """
    if (request.content_length or 0) > PUSH_BYTES:
        raise Problem("too_large")
    if not request.is_json:
        raise Problem("type_unsupported")
    allow_depth(DEEPEST)
    data = request.get_data()
    if len(data) > PUSH_BYTES:
        raise Problem("too_large")
    if not is_intact(data, request.headers.get(HASH_HEADER, "")):
        raise Problem("body_hash_mismatch")
    return request.get_json()


def is_intact(data: bytes, declared: str) -> bool:
    """Whether the bytes of a body are those its hash was made of."""
    return hmac.compare_digest(sha256(data).hexdigest().encode(), declared.encode())


def _note_device(sent: Push) -> str:
    """Keep what the device says of itself; the order that holds for it from now on."""
    with transaction():
        return note_report(current_actor(), sent.device, sent.report, sent.client_time)
