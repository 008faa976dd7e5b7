"""The screens of the accounts desk and of the own account, looked at as the others are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from tests.accounts.workbooks import book
from tests.e2e.looks import AT_A_DESK, ON_A_PHONE, ComplaintsOf, Screen
from tests.e2e.pages import PASSWORD, Worklist, sign_in
from tests.support.api import Api
from tests.support.phone import Phone

NOISE = "Failed to load resource"
LONG_NAME = "买买提·吐尔逊·阿卜杜热合曼·艾山江"


def api_at(api: Api, username: str) -> Api:
    """Somebody else's sign-in on the same server."""
    return Api(api.connection.port, username, PASSWORD)


def fill(api: Api) -> None:
    """A long name, an account never used, a request of each kind, a grid without anybody."""
    town, first, admin = (api_at(api, name) for name in ("town1", "first1", "admin1"))
    grids = town.ok("GET", "/grids")["items"]
    body = {
        "op_id": str(uuid4()),
        "username": f"maimaiti.tuerxun-{uuid4().hex[:8]}",
        "display_name": LONG_NAME,
    }
    town.ok("POST", "/users", body | {"role": "grid_member", "region_code": grids[0]["code"]})
    village = grids[0]["village_code"]
    town.ok("POST", "/grids", {"op_id": str(uuid4()), "village_code": village, "name": "河对岸新网格"})
    member = first.ok("GET", "/users?role=grid_member")["items"][0]
    wish = {"id": str(uuid4()), "kind": "reset", "reason": "换了手机，密码忘了，本人打过电话来"}
    first.ok("POST", f"/users/{member['id']}/requests", wish)
    device = town.ok("GET", f"/users/{member['id']}")["devices"][0]["id"]
    wish |= {"id": str(uuid4()), "kind": "revoke", "device_id": device, "order": "kill"}
    first.ok("POST", f"/users/{member['id']}/requests", wish)
    body |= {
        "op_id": str(uuid4()),
        "username": f"chen-{uuid4().hex[:8]}",
        "role": "county",
        "reason": "新来的科长",
    }
    admin.ok("POST", "/users", body | {"region_code": village[:6]})
    for one in (town, first, admin):
        one.close()


def failing(route: Route) -> None:
    """A server that fails."""
    route.fulfill(status=500, body="")


def nobody(route: Route) -> None:
    """A server that knows nobody."""
    counts = {"roles": {}, "active": 0, "disabled": 0, "waiting": 0}
    body = {"items": [], "next": None, "counts": counts, "creatable": ["grid_member"]}
    route.fulfill(status=200, json=body, headers={"X-Sync": "1"})


def township(phone: Phone, api: Api) -> Iterator[Screen]:
    """The desk of a township: people, one of them, what may be done, grids, requests, and troubles."""
    fill(api)
    page = phone.open()
    sign_in(page, "town1")
    expect(page.get_by_role("navigation", name="主要页面")).to_be_visible()
    page.goto(f"{phone.url}/#/accounts")
    expect(page.get_by_role("link", name=re.compile("买买提")).first).to_be_visible()
    yield "people", page
    yield from one_person(phone, page)
    page.goto(f"{phone.url}/#/accounts/new")
    page.get_by_role("button", name="新建", exact=True).click()
    expect(page.get_by_text("请填姓名或名称")).to_be_visible()
    yield "new-mistakes", page
    page.goto(f"{phone.url}/#/accounts/grids")
    expect(page.get_by_text("没有网格员", exact=True).first).to_be_visible()
    yield "grids", page
    page.get_by_role("button", name="新建网格").click()
    yield "grids-new", page
    page.get_by_role("button", name="取消").click()
    page.goto(f"{phone.url}/#/accounts/requests")
    expect(page.get_by_text("马上清除手机")).to_be_visible()
    yield "requests", page
    page.get_by_role("button", name="重置密码").click()
    yield "requests-deciding", page
    page.get_by_role("button", name="取消").click()
    yield from troubles(phone, page)


def one_person(phone: Phone, page: Page) -> Iterator[Screen]:
    """A person with a long name, and the dialogs about her."""
    page.get_by_role("link", name=re.compile("买买提")).first.click()
    expect(page.get_by_text("现在的登录")).to_be_visible()
    yield "person", page
    page.get_by_role("button", name="调动").click()
    page.get_by_role("dialog").get_by_role("button", name="调动").click()
    expect(page.get_by_role("dialog").get_by_text("请选到最下面一级")).to_be_visible()
    yield "transfer", page
    page.get_by_role("button", name="取消").click()
    page.get_by_role("button", name="停用").click()
    page.get_by_role("dialog").get_by_role("button", name="停用").click()
    expect(page.get_by_text("请写明为什么")).to_be_visible()
    yield "disable", page
    page.get_by_role("button", name="取消").click()
    page.get_by_role("button", name="重置密码").click()
    page.get_by_role("dialog").get_by_role("button", name="重置密码").click()
    expect(page.get_by_label("一次性密码", exact=True)).to_be_visible()
    yield "one-time", page
    page.get_by_role("button", name="已告诉本人").click()


def troubles(phone: Phone, page: Page) -> Iterator[Screen]:
    """Nobody, a server that fails, and no network."""
    phone.context.route("**/api/v1/users?**", nobody)
    page.goto(f"{phone.url}/#/accounts")
    expect(page.get_by_text("还没有账号")).to_be_visible()
    yield "people-empty", page
    phone.context.unroute_all()
    with phone.tolerating(NOISE):
        phone.context.route("**/api/v1/users?**", failing)
        page.get_by_role("button", name="已停用").click()
        expect(page.get_by_text("没有读到")).to_be_visible()
        yield "people-error", page
        phone.context.unroute_all()
    phone.go_offline()
    expect(page.get_by_text("没有网络。账号管理要有网络")).to_be_visible()
    yield "people-offline", page
    phone.go_online()


def importing(phone: Phone, api: Api) -> Iterator[Screen]:
    """A sheet with every kind of row, confirmed; and a file that is none."""
    town = api_at(api, "town1")
    grid = town.ok("GET", "/grids")["items"][0]["code"]
    town.close()
    rows = [
        ("aliya.2026", LONG_NAME, "网格员", "", "", "", grid, ""),
        ("grid1", "别人", "网格员", "", "", "", grid, ""),
        ("1.38E+10", "陆小梅", "镇长", "", "没有这个村", "没有这个网格", "", ""),
        ("", "", "", "", "", "", "", "民政局"),
    ]
    folder = Path(phone.profile)
    (folder / "people.xlsx").write_bytes(book(*rows))
    (folder / "none.xlsx").write_bytes(b"no workbook")
    page = phone.open()
    sign_in(page, "town1")
    expect(page.get_by_role("navigation", name="主要页面")).to_be_visible()
    page.goto(f"{phone.url}/#/accounts/import")
    page.get_by_role("button", name="下载模板").wait_for()
    yield "import", page
    choose = page.locator("input[type=file]")
    with phone.tolerating(NOISE):
        choose.set_input_files(folder / "none.xlsx")
        expect(page.get_by_text("这不是普通的 Excel 文件")).to_be_visible()
        yield "import-none", page
    choose.set_input_files(folder / "people.xlsx")
    expect(page.get_by_text("可以建 1 个账号，3 行不会导入")).to_be_visible()
    yield "import-checked", page
    page.get_by_role("button", name="新建 1 个账号").click()
    expect(page.get_by_text("已建 1 个账号")).to_be_visible()
    yield "import-made", page


def own(phone: Phone, api: Api) -> Iterator[Screen]:
    """The own account on a phone, and the step that chooses a password."""
    page = phone.open()
    sign_in(page, "grid1")
    Worklist(page).wait()
    page.goto(f"{phone.url}/#/account")
    expect(page.get_by_role("button", name=re.compile("^退出")).first).to_be_visible()
    page.get_by_role("button", name="改密码").click()
    expect(page.get_by_text("至少要 8 位")).to_be_visible()
    yield "own", page
    page.get_by_role("button", name=re.compile("^退出")).first.click()
    yield "own-ending", page
    with phone.tolerating(NOISE):
        page.goto(f"{phone.url}/#/login")
        phone.context.route("**/api/v1/auth/login", one_time)
        page.get_by_label("用户名", exact=True).fill("grid1")
        page.get_by_label("密码", exact=True).fill("k7mp-4t9w-x2qh")
        page.get_by_role("button", name="登录", exact=True).click()
        page.get_by_label("新密码", exact=True).fill("abcd")
        page.get_by_role("button", name="设好并登录").click()
        expect(page.get_by_text("至少要 8 位")).to_be_visible()
        yield "choose", page


def one_time(route: Route) -> None:
    """What the server says to a one-time password."""
    body = {"type": "", "title": "", "title_zh": "", "status": 403, "code": "password_change_required"}
    headers = {"X-Sync": "1", "Content-Type": "application/problem+json"}
    route.fulfill(status=403, json=body, headers=headers)


def administrator(phone: Phone, api: Api) -> Iterator[Screen]:
    """The home of an administrator: every account, and a new one with its place."""
    page = phone.open()
    sign_in(page, "admin1")
    expect(page.get_by_role("searchbox")).to_be_visible()
    yield "admin", page
    page.goto(f"{phone.url}/#/accounts/new")
    page.get_by_text("县级", exact=True).click()
    expect(page.get_by_text("县级、管理员和审计账号要两个人")).to_be_visible()
    yield "admin-new", page


WALKS: dict[str, tuple[Callable[[Phone, Api], Iterator[Screen]], tuple[str, str]]] = {
    "township": (township, AT_A_DESK),
    "importing": (importing, AT_A_DESK),
    "own": (own, ON_A_PHONE),
    "administrator": (administrator, AT_A_DESK),
}


@pytest.mark.parametrize("walk", WALKS)
def test_every_screen_about_accounts_is_accessible_whole_and_without_a_complaint(
    complaints_of: ComplaintsOf, walk: str
) -> None:
    assert complaints_of(*WALKS[walk]) == {}
