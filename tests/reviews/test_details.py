"""GET /visits/{id} and GET /households/{id}: everything a decision rests on."""

import pytest

from tests.factories import ADMIN, FANG, LAN, MEI, PING, QIN, TAN, WEI, ZHOU, make_household
from tests.visits.bodies import CLEAN, DRY, NOW, new_id, send, visit_of


@pytest.fixture
def mei(login):
    return login(MEI)


def detail(client, body):
    return client.get(f"/api/v1/visits/{body['id']}")


def history(client, household):
    return client.get(f"/api/v1/households/{household.id}")


def test_a_detail_holds_answers_notes_lights_receipt_and_the_full_household(app, login, mei):
    household = make_household(app)
    fix = {"lat": "24.780100", "lon": "110.490000", "accuracy_m": "8.5", "datum": "WGS-84"}
    fix |= {"fixed_at": "2026-11-23T01:58:00.000Z"}
    body = visit_of(household.id, DRY, notes={"water_state": "Dry since May."}, location=fix)
    result = send(mei, body).json
    found = detail(login(WEI), body).json
    assert found["answers"] == DRY
    assert found["notes"] == body["notes"]
    assert found["location"] == fix
    assert found["distance_m"] == 11  # 0.0001 degrees of latitude
    as_it_stands = {"state": "open", "opened_by": None, "closed_by": None, "dismissed_by": None}
    assert found["lights"] == [light | as_it_stands for light in result["lights"]]
    assert found["unknown"] == result["unknown"]
    assert found["receipt"].items() < result["receipt"].items()  # the signature is looked up by the number
    assert [member["relation"] for member in found["household"]["members"]] == ["户主", "配偶"]
    assert found["previous_visit"] is None


def test_a_visit_without_position_says_why(app, login, mei):
    body = visit_of(make_household(app).id, location_missing_reason="denied")
    send(mei, body)
    found = detail(login(WEI), body).json
    assert (found["location"], found["location_missing_reason"], found["distance_m"]) == (
        None,
        "denied",
        None,
    )


def test_changes_tell_question_and_both_answers(app, login, mei):
    household = make_household(app)
    before = visit_of(household.id, at=NOW.replace(day=2))
    after = visit_of(household.id, CLEAN | {"water_state": "seasonal", "water_fix": "can"} | {
        name: DRY[name] for name in DRY if name.startswith(("inc_", "exp_", "neg_", "hard", "sign"))
    })  # fmt: skip
    send(mei, before)
    assert send(mei, after).status_code == 201
    found = detail(login(WEI), after).json
    assert {"question": "water_state", "item": None, "before": "ok", "after": "seasonal"} in found["changes"]
    assert found["previous_visit"]["id"] == before["id"]
    assert found["changed_count"] == len(found["changes"])


def test_what_was_not_asked_is_listed(app, login, mei):
    answers = {name: value for name, value in CLEAN.items() if name not in ("ins_gap", "policy_gap")}
    body = visit_of(make_household(app).id, answers)
    send(mei, body)
    found = detail(login(WEI), body).json
    assert {"ins_gap", "policy_gap"} <= set(found["not_asked"])


def test_a_household_shows_its_whole_history_newest_first(app, login, mei):
    household = make_household(app)
    old = visit_of(household.id, at=NOW.replace(day=2))
    first = visit_of(household.id, DRY)
    second = visit_of(household.id, revises=first["id"], at=NOW)
    for body in (old, first, second):
        assert send(mei, body).status_code == 201
    found = history(login(WEI), household).json
    assert [entry["id"] for entry in found["history"]] == [second["id"], first["id"], old["id"]]
    assert [entry["state"] for entry in found["history"]] == ["submitted", "superseded", "submitted"]
    assert found["history"][1]["lights"][0]["severity"] == "red"
    assert found["number"] == household.number


def test_the_county_sees_the_whole_history_of_a_flagged_household_and_nothing_of_another(app, login, mei):
    flagged, quiet = make_household(app), make_household(app)
    clean = visit_of(flagged.id, at=NOW.replace(day=2))
    send(mei, clean)
    send(mei, visit_of(flagged.id, DRY))
    hidden = visit_of(quiet.id)
    send(mei, hidden)
    qin = login(QIN)
    assert [entry["severity"] for entry in history(qin, flagged).json["history"]] == ["red", "none"]
    assert detail(qin, clean).status_code == 200
    assert history(qin, quiet).json["history"] == []
    assert detail(qin, hidden).status_code == 404


def test_a_grid_member_opens_only_their_own_visits(app, login, mei):
    body = visit_of(make_household(app).id)
    send(mei, body)
    assert detail(mei, body).status_code == 200
    assert detail(login(PING), body).status_code == 404


@pytest.mark.parametrize("stranger", [PING, LAN, TAN, FANG])
def test_a_household_or_visit_elsewhere_looks_absent(app, login, mei, stranger):
    household = make_household(app)
    body = visit_of(household.id, DRY)
    send(mei, body)
    client = login(stranger)
    assert history(client, household).json["code"] == "household_not_found"
    assert detail(client, body).json["code"] == "visit_not_found"


def test_an_administrator_sees_no_content(app, login):
    assert history(login(ADMIN), make_household(app)).status_code == 403


def test_an_identity_number_is_masked_for_reviewers_and_whole_for_the_author(app, login, mei):
    number = "11010519491231002X"
    edit = {"op": "add", "name": "韦小新", "relation": "之女", "id_number": number}
    follow = {name: DRY[name] for name in DRY if name.startswith(("inc_", "exp_"))} | {"inc_band": "above"}
    follow |= {"neg_items": [], "hardship_src": [], "sign": "oral", "cert_gap": []}
    body = visit_of(
        make_household(app).id, CLEAN | {"roster_change": ["born"], "roster_edit": [edit]} | follow
    )
    assert send(mei, body).status_code == 201
    for client in (login(WEI), login(ZHOU), mei):
        assert number not in detail(client, body).text
    review = {"id": new_id(), "decision": "returned", "comment": "Check.", "comments": []}
    login(WEI).post(f"/api/v1/visits/{body['id']}/reviews", json=review)
    (item,) = mei.get("/api/v1/households").json["items"]
    assert item["returned"]["answers"]["roster_edit"] == [edit]
    assert number not in str(item["last_visit"])


def test_a_correction_shows_what_it_changed_against_the_revision_that_was_given_back(app, login, mei):
    household, wei = make_household(app), login(WEI)
    send(mei, visit_of(household.id, CLEAN, at=NOW.replace(day=2)))
    first = visit_of(household.id, DRY)
    send(mei, first)
    assert detail(wei, first).json["correction"] is None
    remark = {"question": "inc_wage", "text": "含外出务工吗？"}
    review = {"id": new_id(), "decision": "returned", "comment": "收入再核。", "comments": [remark]}
    assert wei.post(f"/api/v1/visits/{first['id']}/reviews", json=review).status_code == 201
    second = visit_of(household.id, DRY | {"inc_wage": "43000.00"}, revises=first["id"], at=NOW)
    assert send(mei, second).status_code == 201
    found = detail(wei, second).json
    assert found["correction"] == {
        "visit_id": first["id"], "revision": 1, "new_photos": [], "comments": [remark],
        "comment": "收入再核。",
        "changes": [{"question": "inc_wage", "item": None, "before": "42000.00", "after": "43000.00"}],
    }  # fmt: skip
    assert len(found["changes"]) > 5, "against the last visit much more is different"
