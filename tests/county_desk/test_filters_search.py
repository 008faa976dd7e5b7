"""Saved filters are their user's own; households are found by the beginning of what somebody typed."""

from __future__ import annotations

import pytest

from server.county_desk import services
from tests.factories import (
    GONG,
    GRID,
    GRID_IN_OTHER_TOWNSHIP,
    LU,
    QIN,
    VILLAGE,
    ZHOU,
    make_household,
    make_member,
)
from tests.support import interrupting
from tests.visits.bodies import new_id

FILTERS = "/api/v1/filters"
SEARCH = "/api/v1/households/search"
RED = {"name": "城关红灯", "query": {"region": "450321100", "severity": "red"}}


def names(client):
    return [item["name"] for item in client.get(FILTERS).json["items"]]


def test_a_filter_is_kept_replaced_and_forgotten(login):
    qin, address = login(QIN), f"{FILTERS}/{new_id()}"
    saved = qin.put(address, json=RED)
    assert (saved.status_code, saved.json["query"]) == (200, RED["query"])
    assert qin.put(address, json=RED | {"name": "城关红"}).json["name"] == "城关红"
    assert names(qin) == ["城关红"]
    assert [qin.delete(address).status_code for _ in range(2)] == [204, 204]
    assert names(qin) == []


def test_nobody_sees_or_changes_anothers_filter(login):
    address = f"{FILTERS}/{new_id()}"
    assert login(QIN).put(address, json=RED).status_code == 200
    assert names(login(GONG)) == []
    assert login(ZHOU).put(address, json=RED).json["code"] == "filter_not_found"
    assert login(ZHOU).delete(address).status_code == 204
    assert names(login(QIN)) == [RED["name"]]


def test_twenty_filters_are_enough(login):
    qin = login(QIN)
    addresses = [f"{FILTERS}/{new_id()}" for _ in range(21)]
    assert {qin.put(each, json=RED).status_code for each in addresses[:20]} == {200}
    assert qin.put(addresses[20], json=RED).json["code"] == "too_many_filters"
    assert qin.put(addresses[0], json=RED).status_code == 200  # replacing needs no room


def test_filters_saved_at_once_are_counted_one_after_the_other(login, monkeypatch):
    monkeypatch.setattr(services, "MOST_FILTERS", 1)
    qin, again = login(QIN), login(QIN)
    save = lambda: again.put(f"{FILTERS}/{new_id()}", json=RED)  # noqa: E731
    second = interrupting.after(monkeypatch, services.queries, "filters_of", save)
    assert qin.put(f"{FILTERS}/{new_id()}", json=RED).status_code == 200
    assert second.result().json["code"] == "too_many_filters"
    assert names(qin) == [RED["name"]]


@pytest.mark.parametrize(
    "body",
    [
        RED | {"name": ""},
        RED | {"name": "x" * 31},
        RED | {"query": {"sql": "1"}},
        RED | {"query": {"region": ""}},
        {"name": "a"},
    ],
)
def test_bad_filters_are_refused(login, body):
    assert login(QIN).put(f"{FILTERS}/{new_id()}", json=body).status_code == 422
    assert names(login(QIN)) == []


@pytest.fixture
def homes(app):
    """By name: one here, one of the same family name here, one in another township."""
    made = {}
    for name, grid in (("韦小山", GRID), ("韦大江", GRID), ("莫小水", GRID_IN_OTHER_TOWNSHIP)):
        made[name] = make_household(app, grid, members=[make_member(name=name)])
    return made


def found(client, q, **more):
    reply = client.get(SEARCH, query_string={"q": q} | more)
    assert reply.status_code == 200, reply.text
    return {item["head_name"] for item in reply.json["items"]}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("韦", {"韦小山", "韦大江"}),
        ("韦小", {"韦小山"}),
        ("wei", {"韦小山", "韦大江"}),
        ("WXS", {"韦小山"}),
        ("moxiao", {"莫小水"}),
        ("ｗｅｉ", {"韦小山", "韦大江"}),
        ("wéi xiǎo", {"韦小山"}),
        ("wei'xiao", {"韦小山"}),
        (" 韦 小", {"韦小山"}),
        ("韦\u200b小", {"韦小山"}),
        ("小山", set()),
        ("龙", set()),
        ("韦'; --", set()),
        ("%", set()),
    ],
)
def test_the_beginning_of_a_name_or_its_letters_finds_households(login, homes, typed, expected):
    assert found(login(QIN), typed) == expected


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("韦·阿依", ("韦·阿", "韦•阿", "韦・阿", "韦 ･ 阿", "weiayi", "wāy", "WEI AYI", "wei·a")),
        ("吕绿", ("lü", "LÜ", "lv", "lǚlǜ", "ll")),
        ("𠮷野", ("𠮷", "𠮷 野")),
        ("John 韦", ("John 韦", "john")),
    ],
)
def test_a_query_is_tidied_as_names_are(app, login, name, typed):
    make_household(app, GRID, members=[make_member(name=name)])
    assert {text: found(login(QIN), text) for text in typed} == {text: {name} for text in typed}


def test_numbers_find_households(login, homes):
    home = homes["韦小山"]
    assert "韦小山" in found(login(QIN), home.number)
    assert found(login(QIN), home.id_tail) >= {"韦小山"}
    wide = home.number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert "韦小山" in found(login(QIN), f"{wide[:6]} {wide[6:]}")
    assert found(login(QIN), home.number[:12]) == {"韦小山", "韦大江"}


def test_a_search_stays_in_its_area(login, homes):
    assert found(login(ZHOU), "韦") == {"韦小山", "韦大江"}
    assert found(login(LU), "韦") == set()
    assert found(login(GONG), "韦") == set()
    assert found(login(QIN), "韦", region=VILLAGE) == {"韦小山", "韦大江"}
    assert found(login(QIN), "韦", region=GRID_IN_OTHER_TOWNSHIP[:9]) == set()
    assert login(ZHOU).get(SEARCH, query_string={"q": "韦", "region": "450321101"}).status_code == 400


def test_more_than_fifty_are_said_to_be_more(app, login, monkeypatch):
    monkeypatch.setattr("server.households.searching.MOST_FOUND", 2)
    for _ in range(3):
        make_household(app)
    reply = login(QIN).get(SEARCH, query_string={"q": "韦"}).json
    assert (len(reply["items"]), reply["more"]) == (2, True)
