"""A grid member's day on a phone that may be killed at any moment, and whether what she saved arrived."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from PIL import Image
from playwright.sync_api import Error, Page
from playwright.sync_api import TimeoutError as TooLate

from tests.e2e.form import VisitForm
from tests.e2e.pages import Outbox, Worklist
from tests.support.api import Api, canonical, sha256
from tests.support.live_server import LiveServer
from tests.support.phone import Phone
from tests.support.phone_store import Kept, kept_on
from tests.support.waiting import eventually

PRESSES = 12
BEGIN = "开始走访|再访一次|继续填写"
Home = dict[str, Any]
Answers = dict[str, Any]
Plan = list[tuple[Home, Answers]]


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

    def save(self, household: Home, answers: Answers) -> None:
        """Fill in and save one visit, as often as it takes."""
        for _ in range(10):
            if household["id"] in self.saved:
                return
            self.through(partial(self.visit, household, answers))
        raise AssertionError("the visit was never saved")

    def visit(self, household: Home, answers: Answers, page: Page) -> None:
        self.fill(household, answers, page)
        self.told.add(household["id"])
        page.get_by_role("button", name="回到走访列表").click()
        self.look(page)

    @staticmethod
    def fill(household: Home, answers: Answers, page: Page) -> None:
        """From the worklist to the word "saved"."""
        Worklist(page).open(household)
        form = HalfFilledForm(page, household).begin(BEGIN)
        form.fill(answers)
        passed_by = page.get_by_role("button", name=re.compile(r"^没答的 \d+$"))
        if passed_by.is_visible():  # the browser died between an answer and the disk
            passed_by.click()
            form.fill(answers)
        form.save()

    def send(self, page: Page) -> None:
        """Press "send now" as often as somebody does who wants it gone."""
        Outbox(page).open()
        for _ in range(PRESSES):
            if not page.get_by_role("button", name=re.compile("现在上传|正在上传")).is_visible():
                break
            ready = page.get_by_role("button", name="现在上传", disabled=False)
            with suppress(TooLate):  # what is sent in this very moment takes the button away
                if ready.is_visible():
                    ready.click(force=True, timeout=1000)
            page.wait_for_timeout(200)
        self.look(page)
        page.goto(f"{self.phone.url}/#/")

    @property
    def all_arrived(self) -> bool:
        """Whether the phone counts everything as delivered."""
        return all(one.state in ("complete", "durable") for one in self.kept.values())


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
