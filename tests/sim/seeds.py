"""Runs seeds: what lives in each, the totals, and what is printed of one that fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from server.config import ROOT
from tests.sim import county, moving, ordering, people, settling
from tests.sim.checker import Verdict
from tests.sim.life import Life
from tests.sim.node import Node
from tests.sim.operating import Operator
from tests.sim.people import Desk
from tests.sim.phone import Phone
from tests.sim.rogues import Rogue
from tests.sim.server import START, Server
from tests.sim.simulation import STORM, Simulation

LAST_EVENTS = 60
OLD_APP = (county.LAN,)


@dataclass
class Outcome:
    """One seed's end."""

    seed: int
    verdict: Verdict
    visits: int
    faults: Counter[str]
    journal: list[str] = field(default_factory=list)


@contextmanager
def machinery(engine: str = "sqlite") -> Iterator[tuple[Node, Server]]:
    """The phones' process and the server, for as many seeds as one likes."""
    memory = Path("/dev/shm")  # noqa: S108 - no file of ours is looked for there
    folder = Path(tempfile.mkdtemp(prefix="liangdeng-sim-", dir=memory if memory.is_dir() else None))
    node = Node()
    entropy = os.urandom
    try:
        with closing(Server(engine, folder)) as server:
            yield node, server
    finally:
        os.urandom = entropy
        node.close()
        shutil.rmtree(folder, ignore_errors=True)


def run_seed(seed: int, node: Node, server: Server) -> Outcome:
    """Two weeks of one county, and the judgement."""
    with server.clock():
        sim = Simulation(seed, node, server)
        desks = [Desk(sim, person) for person in county.REVIEWERS]
        _people(sim, desks)
        sim.run_until(START + STORM)
        verdict = settling.settle(sim, desks)
        visits = sum(1 for attempt in sim.attempts if attempt.kind == "visit" and attempt.saved)
        return Outcome(seed, verdict, visits, sim.network.faults, list(sim.journal))


def _people(sim: Simulation, desks: list[Desk]) -> None:
    """Everybody begins."""
    end = START + STORM
    for person in county.FIELD:
        app = "0.1.0" if person in OLD_APP else "current"
        phone = Phone(sim, person.username, person, app)
        sim.loop.start(Life(phone).live(end))
    for desk in desks:
        sim.loop.start(desk.work(end))
    sim.loop.start(people.run_jobs(sim, end))
    sim.loop.start(Operator(sim).work(end))
    sim.loop.start(moving.reassign(sim, end))
    sim.loop.start(Rogue(sim).work(end))
    what = sim.dice.choice(["", "", "drain", "kill"])
    if what:
        ordered = Phone(sim, county.ZED.username, county.ZED, "current")
        sim.loop.start(Life(ordered).live(end))
        sim.loop.start(ordering.order(desks[-1], ordered, what, sim.dice.uniform(3, 11)))


def failure(outcome: Outcome, engine: str) -> str:
    """What is to be known of a seed that failed."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    head = f"seed {outcome.seed} on {engine} failed at {commit or 'no commit'}"
    again = f"replay: make sim SEED={outcome.seed} ENGINE={engine}"
    events = outcome.journal[-LAST_EVENTS:]
    return "\n".join([head, *outcome.verdict.lines(), "last events:", *events, again])


def run_many(engine: str, numbers: list[int], loud: bool) -> tuple[list[Outcome], list[str]]:
    """Run seeds one after the other in this process."""
    outcomes, failures = [], []
    with machinery(engine) as (node, server):
        for number in numbers:
            outcome = run_seed(number, node, server)
            outcomes.append(outcome)
            if not outcome.verdict.good():
                failures.append(failure(outcome, engine))
            if loud:
                state = "good" if outcome.verdict.good() else "BAD"
                findings = "".join(f"\n  {line}" for line in outcome.verdict.lines())
                print(f"seed {number} {engine}: {state}, {outcome.visits} visits{findings}", flush=True)
            outcome.journal.clear()
    return outcomes, failures
