"""What the server may promise on the strength of its backups."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from server.backups import queries
from server.backups.folder import RESTS_ON
from server.backups.models import Backup
from server.backups.pictures import File
from server.core import audit, changes, clock, state
from server.core.changes import Position
from server.core.db import db
from server.households.services import leave_out_revisions
from server.photos import services as photos

NOTHING = Position(0, 0)


def durable_position() -> Position:
    """Everything before this place of the change log is safe, also when the newest backup turns out broken.

    The two newest verified backups of the present epoch both hold it; (0, 0) while there are not two. What
    an earlier epoch's backups held says nothing about the rows of this one.
    """
    epoch = state.epoch()
    found = queries.newest_places(epoch, RESTS_ON) if epoch else []
    return min(found) if len(found) == RESTS_ON else NOTHING


def needed() -> set[str]:
    """Names of the backups that the durable position rests on, or is going to."""
    epoch = state.epoch()
    return {each.name for each in queries.newest(epoch, RESTS_ON)} if epoch else set()


@dataclass(frozen=True)
class Verified:
    """A backup that was restored into a temporary place and found whole."""

    name: str
    epoch: str
    created_at: datetime
    position: Position
    bytes: int
    sha256: str
    photos: int


def note_verified(backup: Verified) -> None:
    """From now on phones may rely on it."""
    key = uuid4()
    values = {"epoch": backup.epoch, "created_at": backup.created_at, "verified_at": clock.now()}
    size = {"bytes": backup.bytes, "sha256": backup.sha256, "photos": backup.photos}
    place = {"xid": backup.position.xid, "seq": backup.position.seq}
    db.session.add(Backup(id=key, name=backup.name, **values, **place, **size))
    audit.record("backup.create", ("backup", key), "0", name=backup.name, **place)


def forget_missing(there: Collection[str]) -> list[str]:
    """Nothing rests any longer on backups whose files are gone; their names."""
    gone = [each for each in queries.all_known() if each.name not in there]
    for each in gone:
        _forget(each, "backup.missing")
    return [each.name for each in gone]


def forget(names: Collection[str]) -> None:
    """Backups are about to be removed: nothing rests on them any longer."""
    for each in queries.all_known():
        if each.name in names:
            _forget(each, "backup.remove")


def _forget(backup: Backup, action: str) -> None:
    audit.record(action, ("backup", backup.id), "0", name=backup.name)
    db.session.delete(backup)


def begin_again(
    name: str, made_at: datetime, verdicts: dict[UUID, photos.Verdict], files: Sequence[File]
) -> int:
    """Make a restored database a new one: another epoch, and photos without files are asked for again.

    Args:
        name: the backup's.
        made_at: when it was begun.
        verdicts: of photos that were checked while the backup was made.
        files: those that are in the photo folder now.

    Returns:
        How many photos are asked for again.
    """
    before, entries = state.epoch(), {(file.file_id, file.part) for file in files}
    changes.forget_transactions()
    for file_id, verdict in verdicts.items():
        photos.settle(file_id, verdict)
    db.session.flush()
    lost = {
        each.file_id
        for each in photos.kept()
        if not entries.issuperset((each.file_id, p) for p in each.parts)
    }
    for file_id in lost:
        photos.lose(file_id)
    leave_out_revisions()
    after = state.renew_epoch(made_at)
    audit.record("server.restore", ("server", after), "0", backup=name, before=before, photos_lost=len(lost))
    return len(lost)
