"""What phones may forget: only what the two newest verified backups of this epoch both hold."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from server.backups import services
from server.backups.models import Backup
from server.core import clock, state
from server.core.changes import Position
from server.core.db import db
from tests import factories


@pytest.fixture
def verified(app):
    """``verified(xid, seq, minutes=5)`` notes a backup made that many minutes ago."""

    def note(xid, seq, minutes, epoch=None):
        made = clock.now() - timedelta(minutes=minutes)
        with factories.writing(app):
            state.ensure_epoch()
            values = {"epoch": epoch or state.epoch(), "bytes": 1, "sha256": "0" * 64, "photos": 0}
            row = Backup(id=uuid4(), name=uuid4().hex, created_at=made, verified_at=made, xid=xid, seq=seq)
            for name, value in values.items():
                setattr(row, name, value)
            db.session.add(row)

    return note


def durable(app):
    with factories.inside(app):
        return services.durable_position()


def test_nothing_is_durable_before_there_is_an_epoch_or_a_second_backup(app, verified):
    assert durable(app) == Position(0, 0)
    verified(0, 70, minutes=5)
    assert durable(app) == Position(0, 0)


def test_durable_is_what_the_second_newest_holds(app, verified):
    for minutes, seq in ((60, 10), (30, 40), (5, 70)):
        verified(0, seq, minutes)
    assert durable(app) == Position(0, 40)


def test_the_older_of_two_backups_counts_also_when_the_newest_reaches_less_far(app, verified):
    verified(9, 0, minutes=30)
    verified(7, 0, minutes=5)  # a photo's file was missing when it was made
    assert durable(app) == Position(7, 0)


def test_backups_of_another_epoch_say_nothing(app, verified):
    verified(0, 10, minutes=30)
    verified(0, 70, minutes=20, epoch="another")
    verified(0, 90, minutes=10, epoch="another")
    assert durable(app) == Position(0, 0)
