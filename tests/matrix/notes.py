"""What lies in the tables, read past the server's own queries: which marks belong to which record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from server.core.audit import AuditEntry
from server.core.db import db
from server.households.models import Household
from server.notices.models import Notice
from server.photos.models import Photo
from server.photos.store import FULL, THUMB, PhotoStore
from server.proposals.models import Proposal
from server.reviews.models import Review
from server.sync.models import HeldOperation
from server.visits.models import Visit
from server.visits.receipts import number as receipt_number
from tests.factories import inside
from tests.matrix.records import Ledger, Record
from tests.photos.conftest import digest


class Notes:
    """Reads the tables and writes the ledger."""

    def __init__(self, app: Flask, ledger: Ledger) -> None:
        self.app, self.ledger = app, ledger

    def note_everything(self) -> None:
        """Read the tables past the server's own queries, and write down what lies where."""
        with inside(self.app):
            flagged = set(db.session.scalars(select(Visit.household_id).where(Visit.severity_rank < 3)))
            last = set(db.session.scalars(select(Household.last_visit_id)))
            gone = {UUID(r.id) for r in self.ledger.of("household") if r.variant == "gone"}
            for visit in db.session.scalars(select(Visit)).all():
                self._note_visit(visit, flagged, last, gone)
            visits = {r.id: r for r in self.ledger.of("visit")}
            for visit in db.session.scalars(select(Visit).where(Visit.previous_id.is_not(None))):
                self.ledger.claim(visits[str(visit.id)], visit.previous_id)  # its number and its date
            for photo in db.session.scalars(select(Photo)).all():
                self._note_photo(photo, visits[str(photo.visit_id)])
            for review in db.session.scalars(select(Review)).all():
                record = visits[str(review.visit_id)]
                said = (each["text"] for each in review.comments)
                self.ledger.claim(record, review.id, review.comment, *said)
            self._note_work()

    def _note_visit(self, visit: Visit, flagged: Any, last: Any, gone: Any) -> None:
        from server.visits.bodies import open_own_body

        body = open_own_body(visit.id, visit.body)
        mark, number = body["notes"]["consent"].split()
        more = {
            "flagged": visit.household_id in flagged, "last": visit.id in last, "state": visit.state,
            "lit": visit.severity_rank < 3, "household_id": str(visit.household_id),
            "gone": visit.household_id in gone,
            "number": receipt_number(visit.seq, visit.id, visit.sha256),
        }  # fmt: skip
        variant = "gone" if more["gone"] else ("flagged" if more["flagged"] else "plain")
        if visit.state == "superseded":
            variant = "superseded"
        record = Record("visit", str(visit.id), visit.region_code, visit.author_id, variant, more)
        self.ledger.add(record, mark, visit.sha256, more["number"])
        self.ledger.claim(Record("written", str(visit.id), visit.region_code, visit.author_id), number)

    def _note_photo(self, photo: Photo, visit: Record) -> None:
        more = visit.more | {"visit_id": visit.id, "sha256": photo.sha256, "photo_state": photo.state}
        record = Record("photo", str(photo.id), photo.region_code, visit.owner, visit.variant, more)
        self.ledger.add(record, photo.sha256)
        if photo.state == "ready":
            store = PhotoStore(self.app.extensions["settings"].photo_dir)
            for part in (FULL, THUMB):
                self.ledger.claim(record, digest(store.read(photo.file_id, part)))

    def _note_work(self) -> None:
        for row in db.session.scalars(select(Proposal)).all():
            from server.proposals.services import fields_of

            said = [each.proposed for each in fields_of(row)]
            numbers = [one for one in said if isinstance(one, str) and len(one) == 18 and one.isascii()]
            marks = [one for one in said if isinstance(one, str) and one.startswith("Q")]
            more = {"level": row.level, "state": row.state}
            variant = f"{row.level}-{row.kind}"
            record = Record("proposal", str(row.id), row.region_code, row.author_id, variant, more)
            self.ledger.add(record, row.reason, *marks)
            self.ledger.claim(Record("identity", str(row.id), row.region_code), *numbers)
        for held in db.session.scalars(select(HeldOperation)).all():
            from server.sync.holding import reopened

            record = Record("held", str(held.id), held.region_code, held.user_id, "", {"state": held.state})
            self.ledger.add(record, held.op_id, reopened(held).body["notes"]["consent"], held.sha256)

    def note_audit(self) -> None:
        with inside(self.app):
            for entry in db.session.scalars(select(AuditEntry)):
                more = {"action": entry.action}
                key, place = str(entry.number), entry.region_code
                self.ledger.add(Record("entry", key, place, entry.actor_id, "", more))
            for notice in db.session.scalars(select(Notice)):
                key, place = str(notice.seq), notice.region_code
                self.ledger.add(Record("notice", key, place, notice.actor_id, notice.role))
