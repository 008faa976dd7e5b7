"""Long lists on a slow phone: the time of a key in the search of 5,000 homes, and the heap with 2,000."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from random import Random

from playwright.sync_api import CDPSession, Page, expect, sync_playwright

from server.app import create_app
from server.config import from_values
from server.core import audit, clock
from server.core.db import transaction
from server.core.scope import EVERYTHING, region_scope
from server.demo.people import People
from server.households.forms import NewHousehold
from server.households.services import register
from tests.bench.common import Bench, County, Result, percentile
from tests.e2e.pages import Worklist, sign_in
from tests.support.live_server import SECRET, LiveServer, build_pwa
from tests.support.phone import Phone

SLOW, MANY, USUAL, SEEDED = 6, 5000, 2000, 60
QUERIES = ("wxm", "huangxiu", "覃秀", "4503211", "012x", "莫", "lan")
PREPARED_MS = 2500
ROUNDS = 4
KEYS = """async text => {
  const box = document.querySelector('input[type=search]');
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  const painted = () => new Promise(done => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage(0);
  }));
  const times = [];
  for (let end = 1; end <= text.length; end += 1) {
    const began = performance.now();
    set.call(box, text.slice(0, end));
    box.dispatchEvent(new Event('input', { bubbles: true }));
    for (let turn = 0; turn < 5; turn += 1) await null;  // the page draws in microtasks
    const found = performance.now() - began;
    await painted();
    times.push([found, performance.now() - began]);
    await new Promise((rested) => setTimeout(rested, 150));  // as a quick thumb types
  }
  set.call(box, '');
  box.dispatchEvent(new Event('input', { bubbles: true }));
  await painted();
  return times;
}"""


def _grow(server: LiveServer, region_code: str, households: int) -> None:
    """Register more households in one grid, as the register would hold them."""
    print(f"==> registering {households} households in one grid", file=sys.stderr, flush=True)
    values = {"data_dir": server.folder, "jobs_url": "memory:", "secret_key": SECRET, "log_level": "WARNING"}
    app, rng = create_app(from_values(values)), Random(region_code)
    people = People(region_code[:6], clock.today())
    with app.app_context(), region_scope(EVERYTHING), transaction():
        audit.record("bench.arrange", ("bench", "grid"), region_code)
        for n in range(households):
            register(_household(region_code, n, people, rng))


def _household(region_code: str, n: int, people: People, rng: Random) -> NewHousehold:
    lat, lon = 24.78 + rng.uniform(-0.02, 0.02), 110.49 + rng.uniform(-0.02, 0.02)
    return NewHousehold(
        region_code=region_code,
        number=f"{region_code}{n + 1000:05}",
        members=people.family(rng),
        address=f"大榕屯{n}号",
        home=(f"{lat:.6f}", f"{lon:.6f}"),
    )


def _opened(phone: Phone, username: str) -> tuple[Page, CDPSession]:
    """The list of a grid member on a phone whose processor is six times slower."""
    expect.set_options(timeout=60_000)  # five thousand households are on their way
    page = phone.open()
    sign_in(page, username)
    Worklist(page).wait()
    page.mouse.move(-1, -1)  # a phone has no mouse, under which each frame looks for what is there
    devtools = phone.context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
    page.wait_for_timeout(PREPARED_MS)
    return page, devtools


def _keys(name: str, times: list[float], what: str) -> Result:
    note = f"p95; median {percentile(times, 0.5):.0f}, worst {max(times):.0f}; 5,000 households, {SLOW}x CPU"
    return Result(name, percentile(times, 0.95), "ms", len(times), f"{note} throttle; {what}")


def long_lists(county: County) -> Iterator[Result]:
    """Keys of the search of 5,000 households, and the heap of a list of 2,000 after a collection."""
    build_pwa()
    folder = county.folder / "long"
    folder.mkdir()
    server = LiveServer(folder, environ={"LIANGDENG_LOG_LEVEL": "WARNING"})
    server.seed(SEEDED)
    first, second = [user for user in server.users() if user["role"] == "grid_member"][:2]
    _grow(server, first["region_code"], MANY)
    _grow(server, second["region_code"], USUAL)
    server.start()
    with sync_playwright() as playwright:
        phone = Phone(playwright, county.folder / "long-search", server.url)
        page, _ = _opened(phone, first["username"])
        keys = [times for _ in range(ROUNDS) for query in QUERIES for times in page.evaluate(KEYS, query)]
        phone.close()
        yield _keys("search_key_ms", [found for found, _ in keys], "until it is found and laid out; goal 50")
        yield _keys(
            "search_key_to_paint_ms", [painted for _, painted in keys], "until it is painted; goal 100"
        )
        phone = Phone(playwright, county.folder / "long-heap", server.url)
        page, devtools = _opened(phone, second["username"])
        devtools.send("HeapProfiler.collectGarbage")
        heap = devtools.send("Runtime.getHeapUsage")["usedSize"] / 2**20
        phone.close()
        yield Result("worklist_heap_mb", heap, "MB", 1, "JavaScript heap, 2,000 households listed; goal 40")
    server.stop()


BENCHES: dict[str, Bench] = {"search_key_ms": long_lists}
