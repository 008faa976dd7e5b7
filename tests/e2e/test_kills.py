"""A phone short of memory ends the browser at any moment: what it called saved is there and arrives once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.e2e.deaths import Deaths, die_often, quick_and_whole
from tests.e2e.story import keep_app, untouched
from tests.e2e.walk import Walk, check_once, check_whole, last
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import Phone
from tests.support.waiting import eventually

KILLS = 20


def test_what_the_phone_calls_saved_survives_twenty_kills(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    photos: list[Path],
) -> None:
    before = {table: last(server, table) for table in ("visit", "operation", "audit_entry")}
    api = api_of(server, "grid1")
    phone = phone_of(server)
    keep_app(phone, "grid1")
    phone.go_offline()
    walk = Walk(phone)
    deaths = Deaths(walk, seed=7)
    begun = die_often(deaths, quick_and_whole(untouched(api), photos[0]), KILLS)
    assert deaths.count == KILLS
    assert {one.household_id for one in walk.kept.values()} == {home["id"] for home in begun}

    phone.go_online()
    eventually(lambda: walk.send(phone.page) or walk.all_arrived, bool)
    check_once(server, before, walk.kept)
    for one in walk.kept.values():
        check_whole(server, api, one)
