"""The check of a photo: decoded in a child process, kept re-encoded or not at all."""

import io
import os
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import select

from server.core.db import db
from server.core.jobs import run_pending
from server.photos import decoding, jobs, services
from server.photos.models import Photo
from tests.factories import FANG, LAN, PING, QIN, WEI, inside
from tests.photos.conftest import digest
from tests.photos.pictures import SCRIPT, jpeg_with_gps_and_turn, picture, png_bomb, polyglot
from tests.visits.bodies import DRY


def files_of(app, photo):
    return sorted(p.suffix for p in app.extensions["settings"].photo_dir.rglob(f"{photo['id']}.*"))


def row(app, photo):
    with inside(app):
        return db.session.scalar(select(Photo).where(Photo.id == UUID(photo["id"])))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_good_photo_becomes_ready_and_its_original_goes(app, phone, form):
    photo = phone.sent_and_checked(picture(form))
    assert (photo["state"], photo["reason"]) == ("ready", None)
    assert (row(app, photo).width, row(app, photo).height) == (64, 48)
    assert files_of(app, photo) == [".jpg", ".jpg"]


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1", "I;16"])
def test_every_kind_of_pixels_becomes_a_plain_picture(phone, mode):
    out = io.BytesIO()
    Image.new(mode, (20, 20)).save(out, "PNG")
    assert phone.sent_and_checked(out.getvalue())["state"] == "ready"


def test_a_cmyk_picture_becomes_a_plain_one(phone):
    out = io.BytesIO()
    Image.new("CMYK", (20, 20)).save(out, "JPEG")
    assert phone.sent_and_checked(out.getvalue())["state"] == "ready"


def test_place_and_words_are_stripped_and_the_picture_stands_upright(login, phone):
    photo = phone.sent_and_checked(jpeg_with_gps_and_turn())
    for part in ("full", "thumb"):
        reply = login(WEI).get(f"/api/v1/photos/{photo['id']}/{part}")
        with Image.open(io.BytesIO(reply.data)) as served:
            assert served.size == (48, 64)
            assert dict(served.getexif()) == {}
            assert "exif" not in served.info
        assert b"Wei's house" not in reply.data


def test_a_polyglot_loses_its_script(login, phone):
    assert SCRIPT in polyglot()
    photo = phone.sent_and_checked(polyglot())
    reply = login(WEI).get(f"/api/v1/photos/{photo['id']}/full")
    assert reply.status_code == 200
    assert b"script" not in reply.data


def test_large_pictures_are_made_smaller(app, login, phone):
    photo = phone.sent_and_checked(picture(size=(3000, 1500), quality=20))
    assert (row(app, photo).width, row(app, photo).height) == (2048, 1024)
    reply = login(WEI).get(f"/api/v1/photos/{photo['id']}/thumb")
    assert Image.open(io.BytesIO(reply.data)).size == (320, 160)


def test_a_bomb_is_refused_and_removed(app, phone):
    photo = phone.sent_and_checked(png_bomb())
    assert (photo["state"], photo["reason"]) == ("refused", "bomb")
    assert files_of(app, photo) == []


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_was_cut_off_before_it_was_hashed_is_refused(phone, form, share):
    whole = picture(form, (400, 300))
    photo = phone.sent_and_checked(whole[: int(len(whole) * share)])
    assert photo["state"] == "refused"
    assert photo["reason"] in ("truncated", "damaged", "not_an_image")


def test_bytes_that_only_begin_like_a_picture_are_refused(phone):
    photo = phone.sent_and_checked(b"\xff\xd8\xff\xe0" + b"hello" * 50)
    assert (photo["state"], photo["reason"]) == ("refused", "truncated")


def test_a_decoder_that_takes_too_long_is_stopped(app, phone, monkeypatch, tmp_path):
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(decoding, "DECODER", slow)
    monkeypatch.setattr(services, "CHECK_SECONDS", 0.1)
    photo = phone.sent_and_checked(picture())
    assert (photo["state"], photo["reason"]) == ("refused", "timeout")


def test_a_decoder_that_dies_refuses_the_photo(app, phone, monkeypatch, tmp_path):
    crashing = tmp_path / "crash.py"
    crashing.write_text("import os; os.abort()")
    monkeypatch.setattr(decoding, "DECODER", crashing)
    photo = phone.sent_and_checked(picture())
    assert (photo["state"], photo["reason"]) == ("refused", "decoder_crashed")


def test_a_disk_without_room_leaves_the_photo_for_later(app, phone, monkeypatch, tmp_path):
    full = tmp_path / "full.py"
    full.write_text("raise SystemExit(75)")
    with monkeypatch.context() as patch:
        patch.setattr(decoding, "DECODER", full)
        photo = phone.sent_and_checked(picture())
        with inside(app):
            assert jobs.check_stored() is False
    assert photo["state"] == "stored"
    run_pending(app)
    assert row(app, photo).state == "ready"


def test_a_decoder_that_was_stopped_with_the_server_refuses_nothing(app, phone, monkeypatch, tmp_path):
    stopped = tmp_path / "stopped.py"
    stopped.write_text("import os, signal; os.kill(os.getpid(), signal.SIGTERM)")
    with monkeypatch.context() as patch:
        patch.setattr(decoding, "DECODER", stopped)
        photo = phone.sent_and_checked(picture())
    assert photo["state"] == "stored"
    run_pending(app)
    assert row(app, photo).state == "ready"


def test_others_go_before_the_decoder(phone, monkeypatch, tmp_path):
    polite = tmp_path / "polite.py"
    polite.write_text('import os, time; time.sleep(0.2); print(\'{"reason": "nice %d"}\' % os.nice(0))')
    monkeypatch.setattr(decoding, "DECODER", polite)
    assert phone.sent_and_checked(picture())["reason"] == f"nice {min(19, os.nice(0) + 10)}"


def test_the_check_needs_no_message(app, phone):
    visit_id = phone.visit(picture())
    phone.put(visit_id, picture())
    assert app.extensions["job_queue"].pending() == []
    with inside(app):
        assert jobs.check_stored() is True
    assert [photo["state"] for photo in phone.photos(visit_id)] == ["ready"]


def test_a_photo_that_trips_a_bug_does_not_keep_the_others_waiting(app, phone, clock, monkeypatch):
    first, second = picture(), picture(size=(50, 50))
    visit_id = phone.visit(first, second)
    phone.put(visit_id, first)
    clock.advance(seconds=1)
    phone.put(visit_id, second)
    real, seen = services.inspect, []

    def inspect(folder, file_id):
        seen.append(file_id)
        if len(seen) == 1:
            raise RuntimeError("a bug")
        return real(folder, file_id)

    monkeypatch.setattr(services, "inspect", inspect)
    with inside(app):
        assert jobs.check_stored() is False
    assert [photo["state"] for photo in phone.photos(visit_id)] == ["stored", "ready"]


def test_a_stored_file_that_vanished_is_asked_for_again(app, phone):
    data = picture()
    visit_id = phone.visit(data)
    phone.put(visit_id, data)
    for path in app.extensions["settings"].photo_dir.rglob("*.orig"):
        path.unlink()
    run_pending(app)
    (photo,) = phone.photos(visit_id)
    assert (photo["state"], photo["reason"]) == ("expected", "lost")
    assert phone.put(visit_id, data).status_code == 201


def test_a_photo_is_not_served_before_its_check_and_never_when_refused(app, login, phone):
    data = picture()
    visit_id = phone.visit(data)
    photo_id = phone.put(visit_id, data).json["id"]
    early = login(WEI).get(f"/api/v1/photos/{photo_id}/full")
    assert (early.status_code, early.json["code"]) == (409, "photo_not_ready")
    refused = phone.sent_and_checked(b"\xff\xd8\xff\xe0" + b"hello" * 50)
    reply = login(WEI).get(f"/api/v1/photos/{refused['id']}/full")
    assert (reply.status_code, reply.json["code"]) == (409, "photo_not_ready")


def test_a_served_photo_can_do_nothing_but_be_looked_at(login, phone):
    photo = phone.sent_and_checked(picture())
    reply = login(WEI).get(f"/api/v1/photos/{photo['id']}/full")
    assert reply.content_type == "image/jpeg"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Disposition"] == 'inline; filename="full.jpg"'
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("stranger", [PING, LAN, FANG, QIN])
def test_a_photo_out_of_sight_looks_absent(login, phone, stranger):
    photo = phone.sent_and_checked(picture())
    assert login(stranger).get(f"/api/v1/photos/{photo['id']}/full").status_code == 404


def test_the_county_sees_the_photos_of_flagged_households(login, phone):
    data = picture()
    visit_id = phone.visit(data, answers=DRY)
    phone.put(visit_id, data)
    run_pending(phone.app)
    (photo,) = phone.photos(visit_id)
    assert login(QIN).get(f"/api/v1/photos/{photo['id']}/full").status_code == 200


def test_a_revision_keeps_the_photos_it_names_without_sending_them_again(app, phone):
    kept, new = picture(), picture(size=(50, 50))
    first = phone.visit(kept)
    phone.put(first, kept)
    run_pending(app)
    second = phone.visit(kept, new, revises=first)
    states = {photo["sha256"]: photo["state"] for photo in phone.photos(second)}
    assert states == {digest(kept): "ready", digest(new): "expected"}


def test_a_photo_still_being_checked_becomes_ready_in_both_revisions(app, phone):
    data = picture()
    first = phone.visit(data)
    phone.put(first, data)
    second = phone.visit(data, revises=first)
    run_pending(app)
    assert [phone.photos(visit)[0]["state"] for visit in (first, second)] == ["ready", "ready"]
