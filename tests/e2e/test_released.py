"""A phone in the field whose app was released long ago: its unsent work survives today's app.

The client of each release writes its own storage in a real browser, offline; then today's app starts on it.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import PASSWORD, Outbox, Tabs
from tests.e2e.story import untouched
from tests.e2e.walk import Walk, check_once, check_whole, last
from tests.sim.bodies import visit
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import Phone
from tests.support.phone_store import kept_on
from tests.support.pictures import jpeg
from tests.support.pin import CHOOSE, choose_pin
from tests.support.waiting import eventually

RELEASED = sorted((Path(__file__).parents[1] / "sim/phone/released").glob("client-*.js"))
UNSENT, WITH_PHOTO = 50, 10
PATIENCE_SECONDS = 120.0
#: The bundle calls what Node calls Buffer; a browser has the same under another name.
RUN = """() => {
  globalThis.Buffer = { from: (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0)) };
  %s
  globalThis.Phone = Phone;
}"""
SIGN_IN = """async ([username, password]) => {
  await Phone.boot();
  const device = { id: await Phone.device(), name: '', app_version: Phone.version };
  const answer = await fetch('/api/v1/auth/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password, device }),
  });
  const { user, access_token, refresh_token } = await answer.json();
  await Phone.signIn(user, access_token, refresh_token);
}"""
SAVE = """async ([body, photos, headName]) => {
  await Phone.saveVisit(body, photos, { headName });
}"""


def _old_app(phone: Phone, client: Path, username: str) -> Page:
    """The released client on a page of its own, signed in, with the households."""
    page = phone.open_bare("/healthz")
    page.evaluate(RUN % client.read_text())
    page.evaluate(SIGN_IN, [username, PASSWORD])
    eventually(lambda: page.evaluate("() => Phone.pick(0).household !== null"), bool)
    return page


def _work(homes: list[dict[str, Any]]) -> list[tuple[dict[str, Any], list[dict[str, Any]], str]]:
    """Fifty visits as the phone saved them, some with a photo."""
    dice, now = random.Random(50), datetime.now(UTC)
    made = []
    for n in range(UNSENT):
        household = homes[n % len(homes)]
        taken = [jpeg(n, (1200, 900))] if n % (UNSENT // WITH_PHOTO) == 0 else []
        at = (now - timedelta(minutes=UNSENT - n)).timestamp() * 1000
        body = visit(dice, household, f"第{n}次", at, taken)
        photos = [
            {**facts, "bytes": base64.b64encode(data).decode()}
            for facts, data in zip(body["photos"], taken, strict=True)
        ]
        made.append((body, photos, household["head_name"]))
    return made


@pytest.mark.parametrize("client", RELEASED, ids=lambda path: path.stem)
def test_fifty_unsent_visits_of_a_released_app_survive_todays(
    client: Path, server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    api = api_of(server, "grid1")
    before = {table: last(server, table) for table in ("visit", "operation", "audit_entry")}
    phone = phone_of(server)
    page = _old_app(phone, client, "grid1")
    phone.go_offline()
    work = _work(untouched(api))
    for saved in work:
        page.evaluate(SAVE, list(saved))

    page = phone.reopen(unlocked=False)
    expect(page.get_by_role("heading", level=1, name=CHOOSE)).to_be_visible()
    phone.kill()  # nothing was moved yet, and nothing is lost by that
    page = phone.open(unlocked=False)
    choose_pin(page)
    Tabs(page).go("待传")
    kept = kept_on(page)
    assert {number: one.body for number, one in kept.items()} == {body["id"]: body for body, *_ in work}
    assert sum(len(one.photos) for one in kept.values()) == WITH_PHOTO

    phone.go_online()
    walk = Walk(phone)
    walk.kept = kept
    eventually(lambda: walk.send(phone.page) or walk.all_arrived, bool, PATIENCE_SECONDS)
    check_once(server, before, walk.kept)
    for one in walk.kept.values():
        if one.photos:
            check_whole(server, api, one)
    outbox = Outbox(phone.page).open()
    expect(outbox.row(work[-1][2]).first.get_by_text("已送达", exact=True)).to_be_visible()
