"""What a process of the pool does: one trial after the other, with phones and a server that are made once."""

from __future__ import annotations

from contextlib import ExitStack
from multiprocessing.util import Finalize

from tests.sim.mutants import testing, trial
from tests.sim.mutants.catalogue import ALL
from tests.sim.mutants.trial import Trial
from tests.sim.node import Node
from tests.sim.seeds import machinery
from tests.sim.server import Server

_kept: list[tuple[Node, Server]] = []


def _machinery() -> tuple[Node, Server]:
    """The phones' process and the server of this process, made once and for all its trials."""
    if not _kept:
        stack = ExitStack()
        _kept.append(stack.enter_context(machinery()))
        Finalize(None, stack.close, exitpriority=10)  # a pool's processes run nothing else at their end
    return _kept[0]


def judge(name: str, seeds: int) -> Trial:
    """The trial of a mutant."""
    mutant = next(each for each in ALL if each.name == name)
    if mutant.test is not None:
        return testing.run(mutant)
    return trial.simulate(mutant, range(mutant.first, mutant.first + seeds), *_machinery())


def prove(seed: int) -> list[str]:
    """What a seed finds without any bug: it must be nothing, or its catches prove nothing."""
    return [f"seed {seed} fails without a bug: {text}" for text in trial.findings_of(seed, *_machinery())]
