"""HTTP routes of photos: bytes in, pictures out."""

from __future__ import annotations

import re
from typing import IO, Any
from uuid import UUID

from flask import Response, current_app, request
from flask_smorest import Blueprint
from marshmallow import ValidationError
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from server.core import disk, jsontext
from server.core.auth import current_actor
from server.core.db import db
from server.core.problems import Problem, flatten
from server.core.quickform import QuickForm
from server.photos import queries, services, uploads
from server.photos.finishing import finish, receive, staging, store
from server.photos.models import EXPECTED, READY, Photo
from server.photos.schemas import (
    UPLOAD_STATES,
    Bytes,
    ChunkHeadersSchema,
    PhotoListSchema,
    PhotoStateSchema,
    UploadSchema,
)
from server.photos.staging import Upload
from server.photos.store import FULL, THUMB
from server.photos.uploads import Chunk
from server.visits.queries import check_visible

blueprint = Blueprint("photos", __name__, url_prefix="/api/v1", description="Photos of visits")
PARTS = {"full": FULL, "thumb": THUMB}
SANDBOX = "default-src 'none'; sandbox"
BYTES = {"application/octet-stream", "image/jpeg", "image/png", "image/webp"}
UPLOAD = "/s1/visits/<uuid:visit_id>/photos/<string(length=64):sha256>"
CHUNK_BYTES = 256 * 1024
SHA256_TEXT = re.compile(r"[0-9a-f]{64}")
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BODY = {"required": True, "content": {"application/octet-stream": _BINARY}}
_BYTES_HEADER = {"schema": {"type": "integer", "minimum": 0}}
_CHUNK_HEAD = QuickForm(ChunkHeadersSchema(), read_by_themselves=(Bytes,))
_CHUNK_HEADERS = [
    {"in": "header", "name": "Upload-Offset", "required": True} | _BYTES_HEADER,
    {"in": "header", "name": "Upload-Length", "required": True, "schema": {"type": "integer", "minimum": 1}},
    {
        "in": "header",
        "name": "X-Content-SHA256",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    },
]
CHUNK_HEADERS = [str(header["name"]) for header in _CHUNK_HEADERS]
_PROGRESS = {
    "Upload-Offset": {"description": "Bytes that have arrived", "required": True} | _BYTES_HEADER,
    "Upload-Length": {"description": "Bytes of the whole photo, if known"} | _BYTES_HEADER,
    "X-Photo-State": {"required": True, "schema": {"type": "string", "enum": list(UPLOAD_STATES)}},
}


@blueprint.route(UPLOAD, methods=["HEAD"])
@blueprint.doc(responses={"200": {"description": "How far the photo is", "headers": _PROGRESS}})
def read_upload(visit_id: UUID, sha256: str) -> Response:
    """How much of a photo has arrived from the caller; whatever is not theirs looks absent."""
    upload = _upload(visit_id, sha256)
    place, size = uploads.place_of(upload), staging().size(upload)
    if place.state in uploads.COMPLETE:
        state, offset = place.state, place.length
    else:
        state, offset = uploads.PARTIAL if size else uploads.ABSENT, size
    headers = {"Upload-Offset": str(offset), "X-Photo-State": state}
    if place.length is not None:
        headers["Upload-Length"] = str(place.length)
    return Response(headers=headers)


@blueprint.patch(UPLOAD)
@blueprint.doc(requestBody=_BODY, parameters=_CHUNK_HEADERS, responses={"422": "UNPROCESSABLE_ENTITY"})
@blueprint.response(200, UploadSchema)
def send_chunk(visit_id: UUID, sha256: str) -> Response:
    """Take a piece of a photo; with the last one the photo is stored before the answer leaves.

    A photo whose visit is not here yet is kept for thirty days and becomes the visit's when it arrives.
    """
    settings = current_app.extensions["settings"]
    disk.require(settings.photo_dir, settings.disk_photo_reserve_percent)
    upload, chunk = _upload(visit_id, sha256), _read_chunk(_chunk_head(), settings.photo_max_bytes)
    place, offset = receive(upload, chunk, current_actor().region_code)
    text = jsontext.dumps(uploads.progress(upload, place, offset))
    return Response(text, content_type="application/json")


@blueprint.put("/visits/<uuid:visit_id>/photos/<string(length=64):sha256>")
@blueprint.doc(requestBody=_BODY)
@blueprint.alt_response(200, schema=PhotoStateSchema, description="The photo was here already")
@blueprint.response(201, PhotoStateSchema)
def put_photo(visit_id: UUID, sha256: str) -> tuple[Photo, int]:
    """Take a whole photo that the visit listed, from apps that do not send pieces; 200 if it was here."""
    photo = queries.expected(visit_id, sha256)
    data = _read_body(current_app.extensions["settings"].photo_max_bytes)
    services.check_bytes(photo, data)
    if photo.state != EXPECTED:
        return photo, 200
    upload, place = _upload(visit_id, sha256), uploads.place_of_photo(photo)
    db.session.rollback()
    with staging().opened(upload) as part:
        part.clear()
        part.append(data)
        stored = finish(upload, place, part, current_actor().region_code, sha256)
    return queries.expected(visit_id, sha256), 201 if stored.is_new else 200


def _upload(visit_id: UUID, sha256: str) -> Upload:
    if not SHA256_TEXT.fullmatch(sha256):
        raise Problem("not_found")  # it becomes the name of a file
    return Upload(current_actor().id, visit_id, sha256)


def _chunk_head() -> dict[str, Any]:
    """What the headers say of the piece. Raises Problem: invalid (errors by header)."""
    given = {name: request.headers[name] for name in CHUNK_HEADERS if name in request.headers}
    try:
        head: dict[str, Any] = _CHUNK_HEAD.load(given)
    except ValidationError as error:
        raise Problem("invalid", errors=flatten(error.messages)) from error
    return head


def _read_chunk(head: dict[str, Any], limit: int) -> Chunk:
    """The piece in the request; ``limit`` is the most bytes a whole photo may have.

    Raises:
        Problem: photo_too_large, too_large, chunk_damaged, invalid (errors by header).
    """
    if head["total"] > limit:
        raise Problem("photo_too_large")
    data = _read_body(CHUNK_BYTES, too_large="too_large", cut="chunk_damaged")
    if head["offset"] + len(data) > head["total"]:
        message = {"code": "invalid", "message": "The piece ends behind the photo's end."}
        raise Problem("invalid", errors={"Upload-Offset": [message]})
    return Chunk(data=data, **head)


def _read_body(
    limit: int, *, too_large: str = "photo_too_large", cut: str = "photo_length_mismatch"
) -> bytes:
    """The whole body, which a slow line may bring slowly: nothing of the database is held meanwhile."""
    if request.mimetype and request.mimetype not in BYTES:
        raise Problem("type_unsupported")
    if request.content_length is None:
        if "Transfer-Encoding" in request.headers:
            raise Problem("length_required")
        return b""
    db.session.rollback()
    request.max_content_length = limit
    try:
        data = _all_of(request.stream, request.content_length)
    except RequestEntityTooLarge as error:
        raise Problem(too_large) from error
    except ClientDisconnected as error:
        raise Problem(cut) from error
    if len(data) < request.content_length:
        raise Problem(cut)  # gunicorn shows a connection cut half-way as its end
    return data


def _all_of(stream: IO[bytes], length: int) -> bytes:
    """The rest of a stream, asked for at once: in small pieces each is copied once more."""
    data = stream.read(length)
    while len(data) < length and (more := stream.read(length - len(data))):
        data += more
    return data


@blueprint.get("/visits/<uuid:visit_id>/photos")
@blueprint.response(200, PhotoListSchema)
def list_photos(visit_id: UUID) -> dict[str, Any]:
    """Where each photo of a visit stands."""
    check_visible(current_actor(), visit_id)
    return {"items": queries.of_visit(visit_id)}


@blueprint.get("/photos/<uuid:photo_id>/<any(full, thumb):part>")
@blueprint.doc(responses={"200": {"description": "The picture", "content": {"image/jpeg": _BINARY}}})
def read_photo(photo_id: UUID, part: str) -> Response:
    """A picture that passed its check, re-encoded by the server: never bytes that somebody sent."""
    photo = queries.get_visible(current_actor(), photo_id)
    if photo.state != READY:
        raise Problem("photo_not_ready", state=photo.state)
    reply = Response(store().read(photo.file_id, PARTS[part]), content_type="image/jpeg")
    reply.headers["Content-Disposition"] = f'inline; filename="{part}.jpg"'
    reply.headers["Content-Security-Policy"] = SANDBOX
    return reply
