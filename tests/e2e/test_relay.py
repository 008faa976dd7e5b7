"""Work that leaves a phone in a file, and comes back as receipts; a phone that checks itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.looks import ON_A_PHONE, ComplaintsOf, Screen
from tests.e2e.pages import Outbox, Tabs, Worklist, sign_in
from tests.e2e.story import keep_app, untouched, visit
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import DESK, Phone
from tests.support.pin import PIN, type_pin

CHOOSE = "选文件"


def save_as(page: Page, button: str, folder: Path) -> Path:
    """Press a button that saves a file; where it is."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    found = folder / download.value.suggested_filename
    download.value.save_as(found)
    return found


def export_all(page: Page, folder: Path) -> Path:
    """From the outbox: all that is unsent, into a file."""
    Tabs(page).go("待传")
    page.get_by_role("link", name="导出文件，请人带传").click()
    page.get_by_role("button", name="生成加密文件").click()
    expect(page.get_by_text("文件好了")).to_be_visible()
    return save_as(page, "存到手机", folder)


def outbox(page: Page, url: str) -> Outbox:
    """The list of records, from a page that has no tabs."""
    page.goto(f"{url}/#/outbox")
    expect(page.get_by_role("heading", level=1, name="待传", exact=True)).to_be_visible()
    return Outbox(page)


def choose(page: Page, url: str, file: Path) -> None:
    """Give a file to the page of carried files."""
    page.goto(f"{url}/#/relay")
    page.get_by_label(CHOOSE).set_input_files(file)


def test_a_secretary_carries_a_phones_work_and_the_receipts_come_back(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    photos: list[Path],
    tmp_path: Path,
) -> None:
    first, second = untouched(api_of(server, "grid1"))[:2]
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    phone.go_offline()
    visit(page, first, {"house_state": "C", "photos": [("house", photos[0])]})
    visit(page, second, {})
    file = export_all(page, tmp_path)
    page.get_by_role("button", name="返回").click()
    row = Outbox(page).row(first["head_name"])
    expect(row.get_by_text(re.compile("已导出 .+，等待回执"))).to_be_visible()
    assert file.suffix == ".ldx"
    assert first["head_name"].encode() not in file.read_bytes()

    desk = phone_of(server, size=DESK)
    other = desk.open()
    sign_in(other, "first1")
    choose(other, desk.url, file)
    other.get_by_role("button", name="开始上传").click()
    answers = save_as(other, "存回执文件", tmp_path)
    whole = re.compile(r"已上传 (\d+) / \1 段")
    expect(other.get_by_role("status").filter(has_text=whole)).to_be_visible()
    assert first["head_name"] not in other.get_by_role("main").inner_text()

    choose(page, phone.url, answers)
    expect(page.get_by_text(re.compile(r"收下 \d+ 段回执"))).to_be_visible()
    receipts = [outbox(page, phone.url).receipt(one["head_name"]) for one in (first, second)]
    choose(page, phone.url, file)  # its own file, which it may send itself later
    expect(page.get_by_role("button", name="开始上传")).to_be_visible()
    phone.go_online()
    page.get_by_role("button", name="开始上传").click()
    expect(page.get_by_role("status").filter(has_text=whole)).to_be_visible()
    again = [outbox(page, phone.url).receipt(one["head_name"]) for one in (first, second)]
    assert again == receipts
    rows = server.rows("SELECT COUNT(*) AS n FROM visit WHERE id IN (SELECT op_id FROM operation)")
    assert rows[0]["n"] == 2
    told = "action = 'visit.accept' AND details LIKE '%carried_by%'"
    carried = server.rows(f"SELECT seq FROM audit_entry WHERE {told}")
    assert len(carried) == 2


def test_a_new_phone_checks_itself_once_and_the_county_hears_of_it(
    server: LiveServer, phone_of: Callable[..., Phone]
) -> None:
    phone = phone_of(server)
    page = phone.open()
    page.get_by_label("用户名", exact=True).fill("grid2")
    page.get_by_label("密码", exact=True).fill("liangdeng-demo")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="设一个解锁码")).to_be_visible()
    type_pin(page, PIN)
    type_pin(page, PIN)
    expect(page.get_by_role("heading", level=1, name=re.compile("第一次用"))).to_be_visible()
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="试一下定位").click()
    expect(page.get_by_text("定到位置，误差约 12 米")).to_be_visible()
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="开始走访").click()
    Worklist(page).wait()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page = phone.reopen()
    Worklist(page).wait()  # never again by itself
    Tabs(page).go("我的")
    page.get_by_role("link", name=re.compile("手机自检")).click()
    with phone.tolerating("Failed to load resource"):
        page.get_by_role("button", name="开始演练").click()
        expect(page.get_by_text("断网演练通过")).to_be_visible()
    steps = page.get_by_role("list", name="断网演练").get_by_role("listitem")
    expect(steps).to_have_count(4)
    expect(steps.filter(has_text="要处理")).to_have_count(0)

    desk = phone_of(server, size=DESK)
    other = desk.open()
    sign_in(other, "county1")
    other.goto(f"{desk.url}/#/devices")
    row = other.get_by_role("row").filter(has_text="留意：").first
    expect(row).to_contain_text("装到桌面")
    expect(row).not_to_contain_text("断网演练")


def papers(phone: Phone, api: Api) -> Iterator[Screen]:
    """The pages of files, of the check and of changes."""
    page = keep_app(phone, "grid1")
    for place, heading in (
        ("relay", "带传文件"),
        ("relay/export", "导出待传"),
        ("check", "手机自检"),
        ("check/first", "第一次用"),
        ("changes", "更新内容"),
    ):
        page.goto(f"{phone.url}/#/{place}")
        expect(page.get_by_role("heading", level=1, name=re.compile(heading))).to_be_visible()
        if place == "check":
            expect(page.get_by_text("长期保存").first).to_be_visible()
        yield place.replace("/", "-"), page
    page.goto(f"{phone.url}/#/me")
    yield "me", page
    visit_offline(phone, untouched(api)[0])
    yield "outbox", page


def visit_offline(phone: Phone, household: dict[str, Any]) -> None:
    """A record that waits and was exported."""
    phone.page.goto(f"{phone.url}/#/")
    phone.go_offline()
    visit(phone.page, household, {})
    phone.page.goto(f"{phone.url}/#/relay/export")
    phone.page.get_by_role("button", name="生成加密文件").click()
    with phone.page.expect_download():
        phone.page.get_by_role("button", name="存到手机", exact=True).click()
    expect(phone.page.get_by_text(re.compile("^已导出"))).to_be_visible()
    outbox(phone.page, phone.url)


def test_the_pages_are_accessible_and_fit(complaints_of: ComplaintsOf) -> None:
    assert complaints_of(papers, ON_A_PHONE) == {}
