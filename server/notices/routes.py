"""HTTP routes of notices: parse, delegate, dump."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.exc import IntegrityError

from server.core.auth import current_actor
from server.core.db import transaction
from server.core.problems import Problem
from server.notices import queries, services
from server.notices.schemas import NoticeListSchema, NoticeQuerySchema, SeenSchema, UnreadSchema

blueprint = Blueprint("notices", __name__, url_prefix="/api/v1/notices", description="What to know of")


@blueprint.get("")
@blueprint.arguments(NoticeQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, NoticeListSchema)
def list_notices(cursor: str | None, limit: int) -> dict[str, Any]:
    """What happened in the caller's area that somebody of their role has to know of, the newest first."""
    actor = current_actor()
    rows, following = queries.page(actor, cursor, limit)
    return {"items": services.present(actor, rows), "next": following, "unread": queries.unread(actor)}


@blueprint.post("/seen")
@blueprint.arguments(SeenSchema)
@blueprint.response(200, UnreadSchema)
def see_notices(given: dict[str, int]) -> dict[str, int]:
    """Note that everything up to a notice was seen. Sent again, or with an older one, it changes nothing."""
    actor = current_actor()
    try:
        with transaction():
            services.see(actor, given["upto"])
    except IntegrityError as error:  # two tabs, both the first
        raise Problem("busy", retry_after=1) from error
    return {"unread": queries.unread(actor)}
