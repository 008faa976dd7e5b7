"""The line between phones and server: what a fault plan does to a request, its copies and the answer."""

from __future__ import annotations

import base64
import json
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from tests.sim import halves
from tests.sim.server import Answer, Crash, Doom

if TYPE_CHECKING:
    from tests.sim.simulation import Simulation

SECOND, MINUTE, HOUR, DAY = 1_000.0, 60_000.0, 3_600_000.0, 86_400_000.0
PORTALS: tuple[Answer, ...] = (
    Answer(200, {"Content-Type": "text/html"}, "<html><title>Wi-Fi</title>请先登录</html>"),
    Answer(200, {"Content-Type": "application/json"}, "{}"),
    Answer(200, {"Content-Type": "application/json"}, '{"results":[]}'),
    Answer(204, {}, ""),
    Answer(511, {"Content-Type": "text/html"}, "<html>Network authentication required</html>"),
    Answer(401, {"Content-Type": "text/html"}, "<html>who are you?</html>"),
    Answer(403, {"Content-Type": "text/html"}, "<html>blocked</html>"),
    Answer(404, {"Content-Type": "text/html"}, "<html>not here</html>"),
    Answer(410, {"Content-Type": "text/html"}, "<html>gone</html>"),
)
# How often a phone dies over an answer, and within how many of its tasks.
DEADLY_ANSWER, DEADLY_PAGE = 0.005, 0.08
STEPS_TO_TAKE_IN = 40
# What may happen to one request on a bad line, and how often beside the others.
FATES = {
    "fine": 60,
    "lost_request": 8,
    "lost_response": 10,
    "duplicate": 9,
    "late_copy": 5,
    "overtaken": 4,
    "crash_before": 3,
    "crash_after": 5,
    "portal": 5,
    "mirror": 2,
    "cut_answer": 3,
    "flip_request": 3,
    "cut_request": 2,
    "disk_full": 2,
    "locked": 2,
}
# A push is what the server writes most at: what goes wrong with a commit finds many there, and few elsewhere.
FATES_OF_PUSHES = FATES | {"crash_before": 9, "crash_after": 15, "disk_full": 5, "locked": 5}
# Counted when they strike, and not when they are meant to: they need a commit.
COMMITS = ("crash_before", "crash_after", "disk_full", "locked")


@dataclass(frozen=True)
class Flight:
    """A request on its way."""

    id: int
    phone: str
    tab: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def caller(self) -> str:
        """The token it was sent with."""
        return self.headers.get("authorization", "")

    @property
    def is_renewal(self) -> bool:
        """Whether it renews a sign-in."""
        return self.path.endswith("/auth/refresh")


def flight_of(sent: dict[str, Any]) -> Flight:
    """A request as the phones' process tells it."""
    body = sent["body"] or ""
    data = base64.b64decode(body) if sent["binary"] else body.encode()
    names = ("id", "phone", "tab", "method", "path", "headers")
    return Flight(**{name: sent[name] for name in names}, body=data)


class Network:
    """Takes requests of phones, and sooner or later gives them an answer or none."""

    def __init__(self, sim: Simulation, dice: Random) -> None:
        self.sim, self.dice = sim, dice
        self.faults: Counter[str] = Counter()
        self.calm = False
        self.deaths = Random(f"{sim.seed}/deaths")
        self.pushes: deque[tuple[str, bytes]] = deque(maxlen=40)
        self.renewals: defaultdict[str, list[int]] = defaultdict(list)

    def take(self, flight: Flight) -> None:
        """Decide what becomes of a request."""
        phone = self.sim.phones[flight.phone]
        is_push = flight.path.endswith("/s1/push")
        if is_push:
            self.pushes.append((phone.person.username, flight.body))
        if flight.is_renewal:
            self.renewals[flight.phone].append(flight.id)
        fate = self._fate(phone.line, FATES_OF_PUSHES if is_push else FATES)
        if fate == "flip_request" and flight.path.endswith("/visits/batch"):
            fate = "cut_request"  # the first release takes "the hash is wrong" for a final answer
        if fate not in ("fine", *COMMITS):
            self.faults[fate] += 1
        self.sim.note(f"{flight.phone}.{flight.tab} #{flight.id} {flight.method} {flight.path} [{fate}]")
        handler: Callable[[Flight], None] = getattr(self, f"_{fate}")
        handler(flight)

    def _fate(self, line: str, fates: dict[str, int]) -> str:
        if self.calm or line == "good":
            return "fine"
        if line == "portal":
            return "portal"
        return self.dice.choices(list(fates), list(fates.values()))[0]

    # --- fates ----------------------------------------------------------------------------------------------

    def _fine(self, flight: Flight) -> None:
        self._serve_after(self._delay(), flight, lambda answer: self._reply(flight, answer))

    def _lost_request(self, flight: Flight) -> None:
        self._fail(flight)

    def _lost_response(self, flight: Flight) -> None:
        self._serve_after(self._delay(), flight, lambda _: None)
        self._fail(flight)

    def _duplicate(self, flight: Flight) -> None:
        """The line sends it twice; either copy may come first, and either answer be the one that is heard."""
        first, second = self._delay(), self._delay()
        heard = self.dice.random() < 0.5
        self._serve_after(first, flight, lambda answer: self._reply(flight, answer) if heard else None)
        self._serve_after(second, flight, lambda answer: None if heard else self._reply(flight, answer))

    def _late_copy(self, flight: Flight) -> None:
        """A copy arrives long after everybody has forgotten it."""
        if self.dice.random() < 0.5:
            self._fine(flight)
        else:
            self._fail(flight)
        late = self.dice.choice([2 * MINUTE, 10 * MINUTE, 2 * HOUR, DAY, 3 * DAY])
        if flight.is_renewal:
            late = 2 * MINUTE  # a renewal of hours ago looks like a thief's, and is meant to
        self._serve_after(late * self.dice.uniform(0.7, 1.4), flight, lambda _: None)

    def _overtaken(self, flight: Flight) -> None:
        """It comes only after the phone gave it up, and perhaps after what the phone sent next."""
        self._serve_after(self.dice.uniform(5, 90) * SECOND, flight, lambda _: None)
        self._fail(flight)

    def _crash_before(self, flight: Flight) -> None:
        self._doomed(flight, "crash_before")

    def _crash_after(self, flight: Flight) -> None:
        self._doomed(flight, "crash_after")

    def _disk_full(self, flight: Flight) -> None:
        self._doomed(flight, "disk_full")

    def _locked(self, flight: Flight) -> None:
        self._doomed(flight, "locked")

    def _doomed(self, flight: Flight, kind: str) -> None:
        doom = Doom(kind, self._which_commit(flight))
        self._serve_after(self._delay(), flight, lambda answer: self._reply(flight, answer), doom)

    def _portal(self, flight: Flight) -> None:
        answer = self.dice.choice(PORTALS)
        self.sim.loop.after(self._delay(), lambda: self._reply(flight, answer))

    def _mirror(self, flight: Flight) -> None:
        """Something on the way answers 200 with what it was sent."""
        text = flight.body.decode("utf-8", "replace")
        answer = Answer(200, {"Content-Type": "application/json"}, text)
        self.sim.loop.after(self._delay(), lambda: self._reply(flight, answer))

    def _cut_answer(self, flight: Flight) -> None:
        def cut(answer: Answer | None) -> None:
            if answer is not None:
                kept = answer.text[: self.dice.randrange(len(answer.text) + 1)]
                answer = Answer(answer.status, answer.headers, kept)
            self._reply(flight, answer)

        self._serve_after(self._delay(), flight, cut)

    def _flip_request(self, flight: Flight) -> None:
        body = bytearray(flight.body)
        if body:
            body[self.dice.randrange(len(body))] ^= 1 << self.dice.randrange(8)
        self._serve_after(self._delay(), flight, lambda answer: self._reply(flight, answer), body=bytes(body))

    def _cut_request(self, flight: Flight) -> None:
        """The connection ends in the middle of the body; the server believes it was whole or does not."""
        cut = flight.body[: self.dice.randrange(len(flight.body) + 1)]
        declared = len(flight.body) if self.dice.random() < 0.7 else None
        self._serve_after(
            self._delay(), flight, lambda answer: self._reply(flight, answer), body=cut, declared=declared
        )

    # --- parts ----------------------------------------------------------------------------------------------

    def _delay(self) -> float:
        return self.dice.choice([0.2, 1, 4, 20]) * SECOND * self.dice.uniform(0.5, 1.5)

    def _which_commit(self, flight: Flight) -> int:
        """The commit that goes wrong. A push has one for each operation that is new, hardly more."""
        return self.dice.randrange(len(operations_of(flight.body)) or 2)

    def _serve_after(
        self,
        ms: float,
        flight: Flight,
        then: Callable[[Answer | None], None],
        doom: Doom | None = None,
        body: bytes | None = None,
        declared: int | None = None,
    ) -> None:
        data = flight.body if body is None else body

        def arrive() -> None:
            then(None if self._looks_stolen(flight) else self._serve(flight, data, declared, doom))

        self.sim.loop.after(ms, arrive)

    def _looks_stolen(self, flight: Flight) -> bool:
        """Whether it is a renewal that comes after two later ones: a thief's, to the server, and meant to be.

        Such a copy is lost on the way here: whose sign-in ends for it was signed out for a reason.
        """
        later = [one for one in self.renewals[flight.phone] if one > flight.id]
        return flight.is_renewal and len(later) > 1

    def _serve(self, flight: Flight, body: bytes, declared: int | None, doom: Doom | None) -> Answer | None:
        """The server's answer, None when it died over it."""
        if doom is not None:
            self.sim.server.doom = doom
        try:
            answer = self.sim.server.handle(flight.method, flight.path, flight.headers, body, declared)
        except Crash:
            self.sim.note(f"server crashed over #{flight.id}")
            return None
        finally:
            if doom is not None and doom.struck:
                self.faults[doom.kind] += 1
                self.sim.troubles += halves.left(self.sim.server)
        self.sim.note(f"#{flight.id} -> {answer.status} {_gist(answer)}")
        self.sim.served(flight, answer)
        return answer

    def _reply(self, flight: Flight, answer: Answer | None) -> None:
        """Hand the answer to the phone, after its own way back."""
        if answer is None:
            self._fail(flight)
            return
        self.sim.loop.after(self._delay() / 4, lambda: self._hand_over(flight, answer))

    def _hand_over(self, flight: Flight, answer: Answer) -> None:
        """Let the phone hear an answer; it may die while it takes it in, a page of households above all."""
        is_page = "/s1/pull" in flight.path
        if not self.calm and self.deaths.random() < (DEADLY_PAGE if is_page else DEADLY_ANSWER):
            self.faults["killed_by_answer"] += 1
            steps, power = self.deaths.randrange(STEPS_TO_TAKE_IN), self.deaths.random() < 0.3
            self.sim.phones[flight.phone].set(steps=steps, power=power)
        self.sim.say(_answer(flight, answer))

    def _fail(self, flight: Flight) -> None:
        """Nobody answers; the phone's browser notices some time."""
        command = {"c": "fail", "phone": flight.phone, "tab": flight.tab, "request": flight.id}
        self.sim.loop.after(self.dice.choice([3, 30, 60]) * SECOND, lambda: self.sim.say(command))


def _answer(flight: Flight, answer: Answer) -> dict[str, Any]:
    names = {"phone": flight.phone, "tab": flight.tab, "request": flight.id}
    return {
        "c": "answer",
        **names,
        "status": answer.status,
        "headers": answer.headers,
        "text": answer.text,
    }


def _gist(answer: Answer) -> str:
    """What an answer says, in a few words."""
    results = results_of(answer.text)
    if not results:
        return answer.text[:60]
    return " ".join(f"{str(each['op_id'])[:8]}:{each['st']}:{each['code']}" for each in results)


def results_of(text: str) -> list[dict[str, Any]]:
    """The results of a push, [] for anything else."""
    if '"results"' not in text:
        return []  # quicker than to read a page of households
    try:
        return [each for each in json.loads(text)["results"] if "st" in each]
    except (ValueError, KeyError, TypeError):
        return []


def operations_of(body: bytes) -> list[Any]:
    """The operations of a push, [] for anything else."""
    try:
        return list(json.loads(body)["ops"])
    except (ValueError, KeyError, TypeError):
        return []
