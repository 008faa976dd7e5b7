"""Migrations: one line of them, from nothing to the tables the code expects, on both engines."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text

from server.app import create_app
from server.audit.services import verify_all
from server.config import ROOT
from server.core import audit, audit_rows, triggers
from server.core.db import Base, db, transaction
from server.core.scope import EVERYTHING, region_scope
from server.visits.models import Visit
from tests.conftest import client_of
from tests.factories import ZHOU, build_world, make_session
from tests.rechecks.acting import conclude
from tests.rechecks.test_after_concluding import escalated, give_back

FOLDER = ROOT / "migrations"


@pytest.fixture
def empty_app(make_settings, engine):
    app = create_app(make_settings(engine))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def scripts():
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config)


def tables():
    return set(inspect(db.engine).get_table_names())


def test_there_is_one_head():
    assert len(scripts().get_heads()) == 1


def test_names_begin_with_their_date():
    names = [path.name for path in (FOLDER / "versions").glob("*.py")]
    assert names
    assert all(re.fullmatch(r"20\d{6}_\d{4}_[a-z0-9_]+\.py", name) for name in names)


def test_empty_database_gets_every_table(empty_app):
    upgrade()
    assert tables() == set(Base.metadata.tables) | {"alembic_version"}


@pytest.mark.filterwarnings(
    "ignore:Computed default on visit.queue_rank"
)  # engines write it in words of their own
def test_migrations_and_models_agree(empty_app):
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_order_of_the_queue_is_the_same_in_migration_and_model():
    script = scripts().get_revision("0011")
    assert str(Visit.__table__.c.queue_rank.computed.sqltext) == script.module.QUEUE_RANK


def test_migrated_database_has_the_triggers_of_a_made_one(empty_app):
    upgrade()
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        else:
            query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        there = {name for (name,) in connection.exec_driver_sql(query)}
    assert there >= {name for one in triggers.declared() for name in one.names}


def test_second_run_changes_nothing(empty_app):
    upgrade()
    before = tables()
    upgrade()
    assert tables() == before


def test_way_back_leaves_nothing_behind(empty_app):
    upgrade()
    downgrade(revision="base")
    assert tables() == {"alembic_version"}


def test_failed_migration_leaves_no_half(empty_app):
    """The last statement fails because its table is there already; the first ones must be gone again."""
    last = list(Base.metadata.sorted_tables)[-1].name
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {last} (id INTEGER)")
    with pytest.raises(Exception, match="already exists"):
        upgrade()
    assert tables() <= {last, "alembic_version"}


def test_setup_command_makes_an_epoch_once(empty_app):
    runner = empty_app.test_cli_runner()
    first, second = runner.invoke(args=["setup"]), runner.invoke(args=["setup"])
    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert first.output == second.output
    assert re.search(r"epoch [0-9a-f]{16}", first.output)


def old_entry(place, number):
    at = datetime(2026, 11, 1, 8, number, tzinfo=UTC)
    return {
        "at": at if db.engine.dialect.name == "postgresql" else f"{at:%Y-%m-%d %H:%M:%S.%f}",
        "actor": None if number % 2 else "0" * 30 + "1f",
        "target": str(number),
        "place": place,
        "details": '{"b": 0.5, "a": "低"}' if number % 3 else "{}",
    }


def test_entries_of_before_get_their_places_in_the_chains(empty_app, monkeypatch):
    upgrade(revision=scripts().get_revision("0010").down_revision)
    insert = text(
        "INSERT INTO audit_entry (at, actor_id, actor_role, action, target_type, target_id, region_code,"
        " details)"
        " VALUES (:at, :actor, 'township', 'test.old', 'test', :target, :place, :details)"
    )
    rows = [old_entry(place, number) for number in range(12) for place in ("45032110020001", "451381", "-")]
    with db.engine.begin() as connection:
        connection.execute(insert, rows)
    module = scripts().get_revision("0010").module
    monkeypatch.setattr(module, "AT_ONCE", 5)
    upgrade()
    with region_scope(EVERYTHING):
        assert [(chain, audit_rows.end(chain).count) for chain in audit_rows.chains()] == [
            ("-", 12), ("450321", 12), ("451381", 12),
        ]  # fmt: skip
        with transaction():
            audit.record("test.new", ("test", 1), "451381")
        assert list(verify_all([], lambda *_: None)) == []


def states_of(*bodies):
    """State of each visit, as any version of the tables has it."""
    with db.engine.connect() as connection:
        found = dict(connection.execute(select(Visit.id, Visit.state)).all())
    return [found[UUID(body["id"])] for body in bodies]


def test_what_was_concluded_before_waits_for_nobody_afterwards(empty_app, clock):
    def login(person):
        return client_of(empty_app, make_session(empty_app, person))

    upgrade()
    build_world(empty_app)
    concluded, waiting, given_back = (escalated(empty_app, login) for _ in range(3))
    assert conclude(login, concluded).status_code == 201
    assert give_back(login(ZHOU), given_back).status_code == 201
    downgrade(revision="0025")
    assert states_of(concluded, waiting, given_back) == ["escalated", "escalated", "returned"]
    upgrade()
    assert states_of(concluded, waiting, given_back) == ["approved", "escalated", "returned"]
    with db.engine.connect() as connection:
        marked = set(connection.scalars(select(Visit.id).where(Visit.handed_up)))
    assert marked == {UUID(body["id"]) for body in (concluded, waiting)}
