"""Sent, carried, repeated, brought back, in any mixture: each visit once, and its author has the receipt."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from server.core.db import db
from server.photos.models import Photo
from server.sync.models import Operation
from server.visits.models import Visit
from tests.factories import MEI, PING, WEI, inside
from tests.support.pictures import jpeg
from tests.sync.pushing import op_of, results
from tests.sync.relaying import bring, key_of, make_file, op_record, photo_records
from tests.visits.bodies import DRY, visit_of

PHOTO = jpeg(5, (320, 240))
PROMISED = {"sha256": sha256(PHOTO).hexdigest(), "length": len(PHOTO), "kind": "water", "taken_at": None}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(0, 2)),
        st.tuples(st.just("photo"), st.integers(0, 2)),
        st.tuples(st.just("bring"), st.integers(0, 8), st.integers(0, 1)),
        st.tuples(st.just("return"), st.integers(0, 8)),
    ),
    max_size=14,
)


class Author:
    """Mei's phone, as far as receipts go: what it learnt directly, and what returned answers tell."""

    def __init__(self, phone, ops, file):
        self.phone, self.ops, self.file = phone, ops, file
        self.receipts, self.waiting = {}, []

    def learn(self, found):
        number = found["result"]["receipt"]["number"]
        assert self.receipts.setdefault(found["op_id"], number) == number

    def send(self, i):
        self.learn(results(self.phone, self.ops[i])[0])

    def send_photo(self, i):
        headers = {"Upload-Offset": "0", "Upload-Length": str(len(PHOTO))}
        headers |= {"X-Content-SHA256": sha256(PHOTO).hexdigest()}
        address = f"/api/v1/s1/visits/{self.ops[i]['op_id']}/photos/{PROMISED['sha256']}"
        kind = "application/octet-stream"
        reply = self.phone.patch(address, data=PHOTO, headers=headers, content_type=kind)
        assert reply.status_code in (200, 409), reply.text

    def carried(self, carrier, place):
        reply = bring(carrier, self.file, place)
        if reply.json["done"]:
            self.waiting.append(reply)

    def take_back(self, i):
        if not self.waiting:
            return
        answer = self.file.opened(self.waiting[i % len(self.waiting)])
        for found in answer["body"].get("results", []):
            self.learn(found)


@settings(
    max_examples=10,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_each_visit_ends_up_once_with_its_receipt(app, mei, login, homes, steps):
    bodies = [visit_of(home.id, DRY, photos=[PROMISED]) for home in homes[:3]]
    ops = [op_of(body) for body in bodies]
    pieces = [each for body in bodies for each in photo_records(body["id"], PHOTO, len(PHOTO) // 2 + 1)]
    file = make_file(key_of(app, MEI), *(op_record(op) for op in ops), *pieces)
    author, carriers = Author(mei, ops, file), [login(WEI), login(PING)]
    for step, i, *who in steps:
        if step == "send":
            author.send(i)
        elif step == "photo":
            author.send_photo(i)
        elif step == "bring":
            author.carried(carriers[who[0]], i)
        else:
            author.take_back(i)
    for place in range(len(file.records)):
        author.carried(carriers[0], place)
    for i in range(len(author.waiting)):
        author.take_back(i)
    mine = {op["op_id"] for op in ops}
    assert author.receipts.keys() == mine
    with inside(app):
        stored = [str(row) for row in db.session.scalars(select(Visit.id))]
        ledger = [str(row) for row in db.session.scalars(select(Operation.op_id))]
        states = {str(p.visit_id): p.state for p in db.session.scalars(select(Photo))}
    assert sorted(mine & set(stored)) == sorted(one for one in stored if one in mine)
    assert sorted(one for one in ledger if one in mine) == sorted(mine)
    assert {states[op_id] for op_id in mine} == {"stored"}
