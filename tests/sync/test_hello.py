"""GET /s1/hello and what a push tells of its device."""

import pytest
from sqlalchemy import select, update

from server import __version__
from server.accounts.models import Device
from server.core.audit import AuditEntry
from server.core.db import db
from server.sync import operations, push_schemas, routes
from tests.conftest import client_of
from tests.factories import BY_ROLE, MEI, ZHOU, inside, make_session
from tests.sync.pushing import before_the_third, count, dump, op_of, push, refusal, report_of, results
from tests.visits.bodies import visit_of


@pytest.mark.parametrize("role", sorted(BY_ROLE))
def test_whoever_is_signed_in_hears_whom_they_are_talking_to(login, role):
    reply = login(BY_ROLE[role]).get("/api/v1/s1/hello")
    assert reply.status_code == 200
    assert reply.json == {
        "epoch": "",
        "server_time": "2026-11-23T02:00:00.000Z",
        "schema": {"min": operations.SCHEMA_MIN, "max": operations.SCHEMA_MAX},
        "durable": [0, 0],
        "order": "active",
        "limits": {
            "ops": push_schemas.MAX_OPS,
            "push_bytes": routes.PUSH_BYTES,
            "chunk_bytes": routes.CHUNK_BYTES,
        },
        "app_version": __version__,
    }


def test_nobody_else_does(client):
    assert refusal(client.get("/api/v1/s1/hello")) == (401, "token_missing")


def test_every_answer_of_the_api_tells_the_servers_time(client, mei, clock):
    for reply in (client.get("/api/v1/me"), mei.get("/api/v1/me"), mei.get("/api/v1/s1/pull")):
        assert reply.headers["X-Server-Time"] == "2026-11-23T02:00:00.000Z"
        assert reply.headers["X-Sync"] == "1"
    clock.advance(seconds=90.5)
    assert mei.get("/api/v1/nowhere").headers["X-Server-Time"] == "2026-11-23T02:01:30.500Z"


def device(app):
    with inside(app):
        return db.session.scalar(select(Device).where(Device.user_id == MEI.id))


def test_a_report_without_operations_is_kept(app, mei):
    said = report_of(
        outbox_count=7, photos_unsent=3, dead=1, oldest_unsent="2026-11-20T00:00:00.000Z", offset_ms=-1500
    )
    assert push(mei, report=said).status_code == 200
    found = device(app)
    assert (found.outbox_count, found.photos_unsent, found.dead_count) == (7, 3, 1)
    assert (found.clock_offset_ms, found.storage_persisted, found.app_version) == (-1500, True, "0.2.0")


def test_the_same_report_within_a_minute_writes_nothing(app, mei, homes, clock):
    op = op_of(visit_of(homes[0].id))
    push(mei, op, report=report_of())
    before = dump(app)
    push(mei, op, report=report_of())
    assert dump(app) == before
    clock.advance(minutes=2)
    push(mei, op, report=report_of())
    assert count(app, AuditEntry) == len(before["audit_entry"]) + 1


def order(login, what):
    zhou = login(ZHOU)
    (found,) = [d for d in zhou.get("/api/v1/devices").json["items"] if d["username"] == "mei"]
    body = {"order": what, "reason": "手机丢失"}
    assert zhou.post(f"/api/v1/devices/{found['id']}/orders", json=body).status_code == 200


@pytest.fixture
def lost(app):
    return client_of(app, make_session(app, MEI, "lost-phone"))


def test_a_phone_to_be_emptied_hears_so_and_is_wiped_once_it_has_nothing_left(app, login, lost, homes):
    order(login, "drain")
    op = op_of(visit_of(homes[0].id))
    reply = push(lost, op, report=report_of(outbox_count=1))
    assert (reply.json["order"], reply.json["results"][0]["code"]) == ("drain", "quarantine")
    assert push(lost, report=report_of(outbox_count=0, photos_unsent=2)).json["order"] == "drain"
    assert push(lost, report=report_of(outbox_count=0)).json["order"] == "kill"
    assert refusal(push(lost)) == (403, "device_wiped")
    assert refusal(lost.get("/api/v1/s1/hello")) == (403, "device_wiped")


def test_a_phone_to_be_wiped_brings_nothing_in(app, login, lost, homes):
    order(login, "kill")
    assert refusal(push(lost, op_of(visit_of(homes[0].id)))) == (403, "device_wiped")
    assert count(app) == 0


def test_an_order_given_in_the_middle_of_a_push_holds_for_the_rest(app, login, lost, homes, monkeypatch):
    ops = [op_of(visit_of(home.id)) for home in homes]
    devices = Device.__table__
    order = update(devices).where(devices.c.device_id == "lost-phone").values(order="drain")
    before_the_third(monkeypatch, order)
    found = results(lost, *ops)
    assert [(each["st"], each["code"]) for each in found] == [
        ("accepted", None),
        ("accepted", None),
        ("held", "quarantine"),
        ("held", "quarantine"),
    ]
