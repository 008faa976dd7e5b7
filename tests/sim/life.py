"""A person with a phone: goes out, records visits without a network, comes back, and all goes wrong."""

from __future__ import annotations

import base64
import contextlib
from copy import deepcopy
from typing import Any

from tests.sim import bodies, edits, hearsay
from tests.sim.attempts import NO_ANSWER, Attempt
from tests.sim.loop import Died, Refused
from tests.sim.network import DAY, HOUR, MINUTE, SECOND
from tests.sim.phone import Phone

VISITS_AN_OUTING = (7, 13)
HOURS_BETWEEN = (50, 190)
PHOTOS_A_VISIT = (0, 0, 0, 0, 0, 1, 1, 2)
STORAGE_LEFT = 900  # bytes: less than any visit takes
CLOCKS = [0.0, 0.0, 3 * MINUTE, -40 * MINUTE, -3650 * DAY, 400 * DAY]


class Life:
    """What the owner of a phone does with it."""

    def __init__(self, phone: Phone) -> None:
        self.phone, self.sim, self.dice = phone, phone.sim, phone.dice
        self.until = 0.0
        self.upgrade_at = self.sim.loop.now + self.dice.uniform(2, 16) * DAY

    async def live(self, until: float) -> None:
        """Go out now and then until the storm is over."""
        self.until = until
        await self.sim.loop.sleep(self.dice.uniform(0, 2 * HOUR))
        while self.sim.loop.now < until and not self.phone.retired:
            try:
                await self.outing()
            except Died:
                pass
            except Refused as refusal:
                if not (self.phone.lost or self.phone.drained):
                    raise
                self.sim.note(f"{self.phone.name} is not used any more: {refusal}")
                self.phone.retired = True
            await self.sim.loop.sleep(self.dice.uniform(*HOURS_BETWEEN) * HOUR)

    async def outing(self) -> None:
        """Open the app, look for news, record visits, send them, and put the phone away."""
        phone, dice = self.phone, self.dice
        if dice.random() < 0.12:
            self.jump_clock()
        if phone.app != "current" and self.sim.loop.now > self.upgrade_at:
            phone.upgrade()
        first = phone.signed_in_before < 0
        line = dice.choices(["good", "bad", "portal", "off"], [1, 2, 1, 14])[0]
        phone.use_line("good" if first else line)
        is_fresh = not phone.tabs
        phone.open("a")
        if dice.random() < 0.2:
            phone.open("b")
        if not await self.may_work():
            return
        if is_fresh and phone.app == "current":
            await hearsay.compare(phone)
        await self.maybe_sync(0.6)
        if first:  # it has a list to work on by now
            await self.pause(MINUTE)
            phone.use_line(line)
        for _ in range(dice.randint(*VISITS_AN_OUTING)):
            await self.pause(dice.uniform(0.5, 14) * MINUTE)
            await self.record_and_go_on()
        phone.use_line(dice.choices(["good", "bad", "portal", "off"], [2, 7, 1, 1])[0])
        await self.maybe_sync(0.7)
        await self.pause(dice.choice([0.5, 3, 15, 90]) * MINUTE)
        self.put_away()

    async def pause(self, ms: float) -> None:
        """Let time pass; what was begun ends with the storm."""
        await self.sim.loop.sleep(ms)
        if self.sim.loop.now >= self.until:
            raise Died

    async def may_work(self) -> bool:
        """Sign in when the app asks for it; a phone that was wiped is handed back and not used again."""
        seen = await self.phone.call("glance")
        if seen["user"] is None and (self.phone.lost or self.phone.drained):
            self.phone.retired = True
            return False
        await self.phone.sign_in_if_asked(seen)
        return True

    async def maybe_sync(self, chance: float) -> None:
        """Press the button, and give it a while."""
        if self.dice.random() < chance:
            await self.phone.call("sync")
            await self.pause(self.dice.choice([2, 30, 120]) * SECOND)

    def put_away(self) -> None:
        """Close the app, leave it open, or let the system kill it."""
        how = self.dice.random()
        if how < 0.25:
            self.phone.kill(power=self.dice.random() < 0.3)
        elif how < 0.9:
            for tab in list(self.phone.tabs):
                self.phone.close(tab)

    def jump_clock(self) -> None:
        """The phone's clock is wrong from now on, or right again."""
        self.phone.clock = self.dice.choice(CLOCKS)
        self.sim.network.faults["clock_jump"] += 1
        self.phone.set(clock=self.phone.clock)

    # --- recording ------------------------------------------------------------------------------------------

    async def record_and_go_on(self) -> None:
        """Record; a phone that dies over it is switched on again, mostly."""
        try:
            await self.record()
        except Died:
            if self.dice.random() < 0.15:
                raise
            await self.pause(self.dice.uniform(0.2, 5) * MINUTE)
            self.phone.open("a")
            if not await self.may_work():
                raise

    async def record(self) -> None:
        """Record one visit, or correct the register, for a household that the phone shows."""
        seen = await self.phone.call("pick", self.dice.random())
        household = seen["household"]
        if household is None or seen["order"] != "active":
            return
        mishap = self._mishap()
        if self.phone.app == "current" and self.dice.random() < 0.2:
            await self._edit(household)
        else:
            await self._visit(household, seen["entries"])
        if mishap == "quota":
            self.phone.set(quota=None)
        elif mishap == "steps":
            self.phone.set(steps=None)

    def _mishap(self) -> str:
        what = self.dice.choices(["", "quota", "steps"], [88, 5, 7])[0]
        if what == "quota":
            self.phone.set(quota=STORAGE_LEFT)
            self.sim.network.faults["phone_full"] += 1
        elif what == "steps":
            steps = self.dice.choice([0, 1, 2, 3, 5, 8, 12, 20, 30])
            self.phone.set(steps=steps, power=self.dice.random() < 0.3)
            self.sim.network.faults["killed_while_saving"] += 1
        return what

    async def _visit(self, household: dict[str, Any], entries: list[dict[str, Any]]) -> None:
        attempt = self._attempt(household, entries)
        refused = [entry["id"] for entry in entries if _to_correct(entry)]
        options = {"corrects": refused[0]} if refused and self.dice.random() < 0.5 else {}
        if len(self.phone.tabs) > 1 and self.dice.random() < 0.5:
            # The same form lies open in both tabs, and both are saved at once with different answers.
            twin = self._twin(attempt)
            self.sim.network.faults["two_tabs"] += 1
            self.sim.loop.start(self._save_quietly(twin))
        await self._save(attempt, options)
        for before in self.sim.attempts:
            before.corrected |= attempt.saved is True and before.op_id == options.get("corrects", "")

    def _attempt(self, household: dict[str, Any], entries: list[dict[str, Any]]) -> Attempt:
        dice = self.dice
        word = f"ww{len(self.sim.attempts):05}q"
        photos = [bodies.photo(dice, bomb=dice.random() < 0.04) for _ in range(dice.choice(PHOTOS_A_VISIT))]
        note = f"{word} {household['address']}"
        revises = self._revised(household, entries)
        body = bodies.visit(dice, household, note, self.phone.now(), photos, revises=revises)
        if dice.random() < 0.03:
            body["answers"]["water_state"] = NO_ANSWER
            self.sim.network.faults["invalid_body"] += 1
        given = {bodies.digest(data): data for data in photos}
        return self._tried("visit", household["id"], body, word, given)

    def _tried(
        self, kind: str, household_id: str, body: dict[str, Any], word: str, photos: dict[str, bytes]
    ) -> Attempt:
        person = self.phone.person.username
        attempt = Attempt(kind, self.phone.name, person, household_id, body, word, self.sim.loop.now, photos)
        self.sim.attempts.append(attempt)
        return attempt

    def _revised(self, household: dict[str, Any], entries: list[dict[str, Any]]) -> str | None:
        """A returned visit is answered; now and then somebody corrects what was saved a moment ago."""
        taken = {entry["revises"] for entry in entries if entry["state"] not in ("rejected", "conflicted")}
        returned = household.get("returned")
        if returned and returned["visit_id"] not in taken and self.dice.random() < 0.8:
            return str(returned["visit_id"])
        own = [
            entry["id"]
            for entry in entries
            if entry["kind"] == "visit"
            and entry["household_id"] == household["id"]
            and entry["id"] not in taken
            and entry["state"] not in ("rejected", "conflicted")
        ]
        return own[-1] if own and self.dice.random() < 0.15 else None

    def _twin(self, attempt: Attempt) -> Attempt:
        body = deepcopy(attempt.body)
        word = f"ww{len(self.sim.attempts):05}q"
        body["notes"] = {"water_state": body["notes"]["water_state"].replace(attempt.word, word)}
        return self._tried("visit", attempt.household_id, body, word, attempt.photos)

    async def _save_quietly(self, attempt: Attempt) -> None:
        with contextlib.suppress(Died, Refused):
            await self._save(attempt, {})

    async def _save(self, attempt: Attempt, options: dict[str, str]) -> None:
        photos = [
            {name: shown[name] for name in ("sha256", "kind", "taken_at")}
            | {"bytes": base64.b64encode(attempt.photos[shown["sha256"]]).decode()}
            for shown in attempt.body["photos"]
        ]
        await self._told(attempt, self.phone.call("saveVisit", attempt.body, photos, options))

    async def _edit(self, household: dict[str, Any]) -> None:
        body = edits.change(self.dice, household, len(self.sim.attempts))
        attempt = self._tried("household.edit", household["id"], body, body["reason"], {})
        attempt.base_rev = household["revision"]
        await self._told(attempt, self.phone.call("edit", body, household["revision"]))

    async def _told(self, attempt: Attempt, saying: Any) -> None:
        """What the phone says of a save, if it lives to say it."""
        try:
            attempt.op_id = await saying
            attempt.saved = True
        except Refused as refusal:
            attempt.saved = False
            self.sim.note(f"{self.phone.name} could not save {attempt.word}: {refusal}")


def _to_correct(entry: dict[str, Any]) -> bool:
    return entry["state"] == "rejected" and entry["kind"] == "visit" and entry["corrected"] is None
