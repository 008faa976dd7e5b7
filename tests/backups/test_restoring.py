"""flask backup restore: what it needs, what it refuses, and what a restored installation can do."""

from __future__ import annotations

import base64
import json
import shutil
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import func, select, update

from server.backups import restoring, services
from server.core import crypto
from server.core.audit import AuditEntry
from server.core.changes import Change, Position
from server.core.db import db
from server.core.jobs import run_pending
from server.households.models import Member
from server.photos.jobs import check_stored
from server.photos.models import Photo
from server.sync.models import Operation
from server.visits import receipts
from server.visits.models import Visit
from tests.backups.conftest import PICTURES, manifest
from tests.conftest import client_of
from tests.factories import GRID, MEI, PASSWORD, QIN, id_number, inside, make_household, make_session
from tests.visits.bodies import DRY, hash_of, send, visit_of

OTHER_SECRET = "a secret of another installation, long enough"


def count(office, model):
    return office.rows(select(func.count()).select_from(model))[0][0]


def restore(office, path, *words, code=0):
    return office.run("restore", str(path), "--url", "http://127.0.0.1:9/healthz", *words, code=code)


def visit_in(office):
    office.mei = office.client()
    office.kept = office.visit(office.mei, PICTURES[0])
    return office


@pytest.fixture
def visited(office):
    """An office with a visit and a photo, and Mei signed in."""
    return visit_in(office)


@pytest.fixture
def small(small_office):
    """The same on SQLite, for what has nothing to do with the database."""
    return visit_in(small_office)


def test_what_came_later_is_gone_and_the_epoch_is_another(visited):
    path, before = visited.create(), visited.epoch()
    later = visited.visit(visited.mei, PICTURES[1])
    assert "backup" in restore(visited, path, code=1).stderr
    done = restore(visited, path, "--force")
    assert visited.epoch() not in (None, before)
    assert [str(key) for (key,) in visited.rows(select(Visit.id))] == [visited.kept]
    assert visited.mei.get(f"/api/v1/visits/{later}/photos").status_code == 404
    (entry,) = visited.rows(select(AuditEntry).where(AuditEntry.action == "server.restore"))[0]
    assert (entry.details["backup"], entry.details["before"]) == (path.name, before)
    assert entry.target_id == visited.epoch()
    assert "the old database is kept as" in done.stdout


def test_photos_come_back_by_their_bytes(visited):
    files = visited.photo_files()
    path = visited.create()
    shutil.rmtree(visited.settings.photo_dir)
    visited.settings.photo_dir.mkdir()
    restore(visited, path)
    assert visited.photo_files() == files
    photo = visited.mei.get(f"/api/v1/visits/{visited.kept}/photos").json["items"][0]
    assert photo["state"] == "ready"
    assert visited.mei.get(f"/api/v1/photos/{photo['id']}/full").status_code == 200


def test_a_photo_whose_bytes_are_nowhere_is_asked_for_again(small):
    path = small.create()
    shutil.rmtree(small.settings.photo_dir)
    small.settings.photo_dir.mkdir()
    small.contents()[0].unlink()
    assert "1 张照片将请手机重传" in restore(small, path).stdout
    photo = small.mei.get(f"/api/v1/visits/{small.kept}/photos").json["items"][0]
    assert (photo["state"], photo["reason"]) == ("expected", "lost")
    small.send_photo(small.mei, small.kept, PICTURES[0])
    photo = small.mei.get(f"/api/v1/visits/{small.kept}/photos").json["items"][0]
    assert photo["state"] == "ready"


def test_a_photo_that_waited_for_its_check_is_checked_after_the_restore(small):
    waiting = small.visit(small.mei, PICTURES[2], check=False)
    path = small.create()
    run_pending(small.app)
    shutil.rmtree(small.settings.photo_dir)
    small.settings.photo_dir.mkdir()
    restore(small, path, "--force")
    with inside(small.app):
        assert check_stored()
    photo = small.mei.get(f"/api/v1/visits/{waiting}/photos").json["items"][0]
    assert photo["state"] == "ready"


def test_the_verdict_of_a_photo_checked_while_it_was_backed_up_counts(small, monkeypatch):
    from server.backups import pictures

    waiting, real = small.visit(small.mei, PICTURES[2], check=False), pictures.Copier.copy

    def check_first(self, kept, progress):
        run_pending(small.app)
        return real(self, kept, progress)

    monkeypatch.setattr(pictures.Copier, "copy", check_first)
    path = small.create()
    shutil.rmtree(small.settings.photo_dir)
    small.settings.photo_dir.mkdir()
    restore(small, path, "--force")
    photo = small.mei.get(f"/api/v1/visits/{waiting}/photos").json["items"][0]
    assert photo["state"] == "ready"
    assert small.rows(select(func.min(Photo.width)))[0][0] > 0


def test_the_server_signs_in_judges_and_takes_photos_again(visited):
    path = visited.create()
    restore(visited, path)
    device = {"id": "phone-1", "name": "Test phone", "app_version": "0"}
    signed_in = visited.app.test_client().post(
        "/api/v1/auth/login", json={"username": "mei", "password": PASSWORD, "device": device}
    )
    assert signed_in.status_code == 200
    visit_id = visited.visit(visited.mei, PICTURES[3], answers=DRY)
    shown = visited.client(QIN).get(f"/api/v1/visits/{visit_id}").json
    assert "R-WAT-01" in json.dumps(shown)


def renewed(office, token, code=200):
    """The successor of a refresh token, a minute later."""
    office.clock.advance(minutes=1)
    headers = {"Authorization": f"Bearer {token}"}
    reply = office.app.test_client().post("/api/v1/auth/refresh", headers=headers)
    assert reply.status_code == code, reply.json
    return reply.json.get("refresh_token")


def test_a_phone_whose_sign_in_was_renewed_after_the_backup_stays_signed_in(small_office):
    """The restored server does not know its token, but can tell that it gave it in the time it forgot."""
    first = small_office.sign_in()
    path = small_office.create()
    second = renewed(small_office, first)
    third = renewed(small_office, second)
    restore(small_office, path, "--force")
    renewed(small_office, renewed(small_office, third))


def test_only_one_token_of_the_forgotten_time_is_taken(small_office):
    path_before = small_office.sign_in()
    path = small_office.create()
    second = renewed(small_office, path_before)
    third = renewed(small_office, second)
    restore(small_office, path, "--force")
    renewed(small_office, third)
    renewed(small_office, second, code=401)


def test_a_token_replaced_before_the_backup_still_ends_the_sign_in(small_office):
    first = small_office.sign_in()
    second = renewed(small_office, first)
    third = renewed(small_office, second)
    path = small_office.create()
    restore(small_office, path)
    renewed(small_office, first, code=401)
    renewed(small_office, third, code=401)


def test_a_receipt_from_before_still_verifies(visited):
    body = visit_of(visited.household.id)
    receipt = send(visited.mei, body).json["receipt"]
    restore(visited, visited.create())
    assert send(visited.mei, body).json["receipt"] == receipt
    with inside(visited.app):
        key = receipts.signer().public_key
        text = receipts.signed_text(body["id"], hash_of(body), [], receipt["received_at"], receipt["seq"])
    signature = base64.urlsafe_b64decode(receipt["signature"] + "==")
    assert crypto.is_signed(key, text, signature)
    assert not crypto.is_signed(key, text + b" ", signature)


def test_what_was_sealed_opens_and_no_identity_number_is_in_the_backup(office):
    number = id_number(date(1980, 5, 4), "male")
    make_household(office.app)
    path = office.create()
    folder = office.settings.backup_dir
    files = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert len(files) >= 3
    for canary in (number, "韦小山", "19900000000", office.settings.secret_key):
        assert [p.name for p, data in files.items() if canary.encode() in data] == []
    restore(office, path)
    with inside(office.app):
        member = db.session.scalars(select(Member).where(Member.id_sealed.is_not(None))).first()
        assert crypto.unseal(member.id_sealed, f"member:{member.id}:id_number") == number


def test_a_new_machine_needs_the_backup_folder_and_the_passphrase(make_office, visited):
    path, files = visited.create(), visited.photo_files()
    new = make_office()
    assert not new.has_tables()
    restore(new, path)
    assert new.photo_files() == files
    assert count(new, Visit) == 1
    assert client_of(new.app, make_session(new.app, MEI)).get("/api/v1/me").status_code == 200


def test_a_new_embedded_machine_gets_the_secret_from_the_backup(small_office, tmp_path):
    """secret.key is made anew at the first command on a new machine; the restore puts the right one there."""
    key = tmp_path / "secret.key"
    key.write_text(OTHER_SECRET)
    path = small_office.create()
    assert restoring.secret_file(tmp_path, "not this one") is None
    found = restoring.secret_file(tmp_path, OTHER_SECRET)
    restoring.put_secret(manifest(path), OTHER_SECRET, found)
    assert key.read_text() == small_office.settings.secret_key
    assert key.stat().st_mode & 0o077 == 0
    (kept,) = tmp_path.glob("secret.key.before-*")
    assert kept.read_text() == OTHER_SECRET


def test_another_secret_in_the_environment_is_refused_with_the_way_out(make_office, visited):
    path = visited.create()
    new = make_office(secret_key=OTHER_SECRET)
    told = restore(new, path, code=1).stderr
    assert "LIANGDENG_SECRET_KEY" in told
    assert not new.has_tables()
    assert new.run("secret", str(path)).stdout.strip() == visited.settings.secret_key


def test_a_database_with_another_history_is_only_replaced_by_force(make_office, visited):
    path = visited.create()
    other = make_office().set_up()
    epoch = other.epoch()
    assert "another history" in restore(other, path, code=1).stderr
    assert other.epoch() == epoch
    restore(other, path, "--force")
    assert count(other, Visit) == 1


def test_an_installation_nobody_used_yet_is_replaced_without_force(make_office, visited):
    path = visited.create()
    new = make_office().set_up_empty()
    restore(new, path)
    assert count(new, Visit) == 1


def test_newer_data_is_only_given_up_by_force(visited):
    path = visited.create()
    visited.create()  # another backup is nothing new
    restore(visited, path)
    visited.visit(visited.mei)
    path = visited.create()
    visited.visit(visited.mei)
    told = restore(visited, path, code=1).stderr
    assert "--force" in told
    assert count(visited, Visit) == 3


def test_a_backup_older_than_the_second_newest_needs_force(small):
    paths = [small.create() for _ in range(3)]
    assert "2 newer backups" in restore(small, paths[0], code=1).stderr
    restore(small, paths[1])


def test_wrong_passphrase_and_damage_change_nothing(small):
    path, epoch = small.create(), small.epoch()
    small.run("restore", str(path), passphrase="another passphrase", code=100)
    data = path.read_bytes()
    for cut in (len(data) - 1, len(data) // 2, 30):
        path.write_bytes(data[:cut])
        assert "备份已损坏" in restore(small, path, "--force", code=101).stderr
    assert small.epoch() == epoch
    assert "no backup" in restore(small, "nothing.ldb", code=1).stderr


def test_a_database_in_use_is_not_replaced(visited):
    path, epoch = visited.create(), visited.epoch()
    with inside(visited.app):
        db.session.scalar(select(func.count()).select_from(Visit))
        done = visited.run("restore", str(path), "--force", busy=True, code=1)
    assert "stop the server first" in done.stderr
    assert visited.epoch() == epoch


def test_a_server_that_answers_for_this_database_stops_the_restore(small):
    path, epoch = small.create(), small.epoch()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"status": "ok", "epoch": epoch}).encode())

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/healthz"
        try:
            told = small.run("restore", str(path), "--force", "--url", url, code=1).stderr
            before, epoch = epoch, "that of another server"
            small.run("restore", str(path), "--force", "--url", url)
        finally:
            server.shutdown()
            thread.join()
    assert "still answers" in told
    assert small.epoch() != before


def test_a_backup_of_a_newer_schema_is_refused(small, monkeypatch):
    from server.backups import making

    real = making._manifest
    monkeypatch.setattr(making, "_manifest", lambda *given: real(*given) | {"revision": "9999"})
    monkeypatch.setattr(making, "agree", lambda *_: None)
    path = small.create()
    assert "newer than this program" in restore(small, path, code=1).stderr


def test_a_restore_that_fails_half_way_leaves_the_old_database(visited, monkeypatch):
    path, epoch = visited.create(), visited.epoch()

    def fails(*_):
        raise RuntimeError("the lights went out")

    monkeypatch.setattr(services, "begin_again", fails)
    with pytest.raises(RuntimeError):
        restore(visited, path)
    assert visited.epoch() == epoch
    assert count(visited, Visit) == 1
    monkeypatch.undo()
    restore(visited, path)
    assert visited.epoch() != epoch


def test_durable_begins_again_at_nothing(small):
    path = small.create()
    small.create()
    assert small.durable() > Position(0, 0)
    restore(small, path)
    assert small.durable() == Position(0, 0)
    small.create()
    assert small.durable() == Position(0, 0)
    small.create()
    assert small.durable() > Position(0, 0)


def test_no_place_of_the_log_lies_in_the_time_to_come(visited):
    """Another PostgreSQL server counts from another number: what is restored is before all that follows."""
    with inside(visited.app), db.engine.begin() as connection:
        for model, column in ((Change, "xid"), (Operation, "xid"), (Photo, "change_xid")):
            table = model.__table__
            connection.execute(update(table).where(table.c[column].is_not(None)).values({column: 2**40}))
    path = visited.create()
    restore(visited, path)
    assert visited.rows(select(func.max(Change.xid)))[0][0] == 0
    assert visited.rows(select(func.max(Photo.change_xid)))[0][0] == 0
    before = Position(0, visited.rows(select(func.max(Change.seq)))[0][0])
    make_household(visited.app, GRID)
    newest = visited.rows(select(Change.xid, Change.seq).order_by(Change.seq.desc()).limit(1))[0]
    assert Position(*newest) > before
