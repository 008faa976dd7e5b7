"""The checker is tested too: it catches planted bugs for their own reasons, and none where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.sim.mutants import catalogue, on_server, trial
from tests.sim.mutants.catalogue import Mutant
from tests.sim.mutants.planting import PWA, Line, NotThere, Patches, copy_of_app, in_server
from tests.sim.node import Node
from tests.sim.seeds import machinery
from tests.sim.server import Server

pytestmark = pytest.mark.xdist_group("simulator")
CHEAP = ("rotation-no-grace", "wipe401", "plaintext-put")  # of the server, of the phone, found by a scan
SEEDS = (1, 2)


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Node, Server]]:
    with machinery() as made:
        yield made


def named(name: str) -> Mutant:
    return next(mutant for mutant in (*catalogue.ALL, *catalogue.HARMLESS) if mutant.name == name)


@pytest.mark.parametrize("name", CHEAP)
def test_a_planted_bug_is_caught_for_its_own_reason(running, name):
    found = trial.simulate(named(name), SEEDS, *running)
    assert found.caught, found.line()


def test_a_change_that_is_no_bug_is_not_reported_as_caught(running):
    found = trial.simulate(named("harmless"), SEEDS[:1], *running)
    assert found.findings == []
    assert not found.caught
    assert found.line().startswith("ESCAPED")


def test_a_bug_that_fails_for_another_reason_does_not_count(running):
    other = Mutant("other", (r"^views_differ: ",), phone=named("plaintext-put").phone)
    found = trial.Trial(other.name, "seed 1", ["wrong: kx001q lies readable on the phone of mei"])
    found.is_its_own = bool(trial.judge(other, found.findings))
    assert not found.caught


def test_a_bug_whose_place_is_gone_is_not_planted_in_silence():
    with pytest.raises(NotThere), copy_of_app([Line("core/ids.ts", "no such line", "")]):
        pass
    with pytest.raises(NotThere), copy_of_app([Line("core/outbox/machine.ts", "return", "")]):
        pass
    with pytest.raises(AttributeError):
        Patches().set(catalogue, "no_such_name", None)


def test_an_app_that_does_not_start_ends_the_simulation(running):
    line = "export async function start(): Promise<void> {"
    broken = Line("app/start.ts", line, line + " throw new Error('nobody made this');")
    found = trial.simulate(Mutant("dead", (), phone=(broken,)), SEEDS[:1], *running)
    assert found.findings == ["stopped: RuntimeError: the app does not start: Error: nobody made this"]


def test_every_line_of_every_bug_is_where_it_was():
    for mutant in (*catalogue.ALL, *catalogue.HARMLESS):
        text = {line.file: (PWA / "src" / line.file).read_text("utf-8") for line in mutant.phone}
        for line in mutant.phone:
            text[line.file] = line.replaced_in(text[line.file])


def test_a_bug_of_the_server_is_gone_afterwards(running):
    _, server = running
    for mutant in catalogue.SIMULATED:
        if mutant.server is None:
            continue
        before = snapshot(server)
        with in_server(mutant.server, server.app):
            assert snapshot(server) != before, mutant.name
        assert snapshot(server) == before, mutant.name


def snapshot(server: Server) -> list[object]:
    """What the bugs of the server replace."""
    modules = [value for value in vars(on_server).values() if type(value) is ModuleType]
    found: list[object] = [server.app.extensions["gate"], on_server.merging.Seen.covers]
    return found + [value for module in modules for value in vars(module).values() if callable(value)]
