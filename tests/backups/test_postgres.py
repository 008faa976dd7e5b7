"""PostgreSQL: its programs, its rights, and the place up to which a dump surely holds everything."""

from __future__ import annotations

import stat
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from server.backups import making, postgres_programs, queries
from server.backups.archive import Container
from server.backups.postgres_engine import PostgresEngine
from server.backups.postgres_programs import program
from server.backups.trouble import Trouble
from server.core import clock
from server.core.changes import Change, Position
from server.core.db import db, session_on
from tests.backups.conftest import PASSPHRASE, manifest, offices
from tests.conftest import new_postgres_database
from tests.factories import GRID, inside, make_household
from tests.support import postgres


@pytest.fixture
def office(postgres_office):
    return postgres_office


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A machine where PostgreSQL's programs are only what the test puts there."""
    monkeypatch.setattr(postgres_programs, "PLACES", tmp_path / "postgresql")
    monkeypatch.setenv("PATH", str(tmp_path))

    def put(name, version):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
        path.chmod(stat.S_IRWXU)
        return path

    return put


def test_a_missing_program_is_named_with_its_package(elsewhere):
    with pytest.raises(Trouble, match="install postgresql-client-15") as caught:
        program("pg_dump", "15")
    assert "本机没有 pg_dump" in caught.value.chinese


@pytest.mark.parametrize("version", ["14.11", "16.2 (Debian 16.2-1)"])
def test_a_program_of_another_version_is_refused(elsewhere, version):
    elsewhere("pg_dump", version)
    with pytest.raises(Trouble, match=f"is PostgreSQL 15 but pg_dump here is {version[:2]}") as caught:
        program("pg_dump", "15")
    assert "postgresql-client-15" in caught.value.chinese


def test_the_right_version_is_taken_where_there_are_several(elsewhere, tmp_path):
    elsewhere("pg_dump", "16.2")
    right = tmp_path / "postgresql/15/bin/pg_dump"
    right.parent.mkdir(parents=True)
    elsewhere("pg_dump_15", "15.4").rename(right)
    assert program("pg_dump", "15") == right


def test_a_backup_without_pg_dump_says_so_and_leaves_nothing(office, elsewhere):
    assert "install postgresql-client-" in office.run("create", code=1).stderr
    assert list(office.settings.backup_dir.glob("*.ldb*")) == []


@pytest.fixture
def modest():
    """A database whose owner may not create others."""
    url = make_url(new_postgres_database(f"modest{uuid4().hex[:8]}"))
    role = f"clerk_{uuid4().hex[:8]}"
    with psycopg.connect(f"postgresql://tester@127.0.0.1:{postgres.server_port()}/postgres") as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'secret, only here'")
        connection.execute(f'ALTER DATABASE "{url.database}" OWNER TO {role}')
    return url.set(username=role, password="secret, only here").render_as_string(hide_password=False)


def test_a_role_that_may_not_create_databases_is_told_what_it_needs(modest, make_settings, clock):
    with offices("postgresql", make_settings, clock) as make:
        office = make(database_url=modest).set_up()
        office.clock.advance(minutes=1)
        told = office.run("create", code=1).stderr
    assert "ALTER ROLE clerk_" in told
    assert "CREATEDB" in told
    assert "secret, only here" not in told
    assert len(list(office.settings.backup_dir.glob("*.broken"))) <= 1


def test_the_password_is_not_among_the_words_of_a_command(modest):
    engine = PostgresEngine(make_url(modest))
    assert "secret" not in engine._libpq()
    assert engine._environ()["PGPASSWORD"] == "secret, only here"


def held(office, path):
    """Places of the change log that a backup holds."""
    engine = PostgresEngine(make_url(office.settings.database_url))
    container = Container(path, PASSPHRASE)
    with inside(office.app), engine.trial(container.database()) as trial, session_on(trial):
        return {Position(xid, seq) for xid, seq in db.session.execute(select(Change.xid, Change.seq))}


def overstated(office, path):
    """Places before the backup's position that it does not hold: what a phone would forget too early."""
    position, inside_it = Position(*manifest(path)["position"]), held(office, path)
    live = {Position(xid, seq) for xid, seq in office.rows(select(Change.xid, Change.seq))}
    return sorted(each for each in live if each < position and each not in inside_it)


def backup_beside_a_slow_writer(office):
    """A writer takes its number, another passes it and commits, a backup is made, then the first commits."""
    url = office.settings.database_url
    insert = (
        "INSERT INTO change (xid, at, kind, entity_id, effect, region_code)"
        " VALUES (pg_current_xact_id()::text::bigint, %s, 'visit', %s, 'here', %s) RETURNING xid, seq"
    )
    with psycopg.connect(url) as slow:
        place = Position(*slow.execute(insert, [clock.now(), uuid4(), GRID]).fetchone())
        make_household(office.app)
        path = office.create(busy=True)
        slow.commit()
    return place, path


def test_a_writer_that_commits_after_the_snapshot_is_not_called_safe(office):
    place, path = backup_beside_a_slow_writer(office)
    assert Position(*manifest(path)["position"]) <= place
    assert place not in held(office, path)
    assert overstated(office, path) == []


def by_greatest_number(engine, whole, oldest_running):
    """The planted bug: "everything up to the greatest sequence number in the dump"."""
    with_number = select(func.max(Change.xid))
    return Position(int(db.session.scalar(with_number) or 0), whole.last_change + 1)


def test_durable_by_the_greatest_number_is_caught(office, monkeypatch):
    monkeypatch.setattr(making, "_position", by_greatest_number)
    place, path = backup_beside_a_slow_writer(office)
    assert overstated(office, path) == [place]


def test_a_dump_sees_what_the_counting_saw(office):
    """Rows written between counting and dumping are in neither: both read the one exported snapshot."""
    real = queries.whole
    path = None

    def then_somebody_writes():
        found = real()
        make_household(office.app)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making.queries, "whole", then_somebody_writes)
        patch.setattr(making, "prove", lambda *_: "0" * 64)
        path = office.create(busy=True)
    office.run("verify", str(path))
