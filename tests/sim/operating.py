"""The operator: makes backups, and on a bad day takes one of the two newest back."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from uuid import UUID

from server.backups import services as backups
from server.backups.services import Verified
from server.core import changelog, clock, state
from server.core.changes import Position
from server.core.db import db, transaction
from server.core.scope import EVERYTHING, region_scope
from tests.sim.network import DAY, HOUR
from tests.sim.simulation import Simulation


@dataclass(frozen=True)
class FileThere:
    """One file of the photo folder, as ``begin_again`` wants to know it."""

    file_id: UUID
    part: str


class Operator:
    """Keeps the two newest backups of one seed."""

    def __init__(self, sim: Simulation) -> None:
        self.sim = sim
        self.dice = Random(f"{sim.seed}/operator")
        self._copies = sim.server.folder / "photo-copies"
        shutil.rmtree(self._copies, ignore_errors=True)
        self._names: deque[str] = deque(maxlen=2)
        self._made = 0
        self._made_at: dict[str, datetime] = {}

    async def work(self, until: float) -> None:
        """A backup a day or so, and in most seeds a bad day on which one is taken back.

        In some, backups fail for more than a week: what phones may forget must not depend on their age alone,
        nor on the newest backup alone.
        """
        if self.dice.random() < 0.4:
            await self._fail_for_a_week()
            await self._go_on(until, [])
        else:
            await self._go_on(until, self._bad_moments(until))

    async def _go_on(self, until: float, bad_moments: list[float]) -> None:
        """Back up until a moment; where a bad one has passed, take a backup back instead."""
        while True:
            await self.sim.loop.sleep(self.dice.uniform(8, 36) * HOUR)
            now = self.sim.loop.now
            if now >= until:
                return
            if bad_moments and now >= bad_moments[0] and len(self._names) > 1:
                bad_moments.pop(0)
                self.restore(self.dice.choice(self._names))
            else:
                self.back_up()

    async def _fail_for_a_week(self) -> None:
        """After the first day's backup none succeeds, until one does that is broken when it is needed.

        It looks good for three days, in which phones come back with what is old enough to be forgotten. All
        that was sent before is in no other backup, the work of everybody's first outing above all.
        """
        for wait in ((0.5, 3), (8.5 * 24, 9 * 24)):
            await self.sim.loop.sleep(self.dice.uniform(*wait) * HOUR)
            self.back_up()
        await self.sim.loop.sleep(self.dice.uniform(3.2, 3.8) * DAY)
        self.restore(self._names[0])

    def _bad_moments(self, until: float) -> list[float]:
        start = self.sim.loop.now
        shares = sorted(self.dice.uniform(0.2, 1.0) for _ in range(self.dice.choice([0, 1, 1, 2])))
        return [start + share * (until - start) for share in shares]

    def back_up(self) -> None:
        """Copy database and photos; from then on phones may rely on it."""
        self._made += 1
        name = f"b{self._made}"
        with self._inside():
            epoch = state.epoch() or ""
            self._made_at[name] = clock.now()
            place = self._position()
            db.session.rollback()
            self.sim.server.engine.backup(db.engine, name)
            shutil.copytree(self.sim.server.photos, self._copies / name)
            with transaction():
                backups.note_verified(Verified(name, epoch, clock.now(), place, 1, "0" * 64, 0))
        self._names.append(name)
        self.sim.note(f"backup {name} up to {place}")

    def _position(self) -> Position:
        """The first place of the change log that a copy made now does not surely hold."""
        settled = changelog.settled()
        return settled if settled.xid else Position(0, settled.seq + 1)

    def restore(self, name: str) -> None:
        """The database and the photos of a backup take the place of those there are."""
        self.sim.note(f"restore from {name}")
        self.sim.network.faults["restore"] += 1
        server = self.sim.server
        server.app.extensions["job_queue"].flush()
        with self._inside():
            db.session.rollback()
            server.engine.restore(db.engine, name)
            shutil.rmtree(server.photos)
            shutil.copytree(self._copies / name, server.photos)
            with transaction():
                made_at = self._made_at[name]
                backups.begin_again(name, made_at, {}, list(_files_in(server.photos)))
        self.sim.went_back()
        self.sim.world_changed()

    @contextmanager
    def _inside(self) -> Iterator[None]:
        with self.sim.server.app.app_context(), region_scope(EVERYTHING):
            yield


def _files_in(folder: Path) -> Iterator[FileThere]:
    for path in folder.glob("??/*"):
        name, _, part = path.name.partition(".")
        yield FileThere(UUID(name), part)
