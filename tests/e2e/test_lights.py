"""Lights on the phone while the form is filled in, offline; and the county's page on differences."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Route, expect

from tests.e2e.form import VisitForm, label_of
from tests.e2e.looks import SIZES, take_pictures, violations
from tests.e2e.pages import Worklist, app_is_kept, sign_in
from tests.e2e.story import keep_app, untouched
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import Phone

HEALTH = "/policy/rule-health"
#: Not enough grain (R-BAS-01, red, HS-3-1); water is short, and whether the family can pay is not asked.
TROUBLE: dict[str, Any] = {"basic_lack": ["grain"], "water_state": "seasonal", "water_fix": None}


def ordinary(api: Api) -> dict[str, Any]:
    """A household of the register that no light of its own stands on."""
    quiet = ("dibao", "tekun", "orphan", "severe_disabled", "highrisk_job", "poor10", "online_flag")
    for household in untouched(api):
        roster = household["roster"]
        if roster["kind"] == "none" and not any(roster[name] for name in quiet) and roster["pcni_prev"]:
            return household
    raise AssertionError("the demo county has no ordinary household")


def newest(api: Api, household: dict[str, Any]) -> dict[str, Any]:
    """The household's newest visit as the server judged it."""
    history = api.ok("GET", f"/households/{household['id']}")["history"]
    found: dict[str, Any] = api.ok("GET", f"/visits/{history[0]['id']}")
    return found


def test_light_shows_with_its_article_while_the_form_is_filled_in_offline(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    screenshots: Path | None,
) -> None:
    api, county = api_of(server, "grid1"), api_of(server, "county1")
    household, before = ordinary(api), county.ok("GET", HEALTH)["previews"]
    phone = phone_of(server)
    keep_app(phone, "grid1")
    phone.go_offline()
    page = phone.reopen()
    Worklist(page).wait().open(household)
    form = VisitForm(page, household).begin()
    strip = page.get_by_role("button", name="看依据")
    expect(strip).to_have_count(0)
    form.fill(TROUBLE, until="house_state")
    expect(strip).to_contain_text("红·需核实")
    take_pictures(page, screenshots, "lights-strip")

    strip.click()
    sheet = page.get_by_role("dialog", name="这一户亮了")
    light = sheet.get_by_role("listitem").filter(has_text="红·需核实").first
    expect(light).to_contain_text("口粮不够")
    light.get_by_text("看原文").first.click()
    expect(light.get_by_role("blockquote").first).not_to_be_empty()
    take_pictures(page, screenshots, "lights-sheet")
    sheet.get_by_role("button", name="继续填").click()

    form.fill(TROUBLE)
    review = form.check()
    take_pictures(page, screenshots, "lights-review")
    to_ask = review.get_by_role("button", name=label_of("water_fix"))
    expect(to_ask).to_contain_text("关系到")
    to_ask.click()
    expect(form.step("water_fix")).to_be_visible()
    form.answer("water_fix", "can")
    review = form.check()
    expect(review.get_by_role("button", name=label_of("water_fix"))).to_have_count(0)
    sure = review.get_by_text("这些题没问到")
    if sure.is_visible():
        sure.click()
    form.explain(review)
    review.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("heading", name="已保存")).to_be_visible()

    phone.go_online()
    expect(page.get_by_text("服务器已收到，回执")).to_be_visible(timeout=60_000)
    assert "R-BAS-01" in [entry["rule"] for entry in newest(api, household)["lights"]]
    after = county.ok("GET", HEALTH)["previews"]
    assert (after["compared"], after["agreed"]) == (before["compared"] + 1, before["agreed"] + 1)


def without_grain(route: Route) -> None:
    """The county's rules, but with the one on food and clothing spoiled."""
    reply = route.fetch()
    rules = reply.json()
    rules["version"] = "0" * 16
    spoiled = next(rule for rule in rules["rules"] if rule["id"] == "R-BAS-01")
    spoiled["when"] = {"fact": "basic_lack", "has": "bedding"}
    route.fulfill(response=reply, body=json.dumps(rules), headers={"Content-Type": "application/json"})


def test_phone_with_other_rules_is_overruled_and_shows_on_the_countys_page(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    api, county = api_of(server, "grid1"), api_of(server, "county1")
    household = ordinary(api)
    phone = phone_of(server)
    page = phone.open()
    page.context.route("**/api/v1/policy", without_grain)
    sign_in(page, "grid1")
    app_is_kept(page)
    Worklist(page).wait().open(household)
    form = VisitForm(page, household).begin()
    form.fill(TROUBLE | {"water_fix": "can"})
    review = form.check()
    sure = review.get_by_text("这些题没问到")
    if sure.is_visible():
        sure.click()
    form.explain(review)
    review.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("服务器已收到，回执")).to_be_visible(timeout=60_000)

    assert "R-BAS-01" in [entry["rule"] for entry in newest(api, household)["lights"]]
    health = county.ok("GET", HEALTH)
    rule = next(entry for entry in health["rules"] if entry["rule"] == "R-BAS-01")
    assert rule["differences"]["met_server"] == 1
    assert [(pair["phone"], pair["server"]) for pair in health["versions"]] == [("0" * 16, health["version"])]
    [item] = county.ok("GET", f"{HEALTH}/differences?rule=R-BAS-01")["items"]
    assert item["household_id"] == household["id"]


LONG = "阿卜杜热合曼·吾斯曼江·麦麦提敏·阿布都克里木"


def with_long_names(route: Route) -> None:
    """The households, each head and member with a name as long as names get."""
    reply = route.fetch()
    page = reply.json()
    for household in page["rows"]:
        household["head_name"] = LONG
        for member in household["members"]:
            member["name"] = LONG
    headers = {"Content-Type": "application/json", "X-Sync": "1"}
    route.fulfill(response=reply, body=json.dumps(page), headers=headers)


def test_lights_look_right_on_a_desk_and_in_the_dark(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    screenshots: Path | None,
) -> None:
    household = ordinary(api_of(server, "grid1"))
    for size in SIZES.values():
        phone = phone_of(server, size=size)
        page = phone.open()
        page.context.route("**/api/v1/s1/pull?*", with_long_names)
        sign_in(page, "grid1")
        Worklist(page).wait().open(household | {"head_name": LONG})
        form = VisitForm(page, household).begin()
        form.names = dict.fromkeys(form.names, LONG)
        form.fill(TROUBLE | {"ins_gap": None}, until="job_state")
        page.get_by_role("button", name="看依据").click()
        sheet = page.get_by_role("dialog", name="这一户亮了")
        expect(sheet.get_by_text("还要问")).to_be_visible()
        assert sheet.evaluate("box => box.scrollWidth <= box.clientWidth")
        sheet.get_by_text("看原文").first.click()
        assert violations(page) == []
        take_pictures(page, screenshots, f"lights-{size[0]}")
        phone.close()
