"""A kept app in a real browser, and lighthouse."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator

from playwright.sync_api import Playwright, sync_playwright

from tests.bench.common import Bench, County, Result
from tests.bench.devtools import browser
from tests.e2e.pages import Worklist, app_is_kept, sign_in
from tests.support.live_server import ROOT, build_pwa
from tests.support.phone import Phone, chromium

SLOW = 6


def kept_app(playwright: Playwright, county: County, profile: str) -> Phone:
    """A phone with the app and the households on it."""
    build_pwa()
    phone = Phone(playwright, county.folder / profile, county.server.url)
    page = phone.open()
    sign_in(page, county.users_of("grid_member")[0]["username"])
    Worklist(page).wait()
    app_is_kept(page)
    return phone


def lighthouse(county: County) -> Iterator[Result]:
    """Lighthouse on the grid member's home, signed in, with its slow phone on a slow line."""
    with sync_playwright() as playwright:
        kept_app(playwright, county, "lighthouse").close()
    with browser(county.folder / "lighthouse") as port:
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


BENCHES: dict[str, Bench] = {"lighthouse": lighthouse}
