"""Accounts that come, move and go, in a real browser: at the desk, and on the phones of their owners."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from tests.e2e.pages import Outbox, Worklist, sign_in
from tests.e2e.story import keep_app, untouched, visit
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import DESK, Phone
from tests.support.pin import choose_pin

NOISE = "Failed to load resource"
CHOSEN = "river-and-7-hills"


def desk_of(phone: Phone, username: str) -> Page:
    """The accounts desk of somebody, reached from the page about me."""
    page = phone.open()
    sign_in(page, username)
    page.get_by_role("navigation", name="主要页面").get_by_role("link", name="我的").click()
    page.get_by_role("link", name=re.compile("账号管理")).click()
    expect(page.get_by_role("searchbox")).to_be_visible()
    return page


def password_in(page: Page) -> str:
    """The one-time password that is shown; the dialog is closed."""
    dialog = page.get_by_role("dialog")
    password = dialog.get_by_label("一次性密码").inner_text()
    dialog.get_by_role("button", name="已告诉本人").click()
    expect(page.get_by_text(password)).to_have_count(0)
    return password


def person_at(page: Page, username: str) -> None:
    """Search for somebody and open the page about them."""
    page.get_by_role("searchbox").fill(username)
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(f"{username}$")))
    row.get_by_role("link").click()
    expect(page.get_by_text("现在的登录")).to_be_visible()


def choose_first(page: Page, username: str, one_time: str) -> None:
    """Sign in with a one-time password, once with a weak choice and once with a good one."""
    page.get_by_label("用户名", exact=True).fill(username)
    page.get_by_label("密码", exact=True).fill(one_time)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="设自己的密码")).to_be_visible()
    for chosen, words in (("abcd1234", "太容易被猜到"), (CHOSEN, None)):
        page.get_by_label("新密码", exact=True).fill(chosen)
        page.get_by_label("再输一次新密码").fill(chosen)
        page.get_by_role("button", name="设好并登录").click()
        if words:
            expect(page.get_by_text(words)).to_be_visible()


def account_of(api: Api, username: str) -> dict[str, Any]:
    """An account as its desk lists it."""
    items: list[dict[str, Any]] = api.ok("GET", f"/users?q={username}")["items"]
    return next(one for one in items if one["username"] == username)


def act(api: Api, username: str, what: str, **more: Any) -> dict[str, Any]:
    """An act on an account, as the screen sends it."""
    account = account_of(api, username)
    body = {"op_id": str(uuid4()), "version": account["version"], "reason": "人员调整"} | more
    done: dict[str, Any] = api.ok("POST", f"/users/{account['id']}/{what}", body)
    return done


def choose(page: Page, label: str, at: int = 1) -> Locator:
    """Choose an entry of a list."""
    select = page.get_by_label(label, exact=True)
    select.select_option(index=at)
    return select


def test_a_township_makes_an_account_and_its_owner_chooses_a_password(
    server: LiveServer, phone_of: Callable[..., Phone]
) -> None:
    page = desk_of(phone_of(server, size=DESK), "town1")
    page.get_by_role("link", name="新建账号").click()
    page.get_by_role("button", name="新建", exact=True).click()
    expect(page.get_by_text("请填姓名或名称")).to_be_visible()
    page.get_by_label("姓名", exact=True).fill("吾买尔江·阿不都热合曼")
    page.get_by_label("用户名", exact=True).fill("ＷＭＥ.2026")
    choose(page, "村")
    choose(page, "网格")
    page.get_by_role("button", name="新建", exact=True).click()
    password = password_in(page)
    expect(page.get_by_text("没登录过", exact=True)).to_be_visible()
    phone = phone_of(server)
    with phone.tolerating(NOISE):
        own = phone.open()
        choose_first(own, "wme.2026", password)
        choose_pin(own)
        Worklist(own).wait()


def test_the_county_resets_the_password_of_a_first_secretary(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    before = api_of(server, "first2")
    page = desk_of(phone_of(server, size=DESK), "county1")
    person_at(page, "first2")
    page.get_by_role("button", name="重置密码").click()
    page.get_by_role("dialog").get_by_role("button", name="重置密码").click()
    password = password_in(page)
    assert before.call("GET", "/me")[0] == 401
    body = {"username": "first2", "password": password, "new_password": CHOSEN}
    body |= {"device": {"id": "desk-2", "name": "", "app_version": ""}}  # type: ignore[dict-item]
    before.token = ""
    assert before.call("POST", "/auth/login", body)[0] == 200
    assert before.call("POST", "/auth/login", body | {"password": password, "new_password": None})[0] >= 400


def test_a_transferred_member_keeps_no_row_of_before_and_loses_no_visit(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    household = untouched(api_of(server, "grid1"))[0]
    before = len(server.rows("SELECT state FROM held_operation"))
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    phone.go_offline()
    visit(page, household, {})
    county = api_of(server, "county1")
    village = account_of(county, "grid1")["region_code"][:12]
    grids = [row for row in county.ok("GET", "/grids")["items"] if row["village_code"] != village]
    grid = next(row["code"] for row in grids if row["households"])
    act(county, "grid1", "transfer", region_code=grid)
    with phone.tolerating(NOISE):
        phone.go_online()
        expect(Outbox(page).open().row(household["head_name"]).get_by_text("待定")).to_be_visible(
            timeout=60_000
        )
        page.goto(f"{phone.url}/#/")
        phone.reload()
        worklist = Worklist(page).wait()
        worklist.search.fill(household["number"])
        expect(worklist.row_of(household)).to_have_count(0)
    held = [row["state"] for row in server.rows("SELECT state FROM held_operation")]
    assert held == ["open"] * (before + 1)


def test_a_switched_off_member_is_out_at_the_next_request_and_sends_after_coming_back(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    household = untouched(api_of(server, "grid2"))[0]
    admin = api_of(server, "admin1")
    phone = phone_of(server)
    page = keep_app(phone, "grid2")
    phone.go_offline()
    visit(page, household, {})
    act(admin, "grid2", "state", active=False)
    with phone.tolerating(NOISE):
        phone.go_online()
        expect(page.get_by_text("登录已过期")).to_be_visible()
        expect(
            Outbox(page).open().row(household["head_name"]).get_by_text("等待", exact=True)
        ).to_be_visible()
        act(admin, "grid2", "state", active=True)
        password = act(admin, "grid2", "password-reset")["password"]
        page.get_by_role("link", name="登录", exact=True).click()
        choose_first(page, "grid2", password)
        expect(page.get_by_role("heading", name="设自己的密码")).to_be_hidden()
        Outbox(page).open().receipt(household["head_name"])


def test_people_are_imported_after_a_dry_run(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    tmp_path: Path,
) -> None:
    grid = api_of(server, "town1").ok("GET", "/grids")["items"][0]["code"]
    page = desk_of(phone_of(server, size=DESK), "town1")
    page.get_by_role("link", name="用表格导入").click()
    with page.expect_download() as template:
        page.get_by_role("button", name="下载模板").click()
    template.value.save_as(tmp_path / "template.xlsx")
    filled = load_workbook(tmp_path / "template.xlsx")
    filled.worksheets[0].append(["lumei", "陆小梅", "网格员", "", "", "", grid, ""])
    filled.worksheets[0].append([13800001234, "覃·玉兰", "网格员", "", "", "", grid, ""])
    filled.worksheets[0].append(["grid1", "别人", "镇长", "", "", "", grid, ""])
    filled.save(tmp_path / "people.xlsx")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="选择表格").click()
    chooser.value.set_files(tmp_path / "people.xlsx")
    expect(page.get_by_text("可以建 2 个账号，1 行不会导入")).to_be_visible()
    expect(page.get_by_text("C4：没有这个角色")).to_be_visible()
    page.get_by_role("button", name="新建 2 个账号").click()
    expect(page.get_by_text("已建 2 个账号")).to_be_visible()
    with page.expect_download() as passwords:
        page.get_by_role("button", name="下载一次性密码").click()
    passwords.value.save_as(tmp_path / "passwords.xlsx")
    rows = list(load_workbook(tmp_path / "passwords.xlsx").worksheets[0].values)
    assert [row[1] for row in rows[1:]] == ["lumei", "13800001234"]
    assert page.get_by_text(str(rows[1][4])).count() == 1
    page.get_by_role("link", name="回到人员").click()
    expect(page.get_by_role("row").filter(has_text="13800001234")).to_be_visible()
