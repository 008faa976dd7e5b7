"""Browsers killed at random moments: whether what the phone called saved is there, and arrived."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Playwright, sync_playwright

from tests.bench.common import Bench, County, Result
from tests.e2e.deaths import Deaths, die_often, quick_and_whole
from tests.e2e.pages import PASSWORD
from tests.e2e.story import keep_app, untouched
from tests.e2e.walk import Walk, check_whole
from tests.support.api import Api
from tests.support.live_server import build_pwa
from tests.support.phone import Phone
from tests.support.pictures import write_jpegs
from tests.support.waiting import eventually

PHONES, KILLS = 4, 50
PATIENCE_SECONDS = 600.0


def _life(playwright: Playwright, county: County, number: int) -> int:
    """One phone and its user; gives the visits saved. Raises AssertionError when one is lost or harmed."""
    username = county.users_of("grid_member")[number]["username"]
    folder = county.folder / f"killed-{number}"
    folder.mkdir()
    (photo,) = write_jpegs(folder, 1)
    api = Api(county.server.port, username, PASSWORD)
    phone = Phone(playwright, folder / "profile", county.server.url)
    keep_app(phone, username)
    phone.go_offline()
    walk = Walk(phone)
    begun = die_often(Deaths(walk, seed=number), quick_and_whole(untouched(api), photo), KILLS)
    assert {one.household_id for one in walk.kept.values()} == {home["id"] for home in begun}
    phone.go_online()
    eventually(lambda: walk.send(phone.page) or walk.all_arrived, bool, PATIENCE_SECONDS)
    for one in walk.kept.values():
        check_whole(county.server, api, one)
    phone.close()
    return len(begun)


def browser_kills(county: County) -> Iterator[Result]:
    """Offline visits on phones whose browser is killed; each visit called saved is whole at the server."""
    build_pwa()
    with sync_playwright() as playwright:
        visits = sum(_life(playwright, county, number) for number in range(PHONES))
    note = f"{visits} visits on {PHONES} phones, all whole on the phone and at the server"
    yield Result("browser_kills_survived", PHONES * KILLS, "kills", PHONES * KILLS, note)


BENCHES: dict[str, Bench] = {"browser_kills": browser_kills}
