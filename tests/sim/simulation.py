"""One seed: phones, reviewers and an operator live for two weeks; then all calms down and is checked."""

from __future__ import annotations

from collections import deque
from itertools import count
from random import Random
from typing import Any

from sqlalchemy import select

from server.accounts.models import User
from server.core.db import db
from server.households.models import Household
from tests.sim import county
from tests.sim.attempts import Attempt
from tests.sim.loop import Died, Future, Loop, Refused
from tests.sim.network import DAY, HOUR, MINUTE, SECOND, Flight, Network, flight_of, results_of
from tests.sim.node import Node
from tests.sim.records import everything
from tests.sim.server import START, Answer, Server, number_source

STORM = 14 * DAY
JOURNAL = 400
BOOT = "boot/"  # how the keys of such calls begin
BUGS = ("Error", "ReferenceError", "SyntaxError")  # a full phone, or one that is not heard, is none
WIPED = "this device was wiped"  # what everything says on such a phone, also what nobody waits for


class Simulation:
    """The state of one seed."""

    def __init__(self, seed: int, node: Node, server: Server) -> None:
        self.seed, self.node, self.server = seed, node, server
        self.loop = Loop(START)
        self.dice = Random(seed)
        self.network = Network(self, Random(seed + 1))
        self.phones: dict[str, Any] = {}
        # By user name: a person at a computer signs in when the token has run out.
        self.desk_tokens: dict[str, str] = {}
        self.attempts: list[Attempt] = []
        # (operation, hash) that this life of the database signed for.
        self.signed: set[tuple[str, str]] = set()
        # Operations that it answered, whatever it said.
        self.offered: set[str] = set()
        self.restores = 0
        self.leaks: set[str] = set()
        self.troubles: list[str] = []
        # Phones that did not show what they had heard of, long before the end.
        self.unlike: list[str] = []
        self.journal: deque[str] = deque(maxlen=JOURNAL)
        self._commands: list[dict[str, Any]] = []
        self._calls: dict[str, tuple[str, Future]] = {}
        self._wake: float | None = None
        self._keys = count(1)
        self._places: tuple[dict[str, str], dict[str, str]] | None = None
        server.time = lambda: self.loop.now
        server.begin(seed, number_source(seed))
        self.say({"c": "clear", "seed": seed})

    # --- the phones' process --------------------------------------------------------------------------------

    def say(self, command: dict[str, Any]) -> None:
        """Tell the phones' process something, before time goes on."""
        self._commands.append(command)

    def call(self, phone: str, tab: str, name: str, *args: Any) -> Future:
        """Call a function of the app; awaiting gives its value.

        Raises:
            Died: the phone or the tab ended first. Refused: the app said no.
        """
        future = Future(self.loop)
        key = f"{name}/{phone}/{next(self._keys)}"
        self._calls[key] = (f"{phone}.{tab}", future)
        self.say({"c": "call", "phone": phone, "tab": tab, "id": key, "name": name, "args": list(args)})
        return future

    def ask_host(self, command: dict[str, Any]) -> Future:
        """Ask the phones' process something about a phone, past its apps."""
        future = Future(self.loop)
        key = f"host/{next(self._keys)}"
        self._calls[key] = ("host.host", future)
        self.say(command | {"id": key})
        return future

    def bury(self, phone: str, tab: str | None = None) -> None:
        """Whoever waits for a phone that died, or a tab that closed, waits no longer."""
        for key, (where, future) in list(self._calls.items()):
            if where.split(".")[0] == phone and tab in (None, where.split(".")[1]):
                del self._calls[key]
                future.fail(Died())

    def _flush(self) -> None:
        while self._commands:
            self._let_phones_go_on(self.loop.now)

    def _let_phones_go_on(self, until: float) -> None:
        """Phones hear what there is, and live on by their own timers until something is to be known here."""
        commands, self._commands = self._commands, []
        self._hear(self.node.say(self.loop.now, until, commands))

    def _hear(self, reply: Any) -> None:
        self.loop.now = max(reply.now, self.loop.now)
        self._wake = reply.wake
        self.troubles += [text for text in reply.troubles if WIPED not in text]
        for sent in reply.requests:
            self.network.take(flight_of(sent))
        for done in reply.done:
            _, future = self._calls.pop(done["id"], (None, None))
            if future is None:
                continue
            if "error" in done:
                refusal = f"{done['error']}: {done['message']}"
                if done["id"].startswith(BOOT) and done["error"] in BUGS and WIPED not in refusal:
                    raise RuntimeError(f"the app does not start: {refusal}")  # who owns it would try for ever
                future.fail(Refused(refusal))
            else:
                future.set(done["value"])
        for page in reply.reloads:
            self.phones[page["phone"]].reload(page["tab"])
        for name in reply.deaths:
            self.note(f"{name} died in the middle")
            self.phones[name].died()

    # --- time -----------------------------------------------------------------------------------------------

    def run_until(self, moment: float) -> None:
        """Let everything happen that is due by a moment."""
        while True:
            self._flush()
            due = [t for t in (self.loop.next_moment(), self._wake) if t is not None]
            if not due or min(due) > moment:
                break
            if self._wake is not None and self._wake <= min(due):
                self._let_phones_go_on(min(self.loop.next_moment() or moment, moment))
            else:
                self.loop.step()
        self.loop.now = moment

    def run(self, future: Future, limit: float = 2 * DAY) -> Any:
        """Let time pass until a future is there."""
        end = self.loop.now + limit
        while not future.done:
            self.run_until(min(self.loop.now + MINUTE, end))
            if self.loop.now >= end:
                raise TimeoutError("the simulation stands still")
        return future.result()

    # --- the history ----------------------------------------------------------------------------------------

    def note(self, text: str) -> None:
        """Add to the last events, which a failing seed prints."""
        hours = (self.loop.now - START) / HOUR
        self.journal.append(f"{hours:9.3f}h {text}")

    def served(self, flight: Flight, answer: Answer) -> None:
        """A phone was answered (or would have been): what was signed for, and nothing of another place."""
        if answer.status == 460 and flight.method == "PATCH":
            self.troubles.append(f"#{flight.id}: a photo of whole pieces had another hash in the end")
        if flight.method in ("PATCH", "PUT") and '"stored"' in answer.text and self.dice.random() < 0.8:
            self.loop.after(self.dice.uniform(0.2, 5) * SECOND, self.server.run_jobs)
        for result in results_of(answer.text):
            self.offered.add(result["op_id"])
            if result["st"] in ("accepted", "held"):
                self.signed.add((result["op_id"], result["sha256"]))
        self.look_for_leaks(self.phones[flight.phone].person.username, answer.text, flight.path)

    def went_back(self) -> None:
        """A backup was taken back: only phones know what was signed for since, and not the wiped ones."""
        self.restores += 1
        self.signed.clear()
        self.offered.clear()
        for attempt in self.attempts:
            phone = self.phones.get(attempt.phone)
            attempt.excused |= phone is not None and (phone.lost or phone.drained)

    def look_for_leaks(self, username: str, text: str, path: str) -> None:
        """Note every canary of a household that the reader may not see at this moment."""
        words = set(county.CANARY.findall(text))
        if not words:
            return
        scope = self.region_of(username)
        for word in words:
            if not self.place_of(word).startswith(scope):
                self.leaks.add(f"{username} saw {word} in {path}")

    def world_changed(self) -> None:
        """Somebody or some household is elsewhere now: look it up again."""
        self._places = None

    def _look_up(self) -> tuple[dict[str, str], dict[str, str]]:
        if self._places is None:
            with everything(self.server):
                people = dict(db.session.execute(select(User.username, User.region_code)).all())
                homes = dict(db.session.execute(select(Household.id, Household.region_code)).all())
            canaries = {home.canary: homes[home.id] for home in county.homes()}
            self._places = (people, canaries)
        return self._places

    def region_of(self, username: str) -> str:
        """What a person may see now."""
        return self._look_up()[0][username]

    def place_of(self, canary: str) -> str:
        """Where a household is now."""
        return self._look_up()[1][canary]
