"""The county's desk: cases handed up, given to people, decided on, and told in a household's story."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.looks import AT_A_DESK, ON_A_PHONE, ComplaintsOf, Screen, overflow
from tests.e2e.pages import PASSWORD, sign_in
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import DESK, SMALL, Phone

NOISE = "Failed to load resource"
LONG_NAME = "买买提·吐尔逊·阿卜杜热合曼·艾山江"
SAID = "入户看过，屋顶漏雨属实，户主同意修缮，已报住建所排队；家里两个孩子上学，务工收入比去年少了一半。"
ASKED = "水源鉴定报告请补上，再说明去年的情况。"
AGREED = "情况属实，同意纳入监测。"
CAUSES = ("unsafe_water", "illness", "schooling")
MANY = 6


def hand_up(server: LiveServer) -> list[str]:
    """Let visits of first1's village be handed up, once a server; the cases in the list's order."""
    with ExitStack() as stack:
        names = ("first1", "town1", "county1")
        first, town, county = (
            stack.enter_context(closing(Api(server.port, name, PASSWORD))) for name in names
        )
        if not county.ok("GET", "/county/cases")["items"]:
            for row in first.ok("GET", "/visits?state=submitted&limit=100")["items"][:MANY]:
                form = {"id": str(uuid4()), "decision": "escalated", "comment": "请乡镇核实", "comments": []}
                first.ok("POST", f"/visits/{row['id']}/reviews", form)
            due = town.ok("GET", "/rechecks?state=due&limit=100")["items"]
            assert len(due) >= MANY
            for place, row in enumerate(due):
                town.ok("POST", f"/rechecks/{row['visit_id']}/outcomes", outcome(place))
        return [row["visit_id"] for row in county.ok("GET", "/county/cases?limit=100")["items"]]


def outcome(place: int) -> dict[str, Any]:
    """What a township says of one case."""
    home = {"home_on": "2026-11-20", "home_by": "覃明、韦莉"} if place % 2 else {}
    said = {"cause": CAUSES[place % len(CAUSES)], "opinion": SAID if place % 2 else "情况属实"}
    return {"id": str(uuid4()), "decision": "hand_up"} | said | home


@pytest.fixture(scope="module")
def cases(server: LiveServer) -> list[str]:
    """Cases that wait for the county, one of them of somebody with a long name."""
    found = hand_up(server)
    [row] = server.rows("SELECT household_id FROM recheck WHERE visit_id = :id", id=found[1].replace("-", ""))
    server.change(
        "UPDATE household SET head_name = :name WHERE id = :id", name=LONG_NAME, id=row["household_id"]
    )
    return found


def open_cases(phone: Phone) -> Page:
    """From signing in over the county's home to the cases."""
    page = phone.open()
    sign_in(page, "county1")
    page.get_by_role("navigation", name="县里的案件").get_by_role("link", name=re.compile("等县里定")).click()
    expect(page.get_by_role("heading", level=1, name="县里的案件")).to_be_visible()
    expect(page.get_by_role("checkbox", name=re.compile("^选 ")).first).to_be_visible()
    return page


def failing(route: Route) -> None:
    """A server that fails."""
    route.fulfill(status=500, body="")


def nothing(route: Route) -> None:
    """A county without cases."""
    counts = {"households": 0, "persons": 0, "unassigned": 0, "by_township": [], "by_cause": []}
    route.fulfill(status=200, json={"items": [], "next": None, "counts": counts}, headers={"X-Sync": "1"})


def desk(phone: Phone, _api: Api) -> Iterator[Screen]:
    """The desk: list, giving, a case, a decision half written, meeting, search, story, and troubles."""
    page = open_cases(phone)
    yield "cases", page
    page.get_by_role("checkbox", name=re.compile("^选 ")).first.check()
    yield "chosen", page
    page.get_by_role("button", name="分派…").click()
    page.get_by_role("dialog").get_by_role("button", name="分派 1 户").click()
    expect(page.get_by_text("请选一个人或一个部门")).to_be_visible()
    yield "giving", page
    page.get_by_role("button", name="取消", exact=True).click()
    page.goto(f"{phone.url}/#/cases?cause=illness")
    page.get_by_role("button", name="保存这个筛选").click()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("请写一个名称")).to_be_visible()
    yield "saving", page
    page.get_by_role("button", name="取消", exact=True).click()
    page.get_by_role("link", name=re.compile(LONG_NAME)).click()
    expect(page.get_by_text("全部回答")).to_be_visible()
    yield "case", page
    yield from deciding(phone, page)
    page.goto(f"{phone.url}/#/cases/meeting")
    expect(page.get_by_role("table", name="会议名单").get_by_role("row").nth(1)).to_be_visible()
    yield "meeting", page
    yield from finding(phone, page)
    yield from troubles(phone, page)


def deciding(phone: Phone, page: Page) -> Iterator[Screen]:
    """A decision without its words."""
    if phone.size == SMALL:
        page.get_by_role("button", name="作决定").click()
    page.get_by_role("radio", name="退回乡镇补充").check(force=True)
    page.get_by_role("button", name="退回乡镇", exact=True).click()
    expect(page.get_by_text("请写意见，至少 2 个字")).to_be_visible()
    yield "deciding", page
    if phone.size == SMALL:
        page.keyboard.press("Escape")


def finding(phone: Phone, page: Page) -> Iterator[Screen]:
    """The search and the story of whom it found."""
    page.goto(f"{phone.url}/#/cases/find")
    page.get_by_role("searchbox").fill("没有这个人")
    expect(page.get_by_text("没有找到")).to_be_visible()
    yield "found-nobody", page
    page.get_by_role("searchbox").fill("覃")
    expect(page.get_by_role("list", name="找到的户").get_by_role("link").first).to_be_visible()
    yield "found", page
    page.goto(f"{phone.url}/#/cases")
    page.get_by_role("link", name=re.compile(LONG_NAME)).click()
    page.get_by_role("link", name="这户的经过").first.click()
    expect(page.get_by_text("乡镇上报县里").first).to_be_visible()
    yield "story", page


def troubles(phone: Phone, page: Page) -> Iterator[Screen]:
    """No case, a server that fails, and no network."""
    phone.context.route("**/api/v1/county/cases?**", nothing)
    page.goto(f"{phone.url}/#/cases")
    page.get_by_role("button", name="刷新").click()
    expect(page.get_by_text("没有等县里定的户").first).to_be_visible()
    yield "cases-empty", page
    phone.context.unroute_all()
    with phone.tolerating(NOISE):
        phone.context.route("**/api/v1/county/cases?**", failing)
        page.get_by_role("tab", name="不纳入").click()
        expect(page.get_by_text("名单没有读到")).to_be_visible()
        yield "cases-error", page
        phone.context.unroute_all()
    phone.go_offline()
    expect(page.get_by_text("没有网络。这里要联网")).to_be_visible()
    yield "cases-offline", page
    phone.go_online()


WALKS = {"at the desk": AT_A_DESK, "on a phone": ON_A_PHONE}


@pytest.mark.parametrize("walk", WALKS)
def test_every_screen_of_the_desk_is_accessible_whole_and_without_a_complaint(
    cases: list[str], complaints_of: ComplaintsOf, walk: str
) -> None:
    assert complaints_of(desk, WALKS[walk]) == {}


def test_cases_are_given_and_decided_and_everything_is_told_in_the_story(
    cases: list[str], server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[..., Api]
) -> None:
    api = api_of(server, "county1")
    waiting = api.ok("GET", "/county/cases?cause=illness&limit=100")["items"]
    page = open_cases(phone_of(server, size=DESK))
    narrow_and_save(page)
    boxes = page.get_by_role("checkbox", name=re.compile("^选 "))
    expect(boxes).to_have_count(len(waiting))
    give(page, waiting[:3])
    agreed, asked = waiting[0], waiting[1]
    page.get_by_role("link", name=agreed["household"]["head_name"], exact=True).first.click()
    decide(page, agreed, "m", AGREED)
    expect(page.get_by_role("status").filter(has_text="已定为纳入监测")).to_be_visible()
    decide(page, asked, "b", ASKED)
    expect(page.get_by_role("status").filter(has_text="已退回乡镇补充")).to_be_visible()
    left = api.ok("GET", "/county/cases?cause=illness&limit=100")["items"]
    assert [row["visit_id"] for row in left] == [row["visit_id"] for row in waiting[2:]]
    assert {row["assignee_name"] for row in left[:1]} == {api.user["display_name"]}
    story_tells(page, server, agreed)
    meeting_lists(page, server, left)


def narrow_and_save(page: Page) -> None:
    """Look at one cause only, and keep that under a name; the name brings it back."""
    page.get_by_label("原因", exact=True).select_option("illness")
    page.get_by_role("button", name="保存这个筛选").click()
    page.get_by_label("名称").fill("因病的")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("button", name="清除筛选").click()
    saved = page.get_by_role("button", name="因病的", exact=True)
    expect(saved).to_have_attribute("aria-pressed", "false")
    saved.click()
    expect(page).to_have_url(re.compile(r"#/cases\?cause=illness$"))
    expect(saved).to_have_attribute("aria-pressed", "true")


def give(page: Page, rows: list[dict[str, Any]]) -> None:
    """Give several cases to oneself."""
    boxes = page.get_by_role("checkbox", name=re.compile("^选 "))
    for place in range(len(rows)):
        boxes.nth(place).check()
    page.get_by_role("button", name="分派…").click()
    page.get_by_role("radio", name=re.compile("^我自己")).check(force=True)
    page.get_by_label("交代一句（可不写）").fill("本周办结")
    page.get_by_role("button", name=f"分派 {len(rows)} 户").click()
    expect(page.get_by_role("status").filter(has_text=f"已分派 {len(rows)} 户给")).to_be_visible()
    expect(boxes.first).not_to_be_checked()


def decide(page: Page, row: dict[str, Any], key: str, opinion: str) -> None:
    """Choose by key, write, leave the page and come back to what was written, and send by keys."""
    name = row["household"]["head_name"]
    expect(page.get_by_role("heading", level=2, name=re.compile(f"^{name}"))).to_be_visible()
    page.keyboard.press(key)
    words = page.get_by_role("textbox")
    expect(words).to_be_focused()
    page.keyboard.insert_text(opinion)
    page.get_by_role("link", name="这户的经过").first.click()
    page.get_by_role("button", name="返回").click()
    expect(words).to_have_value(opinion)
    words.press("Control+Enter")


def story_tells(page: Page, server: LiveServer, row: dict[str, Any]) -> None:
    """The search finds the household, and its story has every step."""
    page.goto(f"{server.url}/#/")
    page.get_by_role("link", name="找一户").click()
    page.get_by_role("searchbox").fill(row["household"]["number"])
    page.get_by_role("list", name="找到的户").get_by_role("link").click()
    for step in ("走访", "亮灯", "乡镇上报县里", re.compile("^分派给"), "县里定为纳入监测"):
        expect(
            page.get_by_role("link", name=step).or_(page.get_by_text(step, exact=True)).first
        ).to_be_visible()
    expect(page.get_by_text(AGREED)).to_be_visible()
    expect(page.get_by_text("本周办结")).to_be_visible()


def meeting_lists(page: Page, server: LiveServer, left: list[dict[str, Any]]) -> None:
    """The list for the meeting holds what is left, names masked until asked for; paper has nothing else."""
    page.goto(f"{server.url}/#/cases/meeting?cause=illness")
    rows = page.get_by_role("table", name="会议名单").get_by_role("row")
    expect(rows).to_have_count(1 + len(left))
    name = left[0]["household"]["head_name"]
    expect(rows.nth(1).get_by_role("rowheader")).to_have_text(re.compile(rf"^{name[0]}\*+$"))
    page.get_by_label("印全名").check()
    expect(rows.nth(1).get_by_role("rowheader")).to_have_text(name)
    page.evaluate("window.print = () => { window.printed = true }")
    page.get_by_role("button", name="打印").click()
    assert page.evaluate("window.printed") is True
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
    expect(page.get_by_role("navigation", name="主要页面")).to_be_hidden()
    assert overflow(page) <= 0
    page.emulate_media(media="screen")
