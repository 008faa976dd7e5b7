"""Every screen, small and large, light and dark: accessible, without console errors, nothing cut off.

With SCREENSHOTS=folder each screen is also kept as a picture; `make screenshots` uses that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.form import VisitForm
from tests.e2e.looks import AT_A_DESK, ON_A_PHONE, ComplaintsOf, Screen
from tests.e2e.pages import Outbox, Worklist, sign_in
from tests.e2e.story import untouched, visit
from tests.support.api import Api
from tests.support.phone import SMALL, Phone


def grid_member(phone: Phone, api: Api) -> Iterator[Screen]:
    """Every screen of a grid member, with a visit under way and one delivered."""
    page = phone.open()
    yield "login", page
    sign_in(page, "grid1")
    Worklist(page).wait()
    first, second = untouched(api)[:2]
    visit(page, first, {})
    Outbox(page).open().receipt(first["head_name"])
    yield "outbox", page
    page.goto(f"{phone.url}/#/")
    yield "households", Worklist(page).wait().page
    Worklist(page).search.fill("没有这个人")
    yield "nothing-found", page
    Worklist(page).open(second)
    yield "household", page
    form = VisitForm(page, second).begin()
    form.fill({"ill_who": [second["members"][0]["id"]]}, until="ill_selfpay")
    yield "visit", page
    form.fill({})
    form.check()
    yield "visit-check", page
    page.goto(f"{phone.url}/#/me")
    expect(page.get_by_role("heading", level=1, name="我的")).to_be_visible()
    yield "me", page
    page.goto(f"{phone.url}/#/no-such-page")
    yield "not-found", page


def first_secretary(phone: Phone, _api: Api) -> Iterator[Screen]:
    """The review desk."""
    page = phone.open()
    sign_in(page, "first1")
    rows = page.get_by_role("list", name="走访清单").get_by_role("link")
    expect(rows.first).to_be_visible()
    if phone.size == SMALL:
        yield "review-list", page
        rows.first.click()
    expect(page.get_by_text("全部回答")).to_be_visible()
    yield "review", page
    page.get_by_role("button", name="为什么亮灯").first.click()
    expect(page.get_by_role("heading", name="怎样才会熄灭")).to_be_visible()
    yield "why", page
    page.keyboard.press("Escape")
    yield from full_numbers(page)


def full_numbers(page: Page) -> Iterator[Screen]:
    """Asking for them, without the words it takes, and having them."""
    ask = page.get_by_role("button", name=re.compile("^显示全部")).first
    ask.click()
    page.get_by_role("dialog").get_by_text("其他").click()
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.get_by_text("请写明原因")).to_be_visible()
    yield "reveal-ask", page
    page.keyboard.press("Escape")
    ask.click()  # a desk that was looked at as narrow as a phone asks anew
    page.get_by_role("dialog").get_by_text("联系本人").click()
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.get_by_text("秒后自动隐藏")).to_be_visible()
    yield "revealed", page


def county(phone: Phone, _api: Api) -> Iterator[Screen]:
    """The county's list, one visit, the phones and the fund."""
    page = phone.open()
    sign_in(page, "county1")
    opened = page.locator("a.cty-open")
    expect(opened.first).to_be_visible()
    yield "county", page
    opened.first.click()
    expect(page.get_by_text("这户的历史")).to_be_visible()
    yield "county-visit", page
    page.goto(f"{phone.url}/#/devices")
    order = page.get_by_role("button", name=re.compile("下指令")).and_(page.locator("[aria-label]"))
    expect(order.first).to_be_visible()
    yield "devices", page
    order.first.click()
    page.get_by_role("dialog").get_by_text("立即清除").click()
    page.get_by_role("button", name="清除这台设备").click()
    expect(page.get_by_text("请写原因")).to_be_visible()
    yield "devices-order", page
    page.get_by_role("button", name="取消").click()
    page.goto(f"{phone.url}/#/fund")
    page.locator(".choice-card", has_text="因病").click()
    page.get_by_label("全年自付和自费合计").fill("20000")
    expect(page.locator(".fund-pay")).to_contain_text("6,500")
    yield "fund", page


def department(phone: Phone, _api: Api) -> Iterator[Screen]:
    """The home of a role without screens of its own."""
    page = phone.open()
    sign_in(page, "dept1")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    yield "home", page


def county_policy(phone: Phone, _api: Api) -> Iterator[Screen]:
    """The policy's pages, each with something open."""
    page = phone.open()
    sign_in(page, "county1")
    expect(page.locator("a.cty-open").first).to_be_visible()
    page.goto(f"{phone.url}/#/policy/whatif?focus=NEAR&set=NEAR:2.5&off=R-SPC-01")
    expect(page.get_by_role("list", name="规则")).to_be_visible()
    yield "whatif", page
    page.get_by_role("button", name=re.compile("看名单")).first.click()
    expect(page.get_by_role("dialog").get_by_text(re.compile("已列出"))).to_be_visible()
    yield "whatif-list", page
    page.goto(f"{phone.url}/#/policy/parameters")
    page.get_by_text("刚超过监测线的倍数").click()
    yield "parameters", page
    page.get_by_role("button", name="改参数").click()
    page.get_by_role("button", name="签字生效").click()
    expect(page.get_by_text("至少写 5 个字")).to_be_visible()
    yield "sign", page
    page.goto(f"{phone.url}/#/policy/rules")
    page.get_by_text("R-INC-02").click()
    yield "rules", page
    page.goto(f"{phone.url}/#/policy/health")
    expect(page.get_by_role("list", name="规则健康")).to_be_visible()
    yield "rule-health", page
    page.goto(f"{phone.url}/#/policy/runs")
    page.get_by_role("textbox", name="为什么现在重新研判").fill("看一看有没有变化")
    yield "runs", page
    page.get_by_role("button", name="开始重新研判").click()
    expect(page.get_by_role("heading", name="没有灯变化")).to_be_visible(timeout=180_000)
    yield "run", page
    page.goto(f"{phone.url}/#/policy/calendar")
    expect(page.get_by_role("list").filter(has_text="元旦")).to_be_visible()
    yield "calendar", page
    page.get_by_role("button", name="录入一天").click()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("请写依据")).to_be_visible()
    yield "calendar-day", page


def auditor(phone: Phone, _api: Api) -> Iterator[Screen]:
    """The record of actions."""
    page = phone.open()
    sign_in(page, "auditor1")
    rows = page.get_by_role("list", name="操作记录列表").get_by_role("listitem")
    expect(rows.first).to_be_visible()
    yield "audit", page
    page.get_by_role("button", name="现在核对").click()
    expect(page.get_by_text("记录完整，没有改动")).to_be_visible(timeout=60_000)
    page.get_by_label("哪类操作").select_option(label="走访")
    expect(rows.filter(has_text="登录")).to_have_count(0)
    rows.filter(has_text="收到走访").first.get_by_text("详情").click()
    yield "audit-details", page
    page.goto(f"{phone.url}/#/audit?group=light&since=2020-01-01&until=2020-01-02")
    expect(page.get_by_text("没有符合的记录")).to_be_visible()
    yield "audit-nothing", page


#: Each where it is used; the review's list and page are one screen at the desk and two on a phone.
WALKS = {
    "grid member": (grid_member, ON_A_PHONE),
    "first secretary": (first_secretary, ON_A_PHONE[:1]),
    "first secretary at the desk": (first_secretary, AT_A_DESK[:1]),
    "county": (county, AT_A_DESK),
    "county's policy": (county_policy, AT_A_DESK),
    "auditor": (auditor, AT_A_DESK),
    "department": (department, AT_A_DESK),
}


@pytest.mark.parametrize("walk", WALKS)
def test_every_screen_is_accessible_whole_and_without_a_complaint(
    complaints_of: ComplaintsOf, walk: str
) -> None:
    assert complaints_of(*WALKS[walk]) == {}
