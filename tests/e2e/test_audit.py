"""Somebody looks at full numbers; the auditor finds it, has the chain verified and takes its head away."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.pages import sign_in
from tests.support.live_server import LiveServer
from tests.support.phone import DESK, Phone


def test_full_numbers_are_shown_for_a_reason_and_the_auditor_finds_who_looked(
    server: LiveServer, phone_of: Callable[..., Phone]
) -> None:
    desk = phone_of(server, size=DESK)
    page = desk.open()
    sign_in(page, "first1")
    page.get_by_role("list", name="走访清单").get_by_role("link").first.click()
    people = page.locator(".reveal-person")
    expect(people.first).to_be_visible()
    masked = people.first.get_by_text(re.compile(r"[0-9]{6}\*{8}")).inner_text()
    people.first.get_by_role("button", name=re.compile("^显示全部")).click()
    page.get_by_role("dialog").get_by_text("联系本人").click()
    page.get_by_role("button", name="查看", exact=True).click()
    number = re.compile(f"^{masked[:6]}[0-9]{{7}}[0-9]{masked[-4:]}$")
    expect(page.get_by_text(number)).to_be_visible()
    page.get_by_role("button", name="隐藏").click()
    expect(page.get_by_text(number)).to_have_count(0)

    other = phone_of(server, size=DESK)
    page = other.open()
    sign_in(page, "auditor1")
    page.get_by_label("哪类操作").select_option(label="查看完整号码")
    rows = page.get_by_role("list", name="操作记录列表").get_by_role("listitem")
    row = rows.first
    expect(row).to_contain_text("查看完整证件号和电话")
    row.get_by_text("详情").click()
    expect(row).to_contain_text("联系本人")
    row.get_by_role("link", name="按这个对象看").click()
    page.get_by_label("哪类操作").select_option(label="全部操作")
    expect(page.get_by_text("登记新户")).to_have_count(1)
    page.get_by_role("button", name="只看这个对象").click()
    page.get_by_label("姓名、登录名或户编号").fill("没有这个人")
    expect(page.get_by_text("没有符合的记录")).to_be_visible()
    page.get_by_label("姓名、登录名或户编号").fill("first1")
    expect(rows.filter(has_text="查看完整证件号和电话").first).to_be_visible()
    page.get_by_role("button", name="现在核对").click()
    expect(page.get_by_text("记录完整，没有改动")).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        page.get_by_role("button", name="导出链头").click()
    document = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert document["heads"][0]["count"] > 1
    kept = server.folder / "head.json"
    kept.write_text(json.dumps(document), encoding="utf-8")
    assert "The audit trail is whole." in server.flask("audit", "verify", "--heads", str(kept))
