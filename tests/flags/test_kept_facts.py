"""The facts each household is kept by: those of its newest visit that could be judged, sealed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import delete, select, update

from server.core import audit
from server.core.db import db, transaction
from server.core.sources import bound, row_sealer
from server.flags import facts as keeping
from server.flags.models import HouseholdFacts
from server.flags.services import keep_newest_of, today_bench
from server.policy import stored
from server.policy.codegen import shape_of
from tests.factories import FANG, GRID_IN_OTHER_COUNTY, MEI, WEI, inside, make_household
from tests.visits.bodies import CLEAN, DRY, NOW, new_id, send, visit_of

REFUSED = {"consent": "no"}


@pytest.fixture
def mei(login):
    return login(MEI)


@pytest.fixture
def home(app):
    return make_household(app)


def row_of(app, household):
    with inside(app):
        return db.session.scalar(select(HouseholdFacts).where(HouseholdFacts.household_id == household.id))


def facts_of(app, household):
    with inside(app):
        return keeping.facts_in(row_of(app, household))


def sent(mei, household, answers, *, days_ago=0, **changes):
    body = visit_of(household.id, answers, at=NOW - timedelta(days=days_ago, minutes=1), **changes)
    reply = send(mei, body)
    assert reply.status_code == 201, reply.text
    return UUID(body["id"])


def test_a_first_visit_leaves_its_facts_with_what_the_rules_said(app, mei, home):
    visit = sent(mei, home, DRY)
    row = row_of(app, home)
    assert (row.visit_id, row.region_code, row.persons) == (visit, home.region_code, 2)
    assert (row.met, row.severity, row.kind) == ("|R-WAT-01|R-XCK-01|", "red", "village_deliberation")
    assert facts_of(app, home)["inc_wage"] == Decimal("42000.00")


def test_a_newer_visit_takes_the_place_of_the_one_before(app, mei, home):
    sent(mei, home, DRY, days_ago=3)
    newer = sent(mei, home, CLEAN)
    assert (row_of(app, home).visit_id, row_of(app, home).met) == (newer, "")


def test_a_visit_that_arrives_late_leaves_the_newer_facts(app, mei, home):
    newer = sent(mei, home, CLEAN)
    sent(mei, home, DRY, days_ago=3)
    assert row_of(app, home).visit_id == newer


def test_a_refused_visit_leaves_what_was_known(app, mei, home):
    before = sent(mei, home, DRY, days_ago=3)
    sent(mei, home, REFUSED)
    assert row_of(app, home).visit_id == before


def test_a_refused_first_visit_leaves_nothing(app, mei, home):
    sent(mei, home, REFUSED)
    assert row_of(app, home) is None


def test_a_visit_before_a_refused_one_that_arrives_late_is_kept(app, mei, home):
    sent(mei, home, REFUSED)
    late = sent(mei, home, DRY, days_ago=3)
    assert row_of(app, home).visit_id == late


def test_a_revision_replaces_the_facts_of_what_it_corrects(app, mei, home):
    first = sent(mei, home, DRY)
    second = sent(mei, home, CLEAN, revises=str(first))
    assert (row_of(app, home).visit_id, row_of(app, home).met) == (second, "")


def test_a_revision_that_says_the_family_refused_falls_back_on_the_visit_before(app, mei, home):
    before = sent(mei, home, DRY, days_ago=3)
    known = facts_of(app, home)
    wrong = sent(mei, home, CLEAN)
    sent(mei, home, REFUSED, revises=str(wrong))
    assert (row_of(app, home).visit_id, row_of(app, home).met) == (before, "|R-WAT-01|R-XCK-01|")
    assert facts_of(app, home) == known


def test_a_revision_of_the_only_visit_that_says_refused_takes_the_facts_away(app, mei, home):
    only = sent(mei, home, DRY)
    sent(mei, home, REFUSED, revises=str(only))
    assert row_of(app, home) is None


def test_a_returned_and_corrected_older_visit_leaves_the_newer_facts(app, mei, home, login):
    older = sent(mei, home, DRY, days_ago=3)
    review = {"id": new_id(), "decision": "returned", "comment": "请核实", "comments": []}
    assert login(WEI).post(f"/api/v1/visits/{older}/reviews", json=review).status_code == 201
    newer = sent(mei, home, CLEAN)
    sent(mei, home, DRY, days_ago=3, revises=str(older))
    assert row_of(app, home).visit_id == newer


def test_facts_that_were_never_kept_are_made_from_the_stored_visit(app, mei, home):
    visit = sent(mei, home, DRY)
    known, row = facts_of(app, home), row_of(app, home)
    with inside(app), transaction():
        audit.record("test.arrange", ("test", "world"), "0")
        db.session.execute(delete(HouseholdFacts))
        assert keep_newest_of(home.id, {})
    again = row_of(app, home)
    assert (again.visit_id, again.met, again.version) == (visit, row.met, row.version)
    assert facts_of(app, home) == known


def test_the_database_holds_no_fact_in_the_clear(app, mei, home):
    sent(mei, home, DRY)
    sealed = row_of(app, home).facts
    assert b"seasonal" not in sealed
    assert "42000" not in repr(sealed)


def test_facts_moved_to_another_household_do_not_open(app, mei, home):
    other = make_household(app)
    sent(mei, home, DRY)
    sent(mei, other, CLEAN)
    stolen = row_of(app, home).facts
    with inside(app), transaction():
        audit.record("test.arrange", ("test", "world"), "0")
        db.session.execute(
            update(HouseholdFacts).where(HouseholdFacts.household_id == other.id).values(facts=stolen)
        )
    with pytest.raises(InvalidTag):
        facts_of(app, other)


def test_facts_of_another_county_do_not_exist(app, login):
    far = make_household(app, GRID_IN_OTHER_COUNTY)
    sent(login(FANG), far, DRY)
    with inside(app, "450321"):
        assert db.session.scalars(select(HouseholdFacts)).all() == []


@pytest.mark.parametrize("answers", [CLEAN, DRY])
def test_the_facts_of_a_visit_are_fit_for_the_generated_rules(app, mei, home, answers):
    sent(mei, home, answers)
    with inside(app):
        row = row_of(app, home)
        text = row_sealer().unseal(row.facts, bound(keeping.TABLE, home.id))
        bench = today_bench(home.region_code)
    assert stored.read(text)[stored.CHECKED] == shape_of(bench).digest
