"""What no app of ours sends: another text under a used number, operations of a newer app, and rubbish."""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any

from server.core.clock import iso, now
from tests.factories import Person
from tests.sim import bodies, county
from tests.sim.attempts import Attempt
from tests.sim.network import HOUR, operations_of, results_of
from tests.sim.simulation import Simulation


class Rogue:
    """Sends as somebody of the county, past every phone."""

    def __init__(self, sim: Simulation) -> None:
        self.sim = sim
        self.dice = Random(f"{sim.seed}/rogue")

    async def work(self, until: float) -> None:
        """Something odd every day or so."""
        while True:
            await self.sim.loop.sleep(self.dice.uniform(10, 50) * HOUR)
            if self.sim.loop.now >= until:
                return
            act = self.dice.choice([self.other_text, self.other_text, self.newer_app, self.rubbish])
            self.sim.network.faults[act.__name__] += 1
            act()

    def other_text(self) -> None:
        """An operation that was sent before, with other answers and a hash that fits them."""
        if not self.sim.network.pushes:
            return
        username, push = self.dice.choice(self.sim.network.pushes)
        visits = [op for op in operations_of(push) if op["kind"] == "visit"]
        if not visits:
            return
        op = deepcopy(self.dice.choice(visits))
        word = f"ww{len(self.sim.attempts):05}q"
        op["body"]["notes"] = {"water_state": word}
        self._send(_person(username), [_signed(op)], word)

    def newer_app(self) -> None:
        """A visit of an app that this server does not know yet."""
        person = self.dice.choice(county.FIELD)
        word = f"ww{len(self.sim.attempts):05}q"
        op = self._visit(person, word) | {"schema_v": 2}
        op["body"]["weather"] = "rain"
        self._send(person, [_signed(op)], word)

    def rubbish(self) -> None:
        """A good operation among bad ones; only the good one has an effect."""
        person = self.dice.choice(county.FIELD)
        word = f"ww{len(self.sim.attempts):05}q"
        good = _signed(self._visit(person, word))
        bad: list[Any] = [
            None,
            "text",
            _signed(self._visit(person, "ww")) | {"kind": "household.burn"},
            self._visit(person, "ww") | {"sha256": "0" * 64},
            _signed(self._visit(person, "ww")) | {"n": "many"},
        ]
        self.dice.shuffle(bad)
        self._send(person, [*bad[:2], good, *bad[2:]], word)

    def _visit(self, person: Person, word: str) -> dict[str, Any]:
        home = self.dice.choice([home for home in county.homes() if home.region_code == person.region_code])
        household = {"id": str(home.id), "roster": bodies.ROSTER}
        body = bodies.visit(self.dice, household, word, self.sim.loop.now, [])
        return {
            "op_id": body["id"],
            "n": None,
            "kind": "visit",
            "entity": body["id"],
            "base_rev": None,
            "needs": [],
            "schema_v": 1,
            "app_v": "rogue",
            "client_time": iso(now()),
            "mono_ms": None,
            "offset_ms": None,
            "sha256": "",
            "body": body,
        }

    def _send(self, person: Person, ops: list[Any], word: str) -> None:
        """Push, and remember what was signed for: the server has to keep that, whatever it was."""
        tokens = self.sim.server.tokens(person, "rogue", "rogue")
        push = {"v": 1, "device": "rogue", "client_time": iso(now()), "report": None, "ops": ops}
        data = bodies.text_of(push)
        headers = {
            "authorization": f"Bearer {tokens['access_token']}",
            "content-type": "application/json",
            "x-content-sha256": bodies.digest(data),
        }
        answer = self.sim.server.handle("POST", "/api/v1/s1/push", headers, data)
        self.sim.note(f"rogue as {person.username}: {answer.status} {answer.text[:200]}")
        self.sim.look_for_leaks(person.username, answer.text, "/api/v1/s1/push")
        results = results_of(answer.text)
        for op, result in zip(ops, results, strict=False):
            if isinstance(op, dict) and word in str(op["body"]["notes"]):
                self._remember(person, op, word, result)

    def _remember(self, person: Person, op: dict[str, Any], word: str, result: dict[str, Any]) -> None:
        attempt = Attempt("visit", "", person.username, "", op["body"], word, self.sim.loop.now)
        attempt.rogue, attempt.saved, attempt.op_id = True, False, op["op_id"]
        self.sim.attempts.append(attempt)
        if result["st"] in ("accepted", "held"):
            self.sim.signed.add((op["op_id"], op["sha256"]))


def _signed(op: dict[str, Any]) -> dict[str, Any]:
    return op | {"sha256": bodies.hash_of(op["body"])}


def _person(username: str) -> Person:
    return next(person for person in county.EVERYBODY if person.username == username)
