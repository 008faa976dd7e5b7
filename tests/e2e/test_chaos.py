"""Real workers, a real browser, a line full of faults, and any of them killed at any moment.

What the phone said was saved arrives once and whole, and the phone has the server's receipt for it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.conftest import new_postgres_database
from tests.e2e.pages import Outbox
from tests.e2e.story import keep_app, untouched
from tests.e2e.walk import Plan, Walk, check_once, check_whole, last
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import Phone
from tests.support.storm import PHOTOS, TEXTS, Line, Reaper, bad_line, kill_worker

WHOLE, SHORT = 4, 3
STORM, LONGEST_STORM = 30.0, 240.0  # the longest is for slow machines: typing a PIN is meant to take time
SETTLE_SECONDS = 60.0
BETWEEN_WORKERS, BETWEEN_BROWSERS = (4.0, 8.0), (14.0, 26.0)  # long enough to type a PIN and to go on
NOISE = ("Failed to load resource", "net::ERR_", "MIME type")


@pytest.fixture(params=["sqlite", "postgresql"])
def stormy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LiveServer, int]]:
    """A server on each engine where sign-ins must be renewed every minute, and a seed."""
    folder = tmp_path_factory.mktemp("storm")
    environ = {"LIANGDENG_ACCESS_TOKEN_MINUTES": "1"}
    if request.param == "sqlite":
        seed, made = 1, LiveServer(folder, environ=environ).copy_of(request.getfixturevalue("seeded"))
    else:
        request.getfixturevalue("app_build")
        seed, made = 2, LiveServer(folder, new_postgres_database(folder.name), environ=environ)
        made.seed(40)
    yield made.start(), seed
    made.stop()


@contextmanager
def killing(server: LiveServer, phone: Phone, seed: int) -> Iterator[tuple[Reaper, Reaper]]:
    """Meanwhile workers of the server and the browser die at random moments."""
    assert server.process is not None
    workers = Reaper(seed, BETWEEN_WORKERS, partial(kill_worker, server.process.pid))
    browsers = Reaper(seed + 1000, BETWEEN_BROWSERS, lambda _dice: phone.strike())
    with ExitStack() as over:
        for reaper in (workers, browsers):
            reaper.start()
            over.callback(reaper.stop)
        yield workers, browsers


def storm(walk: Walk, server: LiveServer, line: Line, seed: int, plan: Plan) -> Plan:
    """Save visit after visit in bad weather, until enough has happened; gives the visits that were begun."""
    began = time.monotonic()
    begun: Plan = []
    line.weather.rages = True
    with killing(server, walk.phone, seed) as (workers, browsers):
        for household, answers in plan:
            lasted = time.monotonic() - began
            enough = line.weather.is_spent(TEXTS) and workers.strikes > 2 and browsers.strikes > 1
            if lasted > LONGEST_STORM or (lasted > STORM and enough):
                break
            begun.append((household, answers))
            walk.save(household, answers)
            walk.through(walk.send)
    line.weather.rages = False
    assert (workers.strikes > 2, browsers.strikes > 1) == (True, True)
    assert line.weather.is_spent(TEXTS), line.weather.seen
    assert line.weather.seen[PHOTOS].total() > 0
    return begun


def calm(walk: Walk, plan: Plan) -> None:
    """Save what is left to save, and wait until all has arrived by what the phone shows."""
    walk.reopen()
    for household, answers in plan:
        walk.save(household, answers)
    end = time.monotonic() + SETTLE_SECONDS
    while not walk.all_arrived and time.monotonic() < end:
        walk.send(walk.phone.page)
    outbox = Outbox(walk.phone.page).open()
    numbers = [outbox.receipt(household["head_name"]) for household, _ in plan]
    assert sorted(numbers) == sorted(str(one.receipt) for one in walk.kept.values())
    expect(walk.phone.page.get_by_role("listitem").get_by_text("已送达", exact=True)).to_have_count(len(plan))


def plan_of(homes: list[dict[str, Any]], photos: list[Path], dice: random.Random) -> Plan:
    """Visits of unsafe houses with photos, and after each some that are quickly written: nobody agreed."""
    different = iter({home["head_name"]: home for home in homes}.values())
    plan: Plan = []
    for _ in range(WHOLE):
        taken = list(zip(("house", "scene"), dice.sample(photos, 2), strict=True))
        plan.append((next(different), {"house_state": "C", "photos": taken}))
        plan += [(home, {"consent": "no"}) for home in islice(different, SHORT)]
    return plan


def test_what_was_saved_arrives_once_and_whole_through_a_storm(
    stormy: tuple[LiveServer, int],
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    photos: list[Path],
) -> None:
    server, seed = stormy
    plan = plan_of(untouched(api_of(server, "grid1")), photos, random.Random(seed))
    before = {table: last(server, table) for table in ("visit", "operation", "audit_entry")}
    with bad_line(server.port, seed) as line:
        phone = phone_of(line)
        walk = Walk(phone)
        keep_app(phone, "grid1")
        with phone.tolerating(*NOISE):
            begun = storm(walk, server, line, seed, plan)
            calm(walk, begun)  # tokens end after a minute here, which the browser reports as an error
        phone.close()
    assert sorted(one.household_id for one in walk.kept.values()) == sorted(home["id"] for home, _ in begun)
    check_once(server, before, walk.kept)
    api = api_of(server, "grid1")
    for one in walk.kept.values():
        check_whole(server, api, one)
    assert '"status": 500' not in server.log()
