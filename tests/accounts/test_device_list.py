"""The page of devices: whose are in it, the worst first, and how many of each trouble."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from server import __version__
from server.accounts.models import Device
from server.core.db import db
from tests.accounts.devices import known, make_phone, order
from tests.conftest import client_of
from tests.factories import (
    FANG,
    GONG,
    GRID,
    HONG,
    LAN,
    LU,
    MEI,
    OTHER_TOWNSHIP,
    PING,
    QIN,
    TAN,
    TOWNSHIP,
    WEI,
    ZHOU,
    make_session,
    writing,
)

URL = "/api/v1/devices"


def listed(client, **query):
    reply = client.get(URL, query_string=query)
    assert reply.status_code == 200, reply.json
    return reply.json


def names(client, **query):
    return [item["username"] for item in listed(client, **query)["items"]]


def say(app, person, **values):
    """Let a person's phone have said something; ``ago`` is the time since its last contact."""
    make_phone(app, person)
    with writing(app):
        device = db.session.scalars(select(Device).where(Device.user_id == person.id)).one()
        device.app_version = __version__
        device.last_contact_at -= values.pop("ago", timedelta(0))
        for name, value in values.items():
            setattr(device, name, value)


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        (ZHOU, {"mei", "ping", "lan", "wei", "zhou"}),
        (LU, {"hong", "lu"}),
        (QIN, {"mei", "ping", "lan", "wei", "zhou", "hong", "lu", "qin"}),
        (GONG, {"fang", "gong"}),
    ],
    ids=lambda value: getattr(value, "username", ""),
)
def test_everybody_sees_the_devices_of_their_area(app, person, seen):
    sessions = {
        each: make_session(app, each) for each in (MEI, PING, LAN, WEI, ZHOU, HONG, LU, QIN, FANG, GONG)
    }
    page = listed(client_of(app, sessions[person]))
    assert {item["username"] for item in page["items"]} == seen
    assert page["counts"]["all"] == len(seen)


def test_a_device_is_shown_with_its_person_and_place(app, login):
    say(app, MEI, outbox_count=2, photos_unsent=5, clock_offset_ms=-3000, storage_persisted=False)
    (item,) = [row for row in listed(login(QIN))["items"] if row["username"] == "mei"]
    device = known(app, MEI)
    expected = {
        "id": str(device.id),
        "user_id": str(MEI.id),
        "display_name": "Mei",
        "role": "grid_member",
        "region_code": GRID,
        "village": "区域450321100200",
        "township": f"区域{TOWNSHIP}",
        "name": "Test phone",
        "app_version": __version__,
        "order": "active",
        "last_contact_at": "2026-11-23T02:00:00.000Z",
        "outbox_count": 2,
        "photos_unsent": 5,
        "clock_offset_ms": -3000,
        "storage_persisted": False,
    }
    assert {name: item[name] for name in expected} == expected
    unsaid = ("oldest_unsent_at", "dead_count", "ordered_by", "ordered_at", "order_reason", "wiped_at")
    assert [item[name] for name in unsaid] == [None] * 6


def test_a_device_of_the_county_has_no_village_and_no_township(login):
    (item,) = listed(login(QIN))["items"]
    assert (item["village"], item["township"]) == (None, None)


def test_the_worst_trouble_comes_first_and_within_it_the_newest(app, login, clock):
    def before(**by):
        return clock.now - timedelta(**by)

    say(app, MEI, ago=timedelta(hours=1))
    say(app, PING, oldest_unsent_at=before(hours=25), outbox_count=1)
    say(app, LAN, oldest_unsent_at=before(hours=73), outbox_count=1, ago=timedelta(days=4))
    say(app, HONG, ago=timedelta(days=3, minutes=1))
    say(app, WEI)  # a desk comes after the phones
    say(app, TAN, ago=timedelta(days=30))  # and has nothing unsent: its silence is no trouble
    say(app, ZHOU, clock_offset_ms=-600_001, ago=timedelta(minutes=5))
    say(app, LU, dead_count=1, ago=timedelta(minutes=1))
    client = login(QIN)
    with writing(app):
        db.session.scalars(select(Device).where(Device.user_id == QIN.id)).one().wiped_at = clock.now
    assert names(client) == ["lan", "ping", "hong", "lu", "zhou", "mei", "wei", "tan", "qin"]


def test_counts_and_filters_agree(app, login, clock):
    say(app, MEI, oldest_unsent_at=clock.now - timedelta(hours=24, seconds=1))
    say(app, PING, oldest_unsent_at=clock.now - timedelta(hours=24), ago=timedelta(days=3, seconds=1))
    say(app, LAN, clock_offset_ms=600_001, ago=timedelta(days=3))
    say(app, HONG, clock_offset_ms=-600_000, app_version="0.0.9")
    say(app, WEI, order="drain")
    client = login(ZHOU)
    with writing(app):
        db.session.scalars(select(Device).where(Device.user_id == ZHOU.id)).one().app_version = __version__
    page = listed(client)
    assert page["counts"] == {"all": 5, "silent": 1, "unsent": 1, "clock": 1, "old": 0, "ordered": 1}
    assert page["app_version"] == __version__
    found = {state: names(client, state=state) for state in ("silent", "unsent", "clock", "old", "ordered")}
    assert found == {"silent": ["ping"], "unsent": ["mei"], "clock": ["lan"], "old": [], "ordered": ["wei"]}
    assert sorted(names(login(LU), state="old")) == ["hong", "lu"]


def test_a_wiped_device_is_no_trouble_any_more(app, login, clock):
    say(
        app, MEI, ago=timedelta(days=9), oldest_unsent_at=clock.now - timedelta(days=9), clock_offset_ms=10**9
    )
    with writing(app):
        device = db.session.scalars(select(Device).where(Device.user_id == MEI.id)).one()
        device.order, device.wiped_at = "kill", clock.now
    counts = listed(login(ZHOU))["counts"]
    assert (counts["silent"], counts["unsent"], counts["clock"], counts["ordered"]) == (0, 0, 0, 1)


def test_pages_hold_every_device_once_also_while_time_passes(app, login, clock):
    for number, person in enumerate((MEI, PING, LAN, HONG, WEI, LU)):
        say(app, person, ago=timedelta(hours=number // 2), oldest_unsent_at=clock.now - timedelta(hours=23))
    client, found, cursor = login(QIN), [], {}
    while cursor is not None:
        page = listed(client, limit=2, **cursor)
        found += [item["username"] for item in page["items"]]
        cursor = {"cursor": page["next"]} if page["next"] else None
        clock.advance(hours=1)  # what waits becomes "a day old" in the middle of it
    assert sorted(found) == ["hong", "lan", "lu", "mei", "ping", "qin", "wei"]


def test_the_list_is_narrowed_to_a_township_and_to_a_name(app, login):
    for person in (MEI, LAN, HONG):
        make_phone(app, person)
    client = login(QIN)
    assert sorted(names(client, township=OTHER_TOWNSHIP)) == ["hong"]
    assert sorted(names(client, q="ME")) == ["mei"]
    assert names(client, q="%") == []
    assert listed(client, q="lan", township=TOWNSHIP)["counts"]["all"] == 1
    assert names(login(ZHOU), township=OTHER_TOWNSHIP) == []


@pytest.mark.parametrize(
    "query",
    [{"township": "4503"}, {"township": "abc"}, {"state": "lost"}, {"limit": 0}, {"limit": 201}, {"q": ""}],
    ids=str,
)
def test_a_filter_we_do_not_know_is_refused(login, query):
    assert login(QIN).get(URL, query_string=query).status_code == 422


@pytest.mark.parametrize("cursor", ["x", "AAAA", "é", "=" * 300])
def test_a_cursor_that_is_not_ours_is_refused(login, cursor):
    reply = login(QIN).get(URL, query_string={"cursor": cursor})
    assert (reply.status_code, reply.json["code"]) == (400, "bad_request")


def test_an_order_shows_in_the_list(app, login):
    order(login(QIN), make_phone(app, MEI), "drain", "换新手机")
    (item,) = listed(login(QIN), state="ordered")["items"]
    assert (item["order"], item["ordered_by"], item["order_reason"]) == ("drain", "Qin", "换新手机")
