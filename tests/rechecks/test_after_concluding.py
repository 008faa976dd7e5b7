"""What the township concluded on is not given back; words on the way say something and show no numbers."""

from __future__ import annotations

import pytest

from server.accounts.models import User
from server.core.db import db
from tests.factories import COUNTY, MEI, QIN, WEI, ZHOU, make_household, make_user, writing
from tests.rechecks.acting import URL, approved, conclude, outcome, review
from tests.visits.bodies import CLEAN, NOW, new_id, send, visit_of

CASES = "/api/v1/county/cases"


def escalated(app, login):
    body = visit_of(make_household(app).id, CLEAN)
    assert send(login(MEI), body).status_code == 201
    review(login(WEI), body["id"], "escalated")
    return body


def give_back(client, body):
    words = {"id": new_id(), "decision": "returned", "comment": "请补充", "comments": []}
    return client.post(f"/api/v1/visits/{body['id']}/reviews", json=words)


def waiting(client):
    """What the village handed up and the township has to look at: the list, and the number above it."""
    seen = client.get("/api/v1/visits?state=escalated").json
    return [item["id"] for item in seen["items"]], seen["counts"]["total"]


def decided(client, body, decision="monitor", opinion="情况属实"):
    words = {"id": new_id(), "decision": decision, "opinion": opinion}
    return client.post(f"{CASES}/{body['id']}/decisions", json=words)


def test_the_officer_who_said_yes_to_the_village_may_conclude(app, login):
    body = escalated(app, login)
    review(login(ZHOU), body["id"])
    assert login(ZHOU).get(f"{URL}/{body['id']}").json["obstacle"] is None
    assert conclude(login, body).status_code == 201


def test_what_lies_with_the_county_is_not_given_back(app, login):
    body = escalated(app, login)
    conclude(login, body)
    assert give_back(login(ZHOU), body).json["code"] == "visit_not_reviewable"
    assert decided(login(QIN), body).status_code == 201
    assert give_back(login(ZHOU), body).json["code"] == "visit_not_reviewable"


def test_what_was_settled_waits_for_nobody(app, login, monkeypatch):
    monkeypatch.setattr("server.rechecks.services.may_settle", lambda: True)
    body = escalated(app, login)
    assert conclude(login, body, decision="settle").status_code == 201
    assert login(ZHOU).get("/api/v1/visits?state=escalated").json["items"] == []
    assert give_back(login(ZHOU), body).json["code"] == "visit_not_reviewable"


def test_what_the_township_handed_on_waits_for_it_no_more(app, login):
    body = escalated(app, login)
    assert waiting(login(ZHOU)) == ([body["id"]], 1)
    assert conclude(login, body).status_code == 201
    assert waiting(login(ZHOU)) == ([], 0)
    assert decided(login(QIN), body).status_code == 201
    assert waiting(login(ZHOU)) == ([], 0)
    assert login(ZHOU).get(f"/api/v1/visits/{body['id']}").json["state"] == "approved"


def test_what_the_county_sends_back_waits_again_and_may_be_given_back(app, login):
    body = escalated(app, login)
    conclude(login, body)
    assert decided(login(QIN), body, "back").status_code == 201
    assert waiting(login(ZHOU)) == ([body["id"]], 1)
    assert give_back(login(ZHOU), body).status_code == 201
    assert waiting(login(ZHOU)) == ([], 0)


def test_the_county_sees_what_was_handed_up_to_the_end_also_without_a_light(app, login):
    body, address = escalated(app, login), "/api/v1/visits/{id}"
    conclude(login, body)
    assert login(QIN).get(address.format(**body)).status_code == 200
    decided(login(QIN), body)
    assert login(QIN).get(address.format(**body)).status_code == 200
    given_back = escalated(app, login)
    give_back(login(ZHOU), given_back)
    assert login(QIN).get(address.format(**given_back)).status_code == 404


def test_what_is_due_may_be_given_back_and_is_due_no_more(app, login):
    body = escalated(app, login)
    assert give_back(login(ZHOU), body).status_code == 201
    assert conclude(login, body).json["code"] == "recheck_not_due"


@pytest.mark.parametrize("opinion", ["  ", "\n\n", " 好 "])
def test_an_opinion_says_something(app, login, opinion):
    body = approved(app, login)
    assert conclude(login, body, opinion=opinion).status_code == 422
    conclude(login, body)
    assert decided(login(QIN), body, opinion=opinion).status_code == 422


def test_a_visit_at_home_was_within_a_year(app, login):
    body = approved(app, login)
    early = {"home_on": "0001-01-01", "home_by": "周"}
    reply = login(ZHOU).post(f"{URL}/{body['id']}/outcomes", json=outcome(**early))
    assert reply.json["errors"]["home_on"][0]["code"] == "too_long_ago"


@pytest.mark.parametrize("month", ["20-1-11", "2026-²1", "2026-13", "1999-01"])
def test_a_month_is_a_month(login, month):
    assert login(ZHOU).put(f"{URL}/months/{month}/confirmation").status_code == 400


@pytest.mark.parametrize(
    "query", ["until=9999-12-31", "until=0001-01-01", "department=%00", "department=%20"]
)
def test_odd_filters_are_refused(login, query):
    assert login(QIN).get(f"{CASES}?{query}").status_code == 422


@pytest.mark.parametrize("typed", ["%F4%8F%BF%BF", "%ED%9F%BF"])
def test_the_last_characters_there_are_find_nothing(login, typed):
    assert login(QIN).get(f"/api/v1/households/search?q={typed}").json["items"] == []


def test_numbers_in_reviewers_words_are_masked(app, login):
    body = visit_of(make_household(app).id, CLEAN, at=NOW)
    assert send(login(MEI), body).status_code == 201
    words = {
        "id": new_id(),
        "decision": "returned",
        "comments": [{"question": "water_fix", "text": "13812345678"}],
    }
    words["comment"] = "身份证450321199001019912，电话13812345678"
    assert login(WEI).post(f"/api/v1/visits/{body['id']}/reviews", json=words).status_code == 201
    seen = login(WEI).get(f"/api/v1/visits/{body['id']}").text
    assert "450321199001019912" not in seen
    assert "13812345678" not in seen
    assert "138****5678" in seen


def test_cases_of_somebody_who_left_are_nobodys(app, login):
    body = approved(app, login)
    conclude(login, body)
    give = {
        "id": new_id(),
        "visit_ids": [body["id"]],
        "assignee_id": str(QIN.id),
        "department": None,
        "note": "",
    }
    assert login(QIN).post("/api/v1/county/assignments", json=give).status_code in (200, 201)
    url = f"{CASES}?assigned=nobody"
    assert login(QIN).get(url).json["items"] == []
    client = login(make_user(app, "county", COUNTY))
    with writing(app):
        db.session.get(User, QIN.id).active = False
    found = client.get(url).json
    assert [each["visit_id"] for each in found["items"]] == [body["id"]]
    assert found["counts"]["unassigned"] == 1
