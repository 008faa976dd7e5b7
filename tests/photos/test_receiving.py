"""PUT /visits/{id}/photos/{sha256}: bytes arrive whole and as promised, or not at all."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from server.core.audit import AuditEntry
from server.core.db import db
from server.core.jobs import run_pending
from tests.factories import FANG, LAN, PING, WEI, ZHOU, inside
from tests.photos.conftest import digest, files
from tests.photos.pictures import picture
from tests.sync.pulling import Puller
from tests.visits.bodies import new_id


def test_a_promised_photo_is_stored_and_noted(app, phone):
    data = picture()
    visit_id = phone.visit(data)
    reply = phone.put(visit_id, data)
    assert (reply.status_code, reply.json["state"], reply.json["sha256"]) == (201, "stored", digest(data))
    assert files(app) == [f"{reply.json['id']}.orig"]
    with inside(app):
        entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "photo.store"))
    assert entry.details == {"bytes": len(data)}


def test_the_same_photo_sent_again_is_not_written_again(app, phone):
    data = picture()
    visit_id = phone.visit(data)
    phone.put(visit_id, data)
    (path,) = app.extensions["settings"].photo_dir.rglob("*.orig")
    written = path.stat().st_mtime_ns
    again = phone.put(visit_id, data)
    assert (again.status_code, again.json["state"]) == (200, "stored")
    assert path.stat().st_mtime_ns == written


def test_two_copies_at_once_are_one_photo(app, phone):
    data = picture()
    visit_id = phone.visit(data)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: phone.put(visit_id, data), range(4)))
    assert sorted(reply.status_code for reply in replies) == [200, 200, 200, 201]
    assert len(files(app)) == 1


def test_a_photo_cut_short_is_refused_and_nothing_is_kept(app, phone):
    data = picture()
    visit_id = phone.visit(data)
    reply = phone.put(visit_id, data[:-5], digest(data))
    assert (reply.status_code, reply.json["code"]) == (400, "photo_length_mismatch")
    assert files(app) == []


def test_a_body_that_ends_before_its_declared_length_is_refused(app, phone):
    data = picture()
    visit_id = phone.visit(data)
    reply = phone.put(visit_id, data[:-5], digest(data), environ_overrides={"CONTENT_LENGTH": str(len(data))})
    assert (reply.status_code, reply.json["code"]) == (400, "photo_length_mismatch")
    assert files(app) == []


def test_a_flipped_bit_is_refused(app, phone):
    data = picture()
    visit_id = phone.visit(data)
    damaged = bytes([*data[:100], data[100] ^ 1, *data[101:]])
    reply = phone.put(visit_id, damaged, digest(data))
    assert (reply.status_code, reply.json["code"]) == (460, "photo_hash_mismatch")
    assert files(app) == []


def test_a_photo_nobody_promised_is_refused(phone):
    reply = phone.put(phone.visit(), picture())
    assert (reply.status_code, reply.json["code"]) == (409, "photo_not_expected")


def test_a_photo_without_length_is_refused(phone):
    data = picture()
    chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    reply = phone.put(phone.visit(data), data, environ_overrides=chunked)
    assert (reply.status_code, reply.json["code"]) == (411, "length_required")


def test_more_than_the_limit_is_refused_before_it_is_read(app, phone):
    data = picture()
    visit_id = phone.visit(data)
    limit = app.extensions["settings"].photo_max_bytes
    reply = phone.put(visit_id, b"\xff\xd8\xff" + bytes(limit), digest(data))
    assert (reply.status_code, reply.json["code"]) == (413, "photo_too_large")
    assert files(app) == []


@pytest.mark.parametrize(
    "data",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a" + bytes(20),
        b"\x00\x00\x00\x18ftypheic" + bytes(20),
        b"%PDF-1.4\n" + bytes(20),
        b"RIFF\x00\x00\x00\x00WAVE" + bytes(20),
    ],
)
def test_what_is_no_jpeg_png_or_webp_is_refused(app, phone, data):
    reply = phone.put(phone.visit(data), data)
    assert (reply.status_code, reply.json["code"]) == (415, "photo_type_unsupported")
    assert files(app) == []


def test_a_form_upload_is_refused(phone):
    data = picture()
    reply = phone.put(phone.visit(data), data, content_type="multipart/form-data; boundary=x")
    assert (reply.status_code, reply.json["code"]) == (415, "type_unsupported")


@pytest.mark.parametrize("stranger", [PING, LAN, FANG])
def test_a_visit_of_another_grid_looks_absent(login, phone, stranger):
    data = picture()
    visit_id = phone.visit(data)
    address = f"/api/v1/visits/{visit_id}/photos/{digest(data)}"
    there = login(stranger).put(address, data=data, content_type="application/octet-stream")
    nowhere = login(stranger).put(
        address.replace(visit_id, new_id()), data=data, content_type="application/octet-stream"
    )
    assert (there.status_code, there.json["code"]) == (404, "visit_not_found")
    assert (nowhere.status_code, nowhere.json["code"]) == (404, "visit_not_found")


@pytest.mark.parametrize("reviewer", [WEI, ZHOU])
def test_only_grid_members_send_photos(login, phone, reviewer):
    data = picture()
    address = f"/api/v1/visits/{phone.visit(data)}/photos/{digest(data)}"
    assert login(reviewer).put(address, data=data).status_code == 403


def test_a_full_disk_is_told_as_such_and_the_photo_stays_expected(app, phone, monkeypatch):
    data = picture()
    visit_id = phone.visit(data)

    def full(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("server.photos.store.os.fsync", full)
        reply = phone.put(visit_id, data)
    assert (reply.status_code, reply.json["code"], reply.headers["Retry-After"]) == (
        507,
        "storage_full",
        "600",
    )
    assert files(app) == []
    assert phone.photos(visit_id)[0]["state"] == "expected"
    assert phone.put(visit_id, data).status_code == 201


def test_the_bytes_are_on_disk_before_the_phone_is_told(phone, monkeypatch):
    data = picture()
    visit_id = phone.visit(data)
    synced, real = [], os.fsync
    monkeypatch.setattr(
        "server.photos.store.os.fsync", lambda fd: (synced.append(os.fstat(fd).st_mode), real(fd))
    )
    assert phone.put(visit_id, data).status_code == 201
    kinds = [mode >> 12 for mode in synced]
    assert kinds[0] == 0o10  # the file
    assert set(kinds[1:]) == {0o4}  # then its folder, before which a new folder's own name


def test_a_visit_counts_without_its_photos(login, phone):
    visit_id = phone.visit(picture())
    detail = login(WEI).get(f"/api/v1/visits/{visit_id}").json
    assert (detail["photo_count"], detail["photos_ready"]) == (1, 0)
    assert [photo["state"] for photo in detail["photos"]] == ["expected"]


def test_phones_hear_how_the_photos_of_a_returned_visit_stand(app, login, mei, phone):
    """Who corrects the visit keeps the photos that are here, also on a phone that never had them."""
    data = picture()
    visit_id = phone.visit(data)
    review = {"id": new_id(), "decision": "returned", "comment": "Ask again.", "comments": []}
    assert login(WEI).post(f"/api/v1/visits/{visit_id}/reviews", json=review).status_code == 201
    device = Puller(mei)

    def state():
        device.all()
        (photo,) = device.rows[str(phone.household.id)]["returned"]["photos"]
        return photo["state"]

    assert state() == "expected"
    assert phone.patch(visit_id, data).status_code == 200
    assert state() == "stored"
    run_pending(app)
    assert state() == "ready"
