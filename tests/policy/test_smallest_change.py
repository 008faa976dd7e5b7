"""Changes that are proposed: each clears its light by the engine itself, and nothing smaller does."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import product
from random import Random

import pytest

from server.checklists.lexicon import lexicon_of
from server.policy.engine import Bench
from server.policy.explain import Explainer
from server.policy.loader import load_packs
from server.policy.repairs import Repairs
from server.policy.world import Spot, World
from tests.policy.twin.households import household

ON = date(2026, 11, 20)
HOUSEHOLDS = 60
FEN = Decimal("0.01")


@cache
def bench(profile):
    return Bench(load_packs(), profile, ON)


@cache
def explainer(profile):
    return Explainer(bench(profile), lexicon_of("2026-1"), ON)


def households(profile):
    pick = Random(f"smallest {profile}")
    derived = frozenset(formula.name for formula in bench(profile).formulas)
    for _ in range(HOUSEHOLDS):
        made = household(pick, bench(profile).known, derived)
        yield {name: value for name, value in made.items() if not negative(value)}


def negative(value):
    return isinstance(value, Decimal) and value < 0


def value_of(step, any_answer=777):
    """The new value of a step; where any answer will do, some answer."""
    word = lexicon_of("2026-1").word(step["fact"])
    after = any_answer if step["any_value"] else step["after"]
    if word.kind == "money":
        return Decimal(after)
    return int(after) if word.kind == "int" else after


def changed(facts, steps, any_answer=777):
    after = deepcopy(facts)
    for step in sorted(steps, key=lambda one: one["index"] is not None):
        if step["index"] is None:
            after[step["fact"]] = value_of(step, any_answer)
            continue
        item = after[lexicon_of("2026-1").word(step["fact"]).loop][step["index"]]
        assert item.get("who") == step["item"]
        item[step["fact"]] = value_of(step, any_answer)
    return after


def state(profile, facts, rule):
    found = bench(profile).judge(facts)
    if rule in {one.rule for one in found.met}:
        return "met"
    return "unknown" if rule in {one.rule for one in found.unknown} else "not_met"


def proposals(profile):
    for facts in households(profile):
        for light in bench(profile).judge(facts).met:
            found = explainer(profile).explain(facts, light.rule)
            for change in filter(None, (found["change"], *found["alternatives"])):
                yield facts, light.rule, change


@pytest.mark.parametrize("profile", ["all", "ningxia"])
def test_change_that_is_proposed_clears_the_light(profile):
    count = 0
    for facts, rule, change in proposals(profile):
        assert state(profile, changed(facts, change["steps"]), rule) == "not_met", (rule, change)
        count += 1
    assert count > 500


@pytest.mark.parametrize("profile", ["all", "pinggui"])
def test_no_step_of_a_change_can_be_left_out(profile):
    several = [one for one in proposals(profile) if len(one[2]["steps"]) > 1]
    assert several
    for facts, rule, change in several:
        for left_out in change["steps"]:
            fewer = [step for step in change["steps"] if step is not left_out]
            assert state(profile, changed(facts, fewer, any_answer=0), rule) != "not_met", (rule, change)


@pytest.mark.parametrize("profile", ["all", "yangshuo"])
def test_amount_that_stops_a_fen_short_does_not_clear_the_light(profile):
    count = 0
    for facts, rule, change in proposals(profile):
        if len(change["steps"]) != 1 or not isinstance(change["steps"][0]["by"], str):
            continue
        step = change["steps"][0]
        short = Decimal(step["after"]) + (FEN if Decimal(step["by"]) < 0 else -FEN)
        assert state(profile, changed(facts, [step | {"after": short}]), rule) != "not_met", (rule, step)
        count += 1
    assert count > 20


@pytest.mark.parametrize("profile", ["all", "pinggui"])
def test_no_amount_of_a_change_can_be_smaller_while_the_others_stay(profile):
    joint = 0
    for facts, rule, change in proposals(profile):
        for step in change["steps"]:
            if lexicon_of("2026-1").word(step["fact"]).kind not in ("money", "int") or step["any_value"]:
                continue
            joint += len(change["steps"]) > 1
            for less in nearer(step):
                fewer = [one if one is not step else step | {"after": less} for one in change["steps"]]
                cleared = state(profile, changed(facts, fewer), rule) == "not_met"
                assert not cleared or breaks_a_check(step, changed(facts, fewer)), (rule, change, less)
    assert joint > 20


def nearer(step):
    """A grid step and half the way nearer to what the value is; nothing stands for what nobody asked."""
    grid = FEN if lexicon_of("2026-1").word(step["fact"]).kind == "money" else Decimal(1)
    before, after = Decimal(step["before"] or 0), Decimal(step["after"])
    way = grid if after < before else -grid
    far = abs(after - before) // grid
    return [after + way * steps for steps in (1, far // 2) if 0 < steps < far]


def breaks_a_check(step, facts):
    item = None if step["index"] is None else facts["ill" if step["fact"].startswith("ill") else "stu"]
    names = [step["fact"], *(item[step["index"]] if item else ())]
    checks = [check for name in names for check in lexicon_of("2026-1").word(name).checks]
    return any(check(facts, item[step["index"]] if item else None) is False for check in checks)


@pytest.mark.parametrize("profile", ["all", "pinggui"])
def test_where_any_answer_is_said_to_do_each_one_does_whatever_the_others(profile):
    tried = 0
    for facts, rule, change in proposals(profile):
        free = [step for step in change["steps"] if step["any_value"]]
        for given in product((0, 1, 2, 3, 4, 5000, 10**12), repeat=len(free)) if len(free) < 5 else ():
            answered = [step | {"any_value": False, "after": n} for step, n in zip(free, given, strict=True)]
            rest = [step for step in change["steps"] if not step["any_value"]]
            assert state(profile, changed(facts, rest + answered), rule) == "not_met", (rule, change, given)
            tried += 1
    assert tried > 50


@pytest.mark.parametrize("profile", ["all", "heshan"])
def test_changed_values_are_ones_the_checklist_takes(profile):
    words = lexicon_of("2026-1")
    for _facts, rule, change in proposals(profile):
        for step in change["steps"]:
            word, after = words.word(step["fact"]), value_of(step)
            assert word.source not in ("form", "other_rules")
            if word.kind in ("money", "int"):
                assert after >= word.low, (rule, step)
                assert word.high is None or after <= word.high
            if word.kind == "code":
                assert after in word.options
            if word.kind == "codes":
                assert set(after) <= set(word.options)


def test_nearly_every_light_of_random_households_has_a_way_out():
    lights = without = 0
    for facts in households("all"):
        for light in bench("all").judge(facts).met:
            lights += 1
            without += explainer("all").explain(facts, light.rule)["change"] is None
    assert lights > 500
    assert without / lights < 0.05


def test_first_proposal_changes_register_entries_only_when_no_answer_helps():
    for facts in households("all"):
        for light in bench("all").judge(facts).met:
            found = explainer("all").explain(facts, light.rule)
            if found["change"] is None or not any(step["fixed"] for step in found["change"]["steps"]):
                continue
            for other in found["alternatives"]:
                assert any(step["fixed"] for step in other["steps"])


def test_place_that_is_not_needed_is_left_out_of_a_change():
    world = World(explainer("yangshuo")._laws, {"basic_lack": ["grain"], "house_state": "D"})
    edit = {Spot("house_state"): "safe", Spot("basic_lack"): []}
    least = Repairs(world, lambda severity: None)._least(edit, lambda after: after.known["basic_lack"] == [])
    assert least == {Spot("basic_lack"): []}


ILL_AND_POOR = {
    "online_flag": False,
    "kind": "marginal",
    "n_members": 7,
    "net_prev": 5500,
    "ill_untreated": "no",
    "basic_lack": [],
    "edu_school": "home_ok",
    "house_fix": "costly",
    "water_fix": "can",
    "support": "ok",
    "inc_wage": Decimal("6000.01"),
    "inc_biz": 0,
    "inc_prop": 0,
    "inc_trans": Decimal("27450.56"),
    "exp_biz": 0,
    "inc_claim": 4423,
    "acc_selfpay": Decimal("12345.67"),
    "labour_lost": "no",
    "rigid_exp": 0,
    "hardship_src": [],
    "stu": [],
    "ill": [
        {"who": "m6", "ill_type": "serious", "ill_setting": ["inpatient"]}
        | {"ill_selfpay": Decimal("13716.05"), "ill_selffund": Decimal("0.01")}
    ],
}


@pytest.mark.parametrize("profile", ["all", "pinggui"])
def test_claims_are_no_larger_than_the_smaller_cost_of_the_illness_leaves_them(profile):
    found = explainer(profile).explain(ILL_AND_POOR, "R-XCK-01")
    steps = [{step["fact"]: step for step in change["steps"]} for change in found["alternatives"]]
    (claim,) = (one["inc_claim"] for one in steps if {"inc_claim", "ill_selfpay"} <= one.keys())
    assert claim["by"] == "7422.66"
