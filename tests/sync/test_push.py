"""POST /s1/push: each operation once, in its own transaction, with the same answer to every copy."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from server.core import state
from server.core.auth import Actor
from server.core.db import db, transaction
from server.sync import intake, ledger, services
from server.sync.models import Operation
from server.visits.services import open_signed
from tests.factories import MEI, OTHER_GRID, PING, inside, make_household
from tests.sync.pushing import count, dump, edit_of, op_of, push, results, told
from tests.visits.bodies import CLEAN, DRY, NOW, new_id, send, visit_of

# --- the usual ----------------------------------------------------------------------------------------------


def test_a_push_answers_in_its_order(mei, homes):
    ops = [op_of(visit_of(home.id, DRY if n % 2 else CLEAN)) for n, home in enumerate(homes)]
    reply = push(mei, *ops)
    assert (reply.status_code, reply.headers["X-Sync"]) == (200, "1")
    found = reply.json["results"]
    assert [(r["op_id"], r["sha256"]) for r in found] == [(op["op_id"], op["sha256"]) for op in ops]
    assert told(found) == [("accepted", None)] * 4
    assert [r["result"]["severity"] for r in found] == ["none", "red", "none", "red"]
    assert [r["result"]["id"] for r in found] == [op["op_id"] for op in ops]
    positions = [r["position"] for r in found]
    assert positions == sorted(positions)
    assert {r["problem"] for r in found} == {None}


def test_the_answer_says_where_the_device_stands(app, mei):
    with inside(app), transaction():
        state.ensure_epoch()
        epoch = state.epoch()
    reply = push(mei)
    assert reply.json == {
        "epoch": epoch,
        "server_time": "2026-11-23T02:00:00.000Z",
        "durable": [0, 0],
        "order": "active",
        "results": [],
    }
    assert reply.headers["X-Server-Time"] == "2026-11-23T02:00:00.000Z"


def test_the_whole_outbox_sent_twice_more_gives_the_same_bytes_and_a_database_that_is_byte_identical(
    app, mei, homes
):
    first = visit_of(homes[0].id, DRY)
    foreign = visit_of(make_household(app, OTHER_GRID).id)
    poisoned = visit_of(homes[1].id, CLEAN | {"water_state": "salty"})
    ops = [op_of(body) for body in (first, poisoned, foreign, visit_of(homes[2].id))]
    ops += [op_of(visit_of(homes[0].id, revises=first["id"], at=NOW), needs=[first["id"]])]
    ops += [op_of(visit_of(homes[3].id), schema_v=7), op_of(visit_of(homes[3].id, revises=new_id()))]
    answer = push(mei, *ops)
    expected = ["accepted", "rejected", "held", "accepted", "accepted", "held", "wait"]
    assert [r["st"] for r in answer.json["results"]] == expected
    before = dump(app)
    assert push(mei, *ops).text == answer.text
    assert push(mei, *reversed(ops)).json["results"] == answer.json["results"][::-1]
    assert dump(app) == before


def test_the_ledger_keeps_what_the_device_said_of_the_operation(app, mei, homes):
    op = op_of(visit_of(homes[0].id), n=41, app_v="0.2.9")
    (found,) = results(mei, op, device="phone-77")
    with inside(app):
        row = db.session.scalar(select(Operation))
    assert (row.user_id, str(row.op_id), row.sha256) == (MEI.id, op["op_id"], op["sha256"])
    assert (row.kind, str(row.entity_id), row.state, row.code) == ("visit", op["entity"], "accepted", None)
    assert (row.device_id, row.n, row.schema_v, row.app_v) == ("phone-77", 41, 1, "0.2.9")
    assert [row.xid, row.change_seq] == found["position"]
    assert (row.region_code, row.received_at) == (homes[0].region_code, NOW)


def test_the_same_operation_twice_in_one_push_gets_one_answer(app, mei, homes):
    op = op_of(visit_of(homes[0].id))
    one, two = results(mei, op, op)
    assert one == two
    assert count(app) == 1


def test_a_revision_twice_in_one_push_gets_one_answer_though_the_first_copy_outdates_the_second(mei, homes):
    first = visit_of(homes[0].id)
    revision = op_of(visit_of(homes[0].id, DRY, revises=first["id"]), needs=[first["id"]])
    results(mei, op_of(first))
    one, two = results(mei, revision, revision)
    assert (one["st"], one["result"]["revision"]) == ("accepted", 2)
    assert two == one


@pytest.mark.parametrize("what", ["visit", "revision", "correction", "foreign", "newer"])
def test_copies_sent_at_the_same_time_all_get_the_one_answer(app, login, mei, homes, what):
    first = visit_of(homes[0].id)
    results(mei, op_of(first))
    op = {
        "visit": op_of(visit_of(homes[0].id, DRY)),
        "revision": op_of(visit_of(homes[0].id, DRY, revises=first["id"])),
        "correction": edit_of(homes[0].id, 1, (None, "address", "新屯1号"), (None, "removed", True)),
        "foreign": op_of(visit_of(make_household(app, OTHER_GRID).id)),
        "newer": op_of(visit_of(homes[0].id), schema_v=2),
    }[what]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: results(mei, op)[0], range(8)))
    assert found == found[:1] * 8
    assert found[0]["st"] in ("accepted", "held")
    assert count(app, Operation) == 2


def test_a_visit_sent_by_the_first_release_and_then_as_an_operation_is_one_visit(app, mei, homes):
    body = visit_of(homes[0].id, DRY)
    answer = send(mei, body)
    (found,) = results(mei, op_of(body))
    assert (found["st"], found["result"]) == ("accepted", answer.json)
    again = send(mei, body)
    assert (again.status_code, again.text) == (200, answer.text)
    assert count(app) == 1


def test_a_visit_from_before_there_was_a_ledger_is_signed_for_when_it_comes_again(app, mei, homes):
    body = visit_of(homes[0].id)
    author = Actor(MEI.id, MEI.role, MEI.region_code, "Mei")
    with inside(app), transaction():
        services.accept(author, open_signed(body, op_of(body)["sha256"]))
    assert count(app, Operation) == 0
    (found,) = results(mei, op_of(body))
    assert (found["st"], found["result"]["id"]) == ("accepted", body["id"])
    before = dump(app)
    assert results(mei, op_of(body)) == [found]
    assert dump(app) == before
    assert (count(app), count(app, Operation)) == (1, 1)
    (other,) = results(mei, op_of(body | {"notes": {"consent": "changed"}}))
    assert (other["st"], other["code"]) == ("held", "conflict")


# --- what each operation waits for --------------------------------------------------------------------------


def test_parents_come_before_children_whatever_the_order(mei, homes):
    first = visit_of(homes[0].id, DRY)
    second = visit_of(homes[0].id, revises=first["id"], at=NOW)
    third = visit_of(homes[0].id, DRY, revises=second["id"], at=NOW)
    found = results(mei, *(op_of(body, needs=[]) for body in (third, second, first)))
    assert [(r["st"], r["result"]["revision"]) for r in found] == [
        ("accepted", 3),
        ("accepted", 2),
        ("accepted", 1),
    ]


def test_what_needs_something_that_is_not_here_waits_and_is_taken_once_it_is(app, mei, homes):
    first = visit_of(homes[0].id)
    child = op_of(visit_of(homes[0].id, DRY, revises=first["id"], at=NOW), needs=[first["id"]])
    unrelated = op_of(visit_of(homes[1].id), needs=[first["id"]])
    found = results(mei, child, unrelated)
    assert told(found) == [("wait", "parent_missing")] * 2
    assert [(r["position"], r["result"], r["problem"]) for r in found] == [(None, None, None)] * 2
    assert count(app) == count(app, Operation) == 0
    assert told(results(mei, child, unrelated, op_of(first))) == [("accepted", None)] * 3


def test_a_revision_of_a_visit_that_is_not_here_waits_also_when_it_does_not_say_what_it_needs(mei, homes):
    orphan = op_of(visit_of(homes[0].id, revises=new_id()))
    assert told(results(mei, orphan)) == [("wait", "parent_missing")]


def test_a_revision_of_a_visit_out_of_scope_waits_like_one_of_a_visit_that_does_not_exist(
    app, login, mei, homes
):
    foreign = visit_of(make_household(app, OTHER_GRID).id)
    assert told(results(login(PING), op_of(foreign))) == [("accepted", None)]
    ops = [op_of(visit_of(homes[0].id, revises=number)) for number in (foreign["id"], new_id())]
    known, unknown = results(mei, *ops)
    varying = ("op_id", "sha256")
    assert [known[k] for k in known if k not in varying] == [unknown[k] for k in unknown if k not in varying]


def test_a_revision_of_a_visit_of_another_household_is_refused(mei, homes):
    first = visit_of(homes[0].id)
    found = results(mei, op_of(first), op_of(visit_of(homes[1].id, revises=first["id"])))
    assert told(found) == [("accepted", None), ("rejected", "revision_unknown")]


def test_who_needs_each_other_in_a_circle_waits(mei, homes):
    one, two = visit_of(homes[0].id), visit_of(homes[0].id)
    one["revises"], two["revises"] = two["id"], one["id"]
    ops = [op_of(one, needs=[two["id"]]), op_of(two, needs=[one["id"]])]
    assert told(results(mei, *ops)) == [("wait", "parent_missing")] * 2


def test_a_rejected_parent_keeps_its_child_waiting(mei, homes):
    parent = visit_of(homes[0].id, CLEAN | {"water_state": "salty"})
    child = op_of(visit_of(homes[0].id, revises=parent["id"]), needs=[parent["id"]])
    assert told(results(mei, op_of(parent), child)) == [
        ("rejected", "invalid_answers"),
        ("wait", "parent_missing"),
    ]


# --- crashes ------------------------------------------------------------------------------------------------


class Crash(BaseException):
    """The process dies here; no handler of the app may catch it."""


def test_a_crash_after_the_commit_and_before_the_answer_gives_the_same_answer_later(
    app, mei, homes, monkeypatch
):
    ops = [op_of(visit_of(home.id, DRY)) for home in homes]
    real = intake.answer_text

    def answer_text(*_args):
        raise Crash

    monkeypatch.setattr(intake, "answer_text", answer_text)
    with pytest.raises(Crash):
        push(mei, *ops)
    monkeypatch.setattr(intake, "answer_text", real)
    assert count(app) == 4
    before = dump(app)
    first = push(mei, *ops)
    assert told(first.json["results"]) == [("accepted", None)] * 4
    assert push(mei, *ops).text == first.text
    assert dump(app) == before


def test_a_crash_before_the_commit_leaves_nothing_and_what_was_committed_before_stays(
    app, mei, homes, monkeypatch
):
    ops = [op_of(visit_of(home.id)) for home in homes]
    real, calls = ledger.write, []

    def write(*args, **kwargs):
        calls.append(args)
        if len(calls) == 3:
            raise Crash
        real(*args, **kwargs)

    monkeypatch.setattr(ledger, "write", write)
    with pytest.raises(Crash):
        push(mei, *ops)
    monkeypatch.undo()
    assert (count(app), count(app, Operation)) == (2, 2)
    assert told(results(mei, *ops)) == [("accepted", None)] * 4
    assert count(app) == 4
