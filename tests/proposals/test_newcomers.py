"""Households and members that the register lacks: proposed on a phone, decided on by the first secretary."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from server.core.audit import AuditEntry
from server.core.canonical import SAFE_INTEGER
from server.core.db import db
from server.households.models import Household, Member
from server.households.queries import get_household
from server.proposals.models import Proposal
from tests.accounts.desk import act
from tests.factories import (
    GRID,
    LAN,
    MEI,
    OTHER_GRID,
    PING,
    TAN,
    WEI,
    ZHOU,
    id_number,
    inside,
    make_household,
    make_member,
)
from tests.proposals.newcomers import NUMBER, household_op, member_op, person
from tests.sync.pulling import Puller
from tests.sync.pushing import assign, count, dump, op_of, results, told
from tests.visits.bodies import new_id, visit_of

URL = "/api/v1/proposals"


@pytest.fixture
def mei(login):
    return login(MEI)


@pytest.fixture
def wei(login):
    return login(WEI)


def listed(client):
    return client.get(URL).json["items"]


def decide(client, decision="approved", comment=""):
    (proposal,) = listed(client)
    body = {"decision": decision, "comment": comment}
    return client.post(f"{URL}/{proposal['id']}/decision", json=body)


def errors_of(found):
    return sorted(found["problem"]["errors"])


def test_a_new_household_waits_for_the_first_secretary_and_then_is_in_the_register(app, mei, wei, login):
    make_household(app, number=f"{GRID}007")
    device = Puller(mei)
    device.all()
    op = household_op()
    (found,) = results(mei, op)
    assert (found["st"], found["code"]) == ("held", "proposed")
    assert found["result"]["revision"] == 0
    before = dump(app)
    assert results(mei, op, op) == [found, found]
    assert (dump(app), count(app, Proposal)) == (before, 1)

    (item,) = listed(wei)
    assert (item["kind"], item["household_id"], item["household_number"]) == ("household", None, "")
    assert (item["head_name"], item["village"]) == ("蒙小芳", f"区域{GRID[:12]}")
    shown = {field["field"]: field["proposed"] for field in item["fields"]}
    assert shown["id_number"].startswith("450321********")
    assert (shown["birth_on"], shown["sex"]) == ("1990-05-06", "female")
    assert {field["why"] for field in item["fields"]} == {"new"}

    decided = decide(wei)
    assert (decided.status_code, decided.json["household_number"]) == (200, f"{GRID}008")
    assert results(mei, op) == [found | {"st": "accepted", "code": None}]
    device.all()
    row = device.rows[op["entity"]]
    assert (row["number"], row["head_name"], row["address"]) == (f"{GRID}008", "蒙小芳", "上寨9号")
    assert (row["roster"]["lifted"], row["roster"]["dibao"]) == (None, None)  # nobody was asked


def test_what_was_decided_is_on_record(app, mei, wei):
    results(mei, household_op())
    decide(wei)
    with inside(app):
        acts = ("proposal.make", "household.register")
        found = set(db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.in_(acts))))
    assert found == set(acts)


def test_nothing_is_registered_in_a_grid_that_was_closed(app, login, mei, wei):
    results(mei, household_op())
    zhou = login(ZHOU)
    assert act(zhou, MEI, "transfer", region_code=OTHER_GRID).status_code == 200
    assert zhou.post(f"/api/v1/grids/{GRID}/close").status_code == 204
    reply = decide(wei)
    assert (reply.status_code, reply.json["code"]) == (409, "grid_closed")
    assert count(app, Household) == 0
    assert decide(wei, "declined").status_code == 200


def test_a_declined_household_is_told_to_its_author_with_the_reason(app, mei, wei):
    op = household_op()
    results(mei, op)
    decide(wei, "declined", "这户在隔壁网格")
    (found,) = results(mei, op)
    assert (found["st"], found["code"]) == ("rejected", "held_declined")
    assert found["problem"]["comment"] == "这户在隔壁网格"
    assert count(app, Household) == 0


def test_a_new_member_joins_the_household_when_it_is_agreed_to(app, mei, wei):
    home = make_household(app)
    key = new_id()
    assert told(results(mei, member_op(home.id, key))) == [("held", "proposed")]
    (item,) = listed(wei)
    assert (item["kind"], item["household_id"], item["head_name"]) == ("member", str(home.id), "韦小山")
    assert {field["member_name"] for field in item["fields"]} == {"蒙小芳"}
    assert decide(wei).status_code == 200
    with inside(app):
        found = get_household(home.id)
        assert found.revision == 2
        assert (str(found.members[-1].id), found.members[-1].name) == (key, "蒙小芳")
        assert found.members[-1].id_masked.endswith(NUMBER[-4:])


@pytest.mark.parametrize("kind", ["household", "member"])
def test_the_second_decision_is_the_first(app, mei, wei, kind):
    home = make_household(app)
    results(mei, household_op() if kind == "household" else member_op(home.id, new_id()))
    (item,) = listed(wei)
    body = {"decision": "approved", "comment": ""}
    first = wei.post(f"{URL}/{item['id']}/decision", json=body)
    before = dump(app)
    assert wei.post(f"{URL}/{item['id']}/decision", json=body).json == first.json
    assert dump(app) == before


def test_who_comes_second_to_the_next_number_tries_again(app, mei, wei, monkeypatch):
    make_household(app, number=f"{GRID}001")
    results(mei, household_op())
    with monkeypatch.context() as patch:
        patch.setattr("server.households.newcomers.next_number", lambda grid: f"{grid}001")
        late = decide(wei)
        assert (late.status_code, late.json["code"]) == (503, "busy")
    assert decide(wei).json["household_number"] == f"{GRID}002"


BAD = id_number(date(1990, 5, 6), "female", 992)[:-1] + "!"
FALSE_DIGIT = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")


@pytest.mark.parametrize(
    ("op", "places"),
    [
        (household_op(person(new_id(), id_number=FALSE_DIGIT)), ["set.4.value"]),
        (household_op(person(new_id(), id_number=BAD)), ["set.4.value"]),
        (household_op(person(new_id(), sex="male")), ["set.5.value"]),
        (household_op(person(new_id(), birth_on="1991-05-06")), ["set.5.value"]),
        (household_op(person(new_id()), person(new_id(), relation="之女")), ["set.8.value"]),
        (household_op(person(new_id()), person(new_id(), id_number=None)), ["set"]),
        (household_op(person(new_id(), relation="之女")), ["set"]),
        (household_op(person(new_id(), name=None)), ["set"]),
        (household_op(own=[{"member_id": None, "field": "grid", "value": OTHER_GRID}]), ["set.0.value"]),
        (household_op(own=[{"member_id": None, "field": "phone", "value": "电话"}]), ["set.0.value"]),
        (household_op(grid="1"), ["grid"]),
    ],
)
def test_a_wrong_form_is_refused_by_its_place(app, mei, op, places):
    (found,) = results(mei, op)
    assert (found["st"], found["code"], errors_of(found)) == ("rejected", "invalid", places)
    assert NUMBER not in str(found["problem"])
    assert count(app, Proposal) == 0


def test_another_head_for_a_household_is_refused(app, mei):
    home = make_household(app)
    (found,) = results(mei, member_op(home.id, new_id(), said={"relation": "户主"}))
    assert (found["st"], errors_of(found)) == ("rejected", ["set"])


def test_an_identifier_is_given_once(app, mei, wei):
    home = make_household(app)
    first = household_op()
    results(mei, first)
    again = household_op(entity=first["entity"])
    taken = household_op(entity=str(home.id))
    known = member_op(home.id, str(home.members[0].id))
    assert told(results(mei, again, taken, known)) == [("rejected", "newcomer_known")] * 3


def test_a_household_of_another_grid_is_kept_for_those_who_answer_for_it(app, login, mei, wei):
    op = household_op(grid=LAN.region_code)
    assert told(results(mei, op)) == [("held", "scope")]
    assert wei.get("/api/v1/held").json["items"] == []
    tan = login(TAN)
    (held,) = tan.get("/api/v1/held").json["items"]
    assert held["edit"]["set"][0]["value"] == "上寨9号"
    taken = tan.post(f"/api/v1/held/{held['id']}/decision", json={"decision": "taken", "comment": ""})
    assert taken.status_code == 200
    assert told(results(mei, op)) == [("held", "proposed")]
    assert decide(tan).status_code == 200
    with inside(app):
        assert get_household(UUID(op["entity"])).region_code == LAN.region_code


def test_who_was_given_another_grid_meanwhile_loses_nothing(app, mei, wei):
    op = household_op()
    assign(app, MEI, LAN.region_code)
    assert told(results(mei, op)) == [("held", "scope")]
    (held,) = wei.get("/api/v1/held").json["items"]
    assert held["kind"] == "household.new"


def test_a_member_of_a_foreign_household_is_kept_and_says_nothing_of_it(app, mei):
    foreign = make_household(app, LAN.region_code)
    found, unknown = results(mei, member_op(foreign.id, new_id()), member_op(new_id(), new_id()))
    assert (found["st"], found["code"]) == (unknown["st"], unknown["code"]) == ("held", "scope")


def test_the_same_number_in_the_county_is_flagged_without_telling_whose_it_is(app, mei, wei):
    woman = make_member(name="蒙小芳", sex="female", birth_on=date(1990, 5, 6), id_number=NUMBER)
    near = make_household(app, PING.region_code, members=[woman])
    make_household(app, LAN.region_code, members=[make_member(id_number=NUMBER, sex="female")])
    results(mei, household_op())
    (item,) = listed(wei)
    (twins,) = [field["twins"] for field in item["fields"] if field["field"] == "id_number"]
    assert twins == {
        "here": [
            {"household_id": str(near.id), "household_number": near.number, "head_name": "蒙小芳"},
        ],
        "elsewhere": True,
    }


def test_a_number_nobody_carries_is_not_flagged(app, mei, wei):
    make_household(app)
    results(mei, household_op())
    (item,) = listed(wei)
    assert [f["twins"] for f in item["fields"] if f["twins"]] == [{"here": [], "elsewhere": False}]


def test_a_visit_of_a_household_that_is_only_proposed_is_kept_whole(app, mei, wei):
    op = household_op()
    visit = visit_of(op["entity"])
    sent = op_of(visit, needs=[op["op_id"]])
    assert told(results(mei, op, sent)) == [("held", "proposed"), ("held", "scope")]
    decide(wei)
    (held,) = wei.get("/api/v1/held").json["items"]
    taken = wei.post(f"/api/v1/held/{held['id']}/decision", json={"decision": "taken", "comment": ""})
    assert taken.status_code == 200, taken.json
    assert told(results(mei, sent)) == [("accepted", None)]


@pytest.mark.parametrize("person_", [TAN, LAN, MEI])
def test_nobody_else_decides(app, login, mei, person_):
    results(mei, household_op())
    with inside(app):
        key = db.session.scalar(select(Proposal.id))
    reply = login(person_).post(f"{URL}/{key}/decision", json={"decision": "approved", "comment": ""})
    assert reply.status_code in (403, 404)
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(Member)) == 0


NUMBERS = st.integers(-SAFE_INTEGER, SAFE_INTEGER)  # larger ones have no hash, which is another test's affair
ANYTHING = st.none() | st.booleans() | NUMBERS | st.text(max_size=19) | st.lists(st.none(), max_size=1)
FIELDS = st.sampled_from(["name", "relation", "id_number", "birth_on", "sex", "labour", "phone", "grid", "x"])
SENT = st.lists(st.tuples(st.integers(0, 2), FIELDS, ANYTHING | st.just(NUMBER)), max_size=8)


@given(SENT)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_is_proposed_or_refused(app, mei, sent):
    keys = [None, new_id(), new_id()]
    fields = [{"member_id": keys[who], "field": field, "value": value} for who, field, value in sent]
    (found,) = results(mei, household_op([], own=fields))
    assert (found["st"], found["code"]) in {("held", "proposed"), ("rejected", "invalid")}
