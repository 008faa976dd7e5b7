"""Operations that cannot be carried out: kept whole, and decided on where they belong."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from server.core.audit import AuditEntry
from server.core.db import db
from server.sync import holding
from server.sync.models import HeldOperation, Operation
from server.visits.models import Visit
from tests.factories import (
    FANG,
    GRID_IN_OTHER_VILLAGE,
    LAN,
    LU,
    MEI,
    OTHER_GRID,
    PING,
    QIN,
    TAN,
    WEI,
    ZHOU,
    inside,
    make_household,
    make_user,
)
from tests.sync.pushing import assign, count, dump, edit_of, op_of, refusal, results, told
from tests.visits.bodies import CLEAN, DRY, NOW, send, visit_of


def decide(person, held, decision="taken", comment=""):
    body = {"decision": decision, "comment": comment}
    return person.post(f"/api/v1/held/{held['id']}/decision", json=body)


def listed(person, **query):
    reply = person.get("/api/v1/held", query_string=query)
    assert reply.status_code == 200
    return reply.json["items"]


def kept(app):
    with inside(app):
        rows = db.session.scalars(select(HeldOperation).order_by(HeldOperation.change_seq)).all()
        return [(row, holding.reopened(row)) for row in rows]


# --- kept ---------------------------------------------------------------------------------------------------


def test_a_visit_to_a_household_that_is_not_mine_is_kept_whole_and_says_nothing_of_it(app, mei):
    op = op_of(visit_of(make_household(app, OTHER_GRID).id, DRY))
    (found,) = results(mei, op)
    assert (found["st"], found["code"], found["problem"], found["result"]) == ("held", "scope", None, None)
    assert found["position"][1] > 0
    ((row, reopened),) = kept(app)
    assert reopened.raw == op
    assert (row.user_id, row.author_name, row.region_code, row.state) == (MEI.id, "Mei", OTHER_GRID, "open")
    assert count(app) == 0
    with inside(app):
        sealed = db.session.scalar(select(HeldOperation.raw))
        assert "answers" not in sealed
        entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "sync.hold"))
    assert entry.details == {"code": "scope", "kind": "visit", "sha256": op["sha256"]}


def test_a_foreign_household_and_one_that_does_not_exist_cannot_be_told_apart(app, mei):
    foreign = make_household(app, OTHER_GRID).id
    ops = [op_of(visit_of(home)) for home in (foreign, uuid4())]
    ops += [edit_of(home, 1, (None, "address", "新屯1号")) for home in (foreign, uuid4())]
    first, again = results(mei, *ops), results(mei, *ops)
    assert first == again
    varying = ("op_id", "sha256", "position")
    shapes = [{key: value for key, value in each.items() if key not in varying} for each in first]
    assert shapes == [{"st": "held", "code": "scope", "problem": None, "result": None}] * 4
    assert [each["position"][1] for each in first] == sorted(each["position"][1] for each in first)
    regions = [row.region_code for row, _ in kept(app)]
    assert regions == [OTHER_GRID, MEI.region_code] * 2


def test_the_same_number_with_another_text_is_kept_beside_the_first(app, mei, homes):
    first = visit_of(homes[0].id, DRY)
    other = first | {"answers": CLEAN}
    assert told(results(mei, op_of(first), op_of(other))) == [("accepted", None), ("held", "conflict")]
    before = dump(app)
    assert told(results(mei, op_of(other), op_of(first))) == [("held", "conflict"), ("accepted", None)]
    assert dump(app) == before
    third = first | {"notes": {"consent": "third"}}
    assert told(results(mei, op_of(third))) == [("held", "conflict")]
    assert [op.body for _, op in kept(app)] == [other, third]
    with inside(app):
        assert db.session.scalar(select(Visit)).sha256 == op_of(first)["sha256"]
    assert count(app, Operation) == 1


def test_an_author_who_was_moved_away_sends_again_and_hears_that_it_is_here_and_no_more(app, mei, homes):
    op = op_of(visit_of(homes[0].id, DRY))
    (first,) = results(mei, op)
    assign(app, MEI, OTHER_GRID)
    (again,) = results(mei, op)
    assert (again["st"], again["position"]) == ("accepted", first["position"])
    assert again["result"] == {name: first["result"][name] for name in ("id", "sha256", "receipt")}
    late = op_of(visit_of(homes[1].id))
    (held,) = results(mei, late)
    assert (held["st"], held["code"]) == ("held", "scope")
    assign(app, MEI, MEI.region_code)
    assert results(mei, op) == [first]


def test_a_phone_of_the_first_release_hears_the_same_in_its_own_words(app, mei, homes):
    body = visit_of(homes[0].id, DRY)
    first = send(mei, body).json
    assign(app, MEI, OTHER_GRID)
    again = send(mei, body)
    assert (again.status_code, again.json["receipt"]) == (200, first["receipt"])
    assert (again.json["lights"], again.json["unknown"], again.json["severity"]) == ([], [], "none")
    foreign = send(mei, visit_of(homes[0].id))
    assert refusal(foreign) == (404, "household_not_found")
    assert count(app, HeldOperation) == 0


# --- seen ---------------------------------------------------------------------------------------------------


def test_who_answers_for_the_place_sees_it_and_nobody_else(app, login, mei):
    op = op_of(visit_of(make_household(app, GRID_IN_OTHER_VILLAGE).id, DRY))
    results(mei, op)
    assert [len(listed(login(person))) for person in (TAN, ZHOU, QIN)] == [1, 1, 1]
    assert [len(listed(login(person))) for person in (WEI, LU)] == [0, 0]
    (held,) = listed(login(TAN))
    for person in (WEI, LU):
        assert refusal(decide(login(person), held)) == (404, "held_not_found")
    for person in (MEI, LAN, FANG):
        assert login(person).get("/api/v1/held").status_code == 403


def test_what_it_says_is_shown_with_numbers_of_people_masked(app, login, mei):
    home = make_household(app, OTHER_GRID)
    number = "11010519491231002X"
    edit = {"op": "add", "name": "韦小新", "id_number": number}
    body = visit_of(home.id, DRY | {"roster_edit": [edit]}, notes={"consent": f"号码{number}"})
    results(mei, op_of(body), edit_of(home.id, 1, (None, "phone", "13812345678"), reason_text=number))
    visit, correction = listed(login(WEI))
    assert (visit["kind"], visit["code"], visit["author_name"], visit["state"]) == (
        "visit",
        "scope",
        "Mei",
        "open",
    )
    assert (visit["household_id"], visit["household_number"]) == (str(home.id), home.number)
    assert visit["visited_at"] == body["finished_at"]
    assert visit["visit"]["answers"]["water_state"] == "seasonal"
    assert visit["visit"]["answers"]["roster_edit"] == [edit | {"id_number": "110105********002X"}]
    assert visit["visit"]["notes"] == {"consent": "号码110105********002X"}
    assert correction["edit"]["set"] == [{"member_id": None, "field": "phone", "value": "138****5678"}]
    assert number not in str([visit, correction])
    assert "13812345678" not in str(correction)


def test_a_household_that_is_nowhere_is_not_named(app, login, mei):
    results(mei, op_of(visit_of(uuid4())))
    (held,) = listed(login(WEI))
    assert (held["household_id"], held["household_number"], held["head_name"]) == (None, None, None)


@pytest.mark.parametrize("answers", [{"roster_edit": 7}, {"roster_edit": [3]}, {}])
def test_answers_that_make_no_sense_are_listed_all_the_same(app, login, mei, answers):
    results(mei, op_of(visit_of(make_household(app, OTHER_GRID).id, answers)))
    (held,) = listed(login(WEI))
    assert held["visit"]["answers"] == {}


def test_half_a_character_in_a_correction_does_not_keep_the_list_from_being_shown(app, login, mei):
    home = make_household(app, OTHER_GRID)
    edits = [
        edit_of(home.id, 1, (None, "address", "half \ud83d")),
        edit_of(home.id, 1, (None, "\ud83d", "x")),
    ]
    assert told(results(mei, *edits)) == [("held", "scope")] * 2
    shown = [each["edit"]["set"][0] for each in listed(login(WEI))]
    assert [(each["field"], each["value"]) for each in shown] == [("address", "half \ufffd"), ("\ufffd", "x")]


def test_the_list_has_pages_and_a_side_of_what_was_decided(app, login, mei):
    home = make_household(app, OTHER_GRID)
    ops = [op_of(visit_of(home.id)) for _ in range(5)]
    results(mei, *ops)
    wei, seen, cursor = login(WEI), [], None
    while True:
        page = wei.get(
            "/api/v1/held", query_string={"limit": 2} | ({"cursor": cursor} if cursor else {})
        ).json
        seen += [each["id"] for each in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert len(seen) == len(set(seen)) == 5
    assert decide(wei, {"id": seen[0]}, "declined").status_code == 200
    assert [each["id"] for each in listed(wei)] == seen[1:]
    assert [each["id"] for each in listed(wei, state="decided")] == seen[:1]
    assert wei.get("/api/v1/held", query_string={"cursor": "forged"}).status_code == 400


# --- decided ------------------------------------------------------------------------------------------------


def test_taken_it_is_carried_out_as_its_authors_in_the_place_of_who_took_it(app, login, mei):
    home = make_household(app, OTHER_GRID)
    op = op_of(visit_of(home.id, DRY, at=NOW))
    (kept_result,) = results(mei, op)
    wei = login(WEI)
    (held,) = listed(wei)
    reply = decide(wei, held, comment="是原网格员的记录")
    assert (reply.status_code, reply.json["state"], reply.json["decided_by"]) == (200, "taken", "Wei")
    with inside(app):
        visit = db.session.scalar(select(Visit))
    assert (visit.author_id, visit.author_name, visit.region_code, visit.severity) == (
        MEI.id,
        "Mei",
        OTHER_GRID,
        "red",
    )
    (found,) = results(mei, op)
    assert (found["st"], found["code"], sorted(found["result"])) == (
        "accepted",
        None,
        ["id", "receipt", "sha256"],
    )
    assert found["position"] > kept_result["position"]
    before = dump(app)
    assert decide(wei, held).json == reply.json
    assert results(mei, op) == [found]
    assert dump(app) == before
    assert refusal(decide(wei, held, "declined")) == (409, "held_decided")
    assert wei.get(f"/api/v1/visits/{visit.id}").status_code == 200


def test_declined_its_author_hears_why_and_nothing_changes_by_sending_it_again(app, login, mei):
    op = op_of(visit_of(make_household(app, OTHER_GRID).id))
    results(mei, op)
    wei = login(WEI)
    (held,) = listed(wei)
    assert decide(wei, held, "declined", "已由新网格员走访").json["state"] == "declined"
    before = dump(app)
    (found,) = results(mei, op)
    assert (found["st"], found["code"], found["problem"]["comment"]) == (
        "rejected",
        "held_declined",
        "已由新网格员走访",
    )
    assert dump(app) == before
    assert refusal(decide(wei, held)) == (409, "held_decided")


def test_what_rests_on_something_declined_is_refused_with_it(app, login, mei):
    home = make_household(app, OTHER_GRID)
    parent = visit_of(home.id)
    results(mei, op_of(parent))
    wei = login(WEI)
    decide(wei, listed(wei)[0], "declined")
    child = op_of(visit_of(home.id, revises=parent["id"]), needs=[parent["id"]])
    assert told(results(mei, child)) == [("rejected", "held_declined")]


def test_a_chain_is_taken_parent_first(app, login, mei):
    home = make_household(app, OTHER_GRID)
    parent = visit_of(home.id)
    child = visit_of(home.id, DRY, revises=parent["id"], at=NOW)
    results(mei, op_of(parent), op_of(child, needs=[parent["id"]]))
    wei = login(WEI)
    first, second = listed(wei)
    assert refusal(decide(wei, second)) == (409, "revision_unknown")
    assert [decide(wei, each).status_code for each in (first, second)] == [200, 200]
    assert told(results(mei, op_of(parent), op_of(child))) == [("accepted", None)] * 2
    with inside(app):
        states = {str(visit.id): visit.state for visit in db.session.scalars(select(Visit))}
    assert states == {parent["id"]: "superseded", child["id"]: "submitted"}


def test_what_would_be_refused_cannot_be_taken_and_stays_open(app, login, mei):
    results(mei, op_of(visit_of(make_household(app, OTHER_GRID).id, CLEAN | {"water_state": "salty"})))
    results(mei, op_of(visit_of(uuid4())))
    wei = login(WEI)
    salty, nowhere = listed(wei)
    reply = decide(wei, salty)
    assert refusal(reply) == (422, "invalid_answers")
    assert list(reply.json["errors"]) == ["water_state"]
    assert refusal(decide(wei, nowhere)) == (404, "household_not_found")
    assert len(listed(wei)) == 2
    assert decide(wei, nowhere, "declined").status_code == 200


def test_another_text_under_one_number_becomes_the_correction_it_was_meant_as(app, login, mei, homes):
    first = visit_of(homes[0].id, DRY)
    other = op_of(first | {"answers": CLEAN})
    results(mei, op_of(first), other)
    wei = login(WEI)
    (held,) = listed(wei)
    assert decide(wei, held).status_code == 200
    (found,) = results(mei, other)
    assert (found["st"], found["result"]["revision"], found["result"]["severity"]) == ("accepted", 2, "none")
    assert found["result"]["sha256"] == other["sha256"]
    assert results(mei, op_of(first))[0]["result"]["severity"] == "red"
    with inside(app):
        rows = db.session.scalars(select(Visit).order_by(Visit.seq)).all()
    assert [(row.state, row.revision, row.author_id) for row in rows] == [
        ("superseded", 1, MEI.id),
        ("submitted", 2, MEI.id),
    ]
    assign(app, MEI, OTHER_GRID)
    assert sorted(results(mei, other)[0]["result"]) == ["id", "receipt", "sha256"]


def test_another_text_stands_beside_a_first_that_was_approved(app, login, mei, homes):
    first = visit_of(homes[0].id, DRY)
    other = op_of(first | {"answers": CLEAN})
    results(mei, op_of(first), other)
    wei = login(WEI)
    review = {"id": visit_of(1)["id"], "decision": "approved", "comment": "", "comments": []}
    assert wei.post(f"/api/v1/visits/{first['id']}/reviews", json=review).status_code == 201
    decide(wei, listed(wei)[0])
    with inside(app):
        rows = db.session.scalars(select(Visit).order_by(Visit.seq)).all()
    assert [(row.state, row.revision) for row in rows] == [("approved", 1), ("submitted", 1)]


def test_nobody_decides_on_their_own(app, login, mei):
    results(mei, op_of(visit_of(make_household(app, OTHER_GRID).id)))
    assign(app, MEI, WEI.region_code, "first_secretary")
    (held,) = listed(mei)
    assert refusal(decide(mei, held)) == (409, "own_work")


def test_what_is_held_moves_with_its_household(app, login, mei):
    from server.households.queries import household_to_edit
    from server.households.services import MOVE, Author, set_fields
    from tests.factories import writing

    home = make_household(app, OTHER_GRID)
    op = op_of(visit_of(home.id))
    results(mei, op)
    with writing(app):
        author = Author(WEI.id, "Wei", uuid4(), None)
        set_fields(household_to_edit(home.id), {MOVE: GRID_IN_OTHER_VILLAGE}, author)
    assert listed(login(WEI)) == []
    tan = login(TAN)
    (held,) = listed(tan)
    assert decide(tan, held).status_code == 200
    assert told(results(mei, op)) == [("accepted", None)]


# --- quarantine ---------------------------------------------------------------------------------------------


def test_a_phone_that_is_emptied_has_everything_kept_and_gets_nothing_back(app, login, homes):
    from tests.conftest import client_of
    from tests.factories import make_session

    mei = client_of(app, make_session(app, MEI, "lost-phone"))
    before = op_of(visit_of(homes[0].id, DRY))
    results(mei, before)
    zhou = login(ZHOU)
    (device,) = [d for d in zhou.get("/api/v1/devices").json["items"] if d["username"] == "mei"]
    order = {"order": "drain", "reason": "手机丢失"}
    assert zhou.post(f"/api/v1/devices/{device['id']}/orders", json=order).status_code == 200

    parent = visit_of(homes[1].id)
    ops = [before, op_of(parent), op_of(visit_of(homes[1].id, revises=parent["id"]), needs=[parent["id"]])]
    ops += [op_of(visit_of(homes[2].id), schema_v=9), op_of(visit_of(homes[2].id), needs=[str(uuid4())])]
    ops += [edit_of(homes[3].id, 1, (None, "address", "新屯2号"))]
    found = results(mei, *ops)
    assert told(found) == [("accepted", None)] + [("held", "quarantine")] * 5
    assert sorted(found[0]["result"]) == ["id", "receipt", "sha256"]
    assert count(app) == 1
    assert mei.get("/api/v1/s1/hello").json["order"] == "drain"
    assert refusal(mei.get("/api/v1/households")) == (403, "device_draining")
    assert refusal(send(mei, visit_of(homes[0].id))) == (403, "device_draining")
    wei = login(WEI)
    held = listed(wei)
    assert [decide(wei, each).status_code for each in held] == [200, 200, 409, 200, 200]
    assert count(app) == 4


def test_a_user_of_no_area_has_work_kept_where_they_belong(app, login):
    other = make_user(app, "grid_member", OTHER_GRID)
    results(login(other), op_of(visit_of(uuid4())))
    ((row, _),) = kept(app)
    assert row.region_code == OTHER_GRID


def test_a_copy_that_is_kept_while_another_is_being_kept_is_one(app, login, mei):
    op = op_of(visit_of(make_household(app, OTHER_GRID).id))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: results(mei, op)[0], range(4)))
    assert {str(each) for each in found} == {str(found[0])}
    assert (count(app, HeldOperation), count(app, Operation)) == (1, 1)
    assert UUID(found[0]["op_id"]) == kept(app)[0][0].op_id
    assert login(PING).get("/api/v1/s1/hello").status_code == 200
