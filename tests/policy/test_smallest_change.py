"""Changes that are proposed: each clears its light by the engine itself, and nothing smaller does."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import cache
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
    for step in sorted(steps, key=lambda one: one["item"] is not None):
        if step["item"] is None:
            after[step["fact"]] = value_of(step, any_answer)
            continue
        loop = lexicon_of("2026-1").word(step["fact"]).loop
        for item in after[loop]:
            if item["who"] == step["item"]:
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
