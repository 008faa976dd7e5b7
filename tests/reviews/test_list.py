"""GET /visits: what a reviewer sees first, how much there is, and nothing of other places."""

import pytest
from sqlalchemy import event

from server.core.db import db
from tests.factories import (
    ADMIN,
    DENG,
    GONG,
    LAN,
    LU,
    MEI,
    OTHER_VILLAGE,
    PING,
    QIN,
    TAN,
    VILLAGE,
    WEI,
    ZHOU,
    make_household,
)
from tests.visits.bodies import CLEAN, DRY, NOW, new_id, send, visit_of

URL = "/api/v1/visits"
REPORTED = CLEAN | {"ask_help": "report"}
FOLLOW_UPS = {
    name: DRY[name] for name in ("inc_wage", "inc_biz", "inc_prop", "inc_trans", "exp_biz", "inc_claim")
}
REPORTED |= FOLLOW_UPS | {"inc_drop": "no", "neg_items": [], "hardship_src": [], "sign": "oral"}


@pytest.fixture
def visits(app, login):
    """By name: a clean, a yellow, a red one in Mei's grid, a red one in the other village."""
    sent = {}
    for name, answers in (("clean", CLEAN), ("red", DRY), ("yellow", REPORTED)):
        sent[name] = visit_of(make_household(app).id, answers)
        assert send(login(MEI), sent[name]).status_code == 201
    sent["there"] = visit_of(make_household(app, LAN.region_code).id, DRY)
    assert send(login(LAN), sent["there"]).status_code == 201
    return {name: body["id"] for name, body in sent.items()}


def ids(client, **query):
    reply = client.get(URL, query_string=query)
    assert reply.status_code == 200, reply.json
    return [item["id"] for item in reply.json["items"]]


def test_the_order_is_that_of_the_work_over_all_pages(app, login):
    """Lights, then what changed, then the rest; corrected ones first within each."""
    mei, wei, sent = login(MEI), login(WEI), {}

    def visit(name, answers, **changes):
        home = changes.pop("home", None) or make_household(app).id
        sent[name] = visit_of(home, answers, **changes)
        assert send(mei, sent[name]).status_code == 201
        return sent[name]

    for name, answers in (("corrected", CLEAN), ("corrected red", DRY)):
        first = visit("old", answers)
        visit(name, answers, revises=first["id"], home=first["household_id"], at=NOW)
    visit("clean", CLEAN)
    before = visit("before", DRY, at=NOW.replace(day=2))
    visit("changed", CLEAN, home=before["household_id"])
    visit("red", DRY)
    visit("yellow", REPORTED)
    names = {body["id"]: name for name, body in sent.items()}
    seen, cursor = [], None
    while cursor is not None or not seen:
        page = wei.get(URL, query_string={"limit": 2} | ({"cursor": cursor} if cursor else {})).json
        seen += [names[item["id"]] for item in page["items"]]
        cursor = page["next"]
    assert seen == ["corrected red", "red", "before", "yellow", "changed", "corrected", "clean"]


def test_the_most_severe_come_first_and_the_newest_within_a_severity(app, login, visits):
    assert ids(login(ZHOU)) == [visits[name] for name in ("there", "red", "yellow", "clean")]


def test_a_line_tells_what_a_reviewer_needs(app, login, visits):
    item = login(WEI).get(URL).json["items"][0]
    assert item["household"]["head_name"] == "韦小山"
    assert item["household"]["township"]
    assert "members" not in item["household"]
    assert (item["severity"], item["state"], item["revision"]) == ("red", "submitted", 1)
    assert item["light_counts"]["red"] >= 1
    assert item["top_lights"][0]["zh"]
    assert (item["author_name"], item["photo_count"], item["changed_count"]) == ("Mei", 0, 0)


def test_counts_cover_all_severities_whatever_severity_is_shown(login, visits):
    reply = login(ZHOU).get(f"{URL}?severity=yellow").json
    assert [item["id"] for item in reply["items"]] == [visits["yellow"]]
    counts = {"total": 4, "red": 2, "yellow": 1, "attention": 0, "none": 1, "changed": 0, "unchanged": 4}
    assert reply["counts"] | counts == reply["counts"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"region": VILLAGE}, ["red", "yellow", "clean"]),
        ({"region": OTHER_VILLAGE}, ["there"]),
        ({"region": "450321101"}, []),
        ({"severity": "none"}, ["clean"]),
        ({"flagged": "true"}, ["there", "red", "yellow"]),
        ({"flagged": "false"}, ["clean"]),
        ({"state": "approved"}, []),
        ({"state": "submitted", "severity": "red"}, ["there", "red"]),
        ({"risk": "unsafe_water"}, ["there", "red"]),
        ({"risk": "water"}, []),
    ],
)
def test_filters_narrow_the_list(login, visits, query, names):
    assert ids(login(ZHOU), **query) == [visits[name] for name in names]


@pytest.mark.parametrize(
    "query",
    [
        {"region": "4503"},
        {"region": "abc123"},
        {"severity": "pink"},
        {"state": "lost"},
        {"flagged": "maybe"},
        {"limit": "0"},
        {"limit": "101"},
        {"risk": "a%b"},
        {"cursor": "x" * 201},
    ],
)
def test_a_wrong_filter_is_named(login, visits, query):
    reply = login(ZHOU).get(URL, query_string=query)
    assert (reply.status_code, list(reply.json["errors"])) == (422, list(query))


@pytest.mark.parametrize(
    ("person", "names"),
    [
        (WEI, ["red", "yellow", "clean"]),
        (TAN, ["there"]),
        (ZHOU, ["there", "red", "yellow", "clean"]),
        (LU, []),
        (QIN, ["there", "red", "yellow"]),
        (GONG, []),
        (MEI, ["red", "yellow", "clean"]),
        (PING, []),
        (LAN, ["there"]),
    ],
)
def test_everybody_sees_their_own_area_and_the_county_only_flagged_visits(login, visits, person, names):
    assert ids(login(person)) == [visits[name] for name in names]


@pytest.mark.parametrize("person", [ADMIN, DENG])
def test_roles_without_content_have_no_list(login, visits, person):
    assert login(person).get(URL).status_code == 403


def test_the_county_counts_what_it_does_not_see(login, visits):
    counts = login(QIN).get(URL).json["counts"]
    assert (counts["total"], counts["none"]) == (4, 1)


def test_a_filter_cannot_reach_outside_the_own_area(login, visits):
    assert ids(login(WEI), region=OTHER_VILLAGE) == []
    counts = login(WEI).get(f"{URL}?region={OTHER_VILLAGE}").json["counts"]
    assert counts["total"] == 0


def test_a_grid_member_loses_sight_of_visits_after_90_days(login, visits, clock):
    mei = login(MEI)
    clock.advance(days=91)
    fresh = login(MEI)
    assert mei.get(URL).status_code == 401
    assert ids(fresh) == []
    assert len(ids(login(WEI))) == 3


def test_pages_cover_every_visit_once_while_new_ones_arrive(app, login, visits):
    zhou, mei = login(ZHOU), login(MEI)
    seen, cursor = [], None
    while True:
        page = zhou.get(URL, query_string={"limit": 1} | ({"cursor": cursor} if cursor else {})).json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
        send(mei, visit_of(make_household(app).id, DRY))
    assert [each for each in seen if each in visits.values()] == [
        visits[name] for name in ("there", "red", "yellow", "clean")
    ]
    assert len(set(seen)) == len(seen)


def test_a_cursor_of_another_list_or_altered_is_refused(app, login, visits):
    zhou = login(ZHOU)
    cursor = zhou.get(f"{URL}?limit=1").json["next"]
    altered = cursor[:-6] + ("A" if cursor[-6] != "A" else "B") + cursor[-5:]
    assert zhou.get(URL, query_string={"cursor": altered}).status_code == 400
    other = zhou.get("/api/v1/households?limit=1").json["next"]
    assert zhou.get(URL, query_string={"cursor": other}).status_code == 400


def test_replaced_revisions_are_listed_only_when_asked_for(app, login):
    first = visit_of(make_household(app).id, DRY)
    second = visit_of(first["household_id"], DRY, revises=first["id"], at=NOW)
    for body in (first, second):
        send(login(MEI), body)
    assert ids(login(WEI)) == [second["id"]]
    assert ids(login(WEI), state="superseded") == [first["id"]]


def test_changed_visits_are_counted(app, login):
    household = make_household(app)
    send(login(MEI), visit_of(household.id, at=NOW.replace(day=2)))
    send(login(MEI), visit_of(household.id, DRY))
    counts = login(WEI).get(URL).json["counts"]
    assert (counts["changed"], counts["unchanged"]) == (1, 1)


def test_only_the_newest_visit_of_each_household_counts_when_asked_for(app, login):
    household = make_household(app)
    old = visit_of(household.id, DRY, at=NOW.replace(day=2))
    new = visit_of(household.id)
    for body in (old, new, visit_of(make_household(app).id, DRY)):
        send(login(MEI), body)
    reply = login(ZHOU).get(f"{URL}?latest=true").json
    assert [item["id"] for item in reply["items"]] == [body["id"], new["id"]]
    assert (reply["counts"]["total"], reply["counts"]["red"], reply["counts"]["none"]) == (2, 1, 1)


def test_a_breakdown_counts_by_township_and_by_risk(login, visits):
    counts = login(QIN).get(f"{URL}?breakdown=true").json["counts"]
    (township,) = counts["by_township"]
    assert township == {"code": "450321100", "name": "区域450321100", "total": 4} | {
        "red": 2, "yellow": 1, "attention": 0,
    }  # fmt: skip
    assert {"risk": "unsafe_water", "red": 2, "yellow": 0, "attention": 0} in counts["by_risk"]
    assert "by_risk" not in login(QIN).get(URL).json["counts"]


def test_the_number_of_queries_does_not_grow_with_the_list(app, login):
    wei, mei = login(WEI), login(MEI)

    def statements():
        seen = []
        with app.app_context():
            engine = db.engine

        def note(_connection, _cursor, statement, *_):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        wei.get(URL)
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    for _ in range(2):
        send(mei, visit_of(make_household(app).id, DRY))
    few = statements()
    for _ in range(8):
        send(mei, visit_of(make_household(app).id, DRY))
    assert statements() == few


def test_an_unknown_visit_is_not_found(login):
    reply = login(WEI).get(f"{URL}/{new_id()}")
    assert (reply.status_code, reply.json["code"]) == (404, "visit_not_found")
