"""Somebody else at work just where a transaction stands: an act in another thread, at a place of the code."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

BLOCKED_SECONDS = 1.5  # an act that waits for a row of ours is not done by then
DONE_SECONDS = 60.0


class Interruption:
    """An act that begins when a function is first called, and what it gave."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self._act, self._given = act, [None]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.waited = False

    def _run(self) -> None:
        try:
            self._given[0] = self._act()
        except BaseException as error:  # noqa: BLE001 - shown to the test, in its own thread
            self._given[0] = error

    def begin(self) -> None:
        """Let the act go as far as it can, once; the caller goes on when it is done or waits for a row."""
        if self._thread.ident is None:
            self._thread.start()
            self._thread.join(BLOCKED_SECONDS)
            self.waited = self._thread.is_alive()

    def result(self) -> Any:
        """What the act gave, or raised, when all is over."""
        assert self._thread.ident is not None, "nobody came to the place"
        self._thread.join(DONE_SECONDS)
        assert not self._thread.is_alive()
        return self._given[0]


def before(monkeypatch: pytest.MonkeyPatch, place: Any, name: str, act: Callable[[], Any]) -> Interruption:
    """Have the act done when ``place.name`` (an entry, where ``place`` is a dict) is about to run."""
    return _interrupt(monkeypatch, place, name, act, is_after=False)


def after(monkeypatch: pytest.MonkeyPatch, place: Any, name: str, act: Callable[[], Any]) -> Interruption:
    """Have it done when the function has run, and before its caller goes on."""
    return _interrupt(monkeypatch, place, name, act, is_after=True)


def _interrupt(
    monkeypatch: pytest.MonkeyPatch, place: Any, name: str, act: Callable[[], Any], *, is_after: bool
) -> Interruption:
    real = place[name] if isinstance(place, dict) else getattr(place, name)
    interruption = Interruption(act)

    def pausing(*args: Any, **named: Any) -> Any:
        if not is_after:
            interruption.begin()
        given = real(*args, **named)
        if is_after:
            interruption.begin()
        return given

    (monkeypatch.setitem if isinstance(place, dict) else monkeypatch.setattr)(place, name, pausing)
    return interruption


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What acts gave, all begun in the same moment."""
    gate, given = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        gate.wait(DONE_SECONDS)
        given[place] = act()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DONE_SECONDS)
    return given
