"""What those who decide on held operations see of them: whose, since when, why, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import undefer

from server.core import cursors
from server.core.db import db
from server.core.problems import Problem
from server.households.services import masked_text, shown_value, summarise
from server.proposals.services import HouseholdEditForm, NewcomerForm
from server.sync import edits, holding, newcomers
from server.sync.models import OPEN, HeldOperation
from server.sync.operations import EDIT, KINDS, VISIT, Op
from server.visits.queries import masked_body
from server.visits.services import VisitForm, open_signed

LISTING = "held"
DECIDED = "decided"
Wire = dict[str, Any]
_COPIED = (
    "id", "kind", "code", "author_name", "received_at", "state", "comment", "decided_by", "decided_at",
)  # fmt: skip


def page(state: str, after: str | None, limit: int) -> tuple[list[Wire], str | None]:
    """Held operations of the scope and the cursor of the next page.

    The open ones begin with the one that waits longest, the decided ones with the newest.

    Raises:
        Problem: bad_request, for a cursor that is not one of ours.
    """
    is_open = state == OPEN
    place = tuple_(HeldOperation.received_at, HeldOperation.change_seq)
    order = (HeldOperation.received_at, HeldOperation.change_seq)
    query = select(HeldOperation).where((HeldOperation.state == OPEN) == is_open)
    query = query.order_by(*(order if is_open else (column.desc() for column in order)))
    if after is not None:
        last = tuple_(*_position(after))
        query = query.where(place > last if is_open else place < last)
    rows = db.session.scalars(query.options(undefer(HeldOperation.raw)).limit(limit + 1)).all()
    shown = rows[:limit]
    return items(shown), _cursor(shown[-1]) if len(rows) > limit else None


def _cursor(last: HeldOperation) -> str:
    return cursors.pack(LISTING, last.received_at.isoformat(), last.change_seq)


def _position(cursor: str) -> tuple[datetime, int]:
    parts = cursors.unpack(LISTING, cursor)
    if len(parts) != 2 or not isinstance(parts[1], int):
        raise Problem("bad_request")
    return datetime.fromisoformat(str(parts[0])), parts[1]


def items(rows: Sequence[HeldOperation]) -> list[Wire]:
    """Held operations in wire form; of a household that is not in the reader's area nothing is said."""
    homes = summarise({row.household_id for row in rows if row.household_id is not None})
    return [_item(row, homes.get(row.household_id) if row.household_id else None) for row in rows]


def _item(row: HeldOperation, home: Wire | None) -> Wire:
    visit, edit = _said(row)
    return {
        **{name: getattr(row, name) for name in _COPIED},
        "household_id": home and home["id"],
        "household_number": home and home["number"],
        "head_name": home and home["head_name"],
        "village": home and home["village"],
        "visited_at": visit and visit.finished_at,
        "visit": visit and _shown_visit(visit),
        "edit": edit and _shown_edit(edit),
    }


def _said(row: HeldOperation) -> tuple[VisitForm | None, HouseholdEditForm | NewcomerForm | None]:
    """What an operation says, in so far as this server can read it."""
    try:
        op = holding.reopened(row)
        return (_visit(op), None) if op.kind == VISIT else (None, _edit(op))
    except Problem:
        return None, None


def _visit(op: Op) -> VisitForm:
    return open_signed(op.body, op.sha256).form


def _edit(op: Op) -> HouseholdEditForm | NewcomerForm | None:
    """A correction, or somebody new: both are fields and a reason."""
    if op.kind not in KINDS:
        return None
    return edits.read(op) if op.kind == EDIT else newcomers.read(op)


def _shown_visit(form: VisitForm) -> Wire:
    body = masked_body({"answers": _well_formed(form.answers), "notes": form.notes})
    return {**body, "revises": form.revises, "photo_count": len(form.photos)}


def _well_formed(answers: Wire) -> Wire:
    """Answers were not checked against a checklist: edits of members that are none are left out."""
    edited = answers.get("roster_edit")
    is_list = isinstance(edited, list) and all(isinstance(each, dict) for each in edited)
    return answers if is_list else {key: value for key, value in answers.items() if key != "roster_edit"}


def _shown_edit(form: HouseholdEditForm | NewcomerForm) -> Wire:
    return {
        "reason": masked_text(form.reason),
        "set": [
            {
                "member_id": change.member_id,
                "field": change.field,
                "value": shown_value(change.field, change.value),
            }
            for change in form.changes
        ],
    }
