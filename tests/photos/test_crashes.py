"""A server that dies or has no room at any step of an upload: nothing is acknowledged that is not there."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from server.core.changes import Change
from server.core.db import db
from server.core.jobs import run_pending
from server.photos import jobs, store, uploads
from server.photos.models import Photo
from server.photos.staging import Part
from tests.factories import inside
from tests.photos.conftest import age_parts, files, lies_whole
from tests.photos.pictures import picture
from tests.visits.bodies import new_id

PHOTO = picture(size=(300, 200), quality=95)


class Killed(BaseException):
    """The process ends here."""


def dying(*_args, **_kwargs):
    raise Killed


STEPS = {
    "before the bytes": (Part, "append"),
    "before they are synced": (Part, "sync"),
    "between sync and name": (store, "_link"),
    "before the name is synced": (store, "sync_folder"),
    "between name and row": (uploads, "note_arrival"),
    "between row and the end": (Part, "drop"),
}


@pytest.fixture(params=["promised", "stray"])
def visit_id(request, phone):
    return phone.visit(PHOTO) if request.param == "promised" else new_id()


@pytest.fixture(params=STEPS)
def died(request, phone, visit_id, monkeypatch):
    """An upload that died at a step."""
    phone.patch(visit_id, PHOTO, 0, 500)
    with monkeypatch.context() as patch:
        patch.setattr(*STEPS[request.param], dying)
        with pytest.raises(Killed):
            phone.patch(visit_id, PHOTO, 500)
    return request.param


def test_the_phone_goes_on_where_the_server_died(app, phone, visit_id, died):
    state, offset = phone.head(visit_id, PHOTO)
    assert (state, offset) in {("partial", 500), ("partial", len(PHOTO)), ("stored", len(PHOTO)),
                               ("stray", len(PHOTO))}  # fmt: skip
    reply = phone.patch(visit_id, PHOTO, offset)
    assert reply.json["state"] in ("stored", "stray")
    assert lies_whole(app, PHOTO)
    assert len(files(app)) == 1


def test_the_sweep_stores_what_was_whole_when_the_server_died(app, phone, clock, visit_id, died):
    with inside(app):
        jobs.tidy()  # too early: the phone may be about to come back
    age_parts(app, clock.now, minutes=6)
    with inside(app):
        jobs.tidy()
    state, offset = phone.head(visit_id, PHOTO)
    if died == "before the bytes":
        assert (state, offset) == ("partial", 500)
    else:
        assert state in ("stored", "stray")
        assert lies_whole(app, PHOTO)
        assert len(files(app)) == 1


def test_a_photo_that_was_swept_up_is_checked_like_any_other(app, phone, clock, monkeypatch):
    visit_id = phone.visit(PHOTO)
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "note_arrival", dying)
        with pytest.raises(Killed):
            phone.patch(visit_id, PHOTO)
    age_parts(app, clock.now, minutes=6)
    with inside(app):
        jobs.tidy()
    run_pending(app)
    assert phone.photos(visit_id)[0]["state"] == "ready"


def test_a_damaged_part_is_not_swept_up(app, phone, clock):
    visit_id = phone.visit(PHOTO)
    phone.patch(visit_id, PHOTO, 0, 500)
    (part,) = app.extensions["settings"].photo_dir.rglob("*.part")
    part.write_bytes(bytes(len(PHOTO)))
    age_parts(app, clock.now, minutes=6)
    with inside(app):
        jobs.tidy()
    assert [photo["state"] for photo in phone.photos(visit_id)] == ["expected"]
    reply = phone.patch(visit_id, PHOTO, 0, 500)
    assert (reply.status_code, reply.json["offset"]) == (460, 0)
    assert phone.patch(visit_id, PHOTO).json["state"] == "stored"


def full(*_args, **_kwargs):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def half_full(descriptor, data):
    """Room for half of it, then for nothing."""
    if len(data) < 200:
        full()
    return os.pwrite(descriptor, data[: len(data) // 2], os.fstat(descriptor).st_size)


NO_ROOM = {
    "for the bytes": ("server.photos.staging.os.write", full),
    "for all of the bytes": ("server.photos.staging.os.write", half_full),
    "to sync the bytes": ("server.photos.staging.sync_file", full),
    "for the name": ("server.photos.store._link", full),
    "to sync the name": ("server.photos.store.sync_folder", full),
}


@pytest.mark.parametrize("place", NO_ROOM)
def test_a_full_disk_takes_nothing_and_loses_nothing(app, phone, monkeypatch, place):
    visit_id = phone.visit(PHOTO)
    phone.patch(visit_id, PHOTO, 0, 500)
    with monkeypatch.context() as patch:
        patch.setattr(*NO_ROOM[place])
        reply = phone.patch(visit_id, PHOTO, 500)
    assert (reply.status_code, reply.json["code"]) == (507, "storage_full")
    assert int(reply.headers["Retry-After"]) > 0
    state, offset = phone.head(visit_id, PHOTO)
    assert (state, offset) in {("partial", 500), ("absent", 0), ("partial", len(PHOTO))}
    assert phone.patch(visit_id, PHOTO, offset).json["state"] == "stored"
    assert lies_whole(app, PHOTO)


def test_a_full_disk_before_anything_came_leaves_nothing(app, phone, monkeypatch):
    visit_id = phone.visit(PHOTO)
    with monkeypatch.context() as patch:
        patch.setattr("server.photos.staging.os.open", full)
        assert phone.patch(visit_id, PHOTO).status_code == 507
    assert phone.head(visit_id, PHOTO) == ("absent", 0)
    assert files(app) == []


def test_a_full_database_takes_nothing_and_the_photo_goes_on_later(app, phone, monkeypatch):
    visit_id = phone.visit(PHOTO)

    def no_room(*_args, **_kwargs):
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr("server.photos.uploads.changes.note", no_room)
        reply = phone.patch(visit_id, PHOTO)
    assert (reply.status_code, reply.json["code"]) == (507, "storage_full")
    assert phone.head(visit_id, PHOTO) == ("partial", len(PHOTO))
    assert phone.patch(visit_id, PHOTO, len(PHOTO)).json["state"] == "stored"


def test_a_sync_that_failed_is_not_trusted_the_next_time(app, phone, monkeypatch):
    visit_id = phone.visit(PHOTO)

    def broken(_descriptor):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr("server.photos.staging.sync_file", broken)
        with pytest.raises(OSError, match="Input/output"):
            phone.patch(visit_id, PHOTO)
    assert phone.head(visit_id, PHOTO) == ("absent", 0)
    assert files(app) == []


def test_a_disk_without_hard_links_will_do(app, phone, monkeypatch):
    def unsupported(path, _target):
        number = errno.EPERM if path.parent.exists() else errno.ENOENT
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("pathlib.Path.hardlink_to", unsupported)
    visit_id = phone.visit(PHOTO)
    assert phone.patch(visit_id, PHOTO).json["state"] == "stored"
    assert lies_whole(app, PHOTO)
    assert len(files(app)) == 1
    run_pending(app)
    assert phone.photos(visit_id)[0]["state"] == "ready"


def test_the_file_is_synced_then_named_then_its_folder_synced_then_the_row_written(phone, monkeypatch):
    visit_id = phone.visit(PHOTO)
    seen = []
    for place, name in (
        (store, "_link"),
        (store, "sync_folder"),
        (uploads, "note_stored"),
        (Part, "sync"),
        (Part, "drop"),
    ):
        real = getattr(place, name)

        def noting(*given, real=real, name=name, **more):
            seen.append(name)
            return real(*given, **more)

        monkeypatch.setattr(place, name, noting)
    phone.patch(visit_id, PHOTO)
    order = [name for at, name in enumerate(seen) if name not in seen[:at]]
    assert order == ["sync", "_link", "sync_folder", "note_stored", "drop"]


def test_many_uploaders_of_one_photo_are_one_photo(app, phone):
    visit_id = phone.visit(PHOTO)
    ends = list(range(400, len(PHOTO) + 400, 400))

    def upload(_number):
        told = []
        for end in ends:
            reply = phone.patch(visit_id, PHOTO, end - 400, end)
            told.append((reply.status_code, reply.json.get("state") or reply.json["code"]))
        return told

    with ThreadPoolExecutor(4) as pool:
        told = [one for each in pool.map(upload, range(4)) for one in each]
    assert set(told) <= {(200, "partial"), (200, "stored"), (409, "upload_offset")}
    _, offset = phone.head(visit_id, PHOTO)
    assert phone.patch(visit_id, PHOTO, offset).json["state"] == "stored"
    assert lies_whole(app, PHOTO)
    assert len(files(app)) == 1
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(Change).where(Change.kind == "photo")) == 1
        assert db.session.scalar(select(func.count()).select_from(Photo)) == 1


def test_a_late_second_uploader_leaves_no_original_beside_the_checked_photo(app, phone):
    visit_id = phone.visit(PHOTO)
    phone.patch(visit_id, PHOTO, 0, 500)
    assert phone.put(visit_id, PHOTO).status_code == 201
    run_pending(app)
    assert phone.patch(visit_id, PHOTO, 500).json["state"] == "ready"
    assert [name for name in files(app) if not name.endswith(".jpg")] == []
