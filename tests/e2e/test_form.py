"""The form in the hand: how many taps a visit takes, what a killed browser keeps, how it reads and looks."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.form import QUESTIONS, VisitForm, label_of, nothing_wrong
from tests.e2e.looks import overflow, take_pictures, violations
from tests.e2e.pages import Tabs, Worklist
from tests.e2e.story import keep_app, untouched
from tests.support.api import Api
from tests.support.live_server import LiveServer
from tests.support.phone import Phone

MOST_TAPS = 20
LEAST_TARGET = 44
#: Counts fingers on the glass from now on; a reload would begin anew.
COUNT = """() => {
  if (window.taps === undefined) addEventListener('pointerdown', () => { window.taps += 1; }, true);
  window.taps = 0;
}"""
SMALL_TARGETS = """least => [...document.querySelectorAll('a, button, label, select, summary')]
  .filter(one => !one.matches('.field-label, .visually-hidden') && !one.closest('.visually-hidden'))
  .map(one => ({ words: one.textContent.trim().slice(0, 20), box: one.getBoundingClientRect() }))
  .filter(({ box }) => box.width > 0 && (box.width < least || box.height < least))
  .map(({ words, box }) => `${words}: ${Math.round(box.width)} x ${Math.round(box.height)}`)"""
#: A voice of the phone's own that writes down what it is asked to say.
VOICE = """() => {
  const said = [], voice = { lang: 'zh-CN', localService: true, default: true, name: 'own' };
  window.said = said;
  const speech = {
    getVoices: () => [voice], speak: words => said.push(words.text), cancel: () => said.push(''),
    addEventListener: () => undefined,
  };
  Object.defineProperty(window, 'speechSynthesis', { value: speech });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
}"""


def asked_always(household: dict[str, Any]) -> list[str]:
    """The questions of a household with nothing wrong, in the order of the checklist."""
    roster = household["roster"]
    shown = {True: True, "kids": roster["n_student"] or roster["n_compulsory"], "old": roster["n_60plus"]}
    return [key for key, entry in QUESTIONS.items() if shown.get(entry.get("core"))]


def all_well(household: dict[str, Any]) -> bool:
    """Whether the last visit found nothing wrong, and nothing on record asks for more."""
    roster, last = household["roster"], household["last_visit"]
    if last is None or roster["kind"] != "none" or household["returned"] is not None:
        return False
    answers = last["answers"]
    return all(answers.get(key) == nothing_wrong(key) for key in asked_always(household) if key in answers)


class Thumb:
    """A grid member's way through a form in which nothing is wrong: what the screen offers, tapped."""

    def __init__(self, page: Page, household: dict[str, Any], *, first_visit: bool) -> None:
        self.page, self.household, self.first_visit = page, household, first_visit
        self.form = VisitForm(page, household)

    def go(self) -> tuple[int, int]:
        """From the row of the list to the tap on save: how many questions, how many taps."""
        Worklist(self.page).find(self.household["number"])
        self.page.evaluate(COUNT)
        Worklist(self.page).row_of(self.household).click()
        self.form.begin()
        for _ in range(30):
            if (
                self.page.get_by_role("button", name="检查并保存", exact=True).is_visible()
                and self._answered()
            ):
                break
            self._answer()
        questions = int(self.page.get_by_role("progressbar").first.get_attribute("aria-valuemax") or 0)
        self.form.save()
        return questions, int(self.page.evaluate("window.taps"))

    def _answered(self) -> bool:
        bar = self.page.get_by_role("progressbar").first
        return bar.get_attribute("aria-valuenow") == bar.get_attribute("aria-valuemax")

    def _answer(self) -> None:
        here = self.form.current() or "consent"
        if not self._takes_section_over():
            step = self.form.step(here)
            line = step.locator(".visit-last")
            if not self.first_visit and line.count() > 0:
                line.click()
            else:
                step.get_by_role("group").locator("label").first.click()
        self.page.wait_for_function(
            "here => { const now = document.activeElement?.closest('.visit-step')?.id.slice(2);"
            " const bar = document.querySelector('[role=progressbar]');"
            " return (now && now !== here) || bar.ariaValueNow === bar.ariaValueMax; }",
            arg=here,
        )

    def _takes_section_over(self) -> bool:
        offer = self.page.get_by_role("button", name=re.compile(r"^这 \d+ 问都和上次一样$"))
        if self.first_visit or offer.count() == 0:
            return False
        offer.click()
        return True


def test_a_visit_with_nothing_wrong_takes_at_most_twenty_taps(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    api = api_of(server, "grid1")
    well = sorted(filter(all_well, api.households()), key=lambda one: len(asked_always(one)))
    page = keep_app(phone_of(server), "grid1")
    most, least = well[-1], well[0]
    asked, again = Thumb(page, most, first_visit=False).go()
    print(f"taps, visited before, {asked} questions: {again}")
    page.get_by_role("button", name="回到走访列表").click()
    questions, first = Thumb(page, least, first_visit=True).go()
    print(f"taps, every question answered by itself, {questions} questions: {first}")
    assert again <= MOST_TAPS
    assert first == questions + 4, "one tap a question; the row, begin, check, save"
    expect(page.get_by_text("服务器已收到，回执")).to_be_visible(timeout=60_000)
    seen = api.ok("GET", f"/households/{most['id']}")["history"][0]
    said = api.ok("GET", f"/visits/{seen['id']}")["since_last"]
    assert set(said["same"].values()) == {most["last_visit"]["id"]}
    assert not {"consent", "shock", "roster_change", "ask_help"} & set(said["same"])


def released(route: Route) -> None:
    """The checklist of a next version: water lost an option, and there is one question more."""
    answer = route.fetch()
    document = answer.json()
    document["version"] = "2026-2"
    for entry in document["questions"]:
        if entry["id"] == "water_state":
            entry["options"] = [option for option in entry["options"] if option["id"] != "seasonal"]
    debt = {"id": "debt", "section": "income", "type": "one", "required": True, "problem": False, "refs": []}
    debt["label"] = {"zh": "家里有外债吗？", "en": "Any debts?"}
    debt["options"] = [{"id": "no", "label": {"zh": "没有", "en": "No"}}]
    document["questions"].append(debt)
    route.fulfill(response=answer, json=document)


def stored(page: Page) -> None:
    """Wait until the form says that everything is on the disk."""
    expect(page.get_by_text("已存", exact=True)).to_be_visible()


def test_killed_it_stands_at_the_same_question_with_every_keystroke_it_called_saved(
    server: LiveServer, phone_of: Callable[..., Phone], api_of: Callable[[LiveServer, str], Api]
) -> None:
    household = untouched(api_of(server, "grid1"))[4]
    who = household["members"][0]["id"]
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    Worklist(page).open(household)
    form = VisitForm(page, household).begin()
    form.fill({"ill_who": [who], "water_state": "seasonal"}, until="job_state")
    amount = f"ill_selfpay@{who}"
    form.go_to("health", amount)
    money = form.step(amount).get_by_role("textbox", name=label_of("ill_selfpay"))
    money.fill("")
    money.press_sequentially("1234")
    stored(page)
    phone.kill()

    page = phone.open()
    form = VisitForm(page, household).wait().stands_at(amount)
    money = form.step(amount).get_by_role("textbox", name=label_of("ill_selfpay"))
    expect(money).to_have_value("1,234")
    money.press("End")
    money.press("5")
    expect(form.step(amount)).to_contain_text("= 1.23 万")
    stored(page)
    phone.kill()

    page = phone.open("#/me")  # whoever asks for another place gets it
    expect(page.get_by_role("heading", level=1, name="我的")).to_be_visible()
    moves_to_the_new_checklist_on_a_tap(page, phone, household)


def moves_to_the_new_checklist_on_a_tap(page: Page, phone: Phone, household: dict[str, Any]) -> None:
    """The draft stays on its version, says what a move would change, and moves when it is told to."""
    phone.context.route("**/api/v1/checklists/current", released)
    Tabs(page).go("走访")
    with page.expect_response("**/api/v1/checklists/current"):
        page.get_by_role("button", name="更新名单").click()
    Worklist(page).open(household)
    form = VisitForm(page, household).begin("继续填写")
    offer = page.get_by_text("走访清单有新版（2026-2）")
    expect(offer).to_be_visible()
    page.get_by_role("button", name="看哪里不同").click()
    sheet = page.get_by_role("dialog", name="换到新版清单 2026-2？")
    expect(sheet).to_contain_text("1 题的回答对不上新选项")
    expect(sheet).to_contain_text("家里有外债吗？")
    assert violations(page) == []
    sheet.get_by_role("button", name="不换").click()
    expect(offer).to_be_hidden()
    form.go_to("water", "water_state")
    expect(form.step("water_state").get_by_role("radio", checked=True)).to_have_count(1)
    page.get_by_role("button", name="看哪里不同").click()
    sheet.get_by_role("button", name="换到 2026-2").click()
    expect(page.get_by_text("按 2026-1 填完")).to_be_hidden()
    form = VisitForm(page, household).wait()
    form.go_to("water", "water_state")
    expect(form.step("water_state").get_by_role("radio", checked=True)).to_have_count(0)
    expect(form.step("water_state")).to_contain_text("选项")
    form.go_to("health", "ill_who")
    who = household["members"][0]
    expect(form.step("ill_who").get_by_role("checkbox", name=who["name"])).to_be_checked()


def test_form_reads_aloud_asks_why_and_fits_the_narrowest_phone_in_large_letters(
    server: LiveServer,
    phone_of: Callable[..., Phone],
    api_of: Callable[[LiveServer, str], Api],
    screenshots: Path | None,
) -> None:
    api = api_of(server, "grid1")
    household = [one for one in filter(all_well, api.households()) if len(one["members"]) > 1][-1]
    phone = phone_of(server)
    page = keep_app(phone, "grid1")
    page.add_init_script(f"({VOICE})()")
    page.goto(f"{phone.url}/#/me")
    phone.reload()
    page.get_by_text("长辈版", exact=True).click()
    page.set_viewport_size({"width": 320, "height": 640})
    Tabs(page).go("走访")
    Worklist(page).open(household)
    form = VisitForm(page, household).begin()
    fits_one_hand(page)
    page.get_by_role("button", name=f"念题：{label_of('consent')}").click()
    assert page.evaluate("said.at(-1)").startswith(label_of("consent"))
    form.answer("consent", "yes")
    form.answer("roster_change", [])
    form.go_to("health", "ill_who")
    take_pictures(page, screenshots, "form-same-section-320")
    fits_one_hand(page)
    form.fill({"house_state": "D"})
    skipped(page, form)
    form.fill({"house_state": "D"}, finish=True)
    sheet = form.check()
    save = sheet.get_by_role("button", name="保存", exact=True)
    expect(sheet.get_by_text("有 1 处和上次差得多，为什么？")).to_be_visible()
    expect(save).to_be_disabled()
    assert violations(page) == []
    fits_one_hand(page, save)
    why = sheet.get_by_role("group", name=label_of("house_state"))
    why.get_by_text("情况真变了").click()
    take_pictures(page, screenshots, "form-why-320")
    sure = sheet.get_by_text("这些题没问到")
    if sure.is_visible():
        sure.click()
    save.click()
    expect(page.get_by_text("服务器已收到，回执")).to_be_visible(timeout=60_000)
    assert page.evaluate("said.at(-1)") == "", "left, it is silent"
    newest = api.ok("GET", f"/households/{household['id']}")["history"][0]
    said = api.ok("GET", f"/visits/{newest['id']}")["since_last"]["changes"]
    assert said["house_state"]["reason"] == "real"


def fits_one_hand(page: Page, button: Locator | None = None) -> None:
    """Nothing to scroll sideways for, no target too small, the main button in the thumb's reach."""
    assert overflow(page) <= 0
    assert page.evaluate(SMALL_TARGETS, LEAST_TARGET) == []
    size = page.viewport_size or {"height": 0}
    main = button or page.get_by_role("button", name=re.compile("^(下一项|检查并保存)$"))
    box = main.bounding_box()
    assert box is not None
    assert size["height"] * 0.6 < box["y"] < size["height"]


def skipped(page: Page, form: VisitForm) -> None:
    """What was passed by is one tap away from anywhere after it; an answer can be taken back."""
    page.get_by_role("button", name=re.compile(r"^没答的 \d+$")).click()
    expect(form.step("basic_lack")).to_be_visible()
    form.answer("basic_lack", ["grain"])
    page.get_by_role("button", name=f"清除回答：{label_of('basic_lack')}").click()
    expect(form.step("basic_lack").get_by_role("checkbox", checked=True)).to_have_count(0)
    form.answer("basic_lack", [])
