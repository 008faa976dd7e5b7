"""Mutants that a simulation in one process cannot see: a named test, once as it is and once with the bug."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from server.config import ROOT
from tests.sim.mutants.catalogue import Mutant
from tests.sim.mutants.planting import copy_of_app
from tests.sim.mutants.plugin import NAME
from tests.sim.mutants.trial import Trial, judge

PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "--durations=0")
VITEST = ("npx", "--no", "vitest", "run", "--reporter=verbose")


class Unsound(Exception):
    """The test fails without the bug as well, or did not run at all: it proves nothing."""


def run(mutant: Mutant) -> Trial:
    """Let the mutant's test judge it.

    Raises:
        Unsound: the test does not pass without the bug. NotThere: the bug's place is not where it was.
    """
    status, output = _run(mutant, with_bug=False)
    if status != 0:
        raise Unsound(f"{mutant.name}: {mutant.test} fails without the bug:\n{output[-2000:]}")
    status, output = _run(mutant, with_bug=True)
    trial = Trial(mutant.name)
    if status != 0:
        trial.place = str(mutant.test)
        trial.findings = [line.strip() for line in output.splitlines() if judge(mutant, [line])]
        trial.is_its_own = bool(trial.findings)
        trial.findings = trial.findings or output.splitlines()[-3:]
    return trial


def _run(mutant: Mutant, *, with_bug: bool) -> tuple[int, str]:
    assert mutant.test is not None
    if not mutant.phone:
        return _pytest(mutant.test, mutant.name if with_bug else None)
    with copy_of_app(mutant.phone if with_bug else ()) as app:
        return _said([*VITEST, mutant.test], app, {})


def _pytest(test: str, mutant: str | None) -> tuple[int, str]:
    plugin = ["-p", "tests.sim.mutants.plugin"] if mutant else []
    return _said([*PYTEST, *plugin, test], ROOT, {NAME: mutant} if mutant else {})


def _said(words: list[str], folder: Path, more: dict[str, str]) -> tuple[int, str]:
    plain = {"NO_COLOR": "1", "FORCE_COLOR": "0"}
    done = subprocess.run(
        words, cwd=folder, env=os.environ | plain | more, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr
