"""Every rule of every profile explained: in words of both languages, with true causes, and with a way out."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import cache

import pytest
import yaml

from server.checklists.lexicon import lexicon_of
from server.policy.advice import _asking
from server.policy.amounts import Answers, answers
from server.policy.engine import Bench
from server.policy.explain import Explainer, UnknownRule
from server.policy.loader import PACKS, load_packs
from server.policy.world import Spot, World

ON = date(2026, 11, 20)
CLEAN = yaml.safe_load((PACKS / "common/tests/clean_household.yaml").read_text("utf-8"))
EXAMPLES = {
    case["rule"]: CLEAN | case["facts"]
    for path in sorted(PACKS.glob("*/tests/examples.yaml"))
    for case in yaml.safe_load(path.read_text("utf-8"))
    if case["expect"] == "met"
}
PROFILES = sorted(load_packs().profiles)
INCOME = {"inc_wage": 12000, "inc_biz": 8000, "inc_prop": 0, "inc_trans": 1360, "exp_biz": 2720}


@cache
def explainer(profile):
    return Explainer(Bench(load_packs(), profile, ON), lexicon_of("2026-1"), ON)


def exact(facts):
    """The facts of a YAML case as the rules read them: amounts exact."""
    return json.loads(json.dumps(facts, default=str), parse_float=Decimal)


def with_income(**changes):
    return {**exact(CLEAN), **INCOME, "pcni": None, **changes}


def nodes(node):
    yield node
    for part in node["parts"]:
        yield from nodes(part)


@pytest.mark.parametrize("profile", PROFILES)
def test_each_rule_of_a_profile_explains_its_example_household(profile):
    for rule in explainer(profile).rules:
        found = explainer(profile).explain(exact(EXAMPLES[rule]), rule)
        assert found["state"] == "met", rule
        assert found["tree"]["truth"] is True
        assert found["words"]["zh"]
        assert found["words"]["en"]
        assert found["operands"]
        assert all(entry["document"] and entry["text"] for entry in found["articles"])
        assert found["change"] is not None, rule


@pytest.mark.parametrize("profile", PROFILES)
def test_words_never_show_an_identifier_of_a_fact(profile):
    names = {name for pack in load_packs().packs.values() for name in (*pack.facts, *pack.groups)}
    for rule in explainer(profile).rules:
        found = explainer(profile).explain(exact(EXAMPLES[rule]), rule)
        said = json.dumps([[node["words"] for node in nodes(found["tree"])], found["change"]["words"]])
        assert [name for name in names if "_" in name and name in said] == []


def test_the_root_of_the_tree_follows_from_its_parts():
    combine = {"all": all, "any": any}
    for rule in explainer("all").rules:
        for node in nodes(explainer("all").explain(exact(EXAMPLES[rule]), rule)["tree"]):
            truths = [part["truth"] for part in node["parts"]]
            if node["form"] in combine and None not in truths:
                assert node["truth"] is combine[node["form"]](truths)
            if node["form"] == "some" and None not in truths:
                assert node["truth"] is any(truths)


def test_income_below_the_line_says_by_how_much_the_household_is_short():
    found = explainer("yangshuo").explain(with_income(n_members=4), "R-INC-01")
    (step,) = found["change"]["steps"]
    assert (step["fact"], step["by"], step["after"]) == ("inc_wage", "1360.01", "13360.01")
    assert step["instead"] == ["inc_biz", "inc_trans", "inc_prop"]
    assert step["distance"]["zh"] == "“近12个月人均纯收入”比“广西2020年收入参考线”（5,000 元）低 340 元"
    assert "1,360.01 yuan more" in found["change"]["words"]["en"]


def test_derived_amount_shows_its_arithmetic():
    found = explainer("yangshuo").explain(with_income(n_members=4), "R-INC-01")
    steps = found["operands"][0]["steps"]
    assert steps["figures"]["zh"] == "（12,000＋8,000＋0＋1,360－2,720）÷4＝4,660"
    assert [entry["source"] for entry in steps["inputs"]] == ["answer"] * 5 + ["register"]


def test_income_that_divides_unevenly_is_topped_up_to_the_next_fen():
    found = explainer("yangshuo").explain(with_income(n_members=7), "R-INC-01")
    assert found["change"]["steps"][0]["by"] == str(Decimal(7 * 5000 - 18640) + Decimal("0.01"))


def test_amount_given_as_derived_is_changed_itself():
    found = explainer("yangshuo").explain({**exact(CLEAN), "pcni": Decimal("4999.99")}, "R-INC-01")
    assert found["operands"][0]["source"] == "given"
    assert found["change"]["steps"][0]["after"] == "5000.01"


def test_member_without_insurance_needs_a_proof():
    found = explainer("yangshuo").explain({**exact(CLEAN), "ins_gap": ["m2"]}, "R-MED-06")
    (step,) = found["change"]["steps"]
    assert step["removed"] == ["m2"]
    assert step["words"] == {"zh": "为 1 名成员补上参保证明", "en": "insurance proof for 1 member"}


ALONE = {"elder_live": "alone", "dibao": False, "severe_disabled": False, "house_state": "safe", "ill": []}


def test_where_one_answer_keeps_the_light_on_the_bound_is_named():
    steps = explainer("all").explain(ALONE, "R-SPC-01")["change"]["steps"]
    open_to = {step["fact"]: (step["after"], step["any_value"], step["words"]["en"]) for step in steps[1:]}
    assert open_to == {
        "n_labour": (1, False, 'collect "Able workers" (at least 1)'),
        "n_half_labour": (None, True, 'collect "Weak or half workers" (any answer will do)'),
    }


def test_the_only_answer_that_keeps_the_light_on_is_named():
    facts = {"highrisk_job": True, "n_members": 4, "motive": "no", "job_state": "stable"}
    step = explainer("all").explain(facts, "R-JOB-06")["change"]["steps"][1]
    assert (step["after"], step["any_value"]) == (0, False)
    assert step["words"]["zh"] == "把“有劳动能力人数”补采上（只要不是 1 人就熄灭）"


@pytest.mark.parametrize(
    ("enough", "zh", "en"),
    [
        (Answers(), "问到即可", "any answer will do"),
        (Answers(low=Decimal(2)), "不少于 2 人时熄灭", "at least 2"),
        (Answers(high=Decimal(3)), "不多于 3 人时熄灭", "at most 3"),
        (Answers(low=Decimal(2), high=Decimal(3)), "2 人到 3 人之间时熄灭", "from 2 to 3"),
    ],
)
def test_answers_that_do_are_said_as_any_or_by_their_bounds(enough, zh, en):
    said = _asking(Spot("n_labour"), enough, explainer("all").say)["words"]
    assert said == {
        "zh": f"把“有劳动能力人数”补采上（{zh}）",
        "en": f'collect "Able workers" ({en})',
    }


def clears_by(holds):
    """Whether a made-up rule on two open counts is cleared."""
    return lambda after: holds(after.known["n_labour"], after.known["n_half_labour"])


@pytest.mark.parametrize(
    ("holds", "first", "second"),
    [
        (lambda a, b: True, Answers(), Answers()),
        (lambda a, b: a + b > 0, Answers(low=Decimal(1)), Answers()),
        (lambda a, b: a > 0 and b < 40, Answers(low=Decimal(1)), Answers(high=Decimal(39))),
        (lambda a, b: 1 <= a <= 77, Answers(low=Decimal(1), high=Decimal(77)), Answers()),
        (lambda a, b: (a, b) == (1, 0), Answers(Decimal(1), Decimal(1)), Answers(Decimal(0), Decimal(0))),
        (lambda a, b: a < 2 or b < 2, Answers(), Answers(high=Decimal(1))),
        (lambda a, b: a > b, Answers(low=Decimal(1)), Answers(Decimal(0), Decimal(0))),
    ],
)
def test_what_is_claimed_of_one_open_answer_holds_with_every_claimed_answer_to_the_other(
    holds, first, second
):
    world = World(explainer("all")._laws, {})
    edit = {Spot("n_labour"): 1, Spot("n_half_labour"): 0}
    found = answers(world, edit, clears_by(holds), lambda: ())
    assert list(found.values()) == [first, second]


SCHOOL = {"ill": [], "stu": [{"stage": "primary", "stu_nature": "private"}, {"stu_nature": "choice"}]}


def test_students_without_an_id_are_told_apart_by_position():
    found = explainer("ningxia").explain(SCHOOL, "R-EDU-09")
    steps = found["change"]["steps"]
    assert [(step["item"], step["index"]) for step in steps] == [(None, 0), (None, 1)]
    assert steps[1]["words"]["zh"].startswith("第2名学生：“学校性质”")
    assert found["change"]["words"]["zh"] == "；".join(step["words"]["zh"] for step in steps)
    assert "student 1: " in found["change"]["words"]["en"]
    natures = [one for one in found["operands"] if one["fact"] == "stu_nature"]
    assert [(one["item"], one["index"]) for one in natures] == [(None, 0), (None, 1)]
    assert [part["index"] for part in nodes(found["tree"]) if part["index"] is not None] == [0, 1]


def test_students_with_an_id_are_named_by_it():
    stu = [item | {"who": f"m{n}"} for n, item in enumerate(SCHOOL["stu"], 4)]
    found = explainer("ningxia").explain(SCHOOL | {"stu": stu}, "R-EDU-09")
    assert [(step["item"], step["index"]) for step in found["change"]["steps"]] == [("m4", 0), ("m5", 1)]
    assert "；学生 m5：“学校性质”" in found["change"]["words"]["zh"]


def test_patients_are_never_called_this_member_in_values_or_changes():
    ill = {"ill_type": "serious", "ill_setting": ["inpatient"], "ill_selfpay": Decimal(90000)}
    several = {
        "R-MED-05": [ill, ill],
        "R-MED-02": [ill | {"who": f"m{n}", "ill_selffund": 0} for n in (1, 2)],
    }
    poor = {"ins_gap": [], "hardship_src": ["medical"]}
    named = {"R-MED-05": "第2名患者", "R-MED-02": "患者 m2"}
    for rule, patients in several.items():
        found = explainer("all").explain(exact(CLEAN) | poor | {"ill": patients}, rule)
        said = json.dumps([found["change"], found["alternatives"], found["operands"]], ensure_ascii=False)
        assert found["state"] == "met"
        assert named[rule] in said
        assert "该成员" not in said


def test_fact_of_the_household_has_no_position():
    found = explainer("yangshuo").explain(with_income(n_members=4), "R-INC-01")
    assert {one["index"] for one in (*found["operands"], *found["change"]["steps"])} == {None}


def test_register_entry_is_changed_only_where_no_answer_helps():
    facts = {**exact(CLEAN), "kind": "marginal", "measure_ok": "part"}
    found = explainer("yangshuo").explain(facts, "R-MON-01")
    assert [step["fact"] for step in found["change"]["steps"]] == ["measure_ok"]
    assert [step["fixed"] for step in found["alternatives"][0]["steps"]] == [True]


def test_income_nobody_collected_is_cleared_by_asking():
    facts = {**exact(CLEAN), "pcni_prev": None, "hardship_src": ["work"], "shock": ["disaster"]}
    found = explainer("all").explain(facts, "R-DQ-01")
    asked = [one for one in (found["change"], *found["alternatives"]) if one["steps"][0]["any_value"]]
    assert [one["steps"][0]["fact"] for one in asked] == ["pcni_prev"]


def test_rule_that_is_open_says_what_to_ask_and_proposes_nothing():
    found = explainer("yangshuo").explain({}, "R-MED-06")
    assert (found["state"], found["change"]) == ("unknown", None)
    assert found["ask"] == ["cert_gap", "ins_gap"]


def test_yes_no_fact_is_taken_apart_to_the_answer_behind_it():
    found = explainer("pinggui").explain(exact(EXAMPLES["R-INC-03"]), "R-INC-03")
    held = [node["words"]["zh"] for node in nodes(found["tree"]) if node["truth"] is True]
    assert "“学生”至少有一人" in held


def test_parameter_comes_with_its_value_and_origin():
    found = explainer("all").explain(exact(EXAMPLES["R-INC-02"]), "R-INC-02")
    origins = {entry["name"]: (entry["value"], entry["origin"]) for entry in found["parameters"]}
    assert origins == {"LINE_GX": ("5000", "document"), "NEAR": ("1.1", "county_must_set")}


def test_department_disagreement_is_explained_by_the_other_rules():
    facts = {**exact(CLEAN), "online_flag": False, "basic_lack": ["grain"]}
    found = explainer("yangshuo").explain(facts, "R-XCK-01")
    assert found["state"] == "met"
    assert {entry["fact"]: entry["value"] for entry in found["operands"]}["rules_any_red"] is True
    assert found["change"]["steps"][0]["fact"] == "basic_lack"


def test_rule_of_another_profile_is_not_explained():
    with pytest.raises(UnknownRule):
        explainer("yangshuo").explain(exact(CLEAN), "R-INC-03")
