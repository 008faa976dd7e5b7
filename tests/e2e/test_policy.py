"""The county at its desk: tries a higher line, signs it, sees the county judged again, looks at the rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.pages import PASSWORD, Tabs, sign_in
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import DESK, Phone

LINE, LINE_NAME, RULE = "LINE_GX", "广西2020年收入参考线", "R-INC-01"
HIGHER, REASON = "20000", "会议纪要第 7 号：全县收入普查后调整"
WHAT_IF = {"parameters": {LINE: HIGHER}, "rules_off": []}


def open_policy(page: Page) -> None:
    """Go to the policy from the county's desk."""
    Tabs(page).go("政策")
    expect(page.get_by_role("heading", level=1, name="如果换一条线")).to_be_visible()


def go(page: Page, name: str) -> None:
    """Open another page of the policy."""
    page.get_by_role("navigation", name="政策的各页").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def try_line(page: Page, value: str) -> None:
    """Type another value for the line on the slider and wait for what comes of it."""
    expect(page.get_by_role("combobox", name="改哪个参数")).to_have_value(LINE)
    page.get_by_role("textbox", name="换成").fill(value)
    expect(page.get_by_text("5,000 → 20,000")).to_be_visible()
    expect(page.locator("[aria-busy='true']")).to_have_count(0)


def sign(sheet: Locator, password: str) -> None:
    """Type the password and press the button."""
    sheet.get_by_label("您自己的登录密码").fill(password)
    sheet.get_by_role("button", name="签字生效").click()


def figures(api: Api) -> dict[str, Any]:
    """What the server says of the trial, of the rule that reads the line."""
    found = api.ok("POST", "/policy/simulations", WHAT_IF)
    return next(row for row in found["rules"] if row["rule"] == RULE)


def value_of(api: Api, name: str) -> str:
    """A parameter's value in force."""
    items = api.ok("GET", "/policy/parameters")["items"]
    return str(next(one["value"] for one in items if one["name"] == name))


def try_and_read(page: Page, expected: dict[str, Any]) -> None:
    """The number of the rule is the server's, and opens as many households."""
    try_line(page, HIGHER)
    number = page.get_by_role("button", name=re.compile(f"进入 {expected['entering']} 户")).first
    number.click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text(f"已列出 {expected['entering']} / {expected['entering']} 户")).to_be_visible()
    expect(sheet.get_by_role("listitem")).to_have_count(expected["entering"])
    expect(sheet.get_by_text(re.compile(rf"会亮：.*{RULE}")).first).to_be_visible()
    sheet.get_by_role("button", name="关上").click()


def sign_line(phone: Phone, page: Page) -> None:
    """Sign the higher line, first with a wrong password."""
    go(page, "参数")
    page.get_by_text(LINE_NAME).click()
    page.get_by_role("button", name="改参数").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label(re.compile("^新的数")).fill("20,000")
    sheet.get_by_label("为什么").fill(REASON)
    with phone.tolerating("403"):
        sign(sheet, "not my password")
        expect(sheet.get_by_text("密码不对，没有签成")).to_be_visible()
    sign(sheet, PASSWORD)
    expect(sheet).to_be_hidden()
    item = page.get_by_role("listitem").filter(has_text=LINE)
    expect(item.get_by_text("本县已改")).to_be_visible()
    expect(item.get_by_text(REASON)).to_be_visible()


def read_run(page: Page) -> None:
    """The run that the signature started: finished, with the lights it opened."""
    go(page, "重新研判")
    line = page.get_by_role("list", name="历次研判").get_by_role(
        "link", name=re.compile("县里改了参数或规则")
    )
    expect(line.get_by_text("完成")).to_be_visible(timeout=180_000)
    line.click()
    expect(page.get_by_role("heading", level=1, name="一次重新研判")).to_be_visible()
    expect(page.get_by_text(REASON)).to_be_visible()
    page.get_by_role("button", name=re.compile("^新亮")).click()
    page.get_by_label("规则", exact=True).select_option(RULE)
    expect(page.get_by_role("listitem").filter(has_text=RULE).first).to_be_visible()
    page.get_by_role("button", name="返回历次研判").click()


def run_by_hand(page: Page) -> None:
    """A second run by the same rules changes nothing."""
    page.get_by_role("textbox", name="为什么现在重新研判").fill("月初例行核对")
    page.get_by_role("button", name="开始重新研判").click()
    expect(page.get_by_role("heading", name="手动研判")).to_be_visible()
    expect(page.get_by_role("heading", name="没有灯变化")).to_be_visible(timeout=180_000)


def test_county_tries_a_line_signs_it_and_sees_every_light_it_changed(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    api = api_of(server, "county1")
    expected = figures(api)
    assert expected["entering"] > 0
    phone = phone_of(server, size=DESK)
    page = phone.open()
    sign_in(page, "county1")
    open_policy(page)

    try_and_read(page, expected)
    assert value_of(api, LINE) == "5000.00"
    assert api.ok("GET", "/policy/rejudgements")["items"] == []

    sign_line(phone, page)
    assert value_of(api, LINE) == "20000.00"
    read_run(page)
    run_by_hand(page)

    page.get_by_role("button", name="返回历次研判").click()
    go(page, "规则健康")
    row = page.get_by_role("listitem").filter(has_text=RULE)
    expect(row.get_by_text(str(expected["then"]), exact=True).first).to_be_visible()


def test_an_address_carries_the_whole_trial_and_foreign_parts_of_it_are_dropped(
    server: LiveServer, phone_of: Callable[..., Phone]
) -> None:
    page = phone_of(server, size=DESK).open()
    sign_in(page, "county1")
    open_policy(page)
    trial = "focus=NEAR&set=NEAR:1.5,LINE_NX:4000&off=R-SPC-01,R-NOT-99"
    page.goto(f"{server.url}/#/policy/whatif?{trial}")
    changes = page.get_by_role("list", name="这次推演改了").get_by_role("listitem")
    expect(changes).to_have_count(2)
    expect(page.get_by_role("slider")).to_have_value("1.5")
    page.get_by_role("button", name="全部改回").click()
    expect(changes).to_have_count(0)
    assert page.evaluate("location.hash") == "#/policy/whatif?focus=NEAR"


def test_a_township_reads_the_rules_and_cannot_change_them(
    server: LiveServer, phone_of: Callable[..., Phone]
) -> None:
    page = phone_of(server).open()
    sign_in(page, "town1")
    Tabs(page).go("政策")
    expect(page.get_by_role("heading", level=1, name="政策参数")).to_be_visible()
    page.get_by_text("刚超过监测线的倍数").click()
    item = page.get_by_role("listitem").filter(has_text="NEAR")
    expect(item.get_by_text("文件未给出，由县确定")).to_be_visible()
    expect(page.get_by_role("button", name="改参数")).to_have_count(0)
    expect(page.get_by_role("link", name="推演", exact=True)).to_have_count(0)
