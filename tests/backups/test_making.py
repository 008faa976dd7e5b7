"""flask backup create, list and verify: what is in a backup, what counts, and what does not."""

from __future__ import annotations

import errno
import json
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server.backups import archive, making, objects, postgres_engine, sqlite_engine
from server.backups.folder import Item, new_name, superfluous
from server.backups.models import Backup
from server.core.audit import AuditEntry
from server.core.changes import Change, Position
from server.visits.models import Visit
from tests import factories
from tests.backups.conftest import PASSPHRASE, PICTURES, manifest
from tests.factories import GRID


def known(office):
    return sorted(name for (name,) in office.rows(select(Backup.name)))


def test_a_backup_is_written_restored_once_and_noted(office):
    client = office.client()
    office.visit(client, *PICTURES[:2])
    path = office.create()
    (row,) = office.rows(select(Backup))[0]
    assert (row.name, row.bytes, row.photos) == (path.name, path.stat().st_size, 2)
    assert row.epoch == office.epoch()
    (entry,) = office.rows(select(AuditEntry).where(AuditEntry.action == "backup.create"))[0]
    assert entry.details["name"] == path.name
    assert "whole" in office.run("verify", str(path)).stdout
    assert path.stat().st_mode & 0o077 == 0
    assert not list((office.settings.data_dir).glob("backup-work/*"))


def test_a_backup_holds_every_table_every_photo_and_the_secret(office):
    office.visit(office.client(), *PICTURES[:2])
    found = manifest(office.create())
    assert found["counts"]["visit"] == 1
    assert found["counts"]["user_account"] == len(factories.CAST)
    assert sorted(wire[1] for wire in found["photos"]) == ["full.jpg", "full.jpg", "thumb.jpg", "thumb.jpg"]
    assert found["secret"] == office.settings.secret_key


def test_the_position_is_just_past_the_last_change_it_holds(office, engine):
    office.visit(office.client())
    path = office.create()
    last = office.rows(select(func.max(Change.seq), func.max(Change.xid)))[0]
    position = Position(*manifest(path)["position"])
    if engine == "sqlite":
        assert position == Position(0, last[0] + 1)
    else:
        assert position.seq == 0
        assert position.xid > last[1]


def test_durable_is_the_second_newest(office):
    first = manifest(office.create())["position"]
    assert office.durable() == Position(0, 0)
    factories.make_household(office.app)
    second = manifest(office.create())["position"]
    assert office.durable() == Position(*first)
    office.create()
    assert office.durable() == Position(*second) > Position(*first)


def test_a_verify_that_cannot_open_says_so_with_its_code(small_office):
    path = small_office.create()
    wrong = small_office.run("verify", str(path), passphrase="another passphrase", code=100)
    assert "口令不对" in wrong.stderr
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert "备份已损坏" in small_office.run("verify", str(path), code=101).stderr


def test_no_passphrase_no_backup(small_office):
    for given in (None, "short"):
        assert "12 characters" in small_office.run("create", passphrase=given, code=1).stderr
    assert not small_office.settings.backup_dir.exists()


def test_a_key_file_serves_as_well(make_small_office, tmp_path):
    file = tmp_path / "backup.key"
    file.write_text(PASSPHRASE + "\n")
    office = make_small_office(backup_key_file=file).set_up()
    office.clock.advance(minutes=1)
    done = office.run("create", passphrase=None)
    assert manifest(office.settings.backup_dir / done.stdout.split()[0])["counts"]["backup"] == 0
    file.unlink()
    assert "cannot be read" in office.run("create", passphrase=None, code=1).stderr


def test_a_database_that_was_not_set_up_gives_no_backup(make_office):
    office = make_office()
    assert "flask setup" in office.run("create", code=1).stderr
    assert list(office.settings.backup_dir.glob("*.ldb*")) == []


def no_space(*_args, **_kwargs):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("where", ["container", "end of the container", "photo"])
def test_a_full_disk_leaves_nothing_that_counts(office, monkeypatch, where):
    office.visit(office.client(), PICTURES[0])
    before = office.create()
    office.visit(office.client(), PICTURES[1])
    if where == "photo":
        monkeypatch.setattr(objects, "write_synced", no_space)
    elif where == "container":
        monkeypatch.setattr(archive.Writer, "_chunk", no_space)
    else:
        monkeypatch.setattr(archive.Writer, "finish", no_space)
    assert "No room left" in office.run("create", code=1).stderr
    assert known(office) == [before.name]
    assert [p.name for p in office.settings.backup_dir.glob("*.ldb*")] == [before.name]
    monkeypatch.undo()
    office.run("verify", str(before))
    assert office.create().exists()


def test_a_full_disk_under_the_copy_is_told(office, engine, monkeypatch):
    """The copy itself (SQLite), or what pg_dump says of the server's disk (PostgreSQL)."""
    office.create()
    if engine == "sqlite":
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        monkeypatch.setattr(sqlite_engine, "_copy", lambda *_: raising(error))
        told = "No room left"
    else:
        fake_dump(office, monkeypatch)
        told = "pg_dump did not finish: pg_dump: error: No space left on device"
    assert told in office.run("create", code=1).stderr
    assert len(known(office)) == 1
    assert len(list(office.settings.backup_dir.glob("*.ldb*"))) == 1


def raising(error):
    raise error


def fake_dump(office, monkeypatch):
    """A pg_dump that writes something and dies."""
    path = office.settings.data_dir / "pg_dump"
    path.write_text("#!/bin/sh\necho PGDMP\necho 'pg_dump: error: No space left on device' >&2\nexit 1\n")
    path.chmod(0o755)
    monkeypatch.setattr(postgres_engine, "program", lambda name, _: path)


def test_a_backup_that_does_not_restore_is_none(office, monkeypatch):
    first, real = office.create(), archive.Writer.write

    def drops_a_piece(self, kind, pieces):
        return real(self, kind, list(pieces)[:-1] if kind == archive.DATABASE else pieces)

    monkeypatch.setattr(archive.Writer, "write", drops_a_piece)
    office.clock.advance(minutes=1)
    office.run("create", code=101 if office.settings.is_sqlite else 1)
    assert known(office) == [first.name]
    assert len(list(office.settings.backup_dir.glob("*.broken"))) == 1
    assert office.durable() == Position(0, 0)


def test_a_backup_that_lacks_a_row_is_none(office, monkeypatch):
    real = making._manifest

    def one_more(*given):
        found = real(*given)
        found["counts"]["visit"] += 1
        return found

    monkeypatch.setattr(making, "_manifest", one_more)
    assert "differs from its table of contents" in office.run("create", code=101).stderr
    assert known(office) == []


def item(day, hour):
    made_at = datetime(2026, 11, day, hour, tzinfo=UTC)
    return Item(Path(new_name(made_at)), made_at, 1)


def test_the_newest_stay_and_one_of_each_day_in_the_county():
    items = [item(day, hour) for day in (20, 21, 22) for hour in (1, 9, 17)]  # 17:00 UTC is the next day
    gone = superfluous(items, needed=set(), keep=2, days=2)
    assert sorted((i.made_at.day, i.made_at.hour) for i in gone) == [
        (20, 1), (20, 9), (20, 17), (21, 1), (21, 9), (21, 17), (22, 1),
    ]  # fmt: skip
    assert superfluous(items, needed=set(), keep=9, days=0) == []
    assert len(superfluous(items, needed={items[0].name}, keep=2, days=0)) == 6
    assert len(superfluous(items, needed=set(), keep=0, days=0)) == 7  # never fewer than two


def test_retention_removes_files_and_rows(small_office):
    made = [small_office.create("--keep", "2", "--keep-days", "0").name for _ in range(3)]
    assert sorted(p.name for p in small_office.settings.backup_dir.glob("*.ldb")) == sorted(made[1:])
    assert known(small_office) == sorted(made[1:])
    gone = small_office.rows(select(AuditEntry.details).where(AuditEntry.action == "backup.remove"))
    assert [details["name"] for (details,) in gone] == made[:1]


def test_retention_never_removes_what_durability_rests_on(small_office):
    two = sorted([small_office.create().name, small_office.create().name])
    for hour in (5, 6, 7):  # files of another history, newer by their names
        (small_office.settings.backup_dir / two[0].replace("T02", f"T0{hour}")).write_bytes(b"not ours")
    small_office.create("--keep", "2", "--keep-days", "0")
    assert two[1] in known(small_office)
    assert (small_office.settings.backup_dir / two[1]).exists()


def test_a_backup_whose_file_is_gone_no_longer_counts(small_office):
    small_office.create()
    second = small_office.create()
    assert small_office.durable() > Position(0, 0)
    second.unlink()
    small_office.clock.advance(minutes=1)
    assert "no longer counts" in small_office.run("create").stderr
    assert second.name not in known(small_office)


def test_two_backups_at_once_are_refused(small_office):
    folder = making.BackupFolder(small_office.settings.backup_dir)
    with folder.alone():
        assert "Another backup is running" in small_office.run("create", code=1).stderr
    small_office.create()


def test_what_a_crash_left_is_cleared(small_office):
    small_office.create()
    left = small_office.settings.backup_dir / "liangdeng-20261123T020000Z-00000000.ldb.part"
    left.write_bytes(b"half")
    small_office.create()
    assert not left.exists()


def test_the_list_says_what_phones_rely_on(small_office):
    names = [small_office.create().name for _ in range(3)]
    rows = json.loads(small_office.run("list", "--json", passphrase=None).stdout)
    assert [(row["name"], row["verified"], row["needed"]) for row in rows] == [
        (names[2], True, True),
        (names[1], True, True),
        (names[0], True, False),
    ]
    assert "phones rely on it" in small_office.run("list").stdout


def test_a_backup_while_eight_write_is_whole(office):
    """Whatever the writers do meanwhile, the copy is of one instant: it passes its own comparison."""
    office.visit(office.client())
    stop = threading.Event()

    def write(place):
        while not stop.is_set():
            factories.make_household(
                office.app, GRID, number=f"{place}-{threading.get_ident()}-{next(numbers)}"
            )

    numbers = iter(range(10**6))
    threads = [threading.Thread(target=write, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    try:
        found = [manifest(office.create(busy=True)) for _ in range(3)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    counts = [each["counts"]["household"] for each in found]
    assert counts == sorted(set(counts))
    assert [each["position"] for each in found] == sorted(each["position"] for each in found)
    assert office.rows(select(func.count()).select_from(Visit))[0][0] == 1
