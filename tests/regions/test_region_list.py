"""GET /regions: everybody sees their own part of the tree and the way up, nothing beside it."""

from __future__ import annotations

from tests.factories import ADMIN, AUDITOR, COUNTY, GRID, LAN, MEI, OTHER_COUNTY, QIN, VILLAGE, WEI, ZHOU


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


def test_administrator_sees_the_counties_and_each_of_them_when_asked_for(login):
    admin = login(ADMIN)
    assert codes(admin.get("/api/v1/regions")) == [COUNTY, OTHER_COUNTY]
    assert codes(admin.get(f"/api/v1/regions?under={VILLAGE}")) == [
        *("450321", "450321100", VILLAGE),
        *(GRID, f"{VILLAGE}02"),
    ]


def test_a_part_of_the_own_tree_is_asked_for_and_no_other(login):
    qin = login(QIN)
    assert codes(qin.get("/api/v1/regions?under=450321101"))[:3] == ["450321", "450321101", "450321101200"]
    assert codes(qin.get(f"/api/v1/regions?under={OTHER_COUNTY}")) == codes(qin.get("/api/v1/regions"))


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
