"""What happens to photos behind everybody's back: their check, and tidying up after crashes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from server.accounts.queries import user_by_id
from server.core import clock, jobs
from server.core.db import db, transaction
from server.core.logs import log
from server.core.problems import Problem
from server.photos import queries, services, uploads
from server.photos.finishing import finish, staging, store
from server.photos.models import StrayPhoto
from server.photos.staging import Part, Upload
from server.photos.store import FULL, ORIGINAL, THUMB

KEPT = timedelta(days=30)
QUIET = timedelta(minutes=5)
NOWHERE = "0"
AT_ONCE = 200


@jobs.watch("photos.check")
def check_stored() -> bool:
    """Check every photo that was stored, the oldest first; whether all could be."""
    waiting = queries.files_stored()
    db.session.rollback()
    done = [_checked(file_id) for file_id in waiting]
    return all(done)


def _checked(file_id: UUID) -> bool:
    try:
        return check(file_id)
    except Exception as error:  # noqa: BLE001 - one photo that trips a bug must not keep the others waiting
        log.error("photo_check_failed", kind=type(error).__name__, exc_info=error)
        db.session.rollback()
        return False


def check(file_id: UUID) -> bool:
    """Re-encode one photo, note the verdict, and only then remove the original; False without room to do so.

    Decoding happens outside the transaction: no lock is held while a picture is opened.
    """
    folder = store()
    try:
        verdict = services.inspect(folder, file_id)
    except FileNotFoundError:
        with transaction():
            services.ask_again(file_id)
        return True
    if verdict is None:
        return False
    with transaction():
        services.settle(file_id, verdict)
    folder.remove(file_id, *((ORIGINAL, FULL, THUMB) if verdict.reason else (ORIGINAL,)))
    return True


@jobs.every_minute("photos.link_strays")
def link_strays() -> None:
    """Give strays to visits that were stored at the same moment, so that neither saw the other."""
    for upload in _uploads(queries.strays_with_place()):
        with suppress(uploads.Overtaken), transaction():
            services.link_stray(upload)


@jobs.every_quarter("photos.tidy")
def tidy() -> None:
    """Finish what a crash left between file and row; remove what nobody came back for in thirty days."""
    for upload in staging().uploads():
        try:
            _tidy_part(upload)
        except Problem as problem:  # no room: the next round may find some
            log.warning("photo_part_left", code=problem.code)
    for upload in _uploads(queries.strays_before(clock.now() - KEPT, AT_ONCE)):
        _remove_stray(upload)


def _uploads(strays: Sequence[StrayPhoto]) -> list[Upload]:
    found = [Upload(stray.user_id, stray.visit_id, stray.sha256) for stray in strays]
    db.session.rollback()
    return found


def _tidy_part(upload: Upload) -> None:
    """Look at one part, unless somebody has just added to it."""
    with staging().opened(upload) as part:
        age = timedelta(seconds=clock.now().timestamp() - part.changed_at)
        if part.size == 0 or age < QUIET:
            return
        digest = uploads.digest(part)
        if digest == upload.sha256:
            _finish_part(upload, part, digest)
        elif age > KEPT:
            _remove_part(upload, part)


def _finish_part(upload: Upload, part: Part, digest: str) -> None:
    place = uploads.place_of(upload)
    db.session.rollback()
    if place.state in uploads.COMPLETE:
        part.drop()
    else:
        finish(upload, place, part, _region_of(upload), digest)


def _remove_part(upload: Upload, part: Part) -> None:
    with transaction():
        services.note_part_removed(upload, _region_of(upload), part.size)
    part.drop()


def _remove_stray(upload: Upload) -> None:
    """Under the lock of its part: nobody sends it anew while its file goes."""
    with staging().opened(upload):
        with transaction():
            file_id = services.drop_stray(upload, _region_of(upload))
        if file_id is not None:
            store().remove(file_id, ORIGINAL)


def _region_of(upload: Upload) -> str:
    """Where the sender works, or nowhere."""
    user = user_by_id(upload.user_id)
    return user.region_code if user is not None and user.region_code.isdigit() else NOWHERE
