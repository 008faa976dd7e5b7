"""What is due at a township and until when: the month's list, its three working days, and who sees it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from server.core.db import db
from server.households.following import move_rows
from server.households.models import Household
from server.visits.models import SEVERITIES, Visit
from tests.factories import (
    GONG,
    GRID_IN_OTHER_TOWNSHIP,
    GRID_IN_OTHER_VILLAGE,
    HONG,
    LAN,
    LU,
    MEI,
    QIN,
    TAN,
    WEI,
    ZHOU,
    make_household,
    make_user,
    writing,
)
from tests.rechecks.acting import URL, approved, conclude, review
from tests.visits.bodies import CLEAN, DRY, NOW, new_id, send, visit_of

YELLOW = CLEAN | {"ask_help": "report", "inc_wage": "42000.00", "inc_biz": "6000.00", "inc_prop": "0.00"}
YELLOW |= {"inc_trans": "2400.00", "exp_biz": "1500.00", "inc_claim": "0.00", "inc_drop": "no"}
YELLOW |= {"neg_items": [], "hardship_src": [], "sign": "oral"}


def listed(client, **query):
    reply = client.get(URL, query_string=query)
    assert reply.status_code == 200, reply.text
    return reply.json


def ids(client, **query):
    return [item["visit_id"] for item in listed(client, **query)["items"]]


def test_what_the_village_lets_through_with_red_or_yellow_is_due_and_nothing_else(app, login):
    red, yellow = approved(app, login), approved(app, login, YELLOW)
    approved(app, login, CLEAN)
    waiting = visit_of(make_household(app).id, DRY)
    assert send(login(MEI), waiting).status_code == 201
    assert set(ids(login(ZHOU))) == {red["id"], yellow["id"]}


def test_a_line_says_who_decided_until_when_and_which_lights(app, login):
    body = approved(app, login)
    (item,) = listed(login(ZHOU))["items"]
    assert (item["visit_id"], item["severity"], item["state"]) == (body["id"], "red", "due")
    assert (item["reviewer_name"], item["month"], item["decided_on"]) == ("Wei", "2026-11", "2026-11-23")
    assert item["household"]["head_name"] == "韦小山"
    assert item["top_lights"]
    assert item["rounds"] == 0


@pytest.mark.parametrize("person", [LU, GONG], ids=lambda person: person.username)
def test_other_areas_see_nothing_of_it(app, login, person):
    body = approved(app, login)
    seen = listed(login(person))
    assert (seen["items"], seen["counts"]["due"], seen["months"]) == ([], 0, [])
    assert login(person).get(f"{URL}/{body['id']}").json["code"] == "recheck_not_found"


def test_the_county_reads_along(app, login):
    here, there = approved(app, login), approved(app, login, sender=HONG, reviewer=secretary_there(app))
    assert set(ids(login(QIN))) == {here["id"], there["id"]}
    assert ids(login(QIN), region="450321101") == [there["id"]]


def secretary_there(app):
    return make_user(app, "first_secretary", GRID_IN_OTHER_TOWNSHIP[:12])


def test_without_a_word_the_time_begins_when_the_month_ends(app, login):
    approved(app, login)
    (item,) = listed(login(ZHOU))["items"]
    assert (item["starts_on"], item["due_on"]) == ("2026-11-30", "2026-12-03")


def test_confirming_the_list_starts_three_working_days(app, login, clock):
    approved(app, login)
    clock.advance(days=3)  # Thursday 26 November: then Friday, Monday, Tuesday
    first = login(ZHOU).put(f"{URL}/months/2026-11/confirmation")
    assert (first.status_code, first.json["confirmed_on"]) == (200, "2026-11-26")
    clock.advance(days=1)
    again = login(ZHOU).put(f"{URL}/months/2026-11/confirmation")
    assert again.json == first.json
    approved(app, login)  # comes on a list that is confirmed: its own day counts
    due = [(item["starts_on"], item["due_on"]) for item in listed(login(ZHOU))["items"]]
    assert due == [("2026-11-26", "2026-12-01"), ("2026-11-27", "2026-12-02")]
    (word,) = listed(login(ZHOU), month="2026-11")["confirmed"]
    assert (word["confirmed_by_name"], word["confirmed_on"]) == ("Zhou", "2026-11-26")


def test_a_list_confirmed_late_gains_no_time(app, login, clock):
    approved(app, login)
    clock.advance(days=20)
    word = login(ZHOU).put(f"{URL}/months/2026-11/confirmation").json
    assert word["confirmed_on"] == "2026-11-30"
    (item,) = listed(login(ZHOU), state="overdue")["items"]
    assert (item["starts_on"], item["overdue"]) == ("2026-11-30", True)


@pytest.mark.parametrize(("month", "code"), [("2026-12", "month_not_begun"), ("2026-13", "bad_request")])
def test_a_month_to_come_is_not_confirmed(login, month, code):
    assert login(ZHOU).put(f"{URL}/months/{month}/confirmation").json["code"] == code


def test_the_countys_own_days_move_the_deadline_and_what_is_overdue(app, login, clock):
    approved(app, login)
    login(ZHOU).put(f"{URL}/months/2026-11/confirmation")
    assert listed(login(ZHOU))["items"][0]["due_on"] == "2026-11-26"
    clock.advance(days=4)
    assert listed(login(ZHOU))["counts"]["overdue"] == 1
    off = {"working": False, "name": "县庆", "source": "县政府通知"}
    assert login(QIN).put("/api/v1/calendar/days/2026-11-24", json=off).status_code == 200
    seen = listed(login(ZHOU))
    assert (seen["items"][0]["due_on"], seen["counts"]["overdue"]) == ("2026-11-27", 0)


def test_the_time_rests_on_its_article(login):
    clock = listed(login(ZHOU))["clock"]
    assert (clock["clock"], clock["count"], clock["unit"]) == ("CLK-1", 3, "working_days")
    assert [each["id"] for each in clock["articles"]] == ["NX-8-4-2a"]
    assert clock["binding"] is False  # no document of Yangshuo orders it


def test_lights_that_go_out_take_a_visit_off_the_list_and_back(app, login):
    body = approved(app, login)
    for rank, expected in ((3, 0), (1, 1)):
        with writing(app):
            visit = db.session.scalar(select(Visit).where(Visit.id == UUID(body["id"])))
            visit.severity_rank, visit.severity = rank, SEVERITIES[rank]
        seen = listed(login(ZHOU))
        assert (len(seen["items"]), seen["counts"]["due"]) == (expected, expected)


def test_a_visit_given_back_later_is_not_due(app, login):
    body = approved(app, login)
    with writing(app):
        db.session.scalar(select(Visit).where(Visit.id == UUID(body["id"]))).state = "submitted"
    review(login(WEI), body["id"], "returned")
    assert ids(login(ZHOU)) == []


def test_what_the_village_hands_up_is_due_whatever_its_lights(app, login):
    body = visit_of(make_household(app).id, CLEAN)
    assert send(login(MEI), body).status_code == 201
    review(login(WEI), body["id"], "escalated")
    (item,) = listed(login(ZHOU))["items"]
    assert (item["visit_id"], item["escalated"], item["severity"]) == (body["id"], True, "none")
    assert conclude(login, body).status_code == 201
    assert login(QIN).get(f"/api/v1/county/cases/{body['id']}").status_code == 200
    assert login(QIN).get(f"/api/v1/visits/{body['id']}").status_code == 200


def test_a_dismissed_light_takes_a_visit_off_the_list(app, login):
    body = approved(app, login, YELLOW)
    lights = login(ZHOU).get(f"{URL}/{body['id']}").json["lights"]
    for light in lights:
        form = {"id": new_id(), "reason": "already_helped", "text": "已解决"}
        address = f"/api/v1/visits/{body['id']}/lights/{light['rule']}/dismissals"
        reply = login(ZHOU).post(address, json=form)
        assert reply.status_code == 201, reply.text
    assert ids(login(ZHOU)) == []
    told = login(ZHOU).get(f"/api/v1/households/{body['household_id']}/timeline").json["entries"]
    (closed,) = [entry for entry in told if entry["kind"] == "light_closed"]
    assert (closed["code"], closed["who"], closed["text"]) == ("dismissed", "Zhou", "已解决")


def test_months_are_told_apart(app, login, clock):
    november = approved(app, login)
    clock.advance(days=14)
    december = approved(app, login, at=NOW + timedelta(days=13))
    zhou = login(ZHOU)
    assert listed(zhou)["months"] == ["2026-12", "2026-11"]
    assert ids(zhou, month="2026-11") == [november["id"]]
    assert ids(zhou, month="2026-12") == [december["id"]]
    assert listed(zhou, month="2026-12")["counts"] == {
        "due": 1, "overdue": 0, "settled": 0, "handed_up": 0, "monitor": 0, "no_risk": 0,
    }  # fmt: skip


def test_pages_follow_each_other_without_gaps(app, login):
    bodies = [approved(app, login) for _ in range(5)]
    bodies += [approved(app, login, sender=LAN, reviewer=TAN)]
    zhou, seen, cursor = login(ZHOU), [], None
    while True:
        page = listed(zhou, limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [item["visit_id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 6
    assert set(seen) == {body["id"] for body in bodies}
    assert ids(zhou, region=GRID_IN_OTHER_VILLAGE[:12]) == [bodies[-1]["id"]]


@pytest.mark.parametrize("cursor", ["x", "AAAA"])
def test_a_made_up_cursor_is_refused(login, cursor):
    assert login(ZHOU).get(URL, query_string={"cursor": cursor}).json["code"] == "bad_request"


def test_a_case_moves_with_its_household(app, login):
    body = approved(app, login)
    assert conclude(login, body).status_code == 201
    with writing(app):
        household = db.session.scalar(select(Household).where(Household.id == UUID(body["household_id"])))
        household.region_code = GRID_IN_OTHER_TOWNSHIP
        db.session.flush()
        move_rows(household.id, GRID_IN_OTHER_TOWNSHIP)
    assert ids(login(ZHOU), state="handed_up") == []
    assert ids(login(LU), state="handed_up") == [body["id"]]


def test_the_day_the_time_ends_is_not_overdue(app, login, clock):
    approved(app, login)
    login(ZHOU).put(f"{URL}/months/2026-11/confirmation")
    clock.advance(days=3)
    assert date(2026, 11, 26) == clock.now.date()
    assert listed(login(ZHOU))["counts"]["overdue"] == 0
