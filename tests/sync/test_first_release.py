"""The traffic of phones of version 0.1.0, as it was recorded in a browser, against the server of today.

The files in fixtures/0.1.0 are never changed: these phones are out there. Each holds the household as the
phone had it and every request with the answer of the server of then.
"""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from server.sync.models import Operation
from tests.factories import MEI, WEI, make_household, make_member
from tests.sync.pushing import count, dump, op_of, results, told
from tests.visits.bodies import new_id

FOLDER = Path(__file__).parent / "fixtures" / "0.1.0"
STORIES = sorted(path.stem for path in FOLDER.glob("*.json"))
FLAGS = ("lifted", "released", "dibao", "tekun", "tekun_scattered", "orphan", "highrisk_job", "poor10")


def read(story):
    return json.loads((FOLDER / f"{story}.json").read_text(encoding="utf-8"))


def register(app, shown):
    """The household as the phone of then was told of it."""
    roster = shown["roster"]
    members = [
        make_member(
            id=UUID(each["id"]),
            birth_on=date(2026 - each["age"], 1, 2),
            **{
                name: each[name]
                for name in ("name", "relation", "sex", "stage", "labour", "main_labour", "disability_grade")
            },
        )
        for each in shown["members"]
    ]
    return make_household(
        app,
        shown["region_code"],
        id=UUID(shown["id"]),
        number=shown["number"],
        members=members,
        address=shown["address"],
        kind=roster["kind"],
        online_flag=roster["online_flag"],
        pcni_prev=Decimal(roster["pcni_prev"]),
        home=(shown["home"]["lat"], shown["home"]["lon"]),
        **{name: roster[name] for name in FLAGS},
    )


def send(phone, request):
    kind = request["headers"]["CONTENT_TYPE"]
    return phone.open(request["path"], method=request["method"], data=request["body"], content_type=kind)


def bodies(told_story):
    return [entry["body"] for each in told_story["requests"] for entry in json.loads(each["body"])["visits"]]


@pytest.fixture
def moment(clock):
    """The clock goes on from when a story was recorded."""

    def at(told_story):
        (last, *_) = sorted((body["finished_at"] for body in bodies(told_story)), reverse=True)
        clock.now = datetime.fromisoformat(last)
        clock.advance(minutes=1)

    return at


def give_back(wei, body):
    """What the reviewer of the recorded story did between two requests."""
    review = {"id": new_id(), "decision": "returned", "comment": "请核实", "comments": []}
    assert wei.post(f"/api/v1/visits/{body['id']}/reviews", json=review).status_code == 201


def play(told_story, mei, wei):
    answers = []
    for request in told_story["requests"]:
        (body,) = [entry["body"] for entry in json.loads(request["body"])["visits"]]
        if body["revises"]:
            give_back(wei, {"id": body["revises"]})
        answers.append(send(mei, request))
    return answers


def at_least(new, old, where="answer"):
    """Everything that was told then is told now, in the same form."""
    if old is None or new is None:
        return
    if isinstance(old, dict):
        assert old.keys() <= new.keys(), where
        for key in old:
            at_least(new[key], old[key], f"{where}.{key}")
    elif isinstance(old, list):
        for one, other in zip(new, old, strict=False):
            at_least(one, other, f"{where}[]")
    else:
        assert type(new) is type(old), where


def test_there_are_stories():
    assert len(STORIES) >= 4


@pytest.mark.parametrize("story", STORIES)
def test_every_recorded_request_gets_the_answer_of_then(app, login, mei, moment, story):
    told_story = read(story)
    moment(told_story)
    register(app, told_story["household"])
    answers = play(told_story, mei, login(WEI))
    for answer, request in zip(answers, told_story["requests"], strict=True):
        assert answer.status_code == request["status"]
        at_least(answer.json, request["answer"])
        for now, then in zip(answer.json["results"], request["answer"]["results"], strict=True):
            same = ("id", "sha256", "state", "revision", "severity")
            assert {name: now[name] for name in same} == {name: then[name] for name in same}
            rules = [[light["rule"] for light in each["lights"]] for each in (now, then)]
            assert rules[0] == rules[1]
            hashes = [[photo["sha256"] for photo in each["photos"]] for each in (now, then)]
            assert hashes[0] == hashes[1]


@pytest.mark.parametrize("story", STORIES)
def test_a_phone_that_is_updated_sends_the_same_visits_as_operations_and_hears_the_same(
    app, login, mei, moment, story
):
    told_story = read(story)
    moment(told_story)
    register(app, told_story["household"])
    earlier = {
        result["id"]: result for each in play(told_story, mei, login(WEI)) for result in each.json["results"]
    }
    results(mei)  # the device is heard of
    before = dump(app)
    found = results(mei, *(op_of(body) for body in bodies(told_story)))
    assert told(found) == [("accepted", None)] * len(found)
    assert [each["result"] for each in found] == [earlier[each["op_id"]] for each in found]
    assert dump(app) == before
    assert count(app) == count(app, Operation) == len(earlier)


@pytest.mark.parametrize("story", STORIES)
def test_the_list_of_then_is_still_told(app, mei, moment, story):
    told_story = read(story)
    moment(told_story)
    register(app, told_story["household"])
    (shown,) = mei.get("/api/v1/households").json["items"]
    at_least(shown, told_story["household"])
    for name in ("id", "number", "head_name", "pinyin", "initials", "region_code", "category", "revision"):
        assert shown[name] == told_story["household"][name]
    assert shown["roster"] == told_story["household"]["roster"] | {
        name: shown["roster"][name] for name in ("net_prev", "months_tracked")
    }


def test_the_ledger_knows_what_the_first_release_sent(app, mei, moment):
    from sqlalchemy import select

    from server.core.db import db
    from tests.factories import inside

    told_story = read("answer_lost")
    moment(told_story)
    register(app, told_story["household"])
    for request in told_story["requests"]:
        send(mei, request)
    with inside(app):
        row = db.session.scalar(select(Operation))
    (body, again) = bodies(told_story)
    assert body == again
    assert (str(row.op_id), row.user_id, row.app_v) == (body["id"], MEI.id, "0.1.0")
    assert (row.device_id, row.n, row.state) == ("phone-1", None, "accepted")
