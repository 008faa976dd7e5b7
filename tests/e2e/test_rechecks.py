"""A township's re-checks: due after the village's word, settled or handed up once, counted in the ledger."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.looks import AT_A_DESK, ON_A_PHONE, ComplaintsOf, Screen
from tests.e2e.pages import sign_in
from tests.e2e.test_reviewing import Village
from tests.reviews.test_list import REPORTED
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import DESK, Phone
from tests.visits.bodies import CLEAN, DRY

NOISE = "Failed to load resource"
LONG_NAME = "买买提江·吐尔逊阿依·阿不都热合曼·卡德尔"
LONG_WORDS = "家里的水井从国庆以后就干了，要到两里外的泉眼挑水，老人挑不动，村里没有钱打新井，请乡镇来看看。"


@pytest.fixture(scope="module")
def server(
    seeded: LiveServer, steady_port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """A county where townships may settle a case themselves, as in Ningxia."""
    place = tmp_path_factory.mktemp("server")
    made = LiveServer(place, port=steady_port, environ={"LIANGDENG_PROFILE": "ningxia"})
    copy = made.copy_of(seeded).start()
    yield copy
    copy.stop()


@pytest.fixture(scope="module")
def village(server: LiveServer) -> Iterator[Village]:
    """The village of first1, which let nothing through yet."""
    made = Village(server)
    yield made
    made.hang_up()


def let_through(village: Village, place: int, answers: dict[str, Any], **decision: Any) -> str:
    """A visit that the village decided on; its number."""
    visit = village.send(place, answers, ago=timedelta(hours=30 + place))
    village.decide(visit, **decision)
    return visit


def conclude(town: Api, visit: str, decision: str, **changes: Any) -> None:
    """An outcome, as the screen sends it."""
    form = {"id": str(uuid4()), "decision": decision, "cause": "unsafe_water", "opinion": LONG_WORDS}
    home = {"home_on": None, "home_by": "", "findings": []}
    town.ok("POST", f"/rechecks/{visit}/outcomes", form | home | changes)


def row_of(page: Page, visit: str) -> Locator:
    """The line of a case."""
    return page.get_by_role("list", name="复核清单").locator(f"a[href^='#/rechecks/{visit}']")


def open_case(page: Page, visit: str) -> None:
    """Open a case of the list at a desk, and wait until it may be decided on."""
    row_of(page, visit).click()
    expect(row_of(page, visit)).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("complementary").get_by_role("button", name="上报县里")).to_be_visible()


def choose(page: Page, question: str, answer: str) -> None:
    """Tap an answer."""
    group = page.get_by_role("group", name=question)
    group.locator("label", has_text=re.compile(f"^{answer}$")).click()


def confirm(page: Page, button: str) -> None:
    """Say yes in the dialog."""
    page.get_by_role("dialog").get_by_role("button", name=button).click()


def heading(page: Page, count: int) -> None:
    """Wait until the bar counts so many cases that are due."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"待复核 {count}")


def test_a_case_is_settled_another_handed_up_and_the_ledger_counts_both(
    village: Village, phone_of: Callable[..., Phone]
) -> None:
    yellow = let_through(village, 1, REPORTED)
    asked = let_through(village, 2, CLEAN, decision="escalated", comment=LONG_WORDS)
    town = village.sign("town1")
    due = town.ok("GET", "/rechecks")["counts"]["due"]
    phone = phone_of(village.server, size=DESK)
    page = phone.open()
    sign_in(page, "town1")
    heading(page, due)
    confirm_the_list(page, town)
    open_case(page, yellow)
    settle_with_a_visit_at_home(phone, yellow)
    heading(page := phone.page, due - 1)
    open_case(page, asked)
    hand_up_when_the_answer_is_lost(phone, town, asked)
    heading(page, due - 2)
    read_the_ledger(page)


def confirm_the_list(page: Page, town: Api) -> None:
    """The month's list is confirmed, once; a second try of the test finds it so."""
    ask = page.get_by_role("button", name="确认收到名单")
    said = page.get_by_text(re.compile("月名单：.*确认收到"))
    expect(ask.or_(said)).to_be_visible()
    if ask.is_visible():
        ask.click()
        confirm(page, "确认收到")
    expect(said).to_be_visible()
    assert len(town.ok("GET", "/rechecks")["confirmed"]) == 1


def settle_with_a_visit_at_home(phone: Phone, visit: str) -> None:
    """By the keyboard; what is missing is said, what is written outlives the browser."""
    page = phone.page
    page.keyboard.press("s")
    expect(page.get_by_text("还差 3 处没填")).to_be_visible()
    choose(page, "入户复核了吗？", "去过了")
    page.get_by_role("button", name="今天", exact=True).click()
    page.get_by_role("button", name=re.compile("^我（")).click()
    page.get_by_role("complementary").locator("label", has_text=re.compile("^属实$")).click()
    page.get_by_label("看到了什么（可不填）").fill("家里老人住院")
    choose(page, "主要原因", "因病")
    page.get_by_role("button", name="已协调解决").click()
    expect(page.get_by_text("还差")).to_have_count(0)
    page.wait_for_timeout(500)  # as long as it takes until what was typed last is on the disk
    page = phone.reopen(f"#/rechecks/{visit}")
    expect(page.get_by_label("复核意见")).to_have_value("已协调解决，暂无返贫风险。")
    expect(page.get_by_label("看到了什么（可不填）")).to_have_value("家里老人住院")
    page.keyboard.press("s")
    expect(page.get_by_role("dialog")).to_contain_text("因病")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已就地化解。", exact=False).first).to_be_attached()


def hand_up_when_the_answer_is_lost(phone: Phone, town: Api, visit: str) -> None:
    """It is sent again under its number, and is one."""
    page = phone.page
    expect(page.get_by_text(LONG_WORDS).first).to_be_visible()
    choose(page, "入户复核了吗？", "没有去")
    choose(page, "主要原因", "因安全饮水")
    page.get_by_label("复核意见").fill("请县里水利部门来看。")

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    with phone.tolerating(NOISE, "net::ERR_FAILED"):
        phone.context.route("**/outcomes", swallow)
        page.get_by_role("button", name=re.compile("^上报县里")).click()
        confirm(page, "确定上报")
        expect(page.get_by_text("没收到服务器的答复")).to_be_visible()
        phone.context.unroute_all()
    page.get_by_role("button", name="再发一次").click()
    expect(page.get_by_text("已上报县里。", exact=False).first).to_be_attached()
    assert len(town.ok("GET", f"/rechecks/{visit}")["outcomes"]) == 1


def read_the_ledger(page: Page) -> None:
    """Entries and persons by cause; a cause shows its cases; all of it as a file."""
    page.get_by_role("link", name="台账").click()
    table = page.get_by_role("table", name="按原因的户次和人次")
    expect(table).to_be_visible()
    total = table.get_by_role("row").last.get_by_role("cell").all_inner_texts()
    assert [total[0], *total[2:]] == ["2", "1", "1", "0"]
    table.get_by_role("button", name="因病").click()
    cases = page.get_by_role("table", name="逐次")
    expect(cases.get_by_role("row")).to_have_count(2)
    expect(cases).to_contain_text("已协调解决")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载表格").click()
    assert download.value.suggested_filename.startswith("乡镇台账-阳朔镇-")
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert [(line[5], line[11]) for line in lines[1:]] == [("因病", "乡镇就地化解")]
    assert "**" in lines[1][0]


def failing(route: Route) -> None:
    """A server that fails."""
    route.fulfill(status=500, body="")


def named_long(route: Route) -> None:
    """The list with long names in it."""
    page = route.fetch().json()
    for item in page["items"]:
        item["household"]["head_name"] = LONG_NAME
    route.fulfill(status=200, json=page, headers={"X-Sync": "1"})


def nothing(route: Route) -> None:
    """A ledger without anything."""
    page = route.fetch().json() | {"items": [], "next": None, "causes": [], "households": 0}
    route.fulfill(status=200, json=page, headers={"X-Sync": "1"})


@pytest.fixture(scope="module")
def scene(village: Village) -> dict[str, str]:
    """By name: visits at every place of the way, one of each."""
    names = ("fresh", "back", "settled", "newer")
    town, county = village.sign("town1"), village.sign("county1")
    made = {
        name: let_through(village, 3 + place, REPORTED, decision="escalated", comment=LONG_WORDS)
        for place, name in enumerate(names)
    }
    rule = town.ok("GET", f"/rechecks/{made['back']}")["lights"][0]["rule"]
    found = [{"rule": rule, "found": "unclear", "note": LONG_WORDS}]
    home = {"home_on": "2026-01-05", "home_by": "周主任、村干部黄秋菊、网格员韦春燕", "findings": found}
    conclude(town, made["back"], "hand_up", **home)
    said = {
        "id": str(uuid4()),
        "decision": "back",
        "opinion": "自付金额对不上，请再入户看票据。" + LONG_WORDS,
    }
    county.ok("POST", f"/county/cases/{made['back']}/decisions", said)
    conclude(town, made["settled"], "settle", cause="illness", **home)
    village.send(6, DRY, ago=timedelta(hours=1))
    return made


def cases(phone: Phone, scene: dict[str, str]) -> Iterator[Screen]:
    """A case of each kind: fresh, sent back, settled, visited again."""
    page = phone.page
    on_phone = phone.size != DESK
    for name in ("back", "settled", "newer"):
        page.goto(f"{phone.url}/#/rechecks/{scene[name]}")
        expect(page.get_by_text("全部回答")).to_be_visible()
        yield f"case-{name}", page
    page.goto(f"{phone.url}/#/rechecks/{scene['fresh']}")
    expect(page.get_by_text("全部回答")).to_be_visible()
    yield "case", page
    if on_phone:
        page.get_by_role("button", name="写复核结论").click()
    deciding(page).get_by_role("button", name=re.compile("^上报县里")).click()
    choose(page, "入户复核了吗？", "去过了")
    yield "gaps", page
    choose(page, "入户复核了吗？", "没有去")
    choose(page, "主要原因", "因残")
    page.get_by_label("复核意见").fill(LONG_WORDS)
    deciding(page).get_by_role("button", name=re.compile("^就地化解")).click()
    expect(page.get_by_role("dialog")).to_contain_text("因残")
    yield "asked", page
    with phone.tolerating(NOISE):
        phone.context.route("**/outcomes", failing)
        confirm(page, "确定化解")
        expect(page.get_by_text("没收到服务器的答复")).to_be_visible()
        phone.context.unroute_all()
    yield "unanswered", page


def deciding(page: Page) -> Locator:
    """Where the buttons are: the foot of a phone's page, the column at a desk."""
    return page.locator("footer, aside")


def lists(phone: Phone) -> Iterator[Screen]:
    """The list and its troubles, and the word on the month."""
    page = phone.page
    page.get_by_role("link", name="村级审核").click()
    first = page.get_by_role("list", name="走访清单") if phone.size != DESK else page.get_by_text("全部回答")
    expect(first).to_be_visible()
    yield "review", page
    phone.context.route("**/api/v1/rechecks?**", named_long)
    page.goto(f"{phone.url}/#/rechecks")
    expect(page.get_by_text(LONG_NAME).first).to_be_visible()
    yield "list", page
    if (ask := page.get_by_role("button", name="确认收到名单")).is_visible():
        ask.click()
        yield "month", page
        if (
            no := page.get_by_role("button", name="取消")
        ).is_visible():  # a desk drawn anew as a phone drops it
            no.click()
    phone.context.unroute_all()
    page.goto(f"{phone.url}/#/rechecks?state=monitor")
    expect(page.get_by_text("还没有定为监测对象的")).to_be_visible()
    yield "list-empty", page
    with phone.tolerating(NOISE):
        phone.context.route("**/api/v1/rechecks?**", failing)
        page.goto(f"{phone.url}/#/rechecks?state=no_risk")
        expect(page.get_by_text("清单没有读到")).to_be_visible()
        phone.context.unroute_all()
        yield "list-error", page


def ledgers(phone: Phone) -> Iterator[Screen]:
    """The ledger, without anything in it, failing, and without a network."""
    page = phone.page
    page.goto(f"{phone.url}/#/ledger?cause=illness")
    expect(page.get_by_text("逐次：因病")).to_be_visible()
    yield "ledger", page
    phone.context.route("**/api/v1/ledger?**", nothing)
    page.goto(f"{phone.url}/#/ledger")
    expect(page.get_by_text("台账还是空的")).to_be_visible()
    yield "ledger-empty", page
    phone.context.unroute_all()
    phone.go_offline()
    page.goto(f"{phone.url}/#/ledger?state=no_risk")
    expect(page.get_by_text("没有网络。复核要有网络才能提交")).to_be_visible()
    expect(page.get_by_text("台账没有读到")).to_be_visible()
    yield "ledger-offline", page
    phone.go_online()


@pytest.mark.parametrize("sizes", [ON_A_PHONE, AT_A_DESK[:1]], ids=["phone", "desk"])
def test_the_screens_are_accessible_and_fit(
    scene: dict[str, str], complaints_of: ComplaintsOf, sizes: tuple[str, ...]
) -> None:
    def rechecks(phone: Phone, _api: Api) -> Iterator[Screen]:
        page = phone.open()
        sign_in(page, "town1")
        expect(page.get_by_role("list", name="复核清单")).to_be_visible()
        yield from lists(phone)
        yield from cases(phone, scene)
        yield from ledgers(phone)

    assert complaints_of(rechecks, sizes) == {}
