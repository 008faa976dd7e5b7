"""Any order and any number of copies of the same visits leave the same state."""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from server.core.db import db
from server.flags.models import Flag
from server.households.queries import households_by_id
from server.visits.models import Visit
from tests import factories
from tests.conftest import begin_again, client_of
from tests.factories import MEI, inside, make_household
from tests.visits.bodies import CLEAN, DRY, NOW, send, send_batch, visit_of

HOUSEHOLDS = [UUID(int=n) for n in (1, 2)]
_moments = (NOW.replace(day=day) for day in range(2, 12))
VISITS = [
    visit_of(household, answers, at=next(_moments)) for household in HOUSEHOLDS for answers in (CLEAN, DRY)
]
VISITS += [visit_of(HOUSEHOLDS[0], DRY, at=NOW, revises=VISITS[0]["id"])]
VISITS += [visit_of(HOUSEHOLDS[0], CLEAN, at=NOW, revises=VISITS[-1]["id"])]
VISITS += [visit_of(HOUSEHOLDS[1], CLEAN, at=NOW, revises=VISITS[3]["id"])]


def deliver(phone, order):
    """Send until nothing has to wait for an earlier visit; a phone does the same."""
    waiting = list(order)
    while waiting:
        replies = [(body, send(phone, body)) for body in waiting]
        assert {reply.status_code for _, reply in replies} <= {200, 201, 409}
        held = [body for body, reply in replies if reply.status_code == 409]
        assert len(held) < len(waiting)
        waiting = held


def state(app):
    """What reviewers see, without what depends on the moment of arrival."""
    with inside(app):
        visits = db.session.scalars(select(Visit)).all()
        flags = db.session.execute(select(Flag.visit_id, Flag.rule, Flag.state)).all()
        return {
            "visits": sorted(
                (str(v.id), v.sha256, v.state, v.revision, v.severity, str(v.previous_id), str(v.changes))
                for v in visits
            ),
            "flags": sorted(map(str, flags)),
            "newest": {str(h.id): str(h.last_visit_id) for h in households_by_id(HOUSEHOLDS).values()},
        }


@pytest.fixture
def world(_shared_app, clock):
    """The app, not emptied for the test: each example starts over itself."""
    return _shared_app


@pytest.fixture
def fresh(world):
    """Start over inside one test: Hypothesis runs its examples in the same fixtures."""

    def start():
        begin_again(world)
        for number in HOUSEHOLDS:
            make_household(world, id=number, number=f"H{number.int}")
        return client_of(world, factories.make_session(world, MEI))

    return start


@given(st.permutations(VISITS), st.lists(st.sampled_from(VISITS), max_size=6))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_and_repetition_of_visits_ends_in_the_same_state(world, fresh, order, copies):
    phone = fresh()
    deliver(phone, VISITS)
    expected = state(world)
    phone = fresh()
    deliver(phone, [*order, *copies])
    assert state(world) == expected


def test_one_batch_ends_in_the_same_state_as_one_by_one(world, fresh):
    phone = fresh()
    deliver(phone, VISITS)
    expected = state(world)
    phone = fresh()
    results = send_batch(phone, *reversed(VISITS)).json["results"]
    assert {result["state"] for result in results} == {"accepted"}
    assert state(world) == expected
