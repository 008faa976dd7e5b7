"""Every rule of every profile explained: in words of both languages, with true causes, and with a way out."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import cache

import pytest
import yaml

from server.checklists.lexicon import lexicon_of
from server.policy.engine import Bench
from server.policy.explain import Explainer, UnknownRule
from server.policy.loader import PACKS, load_packs

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
