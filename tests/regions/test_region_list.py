"""GET /regions: everybody sees their own part of the tree and the way up, nothing beside it."""

from __future__ import annotations

from tests.factories import ADMIN, AUDITOR, GRID, LAN, MEI, QIN, VILLAGE, WEI, ZHOU


def codes(reply):
    return [region["code"] for region in reply.json["items"]]


def test_grid_member_sees_own_grid_and_the_way_up(login):
    assert codes(login(MEI).get("/api/v1/regions")) == ["450321", "450321100", VILLAGE, GRID]


def test_secretary_sees_the_grids_of_the_village(login):
    assert codes(login(WEI).get("/api/v1/regions")) == ["450321", "450321100", VILLAGE, GRID, f"{VILLAGE}02"]


def test_county_sees_every_level_below_and_no_other_county(login):
    found = codes(login(QIN).get("/api/v1/regions"))
    assert len(found) == 1 + 2 + 4 + 8
    assert all(code.startswith("450321") for code in found)


def test_auditor_sees_the_same_tree_as_the_county(login):
    assert codes(login(AUDITOR).get("/api/v1/regions")) == codes(login(QIN).get("/api/v1/regions"))


def test_administrator_sees_no_region(login):
    assert codes(login(ADMIN).get("/api/v1/regions")) == []


def test_neighbouring_villages_do_not_see_each_other(login):
    assert VILLAGE not in codes(login(LAN).get("/api/v1/regions"))


def test_each_region_names_its_level_and_parent(login):
    items = login(ZHOU).get("/api/v1/regions").json["items"]
    assert [(r["level"], r["parent_code"]) for r in items[:4]] == [
        ("county", None),
        ("township", "450321"),
        ("village", "450321100"),
        ("grid", VILLAGE),
    ]
