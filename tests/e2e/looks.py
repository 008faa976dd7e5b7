"""How a screen is looked at: by axe in light and dark, at its own width and at 320 pixels, as a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
#: Where a tour is walked, and what its screens are looked at in besides.
ON_A_PHONE, AT_A_DESK = ("360x800", "1440x900"), ("1440x900", "360x800")
# What depends on where things lie; asked again where the same elements are drawn for another size.
RULES_OF_PLACE = {
    "runOnly": {
        "type": "rule",
        "values": [
            "color-contrast",
            "target-size",
            *(["scrollable-region-focusable", "link-in-text-block", "meta-viewport", "meta-viewport-large"]),
        ],
    }
}
SHAPE = """() => [...document.querySelectorAll('body, body *')]
  .map(one => `${one.tagName} ${one.getAttribute('class')} ${one.checkVisibility()}`).join()"""
TALLEST = """Math.max(...[...document.querySelectorAll('html, dialog:modal, dialog:modal *')]
  .map(one => one.scrollHeight))"""
NARROWEST, NARROWING_LOOKS = 320, 20
Screen = tuple[str, Page]
Tour = Callable[[Phone, Api], Iterator[Screen]]
ComplaintsOf = Callable[[Tour, Sequence[str]], dict[str, object]]


def settle(page: Page) -> None:
    """Wait until nothing is being read and every picture is drawn."""
    expect(page.locator("[aria-busy='true']")).to_have_count(0)
    page.wait_for_load_state("networkidle")


def violations(page: Page, *, same_elements: bool = False) -> list[str]:
    """What axe finds, one line a place. On a window that holds page and sheet: no bar lies over a button.

    ``same_elements``: it looked at them in another size; only what depends on their place is asked, in light.
    """
    size = page.viewport_size or {"width": SMALL[0], "height": SMALL[1]}
    tall = int(page.evaluate(TALLEST) * 1.3) + size["height"]  # a sheet takes a part of the window only
    page.set_viewport_size({"width": size["width"], "height": min(tall, 8_000)})
    page.evaluate(AXE)  # through the debugger: the page's own policy lets no script in
    if same_elements:
        found = _violations(page, "light", RULES_OF_PLACE)
    else:
        found = [line for scheme in in_each_scheme(page) for line in _violations(page, scheme, RULES[scheme])]
    page.set_viewport_size(size)
    return found


def in_each_scheme(page: Page) -> Iterator[str]:
    """Show the page in dark and, at last, in light again."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        yield scheme


def _violations(page: Page, scheme: str, rules: dict[str, Any]) -> list[str]:
    # Behind a modal dialog nothing can be reached, so nothing there is half covered by it either.
    where = "document.querySelector('dialog:modal') ?? document"
    found: list[dict[str, Any]] = page.evaluate(
        f"rules => axe.run({where}, rules).then(r => r.violations)", rules
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


def complaints(
    tour: Iterator[Screen], sizes: Sequence[str], pictures: Path | None, named: str
) -> dict[str, object]:
    """What is wrong with each screen of a tour in each size; the tour is walked in the first of them.

    ``named`` is a picture's name without its screen's and its size.
    """
    found: dict[str, object] = {}
    for name, page in tour:
        shapes: set[str] = set()
        for size in sizes:
            resize(page, size)
            if pictures is not None:  # the tall window of the check would show in the next picture
                take_pictures(page, pictures, named.format(name, size))
                continue
            shape = str(page.evaluate(SHAPE))
            found |= _problems(page, f"{name} {size}", same_elements=shape in shapes)
            shapes.add(shape)
        resize(page, sizes[0])
    return found


def resize(page: Page, size: str) -> None:
    """Draw the page in another size, if it is another, and wait until it stands still."""
    width, height = SIZES[size]
    if page.viewport_size != {"width": width, "height": height}:
        page.set_viewport_size({"width": width, "height": height})
    settle(page)


def _problems(page: Page, name: str, *, same_elements: bool) -> dict[str, object]:
    found: dict[str, object] = {}
    if problems := violations(page, same_elements=same_elements):
        found[name] = problems
    if (wider := overflow(page)) > 0:
        found[f"{name} width"] = wider
    if (wider := narrow_overflow(page)) > 0:
        found[f"{name} at {NARROWEST}"] = wider
    return found
