"""The calendar over HTTP: read by all, entered by the county, of no effect on another county."""

import pytest
from sqlalchemy import select

from server.core.audit import AuditEntry
from server.core.db import db
from tests.factories import ADMIN, GONG, LU, MEI, QIN, WEI, ZHOU, inside

DAY = "2026-04-20"
ADDRESS = f"/api/v1/calendar/days/{DAY}"
FESTIVAL = {"working": False, "name": "三月三", "source": "桂政办发〔2026〕1号"}


@pytest.fixture
def qin(login):
    return login(QIN)


def days_of(client, year=2026):
    reply = client.get(f"/api/v1/calendar?year={year}")
    assert reply.status_code == 200, reply.text
    return {day["date"]: day for day in reply.json["days"]}


def due(client, clock="CLK-5a", start="2026-09-28"):
    return client.get(f"/api/v1/deadlines?clock={clock}&start={start}")


def actions(app):
    with inside(app):
        query = select(AuditEntry).where(AuditEntry.target_type == "calendar_day").order_by(AuditEntry.seq)
        return [(row.action, row.target_id, row.region_code) for row in db.session.scalars(query)]


def test_year_lists_holidays_and_worked_weekends(login):
    days = days_of(login(MEI))
    assert (days["2026-10-01"]["working"], days["2026-10-01"]["name"]["zh"]) == (False, "国庆节")
    assert (days["2026-10-10"]["working"], days["2026-10-10"]["origin"]) == (True, "library")
    assert "2026-10-12" not in days


def test_year_beyond_the_announced_ones_is_marked(qin):
    reply = qin.get("/api/v1/calendar?year=2031").json
    assert (reply["estimated"], reply["days"]) == (True, [])
    assert not qin.get("/api/v1/calendar?year=2026").json["estimated"]


def test_county_enters_a_day_and_everybody_in_it_sees_who_did(qin, login):
    assert DAY not in days_of(qin)
    reply = qin.put(ADDRESS, json=FESTIVAL)
    assert (reply.status_code, reply.json["changed_by"], reply.json["origin"]) == (200, "Qin", "county")
    for person in (MEI, WEI, ZHOU, LU):
        assert days_of(login(person))[DAY] == reply.json


def test_day_of_one_county_is_no_day_of_another(qin, login):
    qin.put(ADDRESS, json=FESTIVAL)
    assert DAY not in days_of(login(GONG))
    assert DAY not in days_of(login(ADMIN))


def test_entering_the_same_again_writes_nothing(app, qin):
    first, again = qin.put(ADDRESS, json=FESTIVAL), qin.put(ADDRESS, json=FESTIVAL)
    assert first.json == again.json
    assert actions(app) == [("calendar.set", DAY, QIN.region_code)]


def test_entry_is_changed_taken_back_and_entered_anew(app, qin):
    qin.put(ADDRESS, json=FESTIVAL)
    assert qin.put(ADDRESS, json=FESTIVAL | {"working": True}).json["working"]
    assert qin.delete(ADDRESS).status_code == 204
    assert DAY not in days_of(qin)
    assert qin.delete(ADDRESS).status_code == 204  # taken back already
    assert qin.put(ADDRESS, json=FESTIVAL).status_code == 200
    assert DAY in days_of(qin)
    assert [action for action, *_ in actions(app)] == [
        "calendar.set",
        "calendar.set",
        "calendar.remove",
        "calendar.set",
    ]


@pytest.mark.parametrize("person", [MEI, WEI, ZHOU, ADMIN])
def test_only_the_county_enters_days(login, person):
    assert login(person).put(ADDRESS, json=FESTIVAL).status_code == 403
    assert login(person).delete(ADDRESS).status_code == 403


@pytest.mark.parametrize("day", ["2026-02-30", "20260420", "1900-01-01", "tomorrow"])
def test_day_that_does_not_exist_is_not_found(qin, day):
    reply = qin.put(f"/api/v1/calendar/days/{day}", json=FESTIVAL)
    assert (reply.status_code, reply.json["code"]) == (404, "day_not_found")


@pytest.mark.parametrize("wrong", [{"working": "no"}, {"working": None}, {"name": ""}, {"source": "x" * 201}])
def test_bad_entry_is_named_and_changes_nothing(app, qin, wrong):
    reply = qin.put(ADDRESS, json=FESTIVAL | wrong)
    assert (reply.status_code, list(reply.json["errors"])) == (422, list(wrong))
    assert actions(app) == []


def test_clocks_are_those_of_the_installations_documents(login):
    items = {item["clock"]: item for item in login(WEI).get("/api/v1/clocks").json["items"]}
    assert {"CLK-5a", "CLK-7", "CLK-8", "CLK-10"} <= set(items)
    assert "CLK-1" not in items  # Ningxia's; the tests run as Yangshuo
    assert items["CLK-8"]["articles"][0]["text"]


def test_due_date_comes_with_its_steps_and_their_sentences(login):
    reply = due(login(WEI), "CLK-8", "2025-10-03").json
    assert (reply["due"], reply["estimated"], reply["kind"]) == ("2026-10-08", False, "period")
    assert [step["code"] for step in reply["steps"]] == ["not_counted", "same_day", "moved"]
    assert {"CIVIL-201", "CIVIL-202", "CIVIL-203"} <= {article["id"] for article in reply["articles"]}


def test_due_date_beyond_the_announced_years_is_marked(login):
    assert due(login(WEI), "CLK-8", "2026-06-15").json["estimated"]


def test_countys_own_day_moves_a_due_date_in_its_county_only(qin, login):
    assert due(login(ZHOU), "CLK-8", "2025-04-20").json["due"] == DAY
    qin.put(ADDRESS, json=FESTIVAL)
    assert due(login(ZHOU), "CLK-8", "2025-04-20").json["due"] == "2026-04-21"
    assert due(login(GONG), "CLK-8", "2025-04-20").json["due"] == DAY


def test_unknown_clock_is_not_found(qin):
    assert (due(qin, "CLK-99").status_code, due(qin, "CLK-99").json["code"]) == (404, "clock_not_found")


@pytest.mark.parametrize(
    "query", ["", "?clock=CLK-8", "?clock=CLK-8&start=2026-02-30", "?clock=x&start=2026-01-01"]
)
def test_bad_question_is_refused(qin, query):
    assert qin.get(f"/api/v1/deadlines{query}").status_code == 422


@pytest.mark.parametrize("year", ["", "x", "1999", "2101"])
def test_year_outside_the_calendar_is_refused(qin, year):
    assert qin.get(f"/api/v1/calendar?year={year}").status_code == 422
