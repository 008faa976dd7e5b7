"""What a device says of itself: kept when it changed or a minute passed, by the server's clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from server.accounts.models import Device, LoginSession
from server.core.audit import AuditEntry
from server.core.db import db
from tests.accounts.devices import hear, known, make_phone, make_report, order
from tests.accounts.test_login import sign_in
from tests.factories import GRID, MEI, OTHER_GRID, PASSWORD, PING, ZHOU, inside, make_session, writing


def reports_written(app):
    with inside(app):
        query = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "device.report")
        return db.session.scalar(query)


def test_a_sign_in_makes_the_device_known(app, client, clock):
    device = {"id": "phone-9", "name": "Redmi", "app_version": "0.1.0"}
    sign_in(client, device=device)
    found = known(app, MEI, "phone-9")
    assert (found.name, found.app_version, found.region_code, found.order) == (
        "Redmi",
        "0.1.0",
        GRID,
        "active",
    )
    assert found.last_contact_at == found.created_at == clock.now
    said = (found.outbox_count, found.oldest_unsent_at, found.storage_persisted, found.clock_offset_ms)
    assert said == (None, None, None, None)


def test_a_second_sign_in_is_the_same_device_with_what_it_is_now(app, client, clock):
    sign_in(client, device={"id": "phone-9", "name": "Redmi", "app_version": "0.1.0"})
    first = known(app, MEI, "phone-9")
    clock.advance(days=3)
    sign_in(client, device={"id": "phone-9", "name": "Redmi 12", "app_version": "0.2.0"})
    second = known(app, MEI, "phone-9")
    assert (second.id, second.name, second.app_version) == (first.id, "Redmi 12", "0.2.0")
    assert second.last_contact_at - second.created_at == timedelta(days=3)


def test_two_people_on_one_phone_are_two_devices(app, client):
    for username in ("mei", "ping"):
        sign_in(client, username, PASSWORD, {"id": "shared", "name": "", "app_version": ""})
    with inside(app):
        assert db.session.scalar(select(func.count()).where(Device.device_id == "shared")) == 2


def test_a_report_is_kept_as_it_was_said(app, clock):
    make_phone(app, MEI)
    oldest = clock.now - timedelta(hours=30)
    report = make_report(
        outbox_count=3, photos_unsent=7, oldest_unsent=oldest, dead=1, storage_persisted=False
    )
    assert hear(app, MEI, report) == "active"
    found = known(app, MEI)
    said = (found.outbox_count, found.photos_unsent, found.dead_count, found.storage_persisted)
    assert said == (3, 7, 1, False)
    assert (found.oldest_unsent_at, found.app_version) == (oldest, "0.1.0")


def test_what_is_not_said_is_null_and_not_zero(app):
    make_phone(app, MEI)
    hear(app, MEI, make_report(storage_persisted=None, offset_ms=None))
    found = known(app, MEI)
    assert (found.storage_persisted, found.clock_offset_ms, found.oldest_unsent_at) == (None, None, None)


def test_a_contact_without_a_report_leaves_what_was_said(app, clock):
    make_phone(app, MEI)
    hear(app, MEI, make_report(outbox_count=5))
    clock.advance(minutes=2)
    assert hear(app, MEI, None) == "active"
    found = known(app, MEI)
    assert (found.outbox_count, found.last_contact_at) == (5, clock.now)


def test_the_same_report_is_written_once_a_minute(app, clock):
    make_phone(app, MEI)
    for _ in range(12):
        hear(app, MEI, make_report(outbox_count=2))
        clock.advance(seconds=10)
    assert reports_written(app) == 2


def test_an_offset_measured_anew_is_no_change(app, clock):
    make_phone(app, MEI)
    for offset in (0, 900, -700, 1500):
        hear(
            app, MEI, make_report(offset_ms=offset, oldest_unsent=clock.now - timedelta(milliseconds=offset))
        )
    assert reports_written(app) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"outbox_count": 1},
        {"photos_unsent": 1},
        {"dead": 1},
        {"storage_persisted": False},
        {"app_version": "0.1.1"},
        {"offset_ms": 5000},
        {"offset_ms": None},
    ],
    ids=str,
)
def test_a_change_is_written_at_once(app, clock, change):
    make_phone(app, MEI)
    hear(app, MEI, make_report())
    clock.advance(seconds=1)
    assert hear(app, MEI, make_report(**change)) == "active"
    assert reports_written(app) == 2


def test_the_offset_is_measured_when_the_phone_does_not_know_it(app, clock):
    make_phone(app, MEI)
    hear(app, MEI, make_report(offset_ms=None), clock.now - timedelta(hours=2))
    assert known(app, MEI).clock_offset_ms == 2 * 3600 * 1000


def test_the_oldest_record_is_dated_by_the_servers_clock(app, clock):
    """A phone whose clock is a year ahead saved something an hour ago; it says so by its own clock."""
    make_phone(app, MEI)
    ahead = timedelta(days=365)
    told = clock.now + ahead - timedelta(hours=1)
    hear(
        app,
        MEI,
        make_report(outbox_count=1, oldest_unsent=told, offset_ms=-ahead // timedelta(milliseconds=1)),
    )
    assert known(app, MEI).oldest_unsent_at == clock.now - timedelta(hours=1)


def test_the_oldest_record_never_lies_in_the_future(app, clock):
    make_phone(app, MEI)
    hear(app, MEI, make_report(outbox_count=1, oldest_unsent=clock.now + timedelta(days=40), offset_ms=None))
    assert known(app, MEI).oldest_unsent_at == clock.now


@pytest.mark.parametrize("offset", [4_000_000_000_000, -4_000_000_000_000])
def test_the_wildest_clock_is_only_noted(app, clock, offset):
    make_phone(app, MEI)
    report = make_report(outbox_count=1, oldest_unsent=clock.now - timedelta(days=18000), offset_ms=offset)
    assert hear(app, MEI, report) == "active"
    assert known(app, MEI).clock_offset_ms == offset


def test_a_device_follows_its_user_to_another_place(app):
    make_phone(app, MEI)
    moved = type(MEI)(MEI.username, MEI.role, OTHER_GRID)
    hear(app, moved, make_report())
    assert known(app, MEI).region_code == OTHER_GRID


def test_a_sign_in_older_than_the_list_of_devices_becomes_known_with_its_name(app, client):
    tokens = sign_in(client).json
    with writing(app):
        db.session.delete(db.session.scalars(select(Device)).one())
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/api/v1/me", headers=headers).status_code == 200
    client.post("/api/v1/auth/refresh", headers={"Authorization": f"Bearer {tokens['refresh_token']}"})
    found = known(app, MEI)
    assert (found.name, found.app_version) == ("Mei's phone", "1")


def test_a_report_of_a_device_nobody_knows_makes_it_known(app):
    make_session(app, MEI)
    with writing(app):
        db.session.delete(db.session.scalars(select(Device)).one())
    assert hear(app, MEI, make_report(outbox_count=4)) == "active"
    assert known(app, MEI).outbox_count == 4


def test_a_phone_that_handed_over_everything_is_ordered_to_wipe(app, login):
    phone = make_phone(app, MEI)
    hear(app, MEI, make_report(outbox_count=1))
    assert order(login(ZHOU), phone, "drain").status_code == 200
    assert hear(app, MEI, make_report(outbox_count=1)) in (None, "drain")
    for waiting in ({"outbox_count": 1}, {"photos_unsent": 1}, {"dead": 1}):
        hear(app, MEI, make_report(**waiting))
        assert known(app, MEI).order == "drain"
    assert hear(app, MEI, make_report()) == "kill"
    found = known(app, MEI)
    assert (found.order, found.ordered_by, found.wiped_at) == ("kill", "Zhou", None)


def test_a_phone_that_had_nothing_when_the_order_came_is_wiped_without_waiting_a_minute(app, login):
    phone = make_phone(app, MEI)
    hear(app, MEI, make_report())
    order(login(ZHOU), phone, "drain")
    assert hear(app, MEI, make_report()) == "kill"


def test_a_contact_without_a_report_does_not_end_the_draining(app, clock, login):
    phone = make_phone(app, MEI)
    hear(app, MEI, make_report())
    order(login(ZHOU), phone, "drain")
    clock.advance(minutes=2)
    assert hear(app, MEI, None) == "drain"


def test_a_phone_is_not_wiped_while_somebody_else_has_unsent_work_on_it(app, login, clock):
    phone = make_phone(app, MEI, "shared")
    make_phone(app, PING, "shared")
    hear(app, PING, make_report(outbox_count=1), phone="shared")
    order(login(ZHOU), phone, "drain")
    assert hear(app, MEI, make_report(), phone="shared") == "drain"
    hear(app, PING, make_report(), phone="shared")
    assert hear(app, MEI, make_report(), phone="shared") == "kill"


def test_first_sign_ins_at_once_are_one_device(app):
    """Both find no device; the second waits for the first."""
    from concurrent.futures import ThreadPoolExecutor

    def first_sign_in(_):
        return sign_in(app.test_client(), device={"id": "new", "name": "", "app_version": ""}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(first_sign_in, range(4))) == [200] * 4
    known(app, MEI, "new")
    with inside(app):
        assert db.session.scalar(select(func.count()).where(LoginSession.device_id == "new")) == 4
