"""``python -m tests.sim --seeds 100``: many seeds; ``--seed 7``: one of them again."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.sim.seeds import Outcome, run_many


def total(outcomes: list[Outcome]) -> str:
    """The last line."""
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        counts += Counter({name: len(found) for name, found in vars(outcome.verdict).items()})
        counts += Counter({"visits": outcome.visits, "faults": sum(outcome.faults.values())})
    names = ("lost", "duplicated", "wrong", "views_differ", "visits", "faults")
    return " ".join(f"{name}={counts[name]}" for name in names)


def main() -> int:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--engine", default="sqlite", choices=("sqlite", "postgresql"))
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    numbers = [given.seed] if given.seed else list(range(given.first, given.first + given.seeds))
    workers = min(given.processes, len(numbers))
    outcomes: list[Outcome] = []
    failures: list[str] = []
    if workers == 1:
        outcomes, failures = run_many(given.engine, numbers, True)
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            parts = [
                pool.submit(run_many, given.engine, numbers[place::workers], True) for place in range(workers)
            ]
            for part in parts:
                some, bad = part.result()
                outcomes += some
                failures += bad
    for text in failures:
        print(text, file=sys.stderr)
    faults = sum((outcome.faults for outcome in outcomes), Counter())
    print("faults: " + " ".join(f"{name}={count}" for name, count in sorted(faults.items())))
    print(total(outcomes))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
