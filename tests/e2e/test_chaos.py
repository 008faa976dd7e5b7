"""Real workers, a real browser, a line full of faults, and any of them killed at any moment.

What the phone said was saved arrives once and whole, and the phone has the server's receipt for it.
"""

from __future__ import annotations

import io
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from playwright.sync_api import Error, Page, expect

from tests.conftest import new_postgres_database
from tests.e2e.form import VisitForm
from tests.e2e.pages import Outbox, Worklist
from tests.e2e.story import keep_app, untouched
from tests.support.api import Api, canonical, sha256
from tests.support.live_server import LiveServer
from tests.support.phone import Phone
from tests.support.phone_store import Kept, kept_on
from tests.support.storm import PHOTOS, TEXTS, Line, Reaper, bad_line, kill_worker
from tests.support.waiting import eventually

WHOLE, SHORT = 4, 3
PRESSES = 12
STORM, LONGEST_STORM = 30.0, 240.0  # the longest is for slow machines: typing a PIN is meant to take time
SETTLE_SECONDS = 60.0
BETWEEN_WORKERS, BETWEEN_BROWSERS = (4.0, 8.0), (14.0, 26.0)  # long enough to type a PIN and to go on
BEGIN = "开始走访|再访一次|继续填写"
Plan = list[tuple[dict[str, Any], dict[str, Any]]]
NOISE = ("Failed to load resource", "net::ERR_", "MIME type")


@pytest.fixture(params=["sqlite", "postgresql"])
def stormy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LiveServer, int]]:
    """A server on each engine where sign-ins must be renewed every minute, and a seed."""
    folder = tmp_path_factory.mktemp("storm")
    environ = {"LIANGDENG_ACCESS_TOKEN_MINUTES": "1"}
    if request.param == "sqlite":
        seed, made = 1, LiveServer(folder, environ=environ).copy_of(request.getfixturevalue("seeded"))
    else:
        request.getfixturevalue("app_build")
        seed, made = 2, LiveServer(folder, new_postgres_database(folder.name), environ=environ)
        made.seed(40)
    yield made.start(), seed
    made.stop()


class HalfFilledForm(VisitForm):
    """A form whose answers may be there already, from before the browser was killed."""

    def answer(self, key: str, value: Any) -> None:
        """Give an answer unless it is there."""
        step = self.step(key)
        if key == "photos":
            pictures = step.get_by_role("img")
            there = eventually(pictures.count, lambda count: count == len(value), seconds=1)
            value = value[there:]
        elif step.locator("input:checked").count() > 0:
            return
        super().answer(key, value)


class Walk:
    """A grid member who saves one visit after the other, whatever happens to her phone."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.told: set[str] = set()  # households of which the phone said that the visit is saved
        self.kept: dict[str, Kept] = {}

    @property
    def saved(self) -> set[str]:
        """Households whose visit is on the phone's disk."""
        return {one.household_id for one in self.kept.values()}

    def through(self, work: Callable[[Page], None]) -> None:
        """Do something; when the browser is killed meanwhile, open it again and look what it still has."""
        try:
            work(self.phone.page)
        except (Error, AssertionError):
            if not self.phone.is_gone(1.0):
                raise
            self.reopen()

    def reopen(self) -> None:
        """Open the browser on the same profile as often as it takes."""
        for _ in range(10):
            self.phone.kill()
            try:
                Worklist(self.phone.open()).wait()
                return self.look(self.phone.page)
            except (Error, AssertionError):
                if not self.phone.is_gone(1.0):
                    raise
        raise AssertionError("the browser was killed ten times while it opened")

    def look(self, page: Page) -> None:
        """Nothing that was saved is missing from the disk, and nothing of it has changed."""
        now = kept_on(page)
        assert {number: one.sha256 for number, one in self.kept.items()}.items() <= {
            number: one.sha256 for number, one in now.items()
        }.items()
        self.kept = now
        assert self.told <= self.saved

    def save(self, household: dict[str, Any], answers: dict[str, Any]) -> None:
        """Fill in and save one visit, as often as it takes."""
        for _ in range(10):
            if household["id"] in self.saved:
                return
            self.through(partial(self._visit, household, answers))
        raise AssertionError("the visit was never saved")

    def _visit(self, household: dict[str, Any], answers: dict[str, Any], page: Page) -> None:
        Worklist(page).open(household)
        form = HalfFilledForm(page, household).begin(BEGIN)
        form.fill(answers)
        form.save()
        self.told.add(household["id"])
        page.get_by_role("button", name="回到走访列表").click()
        self.look(page)

    def send(self, page: Page) -> None:
        """Press "send now" as often as somebody does who wants it gone."""
        Outbox(page).open()
        for _ in range(PRESSES):
            button = page.get_by_role("button", name=re.compile("现在上传|正在上传"))
            if not button.is_visible():
                break
            if button.is_enabled():
                button.click(force=True)
            page.wait_for_timeout(200)
        self.look(page)
        page.goto(f"{self.phone.url}/#/")

    @property
    def all_arrived(self) -> bool:
        """Whether the phone counts everything as delivered."""
        return all(one.state in ("complete", "durable") for one in self.kept.values())


@contextmanager
def killing(server: LiveServer, phone: Phone, seed: int) -> Iterator[tuple[Reaper, Reaper]]:
    """Meanwhile workers of the server and the browser die at random moments."""
    assert server.process is not None
    workers = Reaper(seed, BETWEEN_WORKERS, partial(kill_worker, server.process.pid))
    browsers = Reaper(seed + 1000, BETWEEN_BROWSERS, lambda _dice: phone.strike())
    with ExitStack() as over:
        for reaper in (workers, browsers):
            reaper.start()
            over.callback(reaper.stop)
        yield workers, browsers


def storm(walk: Walk, server: LiveServer, line: Line, seed: int, plan: Plan) -> Plan:
    """Save visit after visit in bad weather, until enough has happened; gives the visits that were begun."""
    began = time.monotonic()
    begun: Plan = []
    line.weather.rages = True
    with killing(server, walk.phone, seed) as (workers, browsers):
        for household, answers in plan:
            lasted = time.monotonic() - began
            enough = line.weather.is_spent(TEXTS) and workers.strikes > 2 and browsers.strikes > 1
            if lasted > LONGEST_STORM or (lasted > STORM and enough):
                break
            begun.append((household, answers))
            walk.save(household, answers)
            walk.through(walk.send)
    line.weather.rages = False
    assert (workers.strikes > 2, browsers.strikes > 1) == (True, True)
    assert line.weather.is_spent(TEXTS), line.weather.seen
    assert line.weather.seen[PHOTOS].total() > 0
    return begun


def calm(walk: Walk, plan: Plan) -> None:
    """Save what is left to save, and wait until all has arrived by what the phone shows."""
    walk.reopen()
    for household, answers in plan:
        walk.save(household, answers)
    end = time.monotonic() + SETTLE_SECONDS
    while not walk.all_arrived and time.monotonic() < end:
        walk.send(walk.phone.page)
    outbox = Outbox(walk.phone.page).open()
    numbers = [outbox.receipt(household["head_name"]) for household, _ in plan]
    assert sorted(numbers) == sorted(str(one.receipt) for one in walk.kept.values())
    expect(walk.phone.page.get_by_role("listitem").get_by_text("已送达", exact=True)).to_have_count(len(plan))


def last(server: LiveServer, table: str) -> int:
    """The number of the newest row."""
    return int(server.rows(f"SELECT COALESCE(MAX(seq), 0) AS seq FROM {table}")[0]["seq"])


def check_once(server: LiveServer, before: dict[str, int], kept: dict[str, Kept]) -> None:
    """The server has these visits and no other, and ledger and audit tell of each once."""
    told = sorted((number, one.household_id, one.sha256) for number, one in kept.items())
    visits = server.rows("SELECT * FROM visit WHERE seq > :visit", **before)
    assert (
        sorted((str(UUID(str(v["id"]))), str(UUID(str(v["household_id"]))), v["sha256"]) for v in visits)
        == told
    )
    ledger = server.rows("SELECT * FROM operation WHERE seq > :operation", **before)
    assert sorted((str(UUID(str(o["op_id"]))), o["state"], o["sha256"]) for o in ledger) == [
        (number, "accepted", text) for number, _, text in told
    ]
    assert server.rows("SELECT * FROM held_operation") == []
    entries = server.rows("SELECT * FROM audit_entry WHERE seq > :audit_entry", **before)
    actions = Counter((entry["action"], entry["target_id"]) for entry in entries)
    assert {key[1]: count for key, count in actions.items() if key[0] == "visit.accept"} == dict.fromkeys(
        kept, 1
    )
    stored = {key: count for key, count in actions.items() if key[0] in ("photo.store", "photo.link")}
    assert sorted(stored.values()) == [1] * sum(len(one.photos) for one in kept.values())
    assert len(stored) > 1


def check_whole(server: LiveServer, api: Api, one: Kept) -> None:
    """Text and photos at the server are those on the phone, and the receipt's number stands for them."""
    promised = [photo["sha256"] for photo in one.body["photos"]]
    assert sha256(canonical(one.body)) == one.sha256
    assert one.photos == {name: name for name in promised}
    visit = eventually(
        lambda: api.ok("GET", f"/visits/{one.op_id}"),
        lambda seen: all(photo["state"] == "ready" for photo in seen["photos"]),
    )
    assert [(photo["sha256"], photo["state"]) for photo in visit["photos"]] == [
        (p, "ready") for p in promised
    ]
    for photo in visit["photos"]:
        picture = Image.open(io.BytesIO(read_picture(api, photo["id"])))
        picture.load()  # raises when the file was cut
        assert max(picture.size) > 1000
    proof = api.ok("GET", f"/receipts/{one.receipt}")
    assert (proof["visit_id"], proof["sha256"]) == (one.op_id, one.sha256)
    assert [photo["sha256"] for photo in proof["photos"]] == promised


def read_picture(api: Api, photo_id: str) -> bytes:
    """The photo as a reviewer sees it."""
    head = {"Authorization": f"Bearer {api.token}"}
    api.connection.request("GET", f"/api/v1/photos/{photo_id}/full", headers=head)
    answer = api.connection.getresponse()
    data = answer.read()
    assert answer.status == 200
    return data


def plan_of(homes: list[dict[str, Any]], photos: list[Path], dice: random.Random) -> Plan:
    """Visits of unsafe houses with photos, and after each some that are quickly written: nobody agreed."""
    different = iter({home["head_name"]: home for home in homes}.values())
    plan: Plan = []
    for _ in range(WHOLE):
        taken = list(zip(("house", "scene"), dice.sample(photos, 2), strict=True))
        plan.append((next(different), {"house_state": "C", "photos": taken}))
        plan += [(home, {"consent": "no"}) for home in islice(different, SHORT)]
    return plan


def test_what_was_saved_arrives_once_and_whole_through_a_storm(
    stormy: tuple[LiveServer, int],
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    photos: list[Path],
) -> None:
    server, seed = stormy
    plan = plan_of(untouched(api_of(server, "grid1")), photos, random.Random(seed))
    before = {table: last(server, table) for table in ("visit", "operation", "audit_entry")}
    with bad_line(server.port, seed) as line:
        phone = phone_of(line)
        walk = Walk(phone)
        keep_app(phone, "grid1")
        with phone.tolerating(*NOISE):
            begun = storm(walk, server, line, seed, plan)
            calm(walk, begun)  # tokens end after a minute here, which the browser reports as an error
        phone.close()
    assert sorted(one.household_id for one in walk.kept.values()) == sorted(home["id"] for home, _ in begun)
    check_once(server, before, walk.kept)
    api = api_of(server, "grid1")
    for one in walk.kept.values():
        check_whole(server, api, one)
    assert '"status": 500' not in server.log()
