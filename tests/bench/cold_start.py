"""The start of the app on a slow phone without a network, from the tap on its icon to the list."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.browser import SLOW, kept_app
from tests.bench.common import Bench, County, Result, percentile
from tests.bench.devtools import Tab, browser, new_tab
from tests.support.pin import PIN

STARTS = 9
REST_SECONDS = 2.0  # until a browser that was just started has done what it does by itself
#: When the lock and the first household are painted and when the last key went down, by the page's own
#: clock: whoever asks a page again and again whether it is ready takes a fifth of a slow phone's time.
MARKS = """(() => {
  const marks = (window.marks = {});
  const wanted = { lock: '.pin-pad', list: "a[href^='#/household/']" };
  const seen = {};
  for (const name of Object.keys(wanted)) marks[name] = new Promise((done) => { seen[name] = done; });
  const painted = (done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now());
    channel.port2.postMessage(0);
  });
  new MutationObserver(() => {
    for (const [name, selector] of Object.entries(wanted))
      if (document.querySelector(selector)) { delete wanted[name]; painted(seen[name]); }
  }).observe(document, { childList: true, subtree: true });
  addEventListener('keydown', (event) => { marks.key = event.timeStamp; }, true);
})()"""
ROUNDS = """(async () => {
  const typed = await crypto.subtle.importKey('raw', new Uint8Array(6), 'PBKDF2', false, ['deriveBits']);
  const began = performance.now();
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(16), iterations: 600000 };
  await crypto.subtle.deriveBits(how, typed, 256);
  return performance.now() - began;
})()"""


@dataclass(frozen=True)
class Start:
    """One start, in milliseconds; the heap of its list in MB."""

    lock: float
    list: float
    rounds: float
    heap: float

    @property
    def whole(self) -> float:
        """All that a person waits for."""
        return self.lock + self.list + self.rounds


def cold_start(county: County) -> Iterator[Result]:
    """From the tap on the icon to the list: browser just started, service worker asleep, no network, locked.

    The time a person needs to type is left out. The browser's throttle slows the page down, not the
    threads on which it derives keys: what those would have taken on the slow processor is added.
    """
    with sync_playwright() as playwright:
        phone = kept_app(playwright, county, "cold")
        phone.close()
    starts = [_start(phone.profile, phone.url) for _ in range(STARTS)]
    parts = {
        "tap to lock": [one.lock for one in starts],
        "last digit to list": [one.list for one in starts],
        "rounds of the PIN at that speed": [one.rounds for one in starts],
    }
    told = ", ".join(f"{name} {percentile(some, 0.5):.0f}" for name, some in parts.items())
    times, heaps = [one.whole for one in starts], [one.heap for one in starts]
    note = f"median; worst {max(times):.0f}; {SLOW}x CPU throttle, offline; {told}"
    yield Result("offline_cold_start_ms", percentile(times, 0.5), "ms", len(times), note)
    heap_note = f"worst {max(heaps):.1f}; JavaScript heap of the unlocked list after a collection"
    yield Result("grid_member_heap_mb", percentile(heaps, 0.5), "MB", len(heaps), heap_note)


def _start(profile: Path, url: str) -> Start:
    """Start the browser, open the app, type the PIN."""
    with browser(profile) as port, new_tab(port) as tab:
        _offline(tab)
        time.sleep(REST_SECONDS)
        tab.send("Page.addScriptToEvaluateOnNewDocument", source=MARKS)
        tab.send("Emulation.setCPUThrottlingRate", rate=SLOW)
        tab.send("Page.navigate", url=f"{url}/#/")
        lock = float(tab.evaluate("marks.lock"))
        tab.type(PIN)
        listed = float(tab.evaluate("marks.list")) - float(tab.evaluate("marks.key"))
        return Start(lock, listed, _missing_rounds(tab), _heap(tab))


def _offline(tab: Tab) -> None:
    """No network for the page, which the service worker needs none of, and the page knows it."""
    none = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    tab.send("Network.enable")
    tab.send("Network.emulateNetworkConditions", **none)
    tab.send("Page.enable")


def _missing_rounds(tab: Tab) -> float:
    """Milliseconds that the rounds of the PIN would have taken more on a processor as slow as the page."""
    throttled = _rounds(tab)
    tab.send("Emulation.setCPUThrottlingRate", rate=1)
    return max(0.0, _rounds(tab) * SLOW - throttled)


def _rounds(tab: Tab) -> float:
    """Milliseconds of one PIN's 600,000 rounds; the best of three."""
    return min(float(tab.evaluate(ROUNDS)) for _ in range(3))


def _heap(tab: Tab) -> float:
    """MB of JavaScript after a collection."""
    tab.send("HeapProfiler.collectGarbage")
    return float(tab.send("Runtime.getHeapUsage")["usedSize"]) / 2**20


BENCHES: dict[str, Bench] = {"offline_cold_start_ms": cold_start}
