"""A phone: Debian's Chromium with a profile folder of its own, so that closing and reopening it is real."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Playwright, Request, Response

from tests.support.pin import PIN, is_locked, unlock

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
# One process draws every page, as on a phone with little memory.
LIGHT_ARGUMENTS = [*ARGUMENTS, "--disable-site-isolation-trials", "--renderer-process-limit=1"]
SMALL, DESK = (360, 800), (1440, 900)
VILLAGE = {"latitude": 24.77816, "longitude": 110.49671, "accuracy": 12.0}
TIMEOUT_MS = 30_000
NO_CARDS = "try { localStorage.setItem('liangdeng.cards', '1') } catch {}"


def chromium() -> str:
    """Path of the browser.

    Raises:
        RuntimeError: it is not installed.
    """
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise RuntimeError("The tests need a browser. Install the package chromium.")
    return found


def light_chromium() -> str:
    """Path of the same browser without windows and menus, which cost as much as the pages."""
    return shutil.which("chromium-headless-shell") or chromium()


@dataclass
class Phone:
    """One browser profile. Open it, close it, kill it, take its network away."""

    playwright: Playwright
    profile: Path
    url: str
    size: tuple[int, int] = SMALL
    offline: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    tolerated: list[str] = field(default_factory=list)
    pin: str = PIN
    whole: bool = True  # the browser a person has; else the light one
    first_cards: bool = False  # whether the cards before the very first visit are still to come
    _context: BrowserContext | None = None

    @property
    def context(self) -> BrowserContext:
        """The open browser."""
        if self._context is None:
            raise RuntimeError("the browser is closed")
        return self._context

    @property
    def page(self) -> Page:
        """Its first tab."""
        return self.context.pages[0]

    def open(self, place: str = "#/", *, unlocked: bool = True) -> Page:
        """Start the browser on the app; where it is locked, type the PIN (unless ``unlocked`` is false)."""
        page = self._start()
        page.goto(f"{self.url}/{place}")
        if unlocked and is_locked(page):
            unlock(page, self.pin)
        return page

    def open_bare(self, path: str) -> Page:
        """Start the browser on a page of the server that is not the app."""
        page = self._start()
        page.goto(self.url + path)
        return page

    def _start(self) -> Page:
        self._context = self.playwright.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=chromium() if self.whole else light_chromium(),
            args=ARGUMENTS if self.whole else LIGHT_ARGUMENTS,
            headless=True,
            viewport={"width": self.size[0], "height": self.size[1]},
            is_mobile=self.size == SMALL,
            has_touch=self.size == SMALL,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            color_scheme="light",
            reduced_motion="reduce",
            geolocation=VILLAGE,
            permissions=["geolocation"],
            offline=self.offline,
            **self.options,
        )
        self._context.set_default_timeout(TIMEOUT_MS)
        if not self.first_cards:
            self._context.add_init_script(NO_CARDS)
        self._context.on("page", self._listen)
        for page in self._context.pages:
            self._listen(page)
        return self._context.pages[0] if self._context.pages else self._context.new_page()

    def close(self) -> None:
        """Close the browser as a person does."""
        if self._context is not None:
            self._context.close()
            self._context = None

    def reopen(self, place: str = "#/", *, unlocked: bool = True) -> Page:
        """Close and start again: only what is on the disk survives."""
        self.close()
        return self.open(place, unlocked=unlocked)

    def reload(self) -> Page:
        """Load the page anew, and type the PIN where it asks for it."""
        self.page.reload()
        if is_locked(self.page):
            unlock(self.page, self.pin)
        return self.page

    def strike(self) -> None:
        """End every process of this profile at once. Any thread may: whoever uses a page learns of it."""
        for process in _processes_of(self.profile):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def is_gone(self, seconds: float = 10.0) -> bool:
        """Whether no process is left, now or within some seconds."""
        deadline = time.monotonic() + seconds
        while _processes_of(self.profile) and time.monotonic() < deadline:
            time.sleep(0.05)
        return not _processes_of(self.profile)

    def kill(self) -> None:
        """End the browser as a phone short of memory does."""
        self.strike()
        self.is_gone()
        with suppress(Error):  # the driver may know by now that the browser is gone
            self.close()
        self._context = None

    def go_offline(self) -> None:
        """Switch the network off, for the service worker too."""
        self.offline = True
        self.context.set_offline(True)

    def go_online(self) -> None:
        """Switch the network on."""
        self.offline = False
        self.context.set_offline(False)

    @contextmanager
    def tolerating(self, *words: str) -> Iterator[None]:
        """Accept console errors and uncaught ones that hold one of the words."""
        self.tolerated += words
        try:
            yield
        finally:
            for word in words:
                self.tolerated.remove(word)

    def _listen(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", self._on_page_error)

    def _on_page_error(self, error: Error) -> None:
        text = f"uncaught: {error.stack or error}"
        if not any(word in text for word in self.tolerated):
            self.complaints.append(text)

    def _on_console(self, message: ConsoleMessage) -> None:
        known = ["ERR_INTERNET_DISCONNECTED", *self.tolerated]  # the browser itself logs every failed request
        if message.type != "error" or self.offline or any(word in message.text for word in known):
            return
        self.complaints.append(f"{message.text} ({message.location.get('url', '')})")


_INSTALL = """async () => {
  await navigator.serviceWorker.register('/sw.js');
  const { active } = await navigator.serviceWorker.ready;
  if (active.state !== 'activated')
    await new Promise((resolve) => { active.onstatechange = resolve; });
}"""


def install(phone: Phone) -> None:
    """Let the service worker keep the app, on a page that is not the app: nothing else comes to be."""
    phone.open_bare("/healthz").evaluate(_INSTALL)
    phone.close()


def _processes_of(profile: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if f"--user-data-dir={profile}\0".encode() in words + b"\0":
            found.append(int(entry.name))
    return found


def requests_of(page: Page) -> list[Request]:
    """A list that fills with the page's requests."""
    seen: list[Request] = []
    page.on("request", seen.append)
    return seen


def responses_of(page: Page) -> list[Response]:
    """A list that fills with the page's responses."""
    seen: list[Response] = []
    page.on("response", seen.append)
    return seen
