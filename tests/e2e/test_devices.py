"""Phones that the county orders to wipe or to hand over, in a real browser."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.form import VisitForm
from tests.e2e.pages import Worklist, sign_in
from tests.e2e.story import keep_app, untouched, visit
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import DESK, Phone
from tests.support.pin import unlock

NETWORK_ERRORS = "Failed to load resource"
WIPED = "这台设备上的数据已清除"
LEFT = """async () => {
  const rows = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve, reject) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    for (const store of database.objectStoreNames) {
      const asked = database.transaction(store).objectStore(store).getAll();
      await new Promise((resolve) => { asked.onsuccess = resolve; });
      rows.push(...asked.result.map((row) => `${store}: ${JSON.stringify(row)}`));
    }
    database.close();
  }
  const workers = await navigator.serviceWorker.getRegistrations();
  return {
    rows,
    stored: [...Object.keys(localStorage), ...Object.keys(sessionStorage)],
    caches: await caches.keys(),
    workers: workers.length,
  };
}"""
NOTHING: dict[str, Any] = {"rows": [], "stored": [], "caches": [], "workers": 0}


def device_of(api: Api, username: str) -> dict[str, Any]:
    """The device of a user that was heard of last."""
    items: list[dict[str, Any]] = api.ok("GET", f"/devices?q={username}&limit=200")["items"]
    return max(
        (item for item in items if item["username"] == username), key=lambda one: one["last_contact_at"]
    )


def order(api: Api, username: str, wanted: str) -> None:
    """Give an order to the newest device of a user."""
    body = {"order": wanted, "reason": "手机丢失"}
    api.ok("POST", f"/devices/{device_of(api, username)['id']}/orders", body)


def wiped(page: Page) -> None:
    """Wait until the page says that the device was wiped."""
    expect(page.get_by_role("heading", level=1, name=WIPED)).to_be_visible()


def canaries(household: dict[str, Any]) -> list[str]:
    """What must not be left in the page."""
    return [household["head_name"], household["number"]]


@pytest.fixture
def lost(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> tuple[Phone, dict[str, Any]]:
    """A phone without a network that holds a visit, an open form and the list; and that form's household."""
    first, second = untouched(api_of(server, "grid1"))[:2]
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    phone.go_offline()
    visit(page, first, {})
    Worklist(page).open(second)
    VisitForm(page, second).begin().fill({"basic_lack": ["grain"]}, until="house_state")
    page.wait_for_timeout(500)
    return phone, second


def test_a_lost_phone_forgets_everything_within_two_seconds_of_its_next_contact(
    server: LiveServer, lost: tuple[Phone, dict[str, Any]], api_of: Callable[[LiveServer, str], Api]
) -> None:
    phone, household = lost
    page = phone.page
    before = page.evaluate(LEFT)
    assert len(before["rows"]) > 5
    assert before["workers"] == 1
    order(api_of(server, "county1"), "grid1", "kill")
    with phone.tolerating(NETWORK_ERRORS):
        with page.expect_response(lambda answer: answer.status == 403):
            phone.go_online()
        told = time.monotonic()
        wiped(page)
        assert time.monotonic() - told < 2
        assert page.evaluate(LEFT) == NOTHING
        text = page.locator("body").inner_text()
        assert not [one for one in canaries(household) if one in text]
        page.wait_for_timeout(3_000)  # an autosave or a wake-up may come late; it finds nobody
        assert page.evaluate(LEFT) == NOTHING
    assert device_of(api_of(server, "county1"), "grid1")["wiped_at"] is not None


def test_every_tab_forgets_and_the_phone_is_as_new(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    phone = phone_of(server)
    page = keep_app(phone, "grid2")
    other = phone.context.new_page()
    other.goto(phone.url)
    unlock(other)
    Worklist(other).wait()
    order(api_of(server, "county1"), "grid2", "kill")
    with phone.tolerating(NETWORK_ERRORS):
        phone.reload()  # the app greets the server when it opens
        wiped(page)
        wiped(other)
        assert other.evaluate(LEFT) == NOTHING
        other.close()
        page = phone.reopen()
        expect(page.get_by_label("用户名", exact=True)).to_have_value("")
        sign_in(page, "grid2")
        Worklist(page).wait()


def test_a_killed_phone_cannot_sign_in_and_forgets_when_it_tries(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    phone = phone_of(server)
    page = keep_app(phone, "grid2")
    page.goto(f"{phone.url}/#/me")
    page.get_by_role("button", name="退出登录").click()
    page.get_by_role("dialog").get_by_role("button", name="退出登录").click()
    expect(page.get_by_label("用户名", exact=True)).to_be_visible()
    order(api_of(server, "county1"), "grid2", "kill")
    with phone.tolerating(NETWORK_ERRORS):
        sign_in(page, "grid2", "any password at all")
        wiped(page)
        assert page.evaluate(LEFT) == NOTHING


IGNORANT = """async (device) => {
  const body = JSON.stringify({
    username: 'grid2', password: 'x', device: { id: device, name: '', app_version: '0.1.0' },
  });
  const headers = { 'Content-Type': 'application/json' };
  return (await fetch('/api/v1/auth/login', { method: 'POST', headers, body })).status;
}"""
OWN_ID = """async () => {
  const database = await new Promise((resolve) => {
    const asked = indexedDB.open('liangdeng-phone');
    asked.onsuccess = () => resolve(asked.result);
  });
  const asked = database.transaction('meta').objectStore('meta').get('device');
  await new Promise((resolve) => { asked.onsuccess = resolve; });
  database.close();
  return asked.result;
}"""


def test_the_browser_forgets_for_an_app_that_does_not_know_the_order(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    """An app of before reads the refusal as any other; here a request beside the app stands for it."""
    phone = phone_of(server)
    page = keep_app(phone, "grid2")
    device = page.evaluate(OWN_ID)
    order(api_of(server, "county1"), "grid2", "kill")
    with phone.tolerating(NETWORK_ERRORS, "Clear-Site-Data"):
        assert page.evaluate(IGNORANT, device) == 403
        page.wait_for_timeout(500)
        left = page.evaluate("async () => (await indexedDB.databases()).map((one) => one.name)")
        assert left == []
        assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_the_county_gives_the_order_on_its_page(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    api_of(server, "grid1")
    phone = phone_of(server, size=DESK)
    page = phone.open()
    sign_in(page, "county1")
    page.get_by_role("link", name="手机").click()
    rows = page.get_by_role("row").filter(has=page.get_by_role("rowheader"))
    expect(rows.filter(has_text="县级").first).to_be_visible()
    page.get_by_role("searchbox").fill("grid1")
    expect(rows.filter(has_text="县级")).to_have_count(0)
    rows.filter(has_text="网格员 · test").first.get_by_role("button", name=re.compile("下指令")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("收回：传完后清除").click()
    dialog.get_by_label("为什么").fill("换新手机")
    dialog.get_by_role("button", name="收回这台设备").click()
    expect(page.get_by_text(re.compile("已下达：.*传完后清除"))).to_be_visible()
    expect(page.get_by_text("换新手机")).to_be_visible()
    page.get_by_role("button", name=re.compile("已下指令")).click()
    expect(page.get_by_text("收回中，等它传完").first).to_be_visible()


def held(server: LiveServer) -> list[tuple[str, str]]:
    """Code and state of every operation that was taken in without being carried out."""
    return [(row["code"], row["state"]) for row in server.rows("SELECT code, state FROM held_operation")]


def test_a_phone_that_is_taken_back_hands_over_its_work_and_then_forgets_everything(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    photos: list[Path],
) -> None:
    household = untouched(api_of(server, "grid1"))[2]
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    phone.go_offline()
    Worklist(page).open(household)
    form = VisitForm(page, household).begin()
    form.fill({})
    form.go_to("end", "photos")
    form.add_photo("house", photos[0])
    form.save()
    before = server.rows("SELECT count(*) AS n FROM visit")[0]["n"]
    order(api_of(server, "county1"), "grid1", "drain")
    with phone.tolerating(NETWORK_ERRORS):
        phone.go_online()
        wiped(page)
        assert page.evaluate(LEFT) == NOTHING
    assert held(server) == [("quarantine", "open")]
    assert server.rows("SELECT count(*) AS n FROM visit")[0]["n"] == before
    assert server.rows("SELECT count(*) AS n FROM stray_photo")[0]["n"] == 1
    device = device_of(api_of(server, "county1"), "grid1")
    assert device["order"] == "kill"
    assert (device["outbox_count"], device["photos_unsent"], device["dead_count"]) == (0, 0, 0)
