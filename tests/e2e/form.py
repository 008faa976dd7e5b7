"""The checklist on the phone, filled in as a person does: answer, let it move on, press the one button."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as NotYet

from tests.support.live_server import ROOT

_DEFINITION = json.loads((ROOT / "server/checklists/definitions/2026-1.json").read_text(encoding="utf-8"))
QUESTIONS: dict[str, dict[str, Any]] = {entry["id"]: entry for entry in _DEFINITION["questions"]}
_SECTIONS = {entry["id"]: entry["title"]["zh"] for entry in _DEFINITION["sections"]}
_FOCUSED = "() => document.activeElement?.closest('.visit-step')?.id.slice(2) ?? null"
_MOVED_ON_MS = 700
_MORE_THAN_QUESTIONS = 150


def label_of(question: str) -> str:
    """The question in Chinese."""
    text: str = QUESTIONS[question]["label"]["zh"]
    return text


def _option(question: str, option: str) -> str:
    for entry in QUESTIONS[question]["options"]:
        if entry["id"] == option:
            word: str = entry["label"]["zh"]
            return word
    raise KeyError(f"{question} has no option {option}")


def nothing_wrong(question: str) -> Any:
    """The good answer: the first option; nothing on lists; a small sum; no photo."""
    entry = QUESTIONS[question]
    kind = entry["type"]
    if kind == "one":
        return entry["options"][0]["id"]
    if kind == "many":
        first = entry["options"][0]
        return [] if first["id"] == "none" else [first["id"]]
    return {"members": [], "money": "100.00", "date": "2026-10-08", "photo": None, "repeat": None}[kind]


class VisitForm:
    """The form of one household. ``names`` maps member ids to names, to find them on the screen."""

    def __init__(self, page: Page, household: dict[str, Any]) -> None:
        self.page = page
        self.household = household
        self.names = {member["id"]: member["name"] for member in household["members"]}

    def begin(self, button: str = "开始走访|再访一次") -> VisitForm:
        """From the household's page."""
        self.page.get_by_role("link", name=re.compile(f"^({button})$")).click()
        return self.wait()

    def wait(self) -> VisitForm:
        """Wait until the form is open."""
        expect(self.page.get_by_text(re.compile(r"第 \d+ / \d+ 问"))).to_be_visible()
        return self

    def step(self, key: str) -> Locator:
        """The place of one question: ``question`` or ``question@member``."""
        return self.page.locator(f'[id="q-{key}"]')

    def current(self) -> str | None:
        """The question the reader is at."""
        found: str | None = self.page.evaluate(_FOCUSED)
        return found

    def stands_at(self, key: str) -> VisitForm:
        """Wait until the reader is at a question: where it was left it is at hand a moment after the page."""
        self.page.wait_for_function(f"key => ({_FOCUSED})() === key", arg=key)
        return self

    def go_to(self, section: str, key: str) -> None:
        """Unfold a section, unless it is open, and wait for the question."""
        if not self.step(key).is_visible():
            self.page.get_by_role("button", name=re.compile(rf"^{_SECTIONS[section]}\s+\S")).click()
        expect(self.step(key)).to_be_visible()

    def fill(self, answers: dict[str, Any], until: str | None = None, *, finish: bool = False) -> list[str]:
        """Answer question by question, what is not in ``answers`` with nothing wrong.

        Stops before the question ``until``, or when the form offers to check and save. With ``finish``
        the question the reader is at counts as answered. Gives the keys answered.
        """
        done: list[str] = [key] if finish and (key := self.current()) else []
        for _ in range(_MORE_THAN_QUESTIONS):
            key = self.current()
            if key is None or key in done:
                if self._offers_to_save():
                    return done
                self._press_next(key)
                continue
            if until is not None and key.split("@")[0] == until:
                return done
            question = key.split("@")[0]
            self.answer(key, answers.get(key, answers.get(question, nothing_wrong(question))))
            done.append(key)
        raise AssertionError(f"the form never ended: {done}")

    def _offers_to_save(self) -> bool:
        return self.page.get_by_role("button", name="检查并保存", exact=True).is_visible()

    def _press_next(self, before: str | None) -> None:
        self.page.get_by_role("button", name="下一项", exact=True).click()
        self._moves_on(before)

    def _moves_on(self, before: str | None) -> None:
        """Give the form time to move on by itself; it stays when nothing is left or more may be ticked."""
        try:
            self.page.wait_for_function(
                f"before => {{ const now = ({_FOCUSED})(); return now !== null && now !== before; }}",
                arg=before,
                timeout=_MOVED_ON_MS,
            )
        except NotYet:
            return

    def answer(self, key: str, value: Any) -> None:
        """Give one answer, by what the screen shows."""
        question, step = key.split("@", maxsplit=1)[0], self.step(key)
        kind = QUESTIONS[question]["type"]
        if value is None:
            return
        if kind == "money":
            step.get_by_role("textbox", name=label_of(question)).fill(value)
        elif kind == "date":
            step.get_by_label(label_of(question)).fill(value)
        elif kind == "photo":
            for photo_kind, path in value:
                self.add_photo(photo_kind, path)
        elif kind == "members":
            self._tick(step, [self.names[who] for who in value] or [_option(question, "none")], exact=False)
        elif kind == "many":
            self._tick(step, [_option(question, one) for one in value] or [_option(question, "none")])
        else:
            self._tick(step, [_option(question, value)])
        if kind in ("one", "many", "members"):
            self._moves_on(key)

    @staticmethod
    def _tick(step: Locator, words: list[str], *, exact: bool = True) -> None:
        choices = step.get_by_role("group")  # not the button that repeats the last answer
        for word in words:
            choices.get_by_text(word, exact=exact).click()

    def camera(self, kind: str) -> Locator:
        """The button that opens the camera for a kind of photo."""
        return self.step("photos").get_by_label(re.compile(f"^{_option('photos', kind)}")).first

    def add_photo(self, kind: str, path: Path) -> None:
        """Take a photo of a kind; wait until it is on the phone."""
        step = self.step("photos")
        before = step.get_by_role("img").count()
        self.camera(kind).set_input_files(path)
        expect(step.get_by_role("img")).to_have_count(before + 1, timeout=30_000)

    def check(self) -> Locator:
        """Open the look before saving."""
        self.page.get_by_role("button", name="检查并保存", exact=True).click()
        sheet = self.page.get_by_role("dialog", name="保存前看一眼")
        expect(sheet).to_be_visible()
        return sheet

    @staticmethod
    def explain(sheet: Locator) -> None:
        """Say of every answer that is far from the last visit's that things really changed."""
        for reason in sheet.get_by_text("情况真变了", exact=True).all():
            reason.click()

    def save(self) -> None:
        """Check, save, and see that it is saved on this phone."""
        sheet = self.check()
        self.explain(sheet)
        button = sheet.get_by_role("button", name="保存", exact=True)
        expect(button).to_be_enabled()  # else the failure shows what the sheet still asks for
        button.click()
        expect(self.page.get_by_role("heading", name="已保存")).to_be_visible()
