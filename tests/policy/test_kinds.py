"""The proposed kind by the income test of each profile (policy digest C5.2)."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest
import yaml

from server.policy.engine import judge
from server.policy.kinds import propose_kind
from server.policy.loader import PACKS

ON = date(2026, 11, 22)
CLEAN = yaml.safe_load((PACKS / "common/tests/clean_household.yaml").read_text("utf-8"))
RED = {"basic_lack": ["grain"]}
EDGES = [
    # profile, name of the income, highest income within, lowest above
    ("nanning", "pcni", "5000", "5000.01"),
    ("heshan", "pcni", "5000", "5000.01"),
    ("yangshuo", "pcni", "5000", "5000.01"),
    ("pinggui", "pcni", "5999.99", "6000"),
    ("ningxia", "pcni_prev", "4999.99", "5000"),
    ("all", "pcni", "5999.99", "6000"),
]


def kind(profile, **changes):
    return judge(CLEAN | changes, profile=profile, on=ON).proposed_kind


@pytest.mark.parametrize(("profile", "income", "within", "above"), EDGES)
def test_the_last_fen_within_the_line_of_a_profile_decides_the_kind(profile, income, within, above):
    assert kind(profile, **RED, **{income: Decimal(within)}) == "marginal"
    assert kind(profile, **RED, **{income: Decimal(within)}, lifted=True) == "unstable"
    assert kind(profile, **RED, **{income: Decimal(above)}) == "village_deliberation"
    assert kind(profile, **RED, **{income: None}) == "collect_income"
    assert kind(profile, **{income: Decimal(within)}) == "offline_monitoring"


def test_ningxia_does_not_look_at_the_income_of_the_last_12_months():
    assert kind("ningxia", **RED, pcni=Decimal(100)) == "village_deliberation"
    assert kind("yangshuo", **RED, pcni_prev=Decimal(100)) == "village_deliberation"


def test_covered_household_is_always_to_be_analysed_first():
    for covered, red, within in product(("dibao", "tekun"), (set(), {"R-BAS-01"}), (True, False, None)):
        assert propose_kind({covered: True, "lifted": True}, red, within) == "analyse_coverage"


@pytest.mark.parametrize("rule", ["R-SHK-10", "R-INC-06", "R-INC-07"])
def test_sudden_hardship_above_the_line_is_the_third_kind_whoever_it_is(rule):
    for lifted in (True, False, None):
        assert propose_kind({"lifted": lifted}, {rule, "R-BAS-01"}, False) == "sudden"


def test_nothing_is_proposed_above_the_line_or_without_an_income_when_nothing_is_red():
    assert propose_kind({"lifted": True}, set(), False) is None
    assert propose_kind({"lifted": True}, set(), None) is None
