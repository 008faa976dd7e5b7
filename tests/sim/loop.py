"""Virtual time: callbacks and coroutines in the order of a clock that only the simulation moves."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Coroutine, Generator
from itertools import count
from typing import Any

Process = Coroutine["Future", Any, Any]


class Died(Exception):
    """The phone or the page died before it could say how a call ended."""


class Refused(Exception):
    """The app rejected a call; the name of its error begins the text."""


EXPECTED = (Died, Refused)


class Future:
    """Something a coroutine waits for; ``set`` or ``fail`` lets it go on."""

    def __init__(self, loop: Loop) -> None:
        self.done = False
        self._loop = loop
        self._value: Any = None
        self._error: BaseException | None = None
        self._waiting: list[Callable[[], None]] = []

    def set(self, value: Any = None) -> None:
        """Resolve; a second time changes nothing."""
        self._end(value, None)

    def fail(self, error: BaseException) -> None:
        """Reject."""
        self._end(None, error)

    def _end(self, value: Any, error: BaseException | None) -> None:
        if self.done:
            return
        self.done, self._value, self._error = True, value, error
        for wake in self._waiting:
            self._loop.after(0, wake)

    def result(self) -> Any:
        """The value, or the error raised."""
        if self._error is not None:
            raise self._error
        return self._value

    def when_done(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` once it is done."""
        if self.done:
            self._loop.after(0, wake)
        else:
            self._waiting.append(wake)

    def __await__(self) -> Generator[Future, None, Any]:
        yield self
        return self.result()


class Loop:
    """Time in milliseconds since 1970."""

    def __init__(self, start: float) -> None:
        self.now = start
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()

    def at(self, moment: float, work: Callable[[], None]) -> None:
        """Do something at a moment; one that has passed counts as now."""
        heapq.heappush(self._events, (max(moment, self.now), next(self._order), work))

    def after(self, ms: float, work: Callable[[], None]) -> None:
        """Do something so many milliseconds from now."""
        self.at(self.now + ms, work)

    def sleep(self, ms: float) -> Future:
        """Await it to let time pass."""
        future = Future(self)
        self.after(ms, future.set)
        return future

    def start(self, process: Process) -> Future:
        """Run a coroutine beside the others; the future tells its end."""
        ended = Future(self)
        self.after(0, lambda: self._advance(process, ended, None))
        return ended

    def _advance(self, process: Process, ended: Future, over: Future | None) -> None:
        try:
            wish = process.send(None) if over is None or over.done else None
        except StopIteration as stop:
            ended.set(stop.value)
            return
        except EXPECTED as error:
            ended.fail(error)
            return
        assert wish is not None
        wish.when_done(lambda: self._advance(process, ended, wish))

    def next_moment(self) -> float | None:
        """When the next event is due, None without any."""
        return self._events[0][0] if self._events else None

    def step(self) -> None:
        """Let the next event happen."""
        self.now, _, work = heapq.heappop(self._events)
        work()
