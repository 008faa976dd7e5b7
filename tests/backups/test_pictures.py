"""Photos in the backup folder: each content once, read back, mended; a lost one is never called safe."""

from __future__ import annotations

from sqlalchemy import delete, select

from server.backups import objects, pictures
from server.core.changes import Position
from server.core.db import db
from server.core.jobs import run_pending
from server.evidence.models import PhotoTrace
from server.photos.models import Photo
from tests.backups.conftest import PICTURES, manifest
from tests.factories import inside


def test_photos_are_written_once(small_office, monkeypatch):
    client = small_office.client()
    small_office.visit(client, *PICTURES[:2])
    small_office.create()
    written, real = [], objects.ObjectStore.write
    monkeypatch.setattr(
        objects.ObjectStore, "write", lambda self, data, sha: (written.append(sha), real(self, data, sha))
    )
    before = small_office.contents()
    small_office.create()
    assert written == []
    small_office.visit(client, PICTURES[2])
    small_office.create()
    assert len(written) == 2  # the new photo and its thumbnail
    assert len(small_office.contents()) == len(before) + 2


def test_a_photo_that_waits_for_its_check_is_backed_up_as_it_was_sent(office):
    client = office.client()
    office.visit(client, PICTURES[1])
    office.visit(client, PICTURES[0], check=False)
    found = manifest(office.create())
    assert sorted(wire[1] for wire in found["photos"]) == ["full.jpg", "orig", "thumb.jpg"]


def test_a_photo_checked_between_snapshot_and_copy_is_in_the_backup_with_its_verdict(office, monkeypatch):
    client, real = office.client(), pictures.Copier.copy
    office.visit(client, PICTURES[0], check=False)

    def check_first(self, kept, progress):
        run_pending(office.app)
        return real(self, kept, progress)

    monkeypatch.setattr(pictures.Copier, "copy", check_first)
    found = manifest(office.create())
    assert sorted(wire[1] for wire in found["photos"]) == ["full.jpg", "thumb.jpg"]
    assert [verdict[3] for verdict in found["verdicts"]] == [None]
    assert found["missing"] == []


def test_a_lost_photo_holds_the_position_back_and_is_asked_for_again(office):
    client = office.client()
    visit_id = office.visit(client, PICTURES[0])
    (place,) = office.rows(select(Photo.change_xid, Photo.change_seq))
    for path in office.settings.photo_dir.rglob("*.jpg"):
        path.unlink()
    office.clock.advance(minutes=1)
    done = office.run("create")
    assert "1 photos are gone" in done.stderr
    assert manifest(office.settings.backup_dir / done.stdout.split()[0])["position"] == list(place)
    photo = client.get(f"/api/v1/visits/{visit_id}/photos").json["items"][0]
    assert (photo["state"], photo["reason"]) == ("expected", "lost")
    office.send_photo(client, visit_id, PICTURES[0])
    assert Position(*manifest(office.create())["position"]) > Position(*place)


def test_a_damaged_original_does_not_pass_for_the_photo(small_office):
    client = small_office.client()
    small_office.visit(client, PICTURES[0], check=False)
    (path,) = small_office.settings.photo_dir.rglob("*.orig")
    path.write_bytes(PICTURES[0][:-1] + b"?")
    found = manifest(small_office.create())
    assert (found["photos"], len(found["missing"])) == ([], 1)


def test_a_damaged_content_is_found_and_mended(small_office):
    small_office.visit(small_office.client(), PICTURES[0])
    first = small_office.create()
    damaged = small_office.contents()[0]
    data = damaged.read_bytes()
    damaged.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert "photo files are missing or wrong" in small_office.run("verify", str(first), code=101).stderr
    small_office.create("--recheck-hours", "0")
    small_office.run("verify", str(first))


def test_contents_are_read_back_again_when_their_time_has_come(small_office, monkeypatch):
    small_office.visit(small_office.client(), PICTURES[0])
    small_office.create()
    read, real = [], objects.ObjectStore.read
    monkeypatch.setattr(objects.ObjectStore, "read", lambda self, sha: (read.append(sha), real(self, sha))[1])
    small_office.create()
    assert read == []
    small_office.clock.advance(hours=21)
    small_office.create()
    assert len(read) == 2


def test_a_removed_content_is_written_again(small_office):
    small_office.visit(small_office.client(), PICTURES[0])
    first = small_office.create()
    small_office.contents()[0].unlink()
    small_office.run("verify", str(first), code=101)
    small_office.create()
    small_office.run("verify", str(first))


def test_contents_that_no_backup_speaks_of_go_with_the_last_one(small_office):
    client = small_office.client()
    small_office.visit(client, PICTURES[0])
    small_office.create()
    assert len(small_office.contents()) == 2
    with inside(small_office.app), db.engine.begin() as connection:
        connection.execute(delete(PhotoTrace))
        connection.execute(delete(Photo))
    small_office.create("--keep", "2", "--keep-days", "0")
    assert len(small_office.contents()) == 2
    small_office.create("--keep", "2", "--keep-days", "0")
    assert small_office.contents() == []


def test_a_folder_that_lost_its_recipe_goes_on_with_that_of_its_backups(small_office):
    small_office.visit(small_office.client(), PICTURES[0])
    first = small_office.create()
    (small_office.settings.backup_dir / "recipe.json").unlink()
    before = small_office.contents()
    small_office.create()
    assert small_office.contents() == before
    small_office.run("verify", str(first))
