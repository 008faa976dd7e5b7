"""Steps of the background that the database gave up: begun again when it is busy, and only then."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from server.core import again, audit
from server.core.audit import AuditEntry
from server.core.db import db
from tests.factories import COUNTY, inside


class Refusal(Exception):
    """What a driver raises; PostgreSQL's carries a code."""

    def __init__(self, text="", sqlstate=None):
        super().__init__(text)
        if sqlstate is not None:
            self.sqlstate = sqlstate


DEADLOCK = Refusal("死锁", "40P01")


def failing(*refusals):
    """A step that writes, and is given up as often as there are refusals."""
    waiting = list(refusals)

    def step():
        audit.record("test.step", ("test", len(waiting)), COUNTY)
        db.session.flush()
        if waiting:
            raise OperationalError("UPDATE visit", {}, waiting.pop(0))
        return "done"

    return step


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(again, "FIRST_PAUSE_SECONDS", 0)


def written(app):
    with inside(app):
        query = select(AuditEntry.target_id).where(AuditEntry.action == "test.step")
        return db.session.scalars(query).all()


@pytest.mark.parametrize(
    "refusal",
    [DEADLOCK, Refusal("", "40001"), Refusal("", "55P03"), Refusal("database is locked")],
    ids=["deadlock", "serialization", "lock", "sqlite"],
)
def test_a_step_that_was_in_anothers_way_is_done_once_in_the_end(app, refusal):
    with inside(app):
        assert again.persistently(failing(refusal, refusal)) == "done"
    assert written(app) == ["0"]


@pytest.mark.parametrize(
    "refusal", [Refusal("disk full"), Refusal("", "53100")], ids=["sqlite", "postgresql"]
)
def test_other_troubles_are_nobodys_turn(app, refusal):
    with inside(app), pytest.raises(OperationalError):
        again.persistently(failing(refusal))
    assert written(app) == []


def test_who_is_always_in_the_way_is_told_at_last(app):
    with inside(app), pytest.raises(OperationalError):
        again.persistently(failing(*[DEADLOCK] * again.ATTEMPTS))
    assert written(app) == []
