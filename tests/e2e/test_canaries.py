"""Everything on the phone is unreadable at rest: the whole profile is searched for what went through it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, Response, expect

from tests.e2e.form import VisitForm
from tests.e2e.pages import PASSWORD, Outbox, Worklist
from tests.e2e.story import keep_app, untouched
from tests.e2e.test_devices import LEFT, NETWORK_ERRORS, NOTHING, order, wiped
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import Phone
from tests.support.phone_store import photo_piece
from tests.support.pin import PIN
from tests.support.profile_scan import hits

NOTE = "屋后的山坡裂了一道缝凤凰木旁边"
DRAFT_NOTE = "老人说夜里听见水缸在响铁线莲"
REASON = "换了号码是外孙女办的卡桐油灯"
PHONE, ADDRESS = "13977304162", "鲤鱼背坡脚第九棵樟树下"
NEW_NAME, ID_NUMBER = "覃鹧鸪", "11010519491231002X"
MONEY = "7316.45"
EXIF = "EXIF-CANARY-d41b7c02"
CONTROL = "这一行没有加密是用来试扫描的"
WRITE_CONTROL = """async (text) => {
  const database = await new Promise((resolve) => {
    const asked = indexedDB.open('control');
    asked.onupgradeneeded = () => asked.result.createObjectStore('rows');
    asked.onsuccess = () => resolve(asked.result);
  });
  const tx = database.transaction('rows', 'readwrite', { durability: 'strict' });
  for (let i = 0; i < 20; i += 1) tx.objectStore('rows').put({ text }, i);
  await new Promise((resolve) => { tx.oncomplete = resolve; });
  database.close();
}"""


def picture(folder: Path) -> tuple[Path, bytes]:
    """A photo with words in its EXIF data, and a piece out of its middle."""
    path = folder / "camera.jpg"
    exif = Image.Exif()
    exif[0x010E], exif[0x010F] = EXIF, EXIF
    Image.effect_noise((1200, 900), 60).convert("RGB").save(path, "JPEG", quality=90, exif=exif)
    data = path.read_bytes()
    return path, data[len(data) // 2 : len(data) // 2 + 32]


def tokens_in(page: Page) -> dict[str, str]:
    """A mapping that fills with what the answers to sign-ins and renewals carry."""
    seen: dict[str, str] = {}

    def look(response: Response) -> None:
        if response.request.method != "POST" or "/auth/" not in response.url or response.status != 200:
            return
        for name, value in json.loads(response.text()).items():
            if isinstance(value, str):
                seen[f"{name} of {response.url.rsplit('/', 1)[1]}"] = value

    page.on("response", look)
    return seen


def correct(page: Page, household: dict[str, Any]) -> None:
    """A correction of the register: telephone, address, a member's name and ID number, the reason."""
    Worklist(page).open(household)
    page.get_by_role("link", name="更正登记").click()
    page.get_by_label("电话", exact=True).fill(PHONE)
    page.get_by_label("地址", exact=True).fill(ADDRESS)
    person = household["members"][-1]["name"]
    part = page.locator("details").filter(has=page.locator("summary").filter(has_text=person)).last
    part.locator("summary").click()
    part.get_by_label("姓名", exact=True).fill(NEW_NAME)
    part.get_by_label("身份证号", exact=True).fill(ID_NUMBER)
    page.get_by_label("理由").fill(REASON)
    page.get_by_role("button", name="保存 4 处更正").click()
    expect(page.get_by_role("heading", level=1, name=household["head_name"])).to_be_visible()
    page.goto(page.url.split("#")[0] + "#/")


def save_with_photo(page: Page, household: dict[str, Any], photo: Path) -> None:
    """A visit with a note, a sum and a photo."""
    Worklist(page).open(household)
    form = VisitForm(page, household).begin()
    form.fill({}, until="house_state")
    form.step("house_state").get_by_role("button", name="补充").click()
    form.step("house_state").get_by_label("补充说明").fill(NOTE)
    sick = {"ill_who": [household["members"][0]["id"]], "ill_selfpay": MONEY}
    form.fill(sick | {"house_state": "C", "photos": [("house", photo)]})
    form.save()
    page.get_by_role("button", name="回到走访列表").click()


def leave_a_draft(page: Page, household: dict[str, Any]) -> None:
    """A form that is not finished."""
    Worklist(page).open(household)
    form = VisitForm(page, household).begin()
    form.fill({}, until="basic_lack")
    form.step("basic_lack").get_by_role("button", name="补充").click()
    form.step("basic_lack").get_by_label("补充说明").fill(DRAFT_NOTE)
    page.wait_for_timeout(700)


def of_household(household: dict[str, Any]) -> dict[str, str]:
    """What the register says of a household."""
    member = household["members"][-1]
    fields = {
        name: household[name]
        for name in (
            "head_name",
            "number",
            "address",
            "village",
            "township",
            "phone_masked",
            "region_code",
            "pinyin",
        )
    }
    return fields | {
        "member": member["name"],
        "id_masked": member["id_masked"],
        "natural": household["natural_village"],
    }


def test_nothing_that_went_through_the_phone_is_readable_in_the_browsers_profile(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    tmp_path: Path,
) -> None:
    api = api_of(server, "grid1")
    first, second, third = untouched(api)[:3]
    photo, camera_piece = picture(tmp_path)
    phone = phone_of(server, whole=True)
    tokens = tokens_in(phone.open())
    page = keep_app(phone, "grid1", opened=True)
    phone.go_offline()
    save_with_photo(page, first, photo)
    correct(page, second)
    leave_a_draft(page, third)
    piece = photo_piece(page)
    me = api.ok("GET", "/me")
    canaries: dict[str, str | bytes] = {
        **of_household(first),
        "note": NOTE, "draft note": DRAFT_NOTE, "reason": REASON, "telephone": PHONE, "new address": ADDRESS,
        "new name": NEW_NAME, "ID number": ID_NUMBER,
        "sum of money": MONEY, "photo": piece, "camera's file": camera_piece, "EXIF": EXIF,
        "password": PASSWORD, "PIN": PIN, "username": "grid1", "user's name": me["display_name"],
    }  # fmt: skip
    phone.kill()
    page = phone.open()
    Worklist(page).wait()
    phone.go_online()
    Outbox(page).open().receipt(first["head_name"])
    page = phone.reload()
    page.evaluate(WRITE_CONTROL, CONTROL)
    canaries |= tokens
    kinds = {kind: word for kind, word in canaries.items() if len(word) >= 2}
    assert len(kinds) >= 20, sorted(kinds)
    phone.kill()
    found = hits(phone.profile, kinds | {"control": CONTROL})
    assert found.pop("control", []) != []  # the search finds what is there
    assert found == {}
    order(api_of(server, "county1"), "grid1", "kill")
    with phone.tolerating(NETWORK_ERRORS):
        page = phone.open(unlocked=True)
        wiped(page)
        assert page.evaluate(LEFT) == NOTHING
    phone.kill()
    assert hits(phone.profile, kinds) == {}
