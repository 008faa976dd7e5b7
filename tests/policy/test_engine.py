"""The engine: dates, derived facts, risks by cause, proposals, and how a light is written."""

import json
import shutil
from datetime import date
from decimal import Decimal

import pytest
import yaml

from server.policy.engine import Bench, judge
from server.policy.loader import PACKS, load_packs

ON = date(2026, 11, 20)
CLEAN = yaml.safe_load((PACKS / "common/tests/clean_household.yaml").read_text("utf-8"))
SERIOUS = {
    "who": "m1",
    "ill_type": "serious",
    "ill_setting": ["inpatient"],
    "ill_selffund": Decimal("4000.00"),
}


def judged(**changes):
    return judge(CLEAN | changes, profile="yangshuo", on=ON)


def met(judgement):
    return [result.rule for result in judgement.met]


def test_nothing_asked_leaves_everything_open_and_lights_nothing():
    judgement = judge({}, profile="yangshuo", on=ON)
    assert judgement.met == ()
    assert len(judgement.unknown) == 38
    assert all(entry.ask for entry in judgement.unknown)


def test_the_worst_light_comes_first_and_names_the_household():
    judgement = judged(policy_gap=["edu"], basic_lack=["grain"], ask_help="apply")
    assert met(judgement) == ["R-BAS-01", "R-REP-01", "R-XCK-01", "R-EDU-08"]
    assert judgement.severity == "red"


def test_light_on_the_wire_has_amounts_as_text_and_the_sentence_of_the_article():
    patient = SERIOUS | {"ill_selfpay": Decimal("9000.00")}
    judgement = judged(ill=[patient], hardship_src=["medical"])
    light = next(result for result in judgement.met if result.rule == "R-MED-02").as_light()
    assert json.loads(json.dumps(light)) == light
    assert light["causes"][2] == {
        "fact": "ill_selfpay",
        "value": "9000.00",
        "label": {"zh": "今年医疗自付自费", "en": "Medical costs paid this year"},
        "threshold": "5000.00",
    }
    assert light["articles"][0]["id"] == "GX-2-ART7-1-2b"
    assert "合规自付住院或门诊医疗费用较高" in light["articles"][0]["text"]
    assert (light["pack"], light["pack_version"], light["risks"]) == ("guangxi-2020-2", "2026.2", ["illness"])


def test_cause_says_which_member_it_concerns():
    patient = SERIOUS | {"ill_selfpay": Decimal("9000.00")}
    judgement = judged(ill=[patient, {"who": "m2", "ill_type": "other"}], hardship_src=["medical"])
    result = next(result for result in judgement.met if result.rule == "R-MED-02")
    assert {cause.item for cause in result.causes if cause.fact.startswith("ill_")} == {"m1"}


def test_months_are_whole_numbers_in_a_cause():
    judgement = judged(kind="marginal", months_tracked=13, risk_now="better", measure_ok="all")
    causes = next(result for result in judgement.met if result.rule == "R-MON-03").as_light()["causes"]
    assert [
        (cause["value"], cause["threshold"]) for cause in causes if cause["fact"] == "months_tracked"
    ] == [(13, 12)]


def test_yes_or_no_derived_fact_is_explained_by_the_answers_behind_it():
    judgement = judged(released=True, biz_event="disaster")
    causes = next(result for result in judgement.met if result.rule == "R-MON-04").causes
    assert [cause.fact for cause in causes] == ["released", "kind", "biz_event"]


def test_income_per_head_is_worked_out_unless_it_is_given():
    parts = {"inc_wage": 12000, "inc_biz": 9000, "inc_prop": 0, "inc_trans": 1000, "exp_biz": 2000}
    assert "R-INC-01" in met(judged(pcni=None, **parts))
    assert "R-INC-01" not in met(judged(pcni=Decimal("5000.01"), **parts))


def test_facts_of_the_caller_are_not_changed():
    facts = dict(CLEAN)
    judge(facts, profile="yangshuo", on=ON)
    assert facts == CLEAN


@pytest.mark.parametrize(
    ("changes", "risks"),
    [
        ({"hardship_src": ["medical", "education"]}, ("illness", "schooling")),
        ({"hardship_src": ["work"], "biz_event": "market"}, ("industry_failure",)),
        ({"hardship_src": ["work"], "job_state": "none"}, ("unstable_employment",)),
        ({"hardship_src": ["work"]}, ("unstable_employment",)),
        ({"hardship_src": ["shock"], "shock": ["disaster", "traffic"]}, ("disaster", "accident")),
        ({"hardship_src": ["house", "water"]}, ("unsafe_housing", "unsafe_water")),
        ({"hardship_src": ["shock"], "shock": ["epidemic"]}, ("other",)),
    ],
)
def test_rule_without_a_risk_of_its_own_takes_those_behind_the_hardship(changes, risks):
    judgement = judged(inc_drop="gt50", **changes)
    assert next(result for result in judgement.met if result.rule == "R-INC-06").risks == risks


def test_rule_without_a_named_hardship_takes_the_risks_the_answers_show():
    judgement = judged(net_prev=Decimal(20000), ill=[SERIOUS | {"ill_selfpay": Decimal(25000)}])
    assert next(result for result in judgement.met if result.rule == "R-INC-07").risks == ("illness",)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, None),
        ({"basic_lack": ["grain"], "lifted": True, "pcni": 5000}, "unstable"),
        ({"basic_lack": ["grain"], "pcni": 5000}, "marginal"),
        ({"basic_lack": ["grain"]}, "village_deliberation"),
        ({"inc_drop": "gt50", "hardship_src": ["work"]}, "sudden"),
        ({"pcni": 4999}, "offline_monitoring"),
        ({"basic_lack": ["grain"], "pcni": None}, "collect_income"),
        ({"basic_lack": ["grain"], "dibao": True}, "analyse_coverage"),
        ({"basic_lack": ["grain"], "pcni": 5000, "lifted": None}, "village_deliberation"),
    ],
)
def test_proposal_follows_the_table_of_lines_and_red_rules(changes, kind):
    assert judged(**changes).proposed_kind == kind


def test_open_red_rule_leaves_the_comparison_with_department_data_open():
    judgement = judged(online_flag=False, basic_lack=None)
    assert {entry.rule: entry.ask for entry in judgement.unknown}["R-XCK-01"] == ("basic_lack",)


def test_parameter_can_be_replaced_for_a_what_if():
    facts = CLEAN | {"pcni": Decimal(8000)}
    assert met(judge(facts, profile="yangshuo", on=ON)) == []
    assert met(judge(facts, profile="yangshuo", on=ON, overrides={"LINE_GX": Decimal(8300)})) == ["R-INC-01"]


def test_pack_out_of_force_is_not_judged(tmp_path):
    root = tmp_path / "packs"
    shutil.copytree(PACKS, root)
    path = root / "guangxi-2020-2" / "pack.yaml"
    path.write_text(path.read_text("utf-8").replace("to: null", "to: 2026-06-30", 1), "utf-8")
    library = load_packs(root)
    facts = CLEAN | {"edu_cannot": "yes", "n_student": 1}
    last, after = (
        Bench(library, "yangshuo", day).judge(facts) for day in (date(2026, 6, 30), date(2026, 7, 1))
    )
    assert met(last) == ["R-EDU-03", "R-XCK-01"]
    assert met(after) == []
    assert [entry.id for entry in after.packs] == ["common", "yangshuo-2021"]


def test_unknown_profile_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError):
        judge(CLEAN, profile="atlantis", on=ON)
