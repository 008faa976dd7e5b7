"""HTTP routes of checklists: parse, delegate, dump."""

from __future__ import annotations

from flask import Response, request
from flask_smorest import Blueprint

from server.checklists.documents import CURRENT, document
from server.checklists.schemas import ChecklistSchema

blueprint = Blueprint("checklists", __name__, url_prefix="/api/v1", description="The questions of a visit")


@blueprint.get("/checklists/<version>")
@blueprint.doc(responses={"304": {"description": "The caller already has this text"}})
@blueprint.alt_response(200, schema=ChecklistSchema)
def read_checklist(version: str) -> Response:
    """One version of the checklist, or the newest as ``current``; unchanged text is not sent twice."""
    found = document(version)
    reply = Response(found.content, content_type="application/json")
    reply.set_etag(found.digest)
    # A released version never changes; which one is current does.
    reply.cache_control.private = True
    reply.cache_control.max_age = 0 if version == CURRENT else 86_400
    reply.make_conditional(request)
    return reply
