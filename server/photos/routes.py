"""HTTP routes of photos: bytes in, pictures out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from flask_smorest import Blueprint
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from server.core import jobs
from server.core.auth import current_actor
from server.core.db import transaction
from server.core.problems import Problem
from server.photos import queries, services
from server.photos.jobs import CHECK, store
from server.photos.models import EXPECTED, READY, Photo
from server.photos.schemas import PhotoListSchema, PhotoStateSchema
from server.photos.store import FULL, THUMB
from server.visits.queries import check_visible

blueprint = Blueprint("photos", __name__, url_prefix="/api/v1", description="Photos of visits")
PARTS = {"full": FULL, "thumb": THUMB}
SANDBOX = "default-src 'none'; sandbox"
BYTES = {"application/octet-stream", "image/jpeg", "image/png", "image/webp"}
_BINARY = {"schema": {"type": "string", "format": "binary"}}


@blueprint.put("/visits/<uuid:visit_id>/photos/<string(length=64):sha256>")
@blueprint.doc(requestBody={"required": True, "content": {"application/octet-stream": _BINARY}})
@blueprint.alt_response(200, schema=PhotoStateSchema, description="The photo was here already")
@blueprint.response(201, PhotoStateSchema)
def put_photo(visit_id: UUID, sha256: str) -> tuple[Photo, int]:
    """Take the bytes of a photo that the visit listed; 201 once they are safe on disk, 200 if they were."""
    photo = queries.expected(visit_id, sha256)
    data = _read_body(current_app.extensions["settings"].photo_max_bytes)
    services.check_bytes(photo, data)
    if photo.state != EXPECTED:
        return photo, 200
    store().write(photo.file_id, data)
    with transaction():
        photo = queries.expected(visit_id, sha256, lock=True)
        if first := photo.state == EXPECTED:
            services.mark_stored(photo)
    if first:
        jobs.enqueue(CHECK, str(photo.file_id))
    return photo, 201 if first else 200


def _read_body(limit: int) -> bytes:
    """The whole body. A connection cut half-way may look like its end (gunicorn): the caller counts bytes."""
    if request.mimetype and request.mimetype not in BYTES:
        raise Problem("type_unsupported")
    if request.content_length is None:
        raise Problem("length_required")
    request.max_content_length = limit
    try:
        return request.stream.read()
    except RequestEntityTooLarge as error:
        raise Problem("photo_too_large") from error
    except ClientDisconnected as error:
        raise Problem("photo_length_mismatch") from error


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
    reply.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return reply
