"""Grids: listed with who works them, made, renamed, closed when nothing is in them."""

from __future__ import annotations

from uuid import uuid4

import pytest

from server.accounts import queries as accounts
from server.regions import queries as regions
from server.regions import services as region_services
from tests.accounts.desk import act, code, create, entries
from tests.factories import (
    ADMIN,
    GONG,
    GRID,
    HONG,
    LU,
    MEI,
    OTHER_GRID,
    PING,
    QIN,
    VILLAGE,
    WEI,
    ZHOU,
    inside,
    make_household,
)
from tests.support import interrupting


def grids(client, query=""):
    return {row["code"]: row for row in client.get(f"/api/v1/grids{query}").json["items"]}


def accounts_of(app, grid):
    with inside(app):
        return accounts.members_of([grid])


def add(client, **changes):
    body = {"op_id": str(uuid4()), "village_code": VILLAGE, "name": "第3网格"} | changes
    return client.post("/api/v1/grids", json=body)


def test_a_grid_without_anybody_is_shown(app, login):
    make_household(app, GRID)
    act(login(ZHOU), PING, "state", active=False)
    found = grids(login(WEI))
    assert [one["display_name"] for one in found[GRID]["members"]] == ["Mei"]
    assert (found[OTHER_GRID]["members"], found[OTHER_GRID]["households"]) == ([], 0)
    assert found[GRID]["households"] == 1
    assert found[GRID]["place"] == ["区域450321", "区域450321100", f"区域{VILLAGE}"]


def test_several_people_may_work_one_grid(app, login):
    create(login(ZHOU))
    assert len(grids(login(ZHOU))[GRID]["members"]) == 2


@pytest.mark.parametrize(
    ("person", "count"),
    [(WEI, 2), (ZHOU, 4), (QIN, 8), (GONG, 8), (ADMIN, 16)],
    ids=lambda v: getattr(v, "username", v),
)
def test_each_sees_the_own_area(app, login, person, count):
    assert len(grids(login(person))) == count


def test_a_place_elsewhere_has_none(app, login):
    assert grids(login(ZHOU), "?place=450321101") == {}
    assert len(grids(login(ZHOU), f"?place={VILLAGE}")) == 2


def test_an_administrator_is_not_told_how_many_households(app, login):
    make_household(app, GRID)
    assert grids(login(ADMIN))[GRID]["households"] is None


def test_a_new_grid_has_the_next_number_and_can_be_worked(app, login):
    zhou, key = login(ZHOU), str(uuid4())
    first, again = (add(zhou, op_id=key) for _ in range(2))
    assert first.json["code"] == again.json["code"] == f"{VILLAGE}03"
    assert create(zhou, region_code=f"{VILLAGE}03").status_code == 200
    assert code(add(zhou, op_id=key, name="别的")) == (409, "operation_conflict")
    assert len(grids(zhou)) == 5


@pytest.mark.parametrize("village", ["450321101200", "450321100299", "450321100"])
def test_a_village_elsewhere_and_none_are_the_same(app, login, village):
    assert add(login(ZHOU), village_code=village).status_code in (404, 422)
    assert len(grids(login(QIN))) == 8


def test_a_grid_is_renamed(app, login):
    zhou = login(ZHOU)
    for _ in range(2):
        assert zhou.patch(f"/api/v1/grids/{GRID}", json={"name": " 河边网格 "}).json["name"] == "河边网格"
    assert len(entries(app, "region.rename")) == 1
    assert code(login(LU).patch(f"/api/v1/grids/{GRID}", json={"name": "x"})) == (404, "region_not_found")
    assert code(zhou.patch(f"/api/v1/grids/{VILLAGE}00", json={"name": "x"})) == (404, "region_not_found")


def test_only_an_empty_grid_is_closed(app, login):
    make_household(app, GRID)
    zhou = login(ZHOU)
    assert code(zhou.post(f"/api/v1/grids/{GRID}/close")) == (409, "grid_not_empty")
    assert code(zhou.post(f"/api/v1/grids/{OTHER_GRID}/close")) == (409, "grid_not_empty")  # Ping works it
    act(zhou, PING, "transfer", region_code=GRID)
    assert [zhou.post(f"/api/v1/grids/{OTHER_GRID}/close").status_code for _ in range(2)] == [204, 204]
    assert OTHER_GRID not in grids(zhou)
    assert len(entries(app, "region.close")) == 1


def test_nobody_and_no_household_comes_into_a_closed_grid(app, login):
    zhou = login(ZHOU)
    act(zhou, PING, "transfer", region_code=GRID)
    zhou.post(f"/api/v1/grids/{OTHER_GRID}/close")
    assert code(act(zhou, MEI, "transfer", region_code=OTHER_GRID)) == (404, "region_not_found")
    assert code(create(zhou, region_code=OTHER_GRID)) == (404, "region_not_found")
    household = make_household(app, GRID)
    move = {"op_id": str(uuid4()), "base_revision": 1, "set": [{"field": "grid", "value": OTHER_GRID}]}
    assert login(WEI).post(f"/api/v1/households/{household.id}/edits", json=move).status_code == 422
    assert add(zhou).json["code"] == f"{VILLAGE}03"  # a number is never given again


@pytest.mark.parametrize("person", [MEI, WEI, HONG], ids=lambda person: person.username)
def test_who_makes_no_grids(app, login, person):
    assert code(add(login(person))) == (403, "role_not_allowed")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_nobody_is_switched_on_in_a_closed_grid_before_they_have_another(app, login):
    zhou = login(ZHOU)
    act(zhou, PING, "state", active=False)
    assert zhou.post(f"/api/v1/grids/{OTHER_GRID}/close").status_code == 204
    assert code(act(zhou, PING, "state", version=2, active=True)) == (409, "place_closed")
    assert "transfer" in zhou.get(f"/api/v1/users/{PING.id}").json["may"]
    assert act(zhou, PING, "transfer", version=2, region_code=GRID).status_code == 200
    assert act(zhou, PING, "state", version=3, active=True).json["user"]["active"] is True


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_names_of_grids_are_tidied_and_are_no_formulas(app, login):
    zhou = login(ZHOU)
    assert add(zhou, name=" 河边（\u202e东\u2067）网格").json["name"] == "河边（东）网格"
    for name in ("=cmd|x", "＝cmd|x", "\u200b", "网" * 41):
        assert code(add(zhou, name=name)) == (422, "invalid")
        assert code(zhou.patch(f"/api/v1/grids/{GRID}", json={"name": name})) == (422, "invalid")


def closing(client, grid=OTHER_GRID):
    return lambda: client.post(f"/api/v1/grids/{grid}/close")


def coming(app, login, what):
    """An act that brings a person or a household into Ping's grid, which has nobody any more."""
    zhou, wei = login(ZHOU), login(WEI)
    if what == "enable":
        act(zhou, PING, "state", active=False)
        return lambda: act(zhou, PING, "state", version=2, active=True)
    act(zhou, PING, "transfer", region_code=GRID)
    if what == "transfer":
        return lambda: act(zhou, MEI, "transfer", region_code=OTHER_GRID)
    if what == "create":
        return lambda: create(zhou, region_code=OTHER_GRID)
    household = make_household(app, GRID)
    move = {"op_id": str(uuid4()), "base_revision": 1, "set": [{"field": "grid", "value": OTHER_GRID}]}
    return lambda: wei.post(f"/api/v1/households/{household.id}/edits", json=move)


ARRIVALS = {
    "transfer": "region_not_found",
    "create": "region_not_found",
    "enable": "place_closed",
    "move": "invalid",
}


@pytest.mark.parametrize("what", ARRIVALS)
def test_nobody_comes_into_a_grid_that_is_just_being_closed(app, login, monkeypatch, what):
    arrival = interrupting.before(monkeypatch, region_services, "close", coming(app, login, what))
    assert closing(login(ZHOU))().status_code == 204
    assert arrival.result().json["code"] == ARRIVALS[what]
    assert accounts_of(app, OTHER_GRID) == []


@pytest.mark.parametrize("what", ARRIVALS)
def test_a_grid_somebody_is_just_coming_into_is_not_closed(app, login, monkeypatch, what):
    come, close = coming(app, login, what), closing(login(ZHOU))
    attempt = interrupting.after(monkeypatch, regions, "held_open", close)
    assert come().status_code == 200
    assert code(attempt.result()) == (409, "grid_not_empty")
