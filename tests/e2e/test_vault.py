"""What lies on a phone belongs to who knows the PIN: nobody else reads it, and nobody else destroys it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.form import VisitForm
from tests.e2e.looks import ON_A_PHONE, ComplaintsOf, Screen
from tests.e2e.pages import Outbox, Tabs, Worklist, sign_in
from tests.e2e.story import keep_app, untouched, visit
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import Phone
from tests.support.pin import LOCK, OTHER_PIN, PIN, choose_pin, skip_check, type_pin, unlock

NETWORK_ERRORS = "Failed to load resource"
WRONG = "731402"
FIVE_MINUTES = 5 * 60_000
ROUNDS = """async () => {
  const database = await new Promise((resolve) => {
    const asked = indexedDB.open('liangdeng-phone');
    asked.onsuccess = () => resolve(asked.result);
  });
  const asked = database.transaction('accounts').objectStore('accounts').getAll();
  await new Promise((resolve) => { asked.onsuccess = resolve; });
  database.close();
  return asked.result.map(({ pin }) => pin.rounds);
}"""


def locked(page: Page) -> None:
    """Wait for the lock."""
    expect(page.get_by_role("heading", level=1, name=LOCK)).to_be_visible()


def switch_user(page: Page, username: str) -> None:
    """From the lock: somebody else takes the phone."""
    page.get_by_role("button", name="换人使用").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("用户名").fill(username)
    dialog.get_by_role("button", name="下一步").click()
    expect(dialog).to_be_hidden()


def waiting(page: Page, *heads: str) -> None:
    """The outbox holds records of exactly these households, none of them delivered."""
    box = Outbox(page).open()
    for head in heads:
        expect(box.row(head)).to_be_visible()
    expect(page.get_by_text("已送达", exact=True)).to_have_count(0)
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(len(heads))


def test_the_pin_opens_everything_offline_long_after_the_sign_in_expired(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    first, second = untouched(api_of(server, "grid1"))[:2]
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    assert page.evaluate(ROUNDS) == [600_000]
    phone.go_offline()
    visit(page, first, {})
    Worklist(page).open(second)
    VisitForm(page, second).begin().fill({"basic_lack": ["grain"]}, until="house_state")
    page.wait_for_timeout(500)
    server.change("UPDATE login_session SET revoked_at = created_at")
    page = phone.reopen(f"#/visit/{second['id']}", unlocked=False)
    locked(page)
    shown = page.locator("body").inner_text()
    assert not [word for word in (first["head_name"], second["head_name"], "grid1") if word in shown]
    type_pin(page, WRONG)
    expect(page.get_by_text("解锁码不对，还能试 9 次")).to_be_visible()
    unlock(page)
    VisitForm(page, second).wait().stands_at("house_state")
    page.goto(f"{phone.url}/#/")
    waiting(page, first["head_name"])
    with phone.tolerating(NETWORK_ERRORS):
        phone.go_online()
        expect(page.get_by_text(re.compile("登录已过期"))).to_be_visible()
        page.get_by_role("link", name="登录").click()
        sign_in(page, "grid1")
        Worklist(page).wait()
        Outbox(page).open().receipt(first["head_name"])


def test_ten_wrong_pins_want_the_password_online_and_the_outbox_stays(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    photos: list[Path],
) -> None:
    household = untouched(api_of(server, "grid1"))[2]
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    phone.go_offline()
    visit(page, household, {"house_state": "C", "photos": [("house", photos[0])]})
    page = phone.reopen(unlocked=False)
    for left in range(9, 0, -1):
        locked(page)
        type_pin(page, WRONG)
        expect(page.get_by_text(re.compile(f"还能试 {left} 次|只能再试 {left} 次"))).to_be_visible()
        if left in (7, 4):
            page = phone.reopen(unlocked=False)
    type_pin(page, WRONG)
    gone = page.get_by_role("heading", level=1, name="解锁码错了 10 次")
    expect(gone).to_be_visible()
    page = phone.reopen(unlocked=False)
    gone = page.get_by_role("heading", level=1, name="解锁码错了 10 次")
    expect(gone).to_be_visible()
    page.get_by_role("button", name="联网登录").click()
    expect(page.get_by_text("登录以后设新的解锁码")).to_be_visible()
    phone.go_online()
    page.get_by_label("用户名", exact=True).fill("grid1")
    page.get_by_label("密码", exact=True).fill("liangdeng-demo")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="设新的解锁码")).to_be_visible()
    for weak, why in (("123456", "连着的数字"), ("000000", "6 位都一样"), ("630801", "像生日")):
        type_pin(page, weak)
        expect(page.get_by_role("alert").filter(has_text=why)).to_be_visible()
    choose_pin(page, OTHER_PIN)
    Worklist(page).wait()
    Outbox(page).open().receipt(household["head_name"])
    phone.pin = OTHER_PIN
    Worklist(phone.reopen()).wait()


def test_two_people_on_one_phone_keep_a_full_outbox_each(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    ones = untouched(api_of(server, "grid1"))[3:5]
    twos = untouched(api_of(server, "grid2"))[:2]
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    phone.go_offline()
    for household in ones:
        visit(page, household, {})
    page = phone.reopen(unlocked=False)
    locked(page)
    switch_user(page, "grid2")
    expect(page.get_by_label("用户名", exact=True)).to_have_value("grid2")
    phone.go_online()
    page.get_by_label("密码", exact=True).fill("liangdeng-demo")
    page.get_by_role("button", name="登录", exact=True).click()
    choose_pin(page, OTHER_PIN)
    Worklist(page).wait()
    phone.go_offline()
    for household in twos:
        visit(page, household, {})
    waiting(page, *(one["head_name"] for one in twos))
    page = phone.reopen(unlocked=False)
    locked(page)
    type_pin(page, PIN)  # the other one's PIN
    expect(page.get_by_text("解锁码不对，还能试 9 次")).to_be_visible()
    switch_user(page, "grid1")
    unlock(page, PIN)
    waiting(page, *(one["head_name"] for one in ones))
    Tabs(page).go("走访")
    found = Worklist(page).search
    found.fill(twos[0]["number"])
    expect(page.locator(f"a[href='#/household/{twos[0]['id']}']")).to_have_count(0)
    phone.go_online()
    for household in ones:
        Outbox(page).open().receipt(household["head_name"])
    Tabs(page).go("我的")
    page.get_by_role("button", name="马上锁上").click()
    switch_user(page, "grid2")
    unlock(page, OTHER_PIN)
    for household in twos:
        Outbox(page).open().receipt(household["head_name"])


def test_five_minutes_without_use_lock_the_form_and_the_pin_opens_the_same_question(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    household = untouched(api_of(server, "grid1"))[5]
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    page.clock.install()
    page.reload()
    unlock(page)
    Worklist(page).open(household)
    form = VisitForm(page, household).begin()
    form.fill({}, until="basic_lack")
    page.clock.fast_forward(FIVE_MINUTES - 20_000)
    page.keyboard.press("Shift")  # somebody is there
    page.clock.fast_forward(FIVE_MINUTES - 20_000)
    form.wait().stands_at("basic_lack")
    page.clock.fast_forward(40_000)
    locked(page)
    page.wait_for_timeout(1_500)
    page.clock.fast_forward(5_000)
    assert household["head_name"] not in page.content()
    type_pin(page)
    form.wait().stands_at("basic_lack")


def lock(phone: Phone, _api: Api) -> Iterator[Screen]:
    """Every screen of the lock."""
    page = phone.open()
    page.get_by_label("用户名", exact=True).fill("grid2")
    page.get_by_label("密码", exact=True).fill("liangdeng-demo")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="设一个解锁码")).to_be_visible()
    type_pin(page, "123456")
    yield "pin-weak", page
    type_pin(page, PIN)
    expect(page.get_by_role("heading", level=1, name="再输一次")).to_be_visible()
    yield "pin-repeat", page
    type_pin(page, PIN)
    expect(page.get_by_role("heading", level=1, name="再输一次")).to_be_hidden()
    skip_check(page)
    Worklist(page).wait()
    page.goto(f"{phone.url}/#/me/pin")
    expect(page.get_by_role("heading", level=1, name="先输入现在的解锁码")).to_be_visible()
    yield "pin-change", page
    page = phone.reopen(unlocked=False)
    locked(page)
    yield "lock", page
    type_pin(page, WRONG[:3])
    page.keyboard.press("Backspace")
    type_pin(page, WRONG[2:])
    expect(page.get_by_text("解锁码不对，还能试 9 次")).to_be_visible()
    type_pin(page, WRONG[:2])
    yield "lock-wrong", page
    page.get_by_role("button", name="换人使用").click()
    yield "lock-other", page
    page.get_by_role("dialog").get_by_role("button", name="返回").click()
    page.get_by_role("button", name="忘记解锁码").click()
    expect(page.get_by_text("登录以后设新的解锁码")).to_be_visible()
    yield "lock-forgot", page
    page.get_by_role("button", name="返回，用解锁码打开").click()
    for key in "2" + WRONG[2:]:
        page.keyboard.type(key)
    for _ in range(10):
        if page.get_by_role("heading", level=1, name="解锁码错了 10 次").is_visible():
            break
        type_pin(page, WRONG)
        page.wait_for_timeout(800)
    expect(page.get_by_role("heading", level=1, name="解锁码错了 10 次")).to_be_visible()
    yield "lock-gone", page


def test_the_screens_of_the_lock_are_accessible_and_fit(complaints_of: ComplaintsOf) -> None:
    assert complaints_of(lock, ON_A_PHONE) == {}
