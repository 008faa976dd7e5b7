"""GET /visits/{id}/lights/{rule}/explanation: why a light of a recorded visit is lit."""

import pytest

from tests.factories import ADMIN, FANG, GONG, LAN, MEI, PING, QIN, WEI, ZHOU, make_household
from tests.visits.bodies import CLEAN, DRY, NOW, ROSTER, send, visit_of

POOR = DRY | {
    "inc_wage": "7000.00",
    "inc_biz": "2000.00",
    "inc_prop": "0.00",
    "inc_trans": "820.00",
    "exp_biz": "500.00",
}


@pytest.fixture
def mei(login):
    return login(MEI)


def explained(client, body, rule="R-WAT-01"):
    return client.get(f"/api/v1/visits/{body['id']}/lights/{rule}/explanation")


def test_a_light_is_explained_in_words_with_values_articles_and_a_way_out(app, login, mei):
    body = visit_of(make_household(app).id, DRY)
    send(mei, body)
    found = explained(login(WEI), body).json
    assert (found["rule"], found["state"], found["basis"]) == ("R-WAT-01", "met", "as_judged")
    assert found["words"]["zh"].startswith("“饮水保障”为“水源污染”")
    assert [(one["fact"], one["value"], one["source"]) for one in found["operands"]] == [
        ("water_state", "seasonal", "answer"),
        ("water_fix", "cannot", "answer"),
    ]
    assert all(article["text"] for article in found["articles"])
    assert found["change"]["words"]["zh"] == "“饮水保障”由“季节性缺水/干旱”变为“有保障”"


def test_income_of_a_visit_is_reckoned_step_by_step_and_says_what_is_missing(app, login, mei):
    body = visit_of(make_household(app).id, POOR)
    send(mei, body)
    found = explained(login(ZHOU), body, "R-INC-01").json
    (income,) = (one for one in found["operands"] if one["fact"] == "pcni")
    assert income["steps"]["figures"]["en"] == "(7,000 + 2,000 + 0 + 820 − 500) ÷ 2 = 4,660"
    (step,) = found["change"]["steps"]
    assert (step["fact"], step["by"]) == ("inc_wage", "680.01")


def test_an_older_visit_is_explained_from_its_own_answers(app, login, mei):
    household = make_household(app)
    before = visit_of(household.id, POOR, at=NOW.replace(day=2))
    send(mei, before)
    send(mei, visit_of(household.id, CLEAN))
    found = explained(login(WEI), before, "R-INC-01").json
    assert (found["basis"], found["day"], found["state"]) == ("rebuilt", "2026-11-02", "met")
    assert found["change"]["steps"][0]["by"] == "680.01"


def test_a_visit_with_another_register_is_explained_by_what_was_judged(app, login, mei):
    body = visit_of(make_household(app).id, POOR, roster=ROSTER | {"n_members": 4})
    send(mei, body)
    found = explained(login(WEI), body, "R-INC-01").json
    members = [one for op in found["operands"] if op["steps"] for one in op["steps"]["inputs"]][-1]
    assert (members["fact"], members["value"]) == ("n_members", 2)


def test_a_rule_that_is_no_light_of_the_visit_is_not_found(app, login, mei):
    body = visit_of(make_household(app).id, DRY)
    send(mei, body)
    for rule in ("R-BAS-01", "R-NO-99"):
        answer = explained(login(WEI), body, rule)
        assert (answer.status_code, answer.json["code"]) == (404, "light_not_found")


@pytest.mark.parametrize("person", [PING, LAN, FANG, GONG])
def test_a_light_out_of_reach_is_not_found(app, login, mei, person):
    body = visit_of(make_household(app).id, DRY)
    send(mei, body)
    answer = explained(login(person), body)
    assert (answer.status_code, answer.json["code"]) == (404, "visit_not_found")


@pytest.mark.parametrize("person", [MEI, WEI, ZHOU, QIN])
def test_whoever_reads_the_visit_reads_its_explanations(app, login, mei, person):
    body = visit_of(make_household(app).id, DRY)
    send(mei, body)
    assert explained(login(person), body).status_code == 200


def test_other_roles_may_not_ask(app, login, mei):
    body = visit_of(make_household(app).id, DRY)
    send(mei, body)
    assert explained(login(ADMIN), body).status_code == 403


def test_every_light_of_a_visit_with_many_is_explained(app, login, mei):
    answers = POOR | {"basic_lack": ["grain"], "ins_gap": [], "policy_gap": ["dibao"], "ask_help": "apply"}
    body = visit_of(make_household(app).id, answers)
    lights = send(mei, body).json["lights"]
    assert len(lights) >= 5
    for light in lights:
        found = explained(login(QIN), body, light["rule"]).json
        assert (found["state"], found["change"] is not None) == ("met", True), light["rule"]


def test_an_ill_members_value_says_whose_it_is_and_where_it_stands_in_the_list(app, login, mei):
    household = make_household(app)
    who = str(household.members[0].id)
    ill = {"who": who, "ill_type": "serious", "ill_setting": ["inpatient"], "ill_selfpay": "90000.00"}
    ill |= {"ill_selffund": "0.00"}
    body = visit_of(
        household.id,
        POOR | {"ill_who": [who], "ill": [ill], "hardship_src": ["medical"], "ill_untreated": "no"},
    )
    send(mei, body)
    found = explained(login(WEI), body, "R-MED-02").json
    (pay,) = (one for one in found["operands"] if one["fact"] == "ill_selfpay")
    assert (pay["item"], pay["index"]) == (who, 0)
    assert [(part["item"], part["index"]) for part in found["tree"]["parts"][0]["parts"]] == [(who, 0)]
    assert found["tree"]["index"] is None
