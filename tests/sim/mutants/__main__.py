"""``python -m tests.sim.mutants`` plants every bug and tells which were caught; ``--only`` plants some."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor as Pool
from concurrent.futures import as_completed
from multiprocessing import get_context
from typing import Any

from tests.sim.mutants.catalogue import ALL, NOT_YET, Mutant
from tests.sim.mutants.trial import Trial
from tests.sim.mutants.work import judge, prove

SEEDS = 8


def _each(pool: Pool, work: Callable[..., Any], calls: Iterable[tuple[Any, ...]]) -> Iterable[Any]:
    """Results as they come. What a call raises ends it all: a mutant whose place is gone proves nothing."""
    for done in as_completed([pool.submit(work, *call) for call in calls]):
        yield done.result()


def run(mutants: list[Mutant], seeds: int, processes: int) -> bool:
    """Try all, print a line each; whether all were caught by seeds and tests that are otherwise good."""
    trials: list[Trial] = []
    with Pool(processes, mp_context=get_context("spawn")) as pool:
        for each in _each(pool, judge, [(mutant.name, seeds) for mutant in mutants]):
            print(each.line(), flush=True)
            trials.append(each)
        used = sorted({each.seeds[-1] for each in trials if each.seeds and each.caught})
        bad = [text for found in _each(pool, prove, [(seed,) for seed in used]) for text in found]
    for text in bad:
        print(text)
    print(f"seeds without a bug: {' '.join(map(str, used))}: {'BAD' if bad else 'good'}")
    for name, why in NOT_YET.items():
        print(f"not applicable yet: {name}: {why}")
    caught = sum(each.caught for each in trials)
    print(f"caught={caught} of {len(trials)}")
    return caught == len(trials) and not bad


def main() -> int:
    """Parse, run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=[mutant.name for mutant in ALL])
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    mutants = [mutant for mutant in ALL if given.only is None or mutant.name in given.only]
    return 0 if run(mutants, given.seeds, given.processes) else 1


if __name__ == "__main__":
    sys.exit(main())
