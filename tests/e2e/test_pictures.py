"""Pictures and place in a real browser: what is kept of a file, what is asked, what reviewers see."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.camera_files import GRASS, ROOF, camera_files
from tests.e2e.form import VisitForm
from tests.e2e.looks import ON_A_PHONE, ComplaintsOf, Screen
from tests.e2e.pages import Worklist, sign_in
from tests.e2e.story import keep_app, untouched
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import DESK, Phone
from tests.support.pin import unlock
from tests.support.waiting import eventually

FAR_DEGREES = 0.004  # 440 metres of latitude
LARGEST_BYTES, LONGEST_PX = 400_000, 1_600
Pictures = dict[str, Path]
_PINCH = (((150, 400), (210, 400)), ((120, 400), (240, 400)), ((60, 400), (300, 400)))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    """The camera's files."""
    return camera_files(tmp_path_factory.mktemp("camera"))


def album(form: VisitForm) -> Locator:
    """Where several pictures are chosen at once."""
    return form.step("photos").get_by_label(re.compile("^相册"))


def cards(form: VisitForm) -> Locator:
    """The photos of the form."""
    return form.step("photos").locator("ul").get_by_role("listitem")


def open_photos(page: Page, household: dict[str, Any]) -> VisitForm:
    """A new visit, unfolded at its photos."""
    Worklist(page).open(household)
    form = VisitForm(page, household).begin()
    form.go_to("end", "photos")
    return form


def choose(form: VisitForm, chosen: list[Path], photos: int) -> None:
    """Choose pictures from the album; wait until so many photos are in the form."""
    album(form).set_input_files(chosen)
    expect(form.step("photos").get_by_role("img")).to_have_count(photos, timeout=60_000)


KEEP_WHAT_IS_SENT = """() => {
  const send = window.fetch;
  window.sentPieces = [];
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (request.method === 'PATCH') {
      const bytes = new Uint8Array(await request.clone().arrayBuffer());
      const offset = Number(request.headers.get('Upload-Offset'));
      window.sentPieces.push([request.url.split('/').at(-1), offset, bytes.toBase64()]);
    }
    return send(request);
  };
}"""


def sent_photos(page: Page) -> dict[str, dict[int, bytes]]:
    """The pieces of every photo that the page sent, by hash and offset."""
    pieces: dict[str, dict[int, bytes]] = {}
    for sha256, offset, text in page.evaluate("() => window.sentPieces"):
        pieces.setdefault(sha256, {})[offset] = base64.b64decode(text)
    return pieces


def whole(pieces: dict[int, bytes]) -> bytes:
    """A photo out of its pieces."""
    return b"".join(pieces[offset] for offset in sorted(pieces))


def near(picture: Image.Image, place: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    """The same colour at a place, but for what JPEG does to it."""
    pixel = picture.getpixel(place)
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 30 for one, other in zip(pixel, colour, strict=True))


def check_picture(data: bytes) -> None:
    """Small, upright, bare of EXIF, and marked at the bottom in white on dark."""
    assert len(data) <= LARGEST_BYTES
    assert b"Exif" not in data[:4_096]
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.size) == ("JPEG", (1_200, LONGEST_PX))
    assert dict(picture.getexif()) == {}
    pixels = picture.convert("RGB")
    assert near(pixels, (600, 150), ROOF)
    assert near(pixels, (600, 1_280), GRASS)
    band = pixels.crop((0, 1_520, 1_200, 1_600)).convert("L").tobytes()
    light = sum(1 for value in band if value > 220) / len(band)
    dark = sum(1 for value in band if value < 110) / len(band)
    assert 0.01 < light < 0.3
    assert dark > 0.5


def test_three_files_become_three_small_upright_marked_photos_and_a_reviewer_sees_the_hints(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    files: Pictures,
) -> None:
    api = api_of(server, "grid1")
    household = next(one for one in untouched(api) if one["home"] is not None)
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    page.evaluate(KEEP_WHAT_IS_SENT)  # what the debugger shows of bodies is not what is sent
    stand(phone, household, metres=180.0)
    Worklist(page).open(household)
    form = VisitForm(page, household).begin()
    expect(page.get_by_text(re.compile(r"误差约 180 米"))).to_be_visible()
    form.fill({})
    form.go_to("end", "photos")
    choose(form, [files["front"], files["dark"], files["again"]], 3)
    expect(cards(form).nth(0)).not_to_contain_text("可能")
    expect(cards(form).nth(1)).to_contain_text("这张可能太暗，要重拍吗？")
    expect(cards(form).nth(2)).to_contain_text("这张和以前的一张很像")
    cards(form).nth(0).get_by_role("combobox").select_option("house")
    accept_place(form)
    form.page.get_by_role("dialog").get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("服务器已收到，回执")).to_be_visible(timeout=60_000)

    visit, pieces = arrived(api, household), sent_photos(page)
    assert [photo["kind"] for photo in visit["photos"]] == ["house", "scene", "scene"]
    assert [photo["quality"]["hints"] for photo in visit["photos"]] == [[], ["dark"], ["repeated"]]
    for photo, name in zip(visit["photos"], ("front", "dark", "again"), strict=True):
        data = whole(pieces[photo["sha256"]])
        assert hashlib.sha256(data).hexdigest() == photo["sha256"]
        assert photo["original_sha256"] == hashlib.sha256(files[name].read_bytes()).hexdigest()
        assert photo["exif_time"] == "2026-11-20T08:11:07"
        assert photo["exif_position"] == {"lat": "24.778056", "lon": "110.496667", "datum": "WGS-84"}
    check_picture(whole(pieces[visit["photos"][0]["sha256"]]))
    check_place(visit)
    check_reviewer(phone_of(server, size=DESK), visit)


def stand(phone: Phone, household: dict[str, Any], metres: float) -> None:
    """Stand 440 metres north of a house, the receiver sure to some metres."""
    home = household["home"]
    latitude, longitude = float(home["lat"]) + FAR_DEGREES, float(home["lon"])
    phone.context.set_geolocation({"latitude": latitude, "longitude": longitude, "accuracy": metres})


def accept_place(form: VisitForm) -> None:
    """The look before saving, with the questions about the place: after a minute, and since it is far."""
    sheet = form.check()
    accept = sheet.get_by_role("group", name=re.compile("以当前精度接受"))
    expect(accept).to_be_visible(timeout=75_000)
    accept.get_by_text("山高谷深", exact=True).click()
    sheet.get_by_role("group", name=re.compile("离登记的住房约")).get_by_text("不在家里谈").click()
    expect(sheet.get_by_text("已按误差约 180 米的位置记下：山高谷深")).to_be_visible()
    form.explain(sheet)


def arrived(api: Api, household: dict[str, Any]) -> dict[str, Any]:
    """The newest visit of a household, once its photos have been checked."""
    newest = api.ok("GET", f"/households/{household['id']}")["history"][0]
    visit: dict[str, Any] = eventually(
        lambda: api.ok("GET", f"/visits/{newest['id']}"),
        lambda seen: all(photo["state"] == "ready" for photo in seen["photos"]),
    )
    return visit


def check_place(visit: dict[str, Any]) -> None:
    """Datum, reasons and clocks travelled with the visit."""
    location, clock = visit["location"], visit["clock"]
    assert (location["datum"], location["accuracy_m"]) == ("WGS-84", "180")
    assert (location["accepted_reason"], location["far_reason"]) == ("valley", "elsewhere")
    assert 400 < visit["distance_m"] < 480
    assert clock["finished_mono_ms"] - clock["started_mono_ms"] > 30_000
    assert isinstance(clock["offset_ms"], int)


def check_reviewer(phone: Phone, visit: dict[str, Any]) -> None:
    """The first secretary sees what the phone wondered about, as plain words."""
    page = phone.open()
    sign_in(page, "first1")
    page.get_by_role("list", name="走访清单").get_by_role("link").first.wait_for()
    page.goto(f"{phone.url}/#/review/{visit['id']}")
    expect(page.get_by_text("可能太暗", exact=True)).to_be_visible()
    expect(page.get_by_text("像以前的照片", exact=True)).to_be_visible()
    expect(page.get_by_text("相机时间 2026-11-20 08:11").first).to_be_visible()
    expect(page.get_by_text("山高谷深")).to_be_visible()
    page.get_by_role("button", name=re.compile("^放大看")).first.click()
    large = page.get_by_role("dialog").get_by_role("img")
    expect(large).to_be_visible()
    before = width_of(large)
    page.keyboard.press("+")
    assert width_of(large) > before * 1.4
    page.keyboard.press("Escape")
    expect(large).to_have_count(0)


def width_of(picture: Locator) -> float:
    """Pixels on the screen."""
    box = picture.bounding_box()
    assert box is not None
    return box["width"]


def test_one_bad_file_loses_no_other_and_what_was_deleted_comes_back(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    files: Pictures,
) -> None:
    household = untouched(api_of(server, "grid1"))[1]
    page = keep_app(phone_of(server), "grid1")
    form = open_photos(page, household)
    choose(form, [files["front"], files["broken"], files["dark"], files["front"]], 2)
    step = form.step("photos")
    expect(step.get_by_text(re.compile("“broken.jpg”打不开"))).to_be_visible()
    expect(step.get_by_text(re.compile("“front.jpg”已经在这里了"))).to_be_visible()
    step.get_by_label("重拍 现场 2").set_input_files(files["back"])
    expect(cards(form).nth(1)).not_to_contain_text("可能太暗", timeout=30_000)
    first = cards(form).nth(0).get_by_role("img").get_attribute("src")

    delete(page, form, "现场 1")
    expect(step.get_by_role("img")).to_have_count(1)
    step.get_by_role("button", name="恢复").click()
    expect(step.get_by_role("img")).to_have_count(2)
    expect(cards(form)).to_have_count(2)
    assert first is not None
    delete(page, form, "现场 2")
    expect(step.get_by_role("button", name="恢复")).to_have_count(0, timeout=15_000)
    page.reload()
    unlock(page)
    again = VisitForm(page, household).wait()
    again.go_to("end", "photos")
    expect(again.step("photos").get_by_role("img")).to_have_count(1)


def delete(page: Page, form: VisitForm, name: str) -> None:
    """Delete one photo; it is asked once."""
    form.step("photos").get_by_role("button", name=f"删除 {name}").click()
    page.get_by_role("dialog").get_by_role("button", name="删除", exact=True).click()


def test_a_photo_is_enlarged_by_keys_by_a_double_tap_and_by_two_fingers(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    files: Pictures,
) -> None:
    household = untouched(api_of(server, "grid1"))[2]
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    form = open_photos(page, household)
    choose(form, [files["front"], files["back"]], 2)
    form.step("photos").get_by_role("button", name="放大看：现场 1").click()
    box = page.get_by_role("dialog", name="现场 1")
    picture = box.get_by_role("img")
    expect(picture).to_be_visible()
    fitted = width_of(picture)
    page.keyboard.press("+")
    assert width_of(picture) == pytest.approx(fitted * 1.5, rel=0.02)
    page.keyboard.press("0")
    for _ in range(2):
        page.touchscreen.tap(180, 400)
    assert width_of(picture) == pytest.approx(fitted * 2, rel=0.02)
    for _ in range(2):
        page.touchscreen.tap(180, 400)
    assert width_of(picture) == pytest.approx(fitted, rel=0.02)
    pinch(phone, page)
    assert width_of(picture) == pytest.approx(fitted * 4, rel=0.02)
    assert page.evaluate("document.querySelector('dialog[open] section').scrollLeft") > fitted
    page.keyboard.press("0")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="现场 2")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def pinch(phone: Phone, page: Page) -> None:
    """Two fingers move apart, to four times the distance and more."""
    hand = phone.context.new_cdp_session(page)
    for kind, ((x1, y1), (x2, y2)) in zip(("touchStart", "touchMove", "touchMove"), _PINCH, strict=True):
        points = [{"x": x1, "y": y1, "id": 0}, {"x": x2, "y": y2, "id": 1}]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(100)


def tour(phone: Phone, api: Api, files: Pictures) -> Iterator[Screen]:
    """The photos with everything that can be said about them, one of them large, and the place."""
    household = next(one for one in untouched(api)[3:] if one["home"] is not None)
    page = phone.open()
    sign_in(page, "grid1")
    Worklist(page).wait()
    stand(phone, household, metres=180.0)
    Worklist(page).open(household)
    form = VisitForm(page, household).begin()
    form.fill({})
    form.go_to("end", "photos")
    choose(form, [files[name] for name in ("front", "dark", "again", "blurred", "broken")], 4)
    expect(cards(form).nth(3)).to_contain_text("这张可能不清楚")
    yield "photos", page
    form.step("photos").get_by_role("button", name="放大看：现场 1").click()
    expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    yield "photo-large", page
    page.keyboard.press("Escape")
    form.step("photos").get_by_role("button", name="删除 现场 2").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "photo-delete", page
    page.get_by_role("dialog").get_by_role("button", name="删除", exact=True).click()
    expect(form.step("photos").get_by_role("button", name="恢复")).to_be_visible()
    yield "photo-undo", page
    sheet = form.check()
    expect(sheet.get_by_role("group", name=re.compile("以当前精度接受"))).to_be_visible(timeout=75_000)
    yield "place", page


def test_photos_and_place_are_accessible_whole_and_without_a_complaint(
    complaints_of: ComplaintsOf, files: Pictures
) -> None:
    def pictures(phone: Phone, api: Api) -> Iterator[Screen]:
        yield from tour(phone, api, files)

    assert complaints_of(pictures, ON_A_PHONE) == {}
