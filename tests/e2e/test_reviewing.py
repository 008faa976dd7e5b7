"""A first secretary's evening: fifty visits decided, some without a network, a light dismissed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.looks import violations
from tests.e2e.pages import PASSWORD, app_is_kept, sign_in
from tests.reviews.test_list import REPORTED
from tests.support.api import Api, visit_body
from tests.support.live_server import LiveServer
from tests.support.phone import DESK, SMALL, Phone
from tests.visits.bodies import CLEAN, DRY

MIX = {"red": 4, "yellow": 6, "attention": 5, "changed": 10, "unchanged": 25}
MAX_ACTIONS = 70
COUNT_ACTIONS = """
window.actions = 0;
for (const kind of ['click', 'keydown'])
  addEventListener(kind, (event) => { if (event.isTrusted && !event.repeat) window.actions += 1; }, true);
"""


def near_line(household: dict[str, Any]) -> dict[str, Any]:
    """Answers of a family whose income is just above the line: a blue light and nothing else."""
    members = int(household["roster"]["n_members"])
    amounts = {"inc_wage": f"{5200 * members}.00"}
    amounts |= dict.fromkeys(("inc_biz", "inc_prop", "inc_trans", "exp_biz", "inc_claim"), "0.00")
    rest = {"inc_band": "near", "inc_drop": "no", "neg_items": [], "hardship_src": [], "sign": "oral"}
    return CLEAN | amounts | rest


def answers_of(kind: str, household: dict[str, Any]) -> dict[str, Any]:
    """What makes a visit one of its kind."""
    if kind == "attention":
        return near_line(household)
    return {"red": DRY, "yellow": REPORTED}.get(kind, CLEAN)


class Village:
    """The village of first1: whose households are visited by whom, and what is sent of them."""

    def __init__(self, server: LiveServer) -> None:
        self.server, self.serial = server, 0
        self.signed: list[Api] = []
        self.sign_all()

    def sign_all(self) -> None:
        """Sign in everybody of the village."""
        accounts = [one["username"] for one in self.server.users()]
        self.first = self.sign("first1")
        here = self.first.user["region"]["code"]
        members = [self.sign(name) for name in accounts if name.startswith("grid")]
        members = [api for api in members if api.user["region"]["code"].startswith(here)]
        self.homes = [
            (api, home)
            for api in members
            for home in api.households()
            if home["category"] == "ordinary" and home["roster"]["kind"] == "none"
        ]

    def sign(self, name: str) -> Api:
        """A device of somebody."""
        self.signed.append(Api(self.server.port, name, PASSWORD))
        return self.signed[-1]

    def hang_up(self) -> None:
        """Close every connection."""
        for api in self.signed:
            api.close()

    def send(self, place: int, answers: dict[str, Any], ago: timedelta = timedelta()) -> str:
        """A visit of the household at a place, that long ago; its number."""
        api, home = self.homes[place]
        self.serial += 1
        at = datetime.now(UTC) - ago
        times = {
            "started_at": (at - timedelta(minutes=8)).isoformat(timespec="milliseconds")[:-6] + "Z",
            "finished_at": at.isoformat(timespec="milliseconds")[:-6] + "Z",
        }
        body = visit_body(home, answers, serial=self.serial, **times)
        status, answer = api.send(body)
        assert status == 201, answer
        return body["id"]

    def waiting(self) -> list[dict[str, Any]]:
        """All that waits for first1, in the order of the queue."""
        found, cursor = [], ""
        while cursor is not None:
            page = self.first.ok("GET", f"/visits?state=submitted&limit=100{cursor and '&cursor='}{cursor}")
            found += page["items"]
            cursor = page["next"]
        return found

    def clear(self) -> None:
        """Decide on everything that waits."""
        for one in self.waiting():
            self.decide(one["id"])

    def decide(self, visit: str, **changes: Any) -> None:
        """Approve a visit, unless told otherwise."""
        self.serial += 1
        number = f"01900000-0000-7000-8000-{self.serial:012d}"
        form = {"id": number, "decision": "approved", "comment": "", "comments": []} | changes
        self.first.ok("POST", f"/visits/{visit}/reviews", form)

    def state(self, visit: str) -> str:
        """The state of a visit."""
        return str(self.first.ok("GET", f"/visits/{visit}")["state"])


@pytest.fixture(scope="module")
def village(server: LiveServer) -> Iterator[Village]:
    """The village of a fresh server."""
    made = Village(server)
    yield made
    made.hang_up()


@pytest.fixture
def quiet(village: Village, seeded: LiveServer, request: pytest.FixtureRequest) -> Village:
    """The village with nothing waiting; as it was at first when the test is tried again.

    Visits of the first try would be what those of the second are compared with.
    """
    if getattr(request.node, "execution_count", 1) > 1:
        village.hang_up()
        village.server.start_over(seeded)
        village.sign_all()
    village.clear()
    return village


def rows(page: Page) -> Locator:
    """The lines of the queue."""
    return page.get_by_role("list", name="走访清单").get_by_role("link")


def fill_queue(village: Village) -> dict[str, str]:
    """The fifty visits of the figure: number and kind. The home of a kind is visited several times."""
    sent: dict[str, str] = {}
    kinds = [kind for kind, count in MIX.items() for _ in range(count)]
    hours = iter(range(9 * len(kinds), 0, -4))  # so far apart that nobody wonders how it was done
    for number, kind in enumerate(kinds):
        place = list(MIX).index(kind)
        answers = answers_of(kind, village.homes[place][1])
        if kind == "changed" or kind not in kinds[:number]:
            before = DRY if kind == "changed" else answers
            village.decide(village.send(place, before, ago=timedelta(hours=next(hours))))
        sent[village.send(place, answers, ago=timedelta(hours=next(hours)))] = kind
    return sent


def test_fifty_mixed_visits_take_at_most_seventy_actions(
    quiet: Village, phone_of: Callable[..., Phone]
) -> None:
    sent = fill_queue(quiet)
    assert [sent[one["id"]] for one in quiet.waiting()] == [
        kind for kind, count in MIX.items() for _ in range(count)
    ]
    phone = phone_of(quiet.server, size=DESK)
    page = phone.open()
    sign_in(page, "first1")
    expect(rows(page)).to_have_count(50)
    page.evaluate(COUNT_ACTIONS)
    give_back_and_hand_up(page)
    for _ in range(23):
        approve_by_key(page)
    page.keyboard.press("b")
    expect(page.get_by_role("dialog", name="一起通过 25 户吗？")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("抽中 [1-9] 户，要逐户看"))).to_be_visible()
    drawn = quiet.waiting()
    assert drawn
    assert all(one["spot_check"] for one in drawn)
    rows(page).first.click()
    for _ in drawn:
        approve_by_key(page)
    expect(page.get_by_text("没有待审的走访")).to_be_visible()
    actions = page.evaluate("window.actions")
    assert quiet.waiting() == []
    assert actions <= MAX_ACTIONS, actions
    print(f"50 visits: {actions} actions")


def give_back_and_hand_up(page: Page) -> None:
    """The first two, red ones: one goes back with a usual phrase, one up."""
    for key, phrase in (("r", "金额请再核对"), ("e", "村里核实不了，请乡镇入户复核")):
        left = rows(page).count()
        expect(approve_button(page)).to_be_enabled()
        page.keyboard.press(key)
        page.get_by_role("button", name=phrase).click()
        page.get_by_role("button", name=re.compile("^确认")).click()
        expect(rows(page)).to_have_count(left - 1)


def approve_button(page: Page) -> Locator:
    """The button beside the visit; it is there once the visit was read."""
    return page.get_by_role("complementary").get_by_role("button", name="通过")


def approve_by_key(page: Page) -> None:
    """Approve what is open; a second key where the app asks."""
    left = rows(page).count()
    expect(approve_button(page)).to_be_enabled()
    page.keyboard.press("a")
    again = page.get_by_role("dialog", name="确定通过吗？")
    shorter = page.locator(f".rev-desk:not(:has(.rev-rows > li:nth-child({left})))")
    expect(again.or_(shorter).first).to_be_visible()
    if again.is_visible():
        page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(left - 1)


def test_decisions_without_a_network_are_kept_and_sent_once(
    quiet: Village, phone_of: Callable[..., Phone]
) -> None:
    visits = [quiet.send(place, DRY) for place in range(3)]
    phone = phone_of(quiet.server)
    page = phone.open()
    sign_in(page, "first1")
    expect(rows(page)).to_have_count(3)
    app_is_kept(page)
    wait_until_kept(page, 3)
    phone.go_offline()
    page = phone.reopen("#/review")
    expect(rows(page)).to_have_count(3)
    names = [row.locator("b").inner_text() for row in rows(page).all()]
    rows(page).first.click()
    expect(page.get_by_text("全部回答")).to_be_visible()
    expect(page.get_by_text("饮水无保障").first).to_be_visible()
    page.get_by_role("button", name="通过", exact=True).click()
    page.get_by_role("button", name="确定通过").click()
    expect(page.get_by_role("heading", level=2, name=re.compile(f"^{names[1]}"))).to_be_visible()
    page.get_by_role("button", name="退回", exact=True).click()
    page.get_by_role("button", name="照片看不清，请重拍").click()
    page.get_by_role("button", name="确认退回").click()
    expect(page.get_by_role("heading", level=2, name=re.compile(f"^{names[2]}"))).to_be_visible()

    page = phone.reopen("#/review")
    expect(page.get_by_text("2 个决定记在本机，等网络")).to_be_visible()
    page.get_by_text("2 个决定记在本机，等网络").click()
    assert violations(page) == []
    expect(rows(page)).to_have_count(1)
    assert {quiet.state(one) for one in visits} == {"submitted"}
    township = quiet.sign("town1")
    number = "01900000-0000-7000-9000-000000000001"
    form = {"id": number, "decision": "approved", "comment": "", "comments": []}
    second = next(one["id"] for one in quiet.waiting() if one["household"]["head_name"] == names[1])
    township.ok("POST", f"/visits/{second}/reviews", form)

    with phone.tolerating("409"):
        phone.go_online()
        expect(page.get_by_text(f"{names[1]}：您离线时的决定没有被接受")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("个决定记在本机")).to_have_count(0)
    states = sorted(quiet.state(one) for one in visits)
    assert states == ["approved", "approved", "submitted"]
    first = next(one for one in visits if one != second and quiet.state(one) == "approved")
    assert len(quiet.first.ok("GET", f"/visits/{first}")["reviews"]) == 1
    page.get_by_role("button", name="知道了").click()
    expect(page.get_by_text("没有被接受")).to_have_count(0)


KEPT = """async () => {
  let kept = 0;
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('liangdeng-user-')) continue;
    const database = await new Promise((done) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
    });
    const keys = await new Promise((done) => {
      const asked = database.transaction('meta').objectStore('meta').getAllKeys();
      asked.onsuccess = () => done(asked.result);
    });
    database.close();
    kept += keys.filter((key) => String(key).startsWith('review-visit/')).length;
  }
  return kept;
}"""


def wait_until_kept(page: Page, count: int) -> None:
    """Until so many visits are on the device, counted as the browser keeps them."""
    deadline = time.monotonic() + 30
    while page.evaluate(KEPT) < count:
        assert time.monotonic() < deadline, "the visits of the queue were not kept"
        page.wait_for_timeout(200)


def test_a_light_is_dismissed_with_its_reason_on_record(
    quiet: Village, phone_of: Callable[..., Phone]
) -> None:
    visit = quiet.send(3, near_line(quiet.homes[3][1]))
    page = phone_of(quiet.server, size=DESK).open()
    sign_in(page, "first1")
    expect(page.get_by_role("button", name="排除这盏灯")).to_be_visible()
    page.keyboard.press("d")
    dialog = page.get_by_role("dialog", name="排除这盏灯")
    assert violations(page) == []
    dialog.get_by_label("只是一时的").check()
    dialog.get_by_label("写明依据（必填）").fill("下个月工资补发，电话核过。")
    dialog.get_by_role("button", name="确认排除").click()
    expect(page.get_by_text("没有灯亮").first).to_be_visible()
    expect(page.get_by_text("只是一时的：下个月工资补发，电话核过。").first).to_be_attached()
    detail = quiet.first.ok("GET", f"/visits/{visit}")
    assert (detail["severity"], detail["dismissals"][0]["reason"]) == ("none", "short_lived")


def test_a_correction_shows_only_what_changed_beside_what_was_asked(
    quiet: Village, phone_of: Callable[..., Phone]
) -> None:
    first = quiet.send(4, DRY, ago=timedelta(minutes=1))
    remark = {"question": "inc_wage", "text": "含外出务工吗？"}
    quiet.decide(first, decision="returned", comment="收入再核。", comments=[remark])
    api, home = quiet.homes[4]
    quiet.serial += 1
    again = visit_body(home, DRY | {"inc_wage": "43000.00"}, serial=quiet.serial, revises=first)
    assert api.send(again)[0] == 201
    page = phone_of(quiet.server, size=SMALL).open()
    sign_in(page, "first1")
    rows(page).first.click()
    expect(page.get_by_text("改了什么（和第 1 版比）")).to_be_visible()
    asked = page.locator(".rec-asked")
    expect(asked).to_contain_text("含外出务工吗？")
    expect(asked).to_contain_text("已改")
    assert violations(page) == []
    table = page.locator("table.rec-diff").first
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table).to_contain_text("43,000")
