"""The grid member's day: today's homes, what was found, somebody new, the slip, and practising."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import Page, Request, expect

from tests.e2e.form import VisitForm
from tests.e2e.looks import ON_A_PHONE, ComplaintsOf, Screen, settle
from tests.e2e.pages import Outbox, Worklist, sign_in
from tests.e2e.story import keep_app, untouched
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import DESK, Phone

#: Not enough grain: R-BAS-01, red, by HS-3-1.
HUNGRY = {"basic_lack": ["grain"]}
NUMBER = "450321199005069" + "92"
POINT_MM = 72 / 25.4


def with_check_digit(body: str) -> str:
    """An identity number from its first 17 digits (GB 11643)."""
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return body + "10X98765432"[sum(w * int(d) for w, d in zip(weights, body, strict=True)) % 11]


HERS = with_check_digit(NUMBER)


def today_count(page: Page) -> str:
    """How many homes were visited today, as the list says."""
    return page.locator(".hh-count b").inner_text()


def widths(pdf: bytes) -> set[int]:
    """Widths of the pages of a PDF in whole millimetres."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)", pdf)
    return {round(float(width) / POINT_MM) for width in boxes}


def slip_of(page: Page) -> str:
    """The text of the slip on screen."""
    slip = page.get_by_role("article", name="走访单")
    expect(slip).to_be_visible()
    expect(slip.get_by_role("img")).to_be_visible()
    return slip.inner_text()


def test_a_day_counts_offline_leaves_a_slip_and_shows_what_it_found(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    api = api_of(server, "grid1")
    household = untouched(api)[0]
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    before = int(today_count(page))
    phone.go_offline()
    Worklist(page).open(household)
    form = VisitForm(page, household).begin()
    form.fill(HUNGRY)
    form.save()
    page.get_by_role("link", name="给这户一张走访单").click()
    said = slip_of(page)
    assert household["head_name"] in said
    assert "口粮不够" in said
    assert "12317" in said
    assert "送达后才有" in said
    assert not re.search(r"\d{7}", said)
    assert widths(page.pdf(prefer_css_page_size=True)) == {148}
    page.get_by_role("tab", name="58 毫米小票").click()
    expect(page.locator(".slip-roll")).to_be_visible()
    assert widths(page.pdf(prefer_css_page_size=True)) == {58}
    page.goto(f"{phone.url}/#/")
    assert int(today_count(Worklist(page).wait().page)) == before + 1

    phone.go_online()
    number = Outbox(page).open().receipt(household["head_name"])
    page.goto(f"{phone.url}/#/household/{household['id']}")
    light = page.get_by_role("button", name="依据 HS-3-1")
    expect(light).to_be_visible(timeout=60_000)
    phone.go_offline()
    light.click()
    expect(page.get_by_role("dialog").locator("blockquote")).to_contain_text("两不愁三保障")
    page.get_by_role("dialog").get_by_role("button", name="关闭").click()
    page.get_by_role("link", name="给这户的走访单").first.click()
    assert number in slip_of(page)


def test_the_place_is_only_asked_for_after_a_tap_and_then_brings_the_near_ones_first(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    home = next(one["home"] for one in untouched(api_of(server, "grid1")) if one["home"])
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    away = page.get_by_text(re.compile(r"\b\d+ 米"))
    there = {"latitude": float(home["lat"]), "longitude": float(home["lon"]), "accuracy": 12}
    phone.context.set_geolocation(there)  # type: ignore[arg-type]
    phone.reload()
    expect(away.first).to_be_visible()  # allowed before: nobody has to tap
    phone.context.clear_permissions()
    phone.reload()
    Worklist(page).wait()
    button = page.get_by_role("button", name="看看附近有哪些户")
    expect(button).to_be_visible()
    expect(away).to_have_count(0)
    phone.context.grant_permissions(["geolocation"])
    button.click()
    expect(away.first).to_be_visible()


def write_down(page: Page) -> None:
    """A household of two that the list does not have."""
    page.get_by_role("link", name="登记新户").click()
    page.get_by_label("姓名").fill("蒙小芳")
    page.get_by_label("身份证号").fill(HERS)
    expect(page.get_by_label("出生日期")).to_have_value("1990-05-06")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("请选劳动能力")).to_be_visible()
    page.get_by_label("劳动能力").select_option("full")
    page.get_by_label("地址").fill("上寨九号")
    page.get_by_label("情况说明").fill("住在村尾，名单上没有")
    page.get_by_role("button", name="再加一个人").click()
    second = page.locator("section.card", has_text="成员 2")
    second.get_by_label("姓名").fill("蒙小宝")
    second.get_by_label("与户主关系").select_option("之子")
    second.get_by_label("劳动能力").select_option("none")


def test_a_household_nobody_knew_is_proposed_offline_and_on_the_list_once_it_is_agreed_to(
    server: LiveServer, phone_of: Callable[..., Phone]
) -> None:
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    phone.go_offline()
    write_down(page)
    page.wait_for_timeout(600)
    page.goto(f"{phone.url}/#/")
    page.goto(f"{phone.url}/#/new")  # what was typed is still there
    expect(page.get_by_label("姓名").first).to_have_value("蒙小芳")
    page.get_by_role("button", name="保存").click()
    row = Outbox(page).row("蒙小芳")
    expect(row).to_contain_text("登记新户")

    phone.go_online()
    expect(row).to_contain_text("等第一书记同意", timeout=60_000)
    desk = phone_of(server, size=DESK)
    reviewer = desk.open()
    sign_in(reviewer, "first1")
    expect(reviewer.get_by_role("navigation", name="主要页面")).to_be_visible()
    settle(reviewer)
    reviewer.goto(f"{desk.url}/#/incoming")
    card = reviewer.get_by_role("listitem").filter(has_text="蒙小芳").first
    expect(card).to_contain_text("上寨九号")
    expect(card).to_contain_text("蒙小宝")
    assert HERS not in card.inner_text()
    card.get_by_role("button", name="同意", exact=True).click()
    reviewer.get_by_role("dialog").get_by_role("button", name="同意", exact=True).click()
    expect(reviewer.get_by_text("没有要决定的")).to_be_visible()

    row.get_by_role("button", name="问问").click()
    expect(row.get_by_text("已送达", exact=True)).to_be_visible(timeout=60_000)
    page.goto(f"{phone.url}/#/")
    page.get_by_role("button", name="更新名单").click()
    expect(Worklist(page).find("mxf").first).to_contain_text("蒙小芳")


def everything_sent(phone: Phone) -> list[Request]:
    """A list that fills with the requests of all tabs and of the service worker."""
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    phone.context.on("request", note)
    return sent


def practise(page: Page) -> None:
    """From the page on practising to its end, with nothing wrong."""
    people = [("head", "练习户主"), ("mother", "练习母亲"), ("daughter", "练习女儿")]
    household: dict[str, Any] = {"members": [{"id": key, "name": name} for key, name in people]}
    page.get_by_role("link", name=re.compile("开始练习|接着练习")).click()
    form = VisitForm(page, household).wait()
    expect(page.get_by_text("练习 · 不会上传")).to_be_visible()
    form.fill({})
    sheet = form.check()
    expect(sheet.get_by_text("练习 · 不会上传")).to_be_visible()
    sheet.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("heading", name="练习完成")).to_be_visible()
    expect(page.get_by_text("练习 · 不会上传")).to_be_visible()


def test_the_first_visit_begins_with_three_cards_and_practice_never_leaves_the_phone(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    household = untouched(api_of(server, "grid1"))[0]
    phone = phone_of(server, first_cards=True)
    page = keep_app(phone, "grid1")
    sent = everything_sent(phone)
    Worklist(page).open(household)
    page.get_by_role("link", name=re.compile("开始走访|再访一次")).click()
    for title in ("一题点一下", "没有网络也能存"):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        page.get_by_role("button", name="下一张").click()
    page.get_by_role("button", name="先练一练").click()
    practise(page)
    page.get_by_role("button", name="回到练习").click()
    expect(page.get_by_text(re.compile("上次练习答了"))).to_be_visible()
    page.get_by_role("button", name="重新开始").click()
    expect(page.get_by_text(re.compile("上次练习答了"))).to_be_hidden()

    Outbox(page)
    page.goto(f"{phone.url}/#/outbox")
    expect(page.get_by_text("还没有走访记录")).to_be_visible()
    told = [f"{one.url} {one.post_data or ''}" for one in sent]
    assert [one for one in told if re.search("practice(?!-)|练习", one) and "/assets/" not in one] == []
    page.goto(f"{phone.url}/#/visit/{household['id']}")
    VisitForm(page, household).wait()  # the cards came once


def day(phone: Phone, api: Api) -> Iterator[Screen]:
    """The screens of this part, each with something in it."""
    phone.first_cards = True
    page = phone.open()
    sign_in(page, "grid1")
    household = untouched(api)[1]
    Worklist(page).wait()
    page.goto(f"{phone.url}/#/visit/{household['id']}")
    expect(page.get_by_role("heading", name="一题点一下")).to_be_visible()
    yield "cards", page
    page.get_by_role("button", name="跳过").click()
    form = VisitForm(page, household).wait()
    form.fill(HUNGRY)
    form.save()
    page.get_by_role("link", name="给这户一张走访单").click()
    slip_of(page)
    yield "slip", page
    page.get_by_role("tab", name="58 毫米小票").click()
    yield "slip-roll", page
    page.goto(f"{phone.url}/#/")
    Outbox(page).open().receipt(household["head_name"])
    page.goto(f"{phone.url}/#/")
    yield "today", Worklist(page).wait().page
    page.goto(f"{phone.url}/#/household/{household['id']}")
    expect(page.get_by_role("button", name="依据 HS-3-1")).to_be_visible(timeout=60_000)
    yield "home", page
    page.goto(f"{phone.url}/#/")
    write_down(page)
    page.get_by_role("button", name="保存").click()
    expect(Outbox(page).row("蒙小芳")).to_be_visible()
    page.goto(f"{phone.url}/#/new")
    page.get_by_role("button", name="保存").click()
    yield "new", page
    page.goto(f"{phone.url}/#/practice")
    expect(page.get_by_role("heading", level=1, name="练习")).to_be_visible()
    yield "practice", page
    page.get_by_role("link", name="开始练习").click()
    VisitForm(page, {"members": []}).wait()
    yield "practice-visit", page


def test_what_is_found_is_seen_wherever_the_list_was_left(
    server: LiveServer, phone_of: Callable[..., Phone]
) -> None:
    page = keep_app(phone_of(server), "grid1")
    worklist = Worklist(page)
    count = page.get_by_role("status").filter(has_text="找到")
    todays = page.locator(".hh-count")
    expect(todays).to_be_visible()
    page.locator("main").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    expect(worklist.rows.first).not_to_be_in_viewport()
    page.get_by_role("searchbox").press_sequentially("4")  # every number has one
    expect(count).to_be_visible()
    expect(worklist.rows.first).to_be_in_viewport()
    expect(todays).to_be_hidden()
    page.get_by_role("button", name="清空").click()
    expect(todays).to_be_visible()
    expect(count).to_have_count(0)
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("·")  # no letter of any name: nothing was asked yet
    expect(todays).to_be_visible()
    expect(worklist.rows.first).to_be_visible()


def test_the_screens_of_a_day_are_accessible_and_whole(complaints_of: ComplaintsOf) -> None:
    assert complaints_of(day, ON_A_PHONE) == {}
