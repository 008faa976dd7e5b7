"""A restored server gives no revision twice: who saw the lost one has not seen what came after."""

from __future__ import annotations

import pytest

from server.backups import services as backups
from server.core import clock
from server.core.db import db
from server.households.models import Household
from tests.factories import MEI, PING, VILLAGE, WEI, inside, make_household, writing
from tests.proposals.edits import change, values


@pytest.fixture
def restored(app):
    """A household whose second revision Mei saw before the server went back to the first."""
    home = make_household(app)
    with writing(app):
        backups.begin_again("b", clock.now(), {}, [])
    return home


def test_an_edit_made_upon_a_lost_revision_does_not_overwrite_one_that_came_after_the_restore(app, restored):
    change(app, WEI, restored, ("address", "the secretary's"))
    outcome = change(app, MEI, restored, ("address", "Mei's"), ("phone", "13800001111"), base=2)
    assert values(app, restored.id, "address", "phone") == ["the secretary's", "13800001111"]
    assert outcome.proposal_id is not None


def test_what_was_known_before_the_backup_is_still_known(app):
    home = make_household(app)
    change(app, WEI, home, ("address", "the secretary's"))
    with writing(app):
        backups.begin_again("b", clock.now(), {}, [])
    assert change(app, MEI, home, ("address", "Mei's"), base=2).proposal_id is None
    assert values(app, home.id, "address") == ["Mei's"]


def test_a_revision_that_never_was_is_none_that_somebody_saw(app):
    home = make_household(app)
    change(app, WEI, home, ("address", "the secretary's"))
    outcome = change(app, MEI, home, ("address", "Mei's"), ("phone", "13800001111"), base=3)
    assert values(app, home.id, "address", "phone") == ["the secretary's", "13800001111"]
    assert outcome.proposal_id is not None


def test_every_household_is_counted_on(app, restored):
    other = make_household(app, PING.region_code)
    with writing(app):
        backups.begin_again("b", clock.now(), {}, [])
    with inside(app, VILLAGE):
        found = [db.session.get(Household, each.id).revision for each in (restored, other)]
    assert found == [200_001, 100_001]
