"""HTTP route for work that somebody else carries, record by record."""

from __future__ import annotations

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError, fields, validate

from server.core.auth import current_actor
from server.core.db import db
from server.core.problems import Problem, flatten
from server.core.wire import WireSchema
from server.photos.schemas import Bytes
from server.sync import relay
from server.sync.relay import RECORD_BYTES, Carried
from server.sync.relay_format import MOST_RECORDS, read_header
from server.sync.routes import HASH_HEADER, is_intact
from server.visits.schemas import SHA256

blueprint = Blueprint("relay", __name__, url_prefix="/api/v1", description="Work that others carry in a file")
OCTETS = "application/octet-stream"
_BODY = {"required": True, "content": {OCTETS: {"schema": {"type": "string", "format": "binary"}}}}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 1400, "pattern": "^[A-Za-z0-9_=-]+$"}
_HEADERS = [
    {
        "in": "header",
        "name": "X-Relay-Header",
        "required": True,
        "schema": _TEXT,
        "description": "The file's header, base64url",
    },
    {
        "in": "header",
        "name": "X-Relay-Record",
        "required": True,
        "schema": {"type": "integer", "minimum": 0, "maximum": MOST_RECORDS},
        "description": "Which record of the file, counted from 0",
    },
    {
        "in": "header",
        "name": HASH_HEADER,
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    },
]


class RelayHeadersSchema(WireSchema):
    """What comes beside a record."""

    header = fields.String(required=True, data_key="X-Relay-Header", validate=validate.Length(1, 1400))
    record = Bytes(required=True, data_key="X-Relay-Record", validate=validate.Range(0, MOST_RECORDS))
    sha256 = fields.String(required=True, data_key=HASH_HEADER, validate=SHA256)


class CarriedSchema(Schema):
    """``done``: the record need not be brought again. ``answer`` (base64) is for the author's phone alone."""

    record = fields.Integer(required=True)
    done = fields.Boolean(required=True)
    answer = fields.String(required=True)


@blueprint.post("/s1/relay")
@blueprint.doc(requestBody=_BODY, parameters=_HEADERS, responses={"422": "UNPROCESSABLE_ENTITY"})
@blueprint.response(200, CarriedSchema)
def carry() -> Carried:
    """Take in one sealed record of a file, as its author's; brought again it changes nothing."""
    given = {str(each["name"]): request.headers.get(str(each["name"])) for each in _HEADERS}
    try:
        head = RelayHeadersSchema().load({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise Problem("invalid", errors=flatten(error.messages)) from error
    data = _intact_record(head["sha256"])
    return relay.carry(current_actor(), read_header(head["header"]), head["record"], data)


def _intact_record(declared: str) -> bytes:
    """The bytes of the body as they were sent; nothing of the database is held while a slow line brings them.

    Raises:
        Problem: type_unsupported, too_large, body_hash_mismatch.
    """
    if request.mimetype != OCTETS:
        raise Problem("type_unsupported")
    if (request.content_length or 0) > RECORD_BYTES:
        raise Problem("too_large")
    db.session.rollback()
    data: bytes = request.get_data()
    if len(data) > RECORD_BYTES:
        raise Problem("too_large")
    if not is_intact(data, declared):
        raise Problem("body_hash_mismatch")
    return data
