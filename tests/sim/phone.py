"""A phone as a thing: tabs that open and close, a line, a clock, a battery."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.factories import Person
from tests.sim.loop import Died
from tests.sim.simulation import Simulation


class Phone:
    """One phone and its owner."""

    def __init__(self, sim: Simulation, name: str, person: Person, app: str) -> None:
        self.sim, self.name, self.person, self.app = sim, name, person, app
        self.dice = Random(f"{sim.seed}/{name}")
        self.line = "good"
        self.tabs: list[str] = []
        self.clock = 0.0
        self.lost = False  # the county ordered it to be wiped: what it did not send is gone
        self.drained = False  # it was ordered to hand everything over first
        self.signed_in_before = -1  # restores of the server before the last sign-in; -1 before the first
        self.retired = False  # nobody uses it any more
        sim.phones[name] = self
        sim.say({"c": "phone", "phone": name, "seed": self.dice.getrandbits(32)})

    def set(self, **what: Any) -> None:
        """Change something about the phone: online, clock, quota, steps."""
        self.sim.say({"c": "set", "phone": self.name} | what)

    def use_line(self, line: str) -> None:
        """Be on a good or bad line, behind a portal, or without any network (off)."""
        self.line = line
        self.set(online=line != "off")

    def open(self, tab: str) -> None:
        """Start the app in a tab; what it does then it does by itself."""
        if tab in self.tabs:
            return
        self.tabs.append(tab)
        self.sim.say({"c": "open", "phone": self.name, "tab": tab, "app": self.app})
        self.call("boot", tab=tab)

    def close(self, tab: str) -> None:
        """Close one tab, whatever it was doing."""
        if tab in self.tabs:
            self.tabs.remove(tab)
            self.sim.say({"c": "close", "phone": self.name, "tab": tab})
            self.sim.bury(self.name, tab)

    def reload(self, tab: str) -> None:
        """The app opens itself anew."""
        if tab in self.tabs:
            self.close(tab)
            self.open(tab)

    def kill(self, *, power: bool = False) -> None:
        """End every program at once; with ``power`` the battery falls out, too."""
        self.sim.note(f"{self.name} is killed{' by a power cut' if power else ''}")
        self.sim.say({"c": "kill", "phone": self.name, "power": power})
        self.died()

    def died(self) -> None:
        """The phone's programs have ended."""
        self.tabs.clear()
        self.sim.bury(self.name)

    def call(self, name: str, *args: Any, tab: str | None = None) -> Any:
        """Call the app in a tab (any that is open).

        Raises:
            Died: nothing is open any more.
        """
        if not self.tabs:
            raise Died
        return self.sim.call(self.name, tab or self.dice.choice(self.tabs), name, *args)

    def upgrade(self) -> None:
        """Install today's app over the old one; what lies on the phone stays."""
        self.sim.note(f"{self.name} gets the new app")
        for tab in list(self.tabs):
            self.close(tab)
        self.app = "current"

    async def sign_in_if_asked(self, seen: dict[str, Any]) -> None:
        """Sign in when the app asks for it. Only a server that was restored may have forgotten us."""
        if seen["user"] is not None and not seen["loginNeeded"]:
            return
        if self.signed_in_before == self.sim.restores and self.app == "current":
            self.sim.troubles.append(f"{self.name} was signed out for no reason")
        await self.sign_in()

    async def sign_in(self) -> None:
        """Sign in anew: other tokens, the same person."""
        tokens = self.sim.server.tokens(self.person, await self.call("device"), self.app)
        person = {
            "id": str(self.person.id),
            "username": self.person.username,
            "display_name": self.person.username,
            "role": self.person.role,
            "department": None,
            "locale": "zh-CN",
            "region": {"code": self.person.region_code, "name": "", "level": "grid", "path": []},
        }
        self.sim.note(f"{self.name} signs in")
        self.signed_in_before = self.sim.restores
        proof = [tokens[name] for name in ("access_token", "refresh_token", "recovery_secret")]
        await self.call("signIn", person, *proof)

    def now(self) -> float:
        """The time the phone shows."""
        return self.sim.loop.now + self.clock
