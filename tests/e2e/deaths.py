"""A browser that is killed while somebody works with it, at moments spread over what the work takes here."""

from __future__ import annotations

import random
import time
from functools import partial
from pathlib import Path
from threading import Timer

from playwright.sync_api import Page

from tests.e2e.walk import Answers, Home, Plan, Walk

AT_THE_WORD = 0.25
"""How often the browser dies the moment it says "saved", not at any moment."""


class Deaths:
    """Offline visits on one phone; ``count`` deaths so far."""

    def __init__(self, walk: Walk, seed: int) -> None:
        self.walk, self.count = walk, 0
        self._dice = random.Random(seed)
        self._takes = 0.0

    def live(self, home: Home, answers: Answers) -> None:
        """Save a visit without being killed, and learn how long that takes on this machine."""
        began = time.monotonic()
        self.walk.save(home, answers)
        self._takes = time.monotonic() - began

    def die(self, home: Home, answers: Answers) -> None:
        """Begin a visit or go on with it, and be killed; then see that nothing called saved is missing."""
        self.count += 1
        if self._dice.random() < AT_THE_WORD:
            self.walk.through(partial(self._until_saved, home, answers))
            return
        timer = Timer(self._dice.uniform(0.0, self._takes), self.walk.phone.strike)
        timer.start()
        self.walk.through(partial(self.walk.visit, home, answers))
        timer.join()
        if self.walk.phone.is_gone(1.0):  # it was quicker than the killer
            self.walk.reopen()

    def _until_saved(self, home: Home, answers: Answers, page: Page) -> None:
        self.walk.fill(home, answers, page)
        self.walk.phone.strike()
        self.walk.told.add(home["id"])
        self.walk.reopen()


def die_often(deaths: Deaths, plan: Plan, times: int) -> list[Home]:
    """Be killed so many times over a plan of visits; gives the homes visited, each saved in the end.

    Raises:
        AssertionError: the plan has too few visits for so many deaths, or something saved is gone.
    """
    first, *rest = plan
    deaths.live(*first)
    begun = [first[0]]
    for home, answers in rest:
        begun.append(home)
        while deaths.count < times and home["id"] not in deaths.walk.saved:
            deaths.die(home, answers)
        deaths.walk.save(home, answers)
        if deaths.count >= times:
            return begun
    raise AssertionError(f"the plan was over after {deaths.count} deaths")


def quick_and_whole(homes: list[Home], photo: Path) -> Plan:
    """Quickly written visits, for nobody agreed, and now and then an unsafe house with its photo."""
    whole = {"house_state": "C", "photos": [("house", photo)]}
    different = {home["head_name"]: home for home in homes}.values()
    return [(home, whole if at % 3 == 1 else {"consent": "no"}) for at, home in enumerate(different)]
