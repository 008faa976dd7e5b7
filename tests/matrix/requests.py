"""The bodies that need more than a template: signed visits, operations, pieces of photos."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

from tests.matrix.people import Caller
from tests.matrix.records import Record
from tests.proposals.newcomers import household_op, member_op, person
from tests.sync.pushing import edit_of, op_of, push_text
from tests.visits.bodies import CLEAN, hash_of, new_id, visit_of

Sent = dict[str, Any]
OCTETS = "application/octet-stream"


def _push(*ops: Any) -> Sent:
    data = push_text(*ops)
    headers = {"X-Content-SHA256": sha256(data).hexdigest()}
    return {"data": data, "headers": headers, "content_type": "application/json"}


def push_visit(_caller: Caller, record: Record) -> Sent:
    return _push(op_of(visit_of(record.id, CLEAN)))


def push_edit(_caller: Caller, record: Record) -> Sent:
    return _push(edit_of(record.id, 1, (None, "address", "新屯1号")))


def push_member(_caller: Caller, record: Record) -> Sent:
    return _push(member_op(record.id, new_id()))


def push_household(_caller: Caller, record: Record) -> Sent:
    return _push(household_op(person(new_id(), id_number=None), grid=record.region))


def push_photo_promise(_caller: Caller, record: Record) -> Sent:
    photo = {"sha256": "ab" * 32, "length": 1000, "kind": "water", "taken_at": None}
    return _push(op_of(visit_of(record.id, CLEAN, photos=[photo])))


def put_visit(_caller: Caller, record: Record) -> Sent:
    body = visit_of(record.id, CLEAN)
    headers = {"X-Content-SHA256": hash_of(body)}
    return {"path": {"visit_id": UUID(body["id"])}, "json": body, "headers": headers}


def post_batch(_caller: Caller, record: Record) -> Sent:
    body = visit_of(record.id, CLEAN)
    return {"json": {"visits": [{"sha256": hash_of(body), "body": body}]}}


def carry_garbage(_caller: Caller, _record: Record) -> Sent:
    headers = {"X-Relay-Header": "e30", "X-Relay-Record": "0", "X-Content-SHA256": sha256(b"x").hexdigest()}
    return {"data": b"x", "headers": headers, "content_type": OCTETS}


def chunk(_caller: Caller, record: Record) -> Sent:
    headers = {"Upload-Offset": "0", "Upload-Length": "900", "X-Content-SHA256": sha256(b"abc").hexdigest()}
    return {"data": b"abc", "headers": headers, "content_type": OCTETS}


def photo_bytes(_caller: Caller, _record: Record) -> Sent:
    return {"data": b"abc", "content_type": OCTETS}


def filled(template: Any, caller: Caller, record: Record) -> Any:
    """A body with $id, $me, $new and $name filled in."""
    if isinstance(template, dict):
        return {key: filled(value, caller, record) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, caller, record) for value in template]
    if isinstance(template, str) and template.startswith("$"):
        given = {"$new": new_id(), "$me": str(caller.id)}
        return given.get(template) or record.get(template[1:])
    return json.loads(json.dumps(template, default=str))


SENDING: dict[str, Callable[[Caller, Record], Sent]] = {
    made.__name__: made
    for made in (
        push_visit, push_edit, push_member, push_household, push_photo_promise, put_visit, post_batch,
        carry_garbage, chunk, photo_bytes,
    )
}  # fmt: skip
