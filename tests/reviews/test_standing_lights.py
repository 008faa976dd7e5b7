"""What reviewers see of a visit once its county was judged again: lights, lists, explanations."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, event, select, update

from server.core import audit, jobs
from server.core.db import db, transaction
from server.flags import standing
from server.flags.models import Flag
from server.visits.models import Visit
from tests.factories import MEI, QIN, WEI, ZHOU, inside, make_household
from tests.local_policy.settings import parameter, revoke, rule_off, signed
from tests.visits.bodies import DRY, NOW, send, visit_of

# 6,890 yuan a head: above the line of the packs, below the county's own of 7,000.
NEAR_LINE = DRY | {
    "inc_wage": "10000.00", "inc_biz": "3000.00", "inc_trans": "1280.00", "exp_biz": "500.00",
}  # fmt: skip
RUN_KEYS = {"run_id", "at", "day", "trigger", "reason", "version"}


@pytest.fixture
def qin(login):
    return login(QIN)


@pytest.fixture
def sent(app, login):
    """A visit that brought R-WAT-01, but no light of income; as sent, and as the phone was answered."""
    body = visit_of(make_household(app).id, NEAR_LINE)
    return body, send(login(MEI), body)


def judged_again(app, qin, form):
    """Sign a setting and let the worker do the run it asks for."""
    setting = signed(qin, form)
    jobs.run_pending(app)
    return setting


def read(client, body):
    return client.get(f"/api/v1/visits/{body['id']}").json


def line_of(client, body):
    return next(one for one in client.get("/api/v1/visits").json["items"] if one["id"] == body["id"])


def light_of(visit, rule):
    return next(light for light in visit["lights"] if light["rule"] == rule)


def why(client, body, rule):
    return client.get(f"/api/v1/visits/{body['id']}/lights/{rule}/explanation")


def statements(app, work):
    seen = []
    with app.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement, *_):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    work()
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_lights_of_a_visit_that_no_run_changed_are_those_it_brought(login, sent):
    body, answer = sent
    seen = read(login(WEI), body)["lights"]
    as_they_stand = {"state": "open", "opened_by": None, "closed_by": None, "dismissed_by": None}
    assert seen == [light | as_they_stand for light in answer.json["lights"]]


def test_a_light_that_a_run_opened_is_seen_by_every_reviewer_with_its_label_and_its_run(
    app, login, qin, sent
):
    body, _ = sent
    judged_again(app, qin, parameter("7000"))
    for person in (WEI, ZHOU, QIN):
        visit = read(login(person), body)
        light = light_of(visit, "R-INC-01")
        assert (light["state"], light["closed_by"]) == ("open", None)
        assert light["label"]["zh"] != light["label"]["en"] != "R-INC-01"
        assert set(light["opened_by"]) == RUN_KEYS
        assert light["opened_by"]["day"] == "2026-11-23"
        assert light_of(visit, "R-WAT-01")["opened_by"] is None
        lit = [one["severity"] for one in visit["lights"]]
        assert {name: lit.count(name) for name in ("red", "yellow", "attention")} == visit["light_counts"]
        assert light["label"] in visit["top_lights"]


def test_a_light_that_a_run_closed_stays_in_sight_but_counts_nowhere(app, login, qin, sent):
    body, _ = sent
    judged_again(app, qin, rule_off("R-WAT-01"))
    visit = read(login(WEI), body)
    light = light_of(visit, "R-WAT-01")
    assert (light["state"], light["opened_by"]) == ("closed", None)
    assert set(light["closed_by"]) == RUN_KEYS
    assert [one["state"] for one in visit["lights"]] == ["open"] * (len(visit["lights"]) - 2) + ["closed"] * 2
    open_ones = [one for one in visit["lights"] if one["state"] == "open"]
    assert sum(visit["light_counts"].values()) == len(open_ones)
    assert visit["top_lights"] == [one["label"] for one in open_ones][:3]
    assert light["label"] not in visit["top_lights"]


def test_lists_and_history_agree_with_the_open_lights(app, login, qin, sent):
    body, _ = sent
    judged_again(app, qin, parameter("7000"))
    judged_again(app, qin, rule_off("R-WAT-01"))
    visit, line = read(login(WEI), body), line_of(login(WEI), body)
    assert {name: visit[name] for name in line if name != "household"} == {
        name: value for name, value in line.items() if name != "household"
    }
    assert line["light_counts"]["red"] == 0
    (entry,) = login(QIN).get(f"/api/v1/households/{body['household_id']}").json["history"]
    assert (entry["lights"], entry["top_lights"]) == (visit["lights"], line["top_lights"])


def test_receipt_and_the_phones_answer_stay_as_given(app, login, qin, sent):
    body, answer = sent
    judged_again(app, qin, parameter("7000"))
    judged_again(app, qin, rule_off("R-WAT-01"))
    assert send(login(MEI), body).json == answer.json
    shown = read(login(WEI), body)["receipt"]
    assert shown.keys() == {"number", "seq", "received_at"}  # the phone also gets the signature
    assert shown.items() <= answer.json["receipt"].items()


def test_a_light_that_comes_back_is_one_open_light_of_the_later_run(app, login, qin, sent):
    body, _ = sent
    setting = judged_again(app, qin, rule_off("R-WAT-01"))
    closed_by = light_of(read(login(WEI), body), "R-WAT-01")["closed_by"]
    assert revoke(qin, setting["id"]).status_code in (200, 201)
    jobs.run_pending(app)
    lights = [one for one in read(login(WEI), body)["lights"] if one["rule"] == "R-WAT-01"]
    assert [one["state"] for one in lights] == ["open"]
    assert lights[0]["closed_by"] is None
    assert lights[0]["opened_by"]["run_id"] != closed_by["run_id"]


def test_a_replaced_revision_keeps_showing_what_it_had(app, login, sent):
    body, answer = sent
    send(login(MEI), visit_of(body["household_id"], NEAR_LINE, revises=body["id"], at=NOW))
    visit = read(login(WEI), body)
    assert visit["state"] == "superseded"
    assert {light["state"] for light in visit["lights"]} == {"open"}
    assert [one["rule"] for one in visit["lights"]] == [one["rule"] for one in answer.json["lights"]]
    assert len(visit["top_lights"]) == min(3, len(visit["lights"]))


def test_a_visit_without_rows_for_its_lights_shows_and_explains_those_it_was_judged_by(app, login, sent):
    body, answer = sent
    with inside(app), transaction():
        audit.record("test.arrange", ("test", "world"), "0")
        db.session.execute(delete(Flag))
    visit = read(login(WEI), body)
    assert [one["rule"] for one in visit["lights"]] == [one["rule"] for one in answer.json["lights"]]
    assert visit["top_lights"] == [one["label"] for one in answer.json["lights"]][:3]
    assert why(login(WEI), body, "R-WAT-01").json["state"] == "met"


def test_a_light_opened_by_a_run_is_explained_by_the_rules_of_that_run(app, login, qin, sent):
    body, _ = sent
    assert why(login(WEI), body, "R-INC-01").status_code == 404
    judged_again(app, qin, parameter("7000"))
    found = why(login(WEI), body, "R-INC-01").json
    light = light_of(read(login(WEI), body), "R-INC-01")
    assert (found["state"], found["basis"], found["opened_by"]) == ("met", "as_judged", light["opened_by"])
    assert (found["judged_by"]["rules"], found["judged_by"]["exact"]) == (light["opened_by"]["version"], True)
    (line,) = (one for one in found["parameters"] if one["name"] == "LINE_GX")
    assert (line["value"], line["origin"]) == ("7000.00", "county")


def test_a_light_is_explained_by_the_run_that_opened_it_though_the_same_day_has_other_rules_since(
    app, login, qin, sent
):
    body, _ = sent
    judged_again(app, qin, parameter("7000"))
    judged_again(app, qin, parameter("7500"))  # still lit, by another line
    found = why(login(WEI), body, "R-INC-01").json
    (line,) = (one for one in found["parameters"] if one["name"] == "LINE_GX")
    assert (line["value"], found["judged_by"]["exact"]) == ("7000.00", True)


def test_a_light_closed_by_a_run_is_explained_as_out_by_the_rules_that_lit_it(app, login, qin, sent):
    body, _ = sent
    before = why(login(WEI), body, "R-WAT-01").json
    judged_again(app, qin, rule_off("R-WAT-01"))
    found = why(login(WEI), body, "R-WAT-01").json
    closed_by = light_of(read(login(WEI), body), "R-WAT-01")["closed_by"]
    assert (found["state"], found["closed_by"], found["change"]) == ("closed", closed_by, None)
    assert (found["tree"], found["judged_by"]) == (before["tree"], before["judged_by"])
    assert found["judged_by"]["rules"] in found["words"]["zh"]
    assert closed_by["version"] in found["words"]["en"]
    assert "已熄灭" in found["words"]["zh"]
    assert "no longer" in found["words"]["en"]
    assert before["words"]["zh"] in found["words"]["zh"]


def test_rules_that_never_were_lit_are_not_found_after_a_run_either(app, login, qin, sent):
    body, _ = sent
    judged_again(app, qin, parameter("7000"))
    for rule in ("R-BAS-01", "R-NO-99"):
        answer = why(login(WEI), body, rule)
        assert (answer.status_code, answer.json["code"]) == (404, "light_not_found")


def test_a_light_of_a_rule_that_no_pack_holds_any_more_is_shown_and_explained_by_what_it_keeps(
    app, login, qin, sent
):
    body, _ = sent
    judged_again(app, qin, parameter("7000"))
    with inside(app), transaction():
        audit.record("test.arrange", ("test", "world"), "0")
        db.session.execute(update(Flag).where(Flag.rule == "R-INC-01").values(rule="R-OLD-01"))
    light = light_of(read(login(WEI), body), "R-OLD-01")
    assert light["label"] == {"zh": "R-OLD-01", "en": "R-OLD-01"}
    found = why(login(WEI), body, "R-OLD-01")
    assert (found.status_code, found.json["state"]) == (200, "met")
    assert [one["fact"] for one in found.json["operands"]] == [one["fact"] for one in light["causes"]]
    assert found.json["articles"] == light["articles"]


def test_rules_that_cannot_be_had_again_are_said_to_be_others(app, login, sent):
    body, _ = sent
    assert why(login(WEI), body, "R-WAT-01").json["judged_by"]["exact"] is True
    with inside(app), transaction():
        audit.record("test.arrange", ("test", "world"), "0")
        visit = db.session.scalar(select(Visit))
        visit.judgement = visit.judgement | {"rules": "0" * 16}
    judged = why(login(WEI), body, "R-WAT-01").json["judged_by"]
    assert (judged["rules"], judged["exact"]) == ("0" * 16, False)


def test_a_list_of_visits_that_runs_changed_takes_no_more_queries(app, login, qin):
    wei = login(WEI)
    for _ in range(2):
        send(login(MEI), visit_of(make_household(app).id, NEAR_LINE))
    few = statements(app, lambda: wei.get("/api/v1/visits"))
    for _ in range(6):
        send(login(MEI), visit_of(make_household(app).id, NEAR_LINE))
    judged_again(app, qin, parameter("7000"))
    judged_again(app, qin, rule_off("R-WAT-01"))
    assert statements(app, lambda: wei.get("/api/v1/visits")) == few


def test_labels_come_from_the_pack_that_raised_the_light_or_else_from_any_that_holds_the_rule():
    held = standing.label_of("R-WAT-01", "common")
    assert held == standing.label_of("R-WAT-01", "no-such-pack")
    assert held["zh"] != "R-WAT-01"
