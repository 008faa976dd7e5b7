"""GET /households: what a phone loads before it goes out."""

import pytest
from sqlalchemy import event

from server.core.db import db
from tests.factories import DENG, FANG, GRID, LAN, MEI, PASSWORD, QIN, WEI, ZHOU, make_household, make_user
from tests.visits.bodies import CLEAN, DRY, NOW, new_id, send, visit_of

URL = "/api/v1/households"


@pytest.fixture
def mei(login):
    return login(MEI)


def give_back(login, visit_id, **changes):
    review = {"id": new_id(), "decision": "returned", "comment": "Ask again.", "comments": []} | changes
    reply = login(WEI).post(f"/api/v1/visits/{visit_id}/reviews", json=review)
    assert reply.status_code == 201, reply.json


def test_a_grid_member_gets_the_households_of_the_grid_and_no_others(app, login, mei):
    mine = {str(make_household(app).id) for _ in range(3)}
    make_household(app, LAN.region_code)
    assert {item["id"] for item in mei.get(URL).json["items"]} == mine


def test_pages_cover_every_household_once(app, mei):
    mine = sorted(str(make_household(app).id) for _ in range(5))
    seen, cursor = [], ""
    while cursor is not None:
        page = mei.get(URL, query_string={"limit": 2} | ({"after": cursor} if cursor else {})).json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == mine


def test_the_income_line_of_the_year_comes_with_the_list(mei):
    assert mei.get(URL).json["income_line"] == "5000.00"


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "after="])
def test_a_wrong_page_is_refused(mei, query):
    assert mei.get(f"{URL}?{query}").status_code == 422


def test_a_made_up_cursor_is_refused(mei):
    assert mei.get(f"{URL}?after=bm8gY3Vyc29yIG9mIG91cnM=").status_code == 400


def test_a_household_comes_with_its_newest_visit(app, mei):
    household = make_household(app)
    body = visit_of(household.id, DRY)
    send(mei, body)
    (item,) = mei.get(URL).json["items"]
    assert item["last_visit"]["answers"] == DRY
    assert (item["last_visit"]["id"], item["last_visit"]["severity"]) == (body["id"], "red")
    assert item["returned"] is None


def test_a_visit_given_back_comes_with_what_is_to_be_corrected(app, login, mei):
    household = make_household(app)
    body = visit_of(household.id, DRY, notes={"water_state": "well is dry"})
    send(mei, body)
    give_back(login, body["id"], comments=[{"question": "water_fix", "text": "Who says so?"}])
    (item,) = mei.get(URL).json["items"]
    assert item["returned"] == {
        "visit_id": body["id"],
        "comment": "Ask again.",
        "comments": [{"question": "water_fix", "text": "Who says so?"}],
        "answers": DRY,
        "notes": {"water_state": "well is dry"},
        "photos": [],
        "reviewed_at": "2026-11-23T02:00:00.000Z",
        "reviewer_name": "Wei",
    }


def test_a_corrected_visit_no_longer_comes_back(app, login, mei):
    household = make_household(app)
    body = visit_of(household.id, DRY)
    send(mei, body)
    give_back(login, body["id"])
    revision = visit_of(household.id, CLEAN, revises=body["id"], at=NOW)
    assert send(mei, revision).status_code == 201
    (item,) = mei.get(URL).json["items"]
    assert item["returned"] is None
    assert item["last_visit"]["id"] == revision["id"]


def test_a_successor_in_the_grid_corrects_what_came_back(app, login, mei):
    household = make_household(app)
    body = visit_of(household.id)
    send(mei, body)
    give_back(login, body["id"])
    successor = login(make_user(app, "grid_member", GRID))
    assert successor.get(URL).json["items"][0]["returned"]["visit_id"] == body["id"]
    assert send(successor, visit_of(household.id, DRY, revises=body["id"])).status_code == 201


def test_the_county_learns_nothing_of_visits_without_lights(app, login, mei):
    clean, dry = make_household(app), make_household(app)
    send(mei, visit_of(clean.id))
    send(mei, visit_of(dry.id, DRY))
    items = {item["id"]: item["last_visit"] for item in login(QIN).get(URL).json["items"]}
    assert items[str(clean.id)] is None
    assert items[str(dry.id)]["severity"] == "red"


@pytest.mark.parametrize("person", [WEI, ZHOU, QIN])
def test_only_grid_members_have_anything_to_correct(app, login, mei, person):
    body = visit_of(make_household(app).id, DRY)
    send(mei, body)
    give_back(login, body["id"])
    (item,) = login(person).get(URL).json["items"]
    assert item["returned"] is None


def test_another_county_and_a_department_see_nothing(app, login):
    make_household(app)
    assert login(FANG).get(URL).json["items"] == []
    assert login(DENG).get(URL).status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_page(app, login, mei):
    def statements():
        seen = []
        with app.app_context():
            engine = db.engine
        note = lambda *args: seen.append(args[2])  # noqa: E731 - one listener, removed below
        event.listen(engine, "before_cursor_execute", note)
        mei.get(URL)
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    def fill(number):
        for _ in range(number):
            body = visit_of(make_household(app).id, DRY)
            send(mei, body)
            give_back(login, body["id"])

    fill(2)
    few = statements()
    fill(6)
    assert statements() == few


def test_the_newest_visit_comes_with_its_lights_and_the_articles_they_rest_on(app, mei):
    household = make_household(app)
    send(mei, visit_of(household.id, DRY))
    (item,) = mei.get(URL).json["items"]
    lights = item["last_visit"]["lights"]
    assert lights[0]["severity"] == "red"
    assert all(light["articles"] and light["label"]["zh"] for light in lights)
    assert {"causes", "risks"}.isdisjoint(lights[0])


def test_past_visits_come_with_the_list_those_of_others_do_not(app, login, mei):
    household = make_household(app)
    mine = visit_of(household.id)
    send(mei, mine)
    colleague = login(make_user(app, "grid_member", household.region_code))
    send(colleague, visit_of(household.id))
    assert [one["id"] for one in mei.get(URL).json["items"][0]["history"]] == [mine["id"]]
    (line,) = mei.get(URL).json["items"][0]["history"]
    assert (line["author_name"], line["state"], line["revision"]) == ("Mei", "submitted", 1)
    assert login(WEI).get(URL).json["items"][0]["history"] == []


def test_how_often_the_county_visits_comes_with_a_pull_and_its_setting_counts(app, login, mei):
    household = make_household(app)
    assert mei.get("/api/v1/s1/pull").json["cadence"] == {"monitored": 1, "others": 1}
    setting = {"id": new_id(), "kind": "parameter", "name": "VISIT_MONTHS_YS", "value": "6"}
    setting |= {"from": "2026-11-23", "until": None, "reason": "县里按季度走访", "password": PASSWORD}
    reply = login(QIN).post("/api/v1/policy/settings", json=setting)
    assert reply.status_code == 201, reply.json
    page = mei.get("/api/v1/s1/pull").json
    assert page["cadence"] == {"monitored": 1, "others": 3}  # the region's quarter is the shortest now
    (row,) = page["rows"]
    assert (row["id"], row["due_on"]) == (str(household.id), "2026-12-31")
