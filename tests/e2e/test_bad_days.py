"""What goes wrong in the field: nothing is lost, and the phone says what happened."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Route, expect

from tests.e2e.form import VisitForm, label_of
from tests.e2e.pages import Outbox, Worklist, sign_in
from tests.e2e.story import keep_app, untouched, visit
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import Phone

NETWORK_ERRORS = "Failed to load resource"


def test_wrong_password_is_said_in_words_and_the_name_stays(
    server: LiveServer, phone_of: Callable[..., Phone]
) -> None:
    phone = phone_of(server)
    page = phone.open()
    with phone.tolerating(NETWORK_ERRORS):
        sign_in(page, "grid1", "not-the-password")
        expect(page.get_by_role("alert").filter(has_text="用户名或密码不对")).to_be_visible()
    expect(page.get_by_label("用户名", exact=True)).to_have_value("grid1")
    sign_in(page, "grid1")
    Worklist(page).wait()


def test_expired_sign_in_keeps_the_queue_and_sends_it_after_signing_in(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    household = untouched(api_of(server, "grid1"))[0]
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    server.change("UPDATE login_session SET revoked_at = created_at")
    with phone.tolerating(NETWORK_ERRORS):
        visit(page, household, {})
        banner = page.get_by_text(re.compile("登录已过期"))
        expect(banner).to_be_visible()
        row = Outbox(page).open().row(household["head_name"])
        expect(row.get_by_text("已送达", exact=True)).to_have_count(0)
        expect(row).to_contain_text("要重新登录")
        page.get_by_role("link", name="登录").or_(page.get_by_role("button", name="登录")).first.click()
        sign_in(page, "grid1")
        Worklist(page).wait()
        Outbox(page).open().receipt(household["head_name"])


def test_captive_portal_and_dead_server_take_nothing_out_of_the_queue(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    household = untouched(api_of(server, "grid1"))[1]
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    answers = [
        lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Wi-Fi</h1>"),
        lambda route: route.fulfill(status=200, content_type="application/json", body="{}"),
        lambda route: route.fulfill(status=502, content_type="text/html", body="Bad Gateway"),
    ]
    given: list[int] = []

    def portal(route: Route) -> None:
        given.append(len(given))
        answers[(len(given) - 1) % len(answers)](route)

    with phone.tolerating(NETWORK_ERRORS):
        phone.context.route("**/api/v1/**", portal)
        visit(page, household, {})
        row = Outbox(page).open().row(household["head_name"])
        for tries in (1, 2, 3):
            expect(row.get_by_text("等待", exact=True)).to_be_visible()
            page.get_by_role("button", name="现在上传").click()
            page.wait_for_timeout(300)
            assert len(given) >= tries
        expect(row.get_by_text("已送达", exact=True)).to_have_count(0)
        phone.context.unroute("**/api/v1/**")
        page.get_by_role("button", name="现在上传").click()
        Outbox(page).receipt(household["head_name"])


def test_refused_visit_says_why_and_is_sent_after_its_correction(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    api = api_of(server, "grid1")
    household = untouched(api)[2]
    hello = api.ok("GET", "/s1/hello")
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    problem = {
        "type": "urn:liangdeng:problem:invalid_answers",
        "title": "Some answers are not right.",
        "status": 422,
        "code": "invalid_answers",
        "errors": {"water_state": [{"code": "unknown_option", "message": "not an option"}]},
    }

    def refuse(route: Route) -> None:
        results = [
            {"op_id": op["op_id"], "sha256": op["sha256"], "st": "rejected", "problem": problem}
            for op in route.request.post_data_json["ops"]
        ]
        body = {key: hello[key] for key in ("epoch", "server_time", "durable", "order")}
        headers = {"X-Sync": "1", "Content-Type": "application/json"}
        route.fulfill(status=200, json=body | {"results": results}, headers=headers)

    phone.context.route("**/api/v1/s1/push", refuse)
    visit(page, household, {})
    row = Outbox(page).open().row(household["head_name"])
    expect(row.get_by_text("没有收", exact=True)).to_be_visible()
    expect(row).to_contain_text(f"“{label_of('water_state')}”")
    phone.context.unroute("**/api/v1/s1/push")
    row.get_by_role("link", name="去修改").click()
    form = VisitForm(page, household).wait()
    expect(page.get_by_text("服务器没有收下上一次的记录")).to_be_visible()
    form.go_to("water", "water_state")
    form.answer("water_state", "ok")
    form.fill({}, finish=True)
    form.save()
    page.get_by_role("button", name="回到走访列表").click()
    Outbox(page).open().receipt(household["head_name"])


def test_file_that_is_no_picture_is_refused_in_words(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    tmp_path: Path,
) -> None:
    household = untouched(api_of(server, "grid1"))[3]
    page = keep_app(phone_of(server), "grid1")
    Worklist(page).open(household)
    form = VisitForm(page, household).begin()
    form.fill({})
    form.go_to("end", "photos")
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    form.camera("house").set_input_files(broken)
    expect(form.step("photos").get_by_text("“broken.jpg”打不开，没有存下")).to_be_visible()


def test_browser_killed_in_the_middle_of_the_form_opens_at_the_same_answers(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    household = untouched(api_of(server, "grid1"))[4]
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    phone.go_offline()
    Worklist(page).open(household)
    form = VisitForm(page, household).begin()
    done = form.fill({"basic_lack": ["grain"]}, until="house_state")
    page.wait_for_timeout(2_000)  # an answer is on the disk within two seconds
    position = page.get_by_text(re.compile(r"第 \d+ / \d+ 问")).inner_text()

    phone.kill()
    page = phone.open()
    form = VisitForm(page, household).wait()
    expect(page.get_by_text(position)).to_be_visible()
    form.go_to("food", "basic_lack")
    expect(form.step("basic_lack").get_by_role("checkbox", name="口粮不够")).to_be_checked()
    rest = form.fill({}, finish=True)
    assert set(rest) & set(done) == {"basic_lack"}
    form.save()
