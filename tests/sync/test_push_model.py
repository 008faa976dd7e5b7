"""Random outboxes, copies, orders, rewritten texts, moves and roles against a model of the ledger."""

import json
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from server.core.db import db
from server.sync.models import HeldOperation, Operation
from server.visits.models import Visit
from tests import factories
from tests.conftest import begin_again, client_of
from tests.factories import GRID, MEI, OTHER_GRID, inside, make_household
from tests.sync.pushing import assign, count, dump, edit_of, op_of, push, results
from tests.visits.bodies import CLEAN, DRY, new_id, visit_of

HOMES = {UUID(int=n): GRID for n in (1, 2)} | {UUID(int=3): OTHER_GRID}
ACCEPTED, HELD, REJECTED, WAIT = "accepted", "held", "rejected", "wait"


@dataclass
class Sent:
    """An operation of the outbox, and what the model knows of it."""

    op: dict
    wrong: bool = False


@dataclass
class Model:
    """What the server must remember: the answer to each text, by number."""

    ledger: dict = field(default_factory=dict)
    others: dict = field(default_factory=dict)
    scope: str = GRID

    def expect(self, sent):
        """State and code that an operation must get now, None where the register itself decides."""
        op = sent.op
        known = self.ledger.get(op["op_id"])
        if known is not None:
            return known[1:3] if known[0] == op["sha256"] else (HELD, "conflict")
        foreign = HOMES[UUID(household_of(op))] != self.scope
        cases = [
            (op["schema_v"] > 1, (HELD, "version")),
            (op["kind"] == "visit" and foreign, (HELD, "scope")),
            (sent.wrong, (REJECTED, None)),
            (not set(op["needs"]) <= self.ledger.keys(), (WAIT, "parent_missing")),
            (foreign, (HELD, "scope")),
            (self.revises_what_is_held(op), (WAIT, "parent_missing")),
            (op["kind"] == "visit", (ACCEPTED, None)),
            (True, None),
        ]
        return next(told for holds, told in cases if holds)

    def revises_what_is_held(self, op):
        """Signed for is not enough: there must be a visit to revise."""
        revised = self.ledger.get(op["body"].get("revises"))
        return revised is not None and revised[1] == HELD

    def note(self, sent, found):
        """Remember what the server signed for."""
        op = sent.op
        if found["st"] not in (ACCEPTED, HELD):
            return
        known = self.ledger.setdefault(op["op_id"], (op["sha256"], found["st"], found["code"], found))
        if known[0] != op["sha256"]:
            self.others.setdefault((op["op_id"], op["sha256"]), found)

    def remembered(self, op):
        """The answer that exactly this text got the first time."""
        known = self.ledger.get(op["op_id"])
        if known is not None and known[0] == op["sha256"]:
            return known[3]
        return self.others.get((op["op_id"], op["sha256"]))


def household_of(op):
    return op["body"]["household_id"]


def in_order(batch):
    """The operations of a push as they are carried out: each after those of the push that it needs."""
    numbers = {sent.op["op_id"] for sent in batch}
    done, left, order = set(), list(batch), []
    while left:
        ready = next((s for s in left if not (set(s.op["needs"]) & numbers) - done), left[0])
        left.remove(ready)
        done.add(ready.op["op_id"])
        order.append(ready)
    return order


def without(found, *names):
    return {name: value for name, value in found.items() if name not in names}


class Outbox(RuleBasedStateMachine):
    """One phone, its server, and the model."""

    app = None

    def __init__(self):
        super().__init__()
        self.pool, self.model = [], Model()

    @initialize()
    def start(self):
        begin_again(self.app)
        for number, region in HOMES.items():
            make_household(self.app, region, id=number, number=f"H{number.int}")
        self.phone = client_of(self.app, factories.make_session(self.app, MEI))
        results(self.phone)
        for home in HOMES:
            self.write_visit(home, dry=True, wrong=False, newer=False)

    @rule(home=st.sampled_from([*HOMES]), dry=st.booleans(), wrong=st.booleans(), newer=st.booleans())
    def write_visit(self, home, dry, wrong, newer):
        answers = (DRY if dry else CLEAN) | ({"water_state": "salty"} if wrong else {})
        op = op_of(visit_of(home, answers), schema_v=2 if newer and dry else 1)
        self.pool.append(Sent(op, wrong))

    @rule(data=st.data())
    def write_revision(self, data):
        """Of a visit that nothing revises yet, sent or not."""
        visits = [s for s in self.pool if s.op["kind"] == "visit" and not s.wrong and s.op["schema_v"] == 1]
        revised = {s.op["body"]["revises"] for s in visits}
        free = [s for s in visits if s.op["op_id"] not in revised]
        old = data.draw(st.sampled_from(free)).op
        body = visit_of(household_of(old), DRY, revises=old["op_id"])
        self.pool.append(Sent(op_of(body, needs=[old["op_id"]])))

    @rule(
        home=st.sampled_from([*HOMES]), base=st.integers(1, 6), text=st.sampled_from("甲乙丙"), data=st.data()
    )
    def write_correction(self, home, base, text, data):
        needed = data.draw(st.lists(st.sampled_from(self.pool), max_size=1))
        needs = [sent.op["op_id"] for sent in needed]
        self.pool.append(Sent(edit_of(home, base, (None, "address", text), needs=needs)))

    @precondition(lambda self: self.signed_visits())
    @rule(data=st.data(), first=st.booleans())
    def rewrite(self, data, first):
        """Edited after it was sent, as no phone may: the number stays, the text does not."""
        old = data.draw(st.sampled_from(self.signed_visits()))
        body = old.op["body"] | {"notes": {"consent": new_id()}}
        new = Sent(op_of(body, needs=old.op["needs"]))
        self.pool.append(new)
        self.deliver([new, old] if first else [old, new])

    def signed_visits(self):
        return [s for s in self.pool if s.op["kind"] == "visit" and s.op["op_id"] in self.model.ledger]

    @rule(data=st.data())
    def send_some(self, data):
        places = st.lists(st.sampled_from(range(len(self.pool))), min_size=1, max_size=8)
        self.deliver([self.pool[place] for place in data.draw(places)])

    @rule(backwards=st.booleans())
    def send_all(self, backwards):
        numbers = {}
        for sent in self.pool[-40:]:  # of two new texts under one number either may come first: one is enough
            numbers.setdefault(sent.op["op_id"], sent)
        batch = [*numbers.values()]
        self.deliver(batch[::-1] if backwards else batch)

    def deliver(self, batch):
        known = all(self.model.remembered(sent.op) for sent in batch)
        before = dump(self.app) if known else None
        self.check(batch, results(self.phone, *(sent.op for sent in batch)))
        if known:
            assert dump(self.app) == before

    def check(self, batch, found):
        assert [each["op_id"] for each in found] == [sent.op["op_id"] for sent in batch]
        assert [each["sha256"] for each in found] == [sent.op["sha256"] for sent in batch]
        answers = {}
        for place, sent in enumerate(batch):
            answers.setdefault((sent.op["op_id"], sent.op["sha256"]), []).append(found[place])
        for sent in in_order(batch):
            each = answers[sent.op["op_id"], sent.op["sha256"]].pop(0)
            self.check_one(sent, each)
            self.model.note(sent, each)

    def check_one(self, sent, found):
        expected = self.model.expect(sent)
        told = (found["st"], found["code"])
        if expected is None:
            assert told in {(ACCEPTED, None), (HELD, "conflict")}, found
        elif expected == (REJECTED, None):
            assert found["st"] == REJECTED, found
            assert found["problem"]["code"] == found["code"]
        else:
            assert told == expected, found
        assert (found["position"] is None) == (found["st"] in (REJECTED, WAIT))
        earlier = self.model.remembered(sent.op)
        if earlier is not None:
            assert without(found, "result") == without(earlier, "result")
            self.check_result(sent.op, found, earlier)

    def check_result(self, op, found, earlier):
        """The same bytes; without what the visit found while its household is out of sight."""
        in_sight = HOMES[UUID(household_of(op))] == self.model.scope
        if found["result"] is None or earlier["result"] is None or op["kind"] != "visit" or in_sight:
            assert json.dumps(found["result"]) == json.dumps(earlier["result"])
        else:
            bare = {name: earlier["result"][name] for name in ("id", "sha256", "receipt")}
            assert found["result"] == bare

    @rule()
    def move_away_or_back(self):
        self.model.scope = OTHER_GRID if self.model.scope == GRID else GRID
        assign(self.app, MEI, self.model.scope)
        results(self.phone)  # the device is heard of from its new place
        self.send_all(backwards=False)

    @rule()
    def lose_the_right_and_get_it_back(self):
        assign(self.app, MEI, self.model.scope, "township")
        before = dump(self.app)
        assert push(self.phone, *(sent.op for sent in self.pool[:5])).status_code == 403
        assert dump(self.app) == before
        assign(self.app, MEI, self.model.scope)

    @invariant()
    def everything_signed_for_is_here_and_nothing_else(self):
        ledger = self.model.ledger
        accepted = {
            n: known[0] for n, known in ledger.items() if known[1] == ACCEPTED and "result" in known[3]
        }
        visits = {n: sha for n, sha in accepted.items() if "receipt" in (ledger[n][3]["result"] or {})}
        with inside(self.app):
            rows = db.session.execute(select(Visit.id, Visit.sha256)).all()
        assert {str(key): sha for key, sha in rows} == visits
        assert count(self.app, Operation) == len(ledger)
        kept = [known for known in ledger.values() if known[1:3] in ((HELD, "scope"), (HELD, "version"))]
        assert count(self.app, HeldOperation) == len(kept) + len(self.model.others)


@pytest.fixture
def machine(_shared_app, clock):
    """The machine on this engine's app; each example starts over itself."""
    return type("OutboxHere", (Outbox,), {"app": _shared_app})


def test_whatever_is_sent_in_whatever_order_the_server_remembers_what_it_signed_for(machine):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
