"""A household read for judging is what the register holds."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from server.core import audit, clock
from server.core.db import db, transaction
from server.households.models import Household, Member
from server.households.queries import snapshots, standing_of
from server.households.services import roster_facts
from server.households.snapshots import Resident, Snapshot
from tests.factories import GRID, GRID_IN_OTHER_VILLAGE, VILLAGE, inside, make_household


def remove_a_child(app):
    with inside(app), transaction():
        member = db.session.scalars(select(Member).where(Member.relation == "之子").limit(1)).one()
        member.removed_at = clock.now()
        audit.record("test.remove", ("member", member.id), GRID)


def resident(member):
    return Resident(*(getattr(member, name) for name in Resident._fields))


def test_a_snapshot_holds_what_the_register_holds(app):
    ids = {
        make_household(app, members=count, home=home).id
        for count, home in ((1, None), (4, ("24.7", "110.4")))
    }
    remove_a_child(app)
    with inside(app, VILLAGE):
        found = snapshots([*ids, uuid4()])
        query = select(Household).options(selectinload(Household.members))
        stored = {household.id: household for household in db.session.scalars(query)}
        assert found.keys() == stored.keys() == ids
        for key, household in stored.items():
            copied = {name: getattr(household, name) for name in Snapshot._fields[:-2]}
            members = tuple(
                Resident(*(getattr(m, name) for name in Resident._fields)) for m in household.members
            )
            living = tuple(member for member in members if member.removed_at is None)
            assert found[key] == Snapshot(**copied, members=members, living=living)
            assert standing_of(found[key]) == standing_of(household)
            assert roster_facts(found[key]) == roster_facts(household)
    assert sorted((len(each.members), len(each.living)) for each in found.values()) == [(1, 1), (4, 3)]


def test_a_household_of_another_village_is_missing(app):
    ours, theirs = make_household(app), make_household(app, GRID_IN_OTHER_VILLAGE)
    with inside(app, VILLAGE):
        assert set(snapshots([ours.id, theirs.id])) == {ours.id}
