"""Corrections of the register as operations: merged, proposed, kept, and told of to their author later."""

import pytest

from server.households.queries import get_household
from server.sync.models import HeldOperation, Operation
from tests.factories import MEI, OTHER_GRID, WEI, inside, make_household, make_user
from tests.sync.pushing import assign, count, dump, edit_of, op_of, results, told
from tests.visits.bodies import new_id, visit_of


@pytest.fixture
def home(app):
    return make_household(app)


@pytest.fixture
def colleague(app, login, home):
    return login(make_user(app, "grid_member", home.region_code))


def address(app, home):
    with inside(app):
        return get_household(home.id).address


def decide(wei, decision, comment=""):
    (proposal,) = wei.get("/api/v1/proposals").json["items"]
    body = {"decision": decision, "comment": comment}
    return wei.post(f"/api/v1/proposals/{proposal['id']}/decision", json=body)


def test_a_correction_is_applied_once_however_often_it_comes(app, mei, home):
    op = edit_of(home.id, 1, (None, "address", "新屯1号"), (None, "phone", None))
    (found,) = results(mei, op)
    assert (found["st"], found["code"], found["problem"]) == ("accepted", None, None)
    assert found["result"] == {
        "revision": 2,
        "applied": [{"member_id": None, "field": "address"}, {"member_id": None, "field": "phone"}],
        "unchanged": [],
        "proposal": None,
    }
    assert address(app, home) == "新屯1号"
    before = dump(app)
    assert results(mei, op, op) == [found, found]
    assert dump(app) == before


def test_the_same_number_with_other_fields_is_kept_beside_it(app, mei, login, home):
    op = edit_of(home.id, 1, (None, "address", "新屯1号"))
    other = edit_of(home.id, 1, (None, "address", "新屯2号"), op_id=op["op_id"])
    assert told(results(mei, op, other)) == [("accepted", None), ("held", "conflict")]
    assert address(app, home) == "新屯1号"
    wei = login(WEI)
    (held,) = wei.get("/api/v1/held").json["items"]
    assert held["edit"]["set"][0]["value"] == "新屯2号"
    taken = wei.post(f"/api/v1/held/{held['id']}/decision", json={"decision": "taken", "comment": ""})
    assert taken.status_code == 200
    (found,) = results(mei, other)
    assert found["st"] == "accepted"
    assert (count(app, Operation), count(app, HeldOperation)) == (1, 1)


def test_what_overlaps_is_held_as_a_proposal_and_the_rest_applied(app, login, mei, colleague, home):
    assert told(results(colleague, edit_of(home.id, 1, (None, "address", "同事写的"))))[0][0] == "accepted"
    op = edit_of(home.id, 1, (None, "address", "我写的"), (None, "phone", "13812345678"))
    (found,) = results(mei, op)
    assert (found["st"], found["code"]) == ("held", "conflict")
    assert found["result"]["applied"] == [{"member_id": None, "field": "phone"}]
    assert found["result"]["proposal"] is not None
    assert found["position"] is not None
    before = dump(app)
    assert results(mei, op) == [found]
    assert dump(app) == before
    assert address(app, home) == "同事写的"
    assert count(app, HeldOperation) == 0  # the proposal itself keeps both values

    assert decide(login(WEI), "approved").status_code == 200
    (later,) = results(mei, op)
    assert later == found | {"st": "accepted", "code": None}
    assert address(app, home) == "我写的"


def test_a_declined_proposal_is_told_to_its_author_with_the_reason(app, login, mei, home):
    op = edit_of(home.id, 1, (None, "removed", True))
    assert told(results(mei, op)) == [("held", "conflict")]
    decide(login(WEI), "declined", "该户仍在村")
    (found,) = results(mei, op)
    assert (found["st"], found["code"]) == ("rejected", "held_declined")
    assert found["problem"]["comment"] == "该户仍在村"


def test_what_was_written_offline_one_after_the_other_does_not_stand_in_its_own_way(app, mei, home):
    first = edit_of(home.id, 1, (None, "address", "一"))
    second = edit_of(home.id, 1, (None, "address", "二"), needs=[first["op_id"]])
    found = results(mei, second, first)
    assert told(found) == [("accepted", None)] * 2
    assert address(app, home) == "二"


def test_a_correction_waits_for_what_it_needs(app, mei, home):
    first = edit_of(home.id, 1, (None, "address", "一"))
    second = edit_of(home.id, 1, (None, "address", "二"), needs=[first["op_id"]])
    assert told(results(mei, second)) == [("wait", "parent_missing")]
    assert told(results(mei, first)) == [("accepted", None)]
    assert told(results(mei, second)) == [("accepted", None)]


# One fixed stranger: a test's name must be the same in every worker that collects it.
STRANGER = "41c51346-6165-4938-9e02-36d77bcddbd2"
WRONG = [
    ({"base_rev": None}, {}, "base_rev"),
    ({"entity": STRANGER}, {}, "entity"),
    ({}, {"set": []}, "set"),
    ({}, {"set": [{"member_id": None, "field": "shoe_size", "value": 42}]}, "set.0.value"),
    ({}, {"set": [{"member_id": None, "field": "phone", "value": 7}]}, "set.0.value"),
    ({}, {"set": [{"member_id": STRANGER, "field": "stage", "value": "primary"}]}, "set.0.value"),
    ({}, {"set": [{"member_id": None, "field": "address", "value": "x"}] * 2}, "set.1.value"),
    ({}, {"set": [{"member_id": None, "field": "address", "value": "x"}] * 21}, "set"),
    ({}, {"set": [{"member_id": None, "field": "address"}]}, "set.0.value"),
    ({}, {"reason": None}, "reason"),
    ({}, {"household_id": "x"}, "household_id"),
]


@pytest.mark.parametrize(("head", "inside_", "field"), WRONG, ids=[str(each[:2]) for each in WRONG])
def test_a_wrong_correction_is_rejected_by_its_field_and_the_others_go_on(
    app, mei, home, head, inside_, field
):
    op = edit_of(home.id, 1, (None, "address", "新屯1号"))
    body = op["body"] | inside_
    wrong = op_of(body) | {name: op[name] for name in ("op_id", "kind", "entity", "base_rev")} | head
    good = op_of(visit_of(home.id))
    found = results(mei, wrong, good)
    assert told(found) == [("rejected", "invalid"), ("accepted", None)]
    assert list(found[0]["problem"]["errors"]) == [field]
    assert address(app, home) == "大榕屯3号"
    assert count(app, Operation) == 1


def test_a_correction_whose_hash_is_not_its_bodys_is_rejected(app, mei, home):
    op = edit_of(home.id, 1, (None, "address", "新屯1号"), sha256="0" * 64)
    assert told(results(mei, op)) == [("rejected", "body_hash_mismatch")]


def test_a_correction_of_a_household_that_moved_away_is_kept_for_whoever_owns_it_now(app, login, mei, home):
    foreign = make_household(app, OTHER_GRID)
    op = edit_of(foreign.id, 1, (None, "address", "新屯1号"))
    (found,) = results(mei, op)
    assert (found["st"], found["code"], found["result"]) == ("held", "scope", None)
    wei = login(WEI)
    (held,) = wei.get("/api/v1/held").json["items"]
    body = {"decision": "taken", "comment": ""}
    assert wei.post(f"/api/v1/held/{held['id']}/decision", json=body).status_code == 200
    assert address(app, foreign) == "新屯1号"
    (later,) = results(mei, op)
    assert (later["st"], later["result"]["revision"]) == ("accepted", 2)


def test_an_author_who_was_moved_away_hears_what_became_of_the_correction(app, mei, home):
    op = edit_of(home.id, 1, (None, "address", "新屯1号"))
    (found,) = results(mei, op)
    assign(app, MEI, OTHER_GRID)
    assert results(mei, op) == [found]


def test_visits_and_corrections_travel_together(app, mei, home):
    visit = op_of(visit_of(home.id))
    edit = edit_of(home.id, 1, (None, "address", "新屯1号"), needs=[visit["op_id"]])
    later = op_of(visit_of(home.id), needs=[edit["op_id"]])
    found = results(mei, later, edit, visit, edit_of(home.id, 1, (None, "shoe", 1), op_id=new_id()))
    assert [each["st"] for each in found] == ["accepted", "accepted", "accepted", "rejected"]
