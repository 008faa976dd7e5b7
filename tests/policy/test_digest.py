"""The packs against the digest: the same rules, the same outcome for any household, known or half known."""

import random
import re
from datetime import date
from decimal import Decimal

import pytest
import yaml

from server.policy.derived import add_derived
from server.policy.engine import Bench
from server.policy.loader import PACKS, load_packs
from tests.policy import digest

ON = date(2026, 11, 22)
LIBRARY = load_packs()
BENCHES = {name: Bench(LIBRARY, name, ON) for name in digest.DIGEST["profiles"]}
CLEAN = yaml.safe_load((PACKS / "common/tests/clean_household.yaml").read_text("utf-8"))
COMMON = LIBRARY.packs["common"]
HOUSEHOLDS = 2000
NEAR_AN_EXAMPLE = 200
LIMITS = [0, 3000, 5000, 5500, 6000, 8000, 10_000, 15_000, 20_000, 25_000, 30_000, 60_000]
# "pcni is not None and ..." with nothing else to ask is always decided.
NEVER_OPEN = {"R-INC-01", "R-INC-02"}


def amount(rng):
    return rng.choice(LIMITS) + rng.choice([Decimal("-0.01"), Decimal(0), Decimal("0.01")])


def whole(rng):
    return rng.choice([0, 0, 1, 1, 2, 3, 4, 5, 11, 12, 13])


def of_kind(rng, fact):
    """A random value that a fact may hold."""
    if fact.kind == "loop":
        return [item(rng, fact.name) for _ in range(rng.choice([0, 1, 1, 2, 3]))]
    if fact.kind == "codes":
        return rng.sample(sorted(fact.values), rng.choice([0, 0, 1, 1, 2]))
    if fact.kind == "members":
        return rng.sample(["m1", "m2", "m3"], rng.choice([0, 0, 1, 2]))
    return SCALARS[fact.kind](rng, fact)


SCALARS = {
    "bool": lambda rng, fact: rng.random() < 0.5,
    "int": lambda rng, fact: whole(rng),
    "money": lambda rng, fact: amount(rng),
    "code": lambda rng, fact: rng.choice(sorted(fact.values)),
    "text": lambda rng, fact: rng.choice(["m1", "m2", "m3"]),
    "date": lambda rng, fact: "2026-05-01",
}


def item(rng, loop):
    """An entry of a loop that may lack a field or hold a null."""
    fields = [field for field in COMMON.items[loop].values() if rng.random() < 0.9]
    return {field.name: None if rng.random() < 0.05 else of_kind(rng, field) for field in fields}


def household(rng):
    """A household: each name left out, null, clean or with a random value, in shares that differ."""
    absent, null, clean = rng.choice(
        [(0, 0, 0), (0, 0, 0.8), (0.02, 0.02, 0.5), (0.1, 0.1, 0), (0.8, 0.1, 0)]
    )
    facts = {}
    for name, fact in COMMON.facts.items():
        chance = rng.random()
        if chance >= absent:
            facts[name] = None if chance < absent + null else of_kind(rng, fact)
        if name in CLEAN and rng.random() < clean:
            facts[name] = CLEAN[name]
    if rng.random() < 0.6:
        facts["pcni"] = rng.choice([amount(rng), amount(rng), None])
    return facts


def near_an_example(rng, rule):
    """The example of a rule with a few of the names that its condition reads changed: edges of every limb."""
    facts = CLEAN | digest.RULES[rule]["fires_on"]
    read = sorted(COMMON.facts.keys() & set(re.findall(r"\w+", digest.RULES[rule]["when"])))
    for name in rng.sample(read, min(len(read), rng.choice([0, 1, 1, 2, 3]))):
        facts[name] = None if rng.random() < 0.1 else of_kind(rng, COMMON.facts[name])
    if "pcni" in digest.RULES[rule]["when"]:
        facts["pcni"] = rng.choice([amount(rng), facts["pcni"], None])
    return facts


def found(bench, facts):
    judged = bench.judge(facts)
    outcome = dict.fromkeys((ruling.rule.id for ruling in (*bench.first, *bench.last)), False)
    outcome |= {result.rule: True for result in judged.met}
    return outcome | {entry.rule: None for entry in judged.unknown}


def differences(facts):
    expected = digest.outcomes(facts)
    for name, bench in BENCHES.items():
        mine, theirs = found(bench, facts), digest.in_profile(expected, facts, name)
        for rule in mine.keys() | theirs.keys():
            if mine.get(rule, "not judged") is not theirs.get(rule, "not judged"):
                yield name, rule


@pytest.mark.parametrize("seed", range(4))
def test_random_household_in_any_profile_is_judged_as_the_digest_says(seed):
    rng = random.Random(seed)
    for _ in range(HOUSEHOLDS // 4):
        facts = household(rng)
        assert list(differences(facts)) == [], facts


@pytest.mark.parametrize("ruling", BENCHES["all"].first, ids=lambda ruling: ruling.rule.id)
def test_household_near_the_example_of_a_rule_is_judged_by_it_as_the_digest_says(ruling):
    rule, bench = ruling.rule.id, BENCHES["all"]
    rng = random.Random(rule)
    for _ in range(NEAR_AN_EXAMPLE):
        facts = near_an_example(rng, rule)
        known = dict(facts)
        add_derived(bench.formulas, known, bench.params)
        expected = digest.truth(digest.RULES[rule]["when"], digest.with_derived(facts))
        assert ruling.condition.evaluate(known, bench.params) is expected, facts


def test_random_households_meet_miss_and_leave_open_every_rule():
    rng = random.Random(0)
    seen = {rule: set() for rule in digest.RULES}
    for _ in range(HOUSEHOLDS):
        for rule, outcome in found(BENCHES["all"], household(rng)).items():
            seen[rule].add(outcome)
    assert {rule for rule, outcomes in seen.items() if None not in outcomes} == NEVER_OPEN
    assert all(outcomes >= {True, False} for outcomes in seen.values())


def test_every_rule_of_the_digest_stands_in_one_pack_with_its_severity_and_articles():
    rules = [rule for pack in LIBRARY.packs.values() for rule in pack.rules]
    assert len(rules) == 68
    assert {rule.id: (rule.severity, list(rule.cites)) for rule in rules} == {
        name: (entry["severity"], entry["cites"]) for name, entry in digest.RULES.items()
    }


def test_every_pack_holds_the_rules_of_its_set():
    packs = {
        "COMMON": "common",
        "GX": "guangxi-2020-2",
        "NN": "nanning-fund-2020",
        "HS": "heshan-2020",
        "PG": "pinggui-2021",
        "NX": "ningxia-2020-8",
    }
    held = {rule.id: pack.id for pack in LIBRARY.packs.values() for rule in pack.rules}
    assert held == {rule: packs[entry["set"]] for rule, entry in digest.RULES.items()}


def test_every_profile_judges_by_the_rules_of_its_sets():
    for name in digest.DIGEST["profiles"]:
        judged = {rule.id for _, rule in LIBRARY.rules_on(name, ON)}
        assert judged == digest.rules_of(name)


def test_every_parameter_of_the_digest_has_its_default_and_says_where_it_is_from():
    parameters = {entry.name: entry for pack in LIBRARY.packs.values() for entry in pack.parameters}
    given = {name: entry.value(ON) for name, entry in parameters.items() if entry.values}
    judging = {name: value for name, value in given.items() if not name.startswith("VISIT_MONTHS_")}
    assert judging == digest.PARAMETERS
    assert len(judging) == 14
    assert parameters.keys() - given.keys() == {"FUND_CAP", "FUND_LOAN"}


def test_a_null_derived_value_is_worked_out_and_a_given_one_wins():
    parts = {"inc_wage": 9000, "inc_biz": 0, "inc_prop": 0, "inc_trans": 0, "exp_biz": 0, "n_members": 2}
    bench = BENCHES["yangshuo"]
    given = ({}, {"pcni": None}, {"pcni": 9000}, {"exp_biz": None})
    assert [found(bench, parts | more)["R-INC-01"] for more in given] == [True, True, False, False]


@pytest.mark.parametrize("name", sorted(digest.RULES))
def test_example_of_the_digest_fires_its_rule_and_the_near_miss_does_not(name):
    entry = digest.RULES[name]
    profiles = [profile for profile in BENCHES if name in digest.rules_of(profile)]
    assert "all" in profiles
    for profile in profiles:
        assert found(BENCHES[profile], CLEAN | entry["fires_on"])[name] is True
        assert found(BENCHES[profile], CLEAN | entry["near_miss"])[name] is False


def test_clean_household_fires_nothing_in_any_profile():
    for name, bench in BENCHES.items():
        assert set(found(bench, CLEAN).values()) == {False}, name
