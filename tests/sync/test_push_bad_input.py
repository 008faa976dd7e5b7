"""POST /s1/push with what is wrong: answered by itself with a code, and nothing changes that should not."""

import json
from hashlib import sha256

import pytest

from server.sync import ledger, services
from server.sync.models import Operation
from tests.sync.pushing import count, dump, op_of, push, push_bytes, push_text, refusal, results, told
from tests.visits.bodies import DRY, new_id, visit_of

# --- one bad one never stops the others ---------------------------------------------------------------------


def test_one_poisoned_visit_is_rejected_with_its_fields_and_the_others_are_taken(app, mei, homes):
    bodies = [visit_of(home.id) for home in homes]
    bodies[1]["answers"]["water_state"] = "salty"
    found = results(mei, *map(op_of, bodies))
    assert [r["st"] for r in found] == ["accepted", "rejected", "accepted", "accepted"]
    assert (found[1]["code"], found[1]["problem"]["code"]) == ("invalid_answers",) * 2
    assert list(found[1]["problem"]["errors"]) == ["water_state"]
    assert (count(app), count(app, Operation)) == (3, 3)


def test_what_was_rejected_is_judged_anew(mei, homes):
    body = visit_of(homes[0].id, checklist_version="2031-1")
    assert told(results(mei, op_of(body))) == [("rejected", "unknown_checklist_version")]
    corrected = body | {"checklist_version": "2026-1"}
    assert told(results(mei, op_of(corrected))) == [("accepted", None)]


NO_OPS = [None, 7, "text", [], {}, {"op_id": "x"}, {"op_id": "\ud800"}, {"op_id": None, "body": {}}]


@pytest.mark.parametrize("poison", NO_OPS)
def test_what_is_no_operation_is_rejected_alone(app, mei, homes, poison):
    good = op_of(visit_of(homes[0].id))
    bad, taken = results(mei, poison, good)
    assert (bad["op_id"], bad["st"], bad["code"]) == (None, "rejected", "invalid")
    assert (taken["op_id"], taken["st"]) == (good["op_id"], "accepted")


@pytest.mark.parametrize("levels", [18, 100, 190])
@pytest.mark.parametrize(("open_", "close"), ["[]", ('{"a":', "}")])
def test_an_operation_that_is_too_deep_is_rejected_alone(app, mei, homes, levels, open_, close):
    good = op_of(visit_of(homes[0].id))
    deep = op_of(visit_of(homes[1].id))
    deep["body"]["answers"] = json.loads(open_ * levels + "1" + close * levels)
    bad, taken = results(mei, deep, good)
    assert (bad["op_id"], bad["st"], bad["code"]) == (deep["op_id"], "rejected", "invalid")
    assert list(bad["problem"]["errors"]) == ["body"]
    assert (taken["op_id"], taken["st"]) == (good["op_id"], "accepted")
    assert count(app) == 1


def test_a_push_that_might_exhaust_the_parser_is_refused_whole(app, mei, homes):
    good = op_of(visit_of(homes[0].id))
    bad = json.loads("[" * 250 + "]" * 250)
    reply = push(mei, bad, good)
    assert (reply.status_code, reply.json["code"]) == (400, "malformed_json")
    assert count(app) == 0


WRONG_HEADS = [
    {"kind": "visit!"},
    {"kind": "v" * 21},
    {"entity": "x"},
    {"needs": ["x"]},
    {"needs": {}},
    {"schema_v": 0},
    {"schema_v": "1"},
    {"schema_v": 10**9},
    {"n": -1},
    {"n": 2**60},
    {"offset_ms": 10**15},
    {"client_time": "yesterday"},
    {"client_time": "2026-11-23T02:00:00"},
    {"app_v": "v" * 41},
    {"app_v": None},
    {"sha256": "00"},
    {"base_rev": "3"},
]


@pytest.mark.parametrize("head", WRONG_HEADS, ids=str)
def test_a_wrong_head_is_rejected_by_its_field(app, mei, homes, head):
    op = op_of(visit_of(homes[0].id))
    found, other = results(mei, op | head, op_of(visit_of(homes[1].id)))
    assert (found["op_id"], found["st"], found["code"]) == (op["op_id"], "rejected", "invalid")
    assert {field.split(".")[0] for field in found["problem"]["errors"]} == set(head)
    assert other["st"] == "accepted"
    assert count(app) == 1


def test_an_unknown_kind_is_rejected_alone(mei, homes):
    body = visit_of(homes[0].id)
    found = results(mei, op_of(body, kind="household.burn"), op_of(visit_of(homes[1].id)))
    assert told(found) == [("rejected", "unknown_kind"), ("accepted", None)]


@pytest.mark.parametrize("name", ["op_id", "entity"])
def test_a_visit_whose_numbers_differ_is_rejected(app, mei, homes, name):
    body = visit_of(homes[0].id)
    (found,) = results(mei, op_of(body, **{name: new_id()}))
    assert (found["st"], found["code"], list(found["problem"]["errors"])) == (
        "rejected",
        "invalid",
        ["op_id"],
    )
    assert count(app) == 0


def test_a_body_that_is_not_what_its_hash_was_made_of_is_rejected_alone(app, mei, homes):
    op, good = op_of(visit_of(homes[0].id)), op_of(visit_of(homes[1].id))
    op["body"]["answers"]["water_state"] = "seasonal"
    assert told(results(mei, op, good)) == [("rejected", "body_hash_mismatch"), ("accepted", None)]
    assert count(app) == 1


def test_a_body_with_a_fraction_is_rejected_alone(mei, homes):
    op = op_of(visit_of(homes[0].id))
    op["body"]["answers"]["inc_wage"] = 1.5
    assert told(results(mei, op)) == [("rejected", "invalid")]


def test_an_operation_that_trips_a_bug_waits_and_the_others_go_on(app, mei, homes, monkeypatch):
    bodies = [visit_of(home.id) for home in homes[:3]]
    real = services.judge

    def judge(household, *rest):
        if str(household.id) == bodies[1]["household_id"]:
            raise ZeroDivisionError
        return real(household, *rest)

    monkeypatch.setattr(services, "judge", judge)
    ops = [op_of(body) for body in bodies]
    assert told(results(mei, *ops)) == [("accepted", None), ("wait", "internal"), ("accepted", None)]
    assert count(app) == 2
    monkeypatch.undo()
    assert told(results(mei, *ops)) == [("accepted", None)] * 3


def test_a_bug_in_the_middle_of_a_transaction_leaves_nothing_of_that_operation(app, mei, homes, monkeypatch):
    before = dump(app)

    def write(*_args, **_kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(ledger, "write", write)
    assert told(results(mei, op_of(visit_of(homes[0].id, DRY)))) == [("wait", "internal")]
    assert dump(app) == before


# --- the envelope -------------------------------------------------------------------------------------------


def test_more_than_fifty_operations_are_refused_whole(app, mei, homes):
    ops = [op_of(visit_of(homes[0].id)) for _ in range(51)]
    assert refusal(push(mei, *ops)) == (422, "invalid")
    assert count(app) == 0


WRONG_ENVELOPES = [
    {"v": 2},
    {"v": "1"},
    {"device": ""},
    {"device": "d" * 65},
    {"device": None},
    {"client_time": "now"},
    {"report": {"outbox_count": -1}},
    {"report": []},
    {"ops": {}},
    {"ops": None},
]


@pytest.mark.parametrize("wrong", WRONG_ENVELOPES, ids=str)
def test_a_wrong_envelope_is_refused_whole(mei, wrong):
    reply = push_bytes(mei, push_text(**wrong))
    assert refusal(reply) == (422, "invalid")
    assert {field.split(".")[0] for field in reply.json["errors"]} == set(wrong)


@pytest.mark.parametrize("text", [b"[]", b"3", b'"x"', b"null", b"{}"])
def test_what_is_no_envelope_is_refused_whole(mei, text):
    assert refusal(push_bytes(mei, text)) == (422, "invalid")


@pytest.mark.parametrize("text", [b"", b"{", b'{"v":1', b"\xff\xfe", b"nonsense"])
def test_what_is_no_json_is_refused_whole(mei, text):
    assert refusal(push_bytes(mei, text)) == (400, "malformed_json")


def test_more_than_256_kilobytes_are_refused_whole(app, mei, homes):
    data = push_text(op_of(visit_of(homes[0].id)))
    roomy = data[:-1] + b" " * (256 * 1024 - len(data)) + b"}"
    assert push_bytes(mei, roomy).status_code == 200
    assert refusal(push_bytes(mei, roomy[:-1] + b" }")) == (413, "too_large")


@pytest.mark.parametrize("declared", ["", "0" * 64, "none", "ü"])
def test_bytes_that_are_not_what_was_hashed_are_refused_whole(app, mei, homes, declared):
    data = push_text(op_of(visit_of(homes[0].id)))
    before = dump(app)
    assert refusal(push_bytes(mei, data, **{"X-Content-SHA256": declared})) == (400, "body_hash_mismatch")
    assert dump(app) == before


def test_a_flipped_bit_anywhere_is_noticed(app, mei, homes):
    data = push_text(op_of(visit_of(homes[0].id)))
    declared, before = sha256(data).hexdigest(), dump(app)
    for place in range(0, len(data), 97):
        flipped = data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]
        reply = push_bytes(mei, flipped, **{"X-Content-SHA256": declared})
        assert refusal(reply) in ((400, "body_hash_mismatch"), (400, "malformed_json"))
    assert dump(app) == before


def test_a_body_cut_on_its_way_is_refused_whole(app, mei, homes):
    data = push_text(op_of(visit_of(homes[0].id)))
    reply = push_bytes(mei, data[:-200], **{"Content-Length": str(len(data))})
    assert refusal(reply) == (400, "malformed_json")
    assert count(app) == 0


def test_only_json_is_read(mei):
    reply = mei.post("/api/v1/s1/push", data=b"{}", content_type="application/octet-stream")
    assert refusal(reply) == (415, "type_unsupported")
