"""The screens of what travels: corrections, what waits for a decision, the outbox when not all is well.

They are looked at as the others are (`test_screens.py`), in a module of their own that runs beside that one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e import incoming
from tests.e2e.looks import AT_A_DESK, ON_A_PHONE, SIZES, ComplaintsOf, Screen
from tests.e2e.pages import Outbox, Worklist, sign_in
from tests.e2e.story import untouched, visit
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import Phone

NOISE = "Failed to load resource"
NO_SUCH = "00000000-0000-7000-8000-000000000000"
PROBLEM = {
    "type": "urn:liangdeng:problem:invalid_answers",
    "title": "Some answers are not right.",
    "title_zh": "有的回答不对。",
    "status": 422,
    "code": "invalid_answers",
    "errors": {"water_state": [{"code": "unknown_option", "message": "Not one of the options."}]},
}

NOTICES = [
    {
        "seq": 9 - place,
        "at": f"2026-11-{29 - place}T02:00:00.000Z",
        "kind": kind,
        "region_code": "45032110020001",
        "subject": subject,
        "subject_id": NO_SUCH,
        "head_name": incoming.LONG_NAME if subject != "operation" else None,
        "unread": place < 2,
    }
    for place, (kind, subject) in enumerate(
        [("red_light", "visit"), ("proposed", "proposal"), ("corrected", "visit"), ("held", "operation")]
    )
]


def first_secretary(phone: Phone, api: Api) -> Iterator[Screen]:
    """What waits for a decision: full, asked, offline, decided, unreadable, empty."""
    incoming.fill(api.connection.port)
    page = phone.open()
    sign_in(page, "first1")
    expect(page.get_by_role("navigation", name="主要页面")).to_be_visible()
    yield from told(phone, page)
    page.get_by_role("link", name="信息更正等您审核").click()
    card = page.get_by_role("listitem").filter(has_text=incoming.LONG_NAME).first
    expect(card).to_be_visible()
    yield "incoming", page
    card.scroll_into_view_if_needed()
    yield "incoming-correction", page
    card.get_by_role("button", name="不同意").click()
    page.get_by_role("dialog").get_by_role("button", name="不同意").click()
    expect(page.get_by_text("请写明理由")).to_be_visible()
    yield "incoming-no", page
    page.get_by_role("button", name="再看看").click()
    page.get_by_role("tab", name="已决定").click()
    expect(page.get_by_text("没有同意")).to_be_visible()
    yield "incoming-decided", page
    yield from without_answers(phone, page)


def told(phone: Phone, page: Page) -> Iterator[Screen]:
    """The inbox: empty, and full. What comes into it is the worker's affair, tried without a browser."""
    phone.context.route("**/api/v1/notices?**", lambda route: notices(route, []))
    page.get_by_role("link", name=re.compile("^提醒")).click()
    expect(page.get_by_text("没有提醒")).to_be_visible()
    yield "notices-empty", page
    phone.context.unroute_all()
    phone.context.route("**/api/v1/notices?**", lambda route: notices(route, NOTICES))
    page.get_by_role("button", name="刷新提醒").click()
    expect(page.get_by_role("link", name="信息更正等您审核")).to_be_visible()
    yield "notices", page
    phone.context.unroute_all()


def notices(route: Route, items: list[dict[str, Any]]) -> None:
    """A server that tells of these."""
    unread = sum(item["unread"] for item in items)
    told = {"items": items, "next": None, "unread": unread}
    route.fulfill(status=200, json=told, headers={"X-Sync": "1"})


def without_answers(phone: Phone, page: Page) -> Iterator[Screen]:
    """The same page when there is no network, when the server fails, and when there is nothing."""
    phone.go_offline()
    expect(page.get_by_text("没有网络。")).to_be_visible()
    yield "incoming-offline", page
    phone.go_online()
    with phone.tolerating(NOISE):
        phone.context.route("**/api/v1/proposals?**", lambda route: route.fulfill(status=500, body=""))
        phone.context.route("**/api/v1/held?**", lambda route: route.fulfill(status=500, body=""))
        page.get_by_role("tab", name="待决定").click()
        expect(page.get_by_role("alert").filter(has_text="没有读到")).to_be_visible()
        yield "incoming-error", page
    phone.context.unroute_all()
    for what in ("proposals", "held"):
        phone.context.route(f"**/api/v1/{what}?**", nothing)
    page.get_by_role("button", name="再试一次").click()
    expect(page.get_by_text("没有要决定的")).to_be_visible()
    yield "incoming-empty", page


def nothing(route: Route) -> None:
    """A server where nothing waits."""
    route.fulfill(status=200, json={"items": [], "next": None}, headers={"X-Sync": "1"})


def correcting(phone: Phone, api: Api) -> Iterator[Screen]:
    """Correcting the register: as it opens, with mistakes, and of a household that is not here."""
    household = untouched(api)[3]
    page = phone.open()
    sign_in(page, "grid1")
    Worklist(page).wait().open(household)
    page.get_by_role("link", name="更正登记").click()
    page.get_by_label("地址", exact=True).fill(incoming.LONG_ADDRESS)
    yield "edit", page
    person = page.locator("details").last
    person.locator("summary").click()
    person.get_by_label("姓名", exact=True).fill(incoming.LONG_NAME)
    person.get_by_label("身份证号").fill("450321")
    page.get_by_role("button", name="保存 3 处更正").click()
    expect(page.get_by_text("请写明理由。")).to_be_visible()
    expect(person.get_by_label("身份证号")).to_be_focused()
    yield "edit-mistakes", page
    page.get_by_label("理由").scroll_into_view_if_needed()
    yield "edit-reason", page
    page.goto(f"{phone.url}/#/household/{NO_SUCH}/edit")
    expect(page.get_by_role("heading", level=2)).to_be_visible()
    yield "edit-missing", page


def long_names(route: Route) -> None:
    """Every household that arrives has a head with a long name."""
    answer = route.fetch()
    body = answer.json()
    for row in body.get("rows", []):
        row["head_name"] = incoming.LONG_NAME[:10] + row["head_name"]
    route.fulfill(response=answer, json=body)


def refusing(hello: dict[str, Any]) -> Callable[[Route], None]:
    """A server that refuses every visit and takes the rest."""

    def answer(route: Route) -> None:
        ops = route.request.post_data_json["ops"]
        if not any(op["kind"] == "visit" for op in ops):
            return route.continue_()
        head = {key: hello[key] for key in ("epoch", "server_time", "durable", "order")}
        results = [
            {"op_id": op["op_id"], "sha256": op["sha256"], "st": "rejected", "problem": PROBLEM} for op in ops
        ]
        headers = {"X-Sync": "1", "Content-Type": "application/json"}
        return route.fulfill(status=200, json=head | {"results": results}, headers=headers)

    return answer


def correct(page: Page, household: dict[str, Any], name: str | None, address: str) -> None:
    """Another address, and if wanted another name for the last member, from the worklist and back."""
    worklist = Worklist(page)
    worklist.find(household["number"])
    worklist.row_of(household).click()
    page.get_by_role("link", name="更正登记").click()
    page.get_by_label("地址", exact=True).fill(address)
    if name is not None:
        part = page.locator("details").last
        part.locator("summary").click()
        part.get_by_label("姓名", exact=True).fill(name)
        page.get_by_label("理由").fill(incoming.LONG_REASON)
    page.get_by_role("button", name="处更正").click()
    expect(page.get_by_role("link", name="更正登记")).to_be_visible()


def outbox(phone: Phone, api: Api) -> Iterator[Screen]:
    """The outbox: empty, and with what was refused, is held, waits and arrived, all of long names."""
    first, second, third = untouched(api)[5:8]
    page = phone.open()
    phone.context.route("**/api/v1/s1/pull**", long_names)
    sign_in(page, "grid1")
    Worklist(page).wait()
    box = Outbox(page)
    yield "outbox-empty", box.open().page
    page.goto(f"{phone.url}/#/")
    phone.context.route("**/api/v1/s1/push", refusing(api.ok("GET", "/s1/hello")))
    correct(page, first, incoming.LONG_NAME, f"新址 {phone.profile.name}")
    page.goto(f"{phone.url}/#/")
    correct(page, second, None, f"新址 {phone.profile.name}")
    page.goto(f"{phone.url}/#/")
    refused(page, third)
    phone.go_offline()
    page.goto(f"{phone.url}/#/")
    correct(page, third, None, "还没有送出去的地址")
    page.goto(f"{phone.url}/#/outbox")
    for words in ("没有收", "待定", "等待", "已送达"):
        expect(page.get_by_role("listitem").get_by_text(words, exact=True).first).to_be_visible()
    yield "outbox-all", page
    page.get_by_role("listitem").last.scroll_into_view_if_needed()
    yield "outbox-end", page


def refused(page: Page, household: dict[str, Any]) -> None:
    """A visit that the server does not take; its family did not agree, so it is quickly written."""
    visit(page, household, {"consent": "no"})
    expect(Outbox(page).open().page.get_by_text("没有收", exact=True)).to_be_visible()


WALKS = {
    "first secretary": (first_secretary, AT_A_DESK),
    "correcting": (correcting, ON_A_PHONE),
    "outbox": (outbox, ON_A_PHONE),
}


@pytest.mark.parametrize("walk", WALKS)
def test_every_screen_of_what_travels_is_accessible_whole_and_without_a_complaint(
    complaints_of: ComplaintsOf, walk: str
) -> None:
    assert complaints_of(*WALKS[walk]) == {}


def press_until(page: Page, key: str, name: str) -> None:
    """Press a key until something of a name (its count aside) has the focus, and see that this shows."""
    named = (
        "() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()"
    )
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate(named).rstrip("0123456789") == name:
            outline = "() => getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(outline) != "none"
            return
    raise AssertionError(f"{name} is not reached by {key}")


def test_decisions_are_made_and_left_without_a_mouse(
    server: LiveServer, phone_of: Callable[..., Phone]
) -> None:
    incoming.fill(server.port)
    phone = phone_of(server, size=SIZES["1440x900"])
    page = phone.open()
    sign_in(page, "first1")
    expect(page.get_by_role("navigation", name="主要页面")).to_be_visible()
    page.goto(f"{phone.url}/#/incoming")
    expect(page.get_by_role("button", name="不同意").first).to_be_visible()
    press_until(page, "Tab", "待决定")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="已决定")).to_be_focused()
    expect(page.get_by_text("没有同意")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("button", name="不同意").first).to_be_visible()
    press_until(page, "Tab", "不同意")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="不同意").first).to_be_focused()
