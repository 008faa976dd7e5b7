"""The server's bugs: each replaces functions of the running process by their stable names."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Flask, request
from sqlalchemy import Engine, event, func, select

from server.accounts import queries as account_queries
from server.accounts import services as accounts
from server.backups import queries as backups
from server.core import audit, changelog
from server.core.auth import Actor, Gate
from server.core.changes import Change, Position
from server.core.db import db, transaction
from server.core.problems import Problem
from server.core.scope import EVERYTHING, region_scope
from server.households import queries as households
from server.photos import routes as photo_routes
from server.photos import staging, uploads
from server.proposals import merging
from server.sync import delivery, ledger, pull, runner
from server.visits import queries as visits
from tests.sim.mutants.planting import Patches


def noidem(patches: Patches, _app: Flask) -> None:
    """Nobody looks whether an operation was here before."""
    patches.set(ledger, "find", lambda _user_id, _op_ids: {})
    patches.set(visits, "written_by", lambda _author_id, _ids: {})


def idemlate(patches: Patches, _app: Flask) -> None:
    """The ledger's line is written after the effect, in a transaction of its own."""
    lines: list[tuple[Any, ...]] = []
    write = patches.set(ledger, "write", lambda *given, **more: lines.append((given, more)))

    def settle_and_write(*given: Any, **more: Any) -> Any:
        lines.clear()
        outcome = settle(*given, **more)
        with region_scope(EVERYTHING), transaction():
            for each, names in lines:
                write(*each, **names)
            audit.record("sync.late", ("server", "ledger"), "0")
        return outcome

    settle = patches.set(runner, "settle", settle_and_write)


def allornothing(patches: Patches, _app: Flask) -> None:
    """What refuses one operation refuses all that were sent with it."""

    def look_at_all(actor: Actor, ops: Sequence[Any], **more: Any) -> list[delivery.Looked]:
        looked = look(actor, ops, **more)
        faults = [each.found for each in looked if isinstance(each.found, Problem)]
        if not any(fault.code != "household_not_found" for fault in faults):
            return looked
        return [replace(each, settled=None, absent=frozenset(), found=faults[0]) for each in looked]

    look = patches.set(delivery, "look", look_at_all)


def dupignore(patches: Patches, _app: Flask) -> None:
    """Another text under a number that was used is answered like a copy of the first."""
    patches.set(ledger, "same_body", lambda _known, _sent: True)


def prune1(patches: Patches, _app: Flask) -> None:
    """Phones may forget what the newest backup holds, though that one may turn out broken."""

    def newest_twice(epoch: str, limit: int) -> list[Position]:
        return newest_places(epoch, 1) * limit

    newest_places = patches.set(backups, "newest_places", newest_twice)


def nooffset(patches: Patches, _app: Flask) -> None:
    """A piece of a photo is added wherever the part ends."""
    patches.set(uploads, "offset_fits", lambda _size, _offset: True)


def nohash(patches: Patches, _app: Flask) -> None:
    """Nobody compares the bytes of a photo with their hashes."""
    patches.set(uploads, "chunk_is_intact", lambda _chunk: True)
    patches.set(uploads, "photo_is_intact", lambda _found, _sha256: True)
    patches.set(uploads, "begins_like_a_photo", lambda _data: True)


def truncation(patches: Patches, _app: Flask) -> None:
    """Where a body ends, there the photo ends: a cut one counts as whole, as with multipart forms."""

    def read_what_came(head: dict[str, Any], _limit: int) -> uploads.Chunk:
        data = request.environ["wsgi.input"].read()
        if len(data) < (request.content_length or 0):
            head = head | {"total": head["offset"] + len(data), "sha256": sha256(data).hexdigest()}
        return uploads.Chunk(data=data, **head)

    patches.set(photo_routes, "_read_chunk", read_what_came)
    patches.set(uploads, "photo_is_intact", lambda _found, _sha256: True)  # pieces that are whole still are
    patches.set(uploads, "check_expected", lambda _upload, _place, _total: None)


def lww(patches: Patches, _app: Flask) -> None:
    """The last writer wins, whatever they had seen."""
    patches.set(merging.Seen, "covers", lambda _self, _edit: True)


def unscoped_get(patches: Patches, _app: Flask) -> None:
    """A single household is looked up by its number alone."""

    def by_number_alone(household_id: UUID) -> Any:
        with region_scope(EVERYTHING):
            return get(household_id)

    get = patches.set(households, "get_household", by_number_alone)


def stale_role(patches: Patches, app: Flask) -> None:
    """Office and area are those of the moment of signing in, as if the token said them."""
    first: dict[UUID, Actor] = {}

    def as_the_token_says(user_id: UUID, session_id: UUID) -> Actor | None:
        now = load(user_id, session_id)
        if now is None:
            return None
        then = first.setdefault(session_id, now)
        return replace(now, role=then.role, region_code=then.region_code)

    load = patches.set(delivery, "load_actor", as_the_token_says)
    gate: Gate = app.extensions["gate"]
    patches.item(app.extensions, "gate", replace(gate, load_actor=as_the_token_says))


def no_grace(patches: Patches, _app: Flask) -> None:
    """The refresh token before the present one counts as stolen at once."""

    def renew_strictly(session_id: UUID, *given: Any) -> Any:
        session = account_queries.session_by_id(session_id, lock=True)
        if session is not None:
            session.previous_jti = None
        return renew(session_id, *given)

    renew = patches.set(accounts, "renew", renew_strictly)


def evict_missing(patches: Patches, _app: Flask) -> None:
    """A phone does not hear which households are another's now."""

    def without_left(*given: Any) -> pull.Page:
        return replace(changed(*given), left=[])

    changed = patches.set(pull, "_changed", without_left)


def seq_cursor(patches: Patches, _app: Flask | None = None) -> None:
    """The cursor everybody writes first: the last number seen, whatever commits later."""

    def newest() -> Position:
        with region_scope(EVERYTHING):
            return Position(0, db.session.scalar(select(func.max(Change.seq))) or 0)

    def by_number(kind: str, after: Position, until: Position, limit: int) -> list[tuple[Any, Position]]:
        query = select(Change.entity_id, Change.seq).where(Change.kind == kind, Change.seq > after.seq)
        rows = db.session.execute(query.where(Change.seq <= until.seq).order_by(Change.seq).limit(limit))
        return [(key, Position(0, seq)) for key, seq in rows]

    patches.set(changelog, "settled", newest)
    patches.set(changelog, "changes", by_number)


def photo_not_synced(patches: Patches, _app: Flask | None = None) -> None:
    """A photo is acknowledged before its bytes are on the disk."""
    patches.set(staging, "sync_file", lambda _descriptor: None)


def relaxed_database(_patches: Patches, _app: Flask | None = None) -> None:
    """A commit of SQLite is told before it is on the disk. For a process that ends with the mutant."""

    def relax(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous = NORMAL")

    event.listen(Engine, "connect", relax)


def nothing(patches: Patches, _app: Flask | None = None) -> None:
    """No bug: the same answer by another way."""
    patches.set(ledger, "same_body", lambda known, sent: known.split() == sent.split())
