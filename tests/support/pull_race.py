"""Writers that note changes in many overlapping transactions while one device pulls."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from server.core import audit, changes
from server.core.db import transaction
from server.core.scope import region_scope

URL = "/api/v1/s1/pull"


@dataclass
class Race:
    """What was written and what the device heard of; households that are none come as "left"."""

    written: set[str] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)
    pulls: int = 0

    @property
    def missed(self) -> set[str]:
        """Changes that the device will never hear of."""
        return self.written - self.heard


def run(app: Flask, client: FlaskClient, region_code: str, *, writers: int, rows: int, pause: float) -> Race:
    """Let ``writers`` threads note ``rows`` changes each, one to five a transaction, while the client pulls.

    Args:
        app: on the engine under test.
        client: signed in, of the region.
        region_code: whose changes are noted.
        writers: how many threads.
        rows: how many changes each of them notes.
        pause: the most seconds a transaction rests between its changes, so that others overtake it.
    """
    race = Race()
    device = _Device(client, race)
    device.catch_up()
    with ThreadPoolExecutor(writers) as pool:
        working = [pool.submit(_write, app, region_code, rows, pause, seed) for seed in range(writers)]
        while not all(each.done() for each in working):
            device.catch_up()
        for each in working:
            race.written |= each.result()
    device.catch_up()
    return race


def _write(app: Flask, region_code: str, rows: int, pause: float, seed: int) -> set[str]:
    dice, written = random.Random(seed), set()
    while len(written) < rows:
        keys = [uuid4() for _ in range(min(dice.randint(1, 5), rows - len(written)))]
        with app.app_context(), region_scope(region_code), transaction():
            for key in keys:
                changes.note("household", key, region_code)
                time.sleep(dice.random() * pause)
            audit.record("test.race", ("test", seed), region_code)
        written |= set(map(str, keys))
    return written


class _Device:
    def __init__(self, client: FlaskClient, race: Race) -> None:
        self._client, self._race = client, race
        self._cursor: str | None = None

    def catch_up(self) -> None:
        while self._take(
            self._client.get(URL, query_string={"cursor": self._cursor} if self._cursor else {})
        ):
            pass

    def _take(self, reply: Any) -> bool:
        page = reply.json
        self._cursor = page["cursor"]
        self._race.heard |= set(page["left"])
        self._race.pulls += 1
        return bool(page["more"])
