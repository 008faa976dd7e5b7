"""Up the chain: the first secretary returns a visit, the grid member corrects it, the county reads it all."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.form import VisitForm, label_of
from tests.e2e.pages import Outbox, Worklist, sign_in
from tests.e2e.story import keep_app, untouched, visit
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import DESK, Phone

UNSAFE = {"house_state": "D", "house_cause": "disaster", "house_fix": "cannot", "inc_band": "below"}
GENERAL, ABOUT_HOUSE = "请把住房情况核实清楚", "房子是 C 级还是 D 级？请看鉴定表"


def open_desk(phone: Phone, username: str) -> Page:
    """The reviewer's desk, its list read."""
    page = phone.open()
    sign_in(page, username)
    expect(page.get_by_role("list", name="走访清单").get_by_role("link").first).to_be_visible()
    return page


def choose(page: Page, head_name: str) -> None:
    """Open a household's visit from the list."""
    page.get_by_role("list", name="走访清单").get_by_role("link").filter(has_text=head_name).first.click()
    expect(page.get_by_role("heading", level=2, name=re.compile(f"^{head_name}"))).to_be_visible()


def give_back(page: Page) -> None:
    """Comment on the house question and return the visit."""
    name = re.compile(f"对“{re.escape(label_of('house_state')[:4])}.*提意见")
    page.get_by_role("button", name=name).first.click()
    page.get_by_role("textbox", name=name).fill(ABOUT_HOUSE)
    page.get_by_role("button", name="写好了").click()
    page.get_by_role("button", name=re.compile("^退回")).first.click()
    page.get_by_role("textbox", name=re.compile("要补充什么")).fill(GENERAL)
    page.get_by_role("button", name="确认退回").click()
    expect(page.get_by_role("status").filter(has_text="已退回")).to_be_attached()


def approve(page: Page) -> None:
    """Approve; confirm when the app asks twice."""
    page.get_by_role("button", name=re.compile("^通过")).first.click()
    again = page.get_by_role("button", name="确定通过")
    done = page.get_by_role("status").filter(has_text="已通过")
    expect(again.or_(done).first).to_be_attached()
    if again.is_visible():
        again.click()
    expect(done).to_be_attached()


def revisions(api: Api, household: dict[str, Any]) -> list[tuple[int, str]]:
    """Revision and state of the newest visit's chain, newest first."""
    newest = api.ok("GET", f"/households/{household['id']}")["history"][0]
    chain = api.ok("GET", f"/visits/{newest['id']}")["revisions"]
    return sorted(((one["revision"], one["state"]) for one in chain), reverse=True)


def test_returned_visit_is_corrected_as_a_new_revision_and_approved(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    photos: list[Path],
) -> None:
    api = api_of(server, "grid1")
    household = untouched(api)[0]
    member, secretary = phone_of(server), phone_of(server, size=DESK)
    page = keep_app(member, "grid1")
    visit(page, household, UNSAFE | {"photos": [("house", photos[0])]})
    Outbox(page).open().receipt(household["head_name"])

    desk = open_desk(secretary, "first1")
    choose(desk, household["head_name"])
    expect(desk.get_by_text("红·需核实").first).to_be_visible()
    give_back(desk)
    assert revisions(api, household) == [(1, "returned")]

    page = member.reopen()
    worklist = Worklist(page).wait()
    page.get_by_role("button", name="更新名单").click()
    expect(worklist.rows.filter(has_text=GENERAL).first).to_be_visible()
    assert household["head_name"] in " ".join(worklist.rows.all_inner_texts()[:3])
    correct(page, household)
    Outbox(page).open().receipt(household["head_name"])
    assert revisions(api, household) == [(2, "submitted"), (1, "superseded")]

    desk = secretary.reopen("#/review")
    choose(desk, household["head_name"])
    approve(desk)
    assert revisions(api, household) == [(2, "approved"), (1, "superseded")]


def correct(page: Page, household: dict[str, Any]) -> None:
    """From the top of the worklist: see the comment at its question, change the answer, save."""
    Worklist(page).open(household)
    expect(page.get_by_text(ABOUT_HOUSE)).to_be_visible()
    form = VisitForm(page, household).begin("修改退回")
    form.go_to("housing", "house_state")
    expect(form.step("house_state").get_by_text(ABOUT_HOUSE)).to_be_visible()
    form.answer("house_state", "C")
    form.fill({}, finish=True)
    form.save()
    page.get_by_role("button", name="回到走访列表").click()


def test_county_narrows_flagged_visits_down_and_reads_one_with_its_history(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    api = api_of(server, "county1")
    page = phone_of(server, size=DESK).open()
    sign_in(page, "county1")
    rows = page.get_by_role("table", name="亮灯户列表").get_by_role("row")
    expect(rows.nth(1)).to_be_visible()
    towns = [one for one in api.ok("GET", "/regions")["items"] if one["level"] == "township"]
    red = api.ok("GET", "/visits?latest=true&severity=red")["items"]
    target = red[0]
    town = next(one for one in towns if one["name"] == target["household"]["township"])

    page.get_by_label("乡镇", exact=True).select_option(town["code"])
    page.get_by_label("灯", exact=True).select_option("red")
    page.get_by_label("风险类型", exact=True).select_option(target["risks"][0])
    chosen = f"region={town['code']}&severity=red&risk={target['risks'][0]}"
    found = api.ok("GET", f"/visits?latest=true&{chosen}")["items"]
    expect(rows).to_have_count(1 + len(found))
    page.get_by_role("button", name="保存这个筛选").click()
    page.get_by_label("名称").fill("红的")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("button", name="清除筛选").click()
    expect(rows).not_to_have_count(1 + len(found))
    page.get_by_role("button", name="红的", exact=True).click()
    expect(rows).to_have_count(1 + len(found))
    name = target["household"]["head_name"]
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", level=2, name=re.compile(f"^{name}"))).to_be_visible()
    expect(page.get_by_text("这户的历史")).to_be_visible()
    expect(page.get_by_text("依据").first).to_be_visible()
