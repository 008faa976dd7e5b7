"""The YAML cases beside the packs: every rule with what fires it, what nearly does, and what stays open."""

from datetime import date

import pytest
import yaml

from server.policy.engine import judge
from server.policy.loader import PACKS, load_packs

ON = date(2026, 11, 20)
CLEAN = yaml.safe_load((PACKS / "common/tests/clean_household.yaml").read_text("utf-8"))
CASES = [
    case | {"file": path.relative_to(PACKS).as_posix()}
    for path in sorted(PACKS.glob("*/tests/*.yaml"))
    if path.name != "clean_household.yaml"
    for case in yaml.safe_load(path.read_text("utf-8"))
]
LIBRARY = load_packs()
RULES = {rule.id: rule for _, rule in LIBRARY.rules_on("all", ON)}
HOLDING = [
    (case, profile)
    for case in CASES
    for profile in LIBRARY.profiles
    if case["rule"] in {rule.id for _, rule in LIBRARY.rules_on(profile, ON)}
]


@pytest.mark.parametrize(
    ("case", "profile"),
    HOLDING,
    ids=[f"{profile} {case['rule']} {case['name']}" for case, profile in HOLDING],
)
def test_case_beside_the_pack_is_judged_as_it_says(case, profile):
    judgement = judge(CLEAN | case["facts"], profile=profile, on=ON)
    met = {result.rule for result in judgement.met}
    unknown = {entry.rule: list(entry.ask) for entry in judgement.unknown}
    found = "met" if case["rule"] in met else "unknown" if case["rule"] in unknown else "not_met"
    assert found == case["expect"], unknown.get(case["rule"])
    if found == "unknown":
        assert unknown[case["rule"]] == case["ask"]


@pytest.mark.parametrize("profile", LIBRARY.profiles)
def test_clean_household_fires_nothing_and_leaves_nothing_open(profile):
    judgement = judge(CLEAN, profile=profile, on=ON)
    assert (judgement.met, judgement.unknown, judgement.severity) == ((), (), "none")
    assert judgement.proposed_kind is None


def test_there_are_68_rules_and_each_has_a_firing_case_and_a_near_miss_in_its_own_pack():
    assert len(RULES) == 68
    packed = {name: {rule.id for rule in pack.rules} for name, pack in LIBRARY.packs.items()}
    assert all(case["rule"] in packed[case["file"].split("/")[0]] for case in CASES)
    for outcome in ("met", "not_met"):
        assert {case["rule"] for case in CASES if case["expect"] == outcome} == set(RULES)


def test_every_met_rule_explains_itself_with_causes_articles_and_risks():
    for case in CASES:
        if case["expect"] != "met":
            continue
        judgement = judge(CLEAN | case["facts"], profile="all", on=ON)
        result = next(result for result in judgement.met if result.rule == case["rule"])
        assert result.causes
        assert all(cause.label["zh"] and cause.label["en"] for cause in result.causes)
        assert result.risks
        assert "by_cause" not in result.risks
        assert [article.id for article in result.articles] == list(RULES[case["rule"]].cites)
        assert all(article.text and article.document for article in result.articles)
