"""Everybody beside the people with phones: those who review, and the machine's own job process."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.factories import Person
from tests.sim import bodies
from tests.sim.network import HOUR
from tests.sim.server import Answer
from tests.sim.simulation import Simulation


class Desk:
    """A reviewer at a computer, on a line that works."""

    def __init__(self, sim: Simulation, person: Person) -> None:
        self.sim, self.person = sim, person
        self.dice = Random(f"{sim.seed}/{person.username}")

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """One request as this person, signed in anew when the token has run out.

        What it may show is judged by how things stood before: deciding that a household moves away shows it.
        """
        name = self.person.username
        self.sim.region_of(name)
        answer = self._send(method, path, body) if name in self.sim.desk_tokens else None
        if answer is None or answer.status == 401:
            tokens = self.sim.server.tokens(self.person, f"desk-{name}", "desk")
            self.sim.desk_tokens[name] = tokens["access_token"]
            answer = self._send(method, path, body)
        self.sim.look_for_leaks(name, answer.text, path)
        return answer

    def _send(self, method: str, path: str, body: Any) -> Answer:
        data = b"" if body is None else bodies.text_of(body)
        token = self.sim.desk_tokens[self.person.username]
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        return self.sim.server.handle(method, f"/api/v1{path}", headers, data)

    def pages(self, path: str, after: str = "cursor") -> list[dict[str, Any]]:
        """All items of a paged list."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.ask("GET", f"{path}{cursor}").json()
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = f"&{after}={page['next']}"

    async def work(self, until: float) -> None:
        """Look at the desk every few days, and decide on some of what lies there."""
        while True:
            await self.sim.loop.sleep(self.dice.uniform(30, 120) * HOUR)
            if self.sim.loop.now >= until:
                return
            self.review(0.4)
            self.decide(0.5)

    def decide(self, share: float) -> None:
        """Decide on proposals, and on operations that could not be carried out."""
        if self.person.role == "county":
            return
        for proposal in self.pages("/proposals?state=open"):
            if self.dice.random() < share:
                choice = self.dice.choice(["approved", "approved", "declined"])
                self._decided(f"/proposals/{proposal['id']}", choice)
        for held in self.pages("/held?state=open"):
            if self.dice.random() < share:
                choice = self.dice.choice(["taken", "taken", "taken", "declined"])
                self._decided(f"/held/{held['id']}", choice)

    def _decided(self, path: str, decision: str) -> None:
        comment = "情况属实" if decision != "declined" else "与实际不符"
        self.ask("POST", f"{path}/decision", {"decision": decision, "comment": comment})
        self.sim.world_changed()

    def review(self, share: float) -> None:
        """Approve some of the visits that wait, and give some back; the county does neither."""
        if self.person.role == "county":
            return
        for visit in self.pages("/visits?state=submitted&limit=100"):
            if self.dice.random() > share:
                continue
            decision = "returned" if self.dice.random() < 0.3 else "approved"
            comment = "请补充" if decision == "returned" else ""
            form = {"id": bodies.new_id(self.dice), "decision": decision, "comment": comment, "comments": []}
            self.ask("POST", f"/visits/{visit['id']}/reviews", form)


async def run_jobs(sim: Simulation, until: float) -> None:
    """The job process: soon after a job came, and once in a while what was left behind."""
    dice = Random(f"{sim.seed}/jobs")
    while True:
        await sim.loop.sleep(dice.choice([1, 4, 8, 16]) * HOUR)
        if sim.loop.now >= until:
            return
        sim.server.run_jobs()
        if dice.random() < 0.4:
            sim.server.sweep()
