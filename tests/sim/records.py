"""What the server holds at the end, read past every scope."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from server.core.audit import AuditEntry
from server.core.crypto import unseal
from server.core.db import db
from server.core.scope import EVERYTHING, region_scope
from server.households.editing import value_of, values_of
from server.households.forms import FieldName
from server.households.models import HouseholdEdit
from server.households.queries import household_to_edit
from server.photos.models import Photo, StrayPhoto
from server.photos.store import FULL, PhotoStore
from server.proposals.models import Proposal
from server.proposals.services import fields_of
from server.sync import holding
from server.sync.models import HeldOperation, Operation
from server.visits.bodies import open_own_body
from server.visits.models import Visit
from tests.sim import bodies
from tests.sim.server import Server, digest

FieldKey = tuple[str, str | None, str]  # household, member, field


@dataclass(frozen=True)
class EditRow:
    """One field that was given a value."""

    op_id: str
    author: str
    key: FieldKey
    revision: int
    value: Any


@dataclass
class Records:
    """Identifiers are text."""

    visits: dict[str, Visit] = field(default_factory=dict)
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    accepted_in_audit: Counter[str] = field(default_factory=Counter)
    ledger: Counter[tuple[str, str]] = field(default_factory=Counter)
    held: dict[tuple[str, str], HeldOperation] = field(default_factory=dict)
    signed: dict[tuple[str, str], Operation] = field(default_factory=dict)
    held_bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Hash of the text that a held operation really keeps.
    held_text: dict[tuple[str, str], str] = field(default_factory=dict)
    edits: list[EditRow] = field(default_factory=list)
    present: dict[FieldKey, Any] = field(default_factory=dict)
    proposals: dict[str, list[FieldKey]] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    proposal_count: Counter[str] = field(default_factory=Counter)
    photos: dict[tuple[str, str], Photo] = field(default_factory=dict)
    strays: set[tuple[str, str]] = field(default_factory=set)
    # What lies in the photo folder of a photo that may be shown: the hash of its picture.
    pictures: dict[tuple[str, str], str | None] = field(default_factory=dict)


@contextmanager
def everything(server: Server) -> Iterator[None]:
    """Inside the app, with every row in scope."""
    with server.app.app_context(), region_scope(EVERYTHING):
        yield
        db.session.expunge_all()
        db.session.rollback()


def read(server: Server) -> Records:
    """All of it."""
    found = Records()
    with everything(server):
        for visit in db.session.scalars(select(Visit).options(undefer(Visit.body))):
            found.visits[str(visit.id)] = visit
            found.bodies[str(visit.id)] = open_own_body(visit.id, visit.body)
        accepted = select(AuditEntry.target_id).where(AuditEntry.action == "visit.accept")
        found.accepted_in_audit = Counter(db.session.scalars(accepted))
        for row in db.session.scalars(select(Operation)):
            found.ledger[str(row.op_id), row.sha256] += 1
            found.signed[str(row.op_id), row.sha256] = row
        for held in db.session.scalars(select(HeldOperation).options(undefer(HeldOperation.raw))):
            key = (str(held.op_id), held.sha256)
            found.held[key] = held
            raw = json.loads(unseal(held.raw, holding._bound_to(held.id)))
            found.held_text[key] = bodies.hash_of(raw["op"]["body"])
            found.held_bodies[key[0]] = raw["op"]["body"]
        _read_register(found)
        _read_photos(found, server)
    return found


def _read_register(found: Records) -> None:
    for row in db.session.scalars(select(HouseholdEdit).order_by(HouseholdEdit.seq)):
        key = _key(row.household_id, row.member_id, row.field)
        edit = EditRow(str(row.op_id), str(row.author_id), key, row.revision, values_of(row)[1])
        found.edits.append(edit)
        household = household_to_edit(row.household_id)
        found.present[key] = value_of(household, FieldName(row.member_id, row.field))
    for proposal in db.session.scalars(select(Proposal)):
        op_id = str(proposal.op_id)
        found.proposal_count[op_id] += 1
        names = [each.name for each in fields_of(proposal)]
        found.proposals[op_id] = [_key(proposal.household_id, n.member_id, n.field) for n in names]
        if proposal.state == "approved":
            found.approved.add(op_id)


def _key(household_id: Any, member_id: Any, name: str) -> FieldKey:
    return (str(household_id), str(member_id) if member_id else None, name)


def _read_photos(found: Records, server: Server) -> None:
    store = PhotoStore(server.photos)
    for photo in db.session.scalars(select(Photo)):
        key = (str(photo.visit_id), photo.sha256)
        found.photos[key] = photo
        path = store.path(photo.file_id, FULL)
        found.pictures[key] = digest(path.read_bytes()) if path.exists() else None
    for stray in db.session.scalars(select(StrayPhoto)):
        found.strays.add((str(stray.visit_id), stray.sha256))


def epoch_of(server: Server) -> str | None:
    """The present history of the database."""
    from server.core import state

    with everything(server):
        return state.epoch()


def something_waits(server: Server) -> bool:
    """Whether anybody has to decide on something."""
    with everything(server):
        return any(
            db.session.scalar(select(table.id).where(table.state == "open").limit(1)) is not None
            for table in (Proposal, HeldOperation)
        )
