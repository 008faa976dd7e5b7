"""A few seeds of the simulator with every run of the tests; ``make sim SEEDS=100`` runs many."""

from __future__ import annotations

import pytest

from tests.sim.seeds import run_many

SEEDS = (1,)


@pytest.mark.xdist_group("simulator")
def test_seeds_lose_nothing_and_double_nothing() -> None:
    outcomes, failures = run_many("sqlite", list(SEEDS), False)
    assert failures == []
    assert sum(outcome.visits for outcome in outcomes) >= 100 * len(SEEDS)
    assert sum(sum(outcome.faults.values()) for outcome in outcomes) > 0
