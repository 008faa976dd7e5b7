"""The PIN of a phone: chosen at the first sign-in, typed whenever the app opens."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

PIN = "204173"
OTHER_PIN = "806294"
CHOOSE = re.compile("设一个解锁码|设新的解锁码")
LOCK = "输入解锁码"

#: A browser drops keys before the first frame of a page is drawn; nobody is as quick as that.
_DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"


def type_pin(page: Page, pin: str = PIN) -> None:
    """Six digits on the keys of the pad, as a keyboard types them."""
    page.evaluate(_DRAWN)
    page.keyboard.type(pin)


def choose_pin(page: Page, pin: str = PIN) -> None:
    """Answer the question for a PIN, twice."""
    expect(page.get_by_role("heading", level=1, name=CHOOSE)).to_be_visible()
    type_pin(page, pin)
    expect(page.get_by_role("heading", level=1, name="再输一次")).to_be_visible()
    type_pin(page, pin)
    expect(page.get_by_role("heading", level=1, name="再输一次")).to_be_hidden()
    skip_check(page)


def skip_check(page: Page) -> None:
    """Leave the check that a new phone begins with, if this is one."""
    if "#/check/first" in page.url:
        page.get_by_role("button", name="跳过").click()


def is_locked(page: Page) -> bool:
    """Wait until the app shows something; whether that is the lock."""
    lock = page.get_by_role("heading", level=1, name=LOCK)
    shown = page.locator("main h1, main .state, .page h1, [role=searchbox]").first
    expect(lock.or_(shown).first).to_be_visible()
    return lock.is_visible()


def unlock(page: Page, pin: str = PIN) -> None:
    """Type the PIN at the lock and wait until it is gone."""
    lock = page.get_by_role("heading", level=1, name=LOCK)
    expect(lock).to_be_visible()
    type_pin(page, pin)
    expect(lock).to_be_hidden()
