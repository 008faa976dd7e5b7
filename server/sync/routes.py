"""HTTP routes of the phone: visits in, each in a transaction of its own; households out."""

from __future__ import annotations

import json
from contextlib import nullcontext, suppress
from threading import Lock
from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from flask_smorest import Blueprint
from sqlalchemy.exc import OperationalError

from server.core import clock
from server.core.auth import current_actor
from server.core.db import transaction, turns
from server.core.logs import log
from server.core.problems import Problem
from server.core.wire import instant_text
from server.flags.services import income_line
from server.households.queries import page_of_households
from server.sync import jobs, moving, queries, services  # noqa: F401 - importing them declares them
from server.sync import pull as pulling
from server.sync.schemas import (
    BATCH_ANSWER,
    AssignmentListSchema,
    BatchSchema,
    PageQuerySchema,
    PullQuerySchema,
    PullSchema,
)
from server.visits.schemas import VisitBodySchema, VisitResultSchema
from server.visits.services import Overtaken, SignedVisit, open_signed

blueprint = Blueprint("sync", __name__, url_prefix="/api/v1", description="Visits in, households out")
HASH_HEADER = "X-Content-SHA256"
ATTEMPTS = 3
_batches = Lock()
_HASH_PARAMETER = {
    "in": "header",
    "name": HASH_HEADER,
    "required": True,
    "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "description": "SHA-256 of the canonical body",
}


def _takes(schema: type) -> dict[str, Any]:
    """OpenAPI of a JSON body that is checked by hand, because its hash is of the text and not of a form."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _gives(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": "One answer a visit, in order",
        "content": {"application/json": {"schema": schema}},
    }


@blueprint.put("/visits/<uuid:visit_id>")
@blueprint.doc(requestBody=_takes(VisitBodySchema), parameters=[_HASH_PARAMETER])
@blueprint.alt_response(200, schema=VisitResultSchema, description="A copy of a visit that was taken before")
@blueprint.response(201, VisitResultSchema)
def put_visit(visit_id: UUID) -> Response:
    """Take in one visit. Sent again it changes nothing and gets the same answer."""
    signed = open_signed(request.get_json(), request.headers.get(HASH_HEADER))
    if signed.form.id != visit_id:
        message = {"code": "invalid", "message": "Not the identifier of the address."}
        raise Problem("invalid", errors={"id": [message]})
    accepted = _accept(signed)
    return Response(accepted.answer, 201 if accepted.is_new else 200, content_type="application/json")


@blueprint.post("/visits/batch")
@blueprint.doc(requestBody=_takes(BatchSchema), responses={"200": _gives(BATCH_ANSWER)})
def post_batch() -> Response:
    """Take in several visits; each gets its own answer, and a bad one never stops the others."""
    entries = _entries(request.get_json())
    # SQLite has a single write lock. Another thread of this process would only take the interpreter from the
    # one that holds it, and every phone would wait longer.
    with _batches if current_app.extensions["settings"].is_sqlite else nullcontext():
        results = ",".join(_take_in(entries))
    text = f'{{"results":[{results}],"server_time":"{instant_text(clock.now())}"}}'
    return Response(text, content_type="application/json")


def _take_in(entries: list[dict[str, Any]]) -> list[str]:
    """The answers to the entries of a batch as JSON texts, in their order."""
    opened = [_open(entry) for entry in entries]
    new = [signed for signed in opened if isinstance(signed, SignedVisit)]
    found = dict(zip(map(id, new), services.assess(current_actor(), new), strict=True))
    answers: dict[int, str] = {}
    with turns():
        for place in services.sending_order(entries):
            signed = opened[place]
            answers[place] = _answer(entries[place], signed, found.get(id(signed)))
    return [answers[place] for place in range(len(entries))]


@blueprint.get("/households")
@blueprint.arguments(PageQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, AssignmentListSchema)
def list_households(after: str | None, limit: int) -> dict[str, Any]:
    """The households of the caller's area, with the last visit and what a reviewer gave back."""
    page, following = page_of_households(after, limit)
    items = queries.assignments(current_actor(), page)
    line = income_line(current_actor().region_code)
    return {"items": items, "next": following, "income_line": line, "server_time": clock.now()}


@blueprint.get("/s1/pull")
@blueprint.arguments(PullQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, PullSchema)
def pull(cursor: str | None, limit: int) -> dict[str, Any]:
    """What changed of the caller's households since the cursor; without one all of them, page by page."""
    actor = current_actor()
    page = pulling.pull(actor, cursor, limit)
    return page | {"income_line": income_line(actor.region_code), "server_time": clock.now()}


def _entries(raw: Any) -> list[dict[str, Any]]:
    """The entries of a batch whose envelope is right; what is inside an entry is that entry's own affair."""
    visits = raw.get("visits") if isinstance(raw, dict) else None
    if not isinstance(visits, list) or not 1 <= len(visits) <= services.MAX_BATCH:
        message = {"code": "invalid", "message": f"A list of 1 to {services.MAX_BATCH} visits."}
        raise Problem("invalid", errors={"visits": [message]})
    return [entry if isinstance(entry, dict) else {} for entry in visits]


def _open(entry: dict[str, Any]) -> SignedVisit | Problem:
    try:
        return open_signed(entry.get("body"), entry.get("sha256"))
    except Problem as problem:
        return problem


def _answer(
    entry: dict[str, Any], signed: SignedVisit | Problem, assessment: services.Assessment | None
) -> str:
    """The answer to one visit of a batch as JSON text."""
    try:
        if isinstance(signed, Problem):
            raise signed
        return _accept(signed, assessment).answer
    except Problem as problem:
        found = problem
    except OperationalError:
        raise  # no room or no lock: that is the batch's trouble, and the phone sends it again
    except Exception as error:  # noqa: BLE001 - one visit that trips a bug must not block the phone's others
        log.error("visit_failed", kind=type(error).__name__, exc_info=error)
        found = Problem("internal")
    body = entry.get("body")
    named = body.get("id") if isinstance(body, dict) else None
    return json.dumps(services.rejection(named, found), ensure_ascii=False, separators=(",", ":"))


def _accept(signed: SignedVisit, assessment: services.Assessment | None = None) -> services.Accepted:
    """Assess, then store in one short transaction; when another request overtook this one, start over."""
    for _ in range(ATTEMPTS):
        found = assessment or services.assess(current_actor(), [signed])[0]
        if isinstance(found, Exception):
            raise found
        if isinstance(found, services.Accepted):
            return found
        with suppress(Overtaken), transaction():
            return services.store(current_actor(), found)
        assessment = None
    raise Problem("visit_conflict")  # the number belongs to a visit that the actor may not see
