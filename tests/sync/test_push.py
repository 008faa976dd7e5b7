"""POST /s1/push: each operation its own transaction and its own answer."""

import pytest

from tests.factories import MEI, make_household
from tests.sync.pushing import dump, op_of, push, told
from tests.visits.bodies import CLEAN, DRY, visit_of


@pytest.fixture
def mei(login):
    return login(MEI)


@pytest.fixture
def households(app):
    return [make_household(app) for _ in range(4)]


def test_a_push_answers_in_its_order(app, mei, households):
    ops = [op_of(visit_of(home.id, DRY if n % 2 else CLEAN)) for n, home in enumerate(households)]
    reply = push(mei, *ops)
    assert reply.status_code == 200
    found = reply.json["results"]
    assert [(r["op_id"], r["sha256"]) for r in found] == [(op["op_id"], op["sha256"]) for op in ops]
    assert told(found) == [("accepted", None)] * 4
    assert [r["result"]["severity"] for r in found] == ["none", "red", "none", "red"]
    assert [r["result"]["id"] for r in found] == [op["op_id"] for op in ops]
    positions = [r["position"] for r in found]
    assert positions == sorted(positions)
    assert {r["problem"] for r in found} == {None}


def test_a_push_sent_again_gives_the_same_bytes_and_changes_nothing(app, mei, households):
    ops = [op_of(visit_of(home.id, DRY)) for home in households]
    first = push(mei, *ops)
    before = dump(app)
    again = push(mei, *ops)
    assert again.text == first.text
    assert dump(app) == before
