"""A full phone, emptied storage, and a clock years off: nothing is called saved that is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.form import VisitForm
from tests.e2e.pages import Outbox, Worklist, sign_in
from tests.e2e.story import keep_app, untouched, visit
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import Phone
from tests.support.phone_store import kept_on
from tests.support.pin import is_locked, type_pin, unlock

NOT_STORED = "手机没能存下刚才的内容，请不要关闭本页"
NOT_SAVED = "没能保存，填写的内容还在"
EMPTIED = "这台手机上的数据被清空过，未上传的记录可能已经丢失"


@contextmanager
def little_room(page: Page, room: int) -> Iterator[None]:
    """So many bytes are left for this app. The browser may go by what it saw half a minute ago."""
    debugger = page.context.new_cdp_session(page)
    origin = page.evaluate("location.origin")
    used = page.evaluate("navigator.storage.estimate().then(({ usage }) => usage)")
    debugger.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": used + room})
    yield
    debugger.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    debugger.detach()


def test_on_a_full_phone_nothing_is_called_saved_that_is_not(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    household = untouched(api_of(server, "grid1"))[0]
    phone = phone_of(server, whole=True)
    keep_app(phone, "grid1")
    phone.go_offline()
    page = phone.reopen(unlocked=False)
    with little_room(page, 10_000):
        unlock(page)
        Worklist(page).wait().open(household)
        form = VisitForm(page, household).begin()
        form.fill({"house_state": "safe"})
        expect(page.get_by_text(NOT_STORED)).to_be_visible()
        sheet = form.check()
        form.explain(sheet)
        sheet.get_by_role("button", name="保存", exact=True).click()
        expect(page.get_by_text(NOT_SAVED)).to_be_visible()
        expect(page.get_by_role("heading", name="已保存")).to_be_hidden()
        assert kept_on(page) == {}
    page.get_by_role("dialog").get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("heading", name="已保存")).to_be_visible()
    (kept,) = kept_on(page).values()
    assert kept.body["answers"]["house_state"] == "safe"
    assert kept.household_id == household["id"]


def test_a_full_phone_says_at_the_lock_why_it_does_not_open(
    server: LiveServer, phone_of: Callable[..., Phone]
) -> None:
    phone = phone_of(server, whole=True)
    keep_app(phone, "grid1")
    page = phone.reopen(unlocked=False)
    assert is_locked(page)
    with little_room(page, -1_000_000):
        type_pin(page)
        expect(page.get_by_role("alert")).to_contain_text("空间")
    unlock(page)
    Worklist(page).wait()


def test_a_browser_that_threw_the_data_away_is_noticed_and_said(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    household = untouched(api_of(server, "grid1"))[1]
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    phone.go_offline()
    visit(page, household, {"consent": "no"})
    debugger = page.context.new_cdp_session(page)
    where = {"origin": page.evaluate("location.origin"), "storageTypes": "indexeddb"}
    with phone.tolerating("delete origin"):  # what read the data at that moment is told so
        debugger.send("Storage.clearDataForOrigin", where)
        page.reload()
        expect(page.get_by_text(EMPTIED)).to_be_visible()
        expect(page.get_by_label("用户名", exact=True)).to_be_visible()


@pytest.mark.parametrize("years", [-7, 5])
def test_a_clock_years_off_costs_no_visit_and_dates_none_wrongly(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api], years: int
) -> None:
    household = untouched(api_of(server, "grid1"))[3 + (years > 0)]
    phone = phone_of(server)
    page = phone.open()
    phone.context.clock.set_system_time(datetime.now(UTC) + timedelta(days=365 * years))
    page = phone.reload()
    sign_in(page, "grid1")
    Worklist(page).wait()
    visit(page, household, {"consent": "no"})
    Outbox(page).open().receipt(household["head_name"])
    (row,) = server.rows("SELECT visited_at, received_at, clock_suspect FROM visit ORDER BY seq DESC LIMIT 1")
    visited, received = (datetime.fromisoformat(str(row[name])) for name in ("visited_at", "received_at"))
    assert row["clock_suspect"]
    assert timedelta(0) <= received - visited < timedelta(minutes=10)
