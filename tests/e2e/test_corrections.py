"""A correction of the register: written without a network, merged or decided on, seen by its author."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.pages import Outbox, Worklist, sign_in
from tests.e2e.story import keep_app, untouched
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import DESK, Phone

ADDRESS, NEW_NAME, REASON = "上寨 5 号（新楼）", "韦改名", "户口簿上的名字改了"


def correct(page: Page, household: dict, person: str) -> None:
    """From the worklist: another address, and another name for a member, with the reason for it."""
    Worklist(page).open(household)
    page.get_by_role("link", name="更正登记").click()
    page.get_by_label("地址", exact=True).fill(ADDRESS)
    part = page.locator("details").filter(has=page.locator("summary").filter(has_text=person)).last
    part.locator("summary").click()
    part.get_by_label("姓名", exact=True).fill(NEW_NAME)
    save = page.get_by_role("button", name="保存 2 处更正")
    save.click()
    expect(page.get_by_text("请写明理由。")).to_be_visible()
    page.get_by_label("理由").fill(REASON)
    save.click()
    expect(page.get_by_role("heading", level=1, name=household["head_name"])).to_be_visible()


def test_correction_is_merged_or_decided_on_and_reaches_its_author(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
) -> None:
    household = untouched(api_of(server, "grid1"))[0]
    person = household["members"][-1]["name"]
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    phone.go_offline()
    correct(page, household, person)
    page.goto(f"{phone.url}/#/")
    row = Outbox(page).open().row(household["head_name"])
    expect(row).to_contain_text("更正登记")
    expect(row).to_contain_text("没有网络")

    phone.go_online()
    expect(row.get_by_text("待定", exact=True)).to_be_visible(timeout=60_000)
    expect(row).to_contain_text("等第一书记决定")
    now = api_of(server, "grid1").ok("GET", f"/households/{household['id']}")
    assert now["address"] == ADDRESS
    assert person in [member["name"] for member in now["members"]]

    desk = phone_of(server, size=DESK)
    reviewer = desk.open()
    sign_in(reviewer, "first1")
    expect(reviewer.get_by_role("navigation", name="主要页面")).to_be_visible()
    reviewer.goto(f"{desk.url}/#/incoming")
    card = reviewer.get_by_role("listitem").filter(has_text=NEW_NAME).first
    expect(card).to_contain_text(person)
    expect(card).to_contain_text(REASON)
    card.get_by_role("button", name="同意", exact=True).click()
    reviewer.get_by_role("dialog").get_by_role("button", name="同意", exact=True).click()
    expect(reviewer.get_by_text("没有要决定的")).to_be_visible()

    row.get_by_role("button", name="问问").click()
    expect(row.get_by_text("已送达", exact=True)).to_be_visible(timeout=60_000)
    after = api_of(server, "grid1").ok("GET", f"/households/{household['id']}")
    assert NEW_NAME in [member["name"] for member in after["members"]]
