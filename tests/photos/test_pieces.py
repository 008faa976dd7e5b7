"""PATCH /s1/visits/{id}/photos/{sha256}: a photo in pieces, each checked, stored only as a whole."""

import pytest
from sqlalchemy import select

from server.core import disk
from server.core.changes import Change
from server.core.db import db
from server.core.jobs import run_pending
from tests.accounts.test_login import sign_in
from tests.factories import ADMIN, LAN, PING, QIN, WEI, ZHOU, inside
from tests.photos.conftest import Phone, digest, files
from tests.photos.pictures import picture
from tests.visits.bodies import new_id, send, visit_of

PHOTO = picture(size=(500, 400), quality=95)


def test_a_photo_in_one_piece_is_stored_with_its_place_in_the_change_log(app, phone):
    visit_id = phone.visit(PHOTO)
    assert phone.head(visit_id, PHOTO) == ("absent", 0)
    reply = phone.patch(visit_id, PHOTO)
    assert reply.status_code == 200
    assert reply.json | {"position": None} == {
        "sha256": digest(PHOTO),
        "offset": len(PHOTO),
        "state": "stored",
        "reason": None,
        "position": None,
    }
    (photo,) = phone.photos(visit_id)
    assert photo["position"] == reply.json["position"]
    with inside(app):
        change = db.session.scalar(select(Change).where(Change.kind == "photo"))
    assert [change.xid, change.seq] == reply.json["position"]
    assert files(app) == [f"{photo['id']}.orig"]
    assert phone.head(visit_id, PHOTO) == ("stored", len(PHOTO))


def test_a_photo_in_pieces_goes_on_where_it_stopped(app, phone):
    visit_id = phone.visit(PHOTO)
    ends = [*range(700, len(PHOTO), 700), len(PHOTO)]
    offset = 0
    for end in ends[:-1]:
        reply = phone.patch(visit_id, PHOTO, offset, end)
        assert (reply.status_code, reply.json["state"], reply.json["offset"]) == (200, "partial", end)
        assert phone.head(visit_id, PHOTO) == ("partial", end)
        offset = end
    assert phone.patch(visit_id, PHOTO, offset).json["state"] == "stored"
    run_pending(app)
    assert phone.head(visit_id, PHOTO) == ("ready", len(PHOTO))
    assert not [name for name in files(app) if name.endswith((".part", ".orig"))]


def test_the_place_in_the_change_log_moves_on_with_the_check(app, phone):
    visit_id = phone.visit(PHOTO)
    before = phone.patch(visit_id, PHOTO).json["position"]
    run_pending(app)
    (photo,) = phone.photos(visit_id)
    assert (photo["state"], photo["position"] > before) == ("ready", True)
    assert phone.patch(visit_id, PHOTO).json["position"] == photo["position"]


def test_a_damaged_piece_changes_nothing(phone):
    visit_id = phone.visit(PHOTO)
    phone.patch(visit_id, PHOTO, 0, 500)
    reply = phone.patch(visit_id, PHOTO, 500, 900, **{"X-Content-SHA256": digest(b"other")})
    assert (reply.status_code, reply.json["code"]) == (400, "chunk_damaged")
    assert phone.head(visit_id, PHOTO) == ("partial", 500)


def test_a_piece_that_was_cut_changes_nothing(phone):
    visit_id = phone.visit(PHOTO)
    reply = phone.patch(visit_id, PHOTO, 0, 500, declared=600)
    assert (reply.status_code, reply.json["code"]) == (400, "chunk_damaged")
    assert phone.head(visit_id, PHOTO) == ("absent", 0)


@pytest.mark.parametrize("offset", [0, 499, 501])
def test_a_piece_at_another_place_is_told_the_true_one(phone, offset):
    visit_id = phone.visit(PHOTO)
    phone.patch(visit_id, PHOTO, 0, 500)
    reply = phone.patch(visit_id, PHOTO, offset, 800)
    assert (reply.status_code, reply.json["code"], reply.json["offset"]) == (409, "upload_offset", 500)
    assert phone.head(visit_id, PHOTO) == ("partial", 500)


def test_a_photo_that_is_another_in_the_end_starts_anew(app, phone):
    visit_id = phone.visit(PHOTO)
    damaged = PHOTO[:600] + b"\0" + PHOTO[601:]
    phone.patch(visit_id, damaged, 0, 1000, **{"X-Photo": digest(PHOTO)})
    reply = phone.patch(visit_id, damaged, 1000, **{"X-Photo": digest(PHOTO)})
    assert (reply.status_code, reply.json["code"], reply.json["offset"]) == (460, "photo_hash_mismatch", 0)
    assert phone.head(visit_id, PHOTO) == ("absent", 0)
    assert files(app) == []
    assert phone.patch(visit_id, PHOTO).json["state"] == "stored"


def test_a_late_copy_of_a_piece_gets_the_answer_of_the_stored_photo(app, phone):
    visit_id = phone.visit(PHOTO)
    phone.patch(visit_id, PHOTO, 0, 500)
    stored = phone.patch(visit_id, PHOTO, 500).json
    assert phone.patch(visit_id, PHOTO, 0, 500).json == stored
    assert phone.patch(visit_id, PHOTO).json == stored
    assert len(files(app)) == 1


@pytest.mark.parametrize("stranger", [PING, LAN])
def test_what_somebody_else_sends_looks_absent(app, login, phone, stranger):
    visit_id = phone.visit(PHOTO)
    phone.patch(visit_id, PHOTO, 0, 500)
    other = Phone(app, login(stranger))
    assert other.head(visit_id, PHOTO) == other.head(new_id(), PHOTO) == ("absent", 0)
    phone.patch(visit_id, PHOTO, 500)
    assert other.head(visit_id, PHOTO) == ("absent", 0)


@pytest.mark.parametrize("name", ["Upload-Offset", "Upload-Length", "X-Content-SHA256"])
@pytest.mark.parametrize("value", ["", "-1", "1.0", "٣", "1_0", "9" * 13, "x"])
def test_a_header_that_says_nothing_is_named(phone, name, value):
    reply = phone.patch(phone.visit(PHOTO), PHOTO, **{name: value})
    assert (reply.status_code, reply.json["code"]) == (422, "invalid")
    assert list(reply.json["errors"]) == [name]


@pytest.mark.parametrize(("free", "photo", "visit"), [(9.9, 507, 201), (2.9, 507, 507), (10.0, 200, 201)])
def test_a_disk_that_fills_up_refuses_photos_first_and_visits_later(phone, free, photo, visit):
    visit_id = phone.visit(PHOTO)
    with disk.measured_by(lambda _folder: free):
        reply = phone.patch(visit_id, PHOTO)
        sent = send(phone.client, visit_of(phone.household.id))
        assert phone.head(visit_id, PHOTO)[0] == ("stored" if photo == 200 else "absent")
    assert (reply.status_code, sent.status_code) == (photo, visit)
    for refused in (answer for answer in (reply, sent) if answer.status_code == 507):
        assert (refused.json["code"], refused.headers["Retry-After"]) == ("storage_full", "600")


def test_signing_in_needs_no_room(client):
    with disk.measured_by(lambda _folder: 0.5):
        assert sign_in(client).status_code == 200


def test_the_disk_is_asked_once_a_second(phone, monkeypatch):
    asked = []
    visit_id = phone.visit(PHOTO)
    with disk.measured_by(lambda folder: asked.append(folder) or 50.0):
        for offset in range(0, 1000, 100):
            phone.patch(visit_id, PHOTO, offset, offset + 100)
    assert len(asked) <= 4  # two folders, and the second may have turned


@pytest.mark.parametrize("end", [5, 100, None])
def test_what_is_no_photo_is_refused_as_soon_as_it_shows(app, phone, end):
    data = b"<html>" + bytes(300)
    visit_id = phone.visit(data)
    reply = phone.patch(visit_id, data, 0, end)
    if end == 5:
        assert reply.json["state"] == "partial"
        reply = phone.patch(visit_id, data, 5)
    assert (reply.status_code, reply.json["code"]) == (415, "photo_type_unsupported")
    assert files(app) == []


def test_a_photo_that_is_too_large_is_refused_with_its_first_piece(app, phone):
    visit_id = phone.visit(PHOTO)
    reply = phone.patch(visit_id, PHOTO, 0, 500, **{"Upload-Length": str(2 * 1024 * 1024 + 1)})
    assert (reply.status_code, reply.json["code"]) == (413, "photo_too_large")
    reply = phone.patch(visit_id, PHOTO[:3] + bytes(256 * 1024))
    assert (reply.status_code, reply.json["code"]) == (413, "too_large")
    assert files(app) == []


def test_a_piece_that_goes_beyond_the_end_is_refused(phone):
    visit_id = phone.visit(PHOTO)
    reply = phone.patch(visit_id, PHOTO, **{"Upload-Length": str(len(PHOTO) - 1)})
    assert (reply.status_code, list(reply.json["errors"])) == (422, ["Upload-Offset"])


def test_another_length_than_the_visit_lists_is_refused(phone):
    visit_id = phone.visit(PHOTO)
    reply = phone.patch(visit_id, PHOTO, **{"Upload-Length": str(len(PHOTO) + 1)})
    assert (reply.status_code, reply.json["code"]) == (400, "photo_length_mismatch")


@pytest.mark.parametrize("name", ["0" * 63 + "G", "." * 64, "A" * 64])
def test_a_name_that_is_no_hash_is_not_found(phone, name):
    reply = phone.patch(phone.visit(PHOTO), PHOTO, **{"X-Photo": name})
    assert (reply.status_code, reply.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("person", [WEI, ZHOU, QIN, ADMIN], ids=lambda person: person.role)
def test_only_grid_members_ask_how_far_a_photo_is(login, phone, person):
    address = f"/api/v1/s1/visits/{phone.visit(PHOTO)}/photos/{digest(PHOTO)}"
    assert login(person).head(address).status_code == 403


def test_a_photo_that_was_lost_is_asked_for_again_with_a_later_place_in_the_change_log(app, phone):
    visit_id = phone.visit(PHOTO)
    stored = phone.patch(visit_id, PHOTO).json
    for path in app.extensions["settings"].photo_dir.rglob("*.orig"):
        path.unlink()
    run_pending(app)
    (photo,) = phone.photos(visit_id)
    assert (photo["state"], photo["reason"]) == ("expected", "lost")
    assert photo["position"] > stored["position"]
    assert phone.head(visit_id, PHOTO) == ("absent", 0)
    assert phone.patch(visit_id, PHOTO).json["state"] == "stored"
