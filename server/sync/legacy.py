"""What the released 0.1.0 phones speak: visits without operations, households page by page.

The same ledger stands behind it, so that a phone that is updated with work under way sends nothing twice.
Nothing is kept for such a phone that cannot be carried out: it is told so, and keeps it itself.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from server.core import clock, jsontext
from server.core.auth import current_actor
from server.core.problems import Problem
from server.core.wire import UUID_TEXT, instant_text
from server.flags.services import income_line
from server.households.queries import page_of_households
from server.sync import queries, runner
from server.sync.operations import HELD, PARENT_MISSING, QUARANTINE, REJECTED, SCOPE, VISIT, WAIT, Op, Outcome
from server.sync.schemas import BATCH_ANSWER, AssignmentListSchema, BatchSchema, PageQuerySchema
from server.visits.schemas import VisitBodySchema, VisitResultSchema
from server.visits.services import open_signed

blueprint = Blueprint("legacy", __name__, url_prefix="/api/v1", description="For phones of version 0.1.0")
HASH_HEADER = "X-Content-SHA256"
MAX_BATCH = 50
_HASH_PARAMETER = {
    "in": "header",
    "name": HASH_HEADER,
    "required": True,
    "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "description": "SHA-256 of the canonical body",
}
_REASONS = {SCOPE: "household_not_found", QUARANTINE: "device_draining"}
_SILENT = {"state": "accepted", "revision": 1, "severity": "none", "lights": [], "unknown": [], "photos": []}


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
    op = _op(request.get_json(), request.headers.get(HASH_HEADER))
    if op.op_id != visit_id:
        message = {"code": "invalid", "message": "Not the identifier of the address."}
        raise Problem("invalid", errors={"id": [message]})
    (outcome,) = runner.deliver(current_actor(), [op], may_keep=False)
    status = 201 if outcome.is_new else 200
    return Response(_answer(outcome), status, content_type="application/json")


@blueprint.post("/visits/batch")
@blueprint.doc(requestBody=_takes(BatchSchema), responses={"200": _gives(BATCH_ANSWER)})
def post_batch() -> Response:
    """Take in several visits; each gets its own answer, and a bad one never stops the others."""
    entries = _entries(request.get_json())
    with runner.few_at_a_time():
        results = ",".join(_take_in(entries))
    text = f'{{"results":[{results}],"server_time":"{instant_text(clock.now())}"}}'
    return Response(text, content_type="application/json")


@blueprint.get("/households")
@blueprint.arguments(PageQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, AssignmentListSchema)
def list_households(after: str | None, limit: int) -> dict[str, Any]:
    """The households of the caller's area, with the last visit and what a reviewer gave back."""
    page, following = page_of_households(after, limit)
    items = queries.assignments(current_actor(), page)
    line = income_line(current_actor().region_code)
    return {"items": items, "next": following, "income_line": line, "server_time": clock.now()}


def _entries(raw: Any) -> list[dict[str, Any]]:
    """The entries of a batch whose envelope is right; what is inside an entry is that entry's own affair."""
    visits = raw.get("visits") if isinstance(raw, dict) else None
    if not isinstance(visits, list) or not 1 <= len(visits) <= MAX_BATCH:
        message = {"code": "invalid", "message": f"A list of 1 to {MAX_BATCH} visits."}
        raise Problem("invalid", errors={"visits": [message]})
    return [entry if isinstance(entry, dict) else {} for entry in visits]


def _take_in(entries: list[dict[str, Any]]) -> list[str]:
    """The answers to the entries of a batch as JSON texts, in their order."""
    opened = [_open(entry) for entry in entries]
    ops = [op for op in opened if isinstance(op, Op)]
    outcomes = iter(runner.deliver(current_actor(), ops, may_keep=False))
    texts = []
    for entry, op in zip(entries, opened, strict=True):
        try:
            texts.append(_answer(next(outcomes) if isinstance(op, Op) else op))
        except Problem as problem:
            texts.append(jsontext.dumps(_rejection(entry.get("body"), problem)))
    return texts


def _open(entry: dict[str, Any]) -> Op | Problem:
    try:
        return _op(entry.get("body"), entry.get("sha256"))
    except Problem as problem:
        return problem


def _op(body: Any, sha256: str | None) -> Op:
    """A visit as the operation that a newer phone would have made of it.

    Raises:
        Problem: body_hash_mismatch, invalid.
    """
    signed = open_signed(body, sha256)
    return Op(
        op_id=signed.form.id,
        kind=VISIT,
        entity=signed.form.id,
        schema_v=1,
        sha256=signed.sha256,
        body=body,
        device_id=current_actor().device_id,
        app_v=body["device"]["app_version"],
        opened=signed,
    )


def _answer(outcome: Outcome | Problem) -> str:
    """The answer to an accepted visit as JSON text.

    Raises:
        Problem: for every other outcome.
    """
    if isinstance(outcome, Problem):
        raise outcome
    if outcome.st == REJECTED and outcome.problem is not None:
        raise outcome.problem
    if outcome.st == WAIT:
        raise Problem("revision_unknown" if outcome.code == PARENT_MISSING else "internal")
    if outcome.st == HELD or outcome.result is None:
        raise Problem(_REASONS.get(outcome.code or "", "visit_conflict"))
    return _whole(outcome.result)


def _whole(result: str) -> str:
    """The answer with all its fields, also to the author of a visit whose household is no longer theirs."""
    told = jsontext.loads(result)
    return result if "lights" in told else jsontext.dumps(_SILENT | told)


def _rejection(body: Any, problem: Problem) -> dict[str, Any]:
    """How a batch tells that it did not take one visit."""
    named = body.get("id") if isinstance(body, dict) else None
    known = named if isinstance(named, str) and UUID_TEXT.match(named) else None
    return {"id": known, "state": "rejected", "problem": problem.document()}
