"""Measurements in a real browser: the cold start without a network, and lighthouse."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, Playwright, sync_playwright

from tests.bench.common import Bench, County, Result, percentile
from tests.e2e.pages import Worklist, app_is_kept, sign_in
from tests.support.live_server import ROOT, build_pwa, free_port
from tests.support.phone import ARGUMENTS, Phone, chromium
from tests.support.pin import type_pin

SLOW = 6
STARTS = 7
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
STRETCH = """async () => {
  const typed = await crypto.subtle.importKey('raw', new Uint8Array(6), 'PBKDF2', false, ['deriveBits']);
  const began = performance.now();
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(16), iterations: 600000 };
  await crypto.subtle.deriveBits(how, typed, 256);
  return performance.now() - began;
}"""


def kept_app(playwright: Playwright, county: County, profile: str) -> Phone:
    """A phone with the app and the households on it."""
    build_pwa()
    phone = Phone(playwright, county.folder / profile, county.server.url)
    page = phone.open()
    sign_in(page, county.users_of("grid_member")[0]["username"])
    Worklist(page).wait()
    app_is_kept(page)
    return phone


def _stretching(page: Page) -> float:
    """Milliseconds of one PIN's 600,000 rounds; the best of three."""
    return min(float(page.evaluate(STRETCH)) for _ in range(3))


def _once(page: Page, url: str) -> tuple[float, float]:
    """Milliseconds from the tap on the icon to the lock, and from the last digit to the first household."""
    page.add_init_script(MARKS)
    page.goto(f"{url}/#/", wait_until="commit")
    shown = float(page.evaluate("window.marks.lock"))
    type_pin(page)
    listed = float(page.evaluate("window.marks.list"))
    return shown, listed - float(page.evaluate("window.marks.key"))


def cold_start(county: County) -> Iterator[Result]:
    """From the tap on the icon to the list: browser just started, no network, slow processor, locked.

    The time a person needs to type is left out. The browser's throttle slows the page down, not the
    threads on which it derives keys: what those would have taken on the slow processor is added.
    """
    locks, lists, stretches, heaps = [], [], [], []
    with sync_playwright() as playwright:
        phone = kept_app(playwright, county, "cold")
        phone.go_offline()
        for _ in range(STARTS):
            phone.reopen("#/me")
            page = phone.context.new_page()
            devtools = phone.context.new_cdp_session(page)
            devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
            to_lock, to_list = _once(page, phone.url)
            throttled = _stretching(page)
            devtools.send("Emulation.setCPUThrottlingRate", {"rate": 1})
            free = _stretching(page)
            locks.append(to_lock)
            lists.append(to_list)
            stretches.append(max(0.0, free * SLOW - throttled))
            devtools.send("HeapProfiler.collectGarbage")
            heaps.append(devtools.send("Runtime.getHeapUsage")["usedSize"] / 2**20)
        phone.close()
    times = [sum(one) for one in zip(locks, lists, stretches, strict=True)]
    named = {"tap to lock": locks, "last digit to list": lists, "keys at that speed": stretches}
    parts = ", ".join(f"{name} {percentile(some, 0.5):.0f}" for name, some in named.items())
    note = f"median; worst {max(times):.0f}; page at {SLOW}x CPU throttle, offline; {parts}"
    yield Result("offline_cold_start_ms", percentile(times, 0.5), "ms", len(times), note)
    heap_note = f"worst {max(heaps):.1f}; JavaScript heap of the unlocked list after a collection"
    yield Result("grid_member_heap_mb", percentile(heaps, 0.5), "MB", len(heaps), heap_note)


@contextmanager
def _signed_in_browser(profile: Path) -> Iterator[int]:
    """Chromium on a profile with the app in it; gives its debugging port."""
    port = free_port()
    options = [f"--user-data-dir={profile}", f"--remote-debugging-port={port}", "--headless=new"]
    process = subprocess.Popen(
        [chromium(), *ARGUMENTS, *options, "about:blank"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the browser did not open its debugging port")


def lighthouse(county: County) -> Iterator[Result]:
    """Lighthouse on the grid member's home, signed in, with its slow phone on a slow line."""
    with sync_playwright() as playwright:
        kept_app(playwright, county, "lighthouse").close()
    with _signed_in_browser(county.folder / "lighthouse") as port:
        command = ["npx", "--no", "lighthouse", f"{county.server.url}/#/", f"--port={port}", "--quiet"]
        command += ["--output=json", "--output-path=stdout", "--disable-storage-reset"]
        command += ["--only-categories=performance,accessibility"]
        done = subprocess.run(
            command,
            cwd=ROOT / "pwa",
            env=os.environ | {"CHROME_PATH": chromium()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-500:])
    report = json.loads(done.stdout)
    note = f"lighthouse {report['lighthouseVersion']}, mobile, {report['finalDisplayedUrl']}"
    for name in ("performance", "accessibility"):
        score = report["categories"][name]["score"]
        yield Result(f"lighthouse_{name}", score, "score", 1, note)


BENCHES: dict[str, Bench] = {"offline_cold_start_ms": cold_start, "lighthouse": lighthouse}
