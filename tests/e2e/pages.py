"""The screens as their users know them: by roles and words, never by classes."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.support.pin import CHOOSE, choose_pin, is_locked, unlock

PASSWORD = "liangdeng-demo"


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Type name and password and press the button; choose a PIN when asked for one."""
    page.get_by_label("用户名", exact=True).fill(username)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    asked = page.get_by_role("heading", level=1, name=CHOOSE)
    # Signed in, refused, or wiped: whatever comes next is in sight before the test goes on.
    answered = page.locator("nav.tabs, .login [role=alert], .wiped")
    expect(asked.or_(answered).first).to_be_visible()
    if asked.is_visible():
        choose_pin(page)
        expect(asked).to_be_hidden()


def app_is_kept(page: Page) -> None:
    """Wait until the service worker controls the page: from here on it opens without a network."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    if not page.evaluate("() => navigator.serviceWorker.controller !== null"):
        page.reload()
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        if is_locked(page):
            unlock(page)


class Worklist:
    """The grid member's home."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.search = page.get_by_role("searchbox")

    def wait(self) -> Worklist:
        """Wait until households are listed; a form that the app went back to is left first."""
        form = self.page.get_by_role("button", name="返回，已填的会留着")
        expect(self.search.or_(form).first).to_be_visible()
        if form.is_visible():
            form.click()
        expect(self.search).to_be_visible()
        expect(self.rows.first).to_be_visible()
        return self

    @property
    def rows(self) -> Locator:
        """Every household on screen."""
        return self.page.locator("a[href^='#/household/']")

    def find(self, text: str) -> Locator:
        """Type into the search; the rows found."""
        self.search.fill(text)
        expect(self.page.get_by_role("status").filter(has_text=re.compile("找到"))).to_be_visible()
        return self.rows

    def row_of(self, household: dict[str, Any]) -> Locator:
        """The row of one household; it must be in view."""
        return self.page.locator(f"a[href='#/household/{household['id']}']")

    def open(self, household: dict[str, Any]) -> None:
        """Search by number and open the household."""
        self.find(household["number"])
        self.row_of(household).click()
        expect(self.page.get_by_role("heading", level=1, name=household["head_name"])).to_be_visible()


class Tabs:
    """The bar at the bottom."""

    def __init__(self, page: Page) -> None:
        self.bar = page.get_by_role("navigation", name="主要页面")

    def go(self, name: str) -> None:
        """Tap a tab: 走访, 待传, 我的."""
        self.bar.get_by_role("link", name=re.compile(name)).click()


class Outbox:
    """The list of saved visits."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self) -> Outbox:
        """Show it."""
        Tabs(self.page).go("待传")
        expect(self.page.get_by_role("heading", level=1, name="待传")).to_be_visible()
        return self

    def row(self, head_name: str) -> Locator:
        """The newest saved visit of a household."""
        return self.page.get_by_role("listitem").filter(has_text=head_name).first

    def receipt(self, head_name: str) -> str:
        """Number of the server's receipt; waits until it is there and the photos have arrived."""
        row = self.row(head_name)
        expect(row.get_by_text("已送达", exact=True)).to_be_visible(timeout=60_000)
        found = re.search(r"回执\s*(\S+)", row.inner_text())
        if found is None:
            raise AssertionError(f"no receipt in {row.inner_text()!r}")
        return found.group(1)
