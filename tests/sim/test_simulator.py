"""Forty simulated fortnights with every run of the tests; ``make sim`` runs as many as one likes."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.sim.seeds import Outcome, machinery, run_many, run_seed

# A seed always gives the same: these floors hold for each ten of them.
# Forty of the hundred that `make sim` runs: a seed takes 15 seconds of a slow processor.
TEN_SEEDS = [list(range(first, first + 10)) for first in range(1, 41, 10)]
VISITS, FAULTS = 1_100, 1_400
KINDS = {
    "clock_jump", "crash_after", "crash_before", "cut_answer", "cut_request", "disk_full", "duplicate",
    "flip_request", "invalid_body", "killed_by_answer", "killed_while_saving", "late_copy", "locked",
    "lost_request", "lost_response", "mirror", "newer_app", "other_text", "overtaken", "phone_full", "portal",
    "reassigned", "restore", "rubbish", "two_tabs",
}  # fmt: skip


def totals(outcomes: list[Outcome]) -> tuple[int, Counter[str]]:
    faults: Counter[str] = Counter()
    for outcome in outcomes:
        faults += outcome.faults
    return sum(outcome.visits for outcome in outcomes), faults


@pytest.mark.parametrize("seeds", TEN_SEEDS, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_nothing_is_lost_doubled_or_seen_differently(seeds: list[int]) -> None:
    outcomes, failures = run_many("sqlite", seeds, False)
    assert failures == []
    visits, faults = totals(outcomes)
    assert visits >= VISITS
    assert faults.total() >= FAULTS
    assert faults.keys() >= KINDS


def test_the_same_holds_on_postgresql() -> None:
    outcomes, failures = run_many("postgresql", [101, 102, 103], False)
    assert failures == []
    assert totals(outcomes)[0] >= VISITS * 3 // 10


def told(outcome: Outcome) -> list[str]:
    """What happened; keys, epochs, tokens and cursors are made anew for each run of a seed."""
    return [re.sub(r"(-> \d+|cursor=|: 200).*", r"\1", line) for line in outcome.journal]


def test_a_seed_always_gives_the_same() -> None:
    with machinery() as (node, server):
        first, second = (run_seed(7, node, server) for _ in range(2))
    assert first.visits > 0
    assert told(first) == told(second)
    assert (first.visits, first.faults) == (second.visits, second.faults)
