"""How quick the form is in the hand, on a slow processor: from a key to its paint, and saving with photos."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from tests.bench.browser import SLOW, kept_app
from tests.bench.common import Bench, County, Result, percentile
from tests.e2e.form import VisitForm, label_of
from tests.e2e.pages import PASSWORD, Worklist
from tests.support.api import Api
from tests.support.phone import Phone
from tests.support.pictures import write_jpegs

SAVES = 5
#: An amount, taken back, and typed again, as quick as a thumb is.
KEYS = (*"48650", *["Backspace"] * 5, *"48650")
KEY_MS, THUMB_MS = 150, 400
AMOUNTS = ("inc_wage", "inc_biz", "inc_prop", "inc_trans", "exp_biz")
#: Trouble that opens loops and lights: every key is judged by all the rules.
TROUBLE: dict[str, Any] = {"house_state": "D", "house_fix": "cannot", "water_state": "seasonal"}
#: From the event to the paint that shows it, as the browser itself measures it (steps of 8 ms).
WATCH = """() => {
  window.paints = [];
  new PerformanceObserver(list => {
    for (const { name, startTime, duration } of list.getEntries())
      if (['keydown', 'click'].includes(name)) window.paints.push([name, startTime, duration]);
  }).observe({ type: 'event', durationThreshold: 16 });
}"""
SAVED = """async () => {
  const save = [...document.querySelectorAll('dialog button')].find(one => one.textContent === '保存');
  const began = performance.now();
  save.click();
  while (![...document.querySelectorAll('h2')].some(one => one.textContent === '已保存'))
    await new Promise(resolve => requestAnimationFrame(resolve));
  await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
  return performance.now() - began;
}"""


def _households(county: County) -> list[dict[str, Any]]:
    user = county.users_of("grid_member")[0]
    api = Api(county.server.port, user["username"], PASSWORD)
    try:
        return [one for one in api.households() if one["returned"] is None]
    finally:
        api.close()


def _slowed(phone: Phone, page: Page) -> None:
    phone.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW})


def _without_mouse(page: Page) -> None:
    """A phone has no mouse, under which each frame looks for what is there."""
    page.mouse.move(-1, -1)


def _begun(page: Page, household: dict[str, Any], answers: dict[str, Any]) -> VisitForm:
    Worklist(page).wait().open(household)
    form = VisitForm(page, household).begin("开始走访|再访一次|继续填写")
    form.fill(answers)
    return form


def key_to_paint(county: County) -> Iterator[Result]:
    """Digits into the amounts of a household in trouble, and taps on answers: each until it is painted."""
    household = _households(county)[0]
    who = household["members"][0]["id"]
    with sync_playwright() as playwright:
        phone = kept_app(playwright, county, "keys")
        page = phone.page
        form = _begun(page, household, TROUBLE | {"ill_who": [who]})
        _slowed(phone, page)
        page.evaluate(WATCH)
        form.go_to("income", AMOUNTS[0])
        for question in AMOUNTS:
            line = form.step(question).get_by_role("textbox", name=label_of(question))
            line.focus()
            _without_mouse(page)
            page.wait_for_timeout(THUMB_MS)
            for key in KEYS:
                page.keyboard.press(key)
                page.wait_for_timeout(KEY_MS)
        form.go_to("work", "job_state")
        for choice in form.step("job_state").get_by_role("group").locator("label").all():
            choice.click()
            page.wait_for_timeout(400)
        page.wait_for_timeout(1000)
        seen: list[tuple[str, float, float]] = page.evaluate("paints")
        phone.close()
    keys, taps = ([took for name, _, took in seen if name == wanted] for wanted in ("keydown", "click"))
    if not keys or not taps:
        raise RuntimeError("the browser measured nothing")
    note = f"p95; median {percentile(keys, 0.5):.0f}, worst {max(keys):.0f}; {SLOW}x CPU throttle, lights on"
    yield Result("form_key_to_paint_ms", percentile(keys, 0.95), "ms", len(keys), note)
    note = f"worst; median {percentile(taps, 0.5):.0f}; answers tapped, {SLOW}x CPU throttle, lights on"
    yield Result("form_tap_to_paint_ms", max(taps), "ms", len(taps), note)


def save_with_photos(county: County) -> Iterator[Result]:
    """From the tap on save to "saved" on the glass: visit, three photos and queue entry on the disk."""
    households = _households(county)[1 : SAVES + 1]
    times = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        photos = write_jpegs(Path(folder), 3)
        phone = kept_app(playwright, county, "saving")
        phone.go_offline()  # sending would share the processor
        page = phone.page
        for household in households:
            taken = list(zip(("house", "water", "scene"), photos, strict=True))
            form = _begun(page, household, TROUBLE | {"photos": taken})
            form.go_to("end", "photos")
            if form.step("photos").get_by_role("img").count() < len(photos):
                form.answer("photos", taken)
            times.append(_saved(phone, page, form))
        phone.close()
    note = f"median; worst {max(times):.0f}; three photos of 6 megapixels, {SLOW}x CPU throttle, offline"
    yield Result("form_save_three_photos_ms", percentile(times, 0.5), "ms", len(times), note)


def _saved(phone: Phone, page: Page, form: VisitForm) -> float:
    sheet = form.check()
    form.explain(sheet)
    if (sure := sheet.get_by_text("这些题没问到")).is_visible():
        sure.click()
    expect(sheet.get_by_role("button", name="保存", exact=True)).to_be_enabled()
    devtools = phone.context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
    took = float(page.evaluate(SAVED))
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    devtools.detach()
    page.get_by_role("button", name="回到走访列表").click()
    time.sleep(0.5)
    return took


BENCHES: dict[str, Bench] = {
    "form_key_to_paint_ms": key_to_paint,
    "form_save_three_photos_ms": save_with_photos,
}
