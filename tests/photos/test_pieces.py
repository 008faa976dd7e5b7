"""PATCH /s1/visits/{id}/photos/{sha256}: a photo in pieces, each checked, stored only as a whole."""

import pytest
from sqlalchemy import select

from server.core.changes import Change
from server.core.db import db
from server.core.jobs import run_pending
from server.photos.models import Photo
from tests.factories import LAN, PING, WEI, inside
from tests.photos.conftest import Phone, digest
from tests.photos.pictures import picture
from tests.visits.bodies import new_id

PHOTO = picture(size=(500, 400), quality=95)


def files(app):
    folder = app.extensions["settings"].photo_dir
    return sorted(p.name for p in folder.rglob("*") if p.is_file())


@pytest.fixture(autouse=True)
def _empty_folder(app):
    for path in app.extensions["settings"].photo_dir.rglob("*.*"):
        path.unlink()


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


def test_a_photo_of_no_visit_of_ones_own_is_kept_as_a_stray(phone):
    visit_id = new_id()
    reply = phone.patch(visit_id, PHOTO)
    assert (reply.json["state"], reply.json["position"]) == ("stray", None)
    assert phone.head(visit_id, PHOTO) == ("stray", len(PHOTO))


def test_a_stray_becomes_the_photo_of_its_visit(app, login, phone):
    visit_id = new_id()
    phone.patch(visit_id, PHOTO)
    phone.visit(PHOTO, id=visit_id)
    (photo,) = phone.photos(visit_id)
    assert photo["state"] == "stored"
    assert photo["position"] is not None
    with inside(app):
        row = db.session.scalar(select(Photo).where(Photo.sha256 == digest(PHOTO)))
    early = login(WEI).get(f"/api/v1/photos/{row.id}/full")
    assert (early.status_code, early.json["code"]) == (409, "photo_not_ready")
