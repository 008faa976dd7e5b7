"""How a screen is looked at: by axe in light and dark, at its own width and at 320 pixels, as a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.support.api import Api
from tests.support.live_server import ROOT
from tests.support.phone import DESK, SMALL, Phone

AXE = (ROOT / "pwa/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
ALL_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Whatever else axe finds lies in the document, which is the same in both schemes.
RULES_OF_COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
RULES = {"light": ALL_RULES, "dark": RULES_OF_COLOUR}
SIZES = {"360x800": SMALL, "1440x900": DESK}
TALLEST = """Math.max(...[...document.querySelectorAll('html, dialog:modal, dialog:modal *')]
  .map(one => one.scrollHeight))"""
NARROWEST, NARROWING_LOOKS = 320, 20
Screen = tuple[str, Page]
Tour = Callable[[Phone, Api], Iterator[Screen]]
ComplaintsOf = Callable[[Tour, str], dict[str, object]]


def settle(page: Page) -> None:
    """Wait until nothing is being read and every picture is drawn."""
    expect(page.locator("[aria-busy='true']")).to_have_count(0)
    page.wait_for_load_state("networkidle")


def violations(page: Page) -> list[str]:
    """What axe finds, one line a place. On a window that holds page and sheet: no bar lies over a button."""
    size = page.viewport_size or {"width": SMALL[0], "height": SMALL[1]}
    tall = int(page.evaluate(TALLEST) * 1.3) + size["height"]  # a sheet takes a part of the window only
    page.set_viewport_size({"width": size["width"], "height": min(tall, 8_000)})
    page.evaluate(AXE)  # through the debugger: the page's own policy lets no script in
    found = [line for scheme in in_each_scheme(page) for line in _violations(page, scheme)]
    page.set_viewport_size(size)
    return found


def in_each_scheme(page: Page) -> Iterator[str]:
    """Show the page in dark and, at last, in light again."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        yield scheme


def _violations(page: Page, scheme: str) -> list[str]:
    # Behind a modal dialog nothing can be reached, so nothing there is half covered by it either.
    where = "document.querySelector('dialog:modal') ?? document"
    found: list[dict[str, Any]] = page.evaluate(
        f"rules => axe.run({where}, rules).then(r => r.violations)", RULES[scheme]
    )
    return [f"{rule['id']} ({scheme}): {node['html'][:120]}" for rule in found for node in rule["nodes"]]


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def narrow_overflow(page: Page) -> int:
    """The same on the narrowest phone."""
    size = page.viewport_size or {"width": SMALL[0], "height": SMALL[1]}
    page.set_viewport_size({"width": NARROWEST, "height": size["height"]})
    wider = overflow(page)
    for _ in range(NARROWING_LOOKS):  # a desk with three columns is drawn anew as a phone's page
        if wider <= 0:
            break
        page.wait_for_timeout(100)
        wider = overflow(page)
    page.set_viewport_size(size)
    return wider


def take_pictures(page: Page, folder: Path | None, name: str) -> None:
    """Keep the screen as ``<name>-light.png`` and ``<name>-dark.png``, if somebody wants pictures."""
    if folder is None:
        return
    for scheme in in_each_scheme(page):
        page.screenshot(path=folder / f"{name}-{scheme}.png")


def complaints(tour: Iterator[Screen], pictures: Path | None, named: str) -> dict[str, object]:
    """What is wrong with each screen of a tour. ``named`` is a picture's name without its screen's."""
    found: dict[str, object] = {}
    for name, page in tour:
        settle(page)
        if pictures is not None:  # the tall window of the check would show in the next picture
            take_pictures(page, pictures, named.format(name))
            continue
        if problems := violations(page):
            found[name] = problems
        if (wider := overflow(page)) > 0:
            found[f"{name} width"] = wider
        if (wider := narrow_overflow(page)) > 0:
            found[f"{name} at {NARROWEST}"] = wider
    return found
