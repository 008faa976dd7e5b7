"""Work that somebody else carries here: taken in as its author's, who hears of it by a sealed answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy.exc import OperationalError

from server.accounts.relay_keys import holder_of, load_author
from server.core import clock, disk, jsontext, state
from server.core.auth import Actor, acting_as
from server.core.db import db
from server.core.logs import log
from server.core.problems import Problem
from server.core.wire import UUID_TEXT, instant_text
from server.photos import uploads
from server.photos.finishing import receive, staging
from server.photos.staging import Upload
from server.photos.uploads import Chunk
from server.sync import relay_format
from server.sync.delivery import SenderRefused, reload
from server.sync.intake import answer_push
from server.sync.operations import WAIT
from server.sync.push_schemas import DEEPEST
from server.sync.relay_format import Header

CHUNK_BYTES = 256 * 1024
OPERATION_BYTES = 256 * 1024
RECORD_BYTES = CHUNK_BYTES + 1024
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_LATER = ("upload_offset", "too_many_attempts")


@dataclass(frozen=True)
class Carried:
    """What the carrier may know of a record: whether to bring it again; the rest is sealed (base64)."""

    record: int
    done: bool
    answer: str


@dataclass(frozen=True)
class Told:
    """The answer that the author's own phone would have got, and what it is about."""

    about: dict[str, Any]
    status: int
    body: dict[str, Any]
    is_final: bool

    def text(self) -> str:
        """As it is sealed; of a restored server's earlier life nothing counts, so it names that life."""
        life = {"epoch": state.epoch() or "", "server_time": instant_text(clock.now())}
        return jsontext.dumps(life | {"of": self.about, "status": self.status, "body": self.body})


def carry(carrier: Actor, header: Header, place: int, sealed: bytes) -> Carried:
    """Take in one record of a file, as its author and by the same way as what the author sends.

    Args:
        carrier: who brings it; may neither read nor change it.
        header: of the file.
        place: which record, counted from 0.
        sealed: the record.

    Raises:
        Problem: relay_key_unknown; relay_damaged.
    """
    found = holder_of(header.device, header.key_id)
    if found is None:
        raise Problem("relay_key_unknown")
    user_id, key = found
    what, payload = relay_format.open_record(key, header, place, sealed)
    told = _as_author(carrier, user_id, header.device, what, payload)
    return Carried(place, told.is_final, relay_format.seal_answer(key, header, place, told.text()))


def _as_author(carrier: Actor, user_id: UUID, device: str, what: dict[str, Any], payload: bytes) -> Told:
    """Do what a record wants, with the rights that its author has at this moment."""
    about = {name: _if_named(what.get(name)) for name in ("op_id", "sha256", "visit_id")}
    try:
        author = load_author(user_id, device)
        if author is None:
            raise SenderRefused("account_disabled")
        author = reload(replace(author, carried_by=carrier.id))
        with acting_as(author):
            if what.get("kind") == "photo":
                return Told(about, 200, _photo(author, what, payload), is_final=True)
            body = _operation(author, payload)
    except Problem as problem:
        db.session.rollback()
        status = problem.kind.status
        is_final = status < 500 and problem.code not in _LATER
        return Told(about, status, problem.document(), is_final)
    except OperationalError:
        raise  # no room, no lock: every record's trouble
    except Exception as error:  # noqa: BLE001 - one record that trips a bug must not block the others
        log.error("relay_record_failed", kind=type(error).__name__, exc_info=error)
        db.session.rollback()
        return Told(about, 500, Problem("internal").document(), is_final=False)
    is_final = all(result["st"] != WAIT for result in body["results"])
    return Told(about, 200, body, is_final)


def _if_named(value: Any) -> str | None:
    """An identifier or a hash; anything else, half characters too, is not repeated."""
    is_named = isinstance(value, str) and (UUID_TEXT.match(value) or _SHA256.match(value))
    return value if is_named else None


def _operation(author: Actor, payload: bytes) -> dict[str, Any]:
    """The answer to a push of this one operation. Nobody can tell by now how the phone's clock stands."""
    op = relay_format.read_object(payload, DEEPEST) if len(payload) <= OPERATION_BYTES else None
    if op is None:
        raise Problem("malformed_json")
    answer: dict[str, Any] = jsontext.loads(answer_push(author, [op], author.device_id, None))
    return answer


def _photo(author: Actor, what: dict[str, Any], data: bytes) -> dict[str, Any]:
    """The answer to a piece of a photo.

    Raises:
        Problem: invalid; and as for a piece that the phone sends.
    """
    settings = current_app.extensions["settings"]
    upload, offset, total = _upload(author, what), what.get("offset"), what.get("length")
    if type(offset) is not int or type(total) is not int or not 0 <= offset <= total - len(data):
        raise Problem("invalid")
    if total > settings.photo_max_bytes:
        raise Problem("photo_too_large")
    disk.require(settings.photo_dir, settings.disk_photo_reserve_percent)
    size = staging().size(upload)
    if offset + len(data) <= size < total:
        partial = replace(uploads.place_of(upload), state=uploads.PARTIAL)
        return uploads.progress(upload, partial, size)  # it came already, by this way or the other
    rest = data[max(0, size - offset) :] if size < total else data
    chunk = Chunk(offset=max(offset, size), total=total, data=rest, sha256=sha256(rest).hexdigest())
    place, arrived = receive(upload, chunk, author.region_code)
    return uploads.progress(upload, place, arrived)


def _upload(author: Actor, what: dict[str, Any]) -> Upload:
    visit_id, named = str(what.get("visit_id")), str(what.get("sha256"))
    if not UUID_TEXT.match(visit_id) or not _SHA256.match(named):
        raise Problem("invalid")
    return Upload(author.id, UUID(visit_id), named)
