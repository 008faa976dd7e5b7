"""What a visit is judged on: the answers and the register, and nothing when the family did not agree."""

import pytest

from tests.factories import MEI, make_household
from tests.visits.bodies import CLEAN, send, visit_of


@pytest.fixture
def mei(login):
    return login(MEI)


def test_a_family_on_the_list_of_the_poorest_lights_by_the_register_alone(app, mei):
    household = make_household(app, poor10=True)
    lights = send(mei, visit_of(household.id, CLEAN)).json["lights"]
    assert "R-SPC-06" in [light["rule"] for light in lights]


def test_a_family_that_did_not_agree_is_on_record_and_not_judged(app, mei):
    household = make_household(app, poor10=True)
    reply = send(mei, visit_of(household.id, {"consent": "no"}))
    assert (reply.status_code, reply.json["severity"]) == (201, "none")
    assert (reply.json["lights"], reply.json["unknown"]) == ([], [])
