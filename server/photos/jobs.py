"""The check of stored photos: one a job, and once a minute those that were left behind."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import current_app

from server.core import clock, jobs
from server.core.db import db, transaction
from server.photos import services
from server.photos.staging import Staging
from server.photos.store import FULL, ORIGINAL, THUMB, PhotoStore

CHECK = "photos.check"
OVERDUE = timedelta(minutes=1)


def store() -> PhotoStore:
    """The running app's photo folder."""
    return PhotoStore(current_app.extensions["settings"].photo_dir)


def staging() -> Staging:
    """The running app's folder of photos on their way."""
    return Staging(current_app.extensions["settings"].photo_dir)


@jobs.job(CHECK)
def check(file_id: str) -> None:
    """Re-encode one photo, note the verdict, and only then remove the original.

    Decoding happens outside the transaction: no lock is held while a picture is opened.
    """
    folder, name = store(), UUID(file_id)
    try:
        verdict = services.inspect(folder, name)
    except FileNotFoundError:
        with transaction():
            services.ask_again(name)
        return
    if verdict is None:
        return  # no room on the disk: the sweep tries again
    with transaction():
        services.settle(name, verdict)
    folder.remove(name, *((ORIGINAL, FULL, THUMB) if verdict.reason else (ORIGINAL,)))


@jobs.every_minute("photos.sweep")
def sweep() -> None:
    """Check photos whose message to the worker was lost."""
    overdue = services.waiting_since(clock.now() - OVERDUE)
    db.session.rollback()
    for file_id in overdue:
        check(str(file_id))
