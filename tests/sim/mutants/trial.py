"""One mutant's trial: seeds with the bug planted, until one fails; and whether that was the bug's doing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from server.core.db import db
from tests.sim.mutants.catalogue import Mutant
from tests.sim.mutants.planting import planted
from tests.sim.node import Node
from tests.sim.seeds import run_seed
from tests.sim.server import Server

SHOWN = 2


@dataclass
class Trial:
    """What became of a mutant; ``place`` is the seed or test that caught it, empty for one that escaped."""

    name: str
    place: str = ""
    findings: list[str] = field(default_factory=list)
    is_its_own: bool = False
    seeds: list[int] = field(default_factory=list)

    @property
    def caught(self) -> bool:
        """Whether something failed, and for the bug's own reason."""
        return bool(self.place) and self.is_its_own

    def line(self) -> str:
        """One line of the report."""
        if not self.place:
            return f"ESCAPED {self.name}: {len(self.seeds)} seeds or its test saw nothing"
        state = "caught " if self.is_its_own else "FAILED FOR ANOTHER REASON "
        return f"{state} {self.name} by {self.place}: {' | '.join(self.findings[:SHOWN])[:300]}"


def judge(mutant: Mutant, findings: Sequence[str]) -> list[str]:
    """The findings that are of the mutant's own reasons."""
    return [text for text in findings if any(re.search(reason, text) for reason in mutant.by)]


def simulate(mutant: Mutant, seeds: Sequence[int], node: Node, server: Server) -> Trial:
    """Run seeds with the bug, the first that fails is the last.

    Raises:
        NotThere, AttributeError: the bug's place is not where it was.
    """
    trial = Trial(mutant.name)
    with planted(mutant.phone, mutant.server, node, server.app):
        for seed in seeds:
            trial.seeds.append(seed)
            findings = findings_of(seed, node, server)
            if findings:
                own = judge(mutant, findings)
                trial.place, trial.is_its_own = f"seed {seed}", bool(own)
                trial.findings = own or findings
                break
    return trial


def findings_of(seed: int, node: Node, server: Server) -> list[str]:
    """What a seed finds; a simulation that cannot go on is a finding of its own kind."""
    try:
        return run_seed(seed, node, server).verdict.lines()
    except Exception as error:  # noqa: BLE001 - with a bug planted anything may come
        with server.app.app_context():
            db.session.remove()
        return [f"stopped: {type(error).__name__}: {error}"]
