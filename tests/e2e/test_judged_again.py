"""A reviewer after the county's rules changed: lights that a run put on and out, at every size."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.looks import SIZES, overflow, settle, take_pictures, violations
from tests.e2e.pages import PASSWORD, sign_in
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import Phone

REASON = "会议纪要第 7 号：全县收入普查后调整"
# A line that many households fall below, and rules of which each opened light of the list has one.
CHANGES = (("parameter", "LINE_GX", "20000"), ("rule_off", "R-WAT-01", None), ("rule_off", "R-MED-06", None))
ApiOf = Callable[[LiveServer, str], Api]


def change_rules(api: Api) -> None:
    """Sign the changes and wait until the county was judged by them."""
    today = str(api.ok("GET", "/policy/parameters")["day"])
    for kind, name, value in CHANGES:
        form = {"id": str(uuid.uuid4()), "kind": kind, "name": name, "value": value, "from": today}
        api.ok("POST", "/policy/settings", form | {"until": None, "reason": REASON, "password": PASSWORD})
    for _ in range(480):  # jobs yield to everything else: a busy machine lets them wait
        runs = api.ok("GET", "/policy/rejudgements")["items"]
        if runs and all(run["state"] == "done" for run in runs) and sum(run["closed"] for run in runs):
            return
        sleep(0.5)
    raise AssertionError("no run came to its end")


def changed_visit(api: Api) -> dict[str, Any]:
    """A visit that has lights of all kinds: its own, one that a run put on, one that a run put out."""
    for line in api.ok("GET", "/visits?limit=100")["items"]:
        visit: dict[str, Any] = api.ok("GET", f"/visits/{line['id']}")
        lights = visit["lights"]
        if any(one["closed_by"] for one in lights) and any(one["opened_by"] for one in lights):
            return visit
    raise AssertionError("no visit was changed both ways")


@pytest.fixture(scope="module")
def changed(server: LiveServer) -> dict[str, Any]:
    """A visit after the county's rules changed."""
    with closing(Api(server.port, "county1", PASSWORD)) as county:
        change_rules(county)
    with closing(Api(server.port, "first1", PASSWORD)) as reader:
        return changed_visit(reader)


def check(page: Page, pictures: Path | None, name: str) -> None:
    """Keep pictures, or let axe look; nothing is wider than the screen."""
    settle(page)
    if pictures is not None:
        take_pictures(page, pictures, name)
    else:
        assert violations(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("who", ["first1", "county1"])
def test_a_reviewer_sees_what_a_run_put_on_and_out_and_why(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    screenshots: Path | None,
    changed: dict[str, Any],
    who: str,
    size: str,
) -> None:
    page = phone_of(server, size=SIZES[size]).open()
    sign_in(page, who)
    route = "review" if who == "first1" else "county"
    listed = page.get_by_role("list", name="走访清单").get_by_role("link").or_(page.locator("a.cty-open"))
    expect(listed.first).to_be_visible()
    page.goto(f"{server.url}/#/{route}/{changed['id']}")
    name = f"judged-again-{who}-{size}"

    note = page.get_by_text(re.compile("^规则变更后亮灯")).first
    expect(note).to_contain_text(REASON)
    group = page.locator("details", has_text="已熄灭（规则变更）").last
    out = group.get_by_role("button", name="当时为什么亮灯").first
    expect(out).to_be_hidden()
    group.locator("summary").click()
    expect(out).to_be_visible()
    note.scroll_into_view_if_needed()
    check(page, screenshots, f"{name}-lights")
    group.scroll_into_view_if_needed()
    check(page, screenshots, f"{name}-out")
    out.click()
    expect(page.get_by_role("dialog").get_by_text(re.compile("规则变更后已熄灭"))).to_be_visible()
    check(page, screenshots, f"{name}-why")
