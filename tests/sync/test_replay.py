"""Operations of an app that is newer than the server: kept raw, carried out once the server knows them."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from server.core import jobs
from server.core.db import db
from server.sync import delivery, holding, operations, replay
from server.sync.models import HeldOperation, Operation
from server.visits.models import Visit
from tests.factories import MEI, OTHER_GRID, WEI, inside
from tests.sync.pushing import assign, count, dump, edit_of, op_of, refusal, results, told
from tests.visits.bodies import CLEAN, DRY, NOW, visit_of


@pytest.fixture
def known(monkeypatch):
    """``known()`` makes the server one that knows version 2."""
    return lambda: monkeypatch.setattr(operations, "SCHEMA_MAX", 2)


def replayed(app):
    with app.app_context():
        return dict(replay.replay())


def kept_raw(app):
    with inside(app):
        return [holding.reopened(row).raw for row in db.session.scalars(select(HeldOperation))]


def test_a_newer_version_is_kept_as_it_came_and_taken_once_it_is_known(app, mei, homes, known):
    op = op_of(visit_of(homes[0].id, DRY), schema_v=2)
    (found,) = results(mei, op)
    assert (found["st"], found["code"], found["result"]) == ("held", "version", None)
    assert kept_raw(app) == [op]
    before = dump(app)
    assert replayed(app) == {}
    assert results(mei, op) == [found]
    assert dump(app) == before

    known()
    assert replayed(app) == {"taken": 1}
    (taken,) = results(mei, op)
    assert (taken["st"], taken["code"], taken["result"]["severity"]) == ("accepted", None, "red")
    assert taken["position"] > found["position"]
    with inside(app):
        assert db.session.scalar(select(Visit)).author_id == MEI.id
    before = dump(app)
    assert replayed(app) == {}
    assert results(mei, op) == [taken]
    assert dump(app) == before


NEWER = [
    {"body": {"rooms": 3.5, "id": "x"}, "sha256": "0" * 64},
    {"body": [1, {"half": "\ud83d"}]},
    {"body": None},
    {"kind": "household.census"},
    {"kind": "Something Else Entirely, And Long"},
    {"needs": {"all": ["of", "them"]}},
    {"entity": 7, "client_time": 1790000000, "app_v": None, "n": "many", "base_rev": [1]},
]


@pytest.mark.parametrize("newer", NEWER, ids=str)
def test_whatever_a_newer_version_looks_like_it_is_kept_as_it_came(app, mei, homes, newer):
    op = op_of(visit_of(homes[0].id), schema_v=2) | newer
    found, other = results(mei, op, op_of(visit_of(homes[1].id)))
    assert (found["op_id"], found["sha256"]) == (op["op_id"], op["sha256"])
    assert told([found, other]) == [("held", "version"), ("accepted", None)]
    assert kept_raw(app) == [op]


def test_what_turns_out_to_be_wrong_is_judged_anew_when_it_comes_again(app, mei, homes, known):
    wrong = op_of(visit_of(homes[0].id, CLEAN | {"water_state": "salty"}), schema_v=2)
    strange = op_of(visit_of(homes[0].id), schema_v=2, kind="household.census")
    assert told(results(mei, wrong, strange)) == [("held", "version")] * 2
    known()
    assert replayed(app) == {"refused": 2}
    found = results(mei, wrong, strange)
    assert told(found) == [("rejected", "invalid_answers"), ("rejected", "unknown_kind")]
    assert list(found[0]["problem"]["errors"]) == ["water_state"]
    assert count(app, Operation) == 0
    assert len(kept_raw(app)) == 2  # what came stays on record


def test_parents_are_carried_out_before_what_rests_on_them(app, mei, homes, known):
    first = visit_of(homes[0].id)
    second = visit_of(homes[0].id, DRY, revises=first["id"], at=NOW)
    late = op_of(visit_of(homes[1].id), schema_v=2, needs=[str(uuid4())])
    ops = [op_of(second, schema_v=2, needs=[first["id"]]), op_of(first, schema_v=2), late]
    assert told(results(mei, *ops)) == [("held", "version")] * 3
    known()
    assert replayed(app) == {"taken": 2, "left": 1}
    found = results(mei, *ops)
    assert told(found) == [("accepted", None), ("accepted", None), ("held", "version")]
    assert [each["result"]["revision"] for each in found[:2]] == [2, 1]


def test_whose_author_was_moved_meanwhile_waits_for_a_decision(app, login, mei, homes, known):
    op = op_of(visit_of(homes[0].id, DRY), schema_v=2)
    results(mei, op)
    wei = login(WEI)
    (held,) = wei.get("/api/v1/held").json["items"]
    decision = {"decision": "taken", "comment": ""}
    address = f"/api/v1/held/{held['id']}/decision"
    assert (held["code"], held["visit"]["revises"]) == ("version", None)
    assert refusal(wei.post(address, json=decision)) == (409, "held_not_decidable")
    assign(app, MEI, OTHER_GRID)
    known()
    assert replayed(app) == {"moved": 1}
    (found,) = results(mei, op)
    assert (found["st"], found["code"]) == ("held", "scope")
    assert wei.post(address, json=decision).status_code == 200
    assert told(results(mei, op)) == [("accepted", None)]


def test_whose_author_collects_no_visits_any_more_waits_for_a_decision(app, mei, homes, known):
    results(mei, op_of(visit_of(homes[0].id), schema_v=2))
    assign(app, MEI, MEI.region_code, "township")
    known()
    assert replayed(app) == {"moved": 1}


def test_a_correction_is_replayed_as_well(app, mei, homes, known):
    op = edit_of(homes[0].id, 1, (None, "address", "新屯1号"), schema_v=2)
    assert told(results(mei, op)) == [("held", "version")]
    known()
    assert replayed(app) == {"taken": 1}
    (found,) = results(mei, op)
    assert (found["st"], found["result"]["applied"]) == (
        "accepted",
        [{"member_id": None, "field": "address"}],
    )


def test_one_that_trips_a_bug_does_not_keep_the_others(app, mei, homes, known, monkeypatch):
    ops = [op_of(visit_of(home.id), schema_v=2) for home in homes[:3]]
    results(mei, *ops)
    real = delivery.look_afresh

    def look_afresh(author, op):
        if str(op.op_id) == ops[1]["op_id"]:
            raise ZeroDivisionError
        return real(author, op)

    monkeypatch.setattr(delivery, "look_afresh", look_afresh)
    known()
    assert replayed(app) == {"taken": 2, "left": 1}
    monkeypatch.setattr(delivery, "look_afresh", real)
    assert replayed(app) == {"taken": 1}


def test_the_command_says_what_became_of_them(app, mei, homes, known):
    salty = op_of(visit_of(homes[1].id, CLEAN | {"water_state": "salty"}), schema_v=2)
    results(mei, op_of(visit_of(homes[0].id), schema_v=2), salty)
    known()
    said = app.test_cli_runner().invoke(args=["sync", "replay"])
    assert (said.exit_code, said.output.strip()) == (0, "taken 1, refused 1, moved 0, left 0")


def test_every_worker_replays_when_it_starts(app, mei, homes, known):
    op = op_of(visit_of(homes[0].id), schema_v=2)
    results(mei, op)
    known()
    jobs.prepare(app)
    jobs.run_pending(app)
    assert told(results(mei, op)) == [("accepted", None)]
